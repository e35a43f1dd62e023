"""Checks of the steps towards a network: all layers forward, and all layers backward."""

from typing import Any

import numpy as np

from autograder.checks._models import entries
from autograder.checks.affine import affine_backward, affine_forward
from autograder.checks.relu import relu_backward, relu_forward
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

LAYERS = (affine_forward, affine_backward, relu_forward, relu_backward)
RETURNS = {"network_forward": ("scores", "caches")}
PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 3, "shape": (4,), "widths": (5, 3)},
    {"fill": waves, "n": 4, "shape": (3,), "widths": (2,)},  # one layer: no relu at all
    {"fill": waves, "n": 2, "shape": (2, 1, 3), "widths": (5, 4, 6, 5)},  # images are flattened
]


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples of one to three axes, and a network of two to four layers."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 6)),
        "shape": tuple(int(size) for size in rng.integers(2, 4, size=number)),
        "widths": tuple(int(size) for size in rng.integers(3, 7, size=number + 1)),
    }


def _inputs(fill: Fill, n: int, shape: Sizes, widths: Sizes) -> tuple[dict[str, Array], Array]:
    params, sizes = {}, (int(np.prod(shape)), *widths)
    for layer in range(1, len(sizes)):
        params[f"W{layer}"] = fill(*sizes[layer - 1 : layer + 1], between=(-0.7, 0.8), start=layer)
        params[f"b{layer}"] = fill(sizes[layer], between=(-0.3, 0.5), start=layer)
    return params, fill(*shape[::-1], n, between=(-1.5, 1.7)).T


@check(tolerance=1e-9, public=PUBLIC, hidden=draw, returns=RETURNS, builds_on=LAYERS)
def network_forward(subject: Subject, fill: Fill, n: int, shape: Sizes, widths: Sizes) -> dict[str, Any]:
    """network_forward gives the scores of a network of any number of layers."""
    scores, _ = subject.network_forward(*_inputs(fill, n, shape, widths))
    return {"scores": scores}


@check(tolerance=1e-8, public=PUBLIC, hidden=draw, returns=RETURNS, builds_on=LAYERS)
def network_backward(subject: Subject, fill: Fill, n: int, shape: Sizes, widths: Sizes) -> dict[str, Any]:
    """network_backward gives the gradient of every parameter of the network."""
    params, x = _inputs(fill, n, shape, widths)
    _, caches = subject.network_forward(params, x)
    grads = subject.network_backward(fill(n, widths[-1], between=(-0.6, 0.9), start=4), caches)
    return {
        f"gradient of {name}": g for name, g in entries(subject, "network_backward", "grads", grads, params).items()
    }
