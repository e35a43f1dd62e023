"""Activations: functions of each number alone."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape


def sigmoid_forward(x):
    r"""Squash every number into the interval from 0 to 1.

    .. math:: \mathrm{out} = \frac{1}{1 + e^{-x}}

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of the shape of x
    cache : ndarray
        ``out``, for `sigmoid_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    For a negative x we compute :math:`e^x / (1 + e^x)`, which is the same. Then exp never sees a positive
    number, so it cannot overflow, and an output close to 0 keeps all its digits.

    References
    ----------
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    Examples
    --------
    An opinion, from no over undecided to yes, where even -1000 causes no warning:

    >>> import numpy as np
    >>> out, cache = sigmoid_forward(np.array([-1000.0, -np.log(3), 0.0, np.log(3)]))
    >>> out.round(6)
    array([0.  , 0.25, 0.5 , 0.75])
    """
    (x,) = as_floats(x=x)
    z = np.exp(-np.abs(x))  # at most 1
    out = np.where(x >= 0, 1, z) / (1 + z)
    return out, out


def sigmoid_backward(dout, cache):
    r"""Send the gradient back through `sigmoid_forward`.

    .. math:: dx = \mathrm{dout} \cdot \mathrm{out}\, (1 - \mathrm{out})

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : ndarray
        ``out``, from `sigmoid_forward`.

    Returns
    -------
    dx : ndarray of the shape of x

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The slope is 1/4 at most, where x = 0. Through n layers of sigmoids a gradient shrinks by a factor of
    :math:`4^n` or more, unless the weights make up for it.

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Examples
    --------
    Full slope in the middle, next to none where the sigmoid saturates:

    >>> import numpy as np
    >>> _, cache = sigmoid_forward(np.array([0.0, 10.0]))
    >>> sigmoid_backward(np.array([1.0, 1.0]), cache).round(6)
    array([2.5e-01, 4.5e-05])
    """
    dout, out = as_floats(dout=dout, out=cache)
    check_shape("dout", dout, out.shape, "It has the shape of the output of `sigmoid_forward`.")
    return dout * out * (1 - out)


def tanh_forward(x):
    r"""Squash every number into the interval from -1 to 1.

    .. math:: \mathrm{out} = \tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of the shape of x
    cache : ndarray
        ``out``, for `tanh_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    It is a sigmoid stretched and shifted, :math:`2 \sigma(2x) - 1`, so that inputs around zero give outputs
    around zero, which the next layer finds easier to work with.

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([-1000.0, 0.0, 0.5])
    >>> out, cache = tanh_forward(x)
    >>> out.round(3)
    array([-1.   ,  0.   ,  0.462])
    >>> np.allclose(out, 2 * sigmoid_forward(2 * x)[0] - 1)
    True
    """
    (x,) = as_floats(x=x)
    out = np.tanh(x)
    return out, out


def tanh_backward(dout, cache):
    r"""Send the gradient back through `tanh_forward`.

    .. math:: dx = \mathrm{dout} \cdot (1 - \mathrm{out}^2)

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : ndarray
        ``out``, from `tanh_forward`.

    Returns
    -------
    dx : ndarray of the shape of x

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The slope is 1 where x = 0, four times that of the sigmoid, but it vanishes just the same where the output
    comes close to -1 or 1.

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = tanh_forward(np.array([0.0, 0.5, 10.0]))
    >>> tanh_backward(np.array([1.0, 1.0, 1.0]), cache).round(3)
    array([1.   , 0.786, 0.   ])
    """
    dout, out = as_floats(dout=dout, out=cache)
    check_shape("dout", dout, out.shape, "It has the shape of the output of `tanh_forward`.")
    return dout * (1 - out**2)


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


def leaky_relu_forward(x, alpha=0.01):
    r"""Keep what is positive and shrink the rest.

    .. math:: \mathrm{out} = x \;\text{ if } x > 0, \qquad \mathrm{out} = \alpha x \;\text{ otherwise}

    Parameters
    ----------
    x : ndarray of any shape
    alpha : float
        The slope on the negative side, from 0 (a ReLU) to 1 (no activation at all). The default is the
        paper's.

    Returns
    -------
    out : ndarray of the shape of x
    cache : tuple
        ``(x, alpha)``, for `leaky_relu_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    A unit whose ReLU is 0 for every example gets no gradient and stays dead. This one always gets some.

    For ``alpha`` from 0 to 1 the formula is the same as max(αx, x).

    References
    ----------
    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = leaky_relu_forward(np.array([-1.5, 0.0, 2.5]), alpha=0.1)
    >>> out
    array([-0.15,  0.  ,  2.5 ])
    """
    (x,) = as_floats(x=x)
    alpha = float(alpha)  # float: a NumPy float64 would turn float32 into float64
    return np.where(x > 0, x, alpha * x), (x, alpha)


def leaky_relu_backward(dout, cache):
    r"""Let the gradient pass where the input was positive, and shrink the rest.

    .. math:: dx = \mathrm{dout} \;\text{ if } x > 0, \qquad dx = \alpha\, \mathrm{dout} \;\text{ otherwise}

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : tuple
        ``(x, alpha)``, from `leaky_relu_forward`.

    Returns
    -------
    dx : ndarray of the shape of x

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``x``.

    Notes
    -----
    At x = 0 we take the slope of the negative side, as `relu_backward` does.

    References
    ----------
    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = leaky_relu_forward(np.array([-1.5, 0.0, 2.5]), alpha=0.1)
    >>> leaky_relu_backward(np.array([10.0, 20.0, 30.0]), cache)
    array([ 1.,  2., 30.])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    check_shape("dout", dout, x.shape, "It has the shape of the output of `leaky_relu_forward`.")
    return np.where(x > 0, dout, float(cache[1]) * dout)


def elu_forward(x, alpha=1.0):
    r"""Keep what is positive and let the rest level off at -alpha.

    .. math::
        \mathrm{out} = x \;\text{ if } x > 0, \qquad \mathrm{out} = \alpha (e^x - 1) \;\text{ otherwise}

    Parameters
    ----------
    x : ndarray of any shape
    alpha : float
        How far below zero the output may go. At the default, the paper's, the slope has no jump at x = 0.

    Returns
    -------
    out : ndarray of the shape of x
    cache : tuple
        ``(x, alpha)``, for `elu_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    Negative outputs bring the mean of a layer closer to zero than ReLU does. The price is an exp.

    ``np.where`` computes both sides everywhere, so exp would overflow for a large x whose value nobody
    wants: exp sees 0 there. And expm1 keeps the digits that :math:`e^x - 1` loses next to x = 0.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units",
    2016.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = elu_forward(np.array([-1000.0, -np.log(2), 0.0, 2.5]))
    >>> out
    array([-1. , -0.5,  0. ,  2.5])
    """
    (x,) = as_floats(x=x)
    alpha = float(alpha)  # float: a NumPy float64 would turn float32 into float64
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), (x, alpha)


def elu_backward(dout, cache):
    r"""Send the gradient back through `elu_forward`.

    .. math::
        dx = \mathrm{dout} \;\text{ if } x > 0, \qquad dx = \mathrm{dout} \cdot \alpha e^x \;\text{ otherwise}

    Parameters
    ----------
    dout : ndarray of the shape of x
        Gradient of the loss with respect to ``out``.
    cache : tuple
        ``(x, alpha)``, from `elu_forward`.

    Returns
    -------
    dx : ndarray of the shape of x

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``x``.

    Notes
    -----
    At x = 0 we take the slope of the negative side, alpha. With alpha = 1 there is no other.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units",
    2016.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = elu_forward(np.array([-1000.0, -np.log(2), 0.0, 2.5]))
    >>> elu_backward(np.array([10.0, 10.0, 10.0, 10.0]), cache)
    array([ 0.,  5., 10., 10.])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    check_shape("dout", dout, x.shape, "It has the shape of the output of `elu_forward`.")
    return np.where(x > 0, dout, dout * float(cache[1]) * np.exp(np.minimum(x, 0)))
