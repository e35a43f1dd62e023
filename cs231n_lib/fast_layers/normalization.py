"""Fast batch normalization: a block of examples goes through all its steps while it is in the cache."""

import numpy as np

from cs231n_lib.fast_layers._lowering import blocks
from cs231n_lib.layers._checks import as_floats, check_axes, check_not_empty, check_shape, check_trained, read_mode
from cs231n_lib.layers._norms import check_filled, check_scale_and_shift, running_averages, update_running_averages


def batchnorm_forward_fast(x, gamma, beta, bn_param):
    r"""Normalize each feature over the batch, then scale and shift: `batchnorm_forward`, faster.

    .. math:: \mathrm{out} = (x - \mu) \cdot \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} + \beta

    Parameters
    ----------
    x : ndarray of shape (N, D)
    gamma, beta : ndarray of shape (D,)
    bn_param : dict
        As in `batchnorm_forward`. In 'train' mode the running averages in it are updated in place.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple or None
        For `batchnorm_backward_fast`; what is in it is its own. None in 'test' mode.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If ``mode`` is neither 'train' nor 'test', the shapes do not belong together, or a training batch is
        empty.

    Notes
    -----
    A sum over the batch is a matrix-vector product, :math:`1^\top x`, which reads x once at the speed of memory.
    Variance and output are computed a block of examples at a time, in place and without temporary arrays as
    large as x. The scale is folded into one number for each feature, so that no x̂ is stored: backward computes
    it anew from x, which costs less than writing it down and reading it back.

    The squares are those of centered numbers. :math:`\overline{x^2} - \mu^2` would save a pass and lose all
    digits where the mean is large.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> bn_param = {"mode": "train"}
    >>> out, cache = batchnorm_forward_fast(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), bn_param)
    >>> out.round(3)
    array([[-1.],
           [ 1.]])
    >>> bn_param["running_mean"].round(3), bn_param["running_var"].round(3)
    (array([0.2]), array([0.1]))
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    _, D = check_axes("x", x, "N, D")
    check_scale_and_shift(gamma, beta, (D,), "feature")
    return _forward(x, gamma, beta, bn_param)


def batchnorm_backward_fast(dout, cache):
    r"""Send the gradient back through `batchnorm_forward_fast` in 'train' mode.

    .. math::
        dx = \frac{\gamma}{\sigma} \left( \mathrm{dout} - \frac{d\beta}{N}
        - \frac{x - \mu}{\sigma} \cdot \frac{d\gamma}{N} \right), \qquad
        d\beta = \sum_n \mathrm{dout}_n, \qquad
        d\gamma = \frac{1}{\sigma} \sum_n \mathrm{dout}_n (x_n - \mu)

    with :math:`\sigma` the deviation including ε.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `batchnorm_forward_fast` in 'train' mode.

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
    The formula of `batchnorm_backward_alt`, with the two sums recognized as dγ and dβ: three numbers for each
    feature, and dx is a weighted sum of dout, x - μ and 1.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3, from which it follows.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0], [2.0], [6.0]])
    >>> _, cache = batchnorm_forward_fast(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> dx, dgamma, dbeta = batchnorm_backward_fast(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> dx.round(3)
    array([[ 0.176],
           [-0.22 ],
           [ 0.044]])
    """
    check_trained(cache, "bn_param")
    shape = cache[0].shape
    check_shape("dout", np.asarray(dout), shape, "It has the shape of the output of `batchnorm_forward_fast`.")
    return _backward(dout, cache)


def spatial_batchnorm_forward_fast(x, gamma, beta, bn_param):
    r"""Normalize each channel over the pixels of all the images: `spatial_batchnorm_forward`, faster.

    .. math:: \mathrm{out}_{nchv} = (x_{nchv} - \mu_c) \cdot \frac{\gamma_c}{\sqrt{\sigma_c^2 + \epsilon}} + \beta_c

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    gamma, beta : ndarray of shape (C,)
    bn_param : dict
        As in `batchnorm_forward`, with running averages of shape (C,), which 'train' mode updates in place.

    Returns
    -------
    out : ndarray of shape (N, C, H, W)
    cache : tuple or None
        For `spatial_batchnorm_backward_fast`; what is in it is its own. None in 'test' mode.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If ``mode`` is neither 'train' nor 'test', the shapes do not belong together, or there is no pixel to
        train on.

    Notes
    -----
    Images stay as they lie in memory, N × C × HW. Moving the channels to the end, to call `batchnorm_forward`,
    would copy all pixels twice.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[0.0, 2.0]]], [[[8.0, 10.0]]]])
    >>> out, cache = spatial_batchnorm_forward_fast(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> out.round(3)[:, 0, 0]
    array([[-1.213, -0.728],
           [ 0.728,  1.213]])
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    check_scale_and_shift(gamma, beta, (C,), "channel")
    out, cache = _forward(x.reshape(N, C, H * W), gamma, beta, bn_param)
    return out.reshape(x.shape), None if cache is None else (cache, x.shape)


def spatial_batchnorm_backward_fast(dout, cache):
    r"""Send the gradient back through `spatial_batchnorm_forward_fast` in 'train' mode.

    .. math::
        dx = \frac{\gamma}{\sigma} \left( \mathrm{dout} - \frac{d\beta}{NHW}
        - \frac{x - \mu}{\sigma} \cdot \frac{d\gamma}{NHW} \right)

    for each channel, with :math:`d\gamma` and :math:`d\beta` the sums of `batchnorm_backward_fast` over all pixels.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `spatial_batchnorm_forward_fast` in 'train' mode.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dgamma, dbeta : ndarray of shape (C,)

    Raises
    ------
    ValueError
        If ``cache`` comes from 'test' mode, or ``dout`` does not have the shape of ``out``.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 6.0]).reshape(3, 1, 1, 1)
    >>> _, cache = spatial_batchnorm_forward_fast(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> dout = np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1, 1)
    >>> dx, dgamma, dbeta = spatial_batchnorm_backward_fast(dout, cache)
    >>> dx.round(3)[:, 0, 0, 0]
    array([ 0.176, -0.22 ,  0.044])
    """
    check_trained(cache, "bn_param")
    cache, shape = cache
    dout = np.asarray(dout)
    check_shape("dout", dout, shape, "It has the shape of the output of `spatial_batchnorm_forward_fast`.")
    dx, dgamma, dbeta = _backward(dout.reshape(cache[0].shape), cache)
    return dx.reshape(shape), dgamma, dbeta


def _forward(x, gamma, beta, bn_param):
    """Normalize examples x, (N, D) or with P pixels (N, D, P)."""
    mode = read_mode(bn_param, "bn_param", "Training normalizes by the batch, testing by the running averages.")
    eps = float(bn_param.get("eps", 1e-5))  # float: a NumPy float64 would turn float32 into float64
    out = np.empty(x.shape, x.dtype)
    if mode == "train":
        mean, var = _center(x, out)
        update_running_averages(bn_param, mean, var)
    else:
        mean, var = running_averages(bn_param, x.shape[1], x.dtype)
        np.subtract(x, _spread(mean, x), out=out)
    std = np.sqrt(var + eps)  # (D,)
    scale, shift = _spread(gamma / std, x), _spread(beta, x)
    for part in _parts(x):
        out[part] *= scale
        out[part] += shift
    return out, (x, mean, std, gamma) if mode == "train" else None


def _center(x, out):
    """Write x minus its mean to ``out``; return mean and variance."""
    check_not_empty("x", x)
    check_filled(x)
    mean = _sum(x) / _count(x)  # (D,)
    total = np.zeros_like(mean)
    for part in _parts(x):
        np.subtract(x[part], _spread(mean, x), out=out[part])
        total += _sum_of_products(out[part], out[part])
    return mean, total / _count(x)


def _backward(dout, cache):
    dout, x, mean, std, gamma = as_floats(dout=dout, **dict(zip(("x", "mean", "std", "gamma"), cache, strict=True)))
    dx = np.empty(x.shape, x.dtype)
    dbeta, dgamma = _sum(dout), np.zeros_like(mean)
    for part in _parts(x):
        np.subtract(x[part], _spread(mean, x), out=dx[part])
        dgamma += _sum_of_products(dx[part], dout[part])
    dgamma /= std
    along_x_hat, along_ones = _spread(dgamma / (std * _count(x)), x), _spread(dbeta / _count(x), x)
    slope = _spread(gamma / std, x)
    for part in _parts(x):
        dx[part] *= -along_x_hat
        dx[part] += dout[part]
        dx[part] -= along_ones
        dx[part] *= slope
    return dx, dgamma, dbeta


def _parts(x):
    return blocks(len(x), x[:1].size, x.itemsize)


def _count(x):
    """How many numbers a feature has."""
    return x.size // x.shape[1]


def _spread(feature, x):
    """Return numbers of features (D,) so that they meet x, (N, D) or (N, D, P)."""
    return feature.reshape(-1, *(1,) * (x.ndim - 2))


def _sum(x):
    """Sum each feature, as a matrix-vector product."""
    if x.ndim == 2:
        return np.ones(len(x), x.dtype) @ x
    N, D, P = x.shape
    return (x.reshape(N * D, P) @ np.ones(P, x.dtype)).reshape(N, D).sum(axis=0)


def _sum_of_products(x, y):
    return np.einsum("nd,nd->d", x, y) if x.ndim == 2 else np.vecdot(x, y).sum(axis=0)
