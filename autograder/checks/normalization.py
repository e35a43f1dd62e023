"""Checks of batch normalization, in training, at test time, and folded away."""

from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "d": 3, "eps": 1e-5},
    {"fill": waves, "n": 5, "d": 4, "eps": 1e-5},
    {"fill": waves, "n": 6, "d": 2, "eps": 0.1},  # large enough to see where epsilon stands
]
FORWARD: list[dict[str, Any]] = [
    *({**case, "momentum": 0.8} for case in PUBLIC),
    {"fill": waves, "n": 1, "d": 3, "eps": 0.1, "momentum": 0.6},  # its own mean
    {"fill": waves, "n": 4, "d": 3, "eps": None, "momentum": None},  # the defaults
]
TEST_MODE: list[dict[str, Any]] = [*PUBLIC, {"fill": waves, "n": 3, "d": 2, "eps": None}]
RETURNS = {
    "batchnorm_forward": ("out", "cache"),
    "batchnorm_backward": ("dx", "dgamma", "dbeta"),
    "batchnorm_backward_alt": ("dx", "dgamma", "dbeta"),
    "population_statistics": ("mean", "var"),
    "fold_batchnorm": ("scale", "shift"),
}


def draw(rng: np.random.Generator, _number: int) -> dict[str, Any]:
    """Draw a batch, and an epsilon that is not the default."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(3, 9)),
        "d": int(rng.integers(2, 6)),
        "eps": float(rng.choice([1e-5, 1e-3, 0.2])),
    }


def draw_forward(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a batch, an epsilon and a momentum; one case has the defaults."""
    if number == 1:
        return {**draw(rng, number), "eps": None, "momentum": None}
    return {**draw(rng, number), "momentum": float(rng.choice([0.5, 0.7, 0.99]))}


def given(**settings: float | None) -> dict[str, Any]:
    """Return a parameter dictionary with those settings that are not left to their defaults."""
    return {name: value for name, value in settings.items() if value is not None}


def _inputs(fill: Fill, n: int, d: int) -> tuple[Array, Array, Array]:
    x = fill(n, d, between=(-2.0, 3.0))
    gamma = fill(d, between=(0.5, 1.5), start=2)
    beta = fill(d, between=(-1.0, 0.5), start=3)
    return x, gamma, beta


@check(tolerance=1e-7, public=FORWARD, hidden=draw_forward, returns=RETURNS)
def batchnorm_forward(
    subject: Subject, fill: Fill, n: int, d: int, eps: float | None, momentum: float | None
) -> dict[str, Any]:
    """batchnorm_forward normalizes each feature over the batch and keeps running averages."""
    x, gamma, beta = _inputs(fill, n, d)
    bn_param: dict[str, Any] = {"mode": "train", **given(eps=eps, momentum=momentum)}
    first, _ = subject.batchnorm_forward(x, gamma, beta, bn_param)
    second, _ = subject.batchnorm_forward(2.0 * x + 1.0, gamma, beta, bn_param)
    return {
        "out": first,
        "out of a second batch": second,
        "running_mean": bn_param["running_mean"],
        "running_var": bn_param["running_var"],
    }


@check(tolerance=1e-7, public=TEST_MODE, hidden=draw, returns=RETURNS, exercise="batchnorm_forward")
def batchnorm_forward_test_mode(subject: Subject, fill: Fill, n: int, d: int, eps: float | None) -> dict[str, Any]:
    """batchnorm_forward uses the running averages in test mode, and leaves them as they are."""
    x, gamma, beta = _inputs(fill, n, d)
    bn_param: dict[str, Any] = {
        "mode": "test",
        **given(eps=eps),
        "running_mean": fill(d, between=(-0.5, 1.0), start=7),
        "running_var": fill(d, between=(0.3, 2.0), start=11),
    }
    out, _ = subject.batchnorm_forward(x, gamma, beta, bn_param)
    single, _ = subject.batchnorm_forward(x[:1], gamma, beta, bn_param)
    return {
        "running_mean": bn_param["running_mean"],
        "running_var": bn_param["running_var"],
        "out": out,
        "out of a single example": single,
    }


def _gradients(subject: Subject, backward: str, fill: Fill, n: int, d: int, eps: float) -> dict[str, Any]:
    x, gamma, beta = _inputs(fill, n, d)
    dout = fill(n, d, between=(-1.0, 0.7), start=5)
    _, cache = subject.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    dx, dgamma, dbeta = getattr(subject, backward)(dout, cache)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}


@check(tolerance=1e-6, public=PUBLIC, hidden=draw, returns=RETURNS, gradient_of="batchnorm_forward")
def batchnorm_backward(subject: Subject, fill: Fill, n: int, d: int, eps: float) -> dict[str, Any]:
    """batchnorm_backward gives the gradients with respect to x, gamma and beta."""
    return _gradients(subject, "batchnorm_backward", fill, n, d, eps)


@check(tolerance=1e-6, public=PUBLIC, hidden=draw, returns=RETURNS, gradient_of="batchnorm_forward")
def batchnorm_backward_alt(subject: Subject, fill: Fill, n: int, d: int, eps: float) -> dict[str, Any]:
    """batchnorm_backward_alt gives the same gradients in closed form."""
    return _gradients(subject, "batchnorm_backward_alt", fill, n, d, eps)


def draw_statistics(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw the statistics of some batches: of two examples, of a few, of many."""
    m = (2, int(rng.integers(3, 9)), int(rng.integers(20, 200)))[number - 1]
    return {"fill": waves_from(rng), "batches": int(rng.integers(2, 7)), "d": int(rng.integers(1, 5)), "m": m}


@check(
    tolerance=1e-9,
    public=[
        {"fill": spread, "batches": 3, "d": 2, "m": 4},
        {"fill": waves, "batches": 5, "d": 3, "m": 2},
        {"fill": waves, "batches": 1, "d": 4, "m": 100},
    ],
    hidden=draw_statistics,
    returns=RETURNS,
)
def population_statistics(subject: Subject, fill: Fill, batches: int, d: int, m: int) -> dict[str, Any]:
    """population_statistics estimates the mean and the variance of all data from those of batches of m."""
    means = fill(batches, d, between=(-2.0, 3.0))
    variances = fill(batches, d, between=(0.3, 2.0), start=3)
    mean, var = subject.population_statistics(means, variances, m)
    return {"mean": mean, "var": var}


def draw_fold(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw features and an epsilon; one case has the default."""
    return {"fill": waves_from(rng), "d": int(rng.integers(2, 7)), "eps": None if number == 1 else 0.1 * number}


@check(
    tolerance=1e-9,
    public=[
        {"fill": spread, "d": 4, "eps": 1e-5},
        {"fill": waves, "d": 3, "eps": 0.3},
        {"fill": waves, "d": 1, "eps": None},  # the default
    ],
    hidden=draw_fold,
    returns=RETURNS,
)
def fold_batchnorm(subject: Subject, fill: Fill, d: int, eps: float | None) -> dict[str, Any]:
    """fold_batchnorm turns batch normalization at test time into one scale and one shift."""
    gamma = fill(d, between=(0.5, 1.5), start=2)
    beta = fill(d, between=(-1.0, 0.5), start=3)
    mean = fill(d, between=(-2.0, 3.0), start=5)
    var = fill(d, between=(0.2, 2.0), start=7)
    scale, shift = subject.fold_batchnorm(gamma, beta, mean, var, *([] if eps is None else [eps]))
    return {"scale": scale, "shift": shift}
