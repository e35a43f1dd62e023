"""Checks of dropout, by the laws that every right answer keeps whatever chance decides.

A right solution breaks a law with a probability below 1e-6; each bound says how.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

FALSE_ALARM = 1e-7  # for each law
PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "shape": (40, 30), "p": 0.75},
    {"fill": waves, "shape": (40, 30), "p": 0.3},
    {"fill": waves, "shape": (5, 6, 5, 8), "p": 0.6},  # any shape may come
    {"fill": waves, "shape": (7, 9), "p": 1.0},  # nothing is dropped
]
RETURNS = {"dropout_forward": ("out", "cache")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a share to keep, small, middling or large, and a batch of features or of images."""
    low, high = ((0.2, 0.4), (0.45, 0.65), (0.7, 0.85))[number - 1]
    n = int(rng.integers(30, 50))
    shape = (n, 4, 3, 4) if rng.integers(2) else (n, 40)
    return {"fill": waves_from(rng), "shape": shape, "p": float(rng.uniform(low, high))}


def _batch(fill: Fill, shape: Sizes) -> Array:
    return fill(*shape, between=(0.5, 2.0))  # no zeros: a zero in the output was dropped


def laws_of_forward(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the output of dropout in training."""
    x, p, out = _batch(params["fill"], params["shape"]), params["p"], answer["out"]
    yield _support("each element is 0 or x / p", out, x, p)
    yield from _frequency(out != 0, p)
    yield Law(
        "another seed drops others",
        p == 1 or bool(np.any((out != 0) != (answer["out of another seed"] != 0))),  # equal by chance: (p² + q²)^1000
        "The same elements are dropped whatever the seed: they must be drawn anew in each call.",
    )


def _support(name: str, out: Array, x: Array, p: float) -> Law:
    right = np.isclose(out, 0, atol=1e-12) | np.isclose(out, x / p, rtol=1e-9)
    place = np.unravel_index(int(np.argmin(right)), right.shape)
    return Law(
        name,
        bool(right.all()),
        f"Each element must be 0 or what came in divided by p (got {float(out[place]):.6g} for "
        f"{float(x[place]):.6g}, p = {p:.6g}). What is kept makes up for what is dropped.",
    )


def _frequency(kept: Array, p: float) -> Iterator[Law]:
    """Say how many elements are kept, and that neighbors are kept or dropped independently.

    Hoeffding: the share of n independent elements is further than sqrt(log(2 / alarm) / 2n) from p with a
    probability of at most `alarm`. For pairs of neighbors, n is half as large.
    """
    share = float(kept.mean())
    yield Law(
        "share kept",
        abs(share - p) <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * kept.size)),
        f"`out` keeps {share:.0%} of its elements, and p = {p:.6g} is the probability of keeping one.",
    )
    for axis in range(kept.ndim):
        pairs = np.moveaxis(kept, axis, 0)
        pairs = pairs[: len(pairs) // 2 * 2].reshape(-1, 2, *pairs.shape[1:])  # no element is in two pairs
        alike = float((pairs[:, 0] == pairs[:, 1]).mean())
        bound = p**2 + (1 - p) ** 2 + math.sqrt(math.log(2 / FALSE_ALARM) / (2 * pairs[:, 0].size))
        yield Law(
            f"independent along axis {axis}",
            alike <= bound,
            f"Neighbors along axis {axis} are dropped together: each element must have a draw of its own.",
        )


@check(
    tolerance=1e-9,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    random=["out", "out of another seed"],
    laws=laws_of_forward,
)
def dropout_forward(subject: Subject, fill: Fill, shape: Sizes, p: float) -> dict[str, Any]:
    """dropout_forward keeps each element with probability p, divided by p, and at test time all as they are."""
    x = _batch(fill, shape)
    first, _ = subject.dropout_forward(x, {"mode": "train", "p": p, "seed": 1})
    second, _ = subject.dropout_forward(x, {"mode": "train", "p": p, "seed": 2})
    test, _ = subject.dropout_forward(x[:3], {"mode": "test", "p": p, "seed": 1})
    return {"out": first, "out of another seed": second, "out in test mode": test}


def laws_of_backward(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the gradient: it goes where the output came from, with the same scale."""
    x, dout = _batch(params["fill"], params["shape"]), _upstream(params["fill"], params["shape"])
    mask = answer["out"] / x
    right = np.isclose(answer["dx"], dout * mask, rtol=1e-9, atol=1e-12)
    yield Law(
        "dx is dout where x was kept",
        bool(right.all()),
        f"{int((~right).sum())} of {right.size} elements of `dx` do not follow the output: "
        "the gradient passes where the forward pass kept, scaled as it scaled, and nowhere else.",
    )


def _upstream(fill: Fill, shape: Sizes) -> Array:
    return fill(*shape, between=(-1.0, 0.7), start=5)


@check(
    tolerance=1e-9,
    public=PUBLIC,
    hidden=draw,
    returns=RETURNS,
    random=["out", "dx"],
    laws=laws_of_backward,
)
def dropout_backward(subject: Subject, fill: Fill, shape: Sizes, p: float) -> dict[str, Any]:
    """dropout_backward sends the gradient through the elements that were kept, with the same scale."""
    x, dout = _batch(fill, shape), _upstream(fill, shape)
    out, cache = subject.dropout_forward(x, {"mode": "train", "p": p, "seed": 1})
    dx = subject.dropout_backward(dout, cache)
    _, cache_of_test = subject.dropout_forward(x[:3], {"mode": "test", "p": p, "seed": 1})
    return {"out": out, "dx": dx, "dx in test mode": subject.dropout_backward(dout[:3], cache_of_test)}
