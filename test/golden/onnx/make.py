"""Writes the ONNX files of this folder and what PyTorch answers for them: outputs, and gradients of one of them by the input.

pip install torch onnx onnxscript numpy; python3 test/golden/onnx/make.py
"""

import gzip
import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HERE = pathlib.Path(__file__).parent
TARGET = 2


class Block(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, groups=2, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.side = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.side(x))


class ResNet(nn.Module):
    """Global pooling, as most networks of today end."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.block1 = Block(8, 8, 1)
        self.block2 = Block(8, 12, 2)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        y = self.block2(self.block1(self.pool(torch.relu(self.stem(x)))))
        return self.head(torch.flatten(nn.functional.adaptive_avg_pool2d(y, 1), 1))


class Vgg(nn.Module):
    """A flattened map goes into the classifier: the order of its elements matters."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(6, 4, 3, padding=1, dilation=1), nn.LeakyReLU(0.1), nn.MaxPool2d(2, ceil_mode=True),
        )
        self.classifier = nn.Sequential(nn.Linear(4 * 5 * 5, 7), nn.ReLU(), nn.Dropout(), nn.Linear(7, 5))

    def forward(self, x):
        x = self.features(x)
        return torch.softmax(self.classifier(x.view(x.size(0), -1)), 1)


class Shuffle(nn.Module):
    """Squeeze-and-excite, a channel shuffle, hard-swish, depthwise kernels, concatenation."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 1, 1)
        self.depthwise = nn.Conv2d(8, 8, 5, 2, 2, groups=8)
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.excite = nn.Conv2d(4, 8, 1)
        self.grouped = nn.Conv2d(8, 8, 3, 1, 1, groups=4)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        x = nn.functional.hardswish(self.stem(x))
        y = self.depthwise(x)
        gate = nn.functional.adaptive_avg_pool2d(y, 1)
        y = y * nn.functional.hardsigmoid(self.excite(torch.relu(self.squeeze(gate))))
        n, c, h, w = y.shape
        mixed = y.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)
        z = torch.cat([self.grouped(mixed), y], 1)
        return self.head(nn.functional.adaptive_avg_pool2d(torch.nn.functional.silu(z), 1).flatten(1))


class LayerNorm2d(nn.LayerNorm):
    """Over the channels of every position."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Branch(nn.Module):
    """ConvNeXt's: channels come last in between, and matrices are multiplied."""

    def __init__(self, width):
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.wide = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)
        self.scale = nn.Parameter(torch.linspace(0.2, 0.8, width).reshape(width, 1, 1))

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        return x + self.scale * self.narrow(nn.functional.gelu(self.wide(y))).permute(0, 3, 1, 2)


class ConvNext(nn.Module):
    """Normalised again behind the pooling, where channels lie last once more."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 4, 4), LayerNorm2d(8), Branch(8), Branch(8))
        self.norm = LayerNorm2d(8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        return self.head(self.norm(nn.functional.adaptive_avg_pool2d(self.features(x), 1)).flatten(1))


def randomise(model):
    """Statistics that a trained network could have."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return model.eval()


def export(model, name, shape, opset, dynamo=False, **options):
    path = HERE / f"{name}.onnx"
    torch.onnx.export(model, (torch.zeros(shape),), path, opset_version=opset, input_names=["image"],
                      output_names=["scores"], dynamo=dynamo, **options)
    return path


def without_notes(path):
    """Without the stack traces of the exporter, which are most of the file."""
    model = onnx.load(path)
    for part in [*model.graph.node, *model.graph.value_info, model.graph, model]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)


def answers(model, name, path, x, tolerance):
    """In f64: what f32 rounds away is not in the yardstick."""
    exact = model.double()
    picture = x.double().requires_grad_(True)
    scores = exact(picture)
    scores[0, TARGET].backward()
    expected = {
        "tolerance": tolerance,
        "target": TARGET,
        "input": {"shape": list(x.shape), "values": x.flatten().tolist()},
        "output": {"shape": list(scores.shape), "values": scores.detach().flatten().tolist()},
        "gradient": [float(f"{value:.9g}") for value in picture.grad.flatten().tolist()],
    }
    with gzip.GzipFile(HERE / f"{name}.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(expected).encode())
    print(name, path.stat().st_size, scores.detach().flatten().tolist())


def half(source, target):
    """Weights as halves; the numbers are cast back by the file itself."""
    model = onnx.load(source)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    onnx.save(model, target)


def integers(source, target):
    """Kernels as int8 with one scale per filter, other weights with one for all; biases as they are."""
    model = onnx.load(source)
    nodes = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.ndim < 2:
            continue
        name = tensor.name
        per_row = values.ndim == 4
        peak = np.abs(values).reshape(values.shape[0], -1).max(1) if per_row else np.abs(values).max(keepdims=False)
        scale = (np.asarray(peak) / 127).astype(np.float32)
        shown = scale.reshape(-1, 1, 1, 1) if per_row else scale
        model.graph.initializer.remove(tensor)
        model.graph.initializer.extend([
            numpy_helper.from_array(np.round(values / shown).astype(np.int8), f"{name}_q"),
            numpy_helper.from_array(scale, f"{name}_scale"),
            numpy_helper.from_array(np.zeros(scale.shape, np.int8), f"{name}_zero"),
        ])
        parts = [f"{name}_q", f"{name}_scale", f"{name}_zero"]
        nodes.append(helper.make_node("DequantizeLinear", parts, [name], **({"axis": 0} if per_row else {})))
    for node in reversed(nodes):
        model.graph.node.insert(0, node)
    onnx.save(model, target)


def with_weights_of(model, path):
    """The network with the numbers that a file's weights stand for."""
    from onnx.reference import ReferenceEvaluator

    graph = onnx.load(path)
    names = [n for node in graph.graph.node if node.op_type in ("DequantizeLinear", "Cast") for n in node.output]
    graph.graph.output.extend([helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in names])
    values = ReferenceEvaluator(graph).run(names, {"image": np.zeros((1, 3, 33, 29), np.float32)})
    state = model.state_dict()
    for name, value in zip(names, values):
        state[name] = torch.tensor(value)
    model.load_state_dict(state)
    return model


def main():
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(7)
    random = lambda *shape: torch.randn(*shape, generator=generator).mul(256).round().div(256)
    sizes = {"image": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch"}}

    # BatchNorm stays a node of its own, as in files that were exported for training.
    resnet = randomise(ResNet())
    state = {name: value.clone() for name, value in resnet.state_dict().items()}
    path = export(resnet, "resnet", (1, 3, 33, 29), 19, dynamic_axes=sizes, do_constant_folding=False,
                  training=torch.onnx.TrainingMode.PRESERVE)
    x = random(1, 3, 33, 29)
    for name, change in (("resnet-f16", half), ("resnet-int8", integers)):
        changed = HERE / f"{name}.onnx"
        change(path, changed)
        fresh = randomise(ResNet())
        fresh.load_state_dict(state)
        answers(with_weights_of(fresh, changed), name, changed, x, 1e-5)
    answers(resnet, "resnet", path, x, 1e-5)

    # Another file holds the numbers; the answers are those of resnet.
    (HERE / "resnet-external.bin").unlink(missing_ok=True)
    onnx.save(onnx.load(path), HERE / "resnet-external.onnx", save_as_external_data=True, location="resnet-external.bin",
              size_threshold=256)

    answers(model := Vgg().eval(), "vgg", export(model, "vgg", (1, 3, 20, 18), 11), random(1, 3, 20, 18), 1e-5)
    answers(model := Shuffle().eval(), "shuffle", export(model, "shuffle", (1, 3, 16, 16), 16), random(1, 3, 16, 16), 1e-5)

    # The old exporter takes layer norms and GELUs apart, the new one knows them; the answers are the same.
    convnext = ConvNext().eval()
    path = export(convnext, "convnext", (1, 3, 28, 24), 13)
    new = export(convnext, "convnext-dynamo", (1, 3, 28, 24), 18, dynamo=True, external_data=False)
    without_notes(new)
    answers(convnext, "convnext", path, random(1, 3, 28, 24), 1e-5)


main()
