"""What the normalizations share: they differ only in the numbers that are averaged together."""

import numpy as np

from cs231n_lib.layers._checks import check_shape


def check_scale_and_shift(gamma, beta, shape, owner):
    """Refuse any other shape, so that broadcasting cannot hide a mistake."""
    check_shape("gamma", gamma, shape, f"There is one scale for each {owner}.")
    check_shape("beta", beta, shape, f"There is one shift for each {owner}.")


def check_filled(x):
    """Refuse examples without numbers. A batch without examples may pass: nothing is averaged."""
    if 0 in x.shape[1:]:
        raise ValueError(f"`x` must hold numbers in each example (got shape {x.shape}). What is empty has no mean.")


def running_averages(bn_param, D, dtype):
    """Return the running mean and variance of D features; zeros at first."""
    averages = []
    for key in ("running_mean", "running_var"):
        average = np.asarray(bn_param.setdefault(key, np.zeros(D, dtype)), dtype)
        check_shape(f"bn_param['{key}']", average, (D,), "Keep one `bn_param` for each layer.")
        averages.append(average)
    return averages


def update_running_averages(bn_param, mean, var):
    """Put the new running averages into the dictionary; `momentum` is the weight of the old ones."""
    running_mean, running_var = running_averages(bn_param, len(mean), mean.dtype)
    momentum = float(bn_param.get("momentum", 0.9))
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var


def standardize(x, axes, params):
    """Give the numbers along the axes mean 0 and, but for ``params['eps']``, deviation 1.

    Returns the result and the deviations, whose averaged axes have length 1.
    """
    eps = float(params.get("eps", 1e-5))  # float: a NumPy float64 would turn float32 into float64
    centered = x - x.mean(axis=axes, keepdims=True)
    std = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    return centered / std, std


def standardize_backward(dx_hat, x_hat, std, axes):
    """Send the gradient back: take from it what points along the ones (the mean) and along x̂ (the scale)."""
    along_ones = dx_hat.mean(axis=axes, keepdims=True)
    along_x_hat = x_hat * (dx_hat * x_hat).mean(axis=axes, keepdims=True)
    return (dx_hat - along_ones - along_x_hat) / std
