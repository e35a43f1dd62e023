"""CIFAR-10 as its authors wrote it, only smaller: the same bytes as Python 2 gave, and the binary version."""

import struct
from pathlib import Path

import numpy as np

BATCHES = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]


def images(batch, n):
    """Return planes of shape (n, 3, 32, 32), different in each batch, and labels."""
    rng = np.random.default_rng(batch)
    return rng.integers(256, size=(n, 3, 32, 32)).astype(np.uint8), (np.arange(n) + batch) % 10


def write_python_version(folder, n):
    folder.mkdir(parents=True)
    for batch, name in enumerate(BATCHES):
        folder.joinpath(name).write_bytes(python2_pickle(*images(batch, n)))
    return folder


def write_binary_version(folder, n):
    folder.mkdir(parents=True)
    for batch, name in enumerate(BATCHES):
        X, y = images(batch, n)
        records = b"".join(bytes([label]) + image.tobytes() for image, label in zip(X, y, strict=True))
        Path(folder, f"{name}.bin").write_bytes(records)
    return folder


def python2_pickle(X, y):
    """Pickle a batch, opcode by opcode, as protocol 2 of Python 2 did, for which strings were bytes."""
    array = pickled_array(b"u1", b"|", flags=0, shape=(len(X), 3072), content=X.tobytes())
    labels = b"](" + b"".join(b"K" + bytes([label]) for label in y) + b"e"
    names = b"](" + b"".join(_string(b"image_%d.png" % k) for k in range(len(X))) + b"e"
    entries = {b"batch_label": _string(b"a batch"), b"labels": labels, b"data": array, b"filenames": names}
    return b"\x80\x02}(" + b"".join(_string(key) + value for key, value in entries.items()) + b"u."


def pickled_array(code, order, flags, shape, content):
    sizes = b"(" + b"".join(b"J" + struct.pack("<i", size) for size in shape) + b"t"
    dtype = b"cnumpy\ndtype\n" + _string(code) + b"K\x00K\x01\x87R"
    dtype_state = b"(K\x03" + _string(order) + b"NNN" + 2 * b"J\xff\xff\xff\xff" + b"K" + bytes([flags]) + b"tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    state = b"(K\x01" + sizes + dtype + dtype_state + b"\x89T" + struct.pack("<i", len(content)) + content + b"tb"
    return array + state


def _string(text):
    return b"U" + bytes([len(text)]) + text
