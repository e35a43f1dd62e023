"""Checks of the losses."""

from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "c": 3, "scale": 1.0, "offset": 0.0},
    {"fill": waves, "n": 5, "c": 10, "scale": 3.0, "offset": 0.0},
    {"fill": waves, "n": 1, "c": 4, "scale": 0.5, "offset": 0.0},
]
# exp(1000) overflows, and what is large for one example is far from another.
LARGE = {"fill": waves, "n": 3, "c": 5, "scale": 1.0, "offset": 1000.0, "apart": 1000.0}
CONFIDENT: dict[str, Any] = {"fill": waves, "n": 3, "c": 5, "gap": 50.0}  # far more certain than epsilon is small
# exp(-1000) is rounded to 0, and its logarithm is infinite: one case of nine, since it asks for a trick of its own.
HOPELESS: dict[str, Any] = {"fill": waves, "n": 3, "c": 5, "gap": 1000.0}
RETURNS = {"svm_loss": ("loss", "dx"), "softmax_loss": ("loss", "dx")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a batch of scores: spread out, alike, and alike far from zero."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 8)),
        "c": int(rng.integers(2, 8)),
        "scale": float(rng.uniform(1.0, 4.0) if number == 1 else rng.uniform(0.2, 0.9)),
        "offset": float(rng.choice([800.0, -900.0])) if number == 3 else 0.0,
    }


def draw_stable(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a batch of scores: spread out, far from each other, and examples far from each other and from zero."""
    case = draw(rng, number)
    if number == 1:
        return case
    if number == 3:
        return {**case, "apart": float(rng.uniform(800.0, 1000.0))}
    return {"fill": case["fill"], "n": case["n"], "c": int(rng.integers(3, 7)), "gap": float(rng.uniform(45.0, 60.0))}


def _inputs(
    fill: Fill, n: int, c: int, scale: float = 1.0, offset: float = 0.0, gap: float = 0.0, apart: float = 0.0
) -> tuple[Array, Any]:
    """Return scores and labels; with a gap, that is between the scores of an example that are next to each other.

    Each example is moved `apart` from the one before.
    A gap of 40 or more leaves no score of middling certainty, whose gradient would hold rounding only.
    """
    scores = offset + fill(n, c, between=(-scale, 0.9 * scale))
    if gap:
        scores = gap * np.argsort(np.argsort(scores)).astype(np.float64)
    return scores + apart * np.arange(n)[:, None], (np.arange(n) * 2 + 1) % c


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def svm_loss(subject: Subject, fill: Fill, n: int, c: int, scale: float, offset: float) -> dict[str, Any]:
    """svm_loss gives the mean hinge loss and its gradient."""
    loss, dx = subject.svm_loss(*_inputs(fill, n, c, scale, offset))
    return {"loss": loss, "dx": dx}


@check(tolerance=1e-7, public=[*PUBLIC, LARGE, CONFIDENT, HOPELESS], hidden=draw_stable, returns=RETURNS)
def softmax_loss(subject: Subject, fill: Fill, n: int, c: int, **scores: float) -> dict[str, Any]:
    """softmax_loss gives the mean cross-entropy and its gradient, however large the scores are."""
    loss, dx = subject.softmax_loss(*_inputs(fill, n, c, **scores))
    return {"loss": loss, "dx": dx}
