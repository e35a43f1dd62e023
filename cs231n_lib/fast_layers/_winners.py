"""Which pixel of each window is the largest, found along the width first and then along the height."""

from itertools import accumulate

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cs231n_lib.fast_layers._taps import taps

SMALL = 2  # up to this stride, comparing all neighbours in one run beats picking out the windows first


def winners(x, window, stride, shape):
    """Return how many pixels after the first pixel of its window the largest is, counted in reading order.

    The result has the shape of the output, (n, C, H', W'). Of equal pixels the first is named.
    """
    (HH, WW), W = window, x.shape[3]
    number = np.min_scalar_type((HH - 1) * W + WW).type  # the shortest integers are the fastest
    columns, rows_of, windows_of = (_shifts if stride <= SMALL else _picks)(x, window, stride, shape)
    largest = list(accumulate(columns, np.maximum))
    winner = _winner(columns, largest, [np.zeros(columns[0].shape, number), *map(number, range(1, WW))])
    names = [name + number(h * W) for h, name in enumerate(rows_of(winner))]
    rows = rows_of(largest[-1])
    return windows_of(_winner(rows, accumulate(rows, np.maximum), names))


def _winner(values, largest, names):
    """Return the name of the first of the largest values; ``largest`` are the maxima up to each value.

    Names grow, so that the larger name is that of the later winner.
    """
    winner = names[0]
    for value, best, name in zip(values[1:], largest, names[1:], strict=False):
        winner = np.maximum(winner, (value > best) * name)
    return winner


def _picks(x, window, stride, shape):
    """Return what each tap along the width meets, and functions to do the same along the height and to finish."""
    columns = [x[tap] for tap in taps(3, window[1], stride, shape)]
    return columns, lambda array: [array[tap] for tap in taps(2, window[0], stride, shape)], lambda array: array


def _shifts(x, window, stride, shape):
    """Return the same for windows at every pixel: all pixels in a row, shifted by one for each tap.

    Windows across the edges of images are among them, and those that the stride skips. Nobody reads them.
    """
    n, C, H, W = x.shape

    def windows_of(array):
        steps = np.array([C * H * W, H * W, stride * W, stride]) * array.itemsize
        return as_strided(array, (n, *shape[1:]), steps, writeable=False)

    pixels = np.ascontiguousarray(x).reshape(-1)
    return _shifted(pixels, window[1], 1), lambda array: _shifted(array, window[0], W), windows_of


def _shifted(array, count, step):
    size = max(0, len(array) - (count - 1) * step)
    return [array[k * step : k * step + size] for k in range(count)]
