"""Checks of layers that follow each other: a sandwich is asked as one layer."""

from typing import Any

import numpy as np

from autograder.checks import affine, convolution, lowering, pooling, relu
from autograder.checks._windows import Sizes, conv_param, fitting, output_size, pool_param
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

AFFINE: list[dict[str, Any]] = [
    {"fill": spread, "n": 2, "shape": (3, 4), "m": 10},  # sizes of the published case
    {"fill": waves, "n": 3, "shape": (2, 3), "m": 4},
    {"fill": waves, "n": 1, "shape": (5,), "m": 6},
]
CONV: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "filters": (3, 3, 3, 3), "stride": 1, "pad": 1},
    {"fill": waves, "image": (2, 2, 5, 4), "filters": (3, 2, 3, 2), "stride": 1, "pad": 0},
    {"fill": waves, "image": (1, 3, 6, 5), "filters": (2, 3, 2, 3), "stride": 2, "pad": 2},
]
POOL: list[dict[str, Any]] = [
    {**CONV[0], "pool_window": (2, 2), "pool_stride": 2},  # sizes as in the networks
    {**CONV[1], "pool_window": (2, 1), "pool_stride": 1},  # windows overlap, and are not square
    {**CONV[2], "pad": 1, "pool_window": (2, 3), "pool_stride": 1},  # no window of zeros alone: they would tie
    {  # some are negative, with a stride, too
        "fill": waves,
        "image": (1, 2, 7, 6),
        "filters": (2, 2, 3, 2),
        "stride": 2,
        "pad": 0,
        "pool_window": (1, 2),
        "pool_stride": 1,
    },
]
GRADIENTS = ("dx", "dw", "db")
RELU = (relu.relu_forward, relu.relu_backward)
CONVOLUTIONS = (
    convolution.conv_forward_naive,
    convolution.conv_backward_naive,
    lowering.conv_forward_im2col,
    lowering.conv_backward_im2col,
)
POOLING = (pooling.max_pool_forward_naive, pooling.max_pool_backward_naive)
AFFINE_RELU = (affine.affine_forward, affine.affine_backward, *RELU)  # what each sandwich is made of
CONV_RELU = (*CONVOLUTIONS, *RELU)
CONV_RELU_POOL = (*CONV_RELU, *POOLING)
KINDS = ("affine_relu", "conv_relu", "conv_relu_pool")
RETURNS = {f"{kind}_forward": ("out", "cache") for kind in KINDS} | {f"{kind}_backward": GRADIENTS for kind in KINDS}


def draw_pool(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a convolution, and windows that are not square: two that overlap and one that leaves pixels out."""
    height, width = ((2, 3), (3, 2), (1, 2))[number - 1]
    n, c, f = (int(size) for size in rng.integers(2, 4, size=3))
    hh, ww = (2, 3) if rng.integers(2) else (3, 2)
    stride, pad = (1, 0) if number == 1 else (int(rng.integers(1, 3)), 1)
    rows, columns = fitting(2, height, number), fitting(3, width, number)
    return {
        "fill": waves_from(rng),
        "image": (n, c, fitting(rows, hh, stride, pad), fitting(columns, ww, stride, pad)),
        "filters": (f, c, hh, ww),
        "stride": stride,
        "pad": pad,
        "pool_window": (height, width),
        "pool_stride": number,
    }


def _affine_inputs(fill: Fill, n: int, shape: Sizes, m: int) -> tuple[Array, Array, Array]:
    x = fill(n, *shape, between=(-1.5, 1.0))
    return x, fill(int(np.prod(shape)), m, between=(-0.4, 0.5)), fill(m, between=(-0.6, 0.5))


def _conv_inputs(fill: Fill, image: Sizes, filters: Sizes) -> tuple[Array, Array, Array]:
    x = fill(*image, between=(-1.5, 1.0))
    return x, fill(*filters, between=(-0.4, 0.5)), fill(filters[0], between=(-0.6, 0.5))


def _upstream(fill: Fill, *shape: int) -> Array:
    return fill(*shape, between=(-1.0, 0.7), start=5)


@check(tolerance=1e-7, public=AFFINE, hidden=affine.draw, returns=RETURNS, builds_on=AFFINE_RELU)
def affine_relu_forward(subject: Subject, fill: Fill, n: int, shape: Sizes, m: int) -> dict[str, Any]:
    """affine_relu_forward applies an affine layer, then ReLU."""
    out, _ = subject.affine_relu_forward(*_affine_inputs(fill, n, shape, m))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=AFFINE,
    hidden=affine.draw,
    returns=RETURNS,
    gradient_of="affine_relu_forward",
    builds_on=AFFINE_RELU,
)
def affine_relu_backward(subject: Subject, fill: Fill, n: int, shape: Sizes, m: int) -> dict[str, Any]:
    """affine_relu_backward goes back through both layers and gives the gradients of x, w and b."""
    _, cache = subject.affine_relu_forward(*_affine_inputs(fill, n, shape, m))
    dx, dw, db = subject.affine_relu_backward(_upstream(fill, n, m), cache)
    return {"dx": dx, "dw": dw, "db": db}


@check(tolerance=1e-7, public=CONV, hidden=convolution.draw, returns=RETURNS, builds_on=CONV_RELU)
def conv_relu_forward(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_relu_forward applies a convolution, then ReLU."""
    out, _ = subject.conv_relu_forward(*_conv_inputs(fill, image, filters), conv_param(stride, pad))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=CONV,
    hidden=convolution.draw,
    returns=RETURNS,
    gradient_of="conv_relu_forward",
    builds_on=CONV_RELU,
)
def conv_relu_backward(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_relu_backward goes back through both layers and gives the gradients of x, w and b."""
    _, cache = subject.conv_relu_forward(*_conv_inputs(fill, image, filters), conv_param(stride, pad))
    dout = _upstream(fill, image[0], filters[0], *output_size(image, filters, stride, pad))
    dx, dw, db = subject.conv_relu_backward(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}


@check(tolerance=1e-7, public=POOL, hidden=draw_pool, returns=RETURNS, builds_on=CONV_RELU_POOL)
def conv_relu_pool_forward(
    subject: Subject,
    fill: Fill,
    image: Sizes,
    filters: Sizes,
    stride: int,
    pad: int,
    pool_window: Sizes,
    pool_stride: int,
) -> dict[str, Any]:
    """conv_relu_pool_forward applies a convolution, ReLU, and max pooling."""
    params = conv_param(stride, pad), pool_param(pool_window, pool_stride)
    out, _ = subject.conv_relu_pool_forward(*_conv_inputs(fill, image, filters), *params)
    return {"out": out}


@check(
    tolerance=1e-7,
    public=POOL,
    hidden=draw_pool,
    returns=RETURNS,
    gradient_of="conv_relu_pool_forward",
    builds_on=CONV_RELU_POOL,
)
def conv_relu_pool_backward(
    subject: Subject,
    fill: Fill,
    image: Sizes,
    filters: Sizes,
    stride: int,
    pad: int,
    pool_window: Sizes,
    pool_stride: int,
) -> dict[str, Any]:
    """conv_relu_pool_backward goes back through all three layers and gives the gradients of x, w and b."""
    params = conv_param(stride, pad), pool_param(pool_window, pool_stride)
    _, cache = subject.conv_relu_pool_forward(*_conv_inputs(fill, image, filters), *params)
    pooled = output_size(output_size(image, filters, stride, pad), pool_window, pool_stride)
    dx, dw, db = subject.conv_relu_pool_backward(_upstream(fill, image[0], filters[0], *pooled), cache)
    return {"dx": dx, "dw": dw, "db": db}
