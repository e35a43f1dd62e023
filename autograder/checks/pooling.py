"""Checks of max pooling. No window has a tie: which of two equal values wins is a convention."""

from typing import Any

import numpy as np

from autograder.inputs import Fill, spread, waves, waves_from
from autograder.question import check
from autograder.subject import Subject

Sizes = tuple[int, ...]

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "window": (2, 2), "stride": 2},  # the published case
    {"fill": waves, "image": (2, 2, 5, 7), "window": (3, 3), "stride": 2},  # windows overlap
    {"fill": waves, "image": (1, 2, 5, 7), "window": (2, 3), "stride": 1},  # not square
    {"fill": waves, "image": (2, 1, 6, 5), "window": (3, 2), "stride": 2},  # leaves a row and a column over
    {"fill": waves, "image": (2, 1, 3, 3), "window": (3, 3), "stride": 1},  # one window
]
RETURNS = {"max_pool_forward_naive": ("out", "cache")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw an image and a window that is not square: two that overlap, one that leaves pixels out."""
    n, c = (int(size) for size in rng.integers(1, 4, size=2))
    height, width = ((2, 3), (3, 2), (1, 2))[number - 1]
    stride = number
    rows, columns = (3, 2) if rng.integers(2) else (2, 4)
    image = (n, c, (rows - 1) * stride + height, (columns - 1) * stride + width)
    return {"fill": waves_from(rng), "image": image, "window": (height, width), "stride": stride}


def _pool_param(window: Sizes, stride: int) -> dict[str, Any]:
    return {"pool_height": window[0], "pool_width": window[1], "stride": stride}


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def max_pool_forward_naive(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """max_pool_forward_naive keeps the largest value of each window."""
    x = fill(*image, between=(-0.3, 0.4))
    out, _ = subject.max_pool_forward_naive(x, _pool_param(window, stride))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"max_pool_forward_naive": lambda x, pool_param: (x, pool_param)},
    gradient_of="max_pool_forward_naive",
)
def max_pool_backward_naive(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """max_pool_backward_naive sends each gradient to where its maximum was."""
    x = fill(*image, between=(-0.3, 0.4))
    rows, columns = (1 + (image[2 + i] - window[i]) // stride for i in (0, 1))
    dout = fill(image[0], image[1], rows, columns, between=(-1.0, 0.7), start=5)
    _, cache = subject.max_pool_forward_naive(x, _pool_param(window, stride))
    return {"dx": subject.max_pool_backward_naive(dout, cache)}
