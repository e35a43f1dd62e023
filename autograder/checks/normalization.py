"""Checks of batch normalization."""

from typing import Any

import numpy as np

from autograder.inputs import Array, Fill, spread, waves, waves_from
from autograder.question import check
from autograder.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "d": 3, "eps": 1e-5},
    {"fill": waves, "n": 5, "d": 4, "eps": 1e-5},
    {"fill": waves, "n": 6, "d": 2, "eps": 0.1},  # large enough to see where epsilon stands
]
RETURNS = {
    "batchnorm_forward": ("out", "cache"),
    "batchnorm_backward": ("dx", "dgamma", "dbeta"),
    "batchnorm_backward_alt": ("dx", "dgamma", "dbeta"),
}


def draw(rng: np.random.Generator, _number: int) -> dict[str, Any]:
    """Draw a batch, and an epsilon that is not the default."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(3, 9)),
        "d": int(rng.integers(2, 6)),
        "eps": float(rng.choice([1e-5, 1e-3, 0.2])),
    }


def _inputs(fill: Fill, n: int, d: int) -> tuple[Array, Array, Array]:
    x = fill(n, d, between=(-2.0, 3.0))
    gamma = fill(d, between=(0.5, 1.5), start=2)
    beta = fill(d, between=(-1.0, 0.5), start=3)
    return x, gamma, beta


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS)
def batchnorm_forward(subject: Subject, fill: Fill, n: int, d: int, eps: float) -> dict[str, Any]:
    """batchnorm_forward normalizes each feature over the batch and keeps running averages."""
    x, gamma, beta = _inputs(fill, n, d)
    bn_param: dict[str, Any] = {"mode": "train", "eps": eps, "momentum": 0.8}
    first, _ = subject.batchnorm_forward(x, gamma, beta, bn_param)
    second, _ = subject.batchnorm_forward(2.0 * x + 1.0, gamma, beta, bn_param)
    return {
        "out": first,
        "out of a second batch": second,
        "running_mean": bn_param["running_mean"],
        "running_var": bn_param["running_var"],
    }


@check(tolerance=1e-7, public=PUBLIC, hidden=draw, returns=RETURNS, exercise="batchnorm_forward")
def batchnorm_forward_test_mode(subject: Subject, fill: Fill, n: int, d: int, eps: float) -> dict[str, Any]:
    """batchnorm_forward uses the running averages in test mode, and leaves them as they are."""
    x, gamma, beta = _inputs(fill, n, d)
    bn_param: dict[str, Any] = {
        "mode": "test",
        "eps": eps,
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
