# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in convolutions."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("conv_forward_naive", "The filter is flipped: networks call convolution what is cross-correlation.")
def conv_forward_naive_flipped(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    (hh, ww), flipped = w.shape[2:], w[:, :, ::-1, ::-1]
    rows, columns = ((padded.shape[2 + i] - w.shape[2 + i]) // stride + 1 for i in (0, 1))
    out = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, :, i * stride : i * stride + hh, j * stride : j * stride + ww]
            out[:, :, i, j] = np.tensordot(window, flipped, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


@misconception("conv_forward_naive", "The window moves by one, whatever the stride says.")
def conv_forward_naive_ignores_stride(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    hh, ww = w.shape[2:]
    rows, columns = ((padded.shape[2 + i] - w.shape[2 + i]) // stride + 1 for i in (0, 1))
    out = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, :, i : i + hh, j : j + ww]
            out[:, :, i, j] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


@misconception("conv_backward_naive", "The padding is cut off `dx` by [pad:-pad], which is empty when there is none.")
def conv_backward_naive_empty_without_padding(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    hh, ww = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = (
                slice(None),
                slice(None),
                slice(i * stride, i * stride + hh),
                slice(j * stride, j * stride + ww),
            )
            dw += np.tensordot(dout[:, :, i, j], padded[window], ((0,), (0,)))
            dpadded[window] += np.tensordot(dout[:, :, i, j], w, 1)
    return dpadded[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "A border of one is cut off `dx`, whatever the padding was.")
def conv_backward_naive_border_of_one(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    hh, ww = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = (
                slice(None),
                slice(None),
                slice(i * stride, i * stride + hh),
                slice(j * stride, j * stride + ww),
            )
            dw += np.tensordot(dout[:, :, i, j], padded[window], ((0,), (0,)))
            dpadded[window] += np.tensordot(dout[:, :, i, j], w, 1)
    return dpadded[:, :, 1:-1, 1:-1], dw, dout.sum(axis=(0, 2, 3))
