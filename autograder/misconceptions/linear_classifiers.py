# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in the losses of linear classifiers."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _hinge(scores, y):
    """Return the hinge losses of a batch, and their slopes with respect to the scores."""
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    slopes = (margins > 0).astype(float)
    slopes[rows, y] = -slopes.sum(axis=1)
    return margins.sum(), slopes


def _cross_entropy(scores, y):
    """Return the cross-entropies of a batch, and their slopes with respect to the scores."""
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    slopes = np.exp(shifted - log_sum[:, None])
    slopes[rows, y] -= 1
    return (log_sum - shifted[rows, y]).sum(), slopes


@misconception("svm_loss_naive", "The loop gives the true class no gradient: each margin pulls it up once.")
def svm_loss_naive_ignores_the_true_class(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        for j in range(W.shape[1]):
            margin = x @ W[:, j] - x @ W[:, label] + 1
            if j != label and margin > 0:
                loss += margin
                dW[:, j] += x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


@misconception("svm_loss_naive", "The true class is not left out of the loop: it adds 1 for every example.")
def svm_loss_naive_counts_the_true_class(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    return loss / len(X) + 1 + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "svm_loss_naive", "The penalty is in the loss and not in the gradient: both describe the same function."
)
def svm_loss_naive_gradient_without_penalty(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X)


@misconception("svm_loss_naive", "The gradient is a sum over the examples where the loss is a mean.")
def svm_loss_naive_gradient_without_mean(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes + 2 * reg * W


@misconception("svm_loss_vectorized", "The penalty is halved: here it is the plain sum of squares, as in the loops.")
def svm_loss_vectorized_half_penalty(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    return loss / len(X) + 0.5 * reg * np.sum(W * W), X.T @ slopes / len(X) + reg * W


@misconception(
    "svm_loss_vectorized", "The penalty is divided by the number of examples: it does not depend on the data."
)
def svm_loss_vectorized_penalty_in_the_mean(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    return (loss + reg * np.sum(W * W)) / len(X), (X.T @ slopes + 2 * reg * W) / len(X)


@misconception(
    "svm_loss_vectorized", "The true class appears once in the gradient: it belongs to every violated margin."
)
def svm_loss_vectorized_counts_once(W, X, y, reg):
    loss, slopes = _hinge(X @ W, y)
    slopes = np.maximum(slopes, -1.0)
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "svm_loss_vectorized", "The gradient is that of the scores of all classes: where the margin holds it is zero."
)
def svm_loss_vectorized_every_margin(W, X, y, reg):
    loss, _ = _hinge(X @ W, y)
    slopes = np.ones((len(X), W.shape[1]))
    slopes[np.arange(len(X)), y] -= W.shape[1]
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "softmax_loss_naive", "The exponential of a large score is infinite: only differences of scores matter."
)
def softmax_loss_naive_overflows(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    with np.errstate(all="ignore"):
        for x, label in zip(X, y, strict=True):
            p = np.exp(x @ W) / np.sum(np.exp(x @ W))
            loss -= np.log(p[label])
            for j in range(W.shape[1]):
                dW[:, j] += (p[j] - (j == label)) * x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


@misconception(
    "softmax_loss_naive", "The loop leaves the true class without its own term: its probability should become 1."
)
def softmax_loss_naive_without_labels(W, X, y, reg):
    loss, slopes = _cross_entropy(X @ W, y)
    slopes[np.arange(len(X)), y] += 1
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "softmax_loss_naive", "The gradient of the penalty is half of what it should be: a square has the slope 2."
)
def softmax_loss_naive_half_gradient(W, X, y, reg):
    loss, slopes = _cross_entropy(X @ W, y)
    return loss / len(X) + reg * np.sum(W * W), X.T @ slopes / len(X) + reg * W


@misconception(
    "softmax_loss_naive", "Loss and gradient are sums over the examples: means do not grow with the batch."
)
def softmax_loss_naive_sums(W, X, y, reg):
    loss, slopes = _cross_entropy(X @ W, y)
    return loss + reg * np.sum(W * W), X.T @ slopes + 2 * reg * W


@misconception(
    "softmax_loss_vectorized",
    "There is a one half before the penalty: this classifier has none, unlike the networks.",
)
def softmax_loss_vectorized_half_penalty(W, X, y, reg):
    loss, slopes = _cross_entropy(X @ W, y)
    return loss / len(X) + 0.5 * reg * np.sum(W * W), X.T @ slopes / len(X) + reg * W


@misconception(
    "softmax_loss_vectorized", "The weights are summed before they are squared: positive and negative ones cancel."
)
def softmax_loss_vectorized_square_of_sum(W, X, y, reg):
    loss, slopes = _cross_entropy(X @ W, y)
    return loss / len(X) + reg * np.sum(W) ** 2, X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "softmax_loss_vectorized", "The probabilities are normalized over the batch: an axis is taken for the other."
)
def softmax_loss_vectorized_over_the_batch(W, X, y, reg):
    scores, rows = X @ W, np.arange(len(X))
    p = np.exp(scores - scores.max(axis=0))
    p /= p.sum(axis=0)
    slopes = p.copy()
    slopes[rows, y] -= 1
    return -np.log(p[rows, y]).mean() + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W


@misconception(
    "softmax_loss_vectorized",
    "Exponentials overflow before they are divided: a number taken off all scores changes no probability.",
)
def softmax_loss_vectorized_overflows(W, X, y, reg):
    scores, rows = X @ W, np.arange(len(X))
    with np.errstate(all="ignore"):
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        slopes = p.copy()
        slopes[rows, y] -= 1
        return -np.log(p[rows, y]).mean() + reg * np.sum(W * W), X.T @ slopes / len(X) + 2 * reg * W
