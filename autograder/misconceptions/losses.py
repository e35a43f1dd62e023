# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in losses."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("softmax_loss", "The loss is summed over the batch: the loss of a batch is the mean.")
def softmax_loss_sums(x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    dx = p.copy()
    dx[rows, y] -= 1
    return -np.log(p[rows, y]).sum(), dx


@misconception("softmax_loss", "The loss is a mean and its gradient is not: both carry the same 1/N.")
def softmax_loss_gradient_without_mean(x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    dx = p.copy()
    dx[rows, y] -= 1
    return -np.log(p[rows, y]).mean(), dx


@misconception(
    "softmax_loss", "The exponential of a large score overflows: moving all scores changes no probability."
)
def softmax_loss_overflows(x, y):
    with np.errstate(all="ignore"):
        p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        rows = np.arange(len(x))
        dx = p.copy()
        dx[rows, y] -= 1
        return -np.log(p[rows, y]).mean(), dx / len(x)


@misconception("svm_loss", "The margin of the true class is counted too: it adds 1 for every example.")
def svm_loss_counts_the_true_class(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    dx = (margins > 0).astype(float)
    dx[rows, y] -= dx.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)


@misconception("svm_loss", "The score of the true class has no gradient, yet every margin contains it.")
def svm_loss_ignores_the_true_class(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    return margins.sum() / len(x), (margins > 0) / len(x)
