"""Pictures and maps by the packages themselves: pytorch-grad-cam, torchcam, and the functions of keras.io's page.

pip install grad-cam==1.5.7 torchcam==0.5.0 keras==3.15.1 opencv-python-headless==5.0.0.93 Pillow==13.0.0 matplotlib==3.11.2 \
    torch==2.15.0 torchvision==0.29.2 efficientnet-lite-pytorch==0.1.0 safetensors
KERAS_BACKEND=torch python make.py
"""

import json
from pathlib import Path

import cv2
import keras
import matplotlib as mpl
import numpy as np
import torch
import torchcam
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from pytorch_grad_cam import FullGrad, GradCAM, GradCAMPlusPlus
from pytorch_grad_cam.utils.image import show_cam_on_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from safetensors.torch import load_file
from torchcam.methods import GradCAM as TorchcamGradCAM
from torchcam.methods import LayerCAM as TorchcamLayerCAM
from torchcam.utils import overlay_mask
from torchvision.transforms.functional import to_pil_image

HERE = Path(__file__).parent
GOLDEN = HERE.parent
ROOT = GOLDEN.parent.parent
CAT = 285  # Egyptian cat
torch.set_num_threads(2)
index = {"versions": {}, "overlays": [], "pipelines": []}


# The three ways to paint --------------------------------------------------------------------------------------------


def pytorch_grad_cam_overlay(photo, heat, image_weight):
    """`heat` is at the picture's size, as the package's maps are."""
    return show_cam_on_image(np.float32(photo) / 255, heat, use_rgb=True, image_weight=image_weight)


def torchcam_overlay(photo, heat, alpha):
    mask = to_pil_image(torch.from_numpy(heat.copy()), mode="F")
    return np.asarray(overlay_mask(Image.fromarray(photo), mask, alpha=alpha))


def keras_io_overlay(photo, heat, alpha):
    """save_and_display_gradcam of https://keras.io/examples/vision/grad_cam/, without the files."""
    heatmap = np.uint8(255 * heat)
    jet = mpl.colormaps["jet"]
    jet_colors = jet(np.arange(256))[:, :3]
    jet_heatmap = jet_colors[heatmap]
    jet_heatmap = keras.utils.array_to_img(jet_heatmap)
    jet_heatmap = jet_heatmap.resize((photo.shape[1], photo.shape[0]))
    jet_heatmap = keras.utils.img_to_array(jet_heatmap)
    superimposed = jet_heatmap * alpha + keras.utils.img_to_array(photo)
    return np.asarray(keras.utils.array_to_img(superimposed))


def resized(heat, photo):
    return cv2.resize(heat, (photo.shape[1], photo.shape[0]))


def overlays():
    cases = [("map14x14relu", (14, 14), "astronaut_64x48", 0), ("map7x7", (7, 7), "coffee_97x61", 1)]
    for name, shape, picture, more in cases:
        heat = np.fromfile(GOLDEN / f"image/opencv/{name}.f32", "<f4").reshape(shape)
        photo = np.asarray(Image.open(GOLDEN / f"image/src/{picture}.png").convert("RGB"))
        for compat, paint, weights in [
            ("pytorch-grad-cam", lambda p, h, w: pytorch_grad_cam_overlay(p, resized(h, p), w), (0.5, 0.3)),
            ("torchcam", torchcam_overlay, (0.7, 0.4)),
            ("keras-io", keras_io_overlay, (0.4, 0.7)),
        ]:
            for weight in weights[: 1 + more]:
                file = f"{compat}.{picture}.{weight}.png"
                Image.fromarray(paint(photo, heat, weight)).save(HERE / file, optimize=True)
                entry = {"compat": compat, "map": f"opencv/{name}.f32", "shape": shape, "photo": picture}
                index["overlays"].append({**entry, "weight": weight, "file": file})


# The embedded network, one module for every use of an activation: packages hook modules ------------------------------


def network():
    net = EfficientNet.from_name("efficientnet-lite0")
    weights = load_file(ROOT / "weights/efficientnet-lite0.f16.safetensors")
    net.load_state_dict({k: v.float() for k, v in weights.items()}, strict=False)

    def forward_of(block):
        args = block._block_args

        def forward(x, drop_connect_rate=None):
            y = x
            if args.expand_ratio != 1:
                y = block._relu0(block._bn0(block._expand_conv(y)))
            y = block._bn2(block._project_conv(block._relu1(block._bn1(block._depthwise_conv(y)))))
            same = args.id_skip and args.stride == 1 and args.input_filters == args.output_filters
            return y + x if same else y

        return forward

    for block in net._blocks:
        block._relu0, block._relu1 = torch.nn.ReLU6(), torch.nn.ReLU6()
        block.forward = forward_of(block)
    net._relu_stem, net._relu_head = torch.nn.ReLU6(), torch.nn.ReLU6()

    def forward(x):
        x = net._relu_stem(net._bn0(net._conv_stem(x)))
        for block in net._blocks:
            x = block(x)
        x = net._relu_head(net._bn1(net._conv_head(x)))
        return net._fc(net._avg_pooling(x).flatten(1))

    net.forward = forward
    return net.eval()


def pipelines():
    net = network()
    tensor = np.fromfile(GOLDEN / "efficientnet-lite0/inputs/cat.f32", "<f4").reshape(224, 224, 3)
    photo = np.uint8(tensor * 128 + 127)
    x = torch.from_numpy(tensor.transpose(2, 0, 1)[None].copy())
    layers = {"_relu_head": net._relu_head, "_blocks.10": net._blocks[10]}

    def keep(compat, what, options, heat, picture=None):
        entry = {"compat": compat, "what": what, "options": options, "shape": list(heat.shape)}
        if heat.shape == (224, 224):  # means of squares of 8 pixels
            heat = heat.astype(np.float64).reshape(28, 8, 28, 8).mean((1, 3))
            entry["squares"] = 8
        entry["map"] = [float(f"{np.float32(v):.7g}") for v in heat.ravel()]
        if picture is not None:  # every fourth pixel
            entry["file"] = f"{compat}.{what}.png"
            Image.fromarray(np.ascontiguousarray(picture[::4, ::4])).save(HERE / entry["file"], optimize=True)
        index["pipelines"].append(entry)

    target = [ClassifierOutputTarget(CAT)]
    both = ["_relu_head", "_blocks.10"]

    def jacob(method, names, **how):
        with method(model=net, target_layers=[layers[name] for name in names]) as cam:
            return cam(input_tensor=x.clone(), targets=target, **how)[0]

    heat = jacob(GradCAM, both[:1])
    keep("pytorch-grad-cam", "grad-cam", {"method": "grad-cam"}, heat, pytorch_grad_cam_overlay(photo, heat, 0.5))
    keep("pytorch-grad-cam", "two layers", {"method": "grad-cam", "layer": both}, jacob(GradCAM, both))
    smooth = {"method": "grad-cam", "smooth": "aug"}
    keep("pytorch-grad-cam", "aug_smooth", smooth, jacob(GradCAM, both[:1], aug_smooth=True))
    smooth = {**smooth, "layer": both}
    keep("pytorch-grad-cam", "aug_smooth of two layers", smooth, jacob(GradCAM, both, aug_smooth=True))
    keep("pytorch-grad-cam", "++", {"method": "grad-cam++"}, jacob(GradCAMPlusPlus, both[:1]))
    keep("pytorch-grad-cam", "FullGrad", {"method": "full-grad"}, jacob(FullGrad, []))

    def frank(method, names):
        with method(net, [layers[name] for name in names]) as extract:
            cams = extract(CAT, net(x))
            return [cam[0].detach().numpy() for cam in cams], extract.fuse_cams(cams)[0].detach().numpy()

    (heat,), _ = frank(TorchcamGradCAM, both[:1])
    keep("torchcam", "grad-cam", {"method": "grad-cam"}, heat, torchcam_overlay(photo, heat, 0.7))
    for name, method in [("grad-cam", TorchcamGradCAM), ("layer-cam", TorchcamLayerCAM)]:
        _, fused = frank(method, both)
        keep("torchcam", f"{name} of two layers", {"method": name, "layer": both}, fused)

    # make_gradcam_heatmap of the page, with torch's gradient in place of a tf.GradientTape's.
    seen = {}
    hook = net._relu_head.register_forward_hook(lambda _m, _i, output: seen.update(a=output))
    score = net(x)[0, CAT]
    hook.remove()
    (grads,) = torch.autograd.grad(score, seen["a"])
    heat = torch.einsum("chw,c->hw", seen["a"][0], grads.mean((0, 2, 3)))
    heat = (torch.clamp(heat, min=0) / heat.max()).detach().numpy()
    keep("keras-io", "grad-cam", {"method": "grad-cam"}, heat, keras_io_overlay(photo, heat, 0.4))


overlays()
pipelines()
np.float32(mpl.colormaps["jet"](np.arange(256))[:, :3]).tofile(HERE / "jet.f32")  # what array_to_img stretches
for module in (cv2, keras, mpl, np, torch, torchcam):
    index["versions"][module.__name__] = module.__version__
(HERE / "index.json").write_text(json.dumps(index, indent=1) + "\n")
