"""Fixed inputs: the same on every machine, in every run, for every subject.

`spread` is the course's linspace: its answers are the published ones. It is blind to order: the largest
value of every pooling window is the last one, and all columns of a batch have the same variance.
`waves` is not. So a check is asked on both.
"""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Fill = Callable[..., Array]

STEP = 1.7  # radians between neighbours: no multiple of it meets a multiple of pi, so no two values tie
MOST_KEPT = 4096  # arrays of a few hundred numbers: a class is asked the same ones again and again
PHASE = 0.3  # keeps the first value off zero, where relu has no slope


def spread(*shape: int, between: tuple[float, float] = (-1.0, 1.0), start: int = 0) -> Array:
    """Fill an array with evenly spaced values, in order.

    Parameters
    ----------
    *shape : int
    between : tuple of float
        The first and the last value.
    start : int
        Rotates the values by so many places: two arrays of one question should not rise together.

    Returns
    -------
    ndarray of shape `shape`

    Examples
    --------
    >>> spread(2, 2, between=(0.0, 3.0))
    array([[0., 1.],
           [2., 3.]])
    """
    return _spread(shape, between, start).copy()


def waves(*shape: int, between: tuple[float, float] = (-1.0, 1.0), start: int = 0) -> Array:
    """Fill an array with a scaled sine of the index: no order, no ties, no zeros.

    Parameters
    ----------
    *shape : int
    between : tuple of float
        The range in which the values lie.
    start : int
        The index of the first value: two arrays of one question should not be alike.

    Returns
    -------
    ndarray of shape `shape`

    Examples
    --------
    >>> waves(3, between=(0.0, 2.0)).round(3)
    array([1.296, 1.909, 0.472])
    """
    return _waves(shape, between, start).copy()


def waves_from(rng: np.random.Generator) -> Fill:
    """Draw `waves` that begin elsewhere, for a hidden case."""
    offset = int(rng.integers(10_000, 1_000_000))
    return partial(_shifted_waves, offset)


@lru_cache(maxsize=MOST_KEPT)
def _spread(shape: tuple[int, ...], between: tuple[float, float], start: int) -> Array:
    size = int(np.prod(shape))
    return np.roll(np.linspace(*between, num=size), -start).reshape(shape)


@lru_cache(maxsize=MOST_KEPT)
def _waves(shape: tuple[int, ...], between: tuple[float, float], start: int) -> Array:
    low, high = between
    index = np.arange(start, start + int(np.prod(shape)), dtype=np.float64)
    return (low + (high - low) * (np.sin(STEP * index + PHASE) + 1) / 2).reshape(shape)


def _shifted_waves(offset: int, *shape: int, between: tuple[float, float] = (-1.0, 1.0), start: int = 0) -> Array:
    return waves(*shape, between=between, start=offset + start)
