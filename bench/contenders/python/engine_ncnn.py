"""ncnn: native, with Winograd. Forward only; converted by its own pnnx. All half-precision options are off."""

import ncnn
import numpy as np
from converted import convert, onnx_of, tool


def paths(network):
    onnx_of(network)
    shape = ",".join(map(str, network["shape"]))
    return convert(
        network,
        "ncnn",
        [".ncnn.param", ".ncnn.bin"],
        lambda onnx, folder: ["bash", "-c", f"ln -s {onnx} model.onnx && {tool('pnnx')} model.onnx inputshape=[{shape}] fp16=0 optlevel=2"],
    )


def prepare(network):
    paths(network)


class Engine:
    def __init__(self, param, weights, data, threads):
        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads = threads
        options.use_vulkan_compute = False
        for name in dir(options):
            if name.startswith(("use_fp16", "use_bf16", "use_int8")):
                setattr(options, name, False)
        self.net.load_param(param)
        self.net.load_model(weights)
        # ncnn's axes of [1,H,W,C] without the batch: w = C, h = W, c = H. The network begins with the transposition.
        self.input = ncnn.Mat(np.ascontiguousarray(data[0]))
        self.description = {"version": ncnn.__version__, "threads": threads, "winograd": options.use_winograd_convolution}
        self.work = {"forward": lambda: self.run("out0")}

    def logits(self):
        return self.run("out1")

    def run(self, blob):
        extractor = self.net.create_extractor()
        extractor.input("in0", self.input)
        code, out = extractor.extract(blob)
        if code != 0:
            raise RuntimeError(f"ncnn answers {code} for {blob}")
        return np.array(out).ravel()


def load(network, data, threads, options):
    return Engine(*paths(network), data, threads)
