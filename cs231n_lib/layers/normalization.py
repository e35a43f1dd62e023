"""Normalization over the batch."""

import numpy as np

from cs231n_lib.layers._checks import (
    as_floats,
    check_axes,
    check_not_empty,
    check_shape,
    check_trained,
    check_whole,
    read_mode,
)
from cs231n_lib.layers._norms import (
    check_scale_and_shift,
    running_averages,
    standardize_backward,
    update_running_averages,
)


def batchnorm_forward(x, gamma, beta, bn_param):
    r"""Normalize each feature over the batch, then scale and shift.

    .. math::
        \mu = \frac{1}{N} \sum_n x_n, \qquad \sigma^2 = \frac{1}{N} \sum_n (x_n - \mu)^2, \qquad
        \mathrm{out} = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta

    Parameters
    ----------
    x : ndarray of shape (N, D)
    gamma, beta : ndarray of shape (D,)
    bn_param : dict
        ``mode``, 'train' or 'test', is required. ``eps`` (1e-5, the official default) keeps us from dividing
        by the zero deviation of a constant feature. ``running_mean`` and ``running_var``, of shape (D,) and
        zeros at first, are the running averages; 'train' mode puts their new values into the dictionary.
        ``momentum`` (0.9, likewise) is the weight of the old value in the new one. Other keys are ignored.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple or None
        For `batchnorm_backward` and `batchnorm_backward_alt`; what is in it is theirs. None in 'test' mode.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If ``mode`` is neither 'train' nor 'test', the shapes do not belong together, or a training batch is
        empty.

    Notes
    -----
    In 'test' mode μ and σ² are the running averages, so that the output for one example does not depend on
    its company.

    Both variances divide by N, as the official course does. The paper, like PyTorch, multiplies the one kept
    for inference by N / (N - 1).

    A training batch of one example is its own mean: its output is ``beta``, whatever the input.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> bn_param = {"mode": "train"}
    >>> out, cache = batchnorm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), bn_param)
    >>> out.round(3)
    array([[-1.],
           [ 1.]])
    >>> bn_param["running_mean"].round(3), bn_param["running_var"].round(3)
    (array([0.2]), array([0.1]))
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    _, D = check_axes("x", x, "N, D")
    check_scale_and_shift(gamma, beta, (D,), "feature")
    eps = float(bn_param.get("eps", 1e-5))  # float: a NumPy float64 would turn float32 into float64
    mode = read_mode(bn_param, "bn_param", "Training normalizes by the batch, testing by the running averages.")
    mean, var = _batch_statistics(x, bn_param) if mode == "train" else running_averages(bn_param, D, x.dtype)
    centered = x - mean  # (N, D)
    std = np.sqrt(var + eps)  # (D,)
    x_hat = centered / std  # (N, D)
    out = gamma * x_hat + beta  # (N, D)
    return out, (centered, std, x_hat, gamma) if mode == "train" else None


def batchnorm_backward(dout, cache):
    r"""Send the gradient back through `batchnorm_forward` in 'train' mode, one node of the graph at a time.

    The batch reaches the output by three paths: directly, through the variance, and through the mean.

    .. math::
        d\hat{x} = \mathrm{dout}\, \gamma, \qquad
        d\sigma^2 = -\frac{1}{2 (\sigma^2 + \epsilon)^{3/2}} \sum_n d\hat{x}_n (x_n - \mu), \qquad
        dx = d\bar{x} - \frac{1}{N} \sum_n d\bar{x}_n

    where :math:`d\bar{x} = d\hat{x} / \sqrt{\sigma^2 + \epsilon} + \frac{2}{N} (x - \mu)\, d\sigma^2` is the
    gradient of the centered batch.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `batchnorm_forward` in 'train' mode.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)

    Raises
    ------
    ValueError
        If ``cache`` comes from 'test' mode, or ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The gradients of each feature sum to zero over the batch, because adding a constant to the feature changes
    nothing. With one example dx is therefore 0.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0], [2.0], [6.0]])
    >>> _, cache = batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> dx, dgamma, dbeta = batchnorm_backward(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> dx.round(3)
    array([[ 0.176],
           [-0.22 ],
           [ 0.044]])
    """
    dout, centered, std, x_hat, gamma = _unpack(dout, cache)
    N = len(dout)
    dbeta = dout.sum(axis=0)  # (D,)
    dgamma = (dout * x_hat).sum(axis=0)  # (D,)
    dx_hat = dout * gamma  # (N, D)
    dstd = -(dx_hat * centered).sum(axis=0) / std**2  # (D,) from x_hat = centered / std
    dvar = dstd / (2 * std)  # (D,) from std = sqrt(var + eps)
    dcentered = dx_hat / std + 2 * centered * dvar / N  # (N, D) directly, and from var = mean(centered**2)
    dmean = -dcentered.sum(axis=0)  # (D,) from centered = x - mean
    dx = dcentered + dmean / N  # (N, D) directly, and from mean = sum(x) / N
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    r"""Send the gradient back through `batchnorm_forward` in 'train' mode by one closed formula.

    .. math::
        dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( d\hat{x} - \frac{1}{N} \sum_n d\hat{x}_n
        - \hat{x}\, \frac{1}{N} \sum_n d\hat{x}_n \hat{x}_n \right), \qquad d\hat{x} = \mathrm{dout}\, \gamma

    Parameters
    ----------
    dout : ndarray of shape (N, D)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `batchnorm_forward` in 'train' mode.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)

    Raises
    ------
    ValueError
        If ``cache`` comes from 'test' mode, or ``dout`` does not have the shape of ``out``.

    Notes
    -----
    What `batchnorm_backward` collects along three paths, simplified on paper. Read it as a projection: from
    the gradient goes what points along the ones (the mean) and along x̂ (the scale), the two directions in
    which normalization undoes every change. It is exact with ε too.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3, from which it follows.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0], [2.0], [6.0]])
    >>> _, cache = batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> dx, dgamma, dbeta = batchnorm_backward_alt(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> dx.round(3)
    array([[ 0.176],
           [-0.22 ],
           [ 0.044]])
    """
    dout, _, std, x_hat, gamma = _unpack(dout, cache)
    dbeta = dout.sum(axis=0)  # (D,)
    dgamma = (dout * x_hat).sum(axis=0)  # (D,)
    dx = standardize_backward(dout * gamma, x_hat, std, axes=0)  # (N, D)
    return dx, dgamma, dbeta


def population_statistics(batch_means, batch_variances, m):
    r"""Estimate mean and variance of all the data from those of many batches.

    .. math::
        \mathrm{E}[x] = \frac{1}{B} \sum_b \mu_b, \qquad
        \mathrm{Var}[x] = \frac{m}{m - 1} \cdot \frac{1}{B} \sum_b \sigma_b^2

    Parameters
    ----------
    batch_means, batch_variances : ndarray of shape (B, D)
        Of D features in B batches. The variances divide by m, as `batchnorm_forward` does.
    m : int
        How many numbers of each feature a batch holds: N in `batchnorm_forward`, N · H · W in
        `spatial_batchnorm_forward`.

    Returns
    -------
    mean, var : ndarray of shape (D,)

    Raises
    ------
    TypeError
        If the statistics are not real numbers, or ``m`` is no integer.
    ValueError
        If the shapes do not belong together, there is no batch, or ``m`` is less than 2.

    Notes
    -----
    Around its own mean a batch varies less than around the true one: its variance is too small by the factor
    (m - 1) / m on average. Multiplied by m / (m - 1) it is unbiased, which is why the spread of the batch
    means is not added.

    The running averages of `batchnorm_forward` are a cheaper estimate, in which the last batches count most and
    the biased variances stay as they are.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2, step 10.

    Examples
    --------
    Two batches of two, {0, 2} and {4, 10}:

    >>> import numpy as np
    >>> population_statistics(np.array([[1.0], [7.0]]), np.array([[1.0], [9.0]]), 2)
    (array([4.]), array([10.]))
    """
    means, variances = as_floats(batch_means=batch_means, batch_variances=batch_variances)
    check_axes("batch_means", means, "B, D")
    check_shape("batch_variances", variances, means.shape, "Every mean has its variance.")
    if len(means) == 0:
        raise ValueError(
            f"`batch_means` must hold at least one batch (got shape {means.shape}). "
            "Collect the statistics of some training batches first."
        )
    m = check_whole("m", m, 2, "A single number says nothing about the variance.")
    return means.mean(axis=0), m / (m - 1) * variances.mean(axis=0)


def fold_batchnorm(gamma, beta, mean, var, eps=1e-5):
    r"""Write batch normalization in 'test' mode as one scale and one shift.

    .. math::
        \mathrm{scale} = \frac{\gamma}{\sqrt{\mathrm{Var}[x] + \epsilon}}, \qquad
        \mathrm{shift} = \beta - \mathrm{scale} \cdot \mathrm{E}[x]

    Parameters
    ----------
    gamma, beta : ndarray of shape (D,)
        The learned scale and shift.
    mean, var : ndarray of shape (D,)
        The statistics for inference: running averages, or those of `population_statistics`.
    eps : float
        That of the layer.

    Returns
    -------
    scale, shift : ndarray of shape (D,)
        ``scale * x + shift`` is the output in 'test' mode.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes are not all the same.

    Notes
    -----
    After training nothing depends on the batch any more. What is left is an affine map, which the affine or
    convolutional layer before it can take into its own weights and bias: at inference batch normalization
    costs nothing.

    With γ = √(Var[x] + ε) and β = E[x] the map is the identity. So normalization takes nothing from what the
    network can express.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2, step 11.

    Examples
    --------
    >>> import numpy as np
    >>> gamma, beta, mean, var = np.array([6.0]), np.array([1.0]), np.array([10.0]), np.array([4.0])
    >>> scale, shift = fold_batchnorm(gamma, beta, mean, var, eps=0.0)
    >>> scale, shift
    (array([3.]), array([-29.]))
    >>> x = np.array([[10.0], [12.0]])
    >>> bn_param = {"mode": "test", "running_mean": mean, "running_var": var, "eps": 0.0}
    >>> np.array_equal(scale * x + shift, batchnorm_forward(x, gamma, beta, bn_param)[0])
    True
    """
    gamma, beta, mean, var = as_floats(gamma=gamma, beta=beta, mean=mean, var=var)
    shape = check_axes("gamma", gamma, "D")
    for name, array in (("beta", beta), ("mean", mean), ("var", var)):
        check_shape(name, array, shape, "There is one for each scale in `gamma`.")
    scale = gamma / np.sqrt(var + float(eps))  # float: a NumPy float64 would turn float32 into float64
    return scale, beta - scale * mean


def _batch_statistics(x, bn_param):
    check_not_empty("x", x)
    mean, var = x.mean(axis=0), x.var(axis=0)  # (D,), (D,)
    update_running_averages(bn_param, mean, var)
    return mean, var


def _unpack(dout, cache):
    check_trained(cache, "bn_param")
    centered, std, x_hat, gamma = cache
    arrays = as_floats(dout=dout, centered=centered, std=std, x_hat=x_hat, gamma=gamma)
    check_shape("dout", arrays[0], x_hat.shape, "It has the shape of the output of `batchnorm_forward`.")
    return arrays
