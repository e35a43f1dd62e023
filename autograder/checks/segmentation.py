"""Checks of segmentation: the loss of every pixel, and how well the predicted areas cover the right ones."""

from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.checks import upsampling
from autograder.checks._windows import conv_param, output_size
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]
Labels = npt.NDArray[np.int64]

SCORES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 2, 4), "scale": 1.0},
    {"fill": waves, "image": (2, 4, 3, 2), "scale": 3.0},
    {"fill": waves, "image": (3, 2, 2, 2), "scale": 0.6},
    {"fill": waves, "image": (1, 5, 1, 3), "scale": 0.5},
    {"fill": waves, "image": (2, 3, 3, 4), "scale": 1.0, "offset": 1000.0},  # exp(1000) overflows
    {"fill": waves, "image": (2, 3, 1, 2), "scale": 1.0, "apart": 1000.0},  # pixels that share no largest score
    {"fill": waves, "image": (1, 3, 2, 3), "scale": 1.0, "gap": 50.0},  # far more certain than epsilon is small
]
# Classes that are there, and that are predicted: from 0 on, so that the last ones may be missing in either.
AREAS: list[dict[str, Any]] = [
    {"fill": spread, "pixels": (2, 4, 5), "classes": 3, "there": 3, "predicted": 3},
    {"fill": waves, "pixels": (3, 3, 4), "classes": 4, "there": 4, "predicted": 4},
    {"fill": waves, "pixels": (2, 4, 4), "classes": 6, "there": 4, "predicted": 4},  # two classes nowhere
    {"fill": waves, "pixels": (1, 5, 6), "classes": 4, "there": 3, "predicted": 4},  # one that is not there
    {"fill": waves, "pixels": (2, 3, 5), "classes": 3, "there": 3, "predicted": 2},  # one that is never predicted
    {"fill": waves, "pixels": (1, 2, 3), "classes": 2, "there": 1, "predicted": 1},  # nothing but background
    {"fill": waves, "pixels": (1, 2, 2), "classes": 2, "there": 2, "predicted": 1},  # a class of one pixel
]
BLOCKS: list[dict[str, Any]] = [
    {
        "fill": spread,
        "image": (2, 3, 2, 2),
        "large": (4, 4),
        "filters": 2,
        "field": (3, 3),
        "pad": 1,
    },  # as in networks
    {"fill": waves, "image": (2, 2, 2, 3), "large": (5, 6), "filters": 3, "field": (2, 3), "pad": 0},
    {"fill": waves, "image": (1, 3, 3, 2), "large": (4, 7), "filters": 2, "field": (3, 2), "pad": 1, "stride": 2},
    {"fill": waves, "image": (3, 2, 1, 1), "large": (2, 3), "filters": 1, "field": (1, 1), "pad": 0},
]
RETURNS = {
    "pixel_softmax_loss": ("loss", "dscores"),
    "unpool_conv_forward": ("out", "cache"),
    "unpool_conv_backward": ("dx", "dw", "db"),
}


def draw_scores(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are not square: with scores near each other, far from those of other pixels, and far apart."""
    n, c = int(rng.integers(2, 4)), int(rng.integers(2, 6))
    size = ((2, 3), (3, 2), (4, 2))[int(rng.integers(3))]
    further: list[dict[str, Any]] = [
        {},
        {"apart": float(rng.choice([800.0, -900.0]))},
        {"gap": float(rng.uniform(45.0, 60.0))},
    ]
    return {
        "fill": waves_from(rng),
        "image": (n, c, *size),
        "scale": float(rng.uniform(0.4, 0.9)),
        **further[number - 1],
    }


def draw_areas(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw labels and predictions: with every class, without some, and with other ones in either."""
    c = int(rng.integers(3, 6))
    there, predicted = ((c, c), (c - 1, c - 1), (c - 1, c))[number - 1]
    pixels = (int(rng.integers(2, 4)), 4, int(rng.integers(5, 7)))
    return {"fill": waves_from(rng), "pixels": pixels, "classes": c, "there": there, "predicted": predicted}


def draw_block(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw places as for unpooling alone, and filters that are not square."""
    case = upsampling.draw_places(rng, number)
    return {
        "fill": case["fill"],
        "image": case["image"],
        "large": case["output_size"],
        "filters": int(rng.integers(1, 4)),
        "field": (2, 1) if rng.integers(2) else (3, 2),
        "pad": number % 2,
    }


def _ranks(fill: Fill, pixels: Sizes, start: int) -> Labels:
    """Return 0, 1, 2, ... in the order in which a fill rises."""
    return np.argsort(np.argsort(fill(*pixels, start=start), axis=None)).reshape(pixels).astype(np.int64)


def _scores(
    fill: Fill, image: Sizes, scale: float, offset: float = 0.0, gap: float = 0.0, apart: float = 0.0
) -> tuple[Array, Labels]:
    """Return scores and labels; a gap is between scores of one pixel, and pixels in turn are so far apart."""
    n, c, h, w = image
    scores = offset + fill(*image, between=(-scale, 0.9 * scale))
    if gap:
        scores = gap * np.argsort(np.argsort(scores, axis=1), axis=1).astype(np.float64)
    scores += apart * (np.arange(w) % 2)
    return scores, _ranks(fill, (n, h, w), start=4) % c


def _areas(fill: Fill, pixels: Sizes, there: int, predicted: int) -> tuple[Labels, Labels]:
    """Return predictions, about half of them by chance, and right labels; three shares of background to one each."""
    y = np.maximum(_ranks(fill, pixels, start=1) % (there + 2) - 2, 0)
    chance = np.maximum(_ranks(fill, pixels, start=6) % (predicted + 1) - 1, 0)
    y_pred = np.where(_ranks(fill, pixels, start=9) % 2, y, chance)
    return np.where(y_pred < predicted, y_pred, 0), y


@check(tolerance=1e-7, public=SCORES, hidden=draw_scores, returns=RETURNS)
def pixel_softmax_loss(subject: Subject, fill: Fill, image: Sizes, **scores: float) -> dict[str, Any]:
    """pixel_softmax_loss gives the mean cross-entropy of all pixels and its gradient."""
    loss, dscores = subject.pixel_softmax_loss(*_scores(fill, image, **scores))
    return {"loss": loss, "dscores": dscores}


@check(tolerance=1e-9, public=AREAS, hidden=draw_areas)
def mean_iou(subject: Subject, fill: Fill, pixels: Sizes, classes: int, there: int, predicted: int) -> dict[str, Any]:
    """mean_iou gives the mean over the classes of intersection over union."""
    return {"iou": subject.mean_iou(*_areas(fill, pixels, there, predicted), classes)}


def _block(
    fill: Fill, image: Sizes, large: Sizes, filters: int, field: Sizes, pad: int, stride: int = 1
) -> tuple[tuple[Any, ...], Sizes]:
    """Return the arguments of an unpooling with a convolution behind it, and the shape of its output."""
    x, places = upsampling.pooled(fill, image, large)
    w = fill(filters, image[1], *field, between=(-0.4, 0.5), start=3)
    b = fill(filters, between=(-0.6, 0.5), start=7)
    rows, columns = output_size((*image[:2], *large), w.shape, stride, pad)
    return (x, w, b, places, large, conv_param(stride, pad)), (image[0], filters, rows, columns)


@check(tolerance=1e-7, public=BLOCKS, hidden=draw_block, returns=RETURNS)
def unpool_conv_forward(subject: Subject, fill: Fill, **sizes: Any) -> dict[str, Any]:
    """unpool_conv_forward puts numbers back to their places, then convolves."""
    out, _ = subject.unpool_conv_forward(*_block(fill, **sizes)[0])
    return {"out": out}


@check(tolerance=1e-7, public=BLOCKS, hidden=draw_block, returns=RETURNS, gradient_of="unpool_conv_forward")
def unpool_conv_backward(subject: Subject, fill: Fill, **sizes: Any) -> dict[str, Any]:
    """unpool_conv_backward goes back through both layers and gives the gradients of x, w and b."""
    arguments, shape = _block(fill, **sizes)
    _, cache = subject.unpool_conv_forward(*arguments)
    dx, dw, db = subject.unpool_conv_backward(fill(*shape, between=(-1.0, 0.7), start=5), cache)
    return {"dx": dx, "dw": dw, "db": db}
