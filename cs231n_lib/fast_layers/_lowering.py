"""Lowering along the width: the only copy of the images that a fast convolution makes, a block at a time.

The windows of a convolution overlap. Writing all of them out (im2col) copies each pixel up to HH WW times.
Lowering along the width alone copies it WW times: for each output column, the pixel that tap v of the filter meets
there. Along the height nothing needs copying, since a window one output row further down starts S lowered rows
further on in the same memory.
"""

import numpy as np

BLOCK = 2**20  # bytes of working memory: about what stays in the cache of one core (256 KiB to 2 MiB differ little)


def blocks(images, numbers, itemsize, most=BLOCK):
    """Cut a batch into equal slices, in which images of so many numbers take at most so many bytes, or one image."""
    fit = max(1, most // max(1, numbers * itemsize))
    count = max(1, -(-images // fit))
    size = max(1, -(-images // count))
    return [slice(first, min(first + size, images)) for first in range(0, images, size)]


def longest(parts):
    """Return the length of the longest of the slices from `blocks`: buffers of this length do for all."""
    return parts[0].stop if parts else 0


class Lowered:
    """A block of lowered images, reused from block to block.

    ``numbers`` has the axes (n, g, c, v, p, q, j): images, groups, channels of a group, taps along the width,
    framed rows p + qS, output columns. The rows are split by phase p so that the rows one tap of the filter
    meets, S apart, are neighbours.

    What lies on the frame is zero from the beginning and never written.
    """

    def __init__(self, g, images, dtype, *, by_rows=False):
        rows, columns = g.rows, g.columns
        if by_rows:  # in memory: all channels and taps of a framed row, then those of the row below
            shape = images, g.groups, rows.steps, rows.stride, g.channels, columns.taps, columns.windows
            self.numbers = np.zeros(shape, dtype).transpose(0, 1, 4, 5, 3, 2, 6)
        else:  # in memory: all rows of a channel and a tap
            shape = images, g.groups, g.channels, columns.taps, rows.stride, rows.steps, columns.windows
            self.numbers = np.zeros(shape, dtype)
        self.bands = [self._band(rows, tap) for tap in range(rows.taps)]
        self._pairs = list(self._meetings(rows, columns))

    @staticmethod
    def size(g):
        """Return how many numbers a lowered image has."""
        return g.groups * g.channels * g.columns.taps * g.rows.stride * g.rows.steps * g.columns.windows

    def _band(self, rows, tap):
        """Return the rows that tap h along the height meets, (n, g, c, v, H', W')."""
        step, phase = divmod(tap * rows.dilation, rows.stride)
        return self.numbers[:, :, :, :, phase, step : step + rows.windows]

    def _meetings(self, rows, columns):
        """Yield where a tap meets pixels, and which: (n, g, c, q, j) and an index into (n, g, c, H, W)."""
        for phase in rows.phases:
            steps, height = rows.phase(phase)
            for tap in range(columns.taps):
                windows, width = columns.under(tap)
                yield self.numbers[:, :, :, tap, phase, steps, windows], (..., height, width)

    def load(self, images):
        """Copy the pixels of images (n, g, c, H, W) to where the taps meet them."""
        for places, pixels in self._pairs:
            places[: len(images)] = images[pixels]

    def add_to(self, images):
        """Add what the taps have met to the pixels of images: the transpose of `load`."""
        for places, pixels in self._pairs:
            images[pixels] += places[: len(images)]
