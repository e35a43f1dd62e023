"""Checks of the relatives of batch normalization: layer, instance and group normalization."""

from typing import Any

import numpy as np

from autograder.checks.normalization import given
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

FEATURES: list[dict[str, Any]] = [
    {"fill": spread, "n": 4, "d": 3, "eps": 1e-5},
    {"fill": waves, "n": 3, "d": 5, "eps": 0.1},  # large enough to see where epsilon stands
    {"fill": waves, "n": 1, "d": 4, "eps": None},  # the default; a batch of one is nothing special
]
IMAGES: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 5), "eps": 1e-5},
    {"fill": waves, "image": (3, 2, 2, 4), "eps": 0.1},
    {"fill": waves, "image": (1, 4, 3, 2), "eps": None},
]
GROUPS: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 6, 4, 5), "groups": 2, "eps": 1e-5},  # sizes of the published case
    {"fill": waves, "image": (2, 4, 3, 2), "groups": 2, "eps": 0.1},
    {"fill": waves, "image": (1, 3, 2, 4), "groups": 1, "eps": None},  # one group: all channels together
    {"fill": waves, "image": (3, 2, 3, 2), "groups": 2, "eps": 1e-5},  # a group for each channel
]
GRADIENTS = ("dx", "dgamma", "dbeta")
KINDS = ("layernorm", "instancenorm", "spatial_groupnorm")
RETURNS = {f"{kind}_forward": ("out", "cache") for kind in KINDS} | {f"{kind}_backward": GRADIENTS for kind in KINDS}


def draw_features(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples of some features, and an epsilon; one case has the default."""
    eps = None if number == 1 else float(rng.choice([1e-3, 0.2]))
    return {"fill": waves_from(rng), "n": int(rng.integers(2, 6)), "d": int(rng.integers(3, 8)), "eps": eps}


def draw_images(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images that are not square, and an epsilon; one case has the default."""
    n, c, h = (int(size) for size in rng.integers(2, 5, size=3))
    eps = None if number == 1 else float(rng.choice([1e-3, 0.2]))
    return {"fill": waves_from(rng), "image": (n, c, h, h + int(rng.integers(1, 3))), "eps": eps}


def draw_groups(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw images and groups: one group, groups of several channels, a group for each channel."""
    case = draw_images(rng, number)
    n, c, h, w = case["image"]
    groups, channels = ((1, c), (2, 2 * c), (c, c))[number - 1]
    return {**case, "image": (n, channels, h, w), "groups": groups}


def _scale_and_shift(fill: Fill, *shape: int) -> tuple[Array, Array]:
    return fill(*shape, between=(0.5, 1.5), start=2), fill(*shape, between=(-1.0, 0.5), start=3)


def upstream(fill: Fill, *shape: int) -> Array:
    """Return the gradient of an output."""
    return fill(*shape, between=(-1.0, 0.7), start=5)


def _layer_inputs(fill: Fill, n: int, d: int) -> tuple[Array, Array, Array]:
    return fill(n, d, between=(-2.0, 3.0)), *_scale_and_shift(fill, d)


@check(tolerance=1e-7, public=FEATURES, hidden=draw_features, returns=RETURNS)
def layernorm_forward(subject: Subject, fill: Fill, n: int, d: int, eps: float | None) -> dict[str, Any]:
    """layernorm_forward normalizes each example over its features, then scales and shifts each feature."""
    out, _ = subject.layernorm_forward(*_layer_inputs(fill, n, d), {"mode": "train", **given(eps=eps)})
    return {"out": out}


@check(tolerance=1e-6, public=FEATURES, hidden=draw_features, returns=RETURNS, gradient_of="layernorm_forward")
def layernorm_backward(subject: Subject, fill: Fill, n: int, d: int, eps: float | None) -> dict[str, Any]:
    """layernorm_backward gives the gradients with respect to x, gamma and beta."""
    _, cache = subject.layernorm_forward(*_layer_inputs(fill, n, d), given(eps=eps))
    dx, dgamma, dbeta = subject.layernorm_backward(upstream(fill, n, d), cache)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}


def image_inputs(fill: Fill, image: Sizes) -> tuple[Array, Array, Array]:
    """Return images, and a scale and a shift for each channel."""
    return fill(*image, between=(-2.0, 3.0)), *_scale_and_shift(fill, image[1])


@check(tolerance=1e-7, public=IMAGES, hidden=draw_images, returns=RETURNS)
def instancenorm_forward(subject: Subject, fill: Fill, image: Sizes, eps: float | None) -> dict[str, Any]:
    """instancenorm_forward normalizes each channel of each image by itself."""
    out, _ = subject.instancenorm_forward(*image_inputs(fill, image), given(eps=eps))
    return {"out": out}


@check(tolerance=1e-6, public=IMAGES, hidden=draw_images, returns=RETURNS, gradient_of="instancenorm_forward")
def instancenorm_backward(subject: Subject, fill: Fill, image: Sizes, eps: float | None) -> dict[str, Any]:
    """instancenorm_backward gives the gradients with respect to x, gamma and beta."""
    _, cache = subject.instancenorm_forward(*image_inputs(fill, image), given(eps=eps))
    dx, dgamma, dbeta = subject.instancenorm_backward(upstream(fill, *image), cache)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}


def _group_inputs(fill: Fill, image: Sizes) -> tuple[Array, Array, Array]:
    return fill(*image, between=(-2.0, 3.0)), *_scale_and_shift(fill, 1, image[1], 1, 1)


@check(tolerance=1e-7, public=GROUPS, hidden=draw_groups, returns=RETURNS)
def spatial_groupnorm_forward(
    subject: Subject, fill: Fill, image: Sizes, groups: int, eps: float | None
) -> dict[str, Any]:
    """spatial_groupnorm_forward normalizes each group of channels of each image by itself."""
    settings = {"mode": "train", **given(eps=eps)}
    out, _ = subject.spatial_groupnorm_forward(*_group_inputs(fill, image), groups, settings)
    return {"out": out}


@check(tolerance=1e-6, public=GROUPS, hidden=draw_groups, returns=RETURNS, gradient_of="spatial_groupnorm_forward")
def spatial_groupnorm_backward(
    subject: Subject, fill: Fill, image: Sizes, groups: int, eps: float | None
) -> dict[str, Any]:
    """spatial_groupnorm_backward gives the gradients with respect to x, gamma and beta."""
    _, cache = subject.spatial_groupnorm_forward(*_group_inputs(fill, image), groups, given(eps=eps))
    dx, dgamma, dbeta = subject.spatial_groupnorm_backward(upstream(fill, *image), cache)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}
