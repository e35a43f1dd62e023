"""What `layers.py` measures: each layer at several sizes, ours, PyTorch's and the naive loops.

PyTorch may be missing; then its side of each case is None.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cs231n_lib import fast_layers, layers

try:
    import torch
except ImportError:
    torch = None

CONVOLUTIONS = {  # shapes of x and w, stride, pad
    "A": ((100, 3, 31, 31), (25, 3, 3, 3), 2, 1),
    "B": ((64, 16, 32, 32), (32, 16, 3, 3), 1, 1),
    "C": ((128, 3, 32, 32), (32, 3, 7, 7), 1, 3),
    "1x1": ((32, 64, 28, 28), (128, 64, 1, 1), 1, 0),
    "64 channels": ((32, 64, 28, 28), (64, 64, 3, 3), 1, 1),
}
POOLINGS = {  # shape of x, window, stride
    "2x2, 3 channels": ((100, 3, 32, 32), 2, 2),
    "2x2, 32 channels": ((64, 32, 32, 32), 2, 2),
    "3x3, stride 2": ((64, 32, 32, 32), 3, 2),
}
BATCHES = {"512 x 1024": (512, 1024), "128 x 256": (128, 256)}
IMAGES = {"64 x 32 x 16 x 16": (64, 32, 16, 16), "32 x 64 x 28 x 28": (32, 64, 28, 28)}
MATRICES = {"128 x 3072 x 100": (128, 3072, 100), "100 x 512 x 512": (100, 512, 512)}


@dataclass(frozen=True)
class Case:
    """One pass of one layer at one size."""

    layer: str
    direction: str  # forward or backward
    dtype: str
    size: str
    flops: int | None = None  # of the matrix products in it
    images: int = 1
    ours: Callable[[], Any] | None = None
    theirs: Callable[[], Any] | None = None
    naive: Callable[[], Any] | None = None  # on one of the images


FUNCTIONS = ("ours", "theirs", "naive")


def cases(dtype: str) -> Iterator[Case]:
    """Yield all of them."""
    for size, (x, w, stride, pad) in CONVOLUTIONS.items():
        yield from _convolution(dtype, size, x, w, stride, pad)
    for name in ("max_pool", "avg_pool"):
        for size, (x, window, stride) in POOLINGS.items():
            yield from _pooling(dtype, name, size, x, window, stride)
    for name, sizes in (("batchnorm", BATCHES), ("spatial_batchnorm", IMAGES)):
        for size, shape in sizes.items():
            yield from _normalization(dtype, name, size, shape)
    for size, (N, D, M) in MATRICES.items():
        yield from _affine(dtype, size, N, D, M)


def draw(dtype: str, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Return normal numbers, the same in every run."""
    rng = np.random.default_rng(231)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def _convolution(dtype, size, x, w, stride, pad):
    arrays, param = draw(dtype, x, w, w[:1]), {"stride": stride, "pad": pad}
    plane = [1 + (x[axis] + 2 * pad - w[axis]) // stride for axis in (2, 3)]
    yield from _passes(
        Case("conv", "forward", dtype, size, flops=2 * math.prod((x[0], *plane, *w))),
        arrays,
        (param,),
        (fast_layers.conv_forward_fast, fast_layers.conv_backward_fast),
        lambda functional: lambda x, w, b: functional.conv2d(x, w, b, stride, pad),
        (layers.conv_forward_naive, layers.conv_backward_naive),
    )


def _pooling(dtype, name, size, x, window, stride):
    param = {"pool_height": window, "pool_width": window, "stride": stride}
    suffix = "_naive" if name == "max_pool" else ""
    yield from _passes(
        Case(name, "forward", dtype, size),
        draw(dtype, x),
        (param,),
        (getattr(fast_layers, f"{name}_forward_fast"), getattr(fast_layers, f"{name}_backward_fast")),
        lambda functional: lambda x: getattr(functional, f"{name}2d")(x, window, stride),
        (getattr(layers, f"{name}_forward{suffix}"), getattr(layers, f"{name}_backward{suffix}")),
    )


def _normalization(dtype, name, size, shape):
    yield from _passes(
        Case(name, "forward", dtype, size),
        draw(dtype, shape, shape[1:2], shape[1:2]),
        ({"mode": "train"},),
        (getattr(fast_layers, f"{name}_forward_fast"), getattr(fast_layers, f"{name}_backward_fast")),
        lambda functional: lambda x, gamma, beta: functional.batch_norm(x, None, None, gamma, beta, training=True),
    )


def _affine(dtype, size, N, D, M):
    yield from _passes(
        Case("affine", "forward", dtype, size, flops=2 * N * D * M),
        draw(dtype, (N, D), (M, D), (M,)),
        (),
        (lambda x, w, b: layers.affine_forward(x, w.T, b), layers.affine_backward),
        lambda functional: functional.linear,
    )


def _passes(case, arrays, params, ours, torch_function, naive=None):
    """Yield the case of the forward and that of the backward pass."""
    (forward, backward), (x, *rest) = ours, arrays
    out, cache = forward(*arrays, *params)
    (dout,) = draw(case.dtype, out.shape)
    case = replace(case, images=len(x))
    theirs = _torch_passes(torch_function, arrays, dout)
    loops = _naive_passes(naive, (x[:1], *rest, *params), dout[:1], forward)
    ours = lambda: forward(*arrays, *params), lambda: backward(dout, cache)
    for direction, flops, *functions in zip(
        ("forward", "backward"), (case.flops, case.flops and 2 * case.flops), ours, theirs, loops, strict=True
    ):
        yield replace(case, direction=direction, flops=flops, **dict(zip(FUNCTIONS, functions, strict=True)))


def _torch_passes(torch_function, arrays, dout):
    """Return both passes of PyTorch, with gradients for all arguments."""
    if torch is None:
        return None, None
    function, leaves = torch_function(torch.nn.functional), [torch.tensor(a, requires_grad=True) for a in arrays]
    out, dout = function(*leaves), torch.tensor(dout)

    def forward():
        with torch.no_grad():
            return function(*leaves)

    return forward, lambda: torch.autograd.grad(out, leaves, dout, retain_graph=True)


def _naive_passes(naive, arguments, dout, fast_forward):
    """Return both passes of the loops, on one image. They take the cache of the fast layers."""
    if naive is None:
        return None, None
    _, cache = fast_forward(*arguments)
    return lambda: naive[0](*arguments), lambda: naive[1](dout, cache)
