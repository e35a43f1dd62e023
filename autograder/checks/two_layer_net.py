"""Checks of the network of two layers: how it starts, what it predicts, and how it learns."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._models import Model
from autograder.checks._normal import normal_laws
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

DEFAULT_SCALE = 1e-3
SCALES = [{"weight_scale": scale} for scale in (None, 0.05, 1.5)]
# The published case: examples of 5 numbers, 50 hidden ones, 7 classes.
SCORES: list[dict[str, Any]] = [
    {"fill": spread, "n": 3, "shape": (5,), "hidden": 50, "c": 7},
    {"fill": waves, "n": 4, "shape": (3,), "hidden": 6, "c": 2},
    {"fill": waves, "n": 2, "shape": (2, 1, 3), "hidden": 4, "c": 5},  # images are flattened
]
LABELS = ((0, 5, 1), (1, 0, 0, 1), (4, 2))
LOSSES: list[dict[str, Any]] = [
    {**SCORES[0], "labels": LABELS[0], "reg": None},  # the default: none
    {**SCORES[0], "labels": LABELS[0], "reg": 1.0},
    {**SCORES[1], "labels": LABELS[1], "reg": 0.3},
    {**SCORES[2], "labels": LABELS[2], "reg": 0.0},
]
NAMES = ("W1", "b1", "W2", "b2")
D, H, C = 60, 50, 40  # enough weights to tell how they were drawn


def draw_scale(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw how large the first weights are: small, middling or large."""
    low, high = ((1e-4, 5e-4), (0.01, 0.1), (0.5, 2.0))[number - 1]
    return {"weight_scale": float(rng.uniform(low, high))}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples of one to three axes, and the sizes of a network."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 6)),
        "shape": tuple(int(size) for size in rng.integers(2, 4, size=number)),
        "hidden": int(rng.integers(4, 8)),
        "c": int(rng.integers(2, 7)),
    }


def draw_loss(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples, labels and a network; in one case there is no penalty."""
    case = draw(rng, number)
    labels = tuple(int(label) for label in rng.integers(case["c"], size=case["n"]))
    return {**case, "labels": labels, "reg": 0.0 if number == 1 else float(rng.uniform(0.1, 2.0))}


def laws_of_parameters(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the first weights."""
    std = DEFAULT_SCALE if params["weight_scale"] is None else params["weight_scale"]
    for name in ("W1", "W2"):
        known = {"It does not depend on weight_scale.": DEFAULT_SCALE, "They are not scaled at all.": 1.0}
        yield from normal_laws(name, answer[name], std, known)


@check(
    tolerance=1e-9,
    public=SCALES,
    hidden=draw_scale,
    random=["W1", "W2"],
    laws=laws_of_parameters,
    exercise="TwoLayerNet",
)
def two_layer_net_parameters(subject: Subject, weight_scale: float | None) -> dict[str, Any]:
    """TwoLayerNet starts with small random weights and biases of zero."""
    scale = [] if weight_scale is None else [weight_scale]
    return Model(subject, "TwoLayerNet", D, H, C, *scale).params(NAMES)


def _model(subject: Subject, fill: Fill, shape: Sizes, hidden: int, c: int, *settings: float) -> Model:
    d = int(np.prod(shape))
    model = Model(subject, "TwoLayerNet", d, hidden, c, *settings)
    model.set_params(
        {
            "W1": fill(d, hidden, between=(-0.7, 0.3)),
            "b1": fill(hidden, between=(-0.1, 0.9)),
            "W2": fill(hidden, c, between=(-0.3, 0.4)),
            "b2": fill(c, between=(-0.9, 0.1)),
        }
    )
    return model


def _examples(fill: Fill, n: int, shape: Sizes) -> Array:
    return fill(*shape[::-1], n, between=(-5.5, 4.5)).T


@check(tolerance=1e-7, public=SCORES, hidden=draw, exercise="TwoLayerNet")
def two_layer_net_scores(subject: Subject, fill: Fill, n: int, shape: Sizes, hidden: int, c: int) -> dict[str, Any]:
    """TwoLayerNet gives a score to each class where no labels are given."""
    model = _model(subject, fill, shape, hidden, c)
    return {"scores": model.call("loss", _examples(fill, n, shape))}


@check(
    tolerance=1e-7,
    public=LOSSES,
    hidden=draw_loss,
    returns={"TwoLayerNet.loss": ("loss", "grads")},
    exercise="TwoLayerNet",
)
def two_layer_net_loss(
    subject: Subject, fill: Fill, n: int, shape: Sizes, hidden: int, c: int, labels: Sizes, reg: float | None
) -> dict[str, Any]:
    """TwoLayerNet gives the loss with half of the penalty on its weights, and a gradient for each parameter."""
    settings = [] if reg is None else [DEFAULT_SCALE, reg]
    model = _model(subject, fill, shape, hidden, c, *settings)
    loss, grads = model.call("loss", _examples(fill, n, shape), np.array(labels))
    gradients = model.entries("grads", grads, NAMES)
    return {"loss": loss, **{f"gradient of {name}": gradients[name] for name in NAMES}}
