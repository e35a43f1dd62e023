"""Checks of the network of nothing but convolutions: how it starts, what it predicts, and how it learns."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._models import Model, in_double_precision
from autograder.checks._normal import normal_laws
from autograder.checks._windows import Sizes
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

STARTS: list[dict[str, Any]] = [  # enough weights to tell how they were drawn
    {"num_filters": (16, 24), "input_channels": 15, "c": 90},
    {"num_filters": (64,), "input_channels": 64, "c": 40},  # one tap more or less is seen
]
SCORES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "num_filters": (3,), "c": 4, "other_size": (4, 6)},
    {"fill": waves, "image": (2, 2, 4, 6), "num_filters": (3, 2), "c": 3, "other_size": (5, 3)},
    {"fill": waves, "image": (3, 1, 5, 4), "num_filters": (2,), "c": 5, "other_size": (6, 7)},
]
LOSSES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "num_filters": (3,), "c": 4, "labels": (3, 0), "reg": 0.0},
    {"fill": waves, "image": (2, 2, 4, 6), "num_filters": (3, 2), "c": 3, "labels": (1, 0), "reg": 0.6},
    {"fill": waves, "image": (3, 1, 5, 4), "num_filters": (2,), "c": 5, "labels": (4, 2, 4), "reg": 0.3},
]


def draw_start(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw how many filters there are, in one or two stages."""
    first = int(rng.integers(16, 20))
    filters = (first,) if number == 1 else (first, int(rng.integers(16, 20)))
    return {"num_filters": filters, "input_channels": int(rng.integers(15, 18)), "c": int(rng.integers(130, 140))}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are not square, and the sizes of a network of one or two stages."""
    height, width = ((4, 6), (6, 4), (5, 3))[number - 1]
    n, c, *filters = (int(size) for size in rng.integers(2, 4, size=4))
    return {
        "fill": waves_from(rng),
        "image": (n, c, height, width),
        "num_filters": tuple(filters[: 1 + number % 2]),
        "c": int(rng.integers(2, 6)),
    }


def draw_scores(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are not square, others of another size, and a network of one or two stages."""
    return {**draw(rng, number), "other_size": tuple(int(size) for size in rng.integers(3, 8, size=2))}


def draw_loss(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images, labels and a network; in one case there is no penalty."""
    case = draw(rng, number)
    labels = tuple(int(label) for label in rng.integers(case["c"], size=case["image"][0]))
    return {**case, "labels": labels, "reg": 0.0 if number == 1 else float(rng.uniform(0.1, 2.0))}


def _shapes(num_filters: Sizes, input_channels: int, c: int) -> dict[str, Sizes]:
    """Return the shapes of all parameters, by name."""
    channels = [input_channels, *(f for f in num_filters for _ in range(2))]
    shapes: dict[str, Sizes] = {}
    for layer in range(1, len(channels)):
        f = channels[layer]
        shapes |= {f"W{layer}": (f, channels[layer - 1], 3, 3)}
        shapes |= {f"{kind}{layer}": (f,) for kind in ("b", "gamma", "beta")}
    return shapes | {f"W{len(channels)}": (c, channels[-1], 1, 1), f"b{len(channels)}": (c,)}


def laws_of_parameters(answer: Mapping[str, Any], _params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the first filters."""
    for name in (name for name in answer if name.startswith("W")):
        weights = answer[name].reshape(len(answer[name]), -1)
        taps, channels = weights.shape[1], answer[name].shape[1]
        known = {"The taps of a filter are not counted: a number is the sum of all of them.": math.sqrt(2 / channels)}
        yield from normal_laws(name, weights, math.sqrt(2 / taps), known if taps > channels else {})


@check(
    tolerance=1e-9,
    public=STARTS,
    hidden=draw_start,
    random=[f"W{layer}" for layer in range(1, 6)],
    laws=laws_of_parameters,
    exercise="AllConvNet",
)
def all_conv_net_parameters(subject: Subject, num_filters: Sizes, input_channels: int, c: int) -> dict[str, Any]:
    """AllConvNet starts with He's weights, scales of one, and shifts and biases of zero."""
    model = Model(subject, "AllConvNet", num_filters, input_channels, c)
    return in_double_precision(model.params(_shapes(num_filters, input_channels, c)))


def _model(subject: Subject, fill: Fill, image: Sizes, num_filters: Sizes, c: int, reg: float) -> Model:
    model = Model(subject, "AllConvNet", num_filters, image[1], c, reg, "float64")
    shapes = _shapes(num_filters, image[1], c)
    model.set_params({name: _values(fill, name, shape, start) for start, (name, shape) in enumerate(shapes.items())})
    return model


def _values(fill: Fill, name: str, shape: Sizes, start: int) -> Array:
    between = (0.5, 1.5) if name.startswith("gamma") else (-0.5, 0.7)
    return fill(*shape, between=between, start=start)


@check(
    tolerance=1e-6,
    public=SCORES,
    hidden=draw_scores,
    exercise="AllConvNet",
)
def all_conv_net_scores(
    subject: Subject, fill: Fill, image: Sizes, num_filters: Sizes, c: int, other_size: Sizes
) -> dict[str, Any]:
    """AllConvNet gives a score to each class for images of any size, by the averages it kept while training."""
    model = _model(subject, fill, image, num_filters, c, 0.0)
    model.call("loss", fill(*image, between=(-1.0, 1.5), start=3), np.arange(image[0]) % c)
    return {"scores": model.call("loss", fill(1, image[1], *other_size, between=(-1.0, 1.5), start=4))}


@check(
    tolerance=1e-6,
    public=LOSSES,
    hidden=draw_loss,
    returns={"AllConvNet.loss": ("loss", "grads")},
    exercise="AllConvNet",
)
def all_conv_net_loss(
    subject: Subject, fill: Fill, image: Sizes, num_filters: Sizes, c: int, labels: Sizes, reg: float
) -> dict[str, Any]:
    """AllConvNet gives the loss with half of the penalty on its weights, and a gradient for each parameter."""
    model = _model(subject, fill, image, num_filters, c, reg)
    loss, grads = model.call("loss", fill(*image, between=(-1.0, 1.5), start=3), np.array(labels))
    names = _shapes(num_filters, image[1], c)
    gradients = model.entries("grads", grads, names)
    return {"loss": loss, **{f"gradient of {name}": gradients[name] for name in names}}
