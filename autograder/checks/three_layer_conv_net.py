"""Checks of the convolutional network of three layers: how it starts, what it predicts, and how it learns."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks import losses, sandwiches
from autograder.checks._models import Model, in_double_precision
from autograder.checks._normal import normal_laws
from autograder.checks._windows import Sizes
from autograder.core.inputs import Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

DEFAULT_SCALE = 1e-3
SCALES = [{"weight_scale": scale} for scale in (None, 0.05, 1.5)]
# Images that are not square, one that pooling leaves a row of, and filters of each odd size.
SCORES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "num_filters": 3, "filter_size": 3, "hidden": 5, "c": 4},
    {"fill": waves, "image": (3, 2, 6, 4), "num_filters": 2, "filter_size": 5, "hidden": 4, "c": 3},
    {"fill": waves, "image": (2, 1, 5, 8), "num_filters": 3, "filter_size": 1, "hidden": 6, "c": 5},
]
LABELS = ((3, 0), (1, 0, 1), (4, 2))
LOSSES: list[dict[str, Any]] = [
    {**SCORES[0], "labels": LABELS[0], "reg": 0.0},
    {**SCORES[0], "labels": LABELS[0], "reg": 1.0},
    {**SCORES[1], "labels": LABELS[1], "reg": 0.3},
    {**SCORES[2], "labels": LABELS[2], "reg": 0.7},
]
LAYERS = (*sandwiches.CONV_RELU_POOL, *sandwiches.AFFINE_RELU, losses.softmax_loss)
SANDWICHES = (
    sandwiches.affine_relu_forward,
    sandwiches.affine_relu_backward,
    sandwiches.conv_relu_pool_forward,
    sandwiches.conv_relu_pool_backward,
)
WEIGHTS = ("W1", "W2", "W3")
NAMES = tuple(name for layer in "123" for name in (f"W{layer}", f"b{layer}"))
INPUT, F, SIZE, H, C = (3, 9, 6), 30, 5, 40, 60  # enough weights to tell how they were drawn


def draw_scale(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw how large the first weights are: small, middling or large."""
    low, high = ((1e-4, 5e-4), (0.01, 0.1), (0.5, 2.0))[number - 1]
    return {"weight_scale": float(rng.uniform(low, high))}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are upright or lie on their side, and the sizes of a network."""
    height, width = ((6, 4), (5, 6), (2, 7))[number - 1]
    n, c, f = (int(size) for size in rng.integers(1 if number == 3 else 2, 4, size=3))
    return {
        "fill": waves_from(rng),
        "image": (n, c, height, width),
        "num_filters": f + 1,
        "filter_size": (3, 5, 1)[number - 1],
        "hidden": int(rng.integers(4, 7)),
        "c": int(rng.integers(2, 6)),
    }


def draw_loss(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images, labels and a network; in one case there is no penalty."""
    case = draw(rng, number)
    labels = tuple(int(label) for label in rng.integers(case["c"], size=case["image"][0]))
    return {**case, "labels": labels, "reg": 0.0 if number == 1 else float(rng.uniform(0.1, 2.0))}


def laws_of_parameters(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the first weights."""
    std = DEFAULT_SCALE if params["weight_scale"] is None else params["weight_scale"]
    for name in WEIGHTS:
        known = {"It does not depend on weight_scale.": DEFAULT_SCALE, "They are not scaled at all.": 1.0}
        yield from normal_laws(name, answer[name].reshape(len(answer[name]), -1), std, known)


@check(
    tolerance=1e-9,
    public=SCALES,
    hidden=draw_scale,
    random=WEIGHTS,
    laws=laws_of_parameters,
    exercise="ThreeLayerConvNet",
)
def three_layer_conv_net_parameters(subject: Subject, weight_scale: float | None) -> dict[str, Any]:
    """ThreeLayerConvNet starts with small random weights and biases of zero, for images that need not be square."""
    scale = [] if weight_scale is None else [weight_scale]
    return in_double_precision(Model(subject, "ThreeLayerConvNet", INPUT, F, SIZE, H, C, *scale).params(NAMES))


def _model(
    subject: Subject, fill: Fill, image: Sizes, num_filters: int, filter_size: int, hidden: int, c: int, reg: float
) -> Model:
    sizes = (image[1:], num_filters, filter_size, hidden, c)
    model = Model(subject, "ThreeLayerConvNet", *sizes, DEFAULT_SCALE, reg, "float64")
    features = num_filters * (image[2] // 2) * (image[3] // 2)
    model.set_params(
        {
            "W1": fill(num_filters, image[1], filter_size, filter_size, between=(-0.3, 0.4)),
            "b1": fill(num_filters, between=(-0.2, 0.5)),
            "W2": fill(features, hidden, between=(-0.5, 0.6)),
            "b2": fill(hidden, between=(-0.2, 0.6)),
            "W3": fill(hidden, c, between=(-0.7, 0.5)),
            "b3": fill(c, between=(-0.9, 0.3)),
        }
    )
    return model


@check(tolerance=1e-7, public=SCORES, hidden=draw, exercise="ThreeLayerConvNet", builds_on=(*LAYERS, *SANDWICHES))
def three_layer_conv_net_scores(
    subject: Subject, fill: Fill, image: Sizes, num_filters: int, filter_size: int, hidden: int, c: int
) -> dict[str, Any]:
    """ThreeLayerConvNet gives a score to each class where no labels are given."""
    model = _model(subject, fill, image, num_filters, filter_size, hidden, c, 0.0)
    return {"scores": model.call("loss", fill(*image, between=(-1.0, 1.5), start=3))}


@check(
    tolerance=1e-7,
    public=LOSSES,
    hidden=draw_loss,
    returns={"ThreeLayerConvNet.loss": ("loss", "grads")},
    exercise="ThreeLayerConvNet",
    builds_on=(*LAYERS, *SANDWICHES),
)
def three_layer_conv_net_loss(
    subject: Subject,
    fill: Fill,
    image: Sizes,
    num_filters: int,
    filter_size: int,
    hidden: int,
    c: int,
    labels: Sizes,
    reg: float,
) -> dict[str, Any]:
    """ThreeLayerConvNet gives the loss with half of the penalty on its weights, and a gradient for each parameter."""
    model = _model(subject, fill, image, num_filters, filter_size, hidden, c, reg)
    loss, grads = model.call("loss", fill(*image, between=(-1.0, 1.5), start=3), np.array(labels))
    gradients = model.entries("grads", grads, NAMES)
    return {"loss": loss, **{f"gradient of {name}": gradients[name] for name in NAMES}}
