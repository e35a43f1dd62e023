"""The affine (fully connected) layer."""

import math

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape


def affine_forward(x, w, b):
    r"""Map the features of each example to M outputs by a matrix and a bias.

    .. math:: \mathrm{out} = X w + b

    where row n of X holds all the numbers of example n.

    Parameters
    ----------
    x : ndarray of shape (N, d_1, ..., d_k)
        Each example is flattened to D = d_1 · … · d_k features.
    w : ndarray of shape (D, M)
    b : ndarray of shape (M,)

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple
        ``(x, w, b)``, for `affine_backward`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not belong together.

    Notes
    -----
    The features are numbered in C order, last axis fastest, whatever the memory layout of ``x``.

    References
    ----------
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    Examples
    --------
    Two inputs, their sum and their difference, and a bias of 10 on the sum:

    >>> import numpy as np
    >>> w = np.array([[1.0, 1.0], [1.0, -1.0]])
    >>> out, cache = affine_forward(np.array([[3.0, 2.0]]), w, np.array([10.0, 0.0]))
    >>> out
    array([[15.,  1.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    D, M = check_axes("w", w, "D, M")
    check_shape("b", b, (M,), "There is one bias for each column of `w`.")
    out = _rows(x, D) @ w + b  # (N, M)
    return out, (x, w, b)


def affine_backward(dout, cache):
    r"""Send the gradient back through `affine_forward`.

    .. math:: dX = \mathrm{dout}\, w^T, \qquad dw = X^T \mathrm{dout}, \qquad db = \sum_n \mathrm{dout}_n

    Parameters
    ----------
    dout : ndarray of shape (N, M)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `affine_forward`.

    Returns
    -------
    dx : ndarray of shape (N, d_1, ..., d_k)
    dw : ndarray of shape (D, M)
    db : ndarray of shape (M,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The bias is shared by the examples, so its gradient is a sum over them. There is no 1/N here: the loss
    has divided already.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = affine_forward(np.ones((2, 3)), np.ones((3, 1)), np.zeros(1))
    >>> dx, dw, db = affine_backward(np.array([[1.0], [2.0]]), cache)
    >>> dx.shape, dw.shape, db
    ((2, 3), (3, 1), array([3.]))
    """
    dout, x, w, _ = as_floats(dout=dout, x=cache[0], w=cache[1], b=cache[2])
    D, M = w.shape
    check_shape("dout", dout, (len(x), M), "It has the shape of the output of `affine_forward`.")
    dx = (dout @ w.T).reshape(x.shape)  # (N, d_1, ..., d_k)
    dw = _rows(x, D).T @ dout  # (D, M)
    db = dout.sum(axis=0)  # (M,)
    return dx, dw, db


def _rows(x, D):
    if x.ndim == 0 or math.prod(x.shape[1:]) != D:
        raise ValueError(
            f"`x` must have {D} features for each example (got shape {x.shape}). "
            "The rows of `w` belong to the features of `x`."
        )
    return x.reshape(len(x), D)  # not -1, which an empty batch leaves undefined
