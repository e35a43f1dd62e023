"""Right solutions as students write them: loops, einsum, im2col, strides, and caches of their own forms.

None shares code with the reference library. Each dictionary is one student's notebook.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def affine_forward_by_loops(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n in range(x.shape[0]):
        flat = x[n].flatten()
        for m in range(w.shape[1]):
            total = b[m]
            for d in range(w.shape[0]):
                total = total + flat[d] * w[d, m]
            out[n, m] = total
    return out, {"x": x, "w": w}


def affine_backward_by_loops(dout, cache):
    x, w = cache["x"], cache["w"]
    flat = x.reshape(x.shape[0], -1)
    dflat, dw, db = np.zeros(flat.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n in range(dout.shape[0]):
        for m in range(dout.shape[1]):
            db[m] += dout[n, m]
            for d in range(w.shape[0]):
                dflat[n, d] += dout[n, m] * w[d, m]
                dw[d, m] += dout[n, m] * flat[n, d]
    return dflat.reshape(x.shape), dw, db


def affine_forward_by_einsum(x, w, b):
    rows = np.reshape(x, (len(x), np.prod(x.shape[1:])))
    return np.einsum("nd,dm->nm", rows, w) + b[None, :], [rows, x.shape, w]


def affine_backward_by_einsum(dout, cache):
    rows, shape, w = cache
    dx = np.einsum("nm,dm->nd", dout, w).reshape(shape)
    return [dx, np.einsum("nm,nd->dm", dout, rows), np.einsum("nm->m", dout)]


def affine_forward_with_a_ones_column(x, w, b):
    rows = np.hstack([x.reshape(x.shape[0], -1), np.ones((x.shape[0], 1))])
    augmented = np.vstack([w, b])
    return np.dot(rows, augmented), (rows, augmented, x.shape)


def affine_backward_with_a_ones_column(dout, cache):
    rows, augmented, shape = cache
    drows, daugmented = np.dot(dout, augmented.T), np.dot(rows.T, dout)
    return drows[:, :-1].reshape(shape), daugmented[:-1], daugmented[-1]


def relu_forward_by_copy(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out


def relu_backward_in_place(dout, cache):
    dout[cache <= 0] = 0
    return dout


def relu_forward_with_a_mask(x):
    mask = (x >= 0).astype(float)
    return x * mask, (mask,)


def relu_backward_with_a_mask(dout, cache):
    (mask,) = cache
    return np.multiply(dout, mask)


def softmax_loss_by_loops(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(x.shape[0]):
        exponentials = [math.exp(score - max(x[i])) for score in x[i]]
        total = sum(exponentials)
        loss += math.log(total) - (x[i, y[i]] - max(x[i]))
        for c in range(x.shape[1]):
            dx[i, c] = (exponentials[c] / total - (c == y[i])) / x.shape[0]
    return loss / x.shape[0], dx


def softmax_loss_with_one_hot(x, y):
    N, C = x.shape
    one_hot = np.eye(C)[y]
    log_total = np.logaddexp.reduce(x, axis=1, keepdims=True)
    loss = -np.sum(one_hot * (x - log_total)) / N
    return np.float64(loss), (np.exp(x - log_total) - one_hot) / N


def svm_loss_by_loops(x, y):
    loss, dx = 0, np.zeros(x.shape)
    for i in range(len(x)):
        for c in range(x.shape[1]):
            margin = x[i][c] - x[i][y[i]] + 1
            if c != y[i] and margin > 0:
                loss += margin
                dx[i, c] += 1
                dx[i, y[i]] -= 1
    return loss / len(x), dx / len(x)


def svm_loss_with_one_hot(x, y):
    one_hot = np.eye(x.shape[1], dtype=bool)[y]
    margins = np.where(one_hot, 0, np.clip(x - x[one_hot].reshape(-1, 1) + 1, 0, None))
    steps = np.sign(margins)
    steps[one_hot] = -steps.sum(1)
    return np.mean(margins.sum(1)), steps / x.shape[0]


def batchnorm_forward_by_features(x, gamma, beta, bn_param):
    out = np.zeros_like(x)
    eps = bn_param.get("eps", 1e-5)
    if bn_param["mode"] == "test":
        for d in range(x.shape[1]):
            scale = gamma[d] / np.sqrt(bn_param["running_var"][d] + eps)
            out[:, d] = scale * x[:, d] + (beta[d] - scale * bn_param["running_mean"][d])
        return out, None
    momentum = bn_param.get("momentum", 0.9)
    for key in ("running_mean", "running_var"):
        bn_param.setdefault(key, np.zeros(x.shape[1]))
    for d in range(x.shape[1]):
        mean = sum(x[:, d]) / len(x)
        variance = sum((value - mean) ** 2 for value in x[:, d]) / len(x)
        out[:, d] = gamma[d] * (x[:, d] - mean) / math.sqrt(variance + eps) + beta[d]
        bn_param["running_mean"][d] = momentum * bn_param["running_mean"][d] + (1 - momentum) * mean
        bn_param["running_var"][d] = momentum * bn_param["running_var"][d] + (1 - momentum) * variance
    return out, {"x": x, "gamma": gamma, "eps": eps}


def batchnorm_backward_by_jacobian(dout, cache):
    x, gamma, eps = cache["x"], cache["gamma"], cache["eps"]
    N, D = x.shape
    dx, dgamma = np.zeros((N, D)), np.zeros(D)
    for d in range(D):
        centered = x[:, d] - x[:, d].mean()
        std = np.sqrt(np.mean(centered**2) + eps)
        jacobian = (np.eye(N) - 1 / N) / std - np.outer(centered, centered) / (N * std**3)
        dx[:, d] = gamma[d] * jacobian @ dout[:, d]
        dgamma[d] = dout[:, d] @ centered / std
    return dx, dgamma, np.add.reduce(dout)


def batchnorm_forward_step_by_step(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mu, var = np.mean(x, axis=0), np.var(x, axis=0)
        ivar = 1.0 / np.sqrt(var + eps)
        xmu = x - mu
        out = xmu * ivar * gamma + beta
        cache = (xmu, ivar, gamma, var, eps)
        running_mean = running_mean * momentum + (1 - momentum) * mu
        running_var = running_var * momentum + (1 - momentum) * var
    else:
        out = (x - running_mean) / (running_var + eps) ** 0.5 * gamma + beta
    bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    return out, cache


def batchnorm_backward_step_by_step(dout, cache):
    xmu, ivar, gamma, var, eps = cache
    N, D = dout.shape
    dbeta, dgamma = np.sum(dout, axis=0), np.sum(dout * xmu * ivar, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xmu * -0.5 * (var + eps) ** -1.5, axis=0)
    dmu = np.sum(dxhat * -ivar, axis=0) + dvar * np.mean(-2.0 * xmu, axis=0)
    dx = dxhat * ivar + dvar * 2 * xmu / N + np.ones((N, D)) * dmu / N
    return dx, dgamma, dbeta


def output_size(x, window, conv_param):
    pad, stride = conv_param.get("pad", 0), conv_param["stride"]
    return tuple(1 + (x.shape[axis] + 2 * pad - size) // stride for axis, size in zip((2, 3), window, strict=True))


def padded_by(x, pad):
    return np.pad(x, ((0,), (0,), (pad,), (pad,)), mode="constant", constant_values=0)


def conv_forward_by_seven_loops(x, w, b, conv_param):
    (rows, columns), stride, pad = output_size(x, w.shape[2:], conv_param), conv_param["stride"], conv_param["pad"]
    out = np.zeros((len(x), len(w), rows, columns))
    for n, f, i, j in np.ndindex(*out.shape):
        out[n, f, i, j] = b[f]
        for c, h, v in np.ndindex(*w.shape[1:]):
            row, column = i * stride + h - pad, j * stride + v - pad
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                out[n, f, i, j] += x[n, c, row, column] * w[f, c, h, v]
    return out, (x, w, b, conv_param)


def conv_backward_by_seven_loops(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for n, f, i, j in np.ndindex(*dout.shape):
        db[f] += dout[n, f, i, j]
        for c, h, v in np.ndindex(*w.shape[1:]):
            row, column = i * stride + h - pad, j * stride + v - pad
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                dx[n, c, row, column] += dout[n, f, i, j] * w[f, c, h, v]
                dw[f, c, h, v] += dout[n, f, i, j] * x[n, c, row, column]
    return dx, dw, db


def places(shape, window, size, stride):
    """Return the indices (channel, row, column) of im2col, each of shape (C * HH * WW, H' * W')."""
    (C, HH, WW), (rows, columns) = (shape[1], *window), size
    channel = np.repeat(np.arange(C), HH * WW)[:, None]
    row = np.tile(np.repeat(np.arange(HH), WW), C)[:, None] + stride * np.repeat(np.arange(rows), columns)
    column = np.tile(np.arange(WW), HH * C)[:, None] + stride * np.tile(np.arange(columns), rows)
    return channel, row, column


def conv_forward_by_im2col(x, w, b, conv_param):
    size = output_size(x, w.shape[2:], conv_param)
    where = places(x.shape, w.shape[2:], size, conv_param["stride"])
    columns = padded_by(x, conv_param["pad"])[(slice(None), *where)]  # (N, C * HH * WW, H' * W')
    out = w.reshape(len(w), -1) @ columns + b.reshape(-1, 1)
    return out.reshape(len(x), len(w), *size), {
        "columns": columns,
        "where": where,
        "w": w,
        "x": x,
        "param": conv_param,
    }


def conv_backward_by_im2col(dout, cache):
    x, w, pad = cache["x"], cache["w"], cache["param"]["pad"]
    flat = dout.reshape(*dout.shape[:2], -1)  # (N, F, H' * W')
    dw = np.sum(flat @ cache["columns"].transpose(0, 2, 1), axis=0).reshape(w.shape)
    dpadded = np.zeros_like(padded_by(x, pad))
    np.add.at(dpadded, (slice(None), *cache["where"]), w.reshape(len(w), -1).T @ flat)
    return dpadded[:, :, pad : dpadded.shape[2] - pad, pad : dpadded.shape[3] - pad], dw, flat.sum(axis=2).sum(axis=0)


def conv_forward_by_strides(x, w, b, conv_param):
    stride = conv_param["stride"]
    padded = np.ascontiguousarray(padded_by(x, conv_param["pad"]))
    n, c, h, v = padded.strides
    shape = (len(x), *output_size(x, w.shape[2:], conv_param), *w.shape[1:])
    windows = as_strided(padded, shape, (n, stride * h, stride * v, c, h, v), writeable=False)
    out = np.tensordot(windows, w, axes=([3, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (windows, w, conv_param, x.shape)


def conv_backward_by_einsum(dout, cache):
    windows, w, conv_param, (_, _, H, W) = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dwindows = np.einsum("nfij,fchv->nijchv", dout, w)
    dpadded = np.zeros((*dwindows.shape[:1], w.shape[1], H + 2 * pad, W + 2 * pad))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            top, left = i * stride, j * stride
            dpadded[:, :, top : top + w.shape[2], left : left + w.shape[3]] += dwindows[:, i, j]
    dx = dpadded[:, :, pad:, pad:][:, :, :H, :W]
    return dx, np.einsum("nfij,nijchv->fchv", dout, windows), np.einsum("nfij->f", dout)


def pool_sizes(pool_param):
    return pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]


def max_pool_forward_with_sliding_windows(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(-1, -2)), (x, pool_param)


def max_pool_backward_to_all_ties(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_sizes(pool_param)
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        here = (n, c, slice(i * stride, i * stride + height), slice(j * stride, j * stride + width))
        dx[here] += (x[here] == np.max(x[here])) * dout[n, c, i, j]
    return dx


def max_pool_forward_with_an_argmax_mask(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out, winners = np.zeros((*x.shape[:2], rows, columns)), np.zeros((*x.shape[:2], rows, columns), dtype=int)
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            winners[:, :, i, j] = window.reshape(*x.shape[:2], -1).argmax(-1)
            out[:, :, i, j] = window.max(axis=2).max(axis=2)
    return out, (winners, x.shape, pool_param)


def max_pool_backward_with_an_argmax_mask(dout, cache):
    winners, shape, pool_param = cache
    _, width, stride = pool_sizes(pool_param)
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros(shape)
    np.add.at(dx, (n, c, i * stride + winners // width, j * stride + winners % width), dout)
    return dx


def max_pool_backward_to_the_last_tie(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_sizes(pool_param)
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        best, place = -np.inf, None
        for row in range(i * stride, i * stride + height):
            for column in range(j * stride, j * stride + width):
                if x[n, c, row, column] >= best:
                    best, place = x[n, c, row, column], (n, c, row, column)
        dx[place] += dout[n, c, i, j]
    return dx


SOLUTIONS = {
    "affine by loops": {
        "affine_forward": affine_forward_by_loops,
        "affine_backward": affine_backward_by_loops,
    },
    "affine by einsum": {
        "affine_forward": affine_forward_by_einsum,
        "affine_backward": affine_backward_by_einsum,
    },
    "affine with a column of ones": {
        "affine_forward": affine_forward_with_a_ones_column,
        "affine_backward": affine_backward_with_a_ones_column,
    },
    "relu that caches its output and overwrites dout": {
        "relu_forward": relu_forward_by_copy,
        "relu_backward": relu_backward_in_place,
    },
    "relu that caches a mask": {
        "relu_forward": relu_forward_with_a_mask,
        "relu_backward": relu_backward_with_a_mask,
    },
    "losses by loops": {"softmax_loss": softmax_loss_by_loops, "svm_loss": svm_loss_by_loops},
    "losses with one-hot labels": {"softmax_loss": softmax_loss_with_one_hot, "svm_loss": svm_loss_with_one_hot},
    "batch norm feature by feature": {
        "batchnorm_forward": batchnorm_forward_by_features,
        "batchnorm_backward": batchnorm_backward_by_jacobian,
        "batchnorm_backward_alt": batchnorm_backward_by_jacobian,
    },
    "batch norm step by step": {
        "batchnorm_forward": batchnorm_forward_step_by_step,
        "batchnorm_backward": batchnorm_backward_step_by_step,
        "batchnorm_backward_alt": batchnorm_backward_step_by_step,
    },
    "convolution by seven loops": {
        "conv_forward_naive": conv_forward_by_seven_loops,
        "conv_backward_naive": conv_backward_by_seven_loops,
    },
    "convolution by im2col": {
        "conv_forward_naive": conv_forward_by_im2col,
        "conv_backward_naive": conv_backward_by_im2col,
    },
    "convolution by strides and einsum": {
        "conv_forward_naive": conv_forward_by_strides,
        "conv_backward_naive": conv_backward_by_einsum,
    },
    "pooling that lets every tie win": {
        "max_pool_forward_naive": max_pool_forward_with_sliding_windows,
        "max_pool_backward_naive": max_pool_backward_to_all_ties,
    },
    "pooling that lets the last tie win": {
        "max_pool_forward_naive": max_pool_forward_with_sliding_windows,
        "max_pool_backward_naive": max_pool_backward_to_the_last_tie,
    },
    "pooling that caches the winners": {
        "max_pool_forward_naive": max_pool_forward_with_an_argmax_mask,
        "max_pool_backward_naive": max_pool_backward_with_an_argmax_mask,
    },
}
