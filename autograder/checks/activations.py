"""Checks of the activations that compete with ReLU."""

from typing import Any

import numpy as np

from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

SMOOTH: list[dict[str, Any]] = [
    {"fill": spread, "shape": (3, 4), "scale": 2.0},
    {"fill": waves, "shape": (2, 3, 2, 2), "scale": 3.0},
    {"fill": waves, "shape": (5,), "scale": 9.0},
]
LARGE: dict[str, Any] = {"fill": waves, "shape": (2, 5), "scale": 1000.0}  # exp(1000) overflows
LEAKY: list[dict[str, Any]] = [
    {"fill": spread, "shape": (3, 4), "alpha": None},  # the default
    {"fill": waves, "shape": (2, 3, 2, 2), "alpha": 0.2},
    {"fill": waves, "shape": (7,), "alpha": 0.5},
]
ELU: list[dict[str, Any]] = [
    {"fill": spread, "shape": (3, 4), "scale": 2.0, "alpha": None},  # the default
    {"fill": waves, "shape": (2, 3, 2, 2), "scale": 3.0, "alpha": 0.5},
    {"fill": waves, "shape": (7,), "scale": 1.0, "alpha": 2.0},
]
RETURNS = {f"{kind}_forward": ("out", "cache") for kind in ("sigmoid", "tanh", "leaky_relu", "elu")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape of two to four axes, and the range of the numbers: small, middling or wide."""
    shape = tuple(int(size) for size in rng.integers(2, 5, size=rng.integers(2, 5)))
    return {"fill": waves_from(rng), "shape": shape, "scale": float((0.5, 3.0, 8.0)[number - 1])}


def draw_large(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape of two to four axes; the numbers of one case are so large that their exponential overflows."""
    return {**draw(rng, number), **({"scale": float(rng.uniform(800, 2000))} if number == 3 else {})}


def draw_leaky(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape and a slope; one case has the default."""
    alpha = None if number == 1 else float(rng.uniform(0.05, 0.6))
    return {"fill": waves_from(rng), "shape": draw(rng, number)["shape"], "alpha": alpha}


def draw_elu(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape, the range of the numbers and an alpha; one case has the default."""
    return {**draw(rng, number), "alpha": None if number == 1 else float(rng.uniform(0.3, 2.5))}


def draw_large_elu(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a shape and an alpha; the numbers of one case are so large that their exponential overflows."""
    return {**draw_large(rng, number), "alpha": None if number == 1 else float(rng.uniform(0.3, 2.5))}


def _inputs(fill: Fill, shape: Sizes, scale: float) -> Array:
    return fill(*shape, between=(-scale, scale))


def _upstream(fill: Fill, shape: Sizes) -> Array:
    return fill(*shape, between=(-1.0, 0.7), start=5)


def _given(alpha: float | None) -> list[float]:
    return [] if alpha is None else [alpha]


@check(tolerance=1e-7, public=[*SMOOTH, LARGE], hidden=draw_large, returns=RETURNS)
def sigmoid_forward(subject: Subject, fill: Fill, shape: Sizes, scale: float) -> dict[str, Any]:
    """sigmoid_forward squashes every number into the interval from 0 to 1, however large it is."""
    out, _ = subject.sigmoid_forward(_inputs(fill, shape, scale))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=SMOOTH,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"sigmoid_forward": lambda x: 1 / (1 + np.exp(-x))},
    gradient_of="sigmoid_forward",
)
def sigmoid_backward(subject: Subject, fill: Fill, shape: Sizes, scale: float) -> dict[str, Any]:
    """sigmoid_backward multiplies the gradient by the slope of the sigmoid."""
    _, cache = subject.sigmoid_forward(_inputs(fill, shape, scale))
    return {"dx": subject.sigmoid_backward(_upstream(fill, shape), cache)}


@check(tolerance=1e-7, public=[*SMOOTH, LARGE], hidden=draw_large, returns=RETURNS)
def tanh_forward(subject: Subject, fill: Fill, shape: Sizes, scale: float) -> dict[str, Any]:
    """tanh_forward squashes every number into the interval from -1 to 1, however large it is."""
    out, _ = subject.tanh_forward(_inputs(fill, shape, scale))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=SMOOTH,
    hidden=draw,
    returns=RETURNS,
    documented_caches={"tanh_forward": np.tanh},
    gradient_of="tanh_forward",
)
def tanh_backward(subject: Subject, fill: Fill, shape: Sizes, scale: float) -> dict[str, Any]:
    """tanh_backward multiplies the gradient by the slope of the hyperbolic tangent."""
    _, cache = subject.tanh_forward(_inputs(fill, shape, scale))
    return {"dx": subject.tanh_backward(_upstream(fill, shape), cache)}


@check(tolerance=1e-7, public=LEAKY, hidden=draw_leaky, returns=RETURNS)
def leaky_relu_forward(subject: Subject, fill: Fill, shape: Sizes, alpha: float | None) -> dict[str, Any]:
    """leaky_relu_forward keeps what is positive and multiplies the rest by alpha."""
    out, _ = subject.leaky_relu_forward(_inputs(fill, shape, 2.0), *_given(alpha))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=LEAKY,
    hidden=draw_leaky,
    returns=RETURNS,
    documented_caches={"leaky_relu_forward": lambda x, alpha=0.01: (x, alpha)},
    gradient_of="leaky_relu_forward",
)
def leaky_relu_backward(subject: Subject, fill: Fill, shape: Sizes, alpha: float | None) -> dict[str, Any]:
    """leaky_relu_backward lets the gradient pass where the input was positive, and alpha times it elsewhere."""
    _, cache = subject.leaky_relu_forward(_inputs(fill, shape, 2.0), *_given(alpha))
    return {"dx": subject.leaky_relu_backward(_upstream(fill, shape), cache)}


@check(tolerance=1e-7, public=[*ELU, {**LARGE, "alpha": 1.5}], hidden=draw_large_elu, returns=RETURNS)
def elu_forward(subject: Subject, fill: Fill, shape: Sizes, scale: float, alpha: float | None) -> dict[str, Any]:
    """elu_forward keeps what is positive and bends the rest towards -alpha, however large the numbers are."""
    out, _ = subject.elu_forward(_inputs(fill, shape, scale), *_given(alpha))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=ELU,
    hidden=draw_elu,
    returns=RETURNS,
    documented_caches={"elu_forward": lambda x, alpha=1.0: (x, alpha)},
    gradient_of="elu_forward",
)
def elu_backward(subject: Subject, fill: Fill, shape: Sizes, scale: float, alpha: float | None) -> dict[str, Any]:
    """elu_backward multiplies the gradient by the slope of the exponential linear unit."""
    _, cache = subject.elu_forward(_inputs(fill, shape, scale), *_given(alpha))
    return {"dx": subject.elu_backward(_upstream(fill, shape), cache)}
