"""Checks of max pooling by im2col. No window has a tie."""

from typing import Any

from autograder.checks import pooling
from autograder.checks._windows import Sizes, output_size, pool_param
from autograder.core.inputs import Fill
from autograder.core.question import check
from autograder.core.subject import Subject

RETURNS = {"max_pool_forward_im2col": ("out", "cache")}


@check(tolerance=1e-7, public=pooling.PUBLIC, hidden=pooling.draw, returns=RETURNS)
def max_pool_forward_im2col(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """max_pool_forward_im2col keeps the largest number of each column of windows."""
    out, _ = subject.max_pool_forward_im2col(pooling.images(fill, image), pool_param(window, stride))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=pooling.PUBLIC,
    hidden=pooling.draw,
    returns=RETURNS,
    gradient_of="max_pool_forward_im2col",
)
def max_pool_backward_im2col(
    subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int
) -> dict[str, Any]:
    """max_pool_backward_im2col sends each gradient to the largest number of its column, and adds the columns up."""
    dout = pooling.upstream(fill, *image[:2], *output_size(image, window, stride))
    _, cache = subject.max_pool_forward_im2col(pooling.images(fill, image), pool_param(window, stride))
    return {"dx": subject.max_pool_backward_im2col(dout, cache)}
