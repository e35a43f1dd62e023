"""Checks of the losses."""

from typing import Any

import numpy as np

from autograder.inputs import Array, Fill, spread, waves, waves_from
from autograder.question import check
from autograder.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "c": 3, "scale": 1.0, "offset": 0.0},
    {"fill": waves, "n": 5, "c": 10, "scale": 3.0, "offset": 0.0},
    {"fill": waves, "n": 1, "c": 4, "scale": 0.5, "offset": 0.0},
]
LARGE = {"fill": waves, "n": 3, "c": 5, "scale": 1.0, "offset": 1000.0}  # exp(1000) overflows
RETURNS = {"svm_loss": ("loss", "dx"), "softmax_loss": ("loss", "dx")}


def draw(rng: np.random.Generator, _number: int) -> dict[str, Any]:
    """Draw a batch of scores."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 8)),
        "c": int(rng.integers(2, 8)),
        "scale": float(rng.uniform(0.5, 4.0)),
        "offset": float(rng.choice([0.0, 500.0, -900.0])),
    }


def _inputs(fill: Fill, n: int, c: int, scale: float, offset: float) -> tuple[Array, Any]:
    scores = offset + fill(n, c, between=(-scale, 0.9 * scale))
    labels = (np.arange(n) * 2 + 1) % c
    return scores, labels


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def svm_loss(subject: Subject, fill: Fill, n: int, c: int, scale: float, offset: float) -> dict[str, Any]:
    """svm_loss gives the mean hinge loss and its gradient."""
    loss, dx = subject.svm_loss(*_inputs(fill, n, c, scale, offset))
    return {"loss": loss, "dx": dx}


@check(tolerance=1e-7, public=[*PUBLIC, LARGE], hidden=draw, returns=RETURNS)
def softmax_loss(subject: Subject, fill: Fill, n: int, c: int, scale: float, offset: float) -> dict[str, Any]:
    """softmax_loss gives the mean cross-entropy and its gradient."""
    loss, dx = subject.softmax_loss(*_inputs(fill, n, c, scale, offset))
    return {"loss": loss, "dx": dx}
