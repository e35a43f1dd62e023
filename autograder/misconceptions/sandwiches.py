# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong where layers follow each other. A cache is a tuple of those of the layers, in their order."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _affine(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def _affine_back(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def _places(out, w, stride):
    for i, j in np.ndindex(out.shape[2:]):
        rows, columns = slice(i * stride, i * stride + w[0]), slice(j * stride, j * stride + w[1])
        yield (slice(None), slice(None), i, j), (slice(None), slice(None), rows, columns)


def _empty(x, channels, window, stride):
    rows, columns = ((side - size) // stride + 1 for side, size in zip(x.shape[2:], window, strict=True))
    return np.zeros((len(x), channels, rows, columns))


def _conv(x, w, b, conv_param):
    pad, stride = conv_param["pad"], conv_param["stride"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = _empty(padded, len(w), w.shape[2:], stride)
    for pixel, window in _places(out, w.shape[2:], stride):
        out[pixel] = np.tensordot(padded[window], w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


def _conv_back(dout, cache):
    x, w, _, conv_param = cache
    pad, stride, (H, W) = conv_param["pad"], conv_param["stride"], x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for pixel, window in _places(dout, w.shape[2:], stride):
        dw += np.tensordot(dout[pixel], padded[window], ((0,), (0,)))
        dpadded[window] += np.tensordot(dout[pixel], w, 1)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def _pool(x, pool_param, keep=np.max):
    size = pool_param["pool_height"], pool_param["pool_width"]
    out = _empty(x, x.shape[1], size, pool_param["stride"])
    for pixel, window in _places(out, size, pool_param["stride"]):
        out[pixel] = keep(x[window], axis=(2, 3))
    return out, (x, pool_param)


def _pool_back(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for pixel, window in _places(dout, (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]):
        winners = x[window] == x[window].max(axis=(2, 3), keepdims=True)
        dx[window] += winners * dout[pixel][:, :, None, None]
    return dx


@misconception("affine_relu_forward", "There is no ReLU: the sandwich is an affine layer and no more.")
def affine_relu_forward_without_relu(x, w, b):
    out, cache = _affine(x, w, b)
    return out, (cache, out)


@misconception("affine_relu_forward", "ReLU comes first: it belongs to what the affine layer gives.")
def affine_relu_forward_relu_first(x, w, b):
    out, cache = _affine(np.maximum(0, x), w, b)
    return out, (cache, x)


@misconception("affine_relu_forward", "The bias comes after ReLU: it is part of the affine layer.")
def affine_relu_forward_bias_last(x, w, b):
    a, cache = _affine(x, w, 0 * b)
    return np.maximum(0, a) + b, (cache, a)


@misconception("affine_relu_backward", "ReLU is left out on the way back: what it cut off gets no gradient.")
def affine_relu_backward_without_relu(dout, cache):
    return _affine_back(dout, cache[0])


@misconception("affine_relu_backward", "The gradient decides what passes the ReLU: the input of the ReLU decides it.")
def affine_relu_backward_gate_of_the_gradient(dout, cache):
    return _affine_back(dout * (dout > 0), cache[0])


@misconception("affine_relu_backward", "The ReLU acts on `dx`: it stood after the affine layer, so it comes first.")
def affine_relu_backward_relu_last(dout, cache):
    dx, dw, db = _affine_back(dout, cache[0])
    return dx * (cache[0][0] > 0), dw, db


@misconception("conv_relu_forward", "There is no ReLU: the sandwich is a convolution and no more.")
def conv_relu_forward_without_relu(x, w, b, conv_param):
    out, cache = _conv(x, w, b, conv_param)
    return out, (cache, out)


@misconception("conv_relu_forward", "ReLU comes first: it belongs to what the convolution gives.")
def conv_relu_forward_relu_first(x, w, b, conv_param):
    out, cache = _conv(np.maximum(0, x), w, b, conv_param)
    return out, (cache, x)


@misconception("conv_relu_forward", "Stride and padding are fixed: they stand in `conv_param`.")
def conv_relu_forward_ignores_conv_param(x, w, b, conv_param):
    a, cache = _conv(x, w, b, {"stride": 1, "pad": (w.shape[2] - 1) // 2})
    return np.maximum(0, a), (cache, a)


@misconception("conv_relu_backward", "ReLU is left out on the way back: what it set to zero gets no gradient.")
def conv_relu_backward_without_relu(dout, cache):
    return _conv_back(dout, cache[0])


@misconception("conv_relu_backward", "The gradient decides what passes the ReLU: the output of the convolution does.")
def conv_relu_backward_gate_of_the_gradient(dout, cache):
    return _conv_back(dout * (dout > 0), cache[0])


@misconception("conv_relu_backward", "The ReLU acts on `dx`: it stood after the convolution, so it comes first.")
def conv_relu_backward_relu_last(dout, cache):
    dx, dw, db = _conv_back(dout, cache[0])
    return dx * (cache[0][0] > 0), dw, db


@misconception("conv_relu_pool_forward", "There is no ReLU: largest numbers that are negative get through.")
def conv_relu_pool_forward_without_relu(x, w, b, conv_param, pool_param):
    a, conv_cache = _conv(x, w, b, conv_param)
    out, pool_cache = _pool(a, pool_param)
    return out, (conv_cache, a, pool_cache)


@misconception("conv_relu_pool_forward", "The image is pooled before the convolution: what it finds is pooled.")
def conv_relu_pool_forward_pools_first(x, w, b, conv_param, pool_param):
    pooled, pool_cache = _pool(x, pool_param)
    a, conv_cache = _conv(pooled, w, b, conv_param)
    return np.maximum(0, a), (conv_cache, a, pool_cache)


@misconception("conv_relu_pool_forward", "The mean of each window is kept: max pooling keeps the largest number.")
def conv_relu_pool_forward_averages(x, w, b, conv_param, pool_param):
    a, conv_cache = _conv(x, w, b, conv_param)
    out, pool_cache = _pool(np.maximum(0, a), pool_param, np.mean)
    return out, (conv_cache, a, pool_cache)


@misconception("conv_relu_pool_forward", "The windows are always two by two: their size stands in `pool_param`.")
def conv_relu_pool_forward_ignores_pool_param(x, w, b, conv_param, pool_param):
    a, conv_cache = _conv(x, w, b, conv_param)
    out, pool_cache = _pool(np.maximum(0, a), {"pool_height": 2, "pool_width": 2, "stride": 2})
    return out, (conv_cache, a, pool_cache)


@misconception("conv_relu_pool_forward", "The pooling is missing: it is the third layer of the sandwich.")
def conv_relu_pool_forward_without_pooling(x, w, b, conv_param, pool_param):
    a, conv_cache = _conv(x, w, b, conv_param)
    out = np.maximum(0, a)
    return out, (conv_cache, a, (out, pool_param))


@misconception("conv_relu_pool_backward", "ReLU is left out on the way back: a maximum of zero passes no gradient.")
def conv_relu_pool_backward_without_relu(dout, cache):
    return _conv_back(_pool_back(dout, cache[2]), cache[0])


@misconception("conv_relu_pool_backward", "Each pixel of a window gets its gradient: only the largest one counted.")
def conv_relu_pool_backward_shares(dout, cache):
    conv_cache, a, (x, pool_param) = cache
    da = np.zeros_like(a)
    for pixel, window in _places(dout, (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]):
        da[window] += dout[pixel][:, :, None, None]
    return _conv_back(da * (x > 0), conv_cache)


@misconception("conv_relu_pool_backward", "The gradient decides what passes the ReLU, not what went into it.")
def conv_relu_pool_backward_gate_of_the_gradient(dout, cache):
    return _conv_back(_pool_back(dout * (dout > 0), cache[2]), cache[0])


@misconception(
    "conv_relu_pool_backward",
    "Windows that overlap overwrite each other's gradient: a pixel may win several of them.",
)
def conv_relu_pool_backward_assigns(dout, cache):
    conv_cache, a, (x, pool_param) = cache
    da = np.zeros_like(a)
    for pixel, window in _places(dout, (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]):
        winners = x[window] == x[window].max(axis=(2, 3), keepdims=True)
        da[window] = np.where(winners, dout[pixel][:, :, None, None], da[window])
    return _conv_back(da * (a > 0), conv_cache)
