r"""Numeric gradients: the slow, simple answer that a backward pass is compared with.

Each number of ``x`` is moved up and down by h, and the slope is read off:

.. math:: f'(x) = \frac{f(x + h) - f(x - h)}{2h} + O(h^2)

What a relative error says, for float64 and h = 1e-5: 1e-7 and less is right; 1e-4 is right if the function
has kinks (ReLU, maxima) near ``x``, else suspicious; 1e-2 is wrong. In float32 the difference of two outputs
keeps hardly a digit, so check in float64.

``x`` is changed in place and put back, because ``f`` may reach the same array by another road, such as
``lambda _: model.loss(X, y)[0]`` with ``x`` one of the model's parameters.
"""

import random

import numpy as np

__all__ = [
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "grad_check_sparse",
    "rel_error",
]


def rel_error(x, y):
    r"""Return the largest relative difference of two arrays.

    .. math:: \max_i \frac{|x_i - y_i|}{\max(10^{-8},\, |x_i| + |y_i|)}

    Parameters
    ----------
    x, y : array_like of the same shape

    Returns
    -------
    error : float
        From 0, equal, to 1, as for opposite signs or zero against not zero. NaN if either holds NaN.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    The floor of 1e-8 keeps 0 against 0 at 0, and forgives rounding noise around zero.

    Examples
    --------
    >>> rel_error([1.0, 3.0], [1.0, 1.0])
    0.5
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape:
        raise ValueError(
            f"`y` must have the shape of `x`, {x.shape} (got {y.shape}). Broadcasting would hide the difference."
        )
    return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)), initial=0.0))


def eval_numerical_gradient(f, x, verbose=True, h=1e-5):
    """Estimate the gradient of a function that returns one number.

    Parameters
    ----------
    f : callable
        Takes ``x``, returns a number or an array of one element.
    x : ndarray of floats
        The point; changed while ``f`` runs, put back even if it raises.
    verbose : bool
        Print the index and the slope of each element, as the official function does.
    h : float
        Half the step. Smaller is closer to the tangent, but loses digits in the difference.

    Returns
    -------
    grad : ndarray of the shape and dtype of x

    Raises
    ------
    TypeError
        If ``x`` is not an array of floats: in an integer array the step would be rounded away.
    ValueError
        If ``f`` returns more than one number.

    Examples
    --------
    >>> import numpy as np
    >>> eval_numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, -3.0]), verbose=False).round(6)
    array([ 2., -6.])
    """
    _check_floats(x)
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        grad[index] = _slope(f, x, index, h)
        if verbose:
            print(index, grad[index])
    return grad


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Estimate the gradient of ``sum(f(x) * df)``, that is, send ``df`` back through ``f``.

    Parameters
    ----------
    f : callable
        Takes ``x``, returns an array.
    x : ndarray of floats
        The point; changed while ``f`` runs, put back even if it raises.
    df : ndarray of the shape of f(x)
        The upstream gradient.
    h : float
        Half the step.

    Returns
    -------
    grad : ndarray of the shape and dtype of x

    Raises
    ------
    TypeError
        If ``x`` is not an array of floats: in an integer array the step would be rounded away.
    ValueError
        If ``df`` does not have the shape of ``f(x)``.

    Examples
    --------
    >>> import numpy as np
    >>> eval_numerical_gradient_array(lambda x: 3 * x, np.ones(2), np.array([1.0, 10.0])).round(6)
    array([ 3., 30.])
    """
    _check_floats(x)
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = _both_sides(f, x, index, h)
        if np.shape(df) != above.shape:
            raise ValueError(
                f"`df` must have the shape of f(x), {above.shape} (got {np.shape(df)}). "
                "Broadcasting would hide the difference."
            )
        grad[index] = np.sum((above - below) * df) / (2 * h)
    return grad


def grad_check_sparse(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Compare a gradient with the numeric one at a few random elements, and print each comparison.

    Parameters
    ----------
    f : callable
        Takes ``x``, returns a number or an array of one element.
    x : ndarray of floats
        The point; changed while ``f`` runs, put back even if it raises.
    analytic_grad : ndarray of the shape of x
    num_checks : int
        How many elements to draw, from Python's `random`.
    h : float
        Half the step.

    Returns
    -------
    error : float
        The largest relative error, as `rel_error` measures it.

    Raises
    ------
    TypeError
        If ``x`` is not an array of floats: in an integer array the step would be rounded away.
    ValueError
        If ``analytic_grad`` does not have the shape of ``x``, or no check is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> error = grad_check_sparse(lambda x: 2 * x.sum(), np.zeros(3), np.full(3, 2.0), num_checks=1)
    numerical: 2.000000 analytic: 2.000000, relative error: 0.000000e+00
    """
    _check_floats(x)
    analytic_grad = np.asarray(analytic_grad)
    if analytic_grad.shape != x.shape:
        raise ValueError(
            f"`analytic_grad` must have the shape of `x`, {x.shape} (got {analytic_grad.shape}). "
            "A gradient has one slope for each number."
        )
    if num_checks < 1:
        raise ValueError(f"`num_checks` must be at least 1 (got {num_checks}). No check would prove nothing.")
    errors = []
    for _ in range(num_checks):
        index = tuple(random.randrange(size) for size in x.shape)  # noqa: S311 - a sample, not a secret
        numerical, analytic = _slope(f, x, index, h), analytic_grad[index]
        errors.append(rel_error(numerical, analytic))
        print(f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {errors[-1]:e}")
    return float(np.max(errors))  # unlike the built-in max, NaN wins


def _check_floats(x):
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        kind = f"dtype {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(f"`x` must be an array of floats (got {kind}). Convert it with np.array(x, dtype=float).")


def _slope(f, x, index, h):
    above, below = _both_sides(f, x, index, h)
    if above.size != 1:
        raise ValueError(
            f"`f` must return one number (got shape {above.shape}). Use eval_numerical_gradient_array for arrays."
        )
    return (above.item() - below.item()) / (2 * h)


def _both_sides(f, x, index, h):
    before = x[index]
    try:
        x[index] = before + h
        above = np.array(f(x))  # a copy: f may return x itself, or fill the same array again
        x[index] = before - h
        below = np.array(f(x))
    finally:
        x[index] = before
    return above, below
