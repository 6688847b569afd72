"""Small HDF5 files, sound and hostile, for test/load. Run: python make.py (h5py 3.16, numpy 2.4)."""
import os
import zlib

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
KERNEL = np.arange(6, dtype=np.float32).reshape(2, 3) / 4 - 0.5
BIAS = np.array([1.5, -2.25, 0.125], np.float32)


def create(name, layers, **options):
    """A weights-only file; layers maps a layer's name to {weight name: function(group, name) or array}."""
    with h5py.File(os.path.join(HERE, name), "w", **options) as file:
        write(file, layers)


def write(root, layers):
    root.attrs["layer_names"] = [layer.encode() for layer in layers]
    root.attrs["backend"] = "tensorflow"
    root.attrs["keras_version"] = "2.15.0"
    for layer, weights in layers.items():
        group = root.create_group(layer)
        group.attrs["weight_names"] = [weight.encode() for weight in weights]
        for weight, value in weights.items():
            if callable(value):
                value(group, weight)
            else:
                group.create_dataset(weight, data=value)


def dense(kernel, bias=BIAS):
    return {"input": {}, "d": {"d/kernel:0": kernel, "d/bias:0": bias}}


def external_storage(group, name):
    parent = group.require_group(os.path.dirname(name))
    space = h5py.h5s.create_simple((2, 3))
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_external(b"/etc/passwd", 0, 24)
    h5py.h5d.create(parent.id, os.path.basename(name).encode(), h5py.h5t.IEEE_F32LE, space, plist)


def virtual(group, name):
    layout = h5py.VirtualLayout(shape=(2, 3), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(2, 3))
    group.create_virtual_dataset(name, layout)


def unwritten(shape, dtype="f4"):
    """Compressed, and no chunk was ever written: reads as zeros and takes no room."""

    def make(group, name):
        chunks = tuple(min(size, 1024) for size in shape)
        group.create_dataset(name, shape=shape, dtype=dtype, chunks=chunks, compression="gzip")

    return make


def packed_twice(group, name):
    """[2,3] in a single chunk of 400 MB of zeros, deflated twice: a file of 13 kB, and all of it has to be unpacked."""
    side = 10_000
    packer = zlib.compressobj(9)
    zeros = b"\0" * (side * 4)
    once = b"".join([packer.compress(zeros) for _ in range(side)] + [packer.flush()])
    parent = group.require_group(os.path.dirname(name))
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((side, side))
    plist.set_deflate(9)
    plist.set_deflate(9)
    space = h5py.h5s.create_simple((2, 3), (h5py.h5s.UNLIMITED, h5py.h5s.UNLIMITED))
    dataset = h5py.h5d.create(parent.id, os.path.basename(name).encode(), h5py.h5t.IEEE_F32LE, space, plist)
    dataset.write_direct_chunk((0, 0), zlib.compress(once, 9))


def bfloat16(group, name):
    bits = (KERNEL.view(np.uint32) >> 16).astype("<u2")
    dataset = group.create_dataset(name, data=bits.view("V2"))
    dataset.attrs["dtype"] = "bfloat16"


def vgg16(top=True):
    """The layers of the official file, by its Keras-1 names, with shapes only."""
    layers = {"input_1": {}}
    channels = 3
    for block, (repeats, filters) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], 1):
        for i in range(1, repeats + 1):
            name = f"block{block}_conv{i}"
            layers[name] = {f"{name}_W_1:0": unwritten((3, 3, channels, filters)), f"{name}_b_1:0": unwritten((filters,))}
            channels = filters
        layers[f"block{block}_pool"] = {}
    if top:
        layers["flatten"] = {}
        for name, rows, columns in [("fc1", 25088, 4096), ("fc2", 4096, 4096), ("predictions", 4096, 1000)]:
            layers[name] = {f"{name}_W_1:0": unwritten((rows, columns)), f"{name}_b_1:0": unwritten((columns,))}
    return layers


# Sound.
create("f32.h5", dense(KERNEL))
create("f64.h5", dense(KERNEL.astype("f8")))
create("f16.h5", dense(KERNEL.astype("f2")))
create("bfloat16.h5", dense(bfloat16))
create("big-endian.h5", dense(KERNEL.astype(">f4"), BIAS.astype(">f8")))
create("gzip-shuffle.h5", dense(lambda g, n: g.create_dataset(n, data=KERNEL, chunks=(1, 3), compression="gzip", shuffle=True)))
create("user-block.h5", dense(KERNEL), userblock_size=512)
create("latest-format.h5", dense(KERNEL), libver="latest")
create("unicode.h5", {"größe_层": {"größe_层/kernel:0": KERNEL, "größe_层/bias:0": BIAS}})
create("vgg16-keras1-names.h5", vgg16(), libver="latest")
create("vgg16-notop.h5", vgg16(top=False), libver="latest")

# Hostile or unusable.
create("soft-link.h5", dense(lambda g, n: g.require_group("d").__setitem__("kernel:0", h5py.SoftLink("/d/d/bias:0"))))
create("external-link.h5", dense(lambda g, n: g.require_group("d").__setitem__("kernel:0", h5py.ExternalLink("/etc/passwd", "/x"))))
create("external-storage.h5", dense(external_storage))
create("virtual.h5", dense(virtual))
create("lzf.h5", dense(lambda g, n: g.create_dataset(n, data=KERNEL, chunks=(1, 3), compression="lzf")))
create("shape-bomb.h5", dense(unwritten((500_000, 500_000))))
create("undeclared-storage.h5", dense(lambda g, n: g.create_dataset(n, shape=(20_000, 20_000), dtype="f4")))
create("chunk-bomb.h5", dense(packed_twice))
create("int8.h5", dense(KERNEL.astype("i1")))
create("compound.h5", dense(np.zeros((2, 3), [("re", "f4"), ("im", "f4")])))
create("string.h5", dense(np.array([b"a", b"b"])))
create("missing-dataset.h5", {"d": {"d/kernel:0": lambda g, n: None}})
create("climbing-name.h5", {"d": {"../d/kernel:0": lambda g, n: None}})
create("prototype-name.h5", {"__proto__": {"d/kernel:0": KERNEL}})
create("prototype-attributes.h5", dense(KERNEL))
with h5py.File(os.path.join(HERE, "prototype-attributes.h5"), "a") as named:
    for place in (named, named["d"], named["d/d/kernel:0"]):
        for name in ("__proto__", "constructor", "prototype"):
            place.attrs[name] = [b"polluted"]
with h5py.File(os.path.join(HERE, "no-keras.h5"), "w") as plain:
    plain["numbers"] = KERNEL
with h5py.File(os.path.join(HERE, "soft-group.h5"), "w") as looped:
    write(looped, dense(KERNEL))
    looped.move("d", "real")
    looped["d"] = h5py.SoftLink("/real")
