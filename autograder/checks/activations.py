"""Checks of the activations."""

from typing import Any

import numpy as np

from autograder.inputs import Fill, spread, waves, waves_from
from autograder.question import check
from autograder.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "shape": (3, 4)},  # the published case
    {"fill": waves, "shape": (2, 3, 2, 2)},
]
RETURNS = {"relu_forward": ("out", "cache")}


def draw(rng: np.random.Generator, _number: int) -> dict[str, Any]:
    """Draw a shape of one to four axes."""
    return {
        "fill": waves_from(rng),
        "shape": tuple(int(n) for n in rng.integers(2, 5, size=rng.integers(2, 5))),
    }


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def relu_forward(subject: Subject, fill: Fill, shape: tuple[int, ...]) -> dict[str, Any]:
    """relu_forward keeps what is positive and sets the rest to zero."""
    out, _ = subject.relu_forward(fill(*shape, between=(-0.5, 0.5)))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"relu_forward": lambda x: x},
    gradient_of="relu_forward",
)
def relu_backward(subject: Subject, fill: Fill, shape: tuple[int, ...]) -> dict[str, Any]:
    """relu_backward lets the gradient pass where the input was positive."""
    x = fill(*shape, between=(-0.5, 0.5))
    dout = fill(*shape, between=(-1.0, 0.7), start=5)
    _, cache = subject.relu_forward(x)
    return {"dx": subject.relu_backward(dout, cache)}
