"""Checks of the affine layer."""

from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 2, "shape": (4, 5, 6), "m": 3},  # the published case
    {"fill": waves, "n": 3, "shape": (2, 3), "m": 4},
    {"fill": waves, "n": 1, "shape": (5,), "m": 2},
]
RETURNS = {"affine_forward": ("out", "cache"), "affine_backward": ("dx", "dw", "db")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a batch of examples of one, two and three axes."""
    shape = tuple(int(size) for size in rng.integers(2, 5, size=number))
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 6)),
        "shape": shape,
        "m": int(rng.integers(2, 6)),
    }


def _inputs(fill: Fill, n: int, shape: tuple[int, ...], m: int) -> tuple[Array, Array, Array]:
    d = int(np.prod(shape))
    x = fill(n, *shape, between=(-0.1, 0.5))
    w = fill(d, m, between=(-0.2, 0.3))
    b = fill(m, between=(-0.3, 0.1))
    return x, w, b


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def affine_forward(subject: Subject, fill: Fill, n: int, shape: tuple[int, ...], m: int) -> dict[str, Any]:
    """affine_forward computes x times w plus b for every example."""
    x, w, b = _inputs(fill, n, shape, m)
    out, _ = subject.affine_forward(x, w, b)
    return {"out": out}


@check(
    tolerance=1e-7,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"affine_forward": lambda x, w, b: (x, w, b)},
    gradient_of="affine_forward",
)
def affine_backward(subject: Subject, fill: Fill, n: int, shape: tuple[int, ...], m: int) -> dict[str, Any]:
    """affine_backward gives the gradients with respect to x, w and b."""
    x, w, b = _inputs(fill, n, shape, m)
    dout = fill(n, m, between=(-1.0, 0.7), start=5)
    _, cache = subject.affine_forward(x, w, b)
    dx, dw, db = subject.affine_backward(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}
