"""A network's program (bench/networks/program.ts) and its tensors, as numpy arrays in our layout (NHWC, HWIO)."""

import json

import numpy as np


class Program:
    def __init__(self, network):
        with open(network["program"], encoding="utf8") as file:
            self.__dict__.update(json.load(file))
        self.tensors = read_safetensors(network["tensors"])

    def parameter(self, value):
        return self.tensors[self.values[value]["name"]]


def read_safetensors(path):
    bytes_ = np.memmap(path, np.uint8, "r")
    start = 8 + int(bytes_[:8].view("<u8")[0])
    header = json.loads(bytes(bytes_[8:start]))
    return {
        name: np.frombuffer(bytes_[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]], "<f4").reshape(
            entry["shape"]
        )
        for name, entry in header.items()
    }
