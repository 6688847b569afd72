"""
Reference outputs of torchvision and timm networks with synthetic weights, in float64. Run: python make.py [name...]
(torch 2.15, torchvision 0.29, timm 1.0). Writes one JSON per network; see README.md.
"""
import json
import math
import os
import sys

import numpy as np
import timm
import torch
import torchvision
from timm.models.vgg import ConvMlp
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE, CLASSES = 64, 10
# Smaller pictures vanish in these networks.
SIZES = {"torchvision.inception_v3": 107, "timm.legacy_xception": 96}


def unit(name, count):
    """Values in [-1, 1): FNV-1a of the name, MurmurHash3's finaliser per index. As in ../keras/README.md."""
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    x = (np.uint64(h) + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9)).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.int64) - (1 << 23)).astype(np.float32) * np.float32(2.0**-23)


def rule(name, shape, norms):
    """(center, scale): kernels keep the variance of what they multiply, norms stay near the identity."""
    module, part = name.rsplit(".", 1)
    if part == "running_var":
        return 1.0, 0.5
    if part == "running_mean":
        return 0.0, 0.1
    if module in norms:
        return (1.0, 0.2) if part == "weight" else (0.0, 0.1)
    if part == "bias":
        return 0.0, 0.05
    return 0.0, float("%.4g" % math.sqrt(6 / math.prod(shape[1:])))


def fill(model):
    """Overwrites every weight; returns the manifest."""
    state = model.state_dict()
    norms = {name.rsplit(".", 1)[0] for name in state if name.endswith("running_var")}
    manifest = []
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        shape = list(tensor.shape)
        center, scale = rule(name, shape, norms)
        values = np.float32(center) + np.float32(scale) * unit(name, math.prod(shape))
        tensor.copy_(torch.from_numpy(values.reshape(shape)))
        manifest.append({"name": name, "shape": shape, "center": center, "scale": scale})
    return manifest


def reference(model, layer, dtype, size):
    """Logits, and Grad-CAM before ReLU of the top-1 logit at the output of `layer`."""
    kept = {}
    hook = layer.register_forward_hook(lambda module, inputs, output: kept.update(a=output))
    x = torch.from_numpy(2 * unit("input", 3 * size * size).reshape(1, 3, size, size)).to(dtype)
    logits = model.to(dtype)(x)[0]
    (gradient,) = torch.autograd.grad(logits.max(), kept["a"])
    cam = (gradient.mean((2, 3), keepdim=True) * kept["a"]).sum(1)[0]
    hook.remove()
    return logits.detach().double(), cam.detach().double()


def distance(a, b):
    """max|a - b| / max|b|"""
    return float("%.3g" % ((a - b).abs().max() / b.abs().max()).item())


def rounded(tensor):
    return [float("%.9g" % value) for value in tensor.flatten().tolist()]


def small_vgg(model):
    """The classifier for the 2x2 map of a 64x64 picture, without the adaptive pooling that 224x224 does not need either."""
    model.avgpool = nn.Identity()
    model.classifier[0] = nn.Linear(512 * 2 * 2, 4096)
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return model


def small_timm_vgg(model):
    model.pre_logits = ConvMlp(512, 4096, kernel_size=2)
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return model


tv = torchvision.models
NETWORKS = {
    "torchvision.vgg16": lambda: (small_vgg(tv.vgg16(num_classes=CLASSES)), lambda m: m.features[29]),
    "torchvision.vgg19": lambda: (small_vgg(tv.vgg19(num_classes=CLASSES)), lambda m: m.features[35]),
    "torchvision.mobilenet_v2": lambda: (tv.mobilenet_v2(num_classes=CLASSES), lambda m: m.features[18]),
    "torchvision.resnet50": lambda: (tv.resnet50(num_classes=CLASSES), lambda m: m.layer4),
    "timm.vgg16": lambda: (small_timm_vgg(timm.create_model("vgg16", num_classes=CLASSES)), lambda m: m.features[29]),
    "timm.mobilenetv2_100": lambda: (timm.create_model("mobilenetv2_100", num_classes=CLASSES), lambda m: m.bn2),
    "timm.resnet50": lambda: (timm.create_model("resnet50", num_classes=CLASSES), lambda m: m.layer4),
    "torchvision.resnet18": lambda: (tv.resnet18(num_classes=CLASSES), lambda m: m.layer4),
    "torchvision.densenet121": lambda: (tv.densenet121(num_classes=CLASSES), lambda m: m.features[-2]),
    "torchvision.inception_v3": lambda: (tv.inception_v3(num_classes=CLASSES, init_weights=False), lambda m: m.Mixed_7c),
    "torchvision.googlenet": lambda: (tv.googlenet(num_classes=CLASSES, init_weights=False), lambda m: m.inception5b),
    "torchvision.squeezenet1_0": lambda: (tv.squeezenet1_0(num_classes=CLASSES), lambda m: m.features[12]),
    "torchvision.squeezenet1_1": lambda: (tv.squeezenet1_1(num_classes=CLASSES), lambda m: m.features[12]),
    "torchvision.mobilenet_v3_small": lambda: (tv.mobilenet_v3_small(num_classes=CLASSES), lambda m: m.features[-1]),
    "torchvision.mobilenet_v3_large": lambda: (tv.mobilenet_v3_large(num_classes=CLASSES), lambda m: m.features[-1]),
    "torchvision.efficientnet_b0": lambda: (tv.efficientnet_b0(num_classes=CLASSES), lambda m: m.features[-1]),
    "timm.resnetv2_50": lambda: (timm.create_model("resnetv2_50", num_classes=CLASSES), lambda m: m.norm),
    "timm.mobilenetv3_small_100": lambda: (timm.create_model("mobilenetv3_small_100", num_classes=CLASSES), lambda m: m.blocks[-1]),
    "timm.efficientnet_b0": lambda: (timm.create_model("efficientnet_b0", num_classes=CLASSES), lambda m: m.bn2),
    "timm.tf_efficientnet_b0": lambda: (timm.create_model("tf_efficientnet_b0", num_classes=CLASSES), lambda m: m.bn2),
    "timm.tf_efficientnetv2_b0": lambda: (timm.create_model("tf_efficientnetv2_b0", num_classes=CLASSES), lambda m: m.bn2),
    "timm.tf_mobilenetv3_small_100": lambda: (timm.create_model("tf_mobilenetv3_small_100", num_classes=CLASSES), lambda m: m.blocks[-1]),
    "timm.legacy_xception": lambda: (timm.create_model("legacy_xception", num_classes=CLASSES), lambda m: m.act4),
}

for name, make in NETWORKS.items():
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    size = SIZES.get(name, SIZE)
    model, layer_of = make()
    model.eval()
    tensors = fill(model)
    single = reference(model, layer_of(model), torch.float32, size)
    logits, cam = reference(model, layer_of(model), torch.float64, size)
    parts = {
        "network": name,
        "size": size,
        "fp32_vs_fp64": {"logits": distance(single[0], logits), "cam": distance(single[1], cam)},
        "logits": rounded(logits),
        "cam": rounded(cam),
        "tensors": tensors,
    }
    with open(os.path.join(HERE, f"{name}.json"), "w") as out:
        json.dump(parts, out, separators=(",", ":"))
        out.write("\n")
    print(name, parts["fp32_vs_fp64"])
