"""Writes newer-cases.json: ONNX's own tests of what Debian's libonnx-testdata is too old for. Files are base64.

pip install onnx==1.17.0; python3 test/golden/onnx/newer_cases.py
"""

import base64
import json
import pathlib

import onnx.backend.test

CASES = pathlib.Path(onnx.backend.test.__file__).parent / "data" / "node"
WANTED = (
    "constant_pad_axes",
    "constant_pad_negative_axes",
    "group_normalization_e",
    "resize_downsample_scales_cubic_antialias",
    "resize_downsample_scales_linear_antialias",
    "resize_downsample_scales_linear_half_pixel_symmetric",
    "resize_downsample_sizes_cubic_antialias",
    "resize_downsample_sizes_linear_antialias",
    "resize_downsample_sizes_nearest_not",
    "resize_upsample_scales_linear_half_pixel_symmetric",
    "resize_upsample_scales_nearest_axes",
    "resize_upsample_sizes_nearest_axes",
    "resize_upsample_sizes_nearest_not",
    "wrap_pad",
)


def text(path):
    return base64.b64encode(path.read_bytes()).decode()


cases = {}
for folder in sorted(CASES.iterdir()):
    name = folder.name.removeprefix("test_")
    if not name.startswith(WANTED) or name.endswith("_expanded"):
        continue
    data = folder / "test_data_set_0"
    cases[folder.name] = {
        "model": text(folder / "model.onnx"),
        **{f"{kind}s": [text(path) for path in sorted(data.glob(f"{kind}_*.pb"))] for kind in ("input", "output")},
    }
target = pathlib.Path(__file__).parent / "newer-cases.json"
target.write_text(json.dumps(cases, indent=1) + "\n")
