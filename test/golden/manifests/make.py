"""
Names and shapes of all weights of networks that no other reference covers, as counts and digests. Run: python make.py
(keras 3.15 on the torch backend, torch 2.15, torchvision 0.29, timm 1.0). Writes manifests.json; see README.md.
"""
import hashlib
import json
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import timm
import torch
import torchvision


def manifest(weights):
    """weights: (name, shape) pairs."""
    lines = [f"{name} {','.join(map(str, shape))}" for name, shape in weights]
    count = sum(torch.Size(shape).numel() for _, shape in weights)
    return {"parameters": count, "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def of_keras(make):
    keras.utils.clear_session()  # automatic names begin at conv2d, normalization, …
    model = make(keras.applications)
    counters = ("/count", "/seed_generator_state")
    weights = [(w.path, list(w.shape)) for w in model.weights if not w.path.endswith(counters)]
    last = [layer for layer in model.layers if len(layer.output.shape) == 4 and layer.output.shape[1] > 1][-1]
    return {**manifest(weights), "last_map": [last.name, list(last.output.shape[1:])]}


def of_torch(model):
    """Kernels of 1x1 as matrices: half of the networks have them so."""
    weights = []
    for name, tensor in model.state_dict().items():
        shape = list(tensor.shape)
        if shape[2:] == [1, 1]:
            shape = shape[:2]
        if not name.endswith("num_batches_tracked") and not name.startswith(("aux", "AuxLogits")):
            weights.append((name, shape))
    return manifest(sorted(weights))


KERAS = {
    "mobilenet-v3-large": lambda a: a.MobileNetV3Large(weights=None, input_shape=(224, 224, 3)),
    "resnet101": lambda a: a.ResNet101(weights=None),
    "resnet152": lambda a: a.ResNet152(weights=None),
    "resnet101-v2": lambda a: a.ResNet101V2(weights=None),
    "resnet152-v2": lambda a: a.ResNet152V2(weights=None),
    "densenet169": lambda a: a.DenseNet169(weights=None),
    "densenet201": lambda a: a.DenseNet201(weights=None),
    **{f"efficientnet-b{i}": lambda a, i=i: getattr(a, f"EfficientNetB{i}")(weights=None) for i in range(1, 8)},
    "efficientnet-v2-b0": lambda a: a.EfficientNetV2B0(weights=None),
}

TORCHVISION = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "densenet121": "densenet121",
    "densenet169": "densenet169",
    "densenet201": "densenet201",
    "mobilenet-v3-small": "mobilenet_v3_small",
    "mobilenet-v3-large": "mobilenet_v3_large",
    "inception-v3": "inception_v3",
    "googlenet": "googlenet",
    "squeezenet1.0": "squeezenet1_0",
    "squeezenet1.1": "squeezenet1_1",
    **{f"efficientnet-b{i}": f"efficientnet_b{i}" for i in range(8)},
}

TIMM = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "resnet50-v2": "resnetv2_50",
    "resnet101-v2": "resnetv2_101",
    "resnet152-v2": "resnetv2_152",
    "densenet121": "densenet121",
    "densenet169": "densenet169",
    "densenet201": "densenet201",
    "mobilenet-v3-small": "mobilenetv3_small_100",
    "mobilenet-v3-large": "mobilenetv3_large_100",
    "inception-v3": "inception_v3",
    "xception": "legacy_xception",
    "efficientnet-v2-b0": "tf_efficientnetv2_b0",
    **{f"efficientnet-b{i}": f"tf_efficientnet_b{i}" for i in range(8)},
}

EXTRA = {"inception_v3": {"init_weights": False}, "googlenet": {"init_weights": False}}

result = {
    "keras": {name: of_keras(make) for name, make in KERAS.items()},
    "torchvision": {
        name: {"model": model, **of_torch(getattr(torchvision.models, model)(**EXTRA.get(model, {})))}
        for name, model in TORCHVISION.items()
    },
    "timm": {name: {"model": model, **of_torch(timm.create_model(model))} for name, model in TIMM.items()},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "manifests.json"), "w") as out:
    json.dump(result, out, indent=1)
    out.write("\n")
