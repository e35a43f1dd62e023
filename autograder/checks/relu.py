"""Checks of ReLU, the activation between most layers."""

from typing import Any

import numpy as np

from autograder.core.inputs import Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "shape": (3, 4)},  # the published case
    {"fill": waves, "shape": (2, 3, 2, 2)},
    {"fill": waves, "shape": (7,), "scale": 50.0},  # nothing is cut off at the top
]
RETURNS = {"relu_forward": ("out", "cache")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape of two to four axes, and the range of the numbers: small, middling or wide."""
    shape = tuple(int(size) for size in rng.integers(2, 5, size=rng.integers(2, 5)))
    return {"fill": waves_from(rng), "shape": shape, "scale": float((0.5, 3.0, 50.0)[number - 1])}


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def relu_forward(subject: Subject, fill: Fill, shape: Sizes, scale: float = 0.5) -> dict[str, Any]:
    """relu_forward keeps what is positive and sets the rest to zero."""
    out, _ = subject.relu_forward(fill(*shape, between=(-scale, scale)))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"relu_forward": lambda x: x},
    gradient_of="relu_forward",
)
def relu_backward(subject: Subject, fill: Fill, shape: Sizes, scale: float = 0.5) -> dict[str, Any]:
    """relu_backward lets the gradient pass where the input was positive."""
    dout = fill(*shape, between=(-1.0, 0.7), start=5)
    _, cache = subject.relu_forward(fill(*shape, between=(-scale, scale)))
    return {"dx": subject.relu_backward(dout, cache)}
