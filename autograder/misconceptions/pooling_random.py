# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in stochastic pooling. The cache is the reference's: (weights of the pixels, x, pool_param)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _windows(x, pool_param):
    """Return an array of shape (N, C, H', W', HH, WW)."""
    window, stride = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    return np.lib.stride_tricks.sliding_window_view(x, window, axis=(2, 3))[:, :, ::stride, ::stride]


def _shares(windows):
    """Return each pixel's share of its window; of a window of zeros, zeros."""
    total = windows.sum(axis=(4, 5), keepdims=True)
    return np.divide(windows, total, out=np.zeros(windows.shape), where=total > 0)


def _drawn(p, uniform):
    """Return a one where the cumulative probability passes a uniform number, and zeros elsewhere."""
    flat = p.reshape(*p.shape[:4], -1)
    place = (flat.cumsum(axis=-1) <= uniform[..., None] * flat.sum(axis=-1, keepdims=True)).sum(axis=-1)
    return (np.arange(flat.shape[-1]) == place[..., None]).reshape(p.shape) * (p.sum(axis=(4, 5), keepdims=True) > 0)


def _uniform(shape, pool_param):
    return np.random.default_rng(pool_param.get("seed")).random(shape)


def _kept(windows, weights):
    return (windows * weights).sum(axis=(4, 5))


def _test(x, pool_param):
    windows = _windows(x, pool_param)
    return _kept(windows, _shares(windows)), None


@misconception(
    "stochastic_pool_forward", "Training keeps the largest number: that is max pooling, here each has its chance."
)
def stochastic_pool_forward_keeps_the_largest(x, pool_param):
    if pool_param["mode"] == "test":
        return _test(x, pool_param)
    windows = _windows(x, pool_param)
    weights = (windows == windows.max(axis=(4, 5), keepdims=True)) * (windows > 0)
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "All pixels of a window are equally likely: large numbers should come more often."
)
def stochastic_pool_forward_uniform(x, pool_param):
    if pool_param["mode"] == "test":
        return _test(x, pool_param)
    windows = _windows(x, pool_param)
    weights = _drawn(np.ones(windows.shape), _uniform(windows.shape[:4], pool_param))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "The probabilities are a softmax: here a number is divided by the sum of its window."
)
def stochastic_pool_forward_softmax(x, pool_param):
    windows = _windows(x, pool_param)
    p = _shares(np.exp(windows))
    if pool_param["mode"] == "test":
        return _kept(windows, p), None
    weights = _drawn(p, _uniform(windows.shape[:4], pool_param))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "Training takes the weighted mean: that is what testing does, training draws."
)
def stochastic_pool_forward_always_averages(x, pool_param):
    windows = _windows(x, pool_param)
    weights = _shares(windows)
    return _kept(windows, weights), None if pool_param["mode"] == "test" else (weights, x, pool_param)


@misconception("stochastic_pool_forward", "Testing takes the plain mean: each number counts with its probability.")
def stochastic_pool_forward_plain_mean_in_test(x, pool_param):
    windows = _windows(x, pool_param)
    if pool_param["mode"] == "test":
        return windows.mean(axis=(4, 5)), None
    weights = _drawn(_shares(windows), _uniform(windows.shape[:4], pool_param))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "Testing keeps the largest number: it should see what training gives on average."
)
def stochastic_pool_forward_largest_in_test(x, pool_param):
    windows = _windows(x, pool_param)
    if pool_param["mode"] == "test":
        return windows.max(axis=(4, 5)), None
    weights = _drawn(_shares(windows), _uniform(windows.shape[:4], pool_param))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception("stochastic_pool_forward", "What was drawn is multiplied by its probability: it is kept as it is.")
def stochastic_pool_forward_scales(x, pool_param):
    if pool_param["mode"] == "test":
        return _test(x, pool_param)
    windows = _windows(x, pool_param)
    weights = _drawn(_shares(windows), _uniform(windows.shape[:4], pool_param)) * _shares(windows)
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "One draw decides for all windows, as when the seed is set anew for each of them."
)
def stochastic_pool_forward_draws_once(x, pool_param):
    if pool_param["mode"] == "test":
        return _test(x, pool_param)
    windows = _windows(x, pool_param)
    weights = _drawn(_shares(windows), np.broadcast_to(_uniform((), pool_param), windows.shape[:4]))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward", "All channels share the draw of the first: each window of each channel has its own."
)
def stochastic_pool_forward_draws_once_for_all_channels(x, pool_param):
    if pool_param["mode"] == "test":
        return _test(x, pool_param)
    windows = _windows(x, pool_param)
    N, C, rows, columns = windows.shape[:4]
    uniform = _uniform((N, 1, rows, columns), pool_param)
    weights = _drawn(_shares(windows), np.broadcast_to(uniform, (N, C, rows, columns)))
    return _kept(windows, weights), (weights, x, pool_param)


@misconception(
    "stochastic_pool_forward",
    "A window of zeros is divided by its sum: it has no probabilities, and its output is 0.",
)
def stochastic_pool_forward_divides_by_zero(x, pool_param):
    windows = _windows(x, pool_param)
    with np.errstate(all="ignore"):
        p = windows / windows.sum(axis=(4, 5), keepdims=True)
    if pool_param["mode"] == "test":
        return _kept(windows, p), None
    weights = np.where(np.isnan(p), p, _drawn(_shares(windows), _uniform(windows.shape[:4], pool_param)))
    return _kept(windows, weights), (weights, x, pool_param)


def _spread_over(x, pool_param, values):
    """Add the values, of shape (N, C, H', W', HH, WW), up in images."""
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*values.shape[2:4]):
        dx[:, :, i * stride : i * stride + height, j * stride : j * stride + width] += values[:, :, i, j]
    return dx


@misconception(
    "stochastic_pool_backward", "The largest pixel gets the gradient: that is max pooling, here it is the one drawn."
)
def stochastic_pool_backward_to_the_largest(dout, cache):
    _, x, pool_param = cache
    windows = _windows(x, pool_param)
    largest = (windows == windows.max(axis=(4, 5), keepdims=True)) * (windows > 0)
    return _spread_over(x, pool_param, dout[..., None, None] * largest)


@misconception(
    "stochastic_pool_backward", "The gradient is shared by probability: only the pixel that was drawn had any effect."
)
def stochastic_pool_backward_shares(dout, cache):
    _, x, pool_param = cache
    return _spread_over(x, pool_param, dout[..., None, None] * _shares(_windows(x, pool_param)))


@misconception(
    "stochastic_pool_backward", "Gradients are assigned: a pixel that several windows drew collects from each."
)
def stochastic_pool_backward_assigns(dout, cache):
    weights, x, pool_param = cache
    dx, stride = np.zeros(x.shape), pool_param["stride"]
    for n, c, i, j in np.ndindex(*dout.shape):
        if weights[n, c, i, j].any():
            row, column = np.unravel_index(weights[n, c, i, j].argmax(), weights.shape[4:])
            dx[n, c, i * stride + row, j * stride + column] = dout[n, c, i, j]
    return dx


@misconception(
    "stochastic_pool_backward",
    "The gradient is multiplied by the probability of the draw: given the draw, it passes whole.",
)
def stochastic_pool_backward_scales(dout, cache):
    weights, x, pool_param = cache
    return _spread_over(x, pool_param, dout[..., None, None] * weights * _shares(_windows(x, pool_param)))


@misconception("stochastic_pool_backward", "A window of zeros sends its gradient to a pixel, though none was drawn.")
def stochastic_pool_backward_from_zeros(dout, cache):
    weights, x, pool_param = cache
    drawn = weights.copy()
    drawn[~drawn.any(axis=(4, 5)), 0, 0] = 1
    return _spread_over(x, pool_param, dout[..., None, None] * drawn)


@misconception("stochastic_pool_backward", "The backward pass draws again: it must go where the forward pass went.")
def stochastic_pool_backward_draws_again(dout, cache):
    _, x, pool_param = cache
    p = _shares(_windows(x, pool_param))
    drawn = _drawn(p, np.random.default_rng(2).random(dout.shape))
    return _spread_over(x, pool_param, dout[..., None, None] * drawn)
