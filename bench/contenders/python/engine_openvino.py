"""OpenVINO: reads the ONNX file as it is. Forward only. Float32 is asked for: with AMX it would take bfloat16."""

import numpy as np
import openvino
from converted import onnx_of


class Engine:
    def __init__(self, path, data, threads):
        config = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
            "ENABLE_CPU_PINNING": False,
        }
        model = openvino.compile_model(path, "CPU", config)
        self.request = model.create_infer_request()
        self.data = data
        self.description = {"version": openvino.__version__, "threads": threads, "precision": "f32"}
        self.work = {"forward": lambda: self.run("probabilities")}

    def logits(self):
        return self.run("logits")

    def run(self, output):
        self.request.infer({"input": self.data}, share_inputs=True)
        return np.array(self.request.get_tensor(output).data)


def load(network, data, threads, options):
    return Engine(onnx_of(network), data, threads)
