# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in transposed convolutions. The cache is that of the lesson: (x, w, b, conv_param)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _stamped(x, w, stride):
    """Return the sum of all stamps, nothing cut off."""
    (N, C, H, W), (F, HH, WW) = x.shape, w.shape[1:]
    stamped = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for c, i, j in np.ndindex(C, H, W):
        window = stamped[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
        window += x[:, c, i, j, None, None, None] * w[c]
    return stamped


def _cut(stamped, pad):
    return stamped[:, :, pad : stamped.shape[2] - pad, pad : stamped.shape[3] - pad]


@misconception("conv_transpose_forward", "Stamps are assigned: where they overlap, they add up.")
def conv_transpose_forward_assigns(x, w, b, conv_param):
    (N, _, H, W), (F, HH, WW), stride = x.shape, w.shape[1:], conv_param["stride"]
    stamped = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for i, j in np.ndindex(H, W):
        stamp = np.tensordot(x[:, :, i, j], w, 1)
        stamped[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] = stamp
    return _cut(stamped, conv_param["pad"]) + b[:, None, None], (x, w, b, conv_param)


@misconception(
    "conv_transpose_forward", "What each place of the filter adds is assigned: parts that meet on a pixel add up."
)
def conv_transpose_forward_assigns_parts(x, w, b, conv_param):
    (N, _, H, W), (F, HH, WW), stride = x.shape, w.shape[1:], conv_param["stride"]
    stamped = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for p, q in np.ndindex(HH, WW):
        part = np.tensordot(x, w[:, :, p, q], axes=(1, 0)).transpose(0, 3, 1, 2)
        stamped[:, :, p : p + stride * H : stride, q : q + stride * W : stride] = part
    return _cut(stamped, conv_param["pad"]) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_transpose_forward", "The filter is flipped: it is stamped as it is.")
def conv_transpose_forward_flipped(x, w, b, conv_param):
    stamped = _stamped(x, w[:, :, ::-1, ::-1], conv_param["stride"])
    return _cut(stamped, conv_param["pad"]) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_transpose_forward", "Nothing is cut off: here the padding makes the output smaller.")
def conv_transpose_forward_without_cut(x, w, b, conv_param):
    return _stamped(x, w, conv_param["stride"]) + b[:, None, None], (x, w, b, conv_param)


@misconception(
    "conv_transpose_forward",
    "Zeros are added around the output: the padding that a convolution adds is cut off here.",
)
def conv_transpose_forward_adds_a_frame(x, w, b, conv_param):
    pad = conv_param["pad"]
    framed = np.pad(_stamped(x, w, conv_param["stride"]), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return framed + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_transpose_forward", "The stamps are one pixel apart, whatever the stride says.")
def conv_transpose_forward_ignores_stride(x, w, b, conv_param):
    return _cut(_stamped(x, w, 1), conv_param["pad"]) + b[:, None, None], (x, w, b, conv_param)


@misconception(
    "conv_transpose_forward", "The bias comes with each stamp: it is added to each pixel of the output once."
)
def conv_transpose_forward_bias_per_stamp(x, w, b, conv_param):
    stride = conv_param["stride"]
    biases = _stamped(np.ones_like(x[:, :1]), np.ones((1, *w.shape[1:])) * b[:, None, None], stride)
    return _cut(_stamped(x, w, stride) + biases, conv_param["pad"]), (x, w, b, conv_param)


@misconception("conv_transpose_forward", "The bias is missing from the output.")
def conv_transpose_forward_without_bias(x, w, b, conv_param):
    return _cut(_stamped(x, w, conv_param["stride"]), conv_param["pad"]), (x, w, b, conv_param)


@misconception(
    "conv_transpose_forward", "The output is `stride` times as large as the input: the last stamp reaches further."
)
def conv_transpose_forward_of_stride_times_the_size(x, w, b, conv_param):
    (_, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    stamped = np.pad(_stamped(x, w, stride), ((0, 0), (0, 0), (0, stride), (0, stride)))
    return stamped[:, :, pad : pad + H * stride, pad : pad + W * stride] + b[:, None, None], (x, w, b, conv_param)


def _convolved(framed, w, shape, stride):
    """Return the inner product of each filter of w, of shape (C, F, HH, WW), with its windows."""
    dx = np.zeros(shape)
    for i, j in np.ndindex(*shape[2:]):
        window = framed[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        dx[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3)))
    return dx


def _weights(framed, x, w, stride):
    """Return the gradient of w."""
    dw = np.zeros_like(w)
    for i, j in np.ndindex(*x.shape[2:]):
        window = framed[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        dw += np.tensordot(x[:, :, i, j], window, ((0,), (0,)))
    return dw


def _framed(dout, pad):
    return np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


@misconception(
    "conv_transpose_backward", "The frame that was cut off is missing: windows at the border reach into it."
)
def conv_transpose_backward_without_frame(dout, cache):
    x, w, _, conv_param = cache
    pad, stride = conv_param["pad"], conv_param["stride"]
    framed = np.pad(dout, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))
    return _convolved(framed, w, x.shape, stride), _weights(framed, x, w, stride), dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_transpose_backward", "The windows of the gradient move by one: they lie where the stamps were put."
)
def conv_transpose_backward_ignores_stride(dout, cache):
    x, w, _, conv_param = cache
    framed = _framed(dout, conv_param["pad"])
    reach = np.pad(framed, ((0, 0), (0, 0), (0, w.shape[2]), (0, w.shape[3])))
    return _convolved(reach, w, x.shape, 1), _weights(reach, x, w, 1), dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_transpose_backward", "`dx` meets the filter flipped: each weight takes from where it was stamped."
)
def conv_transpose_backward_flipped(dout, cache):
    x, w, _, conv_param = cache
    framed, stride = _framed(dout, conv_param["pad"]), conv_param["stride"]
    dx = _convolved(framed, w[:, :, ::-1, ::-1], x.shape, stride)
    return dx, _weights(framed, x, w, stride), dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_transpose_backward",
    "`dw` comes from the last stamp alone: all pixels of all images stamped the same filter.",
)
def conv_transpose_backward_assigns_dw(dout, cache):
    x, w, _, conv_param = cache
    framed, stride = _framed(dout, conv_param["pad"]), conv_param["stride"]
    last = framed[-1, :, (x.shape[2] - 1) * stride :, (x.shape[3] - 1) * stride :]
    dw = x[-1, :, -1, -1, None, None, None] * last
    return _convolved(framed, w, x.shape, stride), dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_transpose_backward", "`db` is averaged over the pixels: the bias was added to each of them.")
def conv_transpose_backward_averages_db(dout, cache):
    x, w, _, conv_param = cache
    framed, stride = _framed(dout, conv_param["pad"]), conv_param["stride"]
    return _convolved(framed, w, x.shape, stride), _weights(framed, x, w, stride), dout.mean(axis=(0, 2, 3))
