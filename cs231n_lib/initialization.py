"""Random weights of a size that lets signals pass through many layers without growing or fading."""

import math

import numpy as np

from cs231n_lib.layers._checks import check_sizes, check_whole


def xavier_init(fan_in, fan_out, rng=None):
    r"""Draw weights that keep the variance of signals, both forward and backward, for layers without ReLU.

    .. math:: w \sim \mathcal{N}\left(0,\; \frac{2}{\text{fan\_in} + \text{fan\_out}}\right)

    Parameters
    ----------
    fan_in, fan_out : int
        How many numbers each output is computed from, and how many each input goes into.
    rng : numpy.random.Generator or numpy.random.RandomState, optional
        Where the numbers come from. Without it they follow the last ``np.random.seed``.

    Returns
    -------
    w : ndarray of shape (fan_in, fan_out)

    Raises
    ------
    TypeError
        If a fan is no integer, or ``rng`` no generator.
    ValueError
        If a fan is less than 1.

    Notes
    -----
    A sum of fan_in products has fan_in times the variance of one, so variance 1 / fan_in would keep signals
    as they are on their way forward, and 1 / fan_out gradients on their way back. This is the compromise. It
    supposes an activation whose slope at zero is 1, such as tanh.

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010,
    equation 12.

    Examples
    --------
    >>> import numpy as np
    >>> w = xavier_init(300, 100, np.random.default_rng(0))
    >>> w.shape, round(float(w.std()), 3), round(float(np.sqrt(2 / 400)), 3)
    ((300, 100), 0.071, 0.071)
    """
    fan_in, fan_out = _fan("fan_in", fan_in), _fan("fan_out", fan_out)
    return math.sqrt(2 / (fan_in + fan_out)) * _standard_normal(rng, (fan_in, fan_out))


def he_init(fan_in, fan_out, rng=None):
    r"""Draw weights that keep the size of signals on their way forward through layers with ReLU.

    .. math:: w \sim \mathcal{N}\left(0,\; \frac{2}{\text{fan\_in}}\right)

    Parameters
    ----------
    fan_in, fan_out : int
        How many numbers each output is computed from, and how many outputs there are.
    rng : numpy.random.Generator or numpy.random.RandomState, optional
        Where the numbers come from. Without it they follow the last ``np.random.seed``.

    Returns
    -------
    w : ndarray of shape (fan_in, fan_out)

    Raises
    ------
    TypeError
        If a fan is no integer, or ``rng`` no generator.
    ValueError
        If a fan is less than 1.

    Notes
    -----
    A ReLU sets half of a symmetric signal to zero, and so halves its mean square. The 2 makes up for it.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10.

    Examples
    --------
    After ten layers the signal is still there:

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((100, 500))
    >>> for layer in range(10):
    ...     x = np.maximum(0, x @ he_init(500, 500, rng))
    >>> bool(0.5 < np.sqrt((x**2).mean()) < 2)
    True
    """
    fan_in, fan_out = _fan("fan_in", fan_in), _fan("fan_out", fan_out)
    return math.sqrt(2 / fan_in) * _standard_normal(rng, (fan_in, fan_out))


def fans(w_shape):
    r"""Count what goes into an output of a layer, and where an input of it goes.

    Parameters
    ----------
    w_shape : tuple
        (D, M), the shape of the weights of an affine layer, or (F, C, HH, WW), the shape of filters.

    Returns
    -------
    fan_in : int
        D, or C · HH · WW: the numbers under a filter.
    fan_out : int
        M, or F · HH · WW: with stride 1 a pixel lies under HH · WW places of each filter.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If there are neither two nor four sizes, or one is negative.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, section 2.2.

    Examples
    --------
    >>> fans((100, 10))
    (100, 10)

    Filters that keep the size of signals, as those of `he_init` do:

    >>> import numpy as np
    >>> fan_in, fan_out = fans((96, 3, 11, 11))
    >>> fan_in, fan_out
    (363, 11616)
    >>> w = np.sqrt(2 / fan_in) * np.random.default_rng(0).standard_normal((96, 3, 11, 11))
    """
    if len(w_shape) == 2:
        return check_sizes("w_shape", w_shape, "D, M")
    F, C, HH, WW = check_sizes("w_shape", w_shape, "F, C, HH, WW")
    return C * HH * WW, F * HH * WW


def _fan(name, value):
    return check_whole(name, value, 1, "Take it from the shape of the weights.")


def _standard_normal(rng, shape):
    if rng is None:
        return np.random.standard_normal(shape)  # noqa: NPY002 - follows np.random.seed, as the course expects
    if not isinstance(rng, np.random.Generator | np.random.RandomState):
        raise TypeError(f"`rng` must be a generator of NumPy (got {rng!r}). Pass np.random.default_rng(seed).")
    return rng.standard_normal(shape)
