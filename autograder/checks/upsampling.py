"""Checks of upsampling: transposed convolution, and unpooling with the places that max pooling recorded."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks import pooling
from autograder.checks._windows import Sizes, conv_param, pool_param
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

STAMPS: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 3, 2), "filters": (3, 2, 3, 3), "stride": 2, "pad": 1},
    {"fill": waves, "image": (2, 2, 3, 4), "filters": (2, 3, 2, 3), "stride": 1, "pad": 0},
    {"fill": waves, "image": (1, 3, 2, 4), "filters": (3, 2, 4, 3), "stride": 2, "pad": 1},
    {"fill": waves, "image": (1, 2, 2, 3), "filters": (2, 1, 1, 2), "stride": 3, "pad": 0},  # gaps between the stamps
    {"fill": waves, "image": (2, 1, 1, 1), "filters": (1, 2, 2, 3), "stride": 1, "pad": 0},  # one stamp
]
PLACES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 2, 2), "output_size": (4, 4)},
    {"fill": waves, "image": (2, 2, 2, 3), "output_size": (5, 6)},
    {"fill": waves, "image": (1, 3, 3, 2), "output_size": (4, 7)},
    {"fill": waves, "image": (3, 1, 1, 1), "output_size": (2, 3)},
]
RETURNS = {
    "conv_transpose_forward": ("out", "cache"),
    "conv_transpose_backward": ("dx", "dw", "db"),
    "max_pool_places": ("out", "places"),
    "max_unpool_forward": ("out", "cache"),
}


def draw_stamps(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw filters that are not square: without a stride, overlapping and cut, and with gaps."""
    n, c, f = (int(size) for size in rng.integers(1, 4, size=3))
    hh, ww = (((2, 3), (3, 1)), ((3, 4), (4, 2)), ((2, 3), (1, 2)))[number - 1][int(rng.integers(2))]
    pad = 1 if number == 2 else 0
    size = (3, 2) if rng.integers(2) else (2, 4)
    return {
        "fill": waves_from(rng),
        "image": (n, c, *size),
        "filters": (c, f, hh, ww),
        "stride": number,
        "pad": pad,
    }


def draw_places(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw few places of a large image, about half of one, and all of a small one."""
    n, c = (int(size) for size in rng.integers(1, 4, size=2))
    size, output_size = (((2, 3), (7, 5)), ((3, 2), (3, 4)), ((2, 4), (4, 2)))[number - 1]
    return {"fill": waves_from(rng), "image": (n, c, *size), "output_size": output_size}


def draw_overlap(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw the same, once with a place that two windows found."""
    return draw_places(rng, number) | {"overlap": number == 2}


def _inputs(fill: Fill, image: Sizes, filters: Sizes) -> tuple[Array, Array, Array]:
    x = fill(*image, between=(-0.1, 0.5))
    w = fill(*filters, between=(-0.2, 0.3), start=3)
    b = fill(filters[1], between=(-0.1, 0.2), start=7)
    return x, w, b


def _upstream(fill: Fill, *shape: int) -> Array:
    return fill(*shape, between=(-1.0, 0.7), start=5)


@check(tolerance=1e-7, public=STAMPS, hidden=draw_stamps, returns=RETURNS)
def conv_transpose_forward(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_transpose_forward stamps the filters, scaled by each pixel, on a larger image."""
    out, _ = subject.conv_transpose_forward(*_inputs(fill, image, filters), conv_param(stride, pad))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=STAMPS,
    hidden=draw_stamps,
    returns=RETURNS,
    documented_caches={"conv_transpose_forward": lambda x, w, b, conv_param: (x, w, b, conv_param)},
    gradient_of="conv_transpose_forward",
)
def conv_transpose_backward(
    subject: Subject, fill: Fill, image: Sizes, filters: Sizes, stride: int, pad: int
) -> dict[str, Any]:
    """conv_transpose_backward gives the gradients with respect to x, w and b."""
    size = [(image[axis] - 1) * stride + filters[axis] - 2 * pad for axis in (2, 3)]
    dout = _upstream(fill, image[0], filters[1], *size)
    _, cache = subject.conv_transpose_forward(*_inputs(fill, image, filters), conv_param(stride, pad))
    dx, dw, db = subject.conv_transpose_backward(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}


def whole_places(answer: Mapping[str, Any], _params: Mapping[str, Any]) -> Iterator[Law]:
    """Say that places must be integers, however whole they are: a float is no index."""
    yield Law(
        "integers",
        answer["places"].dtype.kind in "iu",
        "`places` holds the right numbers, but floats, and a float is no index. Which dtype was the array made with?",
    )


@check(tolerance=1e-7, public=pooling.PUBLIC, hidden=pooling.draw, returns=RETURNS, laws=whole_places)
def max_pool_places(subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int) -> dict[str, Any]:
    """max_pool_places keeps the largest value of each window, and where in the image it stood."""
    out, places = subject.max_pool_places(pooling.images(fill, image), pool_param(window, stride))
    if isinstance(places, np.ndarray) and places.dtype.kind in "iu":
        places = places.astype(np.int64)  # any integers will do
    return {"out": out, "places": places}


def pooled(fill: Fill, image: Sizes, output_size: Sizes) -> tuple[Array, Any]:
    """Return pooled images and places for them, different ones in each channel and in no order."""
    n, c, h, w = image
    order = np.argsort(fill(n, c, output_size[0] * output_size[1], start=3), axis=-1)
    return fill(*image, between=(-0.3, 0.4)), order[..., : h * w].reshape(image)


@check(
    tolerance=1e-7,
    public=[*PLACES, {"fill": waves, "image": (1, 2, 2, 3), "output_size": (3, 4), "overlap": True}],
    hidden=draw_overlap,
    returns=RETURNS,
)
def max_unpool_forward(
    subject: Subject,
    fill: Fill,
    image: Sizes,
    output_size: Sizes,
    overlap: bool = False,
) -> dict[str, Any]:
    """max_unpool_forward puts each number back where max pooling found it, with zeros elsewhere."""
    x, places = pooled(fill, image, output_size)
    if overlap:  # two windows found the same pixel, so both name it and hold its value
        x[..., 1], places[..., 1] = x[..., 0], places[..., 0]
    out, _ = subject.max_unpool_forward(x, places, output_size)
    return {"out": out}


@check(tolerance=1e-7, public=PLACES, hidden=draw_places, returns=RETURNS, gradient_of="max_unpool_forward")
def max_unpool_backward(subject: Subject, fill: Fill, image: Sizes, output_size: Sizes) -> dict[str, Any]:
    """max_unpool_backward reads the gradient at the places that were written.

    No place is named twice: which of two numbers is then to be seen is a convention.
    """
    _, cache = subject.max_unpool_forward(*pooled(fill, image, output_size), output_size)
    return {"dx": subject.max_unpool_backward(_upstream(fill, *image[:2], *output_size), cache)}
