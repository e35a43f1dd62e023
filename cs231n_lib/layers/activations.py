"""Activations: functions of each number alone."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape


def relu_forward(x):
    r"""Keep what is positive and replace the rest by zero.

    .. math:: \mathrm{out} = \max(0, x)

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of the shape of x
    cache : ndarray
        ``x``, for `relu_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    NaN stays NaN, so that a network that has diverged shows it.

    References
    ----------
    Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = relu_forward(np.array([-1.5, 0.0, 2.5]))
    >>> out
    array([0. , 0. , 2.5])
    """
    (x,) = as_floats(x=x)
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    r"""Let the gradient pass where the input was positive.

    .. math:: dx = \mathrm{dout} \cdot [x > 0]

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : ndarray
        ``x``, from `relu_forward`.

    Returns
    -------
    dx : ndarray of the shape of x

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``x``.

    Notes
    -----
    At x = 0 there is no derivative: every slope from 0 to 1 is a subgradient. We take 0, as most do.

    Examples
    --------
    >>> import numpy as np
    >>> relu_backward(np.array([10.0, 20.0, 30.0]), np.array([-1.5, 0.0, 2.5]))
    array([ 0.,  0., 30.])
    """
    dout, x = as_floats(dout=dout, x=cache)
    check_shape("dout", dout, x.shape, "It has the shape of the output of `relu_forward`.")
    return np.where(x > 0, dout, 0)  # a product with the mask would turn inf * 0 into NaN
