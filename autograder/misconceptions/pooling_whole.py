# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in pooling whole images and sequences: global average pooling and k-max pooling.

The cache of the first is that of the lesson, the shape of x, and that of the second the reference's, (places, shape
of x).
"""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception(
    "global_avg_pool_forward", "The axes of the image are kept, each of length 1: a channel becomes one number."
)
def global_avg_pool_forward_keeps_axes(x):
    return x.mean(axis=(2, 3), keepdims=True), x.shape


@misconception("global_avg_pool_forward", "The pixels are added up: their mean does not grow with the image.")
def global_avg_pool_forward_adds(x):
    return x.sum(axis=(2, 3)), x.shape


@misconception("global_avg_pool_forward", "The largest pixel is kept: that is global max pooling.")
def global_avg_pool_forward_keeps_the_largest(x):
    return x.max(axis=(2, 3)), x.shape


@misconception("global_avg_pool_forward", "The mean runs over the channels: it runs over the pixels of each.")
def global_avg_pool_forward_over_channels(x):
    return x.mean(axis=1), x.shape


@misconception("global_avg_pool_forward", "One number is left of each image: each of its channels should become one.")
def global_avg_pool_forward_of_images(x):
    return x.mean(axis=(1, 2, 3)), x.shape


@misconception("global_avg_pool_backward", "The gradient is not divided: a pixel is only one part of the mean.")
def global_avg_pool_backward_not_divided(dout, cache):
    return np.ones(cache) * dout[:, :, None, None]


@misconception(
    "global_avg_pool_backward", "The gradient is divided by the square of the height, and images need not be square."
)
def global_avg_pool_backward_of_squares(dout, cache):
    return np.ones(cache) * dout[:, :, None, None] / cache[2] ** 2


@misconception(
    "global_avg_pool_backward", "The channels are counted in the division: the mean runs over the pixels of one."
)
def global_avg_pool_backward_divides_by_channels(dout, cache):
    return np.ones(cache) * dout[:, :, None, None] / np.prod(cache[1:])


@misconception(
    "global_avg_pool_backward", "The images are counted in the division: the mean runs over the pixels of one."
)
def global_avg_pool_backward_divides_by_images(dout, cache):
    return np.ones(cache) * dout[:, :, None, None] / (cache[0] * cache[2] * cache[3])


@misconception("global_avg_pool_backward", "The gradient has one number for each channel: x has one for each pixel.")
def global_avg_pool_backward_without_pixels(dout, cache):
    return dout / (cache[2] * cache[3])


def _kept(x, places):
    return np.take_along_axis(x, places, axis=2), (places, x.shape)


@misconception("kmax_pool_forward", "The numbers come largest first: they keep the order in which they came.")
def kmax_pool_forward_descending(x, k):
    return _kept(x, np.argsort(-x, axis=2)[:, :, :k])


@misconception("kmax_pool_forward", "The numbers come in ascending order: they keep the order in which they came.")
def kmax_pool_forward_ascending(x, k):
    return _kept(x, np.argsort(x, axis=2)[:, :, -k:])


@misconception("kmax_pool_forward", "The k smallest numbers are kept.")
def kmax_pool_forward_keeps_the_smallest(x, k):
    return _kept(x, np.sort(np.argsort(x, axis=2)[:, :, :k], axis=2))


@misconception("kmax_pool_forward", "The first k numbers are kept, however small they are.")
def kmax_pool_forward_keeps_the_first(x, k):
    return _kept(x, np.broadcast_to(np.arange(k), (*x.shape[:2], k)))


@misconception("kmax_pool_forward", "All channels keep the same steps, those of the first: each chooses for itself.")
def kmax_pool_forward_chooses_once(x, k):
    places = np.sort(np.argsort(x[:, :1], axis=2)[:, :, -k:], axis=2)
    return _kept(x, np.broadcast_to(places, (*x.shape[:2], k)))


@misconception("kmax_pool_forward", "The numbers are kept where they stood, with zeros between: only k remain.")
def kmax_pool_forward_masks(x, k):
    places = np.sort(np.argsort(x, axis=2)[:, :, -k:], axis=2)
    out = np.zeros_like(x)
    np.put_along_axis(out, places, np.take_along_axis(x, places, axis=2), axis=2)
    return out, (places, x.shape)


@misconception("kmax_pool_backward", "The gradient goes to the first k steps, not to those that were kept.")
def kmax_pool_backward_to_the_first(dout, cache):
    dx = np.zeros(cache[1])
    dx[:, :, : dout.shape[2]] = dout
    return dx


@misconception("kmax_pool_backward", "The gradients arrive in the opposite order.")
def kmax_pool_backward_reversed(dout, cache):
    dx = np.zeros(cache[1])
    np.put_along_axis(dx, cache[0], dout[:, :, ::-1], axis=2)
    return dx


@misconception(
    "kmax_pool_backward", "All channels send to the same steps, those of the first: each has kept its own."
)
def kmax_pool_backward_chooses_once(dout, cache):
    dx = np.zeros(cache[1])
    np.put_along_axis(dx, np.broadcast_to(cache[0][:, :1], dout.shape), dout, axis=2)
    return dx


@misconception("kmax_pool_backward", "The gradient is divided by k: every number that is kept counts in full.")
def kmax_pool_backward_divides(dout, cache):
    dx = np.zeros(cache[1])
    np.put_along_axis(dx, cache[0], dout / dout.shape[2], axis=2)
    return dx
