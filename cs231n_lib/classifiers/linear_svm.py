"""The loss of a linear support vector machine, in loops and in matrices."""

import numpy as np

from cs231n_lib.layers import svm_loss

__all__ = ["svm_loss_naive", "svm_loss_vectorized"]


def svm_loss_naive(W, X, y, reg):
    r"""Compute the loss and its gradient one score at a time.

    .. math::
        L = \frac{1}{N} \sum_n \sum_{j \neq y_n} \max(0,\, x_n \cdot w_j - x_n \cdot w_{y_n} + 1)
        + \lambda \sum_{d,c} W_{dc}^2

    Parameters
    ----------
    W : ndarray of shape (D, C)
        One column of weights, w_j, for each class.
    X : ndarray of shape (N, D)
    y : ndarray of int of shape (N,)
    reg : float
        λ. There is no ½, as in the official course.

    Returns
    -------
    loss : float
    dW : ndarray of shape (D, C)

    Notes
    -----
    Each class within the margin of 1 pushes its own weights away from the example and pulls those of the right
    class towards it.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.array([[1.0, 0.5]])
    >>> loss, dW = svm_loss_naive(W, np.array([[2.0]]), np.array([1]), reg=0.0)
    >>> loss, dW
    (2.0, array([[ 2., -2.]]))
    """
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = x @ W  # (C,)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[label] + 1
            if j != label and margin > 0:
                loss += float(margin)
                dW[:, j] += x
                dW[:, label] -= x
    loss = loss / len(X) + reg * float((W**2).sum())
    dW = dW / len(X) + 2 * reg * W
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    """Compute the loss and its gradient with matrix products.

    Parameters
    ----------
    W : ndarray of shape (D, C)
    X : ndarray of shape (N, D)
    y : ndarray of int of shape (N,)
    reg : float
        Weight of the squares of ``W``, without a factor ½.

    Returns
    -------
    loss : float
    dW : ndarray of shape (D, C)

    Raises
    ------
    TypeError, ValueError
        As `cs231n_lib.layers.svm_loss` does.

    Examples
    --------
    >>> import numpy as np
    >>> loss, dW = svm_loss_vectorized(np.array([[1.0, 0.5]]), np.array([[2.0]]), np.array([1]), reg=1.0)
    >>> float(loss), dW
    (3.25, array([[ 4., -1.]]))
    """
    data_loss, dscores = svm_loss(X @ W, y)  # (N, C)
    return data_loss + reg * (W**2).sum(), X.T @ dscores + 2 * reg * W
