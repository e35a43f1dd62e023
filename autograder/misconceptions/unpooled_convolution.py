# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong where a convolution follows unpooling."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _unpool(x, places, output_size):
    flat = np.zeros((*x.shape[:2], output_size[0] * output_size[1]))
    np.put_along_axis(flat, places.reshape(*x.shape[:2], -1), x.reshape(*x.shape[:2], -1), axis=-1)
    return flat.reshape(*x.shape[:2], *output_size)


def _windows(x, field, conv_param):
    """Return the windows of the padded images, of shape (N, C, H', W', HH, WW)."""
    pad, stride = conv_param["pad"], conv_param["stride"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.lib.stride_tricks.sliding_window_view(padded, field, axis=(2, 3))[:, :, ::stride, ::stride]


def _convolve(x, w, b, conv_param):
    windows = _windows(x, w.shape[2:], conv_param)
    return np.einsum("ncijpq,fcpq->nfij", windows, w) + b[:, None, None]


def _forward(x, w, b, places, output_size, conv_param):
    large = _unpool(x, places, output_size)
    return _convolve(large, w, b, conv_param), (large, w, places, conv_param)


@misconception(
    "unpool_conv_forward", "The places are not used: numbers stand at even distances, not where they were."
)
def unpool_conv_forward_without_places(x, w, b, places, output_size, conv_param):
    _, _, H, W = x.shape
    rows = np.arange(H)[:, None] * (output_size[0] // H) * output_size[1]
    even = np.broadcast_to(rows + np.arange(W) * (output_size[1] // W), x.shape)
    out, (large, w, _, conv_param) = _forward(x, w, b, even, output_size, conv_param)
    return out, (large, w, places, conv_param)


@misconception("unpool_conv_forward", "One channel lends its places to all: each channel had its own winners.")
def unpool_conv_forward_places_of_one_channel(x, w, b, places, output_size, conv_param):
    return _forward(x, w, b, np.broadcast_to(places[:, :1], x.shape), output_size, conv_param)


@misconception("unpool_conv_forward", "Height and width of the large image have changed places.")
def unpool_conv_forward_swaps_the_size(x, w, b, places, output_size, conv_param):
    return _forward(x, w, b, places, output_size[::-1], conv_param)


@misconception("unpool_conv_forward", "The convolution behind the unpooling lost its bias.")
def unpool_conv_forward_without_bias(x, w, b, places, output_size, conv_param):
    return _forward(x, w, np.zeros_like(b), places, output_size, conv_param)


@misconception(
    "unpool_conv_forward", "The bias is added before the numbers are spread: every pixel of the output gets it."
)
def unpool_conv_forward_bias_at_the_places(x, w, b, places, output_size, conv_param):
    out, cache = _forward(x, w, np.zeros_like(b), places, output_size, conv_param)
    return np.where(out == 0, 0, out + b[:, None, None]), cache


def _large_gradient(dout, cache):
    """Return the gradient of the large images."""
    large, w, _, conv_param = cache
    pad, stride = conv_param["pad"], conv_param["stride"]
    (N, C, H, W), (HH, WW) = large.shape, w.shape[2:]
    framed = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, j in np.ndindex(*dout.shape[2:]):
        stamp = np.tensordot(dout[:, :, i, j], w, 1)
        framed[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += stamp
    return framed[:, :, pad : pad + H, pad : pad + W]


def _read(dlarge, places):
    flat = dlarge.reshape(*dlarge.shape[:2], -1)
    return np.take_along_axis(flat, places.reshape(*places.shape[:2], -1), axis=-1).reshape(places.shape)


def _weights(dout, windows):
    return np.einsum("nfij,ncijpq->fcpq", dout, windows)


def _windows_of(cache):
    large, w, _, conv_param = cache
    return _windows(large, w.shape[2:], conv_param)


def _unpacked(cache):
    """Return the large images, the filters, the places and the parameters from the cache of the two layers."""
    (places, _), (large, w, _, conv_param, *_) = cache
    return large, w, places, conv_param


@misconception("unpool_conv_backward", "`dx` is the gradient of the large images: only what was written came from x.")
def unpool_conv_backward_of_the_large_images(dout, cache):
    cache = _unpacked(cache)
    return _large_gradient(dout, cache), _weights(dout, _windows_of(cache)), dout.sum(axis=(0, 2, 3))


@misconception(
    "unpool_conv_backward", "`dx` is read at the places of one channel: each channel has places of its own."
)
def unpool_conv_backward_places_of_one_channel(dout, cache):
    cache = _unpacked(cache)
    places = np.broadcast_to(cache[2][:, :1], cache[2].shape)
    return _read(_large_gradient(dout, cache), places), _weights(dout, _windows_of(cache)), dout.sum(axis=(0, 2, 3))


@misconception("unpool_conv_backward", "`dw` is a mean over the images: each of them adds its share to the gradient.")
def unpool_conv_backward_averages_dw(dout, cache):
    cache = _unpacked(cache)
    dw = _weights(dout, _windows_of(cache)) / len(dout)
    return _read(_large_gradient(dout, cache), cache[2]), dw, dout.sum(axis=(0, 2, 3))


@misconception("unpool_conv_backward", "`db` is a mean, and the bias was added to each pixel of each output image.")
def unpool_conv_backward_averages_db(dout, cache):
    cache = _unpacked(cache)
    dx = _read(_large_gradient(dout, cache), cache[2])
    return dx, _weights(dout, _windows_of(cache)), dout.mean(axis=(0, 2, 3))
