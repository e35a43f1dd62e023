"""Dropout: a layer that is random in training."""

import numbers

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape, read_mode


def dropout_forward(x, dropout_param):
    r"""Keep each number with probability p, divided by p, and replace the others by zero.

    .. math:: \mathrm{out} = x \cdot \mathrm{mask}, \qquad \mathrm{mask} = \frac{[u < p]}{p}

    with u drawn evenly from 0 to 1, for each number anew.

    Parameters
    ----------
    x : ndarray of any shape
    dropout_param : dict
        ``p``, the probability of keeping a number, above 0 and at most 1. ``mode``, 'train' or 'test'.
        ``seed``, optional: makes every call draw the same mask, which numeric gradients need. It seeds NumPy's
        global generator, the official convention. Without it, masks follow the last ``np.random.seed``.

    Returns
    -------
    out : ndarray of the shape of x
        In 'test' mode a copy of ``x``.
    cache : tuple
        ``(dropout_param, mask)``, for `dropout_backward`. In 'test' mode the mask is None.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or ``p`` is missing or no number.
    ValueError
        If ``p`` is not a probability, or 0, or ``mode`` is neither 'train' nor 'test'.

    Notes
    -----
    An output is x / p with probability p, else 0: on average x. So testing needs no scaling. This is called
    inverted dropout; the paper scales the weights in testing instead.

    In the paper, and in the official course since 2018, p is the probability of keeping a number. In PyTorch it is
    that of dropping it.

    References
    ----------
    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.

    Examples
    --------
    About half of the numbers are kept, doubled:

    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    >>> out, cache = dropout_forward(x, {"p": 0.5, "mode": "train", "seed": 6})
    >>> out
    array([ 0.,  4.,  0.,  8., 10.,  0.])
    >>> out, cache = dropout_forward(x, {"p": 0.5, "mode": "test"})
    >>> out
    array([1., 2., 3., 4., 5., 6.])
    """
    (x,) = as_floats(x=x)
    mode = read_mode(dropout_param, "dropout_param", "Training drops numbers, testing keeps them all.")
    p = _probability(dropout_param)
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])  # noqa: NPY002 - the official convention, in both modes
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = ((np.random.random(x.shape) < p) / p).astype(x.dtype)  # noqa: NPY002 - follows np.random.seed
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    r"""Send the gradient back through `dropout_forward`: through the numbers that were kept, with the same scale.

    .. math:: dx = \mathrm{dout} \cdot \mathrm{mask}

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `dropout_forward`.

    Returns
    -------
    dx : ndarray of the shape of x
        After 'test' mode a copy of ``dout``.

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The mask is that of the forward pass, whatever ``mode`` has become since. A new one would send gradients to
    numbers that had no part in the loss.

    References
    ----------
    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = dropout_forward(np.ones(6), {"p": 0.5, "mode": "train", "seed": 6})
    >>> dropout_backward(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), cache)
    array([ 0.,  4.,  0.,  8., 10.,  0.])
    """
    _, mask = cache
    if mask is None:  # not the mode, which the dictionary may have changed since
        (dout,) = as_floats(dout=dout)
        return dout.copy()
    dout, mask = as_floats(dout=dout, mask=mask)
    check_shape("dout", dout, mask.shape, "It has the shape of the output of `dropout_forward`.")
    return dout * mask


def _probability(dropout_param):
    p = dropout_param.get("p")
    message = (
        f"`dropout_param['p']` must be a number above 0 and at most 1 (got {p!r}). "
        "It is the probability of keeping, not of dropping."
    )
    if not isinstance(p, numbers.Real):
        raise TypeError(message)
    if not 0 < p <= 1:
        raise ValueError(message)
    return float(p)
