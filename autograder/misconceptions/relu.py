# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in ReLU."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("relu_forward", "Negative inputs come back positive: relu cuts them off, it does not fold them over.")
def relu_forward_absolute(x):
    return np.abs(x), x


@misconception("relu_forward", "Positive inputs all become 1: that is the slope of relu, not relu.")
def relu_forward_step(x):
    return (x > 0).astype(float), x


@misconception("relu_forward", "A little of the negative inputs leaks through: in plain relu nothing does.")
def relu_forward_leaks(x):
    return np.maximum(0.01 * x, x), x


@misconception("relu_backward", "The sign of dout decides: it is the sign of the input that opens the gate.")
def relu_backward_gated_by_dout(dout, cache):
    return np.where(dout > 0, dout, 0.0) + 0 * cache


@misconception("relu_backward", "The gradient of the slope is missing: what comes from above is not passed on.")
def relu_backward_slope_only(dout, cache):
    return (cache > 0) * np.ones_like(dout)


@misconception(
    "relu_backward", "The gate is open where it should be shut: the gradient passes where the input was cut."
)
def relu_backward_other_side(dout, cache):
    return np.where(cache > 0, 0.0, dout)


@misconception(
    "relu_backward", "The gradient is multiplied by the output: what counts is the slope there, not the value."
)
def relu_backward_times_output(dout, cache):
    return dout * np.maximum(cache, 0)
