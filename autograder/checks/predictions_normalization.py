"""Predictions about normalization and dropout."""

from typing import Any

import numpy as np

from autograder.core.prediction import prediction
from autograder.core.subject import Subject

EFFECTS = ("stays", "changes")
CHANGES = ("one bias", "all biases", "one column", "all weights", "one image")
ASKED_OF_ALL: list[dict[str, Any]] = [
    {"normalization": "batchnorm", "change": "one bias"},
    {"normalization": "batchnorm", "change": "all weights"},
    {"normalization": "batchnorm", "change": "one image"},
    {"normalization": "layernorm", "change": "one bias"},
    {"normalization": "layernorm", "change": "all biases"},
    {"normalization": None, "change": "all weights"},
]
WORDS = ("no layer", "batch", "instance", "batch and instance", "instance and group", "all but batch", "all")


def draw_outlier(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a small, a larger and a large batch, in which something sticks out above or below."""
    low, high = ((3, 9), (11, 49), (51, 200))[number - 1]
    return {"n": int(rng.integers(low, high)), "size": float(rng.integers(100, 9999) * (-1) ** number)}


@prediction(
    public=[{"n": 5, "size": 100.0}, {"n": 50, "size": 1000.0}, {"n": 10, "size": -1000.0}], hidden=draw_outlier
)
def predict_outlier(subject: Subject, n: int, size: float) -> Any:
    """predict_outlier says how far one example still sticks out behind batch normalization."""
    return subject.predict_outlier(n, size)


def draw_scaled(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw what is multiplied, and by which factor: what the public cases do not try, and a negative one."""
    scaled = ("the batch", "a group", str(rng.choice(["a channel", "a map"])))[number - 1]
    return {"scaled": scaled, "factor": float(rng.integers(2, 9)) * (-1 if number == 3 else 1)}


@prediction(
    public=[
        {"scaled": "an image", "factor": 3.0},
        {"scaled": "a channel", "factor": 3.0},
        {"scaled": "a map", "factor": 0.5},
        {"scaled": "a pixel", "factor": 3.0},
        {"scaled": "an image", "factor": -0.5},
    ],
    hidden=draw_scaled,
    words=WORDS,
)
def predict_undone(subject: Subject, scaled: str, factor: float) -> Any:
    """predict_undone says which normalizations take a factor away again."""
    return subject.predict_undone(scaled, factor)


def draw_feature(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a feature around zero, one far from it, and one below it."""
    mean = (0.0, float(rng.uniform(5, 20)), float(rng.uniform(-3, -1)))[number - 1]
    return {"p": float(rng.uniform(0.3, 0.9)), "mean": mean, "std": float(rng.uniform(0.5, 2))}


@prediction(
    public=[
        {"p": 0.8, "mean": 3.0, "std": 4.0},
        {"p": 0.25, "mean": 1.0, "std": 2.0},
        {"p": 0.8, "mean": 10.0, "std": 1.0},
    ],
    hidden=draw_feature,
)
def predict_dropout_variance(subject: Subject, p: float, mean: float, std: float) -> Any:
    """predict_dropout_variance says how much a feature varies behind dropout."""
    return subject.predict_dropout_variance(p, mean, std)


def draw_convolution(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a convolution of few channels, of single pixels, and of many channels."""
    channels = ((2, 6), (3, 40), (50, 300))[number - 1]
    window = (3, 1, 5)[number - 1]
    return {"filters": int(rng.integers(8, 99)), "channels": int(rng.integers(*channels)), "window": window}


@prediction(
    public=[
        {"filters": 32, "channels": 4, "window": 3},
        {"filters": 64, "channels": 64, "window": 3},
        {"filters": 16, "channels": 32, "window": 1},
    ],
    hidden=draw_convolution,
)
def predict_saving(subject: Subject, filters: int, channels: int, window: int) -> Any:
    """predict_saving says which share of the multiply-adds folding saves."""
    return subject.predict_saving(filters, channels, window)


def draw_change(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a change that is not asked of all, with one normalization after the other, and without any."""
    normalization = ("batchnorm", "layernorm", None)[number - 1]
    known = [case["change"] for case in ASKED_OF_ALL if case["normalization"] == normalization]
    return {"normalization": normalization, "change": str(rng.choice([one for one in CHANGES if one not in known]))}


@prediction(public=ASKED_OF_ALL, hidden=draw_change, words=EFFECTS)
def predict_effect(subject: Subject, normalization: str | None, change: str) -> Any:
    """predict_effect says whether scores change with what stands in front of a normalization."""
    return subject.predict_effect(normalization, change)
