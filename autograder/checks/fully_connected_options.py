"""Checks of the options of the network of any depth: normalization and dropout."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._models import Model
from autograder.checks.dropout import dropout_backward, dropout_forward
from autograder.checks.fully_connected_net import (
    DEFAULT_SCALE,
    FLOAT64,
    LAYERS,
    NAME,
    Sizes,
    examples,
    loss_and_gradients,
    make,
    names,
)
from autograder.checks.normalization import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    batchnorm_forward_test_mode,
)
from autograder.checks.normalization_family import layernorm_backward, layernorm_forward
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

BATCHNORM = (batchnorm_forward, batchnorm_forward_test_mode, batchnorm_backward, batchnorm_backward_alt)
ALL = ("W", "b", "gamma", "beta")
NORMALIZED: list[dict[str, Any]] = [
    {"fill": spread, "n": 5, "shape": (4,), "hidden": (3, 5), "c": 3, "labels": (0, 2, 1, 1, 0), "reg": 0.0},
    {"fill": waves, "n": 6, "shape": (2, 3), "hidden": (4, 5), "c": 3, "labels": (2, 0, 1, 2, 1, 0), "reg": 0.6},
]
DROPPED: list[dict[str, Any]] = [{"fill": spread, "keep": 0.75}, {"fill": waves, "keep": 0.3}]
WIDE = 2000  # hidden numbers, enough to tell how many are kept
FALSE_ALARM = 1e-7
DIGITS = 9  # of a gradient that may be all rounding


def draw_normalized(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a batch large enough to have a variance, and a network of three layers."""
    n, hidden = int(rng.integers(5, 8)), tuple(int(size) for size in rng.integers(4, 7, size=2))
    labels = tuple(int(label) for label in rng.integers(3, size=n))
    reg = float(rng.uniform(0.1, 1.0)) * (number > 1)
    return {"fill": waves_from(rng), "n": n, "shape": (4,), "hidden": hidden, "c": 3, "labels": labels, "reg": reg}


def draw_keep(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a share to keep: small, middling or large."""
    low, high = ((0.2, 0.4), (0.55, 0.65), (0.7, 0.85))[number - 1]
    return {"fill": waves_from(rng), "keep": float(rng.uniform(low, high))}


def _normalized(
    subject: Subject,
    normalization: str,
    fill: Fill,
    n: int,
    shape: Sizes,
    hidden: Sizes,
    c: int,
    labels: Sizes,
    reg: float,
) -> dict[str, Any]:
    """Ask a normalized network how it starts, for loss and gradients in training, and for scores after that."""
    model = make(subject, fill, shape, hidden, c, 1, normalization, reg, DEFAULT_SCALE, FLOAT64)
    first = model.params([name for name in names(hidden, ALL) if name.startswith(("gamma", "beta"))])
    model.set_params(
        {
            f"{kind}{layer}": fill(M, between=between, start=layer)
            for layer, M in enumerate(hidden, start=1)
            for kind, between in (("gamma", (0.4, 1.6)), ("beta", (-0.4, 0.7)))
        }
    )
    x = examples(fill, n, shape)
    trained = loss_and_gradients(model, x, labels, names(hidden, ALL))
    for layer in range(1, len(hidden) + 1):  # a mean is subtracted behind them: theirs is zero, but for rounding
        name = f"gradient of b{layer}"
        trained[name] = _rounded(trained[name])
    tested = {"scores in test mode": model.call("loss", x[:2])}
    return {**{f"first {name}": array for name, array in first.items()}, **trained, **tested}


def _rounded(gradient: Any) -> Any:
    return gradient.round(DIGITS) if isinstance(gradient, np.ndarray) else gradient


@check(
    tolerance=1e-7,
    public=NORMALIZED,
    hidden=draw_normalized,
    exercise=NAME,
    builds_on=[*LAYERS, *BATCHNORM],
)
def fully_connected_net_batchnorm(subject: Subject, **case: Any) -> dict[str, Any]:
    """FullyConnectedNet normalizes over the batch between affine and relu, by running averages at test time."""
    return _normalized(subject, "batchnorm", **case)


@check(
    tolerance=1e-7,
    public=NORMALIZED,
    hidden=draw_normalized,
    exercise=NAME,
    builds_on=[*LAYERS, layernorm_forward, layernorm_backward],
)
def fully_connected_net_layernorm(subject: Subject, **case: Any) -> dict[str, Any]:
    """FullyConnectedNet normalizes each example between affine and relu, at test time as in training."""
    return _normalized(subject, "layernorm", **case)


def laws_of_dropout(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the gradients of one example: they tell which hidden numbers were kept, and how scaled.

    All hidden numbers are positive, and the gradient of W2 is the product of a hidden number, times its mask, and
    the gradient of a score, which is that of b2. Hoeffding bounds the share that is kept.
    """
    x, weights, hidden = _one_layer(params["fill"])
    keep, dscores = params["keep"], answer["gradient of b2"]
    best = int(np.argmax(np.abs(dscores)))
    mask = answer["gradient of W2"][:, best] / (hidden * dscores[best])
    right = np.isclose(mask, 0, atol=1e-9) | np.isclose(mask, 1 / keep, rtol=1e-7)
    share = float(np.mean(mask != 0))
    yield Law(
        "each hidden number is dropped or divided by p",
        bool(np.all(dscores) and right.all()),
        "Each hidden number must be dropped, or kept and divided by the probability of keeping it; scores stay "
        f"as they are (got a factor of {mask[np.argmin(right)]:.6g} for p = {keep:.6g}).",
    )
    yield Law(
        "share of hidden numbers that are kept",
        abs(share - keep) <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * WIDE)),
        f"The network keeps {share:.0%} of its hidden numbers, and p = {keep:.6g} is the probability of keeping one.",
    )
    yield Law(
        "the gradient goes where numbers were kept",
        np.allclose(answer["gradient of W1"], np.outer(x, weights["W2"] @ dscores * mask), rtol=1e-7, atol=1e-12),
        "The gradient must go back through dropout: to the numbers that were kept, scaled as they were.",
    )


def _one_layer(fill: Fill) -> tuple[Array, dict[str, Array], Array]:
    """Return an example, the parameters of a network with one wide hidden layer, and the hidden numbers."""
    x = fill(1, 3, between=(0.2, 1.0))
    params = {
        "W1": fill(3, WIDE, between=(-0.2, 0.3)),
        "b1": fill(WIDE, between=(1.0, 2.0)),  # so that relu does nothing
        "W2": fill(WIDE, 3, between=(-0.02, 0.02), start=1),
        "b2": fill(3, between=(-0.3, 0.4), start=2),
    }
    return x, params, (x @ params["W1"] + params["b1"])[0]


@check(
    tolerance=1e-8,
    public=DROPPED,
    hidden=draw_keep,
    exercise=NAME,
    builds_on=[*LAYERS, dropout_forward, dropout_backward],
    random=["gradient of W1", "gradient of W2", "gradient of b2"],
    laws=laws_of_dropout,
)
def fully_connected_net_dropout(subject: Subject, fill: Fill, keep: float) -> dict[str, Any]:
    """FullyConnectedNet drops hidden numbers in training, and none at test time."""
    x, params, _ = _one_layer(fill)
    model = Model(subject, NAME, [WIDE], 3, 3, keep, None, 0.0, DEFAULT_SCALE, FLOAT64, 1)
    model.set_params(params)
    trained = loss_and_gradients(model, x, (1,), ["W1", "W2", "b2"])
    del trained["loss"]
    return {**trained, "scores in test mode": model.call("loss", x)}
