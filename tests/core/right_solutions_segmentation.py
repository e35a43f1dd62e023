"""Right solutions of the segmentation exercises, in the styles of students. None shares code with the library."""

import math

import numpy as np
import right_solutions_images as images


def pixel_softmax_loss_by_loops(scores, y):
    N, C, H, W = scores.shape
    loss, dscores = 0.0, np.zeros(scores.shape)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                s = scores[n, :, i, j] - max(scores[n, :, i, j])
                total = sum(math.exp(score) for score in s)
                loss += math.log(total) - s[y[n, i, j]]
                for c in range(C):
                    dscores[n, c, i, j] = math.exp(s[c]) / total - (c == y[n, i, j])
    return loss / (N * H * W), dscores / (N * H * W)


def softmax_loss_of_rows(x, y):
    x = x - np.max(x, axis=1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[np.arange(len(y)), y] -= 1
    return -log_p[np.arange(len(y)), y].sum() / len(y), dx / len(y)


def pixel_softmax_loss_by_rows(scores, y):
    moved = np.moveaxis(scores, 1, -1)
    loss, rows = softmax_loss_of_rows(moved.reshape(-1, scores.shape[1]), y.reshape(-1))
    return loss, np.moveaxis(rows.reshape(moved.shape), -1, 1)


def pixel_softmax_loss_along_an_axis(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = np.take_along_axis(log_p, y[:, None], axis=1)
    dscores = np.exp(log_p)
    np.put_along_axis(dscores, y[:, None], np.exp(picked) - 1, axis=1)
    return -picked.mean(), dscores / y.size


def pixel_softmax_loss_one_hot(scores, y):
    one_hot = np.eye(scores.shape[1])[y].transpose(0, 3, 1, 2)
    top = np.amax(scores, axis=1)[:, np.newaxis]
    log_total = top + np.log(np.sum(np.exp(scores - top), axis=1, keepdims=True))
    loss = float(np.sum((log_total - scores) * one_hot)) / y.size
    return loss, (np.exp(scores - log_total) - one_hot) / y.size


def mean_iou_by_loops(y_pred, y, num_classes):
    ious = []
    for c in range(num_classes):
        both = either = 0
        for guess, right in zip(y_pred.flatten(), y.flatten(), strict=True):
            both += guess == c and right == c
            either += guess == c or right == c
        if either:
            ious.append(both / either)
    return sum(ious) / len(ious)


def mean_iou_by_masks(y_pred, y, num_classes):
    ious = np.full(num_classes, np.nan)
    for c in range(num_classes):
        union = np.logical_or(y_pred == c, y == c).sum()
        if union > 0:
            ious[c] = np.logical_and(y_pred == c, y == c).sum() / union
    return np.nanmean(ious)


def mean_iou_by_confusion(y_pred, y, num_classes):
    confusion = np.zeros((num_classes, num_classes))
    np.add.at(confusion, (y.ravel(), y_pred.ravel()), 1)
    both = confusion.diagonal()
    union = confusion.sum(0) + confusion.sum(1) - both
    return (both[union > 0] / union[union > 0]).sum() / np.count_nonzero(union)


def mean_iou_by_sets(y_pred, y, num_classes):
    ious = []
    for c in range(num_classes):
        guessed, right = (set(np.flatnonzero(labels == c)) for labels in (y_pred, y))
        if guessed | right:
            ious.append(len(guessed & right) / len(guessed | right))
    return np.array(ious).mean()


def unpool_conv_forward_by_loops(x, w, b, places, output_size, conv_param):
    large, cache1 = images.max_unpool_forward_by_loops(x, places, output_size)
    out, cache2 = images.conv_forward_image_by_image(large, w, b, conv_param)
    return out, (cache1, cache2)


def unpool_conv_backward_by_loops(dout, cache):
    cache1, cache2 = cache
    dlarge, dw, db = images.conv_backward_image_by_image(dout, cache2)
    return images.max_unpool_backward_by_loops(dlarge, cache1), dw, db


def unpool_conv_forward_with_im2col(x, w, b, places, output_size, conv_param):
    large, unpooled = images.max_unpool_forward_along_an_axis(x, places, output_size)
    out, convolved = images.conv_forward_with_im2col(large, w, b, conv_param)
    return out, {"unpooled": unpooled, "convolved": convolved}


def unpool_conv_backward_with_col2im(dout, cache):
    dx, *others = images.conv_backward_with_col2im(dout, cache["convolved"])
    return images.max_unpool_backward_along_an_axis(dx, cache["unpooled"]), *others


def unpool_conv_forward_with_rows(x, w, b, places, output_size, conv_param):
    large, where = images.max_unpool_forward_by_flat_indices(x, places, output_size)
    out, cache = images.conv_forward_with_rows(large, w, b, conv_param)
    return out, [where, cache]


def unpool_conv_backward_with_rows(dout, cache):
    dx, dw, db = images.conv_backward_with_rows(dout, cache[1])
    return images.max_unpool_backward_by_flat_indices(dx, cache[0]), dw, db


SOLUTIONS = {
    "unpooling and convolution by loops": {
        "unpool_conv_forward": unpool_conv_forward_by_loops,
        "unpool_conv_backward": unpool_conv_backward_by_loops,
    },
    "unpooling and convolution with im2col": {
        "unpool_conv_forward": unpool_conv_forward_with_im2col,
        "unpool_conv_backward": unpool_conv_backward_with_col2im,
    },
    "unpooling and convolution with rows": {
        "unpool_conv_forward": unpool_conv_forward_with_rows,
        "unpool_conv_backward": unpool_conv_backward_with_rows,
    },
    "segmentation by loops": {
        "pixel_softmax_loss": pixel_softmax_loss_by_loops,
        "mean_iou": mean_iou_by_loops,
    },
    "segmentation by rows and masks": {
        "pixel_softmax_loss": pixel_softmax_loss_by_rows,
        "mean_iou": mean_iou_by_masks,
    },
    "segmentation along an axis, by confusion": {
        "pixel_softmax_loss": pixel_softmax_loss_along_an_axis,
        "mean_iou": mean_iou_by_confusion,
    },
    "segmentation by one-hot labels and sets": {
        "pixel_softmax_loss": pixel_softmax_loss_one_hot,
        "mean_iou": mean_iou_by_sets,
    },
}
