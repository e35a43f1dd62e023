"""Checks of the convolution."""

from typing import Any

import numpy as np

from autograder.inputs import Array, Fill, spread, waves, waves_from
from autograder.question import check
from autograder.subject import Subject

Sizes = tuple[int, ...]

PUBLIC: list[dict[str, Any]] = [
    {
        "fill": spread,
        "image": (2, 3, 4, 4),
        "filters": (3, 3, 4, 4),
        "stride": 2,
        "pad": 1,
    },  # the published case
    {"fill": waves, "image": (2, 2, 5, 4), "filters": (3, 2, 3, 2), "stride": 1, "pad": 0},
    {"fill": waves, "image": (1, 3, 6, 5), "filters": (2, 3, 2, 3), "stride": 2, "pad": 2},
    {"fill": waves, "image": (2, 1, 3, 4), "filters": (2, 1, 1, 1), "stride": 1, "pad": 0},
]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Draw an image and filters, seldom square, with a stride that divides what is left."""
    n, c, f = (int(size) for size in rng.integers(1, 4, size=3))
    hh, ww = (int(size) for size in rng.integers(1, 4, size=2))
    stride, pad = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    rows, columns = (int(size) for size in rng.integers(2, 4, size=2))
    h = max(1, (rows - 1) * stride + hh - 2 * pad)
    w = max(1, (columns - 1) * stride + ww - 2 * pad)
    while (h + 2 * pad - hh) % stride:
        h += 1
    while (w + 2 * pad - ww) % stride:
        w += 1
    return {
        "fill": waves_from(rng),
        "image": (n, c, h, w),
        "filters": (f, c, hh, ww),
        "stride": stride,
        "pad": pad,
    }


def _inputs(fill: Fill, image: Sizes, filters: Sizes) -> tuple[Array, Array, Array]:
    x = fill(*image, between=(-0.1, 0.5))
    w = fill(*filters, between=(-0.2, 0.3))
    b = fill(filters[0], between=(-0.1, 0.2))
    return x, w, b


def _output_size(image: Sizes, filters: Sizes, stride: int, pad: int) -> Sizes:
    rows, columns = (1 + (image[i] + 2 * pad - filters[i]) // stride for i in (2, 3))
    return image[0], filters[0], rows, columns


@check(tolerance=1e-7, public=PUBLIC, hidden=draw)
def conv_forward_naive(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_forward_naive slides every filter over every padded image."""
    x, w, b = _inputs(fill, image, filters)
    out, _ = subject.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    documented_caches={"conv_forward_naive": lambda x, w, b, conv_param: (x, w, b, conv_param)},
)
def conv_backward_naive(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_backward_naive gives the gradients with respect to x, w and b."""
    x, w, b = _inputs(fill, image, filters)
    dout = fill(*_output_size(image, filters, stride, pad), between=(-1.0, 0.7), start=5)
    _, cache = subject.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    dx, dw, db = subject.conv_backward_naive(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}
