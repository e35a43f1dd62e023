"""Fingerprints: a few numbers by which an answer is known again, however large its arrays are.

The wrong answers of misconceptions are published as such, so that a student reads in the notebook, at once, which
mistake gives these very numbers.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.values import is_plain

STEPS = (1.7, 2.9)  # radians between the weights of neighbors: two sums, so that no other array has both by chance
FLOOR = 1e-8  # below it a difference counts absolutely, as where answers are judged
DIGITS = 12  # of each number: far more than any tolerance needs

Fingerprint = list[float]


def fingerprint(answer: Mapping[str, Any], free: Collection[str] = ()) -> Fingerprint:
    """Return the fingerprint of an answer: of each array its shape, two weighted sums, and what is not finite.

    Parameters
    ----------
    answer : mapping
        Arrays by name.
    free : collection of str
        The arrays that chance decides: only their shape counts.

    Returns
    -------
    list of float
        Nothing if something in the answer is no array.
    """
    return [float(f"{value:.{DIGITS}g}") for value, _ in _parts(answer, free)]


def is_same(answer: Mapping[str, Any], known: Fingerprint, tolerance: float, free: Collection[str] = ()) -> bool:
    """Tell whether an answer has a known fingerprint.

    Parameters
    ----------
    answer : mapping
    known : list of float
    tolerance : float
        Of each sum, relative to the sizes that are added up.
    free : collection of str
        As for `fingerprint`.
    """
    parts = _parts(answer, free)
    return len(parts) == len(known) > 0 and all(
        abs(value - wanted) <= tolerance * size for (value, size), wanted in zip(parts, known, strict=True)
    )


def _parts(answer: Mapping[str, Any], free: Collection[str]) -> list[tuple[float, float]]:
    """Return the numbers of a fingerprint, each with the size that its error is relative to."""
    parts: list[tuple[float, float]] = []
    for name, array in answer.items():
        if not isinstance(array, np.ndarray) or not is_plain(array.dtype):
            return []
        parts += [(float(size), 0.0) for size in (array.ndim, *array.shape)]
        if name not in free:
            parts += _sums(array.astype(np.float64).ravel())
    return parts


def _sums(x: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    strange = np.isnan(x) + 2.0 * np.isposinf(x) + 3.0 * np.isneginf(x)
    x = np.clip(np.where(strange > 0, 0.0, x), -1e100, 1e100)
    weights = [1.5 + np.cos(step * np.arange(x.size)) for step in STEPS]  # none is near zero
    sums = [(float(w @ x), float(w @ (np.abs(x) + FLOOR))) for w in weights]
    return [*sums, (float(weights[0] @ strange), float(weights[0] @ strange))]
