"""Numbers that should add up to zero and do not: the gradients of normalizations and of softmax are such."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Part = tuple[str, tuple[int, ...]]

FEWEST = 3  # numbers in a part: two that cancel are a coincidence
PARTS: Mapping[int, tuple[Part, ...]] = {  # with the axes that lie within each
    2: (("column", (0,)), ("row", (1,))),
    4: (("channel", (0, 2, 3)), ("channel of an example", (2, 3))),
}


def balance(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    """Say that the numbers of each part should add up to zero, and that nowhere they do.

    Parameters
    ----------
    got, expected : ndarray of one shape

    Returns
    -------
    str
        A sentence, or nothing.

    Examples
    --------
    >>> x = np.array([[1.0, -2.0], [3.0, 4.0], [-4.0, -2.0]])
    >>> balance(x + 0.1 * x**2, x, {})
    'The numbers of each column should add up to zero, and they do not.'
    """
    for name, axes in _parts(expected):
        is_balanced = _sums(expected, axes) <= 1e-9
        is_tilted = _sums(got, axes) > 1e-6
        if np.all(is_balanced) and np.all(is_tilted) and np.abs(expected).sum(axis=axes).all():
            return f"The numbers of each {name} should add up to zero, and they do not."
    return ""


def _sums(array: Array, axes: tuple[int, ...]) -> Array:
    """Return the size of the sum of each part, beside that of its numbers."""
    sizes = np.abs(array).sum(axis=axes)
    sums: Array = np.abs(array.sum(axis=axes)) / np.where(sizes, sizes, 1.0)
    return sums


def _parts(array: Array) -> Iterator[Part]:
    """Yield the parts of an array that hold enough numbers, if there are several."""
    for name, axes in PARTS.get(array.ndim, ()):
        inside = int(np.prod([array.shape[axis] for axis in axes]))
        if FEWEST <= inside < array.size:
            yield name, axes
