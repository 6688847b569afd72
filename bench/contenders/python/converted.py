"""Files that an engine wants instead of ONNX: made once, beside the ONNX file, under a name that says from what by what."""

import os
import shutil
import subprocess
import sys
import tempfile

from host import Absent


def onnx_of(network):
    if "onnx" not in network:
        raise Absent("the network is not exported to ONNX")
    return network["onnx"]


def tool(name):
    """A command that pip installed beside this Python."""
    path = os.path.join(os.path.dirname(sys.executable), name)
    if not os.path.exists(path):
        raise Absent(f"{name} is not installed; npm run bench:setup installs it")
    return path


def convert(network, engine, endings, command):
    """Paths with `endings`. `command(onnx, folder)` makes model<ending> in an empty folder when they are missing."""
    base = f"{network['onnx'][: -len('.onnx')]}.{engine}"
    paths = [base + ending for ending in endings]
    if all(map(os.path.exists, paths)):
        return paths
    with tempfile.TemporaryDirectory(dir=os.path.dirname(base)) as folder:
        ran = subprocess.run(command(network["onnx"], folder), cwd=folder, capture_output=True, text=True)
        if ran.returncode != 0:
            raise RuntimeError(f"{engine} cannot convert {network['onnx']}: {(ran.stdout + ran.stderr)[-400:]}")
        for ending, path in zip(endings, paths):
            shutil.move(os.path.join(folder, "model" + ending), path)
    return paths
