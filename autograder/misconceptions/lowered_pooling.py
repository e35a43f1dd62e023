# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in max pooling by im2col. The cache is the reference's: (x, columns, winners, pool_param)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _windows(x, pool_param, stride):
    """Return the windows, an array of shape (N, C, HH, WW, H', W')."""
    HH, WW, steps = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = (x.shape[2] - HH) // steps + 1, (x.shape[3] - WW) // steps + 1
    h, v, i, j = np.indices((HH, WW, rows, columns))
    return x[:, :, i * stride + h, j * stride + v]


def _cached(x, pool_param):
    """Return the cache as the reference makes it: its columns have the images last."""
    windows = _windows(x, pool_param, pool_param["stride"])
    cols = windows.transpose(2, 3, 4, 5, 0, 1).reshape(windows.shape[2] * windows.shape[3], -1)
    return x, cols, cols.argmax(axis=0), pool_param


def _maxima(x, pool_param):
    """Return the largest number of each window, in the order of images, channels, rows and columns."""
    return _windows(x, pool_param, pool_param["stride"]).max(axis=(2, 3))


@misconception(
    "max_pool_forward_im2col",
    "The channels stand in one column: each channel is pooled by itself, as an image of its own.",
)
def max_pool_forward_im2col_over_channels(x, pool_param):
    largest = _maxima(x, pool_param).max(axis=1, keepdims=True)
    return np.repeat(largest, x.shape[1], axis=1), _cached(x, pool_param)


@misconception(
    "max_pool_forward_im2col", "The columns run through the channels of one image before they reach the next."
)
def max_pool_forward_im2col_channels_first(x, pool_param):
    out = _maxima(x, pool_param)
    N, C, rows, columns = out.shape
    return out.reshape(C, N, rows, columns).swapaxes(0, 1), _cached(x, pool_param)


@misconception(
    "max_pool_forward_im2col", "The images are taken to come last: all windows of one image stand together."
)
def max_pool_forward_im2col_images_last(x, pool_param):
    out = _maxima(x, pool_param)
    N, C, rows, columns = out.shape
    return out.reshape(rows, columns, N, C).transpose(2, 3, 0, 1), _cached(x, pool_param)


@misconception(
    "max_pool_forward_im2col", "Rows and columns of the output change places when the maxima are folded back."
)
def max_pool_forward_im2col_transposed(x, pool_param):
    out = _maxima(x, pool_param)
    N, C, rows, columns = out.shape
    return out.reshape(N, C, columns, rows), _cached(x, pool_param)


@misconception("max_pool_forward_im2col", "Neighboring windows are one pixel apart, whatever the stride says.")
def max_pool_forward_im2col_ignores_stride(x, pool_param):
    return _windows(x, pool_param, 1).max(axis=(2, 3)), _cached(x, pool_param)


@misconception("max_pool_forward_im2col", "The columns are averaged: that is another kind of pooling.")
def max_pool_forward_im2col_averages(x, pool_param):
    return _windows(x, pool_param, pool_param["stride"]).mean(axis=(2, 3)), _cached(x, pool_param)


@misconception("max_pool_forward_im2col", "The place of the largest number is returned: its value is wanted.")
def max_pool_forward_im2col_returns_places(x, pool_param):
    windows = _windows(x, pool_param, pool_param["stride"])
    N, C, HH, WW, rows, columns = windows.shape
    return 1.0 * windows.reshape(N, C, HH * WW, rows, columns).argmax(axis=2), _cached(x, pool_param)


def _sent_back(dout, x, pool_param, put):
    """Go through the windows; `put` says what becomes of the pixels of a window."""
    HH, WW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        rows, columns = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
        window = x[n, c, rows, columns]
        winner = 1.0 * (window == window.max())
        dx[n, c, rows, columns] = put(dx[n, c, rows, columns], winner, dout[n, c, i, j])
    return dx


def _added(pixels, winner, d):
    return pixels + winner * d


@misconception(
    "max_pool_backward_im2col", "Columns are put back, not added up: a pixel that wins twice collects twice."
)
def max_pool_backward_im2col_assigns(dout, cache):
    x, _, _, pool_param = cache
    return _sent_back(dout, x, pool_param, lambda pixels, winner, d: np.where(winner, d, pixels))


@misconception("max_pool_backward_im2col", "Every number of a column gets the gradient: only the largest acted.")
def max_pool_backward_im2col_fills_columns(dout, cache):
    x, _, _, pool_param = cache
    return _sent_back(dout, x, pool_param, lambda pixels, _, d: pixels + d)


@misconception(
    "max_pool_backward_im2col",
    "`dout` is read channel by channel, and the columns run through one image after the other.",
)
def max_pool_backward_im2col_channels_first(dout, cache):
    x, _, _, pool_param = cache
    return _sent_back(dout.swapaxes(0, 1).reshape(dout.shape), x, pool_param, _added)


@misconception(
    "max_pool_backward_im2col", "`dx` still has each channel as an image of its own: it has the shape of x."
)
def max_pool_backward_im2col_keeps_channels_apart(dout, cache):
    x, _, _, pool_param = cache
    dx = _sent_back(dout, x, pool_param, _added)
    return dx.reshape(x.shape[0] * x.shape[1], 1, *x.shape[2:])


@misconception("max_pool_backward_im2col", "The gradient is multiplied by the maximum: a copy has the slope 1.")
def max_pool_backward_im2col_times_the_maximum(dout, cache):
    x, _, _, pool_param = cache
    return _sent_back(dout * _maxima(x, pool_param), x, pool_param, _added)
