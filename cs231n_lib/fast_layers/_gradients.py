"""The gradients of `correlate` as matrix products on lowered images."""

import numpy as np

from cs231n_lib.fast_layers._correlation import by_column, correlate
from cs231n_lib.fast_layers._lowering import Lowered, blocks, longest

FEW = 8  # channels: a matrix product with fewer rows is slower than scattering
TALL = 32  # rows from which on a matrix product is worth a call of its own


def image_gradient(dout, w, g):
    """Return dx: with stride 1 a convolution of dout by the filters turned around, otherwise by scattering."""
    if g.rows.stride > 1 or g.channels < FEW:
        return _scatter(dout, w, g)
    turned = g.filters_by_group(w)[..., ::-1, ::-1].swapaxes(1, 2)  # (G, C, F, HH, WW)
    C = g.groups * g.channels
    return correlate(dout, turned.reshape(C, *turned.shape[2:]), np.zeros(C, dout.dtype), g.reversed)


def _scatter(dout, w, g):
    """Multiply each output by the filters (C WW, F), for each tap along the height, and add up.

    The products are added to lowered rows, in long runs; the lowered rows then to the pixels.
    """
    rows, size = _rows_of_tap(g), _taps_at_once(g)
    taps = g.filters_by_group(w).transpose(3, 0, 2, 4, 1)  # (HH, G, C, WW, F)
    taps = taps.reshape(g.rows.taps // size, size, g.groups, rows, g.filters).swapaxes(1, 2)
    filters = by_column(taps.reshape(g.rows.taps // size, g.groups, size * rows, g.filters))
    dout = _flat(dout, g)
    dx = np.zeros(g.x_shape, dout.dtype)
    parts = blocks(g.images, Lowered.size(g) + g.groups * size * rows * g.plane, dout.itemsize)
    lowered = Lowered(g, longest(parts), dout.dtype)
    product = np.empty((longest(parts), g.groups, size * rows, g.plane), dout.dtype)
    for part in parts:
        n = part.stop - part.start
        lowered.numbers[:n] = 0
        for tap, band in enumerate(lowered.bands):
            if tap % size == 0:
                np.matmul(filters[tap // size], dout[part], out=product[:n])
            first = tap % size * rows
            band[:n] += product[:n, :, first : first + rows].reshape(band[:n].shape)
        lowered.add_to(g.by_group(dx[part]))
    return dx


def filter_gradient(dout, x, g):
    """Return dw: for each tap along the height, the pixels it meets (C WW, H' W') times dout (H' W', F)."""
    rows, size = _rows_of_tap(g), _taps_at_once(g)
    dw = np.zeros((g.rows.taps // size, g.groups, size * rows, g.filters), dout.dtype)
    x, dout = g.by_group(x), _flat(dout, g).swapaxes(2, 3)  # (N, G, C, H, W), (N, G, H' W', F)
    parts = blocks(g.images, Lowered.size(g) + (size - 1) * g.groups * rows * g.plane, dout.itemsize)
    pixels_under_taps = _pixels_under_taps(g, longest(parts), dout.dtype)
    for part in parts:
        for total, pixels in zip(dw, pixels_under_taps(x[part]), strict=True):
            total += (pixels @ dout[part]).sum(axis=0)
    dw = dw.reshape(g.rows.taps // size, g.groups, size, g.channels, g.columns.taps, g.filters)
    return dw.transpose(1, 5, 3, 0, 2, 4).reshape(-1, g.channels, g.rows.taps, g.columns.taps)


def _pixels_under_taps(g, images, dtype):
    """Return a function that gives, for each tap along the height, the pixels it meets (n, G, C WW, H' W').

    Where one product is made for all taps, it gives those of all taps in one array.
    """
    shape = g.groups, _rows_of_tap(g), g.plane
    if g.pixelwise:
        return lambda x: [x.reshape(len(x), *shape)]
    lowered = Lowered(g, images, dtype)
    bands = [band.reshape(images, *shape) for band in lowered.bands]  # views

    def pixels_under_taps(x):
        lowered.load(x)
        loaded = [band[: len(x)] for band in bands]
        return [np.concatenate(loaded, axis=2)] if _taps_at_once(g) > 1 else loaded

    return pixels_under_taps


def _rows_of_tap(g):
    return g.channels * g.columns.taps


def _taps_at_once(g):
    """Return for how many taps along the height one product is made: for all if each of them has few rows."""
    return g.rows.taps if _rows_of_tap(g) < TALL else 1


def bias_gradient(dout):
    """Return db, the sums over images and pixels, as a matrix-vector product."""
    N, F, H, W = dout.shape
    return (dout.reshape(N * F, H * W) @ np.ones(H * W, dout.dtype)).reshape(N, F).sum(axis=0)


def _flat(dout, g):
    return dout.reshape(g.images, g.groups, g.filters, g.plane)
