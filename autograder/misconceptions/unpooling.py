# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong in unpooling. The cache is the reference's: (places, shape of the output)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _places_in_windows(x, pool_param):
    """Return the largest numbers, and the row and column of each in its window, all of shape (N, C, H', W')."""
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    flat = windows.reshape(*windows.shape[:4], -1)
    row, column = np.divmod(flat.argmax(axis=-1), width)
    return flat.max(axis=-1), row, column


def _corners(shape, stride):
    """Return the row and the column of the first pixel of each window, of shape (N, C, H', W')."""
    _, _, i, j = np.indices(shape)
    return i * stride, j * stride


@misconception("max_pool_places", "The places are kept in an array of floats, and only integers can index.")
def max_pool_places_as_floats(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    top, left = _corners(out.shape, pool_param["stride"])
    return out, 1.0 * ((top + row) * x.shape[3] + left + column)


@misconception("max_pool_places", "Places are counted in the window: they must tell where in the image it is.")
def max_pool_places_in_the_window(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    return out, row * pool_param["pool_width"] + column


@misconception("max_pool_places", "The first pixel of the window is named, not the largest.")
def max_pool_places_of_corners(x, pool_param):
    out, _, _ = _places_in_windows(x, pool_param)
    top, left = _corners(out.shape, pool_param["stride"])
    return out, top * x.shape[3] + left


@misconception("max_pool_places", "Rows are taken to be as long as the image is high.")
def max_pool_places_by_height(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    top, left = _corners(out.shape, pool_param["stride"])
    return out, (top + row) * x.shape[2] + left + column


@misconception("max_pool_places", "The pixels are counted down the columns: they are numbered as one reads.")
def max_pool_places_by_columns(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    top, left = _corners(out.shape, pool_param["stride"])
    return out, (left + column) * x.shape[2] + top + row


@misconception("max_pool_places", "The pixels are counted through all channels and images: each channel starts at 0.")
def max_pool_places_in_the_batch(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    (N, C, H, W), (top, left) = x.shape, _corners(out.shape, pool_param["stride"])
    return out, (top + row) * W + left + column + np.arange(N * C).reshape(N, C, 1, 1) * H * W


@misconception(
    "max_pool_places", "The window's corner is counted without its stride: window (1, 0) starts `stride` rows down."
)
def max_pool_places_without_stride(x, pool_param):
    out, row, column = _places_in_windows(x, pool_param)
    top, left = _corners(out.shape, 1)
    return out, (top + row) * x.shape[3] + left + column


@misconception(
    "max_unpool_forward", "Every pixel is repeated to fill the output: each goes to its place, with zeros elsewhere."
)
def max_unpool_forward_repeats(x, places, output_size):
    rows = np.arange(output_size[0]) * x.shape[2] // output_size[0]
    columns = np.arange(output_size[1]) * x.shape[3] // output_size[1]
    return x[:, :, rows][:, :, :, columns], (places, (*x.shape[:2], *output_size))


@misconception("max_unpool_forward", "Numbers are added: two windows that found the same pixel hold the same number.")
def max_unpool_forward_adds(x, places, output_size):
    (N, C), (H, W) = x.shape[:2], output_size
    out = np.zeros((N, C, H * W))
    n, c, _, _ = np.indices(x.shape)
    np.add.at(out, (n, c, places), x)
    return out.reshape(N, C, H, W), (places, (N, C, H, W))


@misconception("max_unpool_forward", "Rows of the output are taken to be as long as it is high.")
def max_unpool_forward_by_height(x, places, output_size):
    (N, C), (H, W) = x.shape[:2], output_size
    out = np.zeros((N, C, H, W))
    for n, c, i, j in np.ndindex(*x.shape):
        row, column = divmod(int(places[n, c, i, j]), H)
        if row < H and column < W:
            out[n, c, row, column] = x[n, c, i, j]
    return out, (places, (N, C, H, W))


@misconception("max_unpool_forward", "Places are read down the columns: they number the pixels as one reads.")
def max_unpool_forward_by_columns(x, places, output_size):
    (N, C), (H, W) = x.shape[:2], output_size
    out = np.zeros((N, C, H * W))
    np.put_along_axis(out, places.reshape(N, C, -1), x.reshape(N, C, -1), axis=2)
    return out.reshape(N, C, W, H).swapaxes(2, 3), (places, (N, C, H, W))


@misconception("max_unpool_forward", "Places are counted in the whole batch: each channel of each image starts at 0.")
def max_unpool_forward_in_the_batch(x, places, output_size):
    shape = *x.shape[:2], *output_size
    out = np.zeros(shape)
    out.flat[places.ravel()] = x.ravel()
    return out, (places, shape)


@misconception("max_unpool_forward", "Each number goes to the corner of its window: the places say where it was.")
def max_unpool_forward_to_corners(x, places, output_size):
    out = np.zeros((*x.shape[:2], *output_size))
    steps = max(1, output_size[0] // x.shape[2]), max(1, output_size[1] // x.shape[3])
    corners = out[:, :, : x.shape[2] * steps[0] : steps[0], : x.shape[3] * steps[1] : steps[1]]
    corners[...] = x[:, :, : corners.shape[2], : corners.shape[3]]
    return out, (places, (*x.shape[:2], *output_size))


@misconception(
    "max_unpool_backward", "The gradient of all pixels is passed on: only those that were written had any effect."
)
def max_unpool_backward_as_it_came(dout, cache):
    return dout


@misconception(
    "max_unpool_backward", "The gradient of all pixels of a channel is added up: each number went to one of them."
)
def max_unpool_backward_adds(dout, cache):
    return np.ones(cache[0].shape) * dout.sum(axis=(2, 3), keepdims=True)


@misconception("max_unpool_backward", "Rows of the gradient are taken to be as long as it is high.")
def max_unpool_backward_by_height(dout, cache):
    places, (_, _, H, W) = cache
    n, c, _, _ = np.indices(places.shape)
    row, column = np.divmod(places, H)
    return dout[n, c, np.minimum(row, H - 1), np.minimum(column, W - 1)]


@misconception(
    "max_unpool_backward", "Places are looked up in the whole batch: each channel of each image starts at 0."
)
def max_unpool_backward_in_the_batch(dout, cache):
    return dout.ravel()[cache[0]]


@misconception("max_unpool_backward", "The gradient is averaged where the window was: each number went to one pixel.")
def max_unpool_backward_averages(dout, cache):
    places, (_, _, H, W) = cache
    rows, columns = np.arange(H) * places.shape[2] // H, np.arange(W) * places.shape[3] // W
    dx, counts = np.zeros(places.shape), np.zeros(places.shape[2:])
    np.add.at(counts, np.ix_(rows, columns), 1)
    np.add.at(dx, (slice(None), slice(None), *np.ix_(rows, columns)), dout)
    return dx / np.maximum(counts, 1)
