# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
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


@misconception(
    "batchnorm_forward", "The running variance already holds epsilon: it is added where it is used, not kept."
)
def batchnorm_forward_keeps_epsilon(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, std = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * std**2
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_forward", "Test mode moves the running averages on: at test time nothing is learned.")
def batchnorm_forward_learns_in_test(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta, (x - x.mean(axis=0), std, x_hat, gamma)


@misconception(
    "batchnorm_forward", "The standard deviation is rooted once more, or stands where the variance belongs."
)
def batchnorm_forward_std_for_variance(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        batch_mean, batch_var = x.mean(axis=0), x.std(axis=0)
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * batch_mean
        bn_param["running_var"] = momentum * var + (1 - momentum) * batch_var
        mean, var = batch_mean, batch_var
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


def _normalized(x, gamma, beta, bn_param, size):
    """Normalize as it should be, but for what numbers are divided by."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * x.mean(axis=0)
        bn_param["running_var"] = momentum * var + (1 - momentum) * x.var(axis=0)
        mean, var = x.mean(axis=0), x.var(axis=0)
    std = size(var, eps)
    with np.errstate(all="ignore"):  # a batch of one has no variance
        x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x - mean, std, x_hat, gamma)


@misconception("batchnorm_forward", "x is divided by its variance: the standard deviation is the root of it.")
def batchnorm_forward_without_root(x, gamma, beta, bn_param):
    return _normalized(x, gamma, beta, bn_param, lambda var, eps: var + eps)


@misconception("batchnorm_forward", "Epsilon is left out: where a feature does not vary, zero is divided by zero.")
def batchnorm_forward_without_epsilon(x, gamma, beta, bn_param):
    return _normalized(x, gamma, beta, bn_param, lambda var, _: np.sqrt(var))


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


@misconception("batchnorm_backward", "The gradient through the mean is missing: every example moves the mean.")
def batchnorm_backward_without_mean(dout, cache):
    centered, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dvar = -0.5 * (dx_hat * centered).sum(axis=0) / std**3
    return dx_hat / std + 2 * centered * dvar / len(dout), (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception(
    "batchnorm_backward", "`dx` does not know gamma: what it multiplied, its gradient is multiplied by, too."
)
def batchnorm_backward_dx_without_gamma(dout, cache):
    _, std, x_hat, _ = cache
    dx = (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def _through_the_graph(dout, cache, of_mean, of_variance):
    """Go back along the graph, with these shares of an example in the mean and in the variance."""
    centered, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dvar = -0.5 * (dx_hat * centered).sum(axis=0) / std**3
    dcentered = dx_hat / std + 2 * centered * dvar * of_variance
    return dcentered - dcentered.sum(axis=0) * of_mean, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception("batchnorm_backward", "The gradient of the mean comes back whole: an example is 1/N of the mean.")
def batchnorm_backward_whole_mean(dout, cache):
    return _through_the_graph(dout, cache, 1, 1 / len(dout))


@misconception("batchnorm_backward", "The gradient of the variance comes back whole: the variance is a mean, too.")
def batchnorm_backward_whole_variance(dout, cache):
    return _through_the_graph(dout, cache, 1 / len(dout), 1)


@misconception("batchnorm_backward", "`dgamma` and `dbeta` are averaged over the batch: they add up over it.")
def batchnorm_backward_averages(dout, cache):
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).mean(axis=0), dout.mean(axis=0)


@misconception("batchnorm_backward_alt", "The sums are not divided by N: what is taken off is a mean.")
def batchnorm_backward_alt_sums(dout, cache):
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception("batchnorm_backward_alt", "The closed form leaves out gamma: it stands before all of its terms.")
def batchnorm_backward_alt_without_gamma(dout, cache):
    _, std, x_hat, _ = cache
    dx = (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception(
    "population_statistics", "The biased variance is kept: for all the data it is corrected by m / (m - 1)."
)
def population_statistics_biased(batch_means, batch_variances, m):
    return batch_means.mean(axis=0), batch_variances.mean(axis=0)


@misconception("population_statistics", "The number of batches corrects the variance: it is the size of a batch.")
def population_statistics_counts_batches(batch_means, batch_variances, m):
    batches = max(2, len(batch_means))
    return batch_means.mean(axis=0), batches / (batches - 1) * batch_variances.mean(axis=0)


@misconception(
    "population_statistics", "The correction is upside down: the variance of a batch is too small, not too large."
)
def population_statistics_upside_down(batch_means, batch_variances, m):
    return batch_means.mean(axis=0), (m - 1) / m * batch_variances.mean(axis=0)


@misconception(
    "population_statistics", "The variance of the batch means is taken: the mean of the batch variances is asked."
)
def population_statistics_of_means(batch_means, batch_variances, m):
    return batch_means.mean(axis=0), m / (m - 1) * batch_means.var(axis=0)


@misconception("fold_batchnorm", "The mean is subtracted unscaled: it went through the scale, too.")
def fold_batchnorm_mean_unscaled(gamma, beta, mean, var, eps=1e-5):
    return gamma / np.sqrt(var + eps), beta - mean


@misconception("fold_batchnorm", "The mean is scaled by gamma alone: in the layer it is divided by the root as well.")
def fold_batchnorm_mean_by_gamma(gamma, beta, mean, var, eps=1e-5):
    return gamma / np.sqrt(var + eps), beta - gamma * mean


@misconception("fold_batchnorm", "Epsilon is left out: the layer in test mode has it.")
def fold_batchnorm_without_epsilon(gamma, beta, mean, var, eps=1e-5):
    scale = gamma / np.sqrt(var)
    return scale, beta - scale * mean


@misconception("fold_batchnorm", "The scale divides by the variance: the layer divides by its root.")
def fold_batchnorm_by_variance(gamma, beta, mean, var, eps=1e-5):
    scale = gamma / (var + eps)
    return scale, beta - scale * mean
