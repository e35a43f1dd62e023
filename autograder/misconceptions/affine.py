# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in affine layers."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("affine_forward", "The bias is missing: every output has a constant of its own.")
def affine_forward_without_bias(x, w, b):
    return x.reshape(len(x), -1) @ w, (x, w, b)


@misconception("affine_forward", "The axes of an example are flattened in another order than w expects.")
def affine_forward_fortran_order(x, w, b):
    return x.reshape(len(x), -1, order="F") @ w + b, (x, w, b)


@misconception("affine_forward", "The examples are mixed: each row must hold all the numbers of one example.")
def affine_forward_mixes_examples(x, w, b):
    return x.reshape(len(w), -1).T @ w + b, (x, w, b)


@misconception("affine_backward", "`db` keeps an axis: b has one entry for each output, and so has its gradient.")
def affine_backward_db_keeps_axis(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0, keepdims=True)


@misconception("affine_backward", "The gradients are averaged over the batch: the 1/N belongs to the loss.")
def affine_backward_averages(dout, cache):
    x, w, _ = cache
    dw = x.reshape(len(x), -1).T @ dout / len(x)
    return (dout @ w.T).reshape(x.shape), dw, dout.mean(axis=0)


@misconception("affine_backward", "`dx` stays flat: a gradient has the shape of what it is the gradient of.")
def affine_backward_dx_flat(dout, cache):
    x, w, _ = cache
    return dout @ w.T, x.reshape(len(x), -1).T @ dout, np.sum(dout, axis=0)
