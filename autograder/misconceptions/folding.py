# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong where a normalization is put into the convolution before it."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _folded(w, b, scale, shift):
    return scale[:, None, None, None] * w, scale * b + shift


@misconception(
    "fold_into_convolution", "The bias is not scaled: it was there before the normalization, which scales it as well."
)
def fold_into_convolution_bias_unscaled(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return scale[:, None, None, None] * w, b + beta - scale * mean


@misconception(
    "fold_into_convolution", "The bias of the convolution is lost: it goes through the normalization, too."
)
def fold_into_convolution_without_the_bias(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return _folded(w, 0 * b, scale, beta - scale * mean)


@misconception("fold_into_convolution", "The filters stay as they are: a normalization changes the size, too.")
def fold_into_convolution_filters_unscaled(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return w, scale * b + beta - scale * mean


@misconception(
    "fold_into_convolution", "The channels of the image are scaled: the normalization is of those of the output."
)
def fold_into_convolution_scales_input_channels(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return scale[:, None, None] * w, scale * b + beta - scale * mean


@misconception("fold_into_convolution", "It divides by the variance where the standard deviation belongs.")
def fold_into_convolution_by_the_variance(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / (var + eps)
    return _folded(w, b, scale, beta - scale * mean)


@misconception("fold_into_convolution", "Epsilon stands outside the root: it was added to the variance.")
def fold_into_convolution_epsilon_outside(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / (np.sqrt(var) + eps)
    return _folded(w, b, scale, beta - scale * mean)


@misconception("fold_into_convolution", "Epsilon is left out: the folded layer is to do exactly what the two did.")
def fold_into_convolution_without_epsilon(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var)
    return _folded(w, b, scale, beta - scale * mean)


@misconception("fold_into_convolution", "The mean is added: the normalization takes it away.")
def fold_into_convolution_adds_the_mean(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return _folded(w, b, scale, beta + scale * mean)


@misconception("fold_into_convolution", "The mean is not scaled: first it is taken away, then all is scaled.")
def fold_into_convolution_mean_unscaled(w, b, gamma, beta, mean, var, eps=1e-5):
    return _folded(w, b, gamma / np.sqrt(var + eps), beta - mean)
