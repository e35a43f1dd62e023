"""Convolution as a patient beginner writes them: one multiplication at a time.

The benchmark of grading hands them in, to see what grading costs beside arithmetic that is slow by itself.
"""

# ruff: noqa: D103  students write no docstrings
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    total = b[f]
                    for c in range(C):
                        for k in range(HH):
                            for m in range(WW):
                                total += padded[n, c, i * stride + k, j * stride + m] * w[f, c, k, m]
                    out[n, f, i, j] = total
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, F, OH, OW = dout.shape
    _, C, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    db[f] += dout[n, f, i, j]
                    for c in range(C):
                        for k in range(HH):
                            for m in range(WW):
                                y, z = i * stride + k, j * stride + m
                                dw[f, c, k, m] += padded[n, c, y, z] * dout[n, f, i, j]
                                dpadded[n, c, y, z] += w[f, c, k, m] * dout[n, f, i, j]
    return dpadded[:, :, pad : padded.shape[2] - pad, pad : padded.shape[3] - pad], dw, db


def conv_output_size(size, field, stride, pad):
    count = 0
    while count * stride + field <= size + 2 * pad:
        count += 1
    return count


def conv_parameters(w_shape):
    F, C, HH, WW = w_shape
    return F * C * HH * WW + F


def conv_multiply_adds(x_shape, w_shape, conv_param):
    N, C, H, W = x_shape
    F, _, HH, WW = w_shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    return N * F * (1 + (H + 2 * pad - HH) // stride) * (1 + (W + 2 * pad - WW) // stride) * C * HH * WW
