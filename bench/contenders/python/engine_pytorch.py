"""PyTorch, eager: the program's operators by torch.nn.functional, gradients by autograd.

Maps are [N,C,H,W] in channels_last memory, which is our [N,H,W,C] without copying; the option `layout` = "contiguous"
turns that off. What a step of the program means is in OPERATORS; 
"""

import numpy as np
import torch
import torch.nn.functional as F
from program import Program

LEARNING_RATE = 1e-3


def padded(x, padding, value=0.0):
    """Symmetrical padding is left to the operator: (x, its argument)."""
    top, bottom, left, right = padding
    if top == bottom and left == right:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), 0


def convolution(inputs, attrs, groups):
    x, w, b = (*inputs, None)[:3]
    x, padding = padded(x, attrs["padding"])
    return F.conv2d(x, w, b, attrs["strides"], padding, attrs["dilations"], groups)


def max_pool(inputs, attrs):
    x, padding = padded(inputs[0], attrs["padding"], -float("inf"))
    ceil = attrs.get("ceilMode", False)
    return F.max_pool2d(x, attrs["kernel"], attrs["strides"], padding, attrs.get("dilations", 1), ceil)


def reshape(inputs, attrs):
    """Our order of elements is that of [N,H,W,C]."""
    x = inputs[0].permute(0, 2, 3, 1) if inputs[0].dim() == 4 else inputs[0]
    x = x.reshape(x.shape[0], *attrs["shape"])
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


def pad(inputs, attrs):
    top, bottom, left, right = attrs["padding"]
    return F.pad(inputs[0], (left, right, top, bottom), value=attrs["value"])


OPERATORS = {
    "conv2d": lambda inputs, attrs: convolution(inputs, attrs, attrs["groups"]),
    "depthwiseConv2d": lambda inputs, attrs: convolution(inputs, attrs, inputs[0].shape[1]),
    "dense": lambda inputs, attrs: F.linear(*inputs),
    "relu": lambda inputs, attrs: F.relu(inputs[0]),
    "clippedRelu": lambda inputs, attrs: F.hardtanh(inputs[0], 0.0, attrs["max"]),
    "softmax": lambda inputs, attrs: F.softmax(inputs[0], 1),
    "add": lambda inputs, attrs: torch.add(*inputs),
    "maxPool": max_pool,
    "globalAveragePool": lambda inputs, attrs: inputs[0].mean((2, 3), keepdim=attrs["keepDims"]),
    "pad": pad,
    "reshape": reshape,
}

# Axes of our kernels in torch's order.
KERNEL_AXES = {"conv2d": (3, 2, 0, 1), "depthwiseConv2d": (2, 3, 0, 1), "dense": (1, 0)}


class Engine:
    def __init__(self, program, data, threads, layout):
        torch.set_num_threads(threads)
        self.program = program
        self.format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.weights = self.load_weights()
        self.x = self.placed(torch.from_numpy(data).permute(0, 3, 1, 2))
        self.description = {"version": torch.__version__, "threads": threads, "layout": layout, "mode": "eager"}
        self.work = {
            "forward": lambda: self.infer("output"),
            "grad-cam": lambda: self.grad_cam(1),
            "ten-classes": lambda: self.grad_cam(10),
            "input-gradient": self.input_gradient,
        }
        if program.trained:
            self.work["weight-gradients"] = self.weight_gradients
        self.work["train-step"] = self.train_step

    def placed(self, tensor):
        return tensor.contiguous(memory_format=self.format) if tensor.dim() == 4 else tensor.contiguous()

    def load_weights(self):
        weights = {}
        self.axes = {}
        for node in self.program.nodes:
            for place, value in enumerate(node["inputs"][1:], 1):
                if value is None or not self.program.values[value]["stored"]:
                    continue
                tensor = torch.from_numpy(np.array(self.program.parameter(value)))
                if place == 1 and node["op"] in KERNEL_AXES:
                    self.axes[value] = KERNEL_AXES[node["op"]]
                    tensor = tensor.permute(self.axes[value])
                    if node["op"] == "depthwiseConv2d":
                        tensor = tensor.reshape(-1, 1, *tensor.shape[2:])
                weights[value] = self.placed(tensor)
        return weights

    def run(self, x, wanted):
        """Values by id, up to the last one that is wanted."""
        values = {self.program.input: x, **self.weights}
        for node in self.program.nodes:
            inputs = [values[value] for value in node["inputs"] if value is not None]
            values[node["output"]] = OPERATORS[node["op"]](inputs, node["attrs"])
            if all(value in values for value in wanted):
                return [values[value] for value in wanted]
        raise RuntimeError("the program does not compute what is wanted")

    def infer(self, name):
        with torch.inference_mode():
            return self.run(self.x, [getattr(self.program, name)])[0].numpy().ravel()

    def logits(self):
        return self.infer("logits")

    def grad_cam(self, classes):
        """Below the layer nothing is recorded: its activations are where the graph of gradients begins."""
        program = self.program
        with torch.no_grad():
            below, above = self.split
            activations = self.steps({program.input: self.x, **self.weights}, below)
        features = activations[program.layer].detach().requires_grad_()
        logits = self.steps({**activations, program.layer: features}, above)[program.logits]
        maps = []
        for index in torch.topk(logits.detach()[0], classes).indices:
            (gradient,) = torch.autograd.grad(logits[0, index], features, retain_graph=classes > 1)
            with torch.no_grad():
                maps.append((features * gradient.mean((2, 3), keepdim=True)).sum(1).numpy().ravel())
        return np.concatenate(maps)

    @property
    def split(self):
        """Nodes up to the explained layer, and those after it up to the logits."""
        nodes = self.program.nodes
        at = next(i for i, node in enumerate(nodes) if node["output"] == self.program.layer) + 1
        end = next(i for i, node in enumerate(nodes) if node["output"] == self.program.logits) + 1
        return nodes[:at], nodes[at:end]

    def steps(self, values, nodes):
        for node in nodes:
            inputs = [values[value] for value in node["inputs"] if value is not None]
            values[node["output"]] = OPERATORS[node["op"]](inputs, node["attrs"])
        return values

    def input_gradient(self):
        x = self.x.detach().requires_grad_()
        (logits,) = self.run(x, [self.program.logits])
        (gradient,) = torch.autograd.grad(logits[0].max(), x)
        return np.ascontiguousarray(gradient.permute(0, 2, 3, 1).numpy()).ravel()

    def differentiated(self, values, score):
        """Gradients of score(logits) by the weights `values`, and the score."""
        for value in values:
            self.weights[value].requires_grad_()
        (logits,) = self.run(self.x, [self.program.logits])
        result = score(logits)
        gradients = torch.autograd.grad(result, [self.weights[value] for value in values])
        for value in values:
            self.weights[value].requires_grad_(False)
        return result.item(), gradients

    def weight_gradients(self):
        values = self.program.trained
        _, gradients = self.differentiated(values, lambda logits: logits[0].max())
        return np.concatenate([self.ours(value, gradient) for value, gradient in zip(values, gradients)])

    def ours(self, value, tensor):
        """In our layout; only convolutions and dense layers have one of their own."""
        axes = self.axes.get(value)
        if axes is None:
            return tensor.numpy().ravel()
        return np.ascontiguousarray(tensor.permute(*np.argsort(axes)).numpy()).ravel()

    def train_step(self):
        labels = torch.arange(self.x.shape[0]) % self.program.values[self.program.logits]["shape"][-1]
        values = list(self.weights)
        loss, gradients = self.differentiated(values, lambda logits: F.cross_entropy(logits, labels))
        with torch.no_grad():
            for value, gradient in zip(values, gradients):
                self.weights[value].sub_(gradient, alpha=LEARNING_RATE)
        return np.array([loss], np.float32)


def load(network, data, threads, options):
    return Engine(Program(network), data, threads, options.get("layout", "channels_last"))
