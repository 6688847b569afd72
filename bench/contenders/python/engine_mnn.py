"""MNN: native, with Winograd. Forward only; converted by its own mnnconvert. Precision "high" is float32."""

import MNN
import numpy as np
from converted import convert, onnx_of, tool


def paths(network):
    onnx_of(network)
    return convert(
        network,
        "mnn",
        [".mnn"],
        lambda onnx, folder: [tool("mnnconvert"), "-f", "ONNX", "--modelFile", onnx, "--MNNModel", f"{folder}/model.mnn", "--bizCode", "bench"],
    )


def prepare(network):
    paths(network)


class Engine:
    def __init__(self, path, data, threads):
        self.interpreter = MNN.Interpreter(path)
        self.session = self.interpreter.createSession(
            {"backend": "CPU", "numThread": threads, "precision": "high", "saveTensors": ("logits",)}
        )
        self.input = self.interpreter.getSessionInput(self.session, "input")
        self.shape = data.shape
        self.host = MNN.Tensor(data.shape, MNN.Halide_Type_Float, np.ascontiguousarray(data), MNN.Tensor_DimensionType_Caffe)
        self.description = {"version": MNN.version(), "threads": threads, "precision": "high"}
        self.work = {"forward": lambda: self.run("probabilities")}

    def logits(self):
        return self.run("logits")

    def run(self, output):
        self.input.copyFrom(self.host)
        self.interpreter.runSession(self.session)
        tensor = self.interpreter.getSessionOutput(self.session, output)
        out = MNN.Tensor(tensor.getShape(), MNN.Halide_Type_Float, np.zeros(tensor.getShape(), np.float32), MNN.Tensor_DimensionType_Caffe)
        tensor.copyToHostTensor(out)
        return np.array(out.getNumpyData(), np.float32).ravel()


def load(network, data, threads, options):
    return Engine(paths(network)[0], data, threads)
