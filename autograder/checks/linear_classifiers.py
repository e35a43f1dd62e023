"""Checks of the linear classifiers: their losses with the L2 penalty, in loops and in matrices."""

from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "d": 6, "c": 3, "reg": 0.0},
    {"fill": waves, "n": 5, "d": 4, "c": 7, "reg": 0.3},
    {"fill": waves, "n": 1, "d": 3, "c": 4, "reg": 1.7},
]
LARGE: dict[str, Any] = {"fill": waves, "n": 3, "d": 4, "c": 5, "reg": 0.0, "offset": 1000.0}  # exp(1000) overflows
NAMES = ("svm_loss_naive", "svm_loss_vectorized", "softmax_loss_naive", "softmax_loss_vectorized")
RETURNS = dict.fromkeys(NAMES, ("loss", "dW"))


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples, classes and a strength of the penalty; in one case there is none."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(3, 8)),
        "d": int(rng.integers(2, 7)),
        "c": int(rng.integers(3, 8)),
        "reg": 0.0 if number == 1 else float(rng.uniform(0.1, 2.0)),
    }


def draw_stable(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples, classes and a penalty; in the case without one, most scores are far from zero."""
    return {**draw(rng, number), "offset": 900.0 if number == 1 else 0.0}


def _inputs(fill: Fill, n: int, d: int, c: int, offset: float) -> tuple[Array, Array, Any]:
    X = fill(n, d, between=(-1.0, 1.5))
    X[:, -1] = 1.0  # the last weights are the biases, as in the official course
    W = fill(d, c, between=(-1.0, 0.9), start=3)
    labels = (np.arange(n) * 2 + 1) % c
    if offset:
        W[-1, 1:] += offset
        labels = np.maximum(labels, 1)  # class 0 is out of the question: the smallest score is far from the largest
    return W, X, labels


def _loss(
    subject: Subject, name: str, fill: Fill, sizes: tuple[int, int, int], reg: float, offset: float = 0.0
) -> dict[str, Any]:
    loss, dW = getattr(subject, name)(*_inputs(fill, *sizes, offset), reg)
    return {"loss": loss, "dW": dW}


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def svm_loss_naive(subject: Subject, fill: Fill, n: int, d: int, c: int, reg: float) -> dict[str, Any]:
    """svm_loss_naive gives the mean hinge loss with its penalty, and the gradient, in loops."""
    return _loss(subject, "svm_loss_naive", fill, (n, d, c), reg)


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def svm_loss_vectorized(subject: Subject, fill: Fill, n: int, d: int, c: int, reg: float) -> dict[str, Any]:
    """svm_loss_vectorized gives the same as svm_loss_naive, in matrices."""
    return _loss(subject, "svm_loss_vectorized", fill, (n, d, c), reg)


@check(tolerance=1e-7, public=[*PUBLIC, LARGE], hidden=draw_stable, returns=RETURNS)
def softmax_loss_naive(
    subject: Subject, fill: Fill, n: int, d: int, c: int, reg: float, offset: float = 0.0
) -> dict[str, Any]:
    """softmax_loss_naive gives the mean cross-entropy with its penalty, and the gradient, in loops."""
    return _loss(subject, "softmax_loss_naive", fill, (n, d, c), reg, offset)


@check(tolerance=1e-7, public=[*PUBLIC, LARGE], hidden=draw_stable, returns=RETURNS)
def softmax_loss_vectorized(
    subject: Subject, fill: Fill, n: int, d: int, c: int, reg: float, offset: float = 0.0
) -> dict[str, Any]:
    """softmax_loss_vectorized gives the same as softmax_loss_naive, in matrices."""
    return _loss(subject, "softmax_loss_vectorized", fill, (n, d, c), reg, offset)
