"""Writes k3_convnext.keras and k3_hard_swish.h5: parts of networks as keras.applications builds them; and what Keras answers in f64.

pip install keras torch numpy; KERAS_BACKEND=torch python3 test/golden/keras/files/of_applications.py
"""

import json
import pathlib

import keras
import numpy as np
import torch
from keras import layers
from keras.src.applications.convnext import LayerScale, StochasticDepth

HERE = pathlib.Path(__file__).parent
SHAPE = (1, 12, 10, 3)
WIDTH = 4


def convnext(x):
    """A convolution with a channel in each group, LayerScale, StochasticDepth."""
    for block in ("first", "second"):
        y = layers.Conv2D(WIDTH, 5, padding="same", groups=WIDTH, name=f"{block}_depthwise")(x)
        y = layers.LayerNormalization(epsilon=1e-6, name=f"{block}_norm")(y)
        y = layers.Dense(3 * WIDTH, activation="gelu", name=f"{block}_wide")(y)
        y = layers.Dense(WIDTH, name=f"{block}_narrow")(y)
        y = LayerScale(0.3, WIDTH, name=f"{block}_scale")(y)
        x = x + StochasticDepth(0.1, name=f"{block}_drop")(y)
    return x


def hard_swish(x):
    """MobileNetV3's gate; Keras cannot read the .h5 of that again: numbers are among the arguments of its operations."""
    return layers.Multiply(name="gated")([x, layers.ReLU(6.0, name="clipped")(x + 3.0) * (1.0 / 6.0)])


def build(body, dtype):
    keras.backend.set_floatx(dtype)
    keras.backend.clear_session()
    keras.utils.set_random_seed(5)
    inputs = keras.Input(SHAPE[1:], name="image")
    x = body(layers.Conv2D(WIDTH, 2, strides=2, name="stem")(inputs))
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(5, activation="softmax", name="head")(x))


def synthetic(name, count):
    """The generator of README.md."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = (h ^ byte) * 0x01000193 % 2**32
    x = (h + np.arange(count, dtype=np.uint64) * 0x9E3779B9) % 2**32
    x = (x ^ (x >> 16)) * 0x85EBCA6B % 2**32
    x = (x ^ (x >> 13)) * 0xC2B2AE35 % 2**32
    return ((x ^ (x >> 16)) >> 8) * 2.0**-23 - 1


def short(values):
    return [float(f"{value:.9g}") for value in values.flatten().tolist()]


def write(name, body):
    model = build(body, "float32")
    random = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(weight.numpy() + random.normal(0, 0.2, weight.shape))
    model.save(HERE / name)
    exact = build(body, "float64")
    exact.set_weights(model.get_weights())
    picture = np.float32(random.uniform(-2, 2, SHAPE))
    x = torch.tensor(picture.astype(np.float64), requires_grad=True)
    y = exact(x, training=False)
    top = int(y.argmax())
    r = torch.tensor(synthetic("cotangent0", y.numel())).reshape(y.shape)
    slope = torch.autograd.grad(y.flatten()[top], x, retain_graph=True)[0]
    product = torch.autograd.grad((y * r).sum(), x)[0]
    expected = {
        "file": name,
        "made_by": f"keras {keras.__version__}, torch {torch.__version__}",
        "about": body.__doc__,
        "tolerance": 2e-5,
        "inputs": [{"name": "image", "shape": SHAPE, "values": short(picture)}],
        "outputs": [{"name": "head", "shape": list(y.shape), "values": short(y.detach())}],
        "gradients": [{"output": 0, "flat_index": top, "inputs": [short(slope)]}],
        "vjp": [{"output": 0, "cotangent": "cotangent0", "inputs": [short(product)]}],
    }
    (HERE / f"{name}.json").write_text(json.dumps(expected) + "\n")
    print(name, short(y.detach()), (HERE / name).stat().st_size)


write("k3_convnext.keras", convnext)
write("k3_hard_swish.h5", hard_swish)
