"""ncnn: native, with Winograd. Forward only; converted by its own pnnx. All half-precision options are off."""

import json

import ncnn
import numpy as np
from converted import convert, onnx_of, tool


def paths(network):
    onnx_of(network)
    shape = ",".join(map(str, network["shape"]))
    param, weights = convert(
        network,
        "ncnn",
        [".ncnn.param", ".ncnn.bin"],
        lambda onnx, folder: ["bash", "-c", f"ln -s {onnx} model.onnx && {tool('pnnx')} model.onnx inputshape=[{shape}] fp16=0 optlevel=2"],
    )
    mend_pads(param, network)
    return param, weights


def mend_pads(param, network):
    """pnnx leaves ONNX's Pad as it is and loses its amounts: ncnn's layer is called Padding, and the program has the amounts."""
    with open(param, encoding="utf8") as file:
        lines = file.read().splitlines()
    at = [i for i, line in enumerate(lines) if line.startswith("Pad ")]
    if not at:
        return
    with open(network["program"], encoding="utf8") as file:
        pads = [node["attrs"] for node in json.load(file)["nodes"] if node["op"] == "pad"]
    for i, attrs in zip(at, pads, strict=True):
        amounts = " ".join(f"{key}={amount}" for key, amount in enumerate(attrs["padding"]))
        lines[i] = f"{lines[i].replace('Pad ', 'Padding ', 1)} {amounts} 4=0 5={attrs['value']:e}"
    with open(param, "w", encoding="utf8") as file:
        file.write("\n".join(lines) + "\n")


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
        if self.net.load_param(param) != 0 or self.net.load_model(weights) != 0:
            raise RuntimeError(f"ncnn cannot read {param}")
        # ncnn's axes of [1,H,W,C] without the batch: w = C, h = W, c = H. The network begins with the transposition.
        # A Mat made of an array does not keep the array alive; its clone has numbers of its own.
        array = np.ascontiguousarray(data[0])
        self.input = ncnn.Mat(array).clone()
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
