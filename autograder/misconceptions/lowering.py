# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in im2col, col2im and the convolution built on them.

The cache of that is the reference's: (x, w, b, conv_param, columns).
"""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _padded(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def _pixels(x_shape, HH, WW, stride, pad):
    """Return the row and the column of the padded image, each of shape (HH, WW, H', W')."""
    rows, columns = (x_shape[2] + 2 * pad - HH) // stride + 1, (x_shape[3] + 2 * pad - WW) // stride + 1
    h, v, i, j = np.indices((HH, WW, rows, columns))
    return i * stride + h, j * stride + v


def _patches(x, HH, WW, stride, pad):
    """Return an array of shape (N, C, HH, WW, H', W')."""
    row, column = _pixels(x.shape, HH, WW, stride, pad)
    return _padded(x, pad)[:, :, row, column]


def _added(patches, x_shape, HH, WW, stride, pad):
    """Add patches of shape (N, C, HH, WW, H', W') up in padded images."""
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, j in np.ndindex(*patches.shape[4:]):
        padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += patches[..., i, j]
    return padded


def _unrolled(cols, x_shape, HH, WW, stride, pad):
    """Return the columns as an array of shape (N, C, HH, WW, H', W')."""
    row, _ = _pixels(x_shape, HH, WW, stride, pad)
    return cols.reshape(x_shape[1], HH, WW, x_shape[0], *row.shape[2:]).transpose(3, 0, 1, 2, 4, 5)


@misconception("im2col", "The images are interleaved: all the columns of one image come before those of the next.")
def im2col_interleaved(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.transpose(1, 2, 3, 4, 5, 0).reshape(x.shape[1] * HH * WW, -1)


@misconception(
    "im2col", "The channels of a pixel stand together: a column holds channel after channel, as a filter does."
)
def im2col_channels_last(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.transpose(2, 3, 1, 0, 4, 5).reshape(x.shape[1] * HH * WW, -1)


@misconception("im2col", "Each window is a row: here it is a column.")
def im2col_transposed(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.transpose(0, 4, 5, 1, 2, 3).reshape(-1, x.shape[1] * HH * WW)


@misconception("im2col", "The windows are taken column by column: they are numbered as one reads.")
def im2col_by_columns(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.transpose(1, 2, 3, 0, 5, 4).reshape(x.shape[1] * HH * WW, -1)


@misconception("im2col", "The pixels of a window are written column by column: they are numbered as one reads.")
def im2col_windows_by_columns(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.transpose(1, 3, 2, 0, 4, 5).reshape(x.shape[1] * HH * WW, -1)


@misconception("im2col", "The array is given its shape without moving an axis: reshape keeps the order of reading.")
def im2col_reshapes(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], conv_param["pad"])
    return patches.reshape(x.shape[1] * HH * WW, -1)


@misconception("im2col", "The images have no frame of zeros, whatever the padding says: windows reach into it.")
def im2col_without_padding(x, HH, WW, conv_param):
    patches = _patches(x, HH, WW, conv_param["stride"], 0)
    return patches.transpose(1, 2, 3, 0, 4, 5).reshape(x.shape[1] * HH * WW, -1)


@misconception("im2col", "Neighboring columns are neighboring windows, one pixel apart, whatever the stride says.")
def im2col_ignores_stride(x, HH, WW, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    row, _ = _pixels(x.shape, HH, WW, stride, pad)
    patches = _patches(x, HH, WW, 1, pad)[..., : row.shape[2], : row.shape[3]]
    return patches.transpose(1, 2, 3, 0, 4, 5).reshape(x.shape[1] * HH * WW, -1)


@misconception("col2im", "Columns are assigned: a pixel that lies in several windows adds up what each of them says.")
def col2im_assigns(cols, x_shape, HH, WW, conv_param):
    (N, C, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    patches = _unrolled(cols, x_shape, HH, WW, stride, pad)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, j in np.ndindex(*patches.shape[4:]):
        rows, columns = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
        padded[:, :, rows, columns] = patches[..., i, j]
    return padded[:, :, pad : pad + H, pad : pad + W]


@misconception(
    "col2im", "What a place of the window gives is assigned: other places give to the same pixel, and add up."
)
def col2im_assigns_places(cols, x_shape, HH, WW, conv_param):
    (N, C, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    patches = _unrolled(cols, x_shape, HH, WW, stride, pad)
    rows, columns = patches.shape[4:]
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for p, q in np.ndindex(HH, WW):
        padded[:, :, p : p + stride * rows : stride, q : q + stride * columns : stride] = patches[:, :, p, q]
    return padded[:, :, pad : pad + H, pad : pad + W]


@misconception(
    "col2im", "Pixels are divided by how many windows they lie in: col2im is the gradient, not the inverse."
)
def col2im_inverts(cols, x_shape, HH, WW, conv_param):
    (_, _, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    patches = _unrolled(cols, x_shape, HH, WW, stride, pad)
    counts = _added(np.ones_like(patches), x_shape, HH, WW, stride, pad)
    padded = _added(patches, x_shape, HH, WW, stride, pad) / np.maximum(counts, 1)
    return padded[:, :, pad : pad + H, pad : pad + W]


@misconception("col2im", "The frame is cut off by [pad:-pad], which is empty when there is no padding.")
def col2im_empty_without_padding(cols, x_shape, HH, WW, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = _added(_unrolled(cols, x_shape, HH, WW, stride, pad), x_shape, HH, WW, stride, pad)
    return padded[:, :, pad:-pad, pad:-pad]


@misconception("col2im", "The frame of the padding is still around the images.")
def col2im_keeps_padding(cols, x_shape, HH, WW, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    return _added(_unrolled(cols, x_shape, HH, WW, stride, pad), x_shape, HH, WW, stride, pad)


@misconception("col2im", "The columns are read as if the images took turns: im2col wrote one image after the other.")
def col2im_interleaved(cols, x_shape, HH, WW, conv_param):
    (N, C, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    row, _ = _pixels(x_shape, HH, WW, stride, pad)
    patches = cols.reshape(C, HH, WW, *row.shape[2:], N).transpose(5, 0, 1, 2, 3, 4)
    return _added(patches, x_shape, HH, WW, stride, pad)[:, :, pad : pad + H, pad : pad + W]


@misconception("col2im", "The rows are read as if the channels stood together: im2col wrote channel after channel.")
def col2im_channels_last(cols, x_shape, HH, WW, conv_param):
    (N, C, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    row, _ = _pixels(x_shape, HH, WW, stride, pad)
    patches = cols.reshape(HH, WW, C, N, *row.shape[2:]).transpose(3, 2, 0, 1, 4, 5)
    return _added(patches, x_shape, HH, WW, stride, pad)[:, :, pad : pad + H, pad : pad + W]


@misconception("col2im", "The windows are put side by side, one pixel apart, whatever the stride says.")
def col2im_ignores_stride(cols, x_shape, HH, WW, conv_param):
    (N, C, H, W), stride, pad = x_shape, conv_param["stride"], conv_param["pad"]
    patches = _unrolled(cols, x_shape, HH, WW, stride, pad)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, j in np.ndindex(*patches.shape[4:]):
        padded[:, :, i : i + HH, j : j + WW] += patches[..., i, j]
    return padded[:, :, pad : pad + H, pad : pad + W]


def _columns(x, w, conv_param):
    """Return the matrix of windows, (C HH WW, N H' W'), and (N, H', W')."""
    (HH, WW), stride, pad = w.shape[2:], conv_param["stride"], conv_param["pad"]
    patches = _patches(x, HH, WW, stride, pad)
    matrix = patches.transpose(1, 2, 3, 0, 4, 5).reshape(w[0].size, -1)
    return matrix, (len(x), *patches.shape[4:])


def _cached(x, w, b, conv_param, cols):
    """Return the cache in the form of the reference, whose columns have an axis of groups in front."""
    return x, w, b, conv_param, cols[None]


@misconception(
    "conv_forward_im2col",
    "The product has the filters first, then the images: reshape cannot bring the images to the front.",
)
def conv_forward_im2col_reshapes(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.reshape(len(w), -1) @ cols).reshape(N, len(w), rows, columns)
    return out + b[:, None, None], _cached(x, w, b, conv_param, cols)


@misconception(
    "conv_forward_im2col", "The product still has the filters in front: the first axis is that of the images."
)
def conv_forward_im2col_filters_first(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.reshape(len(w), -1) @ cols).reshape(len(w), N, rows, columns)
    return out + b[:, None, None, None], _cached(x, w, b, conv_param, cols)


@misconception("conv_forward_im2col", "The matrix product has no bias, and the layer has one for each filter.")
def conv_forward_im2col_without_bias(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.reshape(len(w), -1) @ cols).reshape(len(w), N, rows, columns)
    return out.swapaxes(0, 1), _cached(x, w, b, conv_param, cols)


@misconception(
    "conv_forward_im2col", "The filters are flattened channels last: their numbers must meet the rows of the columns."
)
def conv_forward_im2col_channels_last(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.transpose(0, 2, 3, 1).reshape(len(w), -1) @ cols).reshape(len(w), N, rows, columns)
    return out.swapaxes(0, 1) + b[:, None, None], _cached(x, w, b, conv_param, cols)


@misconception(
    "conv_forward_im2col", "The matrix of filters is reshaped, not transposed: each filter is one of its rows."
)
def conv_forward_im2col_filters_as_columns(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.reshape(-1, len(w)).T @ cols).reshape(len(w), N, rows, columns)
    return out.swapaxes(0, 1) + b[:, None, None], _cached(x, w, b, conv_param, cols)


@misconception("conv_forward_im2col", "Rows and columns of the output change places when the product is folded back.")
def conv_forward_im2col_transposed(x, w, b, conv_param):
    cols, (N, rows, columns) = _columns(x, w, conv_param)
    out = (w.reshape(len(w), -1) @ cols).reshape(len(w), N, columns, rows)
    return out.swapaxes(0, 1) + b[:, None, None], _cached(x, w, b, conv_param, cols)


def _folded(dcols, x, w, conv_param):
    """Return dx, summed up from the gradient of the columns."""
    (_, _, H, W), (HH, WW) = x.shape, w.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = _added(_unrolled(dcols, x.shape, HH, WW, stride, pad), x.shape, HH, WW, stride, pad)
    return padded[:, :, pad : pad + H, pad : pad + W]


@misconception(
    "conv_backward_im2col",
    "`dout` is made a matrix without bringing its filters to the front: reshape keeps the order of reading.",
)
def conv_backward_im2col_reshapes(dout, cache):
    x, w, _, conv_param, _ = cache
    cols, _ = _columns(x, w, conv_param)
    matrix = dout.reshape(len(w), -1)
    dx = _folded(w.reshape(len(w), -1).T @ matrix, x, w, conv_param)
    return dx, (matrix @ cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_backward_im2col", "The columns are put back, not added up: a pixel was copied into several of them."
)
def conv_backward_im2col_assigns(dout, cache):
    x, w, _, conv_param, _ = cache
    (_, _, H, W), (HH, WW), pad, stride = x.shape, w.shape[2:], conv_param["pad"], conv_param["stride"]
    cols, _ = _columns(x, w, conv_param)
    matrix = dout.swapaxes(0, 1).reshape(len(w), -1)
    patches = _unrolled(w.reshape(len(w), -1).T @ matrix, x.shape, HH, WW, stride, pad)
    padded = np.zeros_like(_padded(x, pad))
    for i, j in np.ndindex(*patches.shape[4:]):
        padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] = patches[..., i, j]
    dx = padded[:, :, pad : pad + H, pad : pad + W]
    return dx, (matrix @ cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_im2col", "`dw` is left a matrix: it has the shape of the filters.")
def conv_backward_im2col_leaves_a_matrix(dout, cache):
    x, w, _, conv_param, _ = cache
    cols, _ = _columns(x, w, conv_param)
    matrix = dout.swapaxes(0, 1).reshape(len(w), -1)
    dx = _folded(w.reshape(len(w), -1).T @ matrix, x, w, conv_param)
    return dx, matrix @ cols.T, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_im2col", "`db` is a mean: a bias is added in every column, so it collects from each.")
def conv_backward_im2col_averages_db(dout, cache):
    x, w, _, conv_param, _ = cache
    cols, _ = _columns(x, w, conv_param)
    matrix = dout.swapaxes(0, 1).reshape(len(w), -1)
    dx = _folded(w.reshape(len(w), -1).T @ matrix, x, w, conv_param)
    return dx, (matrix @ cols.T).reshape(w.shape), matrix.mean(axis=1)


@misconception("conv_backward_im2col", "The frame of the padding is still around `dx`.")
def conv_backward_im2col_keeps_padding(dout, cache):
    x, w, _, conv_param, _ = cache
    (HH, WW), pad, stride = w.shape[2:], conv_param["pad"], conv_param["stride"]
    cols, _ = _columns(x, w, conv_param)
    matrix = dout.swapaxes(0, 1).reshape(len(w), -1)
    patches = _unrolled(w.reshape(len(w), -1).T @ matrix, x.shape, HH, WW, stride, pad)
    dx = _added(patches, x.shape, HH, WW, stride, pad)
    return dx, (matrix @ cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))
