"""Normalization over the batch."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_not_empty, check_shape


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
    check_shape("gamma", gamma, (D,), "There is one scale for each feature.")
    check_shape("beta", beta, (D,), "There is one shift for each feature.")
    eps = float(bn_param.get("eps", 1e-5))  # float: a NumPy float64 would turn float32 into float64
    mode = _mode(bn_param)
    mean, var = _batch_statistics(x, bn_param) if mode == "train" else _running_averages(x, bn_param)  # (D,)
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
    dx_hat = dout * gamma  # (N, D)
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std  # (N, D)
    return dx, dgamma, dbeta


def _mode(bn_param):
    mode = bn_param.get("mode")
    if mode not in ("train", "test"):
        raise ValueError(
            f"`bn_param['mode']` must be 'train' or 'test' (got {mode!r}). "
            "Training normalizes by the batch, testing by the running averages."
        )
    return mode


def _batch_statistics(x, bn_param):
    check_not_empty("x", x)
    mean, var = x.mean(axis=0), x.var(axis=0)  # (D,), (D,)
    running_mean, running_var = _running_averages(x, bn_param)
    momentum = float(bn_param.get("momentum", 0.9))
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return mean, var


def _running_averages(x, bn_param):
    _, D = x.shape
    averages = []
    for key in ("running_mean", "running_var"):
        average = np.asarray(bn_param.setdefault(key, np.zeros(D, x.dtype)), x.dtype)
        check_shape(f"bn_param['{key}']", average, (D,), "Keep one `bn_param` for each layer.")
        averages.append(average)
    return averages


def _unpack(dout, cache):
    if cache is None:
        raise ValueError(
            "`cache` must come from 'train' mode (got None). Set bn_param['mode'] before the forward pass."
        )
    centered, std, x_hat, gamma = cache
    arrays = as_floats(dout=dout, centered=centered, std=std, x_hat=x_hat, gamma=gamma)
    check_shape("dout", arrays[0], x_hat.shape, "It has the shape of the output of `batchnorm_forward`.")
    return arrays
