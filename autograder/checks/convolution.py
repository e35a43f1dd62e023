"""Checks of the convolution."""

from typing import Any

import numpy as np

from autograder.checks._windows import Sizes, conv_param, fitting, output_size
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

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
    {"fill": waves, "image": (4, 1, 3, 4), "filters": (2, 1, 1, 1), "stride": 1, "pad": 0},
    {"fill": waves, "image": (1, 1, 5, 5), "filters": (1, 1, 2, 3), "stride": 2, "pad": 0},  # leaves a row over
    {"fill": waves, "image": (2, 2, 3, 4), "filters": (3, 2, 3, 4), "stride": 1, "pad": 0},  # one window
]


RETURNS = {"conv_forward_naive": ("out", "cache"), "conv_backward_naive": ("dx", "dw", "db")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw an image and filters that are not square: one without padding, the others padded and with a stride."""
    n, c, f = (int(size) for size in rng.integers(1 if number == 3 else 2, 4, size=3))
    hh, ww = (2, 3) if rng.integers(2) else (3, 1)
    stride = 1 if number == 1 else int(rng.integers(2, 4))
    pad = 0 if number == 1 else int(rng.integers(1, 3))
    rows, columns = (3, 2) if rng.integers(2) else (2, 4)
    image = (n, c, fitting(rows, hh, stride, pad), fitting(columns, ww, stride, pad))
    return {"fill": waves_from(rng), "image": image, "filters": (f, c, hh, ww), "stride": stride, "pad": pad}


def inputs(fill: Fill, image: Sizes, filters: Sizes) -> tuple[Array, Array, Array]:
    """Return images, filters and biases."""
    x = fill(*image, between=(-0.1, 0.5))
    w = fill(*filters, between=(-0.2, 0.3))
    b = fill(filters[0], between=(-0.1, 0.2))
    return x, w, b


def upstream(fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int) -> Array:
    """Return the gradient of the output."""
    return fill(image[0], filters[0], *output_size(image, filters, stride, pad), between=(-1.0, 0.7), start=5)


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def conv_forward_naive(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_forward_naive slides every filter over every padded image."""
    x, w, b = inputs(fill, image, filters)
    out, _ = subject.conv_forward_naive(x, w, b, conv_param(stride, pad))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"conv_forward_naive": lambda x, w, b, conv_param: (x, w, b, conv_param)},
    gradient_of="conv_forward_naive",
)
def conv_backward_naive(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_backward_naive gives the gradients with respect to x, w and b."""
    x, w, b = inputs(fill, image, filters)
    dout = upstream(fill, image, filters, stride, pad)
    _, cache = subject.conv_forward_naive(x, w, b, conv_param(stride, pad))
    dx, dw, db = subject.conv_backward_naive(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}
