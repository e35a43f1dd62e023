"""The inner products of filters and windows as matrix products, in the three forms that pay."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cs231n_lib.fast_layers._lowering import BLOCK, Lowered, blocks, longest

WIDE = 32  # from so many output columns on, one output row is worth a matrix product of its own


def correlate(x, w, b, g):
    """Return the inner products of the filters and the windows, plus the bias, (N, F, H', W')."""
    out = np.empty(g.out_shape, x.dtype)
    if g.pixelwise:
        form = _by_pixels
    elif g.columns.windows >= WIDE and g.rows.dilation == 1:
        form = _by_rows
    else:
        form = _by_planes
    form(g.by_group(x), g.filters_by_group(w), b.reshape(g.groups, g.filters), g.by_group(out), g)
    return out


def _by_pixels(x, w, b, out, g):
    """One matrix product for each image: filters (F, C) times pixels (C, H W). Nothing is copied."""
    filters = by_column(w[..., 0, 0])
    out = _flat(out, g)
    for part in blocks(g.images, g.groups * (g.channels + g.filters) * g.plane, x.itemsize):
        np.matmul(filters, _flat(x[part], g), out=out[part])
        _add(b, out[part])


def _by_rows(x, w, b, out, g):
    """One matrix product for each output row: filters (F, HH C WW) times HH lowered rows (HH C WW, W').

    The matrices of neighbouring output rows overlap in memory, so nothing is copied along the height, and each
    product is written to its place in the output: memory-efficient convolution.
    """
    filters = by_column(w.swapaxes(2, 3).reshape(g.groups, 1, g.filters, g.window))
    parts = blocks(g.images, Lowered.size(g), x.itemsize, _promise(g, x.itemsize))
    lowered = Lowered(g, longest(parts), x.dtype, by_rows=True)
    windows = _overlapping(lowered.numbers, g)
    for part in parts:
        lowered.load(x[part])
        np.matmul(filters, windows[: part.stop - part.start], out=out[part].swapaxes(2, 3))
        _add(b, out[part])


def _overlapping(lowered, g):
    """Return, for each output row, the HH lowered rows it needs as one matrix, (n, g, H', HH C WW, W')."""
    images, groups, _, taps, _, steps, columns = lowered.strides
    shape = len(lowered), g.groups, g.rows.windows, g.window, g.columns.windows
    return as_strided(lowered, shape, (images, groups, steps, taps, columns), writeable=False)


def _by_planes(x, w, b, out, g):
    """One matrix product for each image: filters (F, C WW HH + 1) times its windows (C WW HH + 1, H' W').

    This is im2col, but from lowered images, whose rows are copied a band at a time. The last row of the windows
    is 1 and meets the bias.
    """
    taps = w.swapaxes(3, 4).reshape(g.groups, g.filters, g.window)
    filters = by_column(np.concatenate((taps, b[:, :, None]), axis=2))
    numbers = Lowered.size(g) + g.groups * (g.window + 1) * g.plane
    parts = blocks(g.images, numbers, x.itemsize, _promise(g, x.itemsize))
    lowered = Lowered(g, longest(parts), x.dtype)
    windows = np.ones((longest(parts), g.groups, g.window + 1, g.plane), x.dtype)
    bands = windows[:, :, :-1].reshape(
        len(windows), g.groups, g.channels, g.columns.taps, g.rows.taps, *g.out_shape[2:]
    )
    out = _flat(out, g)
    for part in parts:
        n = part.stop - part.start
        lowered.load(x[part])
        for tap, band in enumerate(lowered.bands):
            bands[:n, :, :, :, tap] = band[:n]
        np.matmul(filters, windows[:n], out=out[part])


def _promise(g, itemsize):
    """Return how many bytes forward may take: a block at most, and less than a tenth of im2col of the batch."""
    return min(BLOCK, g.images * g.groups * g.window * g.plane * itemsize // 11)


def _add(b, out):
    """Add the bias while the block is in the cache; gradients have none."""
    if b.any():
        out += b.reshape(*b.shape, *(1,) * (out.ndim - 3))


def _flat(images, g):
    """Return the pixels of images as one axis."""
    return images.reshape(*images.shape[:3], g.plane)


def by_column(matrices):
    """Store matrices column by column: BLAS reads the small factor of a product faster that way."""
    return np.ascontiguousarray(matrices.swapaxes(-1, -2)).swapaxes(-1, -2)
