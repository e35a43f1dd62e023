"""Checks of pooling. No window has a tie: which of two equal values wins is a convention."""

from typing import Any

import numpy as np

from autograder.checks._windows import Sizes, fitting, output_size, pool_param
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "window": (2, 2), "stride": 2},  # the published case
    {"fill": waves, "image": (2, 2, 5, 7), "window": (3, 3), "stride": 2},  # windows overlap
    {"fill": waves, "image": (1, 2, 5, 7), "window": (2, 3), "stride": 1},  # not square
    {"fill": waves, "image": (2, 2, 6, 5), "window": (3, 2), "stride": 2},  # leaves a row and a column over
    {"fill": waves, "image": (2, 1, 3, 3), "window": (3, 3), "stride": 1},  # one window
    {"fill": waves, "image": (1, 2, 3, 5), "window": (1, 1), "stride": 2},  # gaps
]
WHOLE: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4)},
    {"fill": waves, "image": (3, 2, 5, 4)},
    {"fill": waves, "image": (1, 4, 1, 6)},
    {"fill": waves, "image": (2, 3, 1, 1)},
]
SEQUENCES: list[dict[str, Any]] = [
    {"fill": waves, "sequences": (2, 3, 7), "k": 3},
    {"fill": spread, "sequences": (2, 3, 5), "k": 2},
    {"fill": waves, "sequences": (3, 1, 6), "k": 1},  # the maximum over time
    {"fill": waves, "sequences": (1, 2, 4), "k": 4},  # all of them
]
FORWARDS = ("max_pool_forward_naive", "avg_pool_forward", "global_avg_pool_forward", "kmax_pool_forward")
RETURNS = dict.fromkeys(FORWARDS, ("out", "cache"))


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw an image and a window that is not square: two that overlap, one that leaves pixels out."""
    n, c = (int(size) for size in rng.integers(1, 4, size=2))
    height, width = ((2, 3), (3, 2), (1, 2))[number - 1]
    stride = number
    rows, columns = (3, 2) if rng.integers(2) else (2, 4)
    image = (n, c, fitting(rows, height, stride), fitting(columns, width, stride))
    return {"fill": waves_from(rng), "image": image, "window": (height, width), "stride": stride}


def draw_whole(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are upright, lie on their side, and are one column wide."""
    n, c = (int(size) for size in rng.integers(1, 5, size=2))
    long, short = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    return {"fill": waves_from(rng), "image": (n, c, *((long, short), (short, long), (long, 1))[number - 1])}


def draw_sequences(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw sequences of which few, half, and almost all numbers are kept."""
    n, c = (int(size) for size in rng.integers(2, 5, size=2))
    t = int(rng.integers(6, 12))
    return {"fill": waves_from(rng), "sequences": (n, c, t), "k": (2, t // 2, t - 1)[number - 1]}


def images(fill: Fill, image: Sizes) -> Array:
    """Return images without ties."""
    return fill(*image, between=(-0.3, 0.4))


def upstream(fill: Fill, *shape: int) -> Array:
    """Return the gradient of an output."""
    return fill(*shape, between=(-1.0, 0.7), start=5)


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def max_pool_forward_naive(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """max_pool_forward_naive keeps the largest value of each window."""
    out, _ = subject.max_pool_forward_naive(images(fill, image), pool_param(window, stride))
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
    dout = upstream(fill, *image[:2], *output_size(image, window, stride))
    _, cache = subject.max_pool_forward_naive(images(fill, image), pool_param(window, stride))
    return {"dx": subject.max_pool_backward_naive(dout, cache)}


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def avg_pool_forward(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """avg_pool_forward takes the mean of each window."""
    out, _ = subject.avg_pool_forward(images(fill, image), pool_param(window, stride))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"avg_pool_forward": lambda x, pool_param: (x, pool_param)},
    gradient_of="avg_pool_forward",
)
def avg_pool_backward(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """avg_pool_backward shares each gradient equally among the pixels of its window."""
    dout = upstream(fill, *image[:2], *output_size(image, window, stride))
    _, cache = subject.avg_pool_forward(images(fill, image), pool_param(window, stride))
    return {"dx": subject.avg_pool_backward(dout, cache)}


@check(tolerance=1e-7, public=WHOLE, hidden=draw_whole, returns=RETURNS)
def global_avg_pool_forward(subject: Subject, fill: Fill, image: Sizes) -> dict[str, Any]:
    """global_avg_pool_forward takes the mean of each channel over the whole image."""
    out, _ = subject.global_avg_pool_forward(images(fill, image))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=WHOLE,
    hidden=draw_whole,
    returns=RETURNS,
    documented_caches={"global_avg_pool_forward": lambda x: x.shape},
    gradient_of="global_avg_pool_forward",
)
def global_avg_pool_backward(subject: Subject, fill: Fill, image: Sizes) -> dict[str, Any]:
    """global_avg_pool_backward shares each gradient equally among the pixels of its channel."""
    _, cache = subject.global_avg_pool_forward(images(fill, image))
    return {"dx": subject.global_avg_pool_backward(upstream(fill, *image[:2]), cache)}


@check(tolerance=1e-7, public=SEQUENCES, hidden=draw_sequences, returns=RETURNS)
def kmax_pool_forward(subject: Subject, fill: Fill, sequences: Sizes, k: int) -> dict[str, Any]:
    """kmax_pool_forward keeps the k largest numbers of each channel in their order."""
    out, _ = subject.kmax_pool_forward(images(fill, sequences), k)
    return {"out": out}


@check(
    tolerance=1e-7,
    public=SEQUENCES,
    hidden=draw_sequences,
    returns=RETURNS,
    gradient_of="kmax_pool_forward",
)
def kmax_pool_backward(subject: Subject, fill: Fill, sequences: Sizes, k: int) -> dict[str, Any]:
    """kmax_pool_backward sends each gradient to the step whose number was kept."""
    _, cache = subject.kmax_pool_forward(images(fill, sequences), k)
    return {"dx": subject.kmax_pool_backward(upstream(fill, *sequences[:2], k), cache)}
