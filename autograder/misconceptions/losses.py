# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in losses."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _cross_entropies(x, y):
    """Return the loss of each example, and its slopes with respect to the scores."""
    shifted, rows = x - x.max(axis=1, keepdims=True), np.arange(len(x))
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    slopes = np.exp(shifted - log_sum[:, None])
    slopes[rows, y] -= 1
    return log_sum - shifted[rows, y], slopes


@misconception("softmax_loss", "The loss is summed over the batch: the loss of a batch is the mean.")
def softmax_loss_sums(x, y):
    losses, dx = _cross_entropies(x, y)
    return losses.sum(), dx


@misconception("softmax_loss", "The loss is a mean and its gradient is not: both carry the same 1/N.")
def softmax_loss_gradient_without_mean(x, y):
    losses, dx = _cross_entropies(x, y)
    return losses.mean(), dx


@misconception("softmax_loss", "The gradient is the probabilities alone: it must push the true class up.")
def softmax_loss_gradient_without_labels(x, y):
    losses, dx = _cross_entropies(x, y)
    dx[np.arange(len(x)), y] += 1
    return losses.mean(), dx / len(x)


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


@misconception(
    "softmax_loss",
    "The largest score of the whole batch is subtracted: each example needs its own, or its numbers vanish.",
)
def softmax_loss_largest_of_the_batch(x, y):
    with np.errstate(all="ignore"):
        log_p = x - x.max() - np.log(np.exp(x - x.max()).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    return -log_p[rows, y].mean(), dx / len(x)


@misconception(
    "softmax_loss", "A hopeless class has probability zero in floating point: the logarithm must not see it."
)
def softmax_loss_log_of_zero(x, y):
    return _loss_of_probabilities(x, y, 0.0)


@misconception("softmax_loss", "Something is added before the logarithm: the loss of a confident mistake is cut off.")
def softmax_loss_epsilon(x, y):
    return _loss_of_probabilities(x, y, 1e-8)


@misconception(
    "softmax_loss", "However tiny what is added before the logarithm: a confident mistake costs too little."
)
def softmax_loss_tiny_epsilon(x, y):
    return _loss_of_probabilities(x, y, 1e-12)


def _loss_of_probabilities(x, y, epsilon):
    losses, dx = _cross_entropies(x, y)
    with np.errstate(all="ignore"):
        return -np.log(np.exp(-losses) + epsilon).mean(), dx / len(x)


@misconception(
    "softmax_loss",
    "The probabilities of a class add up to 1 over the batch: those of an example do over the classes.",
)
def softmax_loss_over_the_batch(x, y):
    shifted, rows = x - x.max(axis=0), np.arange(len(x))
    log_sum = np.log(np.exp(shifted).sum(axis=0))
    dx = np.exp(shifted - log_sum)
    dx[rows, y] -= 1
    return (log_sum[y] - shifted[rows, y]).mean(), dx / len(x)


@misconception("svm_loss", "The margin of the true class is counted too: it adds 1 for every example.")
def svm_loss_counts_the_true_class(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    dx = (margins > 0).astype(float)
    dx[rows, y] -= dx.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)


@misconception(
    "svm_loss",
    "The true class stays among the wrong ones: it adds 1 to the loss of each example, and to its gradient.",
)
def svm_loss_leaves_the_true_class(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    dx = (margins > 0).astype(float)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)


@misconception("svm_loss", "The score of the true class has no gradient, yet every margin contains it.")
def svm_loss_ignores_the_true_class(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    return margins.sum() / len(x), (margins > 0) / len(x)


@misconception("svm_loss", "There is no margin: a wrong class costs something before it has overtaken the true one.")
def svm_loss_without_margin(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None])
    return margins.sum() / len(x), _steps(margins, y) / len(x)


@misconception(
    "svm_loss", "The hinge loss is summed over the batch: it should not depend on how many examples there are."
)
def svm_loss_sums(x, y):
    margins = _margins(x, y)
    return margins.sum(), _steps(margins, y)


@misconception("svm_loss", "The gradient is not divided by the number of examples, as the loss is.")
def svm_loss_gradient_without_mean(x, y):
    margins = _margins(x, y)
    return margins.sum() / len(x), _steps(margins, y)


@misconception("svm_loss", "The gradient grows with the margin: a hinge has the slope 0 or 1.")
def svm_loss_gradient_of_squares(x, y):
    margins = _margins(x, y)
    dx = margins.copy()
    dx[np.arange(len(x)), y] = -margins.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)


@misconception("svm_loss", "The true class is pulled up once: it takes part in every margin that is violated.")
def svm_loss_counts_the_true_class_once(x, y):
    margins = _margins(x, y)
    dx = (margins > 0).astype(float)
    dx[np.arange(len(x)), y] = -(dx.sum(axis=1) > 0)
    return margins.sum() / len(x), dx / len(x)


def _margins(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    return margins


def _steps(margins, y):
    """Return the slope of the hinges with respect to the scores."""
    steps = (margins > 0).astype(float)
    steps[np.arange(len(y)), y] = -steps.sum(axis=1)
    return steps
