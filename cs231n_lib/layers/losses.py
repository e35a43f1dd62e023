"""Losses: from the scores of a batch to one number and its gradient."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_not_empty, check_shape


def svm_loss(x, y):
    r"""Punish every wrong class whose score comes within 1 of the score of the right class.

    .. math:: L = \frac{1}{N} \sum_n \sum_{j \neq y_n} \max(0,\, x_{nj} - x_{n y_n} + 1)

    Parameters
    ----------
    x : ndarray of shape (N, C)
        Scores.
    y : ndarray of shape (N,)
        The right class of each example, integers from 0 to C - 1.

    Returns
    -------
    loss : float
        The mean over the examples.
    dx : ndarray of shape (N, C)
        Its gradient with respect to ``x``.

    Raises
    ------
    TypeError
        If ``y`` does not hold integers, or ``x`` real numbers.
    ValueError
        If the shapes do not belong together, the batch is empty, or a label is not a class.

    Notes
    -----
    The margin of 1 is the course's: another margin only rescales the weights. Where a class stands exactly on
    the margin there is no derivative; we take 0.

    References
    ----------
    Weston and Watkins, "Support vector machines for multi-class pattern recognition", 1999.

    Examples
    --------
    The right class, 0, leads class 1 by 3 and trails class 2 by 1; only class 2 costs something, 1 + 1:

    >>> import numpy as np
    >>> loss, dx = svm_loss(np.array([[3.0, 0.0, 4.0]]), np.array([0]))
    >>> float(loss)
    2.0
    >>> dx
    array([[-1.,  0.,  1.]])
    """
    x, y = _scores_and_labels(x, y)
    N = len(x)
    examples = np.arange(N)
    margins = np.maximum(0, x - x[examples, y][:, None] + 1)  # (N, C)
    margins[examples, y] = 0
    dx = (margins > 0).astype(x.dtype)  # (N, C)
    dx[examples, y] = -dx.sum(axis=1)  # the right score takes part in every violated margin
    return margins.sum() / N, dx / N


def softmax_loss(x, y):
    r"""Turn scores into probabilities and take the negative log of the right one.

    .. math:: p_{nj} = \frac{e^{x_{nj}}}{\sum_k e^{x_{nk}}}, \qquad L = -\frac{1}{N} \sum_n \log p_{n y_n}

    Parameters
    ----------
    x : ndarray of shape (N, C)
        Scores.
    y : ndarray of shape (N,)
        The right class of each example, integers from 0 to C - 1.

    Returns
    -------
    loss : float
        The mean over the examples.
    dx : ndarray of shape (N, C)
        Its gradient with respect to ``x``: the probabilities, less 1 at the right class, over N.

    Raises
    ------
    TypeError
        If ``y`` does not hold integers, or ``x`` real numbers.
    ValueError
        If the shapes do not belong together, the batch is empty, or a label is not a class.

    Notes
    -----
    A constant added to all the scores of an example changes nothing, so we subtract the largest one. The log
    is taken of the sum only: log p of a hopeless class stays finite where log(exp(...)) would be -inf.

    References
    ----------
    Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    Examples
    --------
    Equal scores for C classes cost log C, whatever their size:

    >>> import numpy as np
    >>> loss, dx = softmax_loss(np.full((1, 4), 1000.0), np.array([2]))
    >>> round(float(loss), 6), round(float(np.log(4)), 6)
    (1.386294, 1.386294)
    >>> dx
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """
    x, y = _scores_and_labels(x, y)
    N = len(x)
    examples = np.arange(N)
    shifted = x - x.max(axis=1, keepdims=True)  # largest score 0: exp cannot overflow
    log_sum = np.log(np.exp(shifted).sum(axis=1))  # (N,)
    losses = log_sum - shifted[examples, y]  # (N,)
    dx = np.exp(shifted - log_sum[:, None])  # (N, C), the probabilities
    dx[examples, y] -= 1
    return losses.sum() / N, dx / N


def _scores_and_labels(x, y):
    (x,) = as_floats(x=x)
    N, C = check_axes("x", x, "N, C")
    check_not_empty("x", x)
    y = np.asarray(y)
    if y.dtype.kind not in "iu":  # booleans would index as a mask
        raise TypeError(f"`y` must hold integers (got dtype {y.dtype}). Convert the labels with y.astype(int).")
    check_shape("y", y, (N,), "There is one label for each row of `x`.")
    if y.min() < 0 or y.max() >= C:  # a negative index would count from the end
        raise ValueError(
            f"`y` must hold classes from 0 to {C - 1} (got {y.min()} to {y.max()}). "
            "The columns of `x` are the classes."
        )
    return x, y
