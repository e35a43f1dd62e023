# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in activations."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("relu_forward", "Negative inputs come back positive: relu cuts them off, it does not fold them over.")
def relu_forward_absolute(x):
    return np.abs(x), x


@misconception("relu_backward", "The sign of dout decides: it is the sign of the input that opens the gate.")
def relu_backward_gated_by_dout(dout, cache):
    return np.where(dout > 0, dout, 0.0) + 0 * cache


@misconception("relu_backward", "The gradient of the slope is missing: what comes from above is not passed on.")
def relu_backward_slope_only(dout, cache):
    return (cache > 0) * np.ones_like(dout)
