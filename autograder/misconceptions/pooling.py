# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in max pooling."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("max_pool_forward_naive", "The windows move by their own size: the stride says how far they move.")
def max_pool_forward_naive_ignores_stride(x, pool_param):
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = min(i * height, x.shape[2] - 1), min(j * width, x.shape[3] - 1)
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


@misconception("max_pool_forward_naive", "The window is averaged: that is another kind of pooling.")
def max_pool_forward_naive_averages(x, pool_param):
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            out[:, :, i, j] = window.mean(axis=(2, 3))
    return out, (x, pool_param)


@misconception("max_pool_backward_naive", "Gradients are assigned: where windows overlap, they add up.")
def max_pool_backward_naive_assigns(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + height, j * stride : j * stride + width]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * stride + row, j * stride + column] = dout[n, c, i, j]
    return dx


@misconception("max_pool_backward_naive", "The gradient is shared by the window: only its maximum has any effect.")
def max_pool_backward_naive_shares(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = dx[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            window += dout[:, :, i, j, None, None] / (height * width)
    return dx
