"""Checks of batch normalization of images, which is built on batch normalization."""

from typing import Any

from autograder.checks import normalization
from autograder.checks import normalization_family as family
from autograder.checks.normalization import given
from autograder.core.inputs import Fill
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]

RETURNS = {
    "spatial_batchnorm_forward": ("out", "cache"),
    "spatial_batchnorm_backward": family.GRADIENTS,
}
ON_BATCHNORM = (
    normalization.batchnorm_forward,
    normalization.batchnorm_forward_test_mode,
    normalization.batchnorm_backward,
    normalization.batchnorm_backward_alt,
)


@check(tolerance=1e-7, public=family.IMAGES, hidden=family.draw_images, returns=RETURNS, builds_on=ON_BATCHNORM)
def spatial_batchnorm_forward(subject: Subject, fill: Fill, image: Sizes, eps: float | None) -> dict[str, Any]:
    """spatial_batchnorm_forward normalizes each channel over all images and pixels and keeps running averages."""
    x, gamma, beta = family.image_inputs(fill, image)
    bn_param: dict[str, Any] = {"mode": "train", "momentum": 0.8, **given(eps=eps)}
    first, _ = subject.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    second, _ = subject.spatial_batchnorm_forward(2.0 * x + 1.0, gamma, beta, bn_param)
    return {
        "out": first,
        "out of a second batch": second,
        "running_mean": bn_param["running_mean"],
        "running_var": bn_param["running_var"],
    }


@check(
    tolerance=1e-7,
    public=family.IMAGES,
    hidden=family.draw_images,
    returns=RETURNS,
    exercise="spatial_batchnorm_forward",
    builds_on=ON_BATCHNORM,
)
def spatial_batchnorm_forward_test_mode(
    subject: Subject, fill: Fill, image: Sizes, eps: float | None
) -> dict[str, Any]:
    """spatial_batchnorm_forward uses the running averages in test mode, and leaves them as they are."""
    x, gamma, beta = family.image_inputs(fill, image)
    bn_param: dict[str, Any] = {
        "mode": "test",
        **given(eps=eps),
        "running_mean": fill(image[1], between=(-0.5, 1.0), start=7),
        "running_var": fill(image[1], between=(0.3, 2.0), start=11),
    }
    out, _ = subject.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return {"running_mean": bn_param["running_mean"], "running_var": bn_param["running_var"], "out": out}


@check(
    tolerance=1e-6,
    public=family.IMAGES,
    hidden=family.draw_images,
    returns=RETURNS,
    gradient_of="spatial_batchnorm_forward",
    builds_on=ON_BATCHNORM,
)
def spatial_batchnorm_backward(subject: Subject, fill: Fill, image: Sizes, eps: float | None) -> dict[str, Any]:
    """spatial_batchnorm_backward gives the gradients with respect to x, gamma and beta."""
    _, cache = subject.spatial_batchnorm_forward(
        *family.image_inputs(fill, image), {"mode": "train", **given(eps=eps)}
    )
    dx, dgamma, dbeta = subject.spatial_batchnorm_backward(family.upstream(fill, *image), cache)
    return {"dx": dx, "dgamma": dgamma, "dbeta": dbeta}
