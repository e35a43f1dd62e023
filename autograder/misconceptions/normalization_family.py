# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in the relatives of batch normalization: mostly, which axes are averaged."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _normalized(x, axes, params):
    std = np.sqrt(x.var(axis=axes, keepdims=True) + params.get("eps", 1e-5))
    return (x - x.mean(axis=axes, keepdims=True)) / std, std


def _divided(x, axes, params, size):
    """Return x without its mean, divided by what is made of variance and epsilon, and that."""
    divisor = size(x.var(axis=axes, keepdims=True), params.get("eps", 1e-5))
    return (x - x.mean(axis=axes, keepdims=True)) / divisor, divisor


def _variance(var, eps):
    return var + eps


def _without_epsilon(var, _):
    return np.sqrt(var)


def _epsilon_outside(var, eps):
    return np.sqrt(var) + eps


@misconception(
    "layernorm_forward", "An example is divided by its variance: the standard deviation is the root of it."
)
def layernorm_forward_without_root(x, gamma, beta, ln_param):
    x_hat, std = _divided(x, 1, ln_param, _variance)
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception(
    "layernorm_forward", "Epsilon is left out: an example whose features are all alike is divided by zero."
)
def layernorm_forward_without_epsilon(x, gamma, beta, ln_param):
    x_hat, std = _divided(x, 1, ln_param, _without_epsilon)
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception("instancenorm_forward", "A channel is divided by its variance: the standard deviation is its root.")
def instancenorm_forward_without_root(x, gamma, beta, in_param):
    x_hat, std = _divided(x, (2, 3), in_param, _variance)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception("instancenorm_forward", "Epsilon is left out: a channel of one color is divided by zero.")
def instancenorm_forward_without_epsilon(x, gamma, beta, in_param):
    x_hat, std = _divided(x, (2, 3), in_param, _without_epsilon)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception(
    "instancenorm_forward", "Epsilon is added to the standard deviation of the channel, not inside the root."
)
def instancenorm_forward_epsilon_outside(x, gamma, beta, in_param):
    x_hat, std = _divided(x, (2, 3), in_param, _epsilon_outside)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception("layernorm_forward", "The statistics run over the batch: that is batch normalization.")
def layernorm_forward_over_batch(x, gamma, beta, ln_param):
    std = np.sqrt(x.var(axis=0, keepdims=True) + ln_param.get("eps", 1e-5))
    x_hat = (x - x.mean(axis=0, keepdims=True)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception(
    "layernorm_forward", "Epsilon stands outside the root: the variance gets it, so that the root is never of zero."
)
def layernorm_forward_epsilon_outside(x, gamma, beta, ln_param):
    std = x.std(axis=1, keepdims=True) + ln_param.get("eps", 1e-5)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception("layernorm_forward", "Mean and variance run over the whole batch at once: each example has its own.")
def layernorm_forward_over_everything(x, gamma, beta, ln_param):
    std = np.sqrt(x.var() + ln_param.get("eps", 1e-5))
    x_hat = (x - x.mean()) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception("layernorm_forward", "The variance divides by D - 1: over the features of an example it divides by D.")
def layernorm_forward_unbiased(x, gamma, beta, ln_param):
    std = np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + ln_param.get("eps", 1e-5))
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@misconception(
    "layernorm_backward", "The means run over the batch: the statistics came from the features of each example."
)
def layernorm_backward_over_batch(dout, cache):
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception("layernorm_backward", "`dgamma` and `dbeta` are summed over the features: the examples share them.")
def layernorm_backward_sums_features(dout, cache):
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    along = x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True) - along) / std
    return dx, (dout * x_hat).sum(axis=1), dout.sum(axis=1)


@misconception("layernorm_backward", "Mean and variance are taken for constants: the features move them, too.")
def layernorm_backward_constant_statistics(dout, cache):
    x_hat, std, gamma = cache
    return dout * gamma / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception(
    "layernorm_backward", "gamma multiplies at the end: it weighs each feature before the means are taken."
)
def layernorm_backward_gamma_last(dout, cache):
    x_hat, std, gamma = cache
    along = x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
    dx = gamma * (dout - dout.mean(axis=1, keepdims=True) - along) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@misconception(
    "instancenorm_forward", "The channels of an image share their statistics: that is layer normalization."
)
def instancenorm_forward_over_channels(x, gamma, beta, in_param):
    x_hat, std = _normalized(x, (1, 2, 3), in_param)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception("instancenorm_forward", "The images share their statistics: that is spatial batch normalization.")
def instancenorm_forward_over_batch(x, gamma, beta, in_param):
    x_hat, std = _normalized(x, (0, 2, 3), in_param)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception(
    "instancenorm_forward", "Each row has statistics of its own: a channel is normalized over height and width."
)
def instancenorm_forward_by_rows(x, gamma, beta, in_param):
    x_hat, std = _normalized(x, 3, in_param)
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


def _images_back(dout, cache, axes):
    x_hat, std, gamma = cache
    dx_hat = dout * gamma.reshape(1, -1, 1, 1)
    along = x_hat * (dx_hat * x_hat).mean(axis=axes, keepdims=True)
    dx = (dx_hat - dx_hat.mean(axis=axes, keepdims=True) - along) / std
    return dx, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@misconception("instancenorm_backward", "The means run over the channels, too: each channel had its own statistics.")
def instancenorm_backward_over_channels(dout, cache):
    return _images_back(dout, cache, (1, 2, 3))


@misconception(
    "instancenorm_backward", "The parameters' gradients are kept for each image: all images share gamma and beta."
)
def instancenorm_backward_keeps_images(dout, cache):
    dx, _, _ = _images_back(dout, cache, (2, 3))
    return dx, (dout * cache[0]).sum(axis=(2, 3)), dout.sum(axis=(2, 3))


@misconception(
    "instancenorm_backward", "The parameters' gradients are averaged over the pixels: they add up over them."
)
def instancenorm_backward_averages(dout, cache):
    dx, _, _ = _images_back(dout, cache, (2, 3))
    return dx, (dout * cache[0]).mean(axis=(0, 2, 3)), dout.mean(axis=(0, 2, 3))


def _spatial(x, gamma, beta, bn_param, axes, averaged):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    C = x.shape[1]
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    old_mean, old_var = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * averaged(mean)
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * averaged(var)
    else:
        mean, var = np.reshape(old_mean, (1, -1, 1, 1)), np.reshape(old_var, (1, -1, 1, 1))
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    shape = (1, -1, 1, 1)
    return gamma.reshape(shape) * x_hat + beta.reshape(shape), (x_hat, std, gamma)


@misconception(
    "spatial_batchnorm_forward", "Each image has statistics of its own: the batch shares them, channel by channel."
)
def spatial_batchnorm_forward_by_image(x, gamma, beta, bn_param):
    return _spatial(x, gamma, beta, bn_param, (2, 3), lambda array: array.mean(axis=(0, 2, 3)))


@misconception(
    "spatial_batchnorm_forward", "Each pixel has statistics of its own: all pixels of a channel share them."
)
def spatial_batchnorm_forward_by_pixel(x, gamma, beta, bn_param):
    return _spatial(x, gamma, beta, bn_param, 0, lambda array: array.mean(axis=(0, 2, 3)))


@misconception(
    "spatial_batchnorm_forward", "The running averages keep axes of length 1: there is one number for each channel."
)
def spatial_batchnorm_forward_keeps_axes(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    old_mean, old_var = bn_param.get("running_mean", 0.0), bn_param.get("running_var", 0.0)
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * var
    else:
        mean, var = old_mean, old_var
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, std, gamma)


@misconception(
    "spatial_batchnorm_forward", "The images are reshaped to pixels before the channels are moved to the end."
)
def spatial_batchnorm_forward_reshapes_only(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    C = x.shape[1]
    pixels = x.reshape(-1, C)
    mean, var = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    if bn_param["mode"] == "train":
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * pixels.mean(axis=0)
        bn_param["running_var"] = momentum * var + (1 - momentum) * pixels.var(axis=0)
        mean, var = pixels.mean(axis=0), pixels.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (pixels - mean) / std
    return (gamma * x_hat + beta).reshape(x.shape), (x_hat, std, gamma)


def _to_pixels(x):
    return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])


def _to_images(pixels, shape):
    N, C, H, W = shape
    return pixels.reshape(N, H, W, C).transpose(0, 3, 1, 2)


def _of_pixels(pixels, gamma, beta, bn_param, variance=np.var, weights=None):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    old, new = (momentum, 1 - momentum) if weights is None else weights(momentum)
    zeros = np.zeros(len(gamma))
    mean, var = bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)
    if bn_param["mode"] == "train":
        batch = pixels.mean(axis=0), variance(pixels, axis=0)
        bn_param["running_mean"] = old * mean + new * batch[0]
        bn_param["running_var"] = old * var + new * batch[1]
        mean, var = batch
    std = np.sqrt(var + eps)
    x_hat = (pixels - mean) / std
    return gamma * x_hat + beta, (pixels - mean, std, x_hat, gamma)


@misconception(
    "spatial_batchnorm_forward",
    "A reshape alone makes the table of pixels: it mixes the channels, which must come last.",
)
def spatial_batchnorm_forward_mixes_on_the_way_in(x, gamma, beta, bn_param):
    out, cache = _of_pixels(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return _to_images(out, x.shape), (cache, x.shape)


@misconception(
    "spatial_batchnorm_forward", "A reshape alone makes images of the table: it mixes the channels, which came last."
)
def spatial_batchnorm_forward_mixes_on_the_way_out(x, gamma, beta, bn_param):
    out, cache = _of_pixels(_to_pixels(x), gamma, beta, bn_param)
    return out.reshape(x.shape), (cache, x.shape)


@misconception(
    "spatial_batchnorm_forward",
    "The momentum is reversed: it is the weight of the old average, not of the new batch.",
)
def spatial_batchnorm_forward_reverses_momentum(x, gamma, beta, bn_param):
    out, cache = _of_pixels(_to_pixels(x), gamma, beta, bn_param, weights=lambda momentum: (1 - momentum, momentum))
    return _to_images(out, x.shape), (cache, x.shape)


@misconception(
    "spatial_batchnorm_forward", "The standard deviation stands where the variance of the channel belongs."
)
def spatial_batchnorm_forward_deviation_for_variance(x, gamma, beta, bn_param):
    out, cache = _of_pixels(_to_pixels(x), gamma, beta, bn_param, variance=np.std)
    return _to_images(out, x.shape), (cache, x.shape)


@misconception(
    "spatial_batchnorm_backward", "The batch counts as N in the means: there are N times H times W numbers in each."
)
def spatial_batchnorm_backward_counts_images(dout, cache):
    (_, std, x_hat, gamma), (N, C, H, W) = cache
    pixels = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx_hat = pixels * gamma
    dx = (dx_hat - dx_hat.sum(axis=0) / N - x_hat * (dx_hat * x_hat).sum(axis=0) / N) / std
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), (pixels * x_hat).sum(axis=0), pixels.sum(axis=0)


@misconception(
    "spatial_batchnorm_backward",
    "The pixels are put back in the wrong order: what was transposed last comes back first.",
)
def spatial_batchnorm_backward_reshapes_only(dout, cache):
    (_, std, x_hat, gamma), (N, C, H, W) = cache
    pixels = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx_hat = pixels * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx.reshape(N, C, H, W), (pixels * x_hat).sum(axis=0), pixels.sum(axis=0)


@misconception(
    "spatial_batchnorm_backward", "Mean and variance of a channel are taken for constants: its pixels move them."
)
def spatial_batchnorm_backward_constant_statistics(dout, cache):
    (_, std, x_hat, gamma), (N, C, H, W) = cache
    pixels = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx = (pixels * gamma / std).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, (pixels * x_hat).sum(axis=0), pixels.sum(axis=0)


@misconception(
    "spatial_groupnorm_forward", "The groups are left out: all channels of an image share their statistics."
)
def spatial_groupnorm_forward_ignores_groups(x, gamma, beta, G, gn_param):
    x_hat, std = _normalized(x, (1, 2, 3), gn_param)
    return gamma * x_hat + beta, (x_hat, std, gamma, G)


@misconception("spatial_groupnorm_forward", "Each channel is its own group: that is instance normalization.")
def spatial_groupnorm_forward_by_channel(x, gamma, beta, G, gn_param):
    x_hat, std = _normalized(x, (2, 3), gn_param)
    return gamma * x_hat + beta, (x_hat, std, gamma, G)


def _grouped(x, gamma, beta, G, gn_param, size):
    N, C, H, W = x.shape
    x_hat, std = _divided(x.reshape(N, G, C // G, H, W), (2, 3, 4), gn_param, size)
    return gamma * x_hat.reshape(x.shape) + beta, (x_hat.reshape(x.shape), std, gamma, G)


@misconception("spatial_groupnorm_forward", "A group is divided by its variance: the standard deviation is its root.")
def spatial_groupnorm_forward_without_root(x, gamma, beta, G, gn_param):
    return _grouped(x, gamma, beta, G, gn_param, _variance)


@misconception("spatial_groupnorm_forward", "Epsilon is left out: a group of one color is divided by zero.")
def spatial_groupnorm_forward_without_epsilon(x, gamma, beta, G, gn_param):
    return _grouped(x, gamma, beta, G, gn_param, _without_epsilon)


@misconception(
    "spatial_groupnorm_forward", "Epsilon is added to the standard deviation of a group, not inside the root."
)
def spatial_groupnorm_forward_epsilon_outside(x, gamma, beta, G, gn_param):
    return _grouped(x, gamma, beta, G, gn_param, _epsilon_outside)


@misconception("spatial_groupnorm_forward", "A group takes every G-th channel: its channels are neighbors.")
def spatial_groupnorm_forward_interleaves(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    x_hat, std = _normalized(x.reshape(N, C // G, G, H, W), (1, 3, 4), gn_param)
    return gamma * x_hat.reshape(x.shape) + beta, (x_hat.reshape(x.shape), std, gamma, G)


@misconception("spatial_groupnorm_forward", "The images of a batch share their statistics: each image has its own.")
def spatial_groupnorm_forward_over_batch(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    x_hat, std = _normalized(x.reshape(N, G, C // G, H, W), (0, 2, 3, 4), gn_param)
    return gamma * x_hat.reshape(x.shape) + beta, (x_hat.reshape(x.shape), std, gamma, G)


def _groups_back(dout, cache):
    x_hat, std, gamma, G = cache
    N, C, H, W = x_hat.shape
    grouped, dx_hat = (array.reshape(N, G, C // G, H, W) for array in (x_hat, dout * gamma))
    axes = (2, 3, 4)
    along = grouped * (dx_hat * grouped).mean(axis=axes, keepdims=True)
    return ((dx_hat - dx_hat.mean(axis=axes, keepdims=True) - along) / std).reshape(x_hat.shape)


@misconception(
    "spatial_groupnorm_backward", "The parameters' gradients lose their axes: they have the shape of gamma."
)
def spatial_groupnorm_backward_flat(dout, cache):
    dx = _groups_back(dout, cache)
    return dx, (dout * cache[0]).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@misconception(
    "spatial_groupnorm_backward",
    "The parameters' gradients are summed over the channels, too: each channel has its own.",
)
def spatial_groupnorm_backward_sums_channels(dout, cache):
    dx, ones = _groups_back(dout, cache), np.ones((1, dout.shape[1], 1, 1))
    return dx, (dout * cache[0]).sum() * ones, dout.sum() * ones


@misconception(
    "spatial_groupnorm_backward", "gamma is left out of `dx`: it scales what comes back as it scaled what went out."
)
def spatial_groupnorm_backward_without_gamma(dout, cache):
    x_hat, std, gamma, G = cache
    dx = _groups_back(dout, (x_hat, std, np.ones_like(gamma), G))
    return dx, (dout * x_hat).sum(axis=(0, 2, 3), keepdims=True), dout.sum(axis=(0, 2, 3), keepdims=True)
