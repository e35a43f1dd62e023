"""Checks of im2col, col2im, and of the convolution that is one matrix product with their help."""

from typing import Any

import numpy as np

from autograder.checks import convolution
from autograder.checks._windows import Sizes, conv_param, output_size
from autograder.core.inputs import Fill
from autograder.core.question import check
from autograder.core.subject import Subject


def _windows_only(params: dict[str, Any]) -> dict[str, Any]:
    """Turn a case of a convolution into one of its windows."""
    window = params["filters"][2:]
    return {"window" if name == "filters" else name: params[name] for name in params} | {"window": window}


PUBLIC = [_windows_only(params) for params in convolution.PUBLIC]
RETURNS = {"conv_forward_im2col": ("out", "cache"), "conv_backward_im2col": ("dx", "dw", "db")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw an image and windows that are not square, as those of a convolution."""
    return _windows_only(convolution.draw(rng, number))


@check(tolerance=1e-7, public=PUBLIC, hidden=draw)
def im2col(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int, pad: int) -> dict[str, Any]:
    """im2col writes each window of the padded images as one column."""
    x = fill(*image, between=(-0.1, 0.5))
    return {"cols": subject.im2col(x, *window, conv_param(stride, pad))}


@check(tolerance=1e-7, public=PUBLIC, hidden=draw)
def col2im(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int, pad: int) -> dict[str, Any]:
    """col2im adds each column up in the window that it came from."""
    N, C, _, _ = image
    rows, columns = output_size(image, window, stride, pad)
    cols = fill(C * window[0] * window[1], N * rows * columns, between=(-1.0, 0.7), start=5)
    return {"x": subject.col2im(cols, image, *window, conv_param(stride, pad))}


@check(tolerance=1e-7, public=convolution.PUBLIC, hidden=convolution.draw, returns=RETURNS)
def conv_forward_im2col(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_forward_im2col convolves all images with all filters in one matrix product."""
    x, w, b = convolution.inputs(fill, image, filters)
    out, _ = subject.conv_forward_im2col(x, w, b, conv_param(stride, pad))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=convolution.PUBLIC,
    hidden=convolution.draw,
    returns=RETURNS,
    gradient_of="conv_forward_im2col",
)
def conv_backward_im2col(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_backward_im2col gives the gradients with respect to x, w and b, by matrix products."""
    x, w, b = convolution.inputs(fill, image, filters)
    dout = convolution.upstream(fill, image, filters, stride, pad)
    _, cache = subject.conv_forward_im2col(x, w, b, conv_param(stride, pad))
    dx, dw, db = subject.conv_backward_im2col(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}
