"""Checks of what a convolutional layer costs: its size, its parameters, its work. Nothing is convolved."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._windows import Sizes, conv_param, fitting
from autograder.core.question import Law, check
from autograder.core.subject import Subject

SIZES: list[dict[str, Any]] = [
    {"size": 224, "field": 11, "stride": 2, "pad": 5},
    {"size": 640, "field": 3, "stride": 2, "pad": 0},  # 318.5 steps: a number that circulates is 320
    {"size": 227, "field": 11, "stride": 4, "pad": 0},  # the first layer of AlexNet
    {"size": 32, "field": 5, "stride": 1, "pad": 2},  # as large as before
    {"size": 6, "field": 6, "stride": 3, "pad": 0},  # one window
    {"size": 1, "field": 1, "stride": 1, "pad": 0},
]
LAYERS: list[dict[str, Any]] = [
    {"image": (1, 3, 227, 227), "filters": (96, 3, 11, 11), "stride": 4, "pad": 0},  # the first layer of AlexNet
    {"image": (2, 5, 9, 12), "filters": (4, 5, 3, 2), "stride": 1, "pad": 1},
    {"image": (10, 1, 640, 480), "filters": (6, 1, 3, 5), "stride": 2, "pad": 0},
    {"image": (2, 3, 8, 6), "filters": (5, 3, 3, 3), "stride": 1, "pad": 1},  # as large as before
    {"image": (3, 2, 1, 1), "filters": (7, 2, 1, 1), "stride": 1, "pad": 0},
]


def draw_size(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a window that tiles the image, one that leaves pixels over, and one that does so on a padded image."""
    field, windows = int(rng.integers(2, 12)), int(rng.integers(2, 40))
    stride = int(rng.integers(2, 6))
    pad = int(rng.integers(stride, 2 * stride)) if number == 3 else 0
    over = 0 if number == 1 else int(rng.integers(stride - stride // 2, stride))  # as good as one more step
    return {"size": fitting(windows, field, stride, pad) + over, "field": field, "stride": stride, "pad": pad}


def draw_layer(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a layer of which no two sizes are likely to be equal."""
    n, c, f = (int(size) for size in rng.permutation(np.arange(2, 20))[:3])
    hh, ww = ((5, 3), (2, 7), (4, 1))[number - 1]
    height, width = (int(size) for size in rng.permutation(np.arange(20, 300))[:2])
    pad = (0, 2, 1)[number - 1]
    return {"image": (n, c, height, width), "filters": (f, c, hh, ww), "stride": number, "pad": pad}


def draw_filters(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw filters of which no two sizes are likely to be equal."""
    return {"filters": draw_layer(rng, number)["filters"]}


def a_whole_number(answer: Mapping[str, Any], _params: Mapping[str, Any]) -> Iterator[Law]:
    """Say that a size must be an integer, however whole it is: no array can be made of a float."""
    yield Law(
        "an integer",
        answer["output size"].dtype.kind in "iu",
        "`output size` is the right number, but a float: no array can be made of that size. Divide whole numbers.",
    )


@check(tolerance=1e-9, public=SIZES, hidden=draw_size, laws=a_whole_number)
def conv_output_size(subject: Subject, size: int, field: int, stride: int, pad: int) -> dict[str, Any]:
    """conv_output_size counts the places that a window takes along one axis."""
    return {"output size": subject.conv_output_size(size, field, stride, pad)}


@check(
    tolerance=1e-9,
    public=[{"filters": size} for size in ((96, 3, 11, 11), (6, 1, 5, 3), (4, 7, 2, 3), (1, 1, 1, 1))],
    hidden=draw_filters,
)
def conv_parameters(subject: Subject, filters: Sizes) -> dict[str, Any]:
    """conv_parameters counts the weights and biases of a convolutional layer."""
    return {"parameters": subject.conv_parameters(filters)}


@check(tolerance=1e-9, public=LAYERS, hidden=draw_layer)
def conv_multiply_adds(subject: Subject, image: Sizes, filters: Sizes, stride: int, pad: int) -> dict[str, Any]:
    """conv_multiply_adds counts the multiplications of a convolution, each followed by an addition."""
    return {"multiply-adds": subject.conv_multiply_adds(image, filters, conv_param(stride, pad))}
