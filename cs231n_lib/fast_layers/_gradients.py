"""The gradients of `correlate` as matrix products on lowered images."""

import numpy as np

from cs231n_lib.fast_layers._correlation import by_column, correlate
from cs231n_lib.fast_layers._lowering import Lowered, blocks, longest

FEW = 8  # channels: a matrix product with fewer rows is slower than scattering


def image_gradient(dout, w, g):
    """Return dx: with stride 1 a convolution of dout by the filters turned around, otherwise by scattering."""
    if g.rows.stride > 1 or g.channels < FEW:
        return _scatter(dout, w, g)
    turned = g.filters_by_group(w)[..., ::-1, ::-1].swapaxes(1, 2)  # (G, C, F, HH, WW)
    C = g.groups * g.channels
    return correlate(dout, turned.reshape(C, *turned.shape[2:]), np.zeros(C, dout.dtype), g.reversed)


def _scatter(dout, w, g):
    """Multiply each output by the filters (C WW, F), once for each tap along the height, and add up.

    The products are added to lowered rows, in long runs; the lowered rows then to the pixels.
    """
    taps = g.filters_by_group(w).transpose(3, 0, 2, 4, 1)  # (HH, G, C, WW, F)
    shape = g.groups, g.channels * g.columns.taps, g.filters
    filters = by_column(taps.reshape(g.rows.taps, *shape))  # (HH, G, C WW, F)
    dout = _flat(dout, g)
    dx = np.zeros(g.x_shape, dout.dtype)
    parts = blocks(g.images, 2 * Lowered.size(g), dout.itemsize)
    lowered = Lowered(g, longest(parts), dout.dtype)
    product = np.empty((longest(parts), *shape[:2], g.plane), dout.dtype)  # (n, G, C WW, H' W')
    for part in parts:
        n = part.stop - part.start
        lowered.numbers[:n] = 0
        for tap, band in zip(filters, lowered.bands, strict=True):
            np.matmul(tap, dout[part], out=product[:n])
            band[:n] += product[:n].reshape(band[:n].shape)
        lowered.add_to(g.by_group(dx[part]))
    return dx


def filter_gradient(dout, x, g):
    """Return dw: for each tap along the height, the pixels it meets (C WW, H' W') times dout (H' W', F)."""
    shape = g.groups, g.channels * g.columns.taps, g.filters
    dw = np.zeros((g.rows.taps, *shape), dout.dtype)  # (HH, G, C WW, F)
    x, dout = g.by_group(x), _flat(dout, g).swapaxes(2, 3)  # (N, G, C, H, W), (N, G, H' W', F)
    parts = blocks(g.images, Lowered.size(g), dout.itemsize)
    load = _pixels_under(g, longest(parts), dout.dtype)
    for part in parts:
        for tap, pixels in enumerate(load(x[part])):
            dw[tap] += (pixels.reshape(*pixels.shape[:2], shape[1], g.plane) @ dout[part]).sum(axis=0)
    dw = dw.reshape(g.rows.taps, g.groups, g.channels, g.columns.taps, g.filters)
    return dw.transpose(1, 4, 2, 0, 3).reshape(-1, g.channels, g.rows.taps, g.columns.taps)


def _pixels_under(g, images, dtype):
    """Return a function that gives, for each tap along the height, the pixels it meets."""
    if g.pixelwise:
        return lambda x: [x]
    lowered = Lowered(g, images, dtype)

    def load(x):
        lowered.load(x)
        return [band[: len(x)] for band in lowered.bands]

    return load


def bias_gradient(dout):
    """Return db, the sums over images and pixels, as a matrix-vector product."""
    N, F, H, W = dout.shape
    return (dout.reshape(N * F, H * W) @ np.ones(H * W, dout.dtype)).reshape(N, F).sum(axis=0)


def _flat(dout, g):
    return dout.reshape(g.images, g.groups, g.filters, g.plane)
