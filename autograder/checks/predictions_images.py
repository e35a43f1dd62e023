"""Predictions about convolution, pooling and enlarging."""

from typing import Any

import numpy as np

from autograder.core.prediction import prediction
from autograder.core.subject import Subject


def draw_map(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a large image, a small one, and one that is smaller than the filter."""
    size = ((30, 200), (8, 15), (2, 5))[number - 1]
    return {"size": int(rng.integers(*size)), "field": (3, 5, 9)[number - 1]}


@prediction(
    public=[{"size": 224, "field": 3}, {"size": 7, "field": 3}, {"size": 7, "field": 5}, {"size": 6, "field": 9}],
    hidden=draw_map,
)
def predict_padded(subject: Subject, size: int, field: int) -> Any:
    """predict_padded says how many outputs see zeros of the padding."""
    return subject.predict_padded(size, field)


def draw_pixel(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a pixel that some window covers: of overlapping windows, of some that leave pixels over, of large ones."""
    window, stride = ((3, 1), (4, 2), (5, 3))[number - 1]
    size = int(rng.integers(9, 14))
    covered = (size - window) // stride * stride + window
    row, column = (int(place) for place in rng.integers(0, covered, size=2))
    return {"row": row, "column": column, "size": size, "window": window, "stride": stride}


@prediction(
    public=[
        {"row": 4, "column": 3, "size": 7, "window": 3, "stride": 1},
        {"row": 0, "column": 5, "size": 12, "window": 5, "stride": 2},
        {"row": 3, "column": 6, "size": 12, "window": 5, "stride": 2},
        {"row": 9, "column": 6, "size": 12, "window": 5, "stride": 2},  # a window that starts at row 8 sticks out
    ],
    hidden=draw_pixel,
)
def predict_copies(subject: Subject, row: int, column: int, size: int, window: int, stride: int) -> Any:
    """predict_copies says how often a pixel stands in the matrix of windows."""
    return subject.predict_copies(row, column, size, window, stride)


def draw_noise(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a share of bright pixels, and windows of 2, 3 or 5."""
    return {"share": round(float(rng.uniform(0.02, 0.15)), 3), "window": (2, 3, 5)[number - 1]}


@prediction(
    public=[{"share": 0.01, "window": 4}, {"share": 0.1, "window": 2}, {"share": 0.1, "window": 4}],
    hidden=draw_noise,
    tolerance=0.01,
)
def predict_bright(subject: Subject, share: float, window: int) -> Any:
    """predict_bright says which share of the pixels is bright behind max pooling."""
    return subject.predict_bright(share, window)


def draw_layers(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a few layers, some with a stride; the first stride is never 1, so that it counts."""
    strides = [int(rng.integers(2, 4)), *(int(stride) for stride in rng.integers(1, 4, size=number + 1))]
    return {"window": (3, 5, 2)[number - 1], "strides": strides}


@prediction(
    public=[
        {"window": 3, "strides": [1, 1]},
        {"window": 3, "strides": [1, 2, 1, 2]},
        {"window": 3, "strides": [2, 2, 2]},
        {"window": 7, "strides": [2, 3]},
    ],
    hidden=draw_layers,
)
def predict_receptive_field(subject: Subject, window: int, strides: list[int]) -> Any:
    """predict_receptive_field says how many pixels a number of the last layer has seen."""
    return subject.predict_receptive_field(window, strides)


def draw_stamps(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a filter that leaves a little over, one that fits, and one much larger than the stride."""
    stride = int(rng.integers(2, 5))
    larger = (stride + 1, 2 * stride, int(rng.integers(3, 6)) * stride + 1)[number - 1]
    return {"filter_size": larger, "stride": stride}


@prediction(
    public=[
        {"filter_size": 7, "stride": 2},
        {"filter_size": 4, "stride": 2},
        {"filter_size": 5, "stride": 3},
        {"filter_size": 8, "stride": 3},
    ],
    hidden=draw_stamps,
)
def predict_unevenness(subject: Subject, filter_size: int, stride: int) -> Any:
    """predict_unevenness says how uneven the stamps of a transposed convolution lie."""
    return subject.predict_unevenness(filter_size, stride)


def draw_square(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a square that is painted too large, too small, and much too large."""
    return {"size": int(rng.integers(9, 40)), "border": (1, -2, 3)[number - 1]}


@prediction(
    public=[{"size": 10, "border": 1}, {"size": 40, "border": 1}, {"size": 10, "border": -1}], hidden=draw_square
)
def predict_iou(subject: Subject, size: int, border: int) -> Any:
    """predict_iou says what an outline costs that is some pixels off."""
    return subject.predict_iou(size, border)
