"""The loss of a linear softmax classifier, in loops and in matrices."""

import numpy as np

from cs231n_lib.layers import softmax_loss

__all__ = ["softmax_loss_naive", "softmax_loss_vectorized"]


def softmax_loss_naive(W, X, y, reg):
    r"""Compute the loss and its gradient one example at a time.

    .. math::
        p_{nj} = \frac{e^{x_n \cdot w_j}}{\sum_k e^{x_n \cdot w_k}}, \qquad
        L = -\frac{1}{N} \sum_n \log p_{n y_n} + \lambda \sum_{d,c} W_{dc}^2

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
    The largest score is subtracted first, which changes no probability: exp cannot overflow.

    Examples
    --------
    Equal scores for two classes cost log 2:

    >>> import numpy as np
    >>> loss, dW = softmax_loss_naive(np.zeros((1, 2)), np.array([[2.0]]), np.array([1]), reg=0.0)
    >>> round(loss, 6), dW
    (0.693147, array([[ 1., -1.]]))
    """
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = x @ W  # (C,)
        scores = scores - scores.max()
        exps = np.exp(scores)
        loss += float(np.log(exps.sum()) - scores[label])
        for j in range(W.shape[1]):
            dW[:, j] += (exps[j] / exps.sum() - (j == label)) * x
    loss = loss / len(X) + reg * float((W**2).sum())
    dW = dW / len(X) + 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
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
        As `cs231n_lib.layers.softmax_loss` does.

    Examples
    --------
    >>> import numpy as np
    >>> loss, dW = softmax_loss_vectorized(np.zeros((1, 2)), np.array([[2.0]]), np.array([1]), reg=1.0)
    >>> round(float(loss), 6), dW
    (0.693147, array([[ 1., -1.]]))
    """
    data_loss, dscores = softmax_loss(X @ W, y)  # (N, C)
    return data_loss + reg * (W**2).sum(), X.T @ dscores + 2 * reg * W
