# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in batch normalization. The cache is that of the lesson: (centered, std, x_hat, gamma)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("batchnorm_forward", "Epsilon is added to the standard deviation: it belongs beside the variance.")
def batchnorm_forward_epsilon_outside(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    mean, var = (x.mean(axis=0), x.var(axis=0)) if bn_param["mode"] == "train" else (running_mean, running_var)
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    std = np.sqrt(var) + eps
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_forward", "The statistics run along each example: that is layer normalization.")
def batchnorm_forward_over_features(x, gamma, beta, bn_param):
    centered = x - x.mean(axis=-1, keepdims=True)
    std = np.sqrt(x.var(axis=-1, keepdims=True) + bn_param.get("eps", 1e-5))
    bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    x_hat = centered / std
    return gamma * x_hat + beta, (centered, std, x_hat, gamma)


@misconception("batchnorm_forward", "The variance of the batch divides by N - 1: within a batch it divides by N.")
def batchnorm_forward_unbiased(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * x.mean(axis=0)
        bn_param["running_var"] = momentum * var + (1 - momentum) * x.var(axis=0, ddof=1)
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_forward", "Momentum weighs the new batch: it says how much of the old average is kept.")
def batchnorm_forward_momentum_reversed(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = (1 - momentum) * mean + momentum * x.mean(axis=0)
        bn_param["running_var"] = (1 - momentum) * var + momentum * x.var(axis=0)
        mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_forward", "Test mode uses the batch at hand: one example has no statistics of its own.")
def batchnorm_forward_batch_statistics_in_test(x, gamma, beta, bn_param):
    momentum = bn_param.get("momentum", 0.9)
    mean, var = x.mean(axis=0), x.var(axis=0)
    if bn_param["mode"] == "train":
        old_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
        old_var = bn_param.get("running_var", np.zeros(x.shape[1]))
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * var
    std = np.sqrt(var + bn_param.get("eps", 1e-5))
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_backward", "Mean and variance are taken for constants: x moves them, too.")
def batchnorm_backward_constant_statistics(dout, cache):
    _, std, x_hat, gamma = cache
    return dout * gamma / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception("batchnorm_backward", "`dgamma` leaves out what gamma multiplies: the normalized input.")
def batchnorm_backward_dgamma_without_x(dout, cache):
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, dout.sum(axis=0), dout.sum(axis=0)


@misconception("batchnorm_backward_alt", "The path through the variance is missing.")
def batchnorm_backward_alt_without_variance(dout, cache):
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    return (dx_hat - dx_hat.mean(axis=0)) / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
