"""Stochastic pooling: a random number of each window, large ones more often."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape, check_trained, read_mode
from cs231n_lib.layers._windows import pool_geometry, rows_and_columns


def stochastic_pool_forward(x, pool_param):
    r"""Keep one number of each window, drawn with a probability proportional to itself.

    .. math::
        p_k = \frac{x_k}{\sum_{l} x_l}, \qquad
        \mathrm{out} = \begin{cases}
            x_k \text{ with probability } p_k & \text{in 'train' mode} \\
            \sum_k p_k x_k & \text{in 'test' mode}
        \end{cases}

    where k and l number the pixels of one window. The windows lie as in `max_pool_forward_naive`.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        Not negative, such as the output of a ReLU: its numbers serve as probabilities.
    pool_param : dict
        ``pool_height`` and ``pool_width`` of the window, ``stride``, pixels from one window to the next, and
        ``mode``, 'train' or 'test', are required. With a ``seed``, an integer, every call draws the same, as a
        gradient check needs it, and the global generator is left alone; without one, draws follow the last
        ``np.random.seed``.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
        Of the dtype of ``x``; float64 if ``x`` holds integers.
    cache : tuple or None
        For `stochastic_pool_backward`; what is in it is its own. None in 'test' mode.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a number in ``pool_param`` is missing or no integer.
    ValueError
        If ``x`` does not have four axes or holds a number that is negative, infinite or NaN, ``mode`` is
        neither 'train' nor 'test', a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    The weighted mean of 'test' mode is what 'train' mode gives on average. So the next layer sees numbers of
    the same size in both, without the noise.

    A window of zeros has no probabilities. Its output is 0, whichever pixel one takes.

    Each window of each channel draws for itself, overlapping ones too.

    References
    ----------
    Zeiler and Fergus, "Stochastic pooling for regularization of deep convolutional neural networks", 2013,
    section 3.

    Examples
    --------
    Training gives 2 a quarter of the time and 6 three quarters, testing always 2 / 4 + 6 * 3 / 4:

    >>> import numpy as np
    >>> x = np.array([[[[0.0, 2.0], [6.0, 0.0]]]])
    >>> window = {"pool_height": 2, "pool_width": 2, "stride": 2}
    >>> draws = [stochastic_pool_forward(x, {**window, "mode": "train", "seed": k})[0].item() for k in range(100)]
    >>> sorted(set(draws))
    [2.0, 6.0]
    >>> out, _ = stochastic_pool_forward(x, {**window, "mode": "test"})
    >>> out.item()
    5.0
    """
    (x,) = as_floats(x=x)
    window, stride, shape = pool_geometry(x, pool_param)
    mode = read_mode(pool_param, "pool_param", "Training draws a number, testing takes the weighted mean.")
    training, rng = mode == "train", _generator(pool_param)
    _check_activations(x)
    out = np.zeros(shape, x.dtype)  # (N, C, H', W')
    weights = np.zeros((*shape, *window), x.dtype)  # of the pixels in each output
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        pixels = x[n, c, rows, columns]  # (HH, WW)
        if pixels.any():
            p = pixels / pixels.sum(dtype=float)  # float: four large float16 would overflow
            weights[n, c, i, j] = _draw(p, rng) if training else p
            out[n, c, i, j] = (weights[n, c, i, j] * pixels).sum()
    return out, (weights, x, pool_param) if training else None


def stochastic_pool_backward(dout, cache):
    r"""Send the gradient of each window to the pixel that was drawn.

    .. math:: dx_{n,\,c,\,iS+h^*,\,jS+v^*} \mathrel{+}= \mathrm{dout}_{ncij}

    with :math:`(h^*, v^*)` the pixel that the forward pass drew for window (i, j).

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `stochastic_pool_forward` in 'train' mode.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``cache`` comes from 'test' mode, or ``dout`` does not have the shape of ``out``.

    Notes
    -----
    It is the gradient of the drawn number, given the draw; how the probabilities depend on x is left out, as
    in the paper. A pixel that several windows drew collects the gradients of all. A window of zeros sends none.

    References
    ----------
    Zeiler and Fergus, "Stochastic pooling for regularization of deep convolutional neural networks", 2013,
    section 3.

    Examples
    --------
    Pixels of zero are never drawn, so here chance has no choice. The 9 is drawn by both windows, 1 + 10:

    >>> import numpy as np
    >>> pool_param = {"pool_height": 1, "pool_width": 2, "stride": 1, "mode": "train"}
    >>> _, cache = stochastic_pool_forward(np.array([[[[0.0, 9.0, 0.0]]]]), pool_param)
    >>> stochastic_pool_backward(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[ 0., 11.,  0.]])
    """
    check_trained(cache, "pool_param")
    weights, x, pool_param = cache
    dout, weights, x = as_floats(dout=dout, weights=weights, x=x)
    window, stride, shape = pool_geometry(x, pool_param)
    check_shape("dout", dout, shape, "It has the shape of the output of `stochastic_pool_forward`.")
    dx = np.zeros_like(x)  # (N, C, H, W)
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        dx[n, c, rows, columns] += dout[n, c, i, j] * weights[n, c, i, j]
    return dx


def _generator(pool_param):
    seed = pool_param.get("seed")
    return np.random if seed is None else np.random.default_rng(seed)


def _check_activations(x):
    bad = x[~((x >= 0) & (x < np.inf))]  # NaN is neither
    if bad.size:
        raise ValueError(f"`x` must hold finite numbers of at least 0 (got {bad[0]}). Put a ReLU in front.")


def _draw(p, rng):
    """Return zeros of the shape of p, and a one that stands at each place with its probability."""
    drawn = np.zeros_like(p)
    drawn.flat[rng.choice(p.size, p=p.ravel())] = 1
    return drawn
