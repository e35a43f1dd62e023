# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in the loss of pixels, and in the intersection over union."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _cross_entropies(scores, y):
    """Return the loss of each pixel, and its slopes with respect to the scores, with the classes on axis 1."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
    return -(log_p * right).sum(axis=1), np.exp(log_p) - right


@misconception("pixel_softmax_loss", "The loss is divided by the images alone: it is the mean over all their pixels.")
def pixel_softmax_loss_mean_over_images(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.sum() / len(y), slopes / len(y)


@misconception("pixel_softmax_loss", "The losses of the pixels are summed: the loss is their mean.")
def pixel_softmax_loss_sums(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.sum(), slopes


@misconception("pixel_softmax_loss", "The loss is a mean over pixels and its gradient is not.")
def pixel_softmax_loss_gradient_without_mean(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.mean(), slopes


@misconception(
    "pixel_softmax_loss", "The loss is a mean over all pixels, and its gradient a mean over the images only."
)
def pixel_softmax_loss_gradient_mean_over_images(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.mean(), slopes / len(y)


@misconception(
    "pixel_softmax_loss",
    "The numbers of a class are counted in the mean: there is one loss for each pixel, not each score.",
)
def pixel_softmax_loss_mean_over_scores(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.sum() / scores.size, slopes / scores.size


@misconception(
    "pixel_softmax_loss",
    "The columns of the image compete: it is the classes of one pixel that share its probability.",
)
def pixel_softmax_loss_over_columns(scores, y):
    shifted = scores - scores.max(axis=3, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=3, keepdims=True))
    right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
    return -(log_p * right).sum() / y.size, (np.exp(log_p) - right) / y.size


@misconception(
    "pixel_softmax_loss", "All scores of an image compete: each pixel has probabilities of its own, which sum to one."
)
def pixel_softmax_loss_over_images(scores, y):
    shifted = scores - scores.max(axis=(1, 2, 3), keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=(1, 2, 3), keepdims=True))
    right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
    return -(log_p * right).sum() / y.size, (np.exp(log_p) - right) / y.size


@misconception(
    "pixel_softmax_loss",
    "Reshaping alone mixes pixels and classes: the classes must be the last axis before the rest is flattened.",
)
def pixel_softmax_loss_reshaped(scores, y):
    C = scores.shape[1]
    losses, slopes = _cross_entropies(scores.reshape(-1, C, 1, 1), y.reshape(-1, 1, 1))
    return losses.mean(), (slopes / y.size).reshape(scores.shape)


@misconception(
    "pixel_softmax_loss", "The gradient is reshaped but its axes are not moved back: classes belong on axis 1."
)
def pixel_softmax_loss_gradient_reshaped(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    return losses.mean(), (slopes / y.size).transpose(0, 2, 3, 1).reshape(scores.shape)


@misconception("pixel_softmax_loss", "The gradient holds the probabilities alone: the right class must be pushed up.")
def pixel_softmax_loss_gradient_without_labels(scores, y):
    losses, slopes = _cross_entropies(scores, y)
    right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
    return losses.mean(), (slopes + right) / y.size


@misconception(
    "pixel_softmax_loss", "The exponential of a large score overflows: subtract the largest of each pixel."
)
def pixel_softmax_loss_overflows(scores, y):
    with np.errstate(all="ignore"):
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        right = np.arange(scores.shape[1])[:, None, None] == y[:, None]
        return -np.log((p * right).sum(axis=1)).mean(), (p - right) / y.size


def _areas(y_pred, y, num_classes):
    """Return the pixels of each class: in both, predicted, and right."""
    both = np.array([np.sum((y_pred == c) & (y == c)) for c in range(num_classes)])
    return both, np.bincount(y_pred.ravel(), minlength=num_classes), np.bincount(y.ravel(), minlength=num_classes)


@misconception("mean_iou", "This is the share of right pixels: with much background it is high whatever is found.")
def mean_iou_accuracy(y_pred, y, num_classes):
    return (y_pred == y).mean() + 0 * num_classes


@misconception("mean_iou", "A class that is nowhere counts as zero: it has neither been found nor been missed.")
def mean_iou_absent_is_zero(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    return np.mean(both / np.maximum(predicted + right - both, 1))


@misconception("mean_iou", "A class that is nowhere counts as found: it says nothing about the predictions.")
def mean_iou_absent_is_one(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    union = predicted + right - both
    return np.mean(np.where(union > 0, both / np.maximum(union, 1), 1.0))


@misconception("mean_iou", "A class that is nowhere has an empty union, and zero over zero is no number.")
def mean_iou_nan(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    with np.errstate(invalid="ignore"):
        return np.mean(both / (predicted + right - both))


@misconception(
    "mean_iou",
    "Classes that are predicted and are not there are left out: their pixels are wrong, so they count as zero.",
)
def mean_iou_of_right_classes_only(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    union = predicted + right - both
    return np.mean(both[right > 0] / union[right > 0])


@misconception(
    "mean_iou", "Classes that are there and never predicted are left out: they were missed, so they count as zero."
)
def mean_iou_of_predicted_classes_only(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    union = predicted + right - both
    return np.mean(both[predicted > 0] / union[predicted > 0])


@misconception(
    "mean_iou", "The two areas are added and their common pixels counted twice: a union has each pixel once."
)
def mean_iou_common_pixels_twice(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    areas = predicted + right
    return np.mean(both[areas > 0] / areas[areas > 0])


@misconception("mean_iou", "This is the Dice coefficient: twice the common pixels over the sum of both areas.")
def mean_iou_dice(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    areas = predicted + right
    return np.mean(2 * both[areas > 0] / areas[areas > 0])


@misconception(
    "mean_iou",
    "The common pixels are divided by those of the class alone: pixels that were wrongly given to it must count.",
)
def mean_iou_recall(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    union = predicted + right - both
    return np.mean(both[union > 0] / np.maximum(right, 1)[union > 0])


@misconception("mean_iou", "The background is left out: it is a class like the others.")
def mean_iou_without_background(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    union = predicted + right - both
    found = both[1:][union[1:] > 0] / union[1:][union[1:] > 0]
    return found.mean() if found.size else 0.0


@misconception(
    "mean_iou", "All classes are thrown together: each has its own quotient, and the mean is over classes."
)
def mean_iou_of_all_classes_together(y_pred, y, num_classes):
    both, predicted, right = _areas(y_pred, y, num_classes)
    return both.sum() / (predicted + right - both).sum()


@misconception("mean_iou", "The quotients are taken image by image: the pixels of all images are counted together.")
def mean_iou_of_each_image(y_pred, y, num_classes):
    means = []
    for image_pred, image in zip(y_pred, y, strict=True):
        both, predicted, right = _areas(image_pred, image, num_classes)
        union = predicted + right - both
        means.append(np.mean(both[union > 0] / union[union > 0]))
    return np.mean(means)
