"""All the windows of framed images as one strided view, which costs nothing until somebody copies it."""

from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import as_strided


def view_windows(images, g):
    """Return the windows of images (N, C, H, W) as a view with the axes (n, g, c, h, v, i, j)."""
    framed = _frame(g.by_group(images), g)
    n, group, c, row, column = framed.strides
    taps = row * g.rows.dilation, column * g.columns.dilation
    steps = row * g.rows.stride, column * g.columns.stride
    shape = *framed.shape[:3], g.rows.taps, g.columns.taps, g.rows.windows, g.columns.windows
    return as_strided(framed, shape, (n, group, c, *taps, *steps), writeable=False)


def _frame(images, g):
    """Put the zeros of the padding around images (n, g, c, H, W); cut off where it is negative."""
    rows, columns = (replace(axis, stride=1) for axis in (g.rows, g.columns))
    framed = np.zeros((*images.shape[:3], rows.steps, columns.steps), images.dtype)
    (top, height), (left, width) = rows.phase(0), columns.phase(0)
    framed[..., top, left] = images[..., height, width]
    return framed
