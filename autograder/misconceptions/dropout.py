# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong in dropout. Its cache is that of the lesson: (dropout_param, mask)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _seeded(dropout_param):
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])  # noqa: NPY002  as the course does


@misconception("dropout_forward", "What is kept is not divided by p: its mean shrinks.")
def dropout_forward_not_inverted(x, dropout_param):
    _seeded(dropout_param)
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = np.random.rand(*x.shape) < dropout_param["p"]  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "p is taken for the probability of dropping: here it is that of keeping.")
def dropout_forward_drops_with_p(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test" or p == 1:
        return x, (dropout_param, np.ones(x.shape))
    mask = (np.random.rand(*x.shape) > p) / (1 - p)  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "It keeps with p and divides by 1 - p: the two belong together.")
def dropout_forward_divides_by_the_other(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / max(1 - p, 1e-3)  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception(
    "dropout_forward", "The mask is drawn from a normal distribution: a probability asks for a uniform one."
)
def dropout_forward_normal(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.randn(*x.shape) < p) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "One draw serves a whole feature: each element has a draw of its own.")
def dropout_forward_whole_features(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(*x.shape[1:]) < p) / p * np.ones(x.shape)  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "The mask has two axes: an input may have any number.")
def dropout_forward_of_two_axes(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (np.random.rand(x.shape[0], x.shape[1]) < p) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "Test mode drops, too: at test time every element stays.")
def dropout_forward_drops_in_test(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    mask = (np.random.rand(*x.shape) < p) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "Test mode scales by p: inverted dropout has done that in training.")
def dropout_forward_scales_in_test(x, dropout_param):
    _seeded(dropout_param)
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return p * x, (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@misconception("dropout_forward", "The mean is returned instead of a draw: training needs the noise.")
def dropout_forward_gives_the_mean(x, dropout_param):
    return x.copy(), (dropout_param, np.ones(x.shape))


@misconception("dropout_backward", "The gradient passes everywhere: what was dropped has no say in the loss.")
def dropout_backward_passes_all(dout, cache):
    return dout


@misconception(
    "dropout_backward", "The gradient is not scaled: what was divided on the way out is divided on the way back."
)
def dropout_backward_unscaled(dout, cache):
    dropout_param, mask = cache
    return dout if dropout_param["mode"] == "test" else dout * (mask > 0)


@misconception("dropout_backward", "A new mask is drawn: the gradient goes where the output came from.")
def dropout_backward_new_mask(dout, cache):
    dropout_param, _ = cache
    if dropout_param["mode"] == "test":
        return dout
    return dout * (np.random.rand(*dout.shape) < dropout_param["p"]) / dropout_param["p"]  # noqa: NPY002


@misconception("dropout_backward", "The gradient is scaled twice: the mask holds the scale already.")
def dropout_backward_scaled_twice(dout, cache):
    dropout_param, mask = cache
    return dout if dropout_param["mode"] == "test" else dout * mask / dropout_param["p"]
