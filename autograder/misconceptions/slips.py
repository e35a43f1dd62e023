# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""Further slips, which were made on purpose in the lessons to see what a student reads then."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception(
    "batchnorm_forward", "The squares are summed and not averaged: a variance does not grow with the batch."
)
def batchnorm_forward_sums_squares(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mu, squares = x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).sum(axis=0)
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * var + (1 - momentum) * squares
        mean, var = mu, squares
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_backward", "The gradient through the variance is missing: every example moves it.")
def batchnorm_backward_without_variance(dout, cache):
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    return (dx_hat - dx_hat.mean(axis=0)) / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception("layernorm_backward", "`dx` leaves out gamma, which stands between it and the loss.")
def layernorm_backward_dx_without_gamma(dout, cache):
    x_hat, std = cache[:2]
    along = (dout * x_hat).mean(axis=1, keepdims=True)
    dx = (dout - dout.mean(axis=1, keepdims=True) - x_hat * along) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception(
    "fold_into_convolution", "The scale is laid along the columns of the filters: it belongs to their first axis."
)
def fold_into_convolution_along_columns(w, b, gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var + eps)
    return scale * w, scale * (b - mean) + beta


@misconception(
    "conv_forward_im2col",
    "The product lists filter after filter, each with all images: only an exchange of axes reorders.",
)
def conv_forward_im2col_reshapes_with_the_bias(x, w, b, conv_param):
    (N, _, H, W), (F, C, HH, WW) = x.shape, w.shape
    S, P = conv_param["stride"], conv_param["pad"]
    rows, columns = (H + 2 * P - HH) // S + 1, (W + 2 * P - WW) // S + 1
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    cols = np.empty((C, HH, WW, N, rows, columns))
    for p, q in np.ndindex(HH, WW):
        cols[:, p, q] = padded[:, :, p : p + S * rows : S, q : q + S * columns : S].swapaxes(0, 1)
    cols = cols.reshape(C * HH * WW, -1)
    return (w.reshape(F, -1) @ cols + b[:, None]).reshape(N, F, rows, columns), (x, w, b, conv_param, cols[None])


@misconception(
    "pixel_softmax_loss", "The largest score of all pixels is subtracted: each pixel has a largest of its own."
)
def pixel_softmax_loss_largest_of_all(scores, y):
    with np.errstate(all="ignore"):
        shifted = scores - scores.max()
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
        return -log_p[right].sum() / y.size, (np.exp(log_p) - right) / y.size


@misconception("mean_iou", "Right pixels of all classes are counted: the intersection is that of one class.")
def mean_iou_all_right_pixels(y_pred, y, num_classes):
    unions = [np.sum((y_pred == c) | (y == c)) for c in range(num_classes)]
    return np.mean([np.sum(y_pred == y) / union for union in unions if union])


@misconception("adam", "The second average is that of the gradient: it should be that of its square.")
def adam_averages_gradients_twice(w, dw, config=None):
    config = {} if config is None else config
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0}
    for name, value in (defaults | {"m": np.zeros_like(w), "v": np.zeros_like(w)}).items():
        config.setdefault(name, value)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw
    m = config["m"] / (1 - config["beta1"] ** config["t"])
    v = config["v"] / (1 - config["beta2"] ** config["t"])
    with np.errstate(invalid="ignore"):
        return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception(
    "batchnorm_forward", "At test time the mean is that of the batch: the running average takes its place, too."
)
def batchnorm_forward_mean_of_the_test_batch(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * x.mean(axis=0)
        bn_param["running_var"] = momentum * var + (1 - momentum) * x.var(axis=0)
        var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta, (x - x.mean(axis=0), std, x_hat, gamma)


@misconception(
    "conv_backward_naive", "Each filter overwrites what the filters before it gave to `dx`: all of them add up."
)
def conv_backward_naive_overwrites_filter_by_filter(dout, cache):
    x, w, _, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    (H, W), (HH, WW) = x.shape[2:], w.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for n, f, i, j in np.ndindex(*dout.shape):
        rows, columns = slice(i * S, i * S + HH), slice(j * S, j * S + WW)
        dw[f] += dout[n, f, i, j] * padded[n, :, rows, columns]
        dpadded[n, :, rows, columns] = dout[n, f, i, j] * w[f]
    return dpadded[:, :, P : P + H, P : P + W], dw, dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_backward_im2col", "A reshape of `dout` alone mixes images and filters, and the sums of the rows with them."
)
def conv_backward_im2col_reshapes_for_the_bias_too(dout, cache):
    x, w, _, conv_param, cols = cache
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    S, P = conv_param["stride"], conv_param["pad"]
    matrix = dout.reshape(F, -1)
    dcols = (w.reshape(F, -1).T @ matrix).reshape(C, HH, WW, N, *dout.shape[2:])
    padded = np.zeros((N, C, H + 2 * P, W + 2 * P))
    for p, q in np.ndindex(HH, WW):
        places = padded[:, :, p : p + S * dout.shape[2] : S, q : q + S * dout.shape[3] : S]
        places += dcols[:, p, q].swapaxes(0, 1)
    dw = (matrix @ cols.reshape(C * HH * WW, -1).T).reshape(w.shape)
    return padded[:, :, P : P + H, P : P + W], dw, matrix.sum(axis=1)


@misconception(
    "conv_relu_pool_backward", "The way back skips ReLU: a window whose numbers were all cut off passes nothing on."
)
def conv_relu_pool_backward_skips_relu(dout, cache):
    (x, w, _, conv_param), _, (positive, pool_param) = cache
    (HH, WW), S, P = w.shape[2:], conv_param["stride"], conv_param["pad"]
    height, width, step = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    padded, dmaps = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P))), np.zeros_like(positive)
    for n, f, i, j in np.ndindex(*dout.shape):
        window = positive[n, f, i * step : i * step + height, j * step : j * step + width]
        row, column = np.unravel_index(np.argmax(window), window.shape)
        dmaps[n, f, i * step + row, j * step + column] += dout[n, f, i, j]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for n, f, i, j in np.ndindex(*dmaps.shape):
        rows, columns = slice(i * S, i * S + HH), slice(j * S, j * S + WW)
        dw[f] += dmaps[n, f, i, j] * padded[n, :, rows, columns]
        dpadded[n, :, rows, columns] += dmaps[n, f, i, j] * w[f]
    return dpadded[:, :, P : P + x.shape[2], P : P + x.shape[3]], dw, dmaps.sum(axis=(0, 2, 3))


@misconception("rmsprop", "The average is that of the gradient: it should be that of its square, which has no sign.")
def rmsprop_averages_gradients(w, dw, config=None):
    config = {} if config is None else config
    for name, value in {
        "learning_rate": 1e-2,
        "decay_rate": 0.99,
        "epsilon": 1e-8,
        "cache": np.zeros_like(w),
    }.items():
        config.setdefault(name, value)
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw
    with np.errstate(invalid="ignore"):
        return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config
