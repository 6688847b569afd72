"""Writes h5py-values.json: the numbers of some tensors as h5py reads them, for test/load/keras-h5.test.ts."""
import json
import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
WANTED = {
    "k1_style_names.weights_only.h5": {
        "stem/kernel": "stem/stem_W_1:0",
        "dw/kernel": "dw/dw_depthwise_W_1:0",
        "stem_bn/moving_variance": "stem_bn/stem_bn_running_std_1:0",
    },
    "k2_tiny.weights_only.h5": {"dw/kernel": "dw/dw/depthwise_kernel:0", "predictions/bias": "predictions/predictions/bias:0"},
    "k2_tiny.h5": {"predictions/kernel": "model_weights/predictions/predictions/kernel:0"},
    "k3_tiny.h5": {"pw/kernel": "model_weights/pw/pw/kernel", "dw_bn/moving_mean": "model_weights/dw_bn/dw_bn/moving_mean"},
    "k3_tiny_float16.h5": {"stem/kernel": "model_weights/stem/stem/kernel", "sep/bias": "model_weights/sep/sep/bias"},
    "k3_nested.h5": {"block/conv/kernel": "model_weights/block/conv/kernel", "d2/bias": "model_weights/head/inner/d2/bias"},
}


def values(file, path):
    with h5py.File(os.path.join(HERE, file), "r") as opened:
        return [float(x) for x in opened[path][()].astype(np.float32).ravel()]


result = {file: {name: values(file, path) for name, path in tensors.items()} for file, tensors in WANTED.items()}
with open(os.path.join(HERE, "h5py-values.json"), "w") as out:
    json.dump(result, out, separators=(",", ":"))
    out.write("\n")
