# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in max and average pooling. The cache is that of the lesson: (x, pool_param)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _sizes(pool_param):
    return pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]


def _pooled(keep, x, height, width, stride):
    """Keep one number of each window of shape (N, C, height, width)."""
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            out[:, :, i, j] = keep(window)
    return out


def _largest(window):
    return window.max(axis=(2, 3))


def _mean(window):
    return window.mean(axis=(2, 3))


def _winner(window):
    """Return the row and the column of the largest number of a window."""
    return np.unravel_index(window.argmax(), window.shape)


def _over(x, height, width, stride):
    """Return the images with room for the windows that stick out."""
    missing = -(x.shape[2] - height) % stride, -(x.shape[3] - width) % stride
    return np.pad(x, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1])), constant_values=-np.inf)


@misconception("max_pool_forward_naive", "The windows move by their own size: the stride says how far they move.")
def max_pool_forward_naive_ignores_stride(x, pool_param):
    height, width, stride = _sizes(pool_param)
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = min(i * height, x.shape[2] - 1), min(j * width, x.shape[3] - 1)
            out[:, :, i, j] = x[:, :, top : top + height, left : left + width].max(axis=(2, 3))
    return out, (x, pool_param)


@misconception("max_pool_forward_naive", "The window is averaged: that is another kind of pooling.")
def max_pool_forward_naive_averages(x, pool_param):
    return _pooled(_mean, x, *_sizes(pool_param)), (x, pool_param)


@misconception("max_pool_forward_naive", "The smallest value of each window is kept.")
def max_pool_forward_naive_keeps_the_smallest(x, pool_param):
    return -_pooled(_largest, -x, *_sizes(pool_param)), (x, pool_param)


@misconception(
    "max_pool_forward_naive", "The largest value is taken over all channels: each channel is pooled by itself."
)
def max_pool_forward_naive_over_channels(x, pool_param):
    out = _pooled(_largest, x, *_sizes(pool_param))
    return np.broadcast_to(out.max(axis=1, keepdims=True), out.shape), (x, pool_param)


@misconception("max_pool_forward_naive", "`pool_height` and `pool_width` change places: the height counts rows.")
def max_pool_forward_naive_on_its_side(x, pool_param):
    height, width, stride = _sizes(pool_param)
    return _pooled(_largest, x, width, height, stride), (x, pool_param)


@misconception(
    "max_pool_forward_naive", "The output has the right size, but its windows are as wide as they should be high."
)
def max_pool_forward_naive_window_on_its_side(x, pool_param):
    height, width, stride = _sizes(pool_param)
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + width, j * stride : j * stride + height]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, pool_param)


@misconception("max_pool_forward_naive", "The window is taken for square: its height and its width may differ.")
def max_pool_forward_naive_square(x, pool_param):
    height, _, stride = _sizes(pool_param)
    return _pooled(_largest, x, height, height, stride), (x, pool_param)


@misconception(
    "max_pool_forward_naive", "Windows that stick out of the image are pooled, too: only those that fit count."
)
def max_pool_forward_naive_rounds_up(x, pool_param):
    height, width, stride = _sizes(pool_param)
    return _pooled(_largest, _over(x, height, width, stride), height, width, stride), (x, pool_param)


@misconception("max_pool_backward_naive", "Gradients are assigned: where windows overlap, they add up.")
def max_pool_backward_naive_assigns(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(x[n, c, top : top + height, left : left + width])
        dx[n, c, top + row, left + column] = dout[n, c, i, j]
    return dx


@misconception(
    "max_pool_backward_naive", "Each window overwrites all its pixels, and so what its neighbors sent there."
)
def max_pool_backward_naive_overwrites(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        here = n, c, slice(i * stride, i * stride + height), slice(j * stride, j * stride + width)
        dx[here] = dout[n, c, i, j] * (x[here] == x[here].max())
    return dx


@misconception("max_pool_backward_naive", "The gradient is shared by the window: only its maximum has any effect.")
def max_pool_backward_naive_shares(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        dx[n, c, top : top + height, left : left + width] += dout[n, c, i, j] / (height * width)
    return dx


@misconception("max_pool_backward_naive", "Every pixel of a window gets its gradient: the others have no effect.")
def max_pool_backward_naive_gives_to_all(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        dx[n, c, top : top + height, left : left + width] += dout[n, c, i, j]
    return dx


@misconception(
    "max_pool_backward_naive", "The smallest number of a window gets the gradient: the largest one was kept."
)
def max_pool_backward_naive_smallest(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(-x[n, c, top : top + height, left : left + width])
        dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


@misconception(
    "max_pool_backward_naive", "The place in the window is taken for the place in the image: add its corner."
)
def max_pool_backward_naive_without_the_corner(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(x[n, c, top : top + height, left : left + width])
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@misconception("max_pool_backward_naive", "Winners are marked with a 1: what arrives from above is missing.")
def max_pool_backward_naive_without_dout(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(x[n, c, top : top + height, left : left + width])
        dx[n, c, top + row, left + column] += 1
    return dx


@misconception("max_pool_backward_naive", "Winners are looked for among all channels: each channel has its own.")
def max_pool_backward_naive_over_channels(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        here = slice(i * stride, i * stride + height), slice(j * stride, j * stride + width)
        dx[(n, c, *here)] += dout[n, c, i, j] * (x[(n, c, *here)] == x[n][:, here[0], here[1]].max())
    return dx


@misconception(
    "max_pool_backward_naive", "The windows move by their own size: they must lie where the forward pass put them."
)
def max_pool_backward_naive_ignores_stride(dout, cache):
    x, (height, width, _) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = min(i * height, x.shape[2] - 1), min(j * width, x.shape[3] - 1)
        row, column = _winner(x[n, c, top : top + height, left : left + width])
        dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


@misconception(
    "max_pool_backward_naive", "The windows lie on their sides: `pool_height` counts rows, `pool_width` columns."
)
def max_pool_backward_naive_on_its_side(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(x[n, c, top : top + width, left : left + height])
        dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


@misconception(
    "max_pool_backward_naive",
    "The number of the winner is split by the height: it counts along rows, as wide as they are.",
)
def max_pool_backward_naive_splits_by_height(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = divmod(int(x[n, c, top : top + height, left : left + width].argmax()), height)
        if top + row < x.shape[2] and left + column < x.shape[3]:
            dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


@misconception("avg_pool_forward", "The numbers of a window are added: their mean is asked for.")
def avg_pool_forward_adds(x, pool_param):
    height, width, stride = _sizes(pool_param)
    return height * width * _pooled(_mean, x, height, width, stride), (x, pool_param)


@misconception(
    "avg_pool_forward", "The sum is divided by the square of the stride: the window has a size of its own."
)
def avg_pool_forward_divides_by_stride(x, pool_param):
    height, width, stride = _sizes(pool_param)
    return height * width * _pooled(_mean, x, height, width, stride) / stride**2, (x, pool_param)


@misconception("avg_pool_forward", "The largest number is kept: that is max pooling.")
def avg_pool_forward_keeps_the_largest(x, pool_param):
    return _pooled(_largest, x, *_sizes(pool_param)), (x, pool_param)


@misconception("avg_pool_forward", "The mean is taken over the channels as well: each channel is averaged by itself.")
def avg_pool_forward_over_channels(x, pool_param):
    out = _pooled(_mean, x, *_sizes(pool_param))
    return np.broadcast_to(out.mean(axis=1, keepdims=True), out.shape), (x, pool_param)


@misconception("avg_pool_forward", "Height and width of the window change places: the height counts rows.")
def avg_pool_forward_on_its_side(x, pool_param):
    height, width, stride = _sizes(pool_param)
    return _pooled(_mean, x, width, height, stride), (x, pool_param)


def _shared(share, dout, x, height, width, stride):
    """Give each pixel of a window the same share of its gradient."""
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = dx[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            window += share * dout[:, :, i, j, None, None]
    return dx


@misconception(
    "avg_pool_backward", "The gradient is not divided: a pixel is only one part of the mean of its window."
)
def avg_pool_backward_not_divided(dout, cache):
    return _shared(1, dout, cache[0], *_sizes(cache[1]))


@misconception(
    "avg_pool_backward", "The gradient is divided by the square of the stride: the window has a size of its own."
)
def avg_pool_backward_divides_by_stride(dout, cache):
    height, width, stride = _sizes(cache[1])
    return _shared(1 / stride**2, dout, cache[0], height, width, stride)


@misconception(
    "avg_pool_backward", "The gradient is divided by the size of the output: it is shared by the pixels of a window."
)
def avg_pool_backward_divides_by_outputs(dout, cache):
    return _shared(1 / (dout.shape[2] * dout.shape[3]), dout, cache[0], *_sizes(cache[1]))


@misconception("avg_pool_backward", "Shares are assigned: a pixel collects one from every window it lies in.")
def avg_pool_backward_assigns(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        dx[n, c, top : top + height, left : left + width] = dout[n, c, i, j] / (height * width)
    return dx


@misconception("avg_pool_backward", "The largest pixel gets it all: that is max pooling, here all count the same.")
def avg_pool_backward_to_the_largest(dout, cache):
    x, (height, width, stride) = cache[0], _sizes(cache[1])
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        row, column = _winner(x[n, c, top : top + height, left : left + width])
        dx[n, c, top + row, left + column] += dout[n, c, i, j]
    return dx


@misconception("avg_pool_backward", "The windows lie on their sides, and the images need not be square.")
def avg_pool_backward_on_its_side(dout, cache):
    height, width, stride = _sizes(cache[1])
    return _shared(1 / (height * width), dout, cache[0], width, height, stride)
