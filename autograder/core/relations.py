"""How one array is related to another, where that can be said for certain: sentences, and never the solution.

The relations are tried from the plainest to the subtlest, and the first that holds for every element is told.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.balance import balance

Array = npt.NDArray[Any]

MOST_EXAMPLES = 100  # in a batch of a check: a larger factor is a coincidence
CLOSE = 1e-3  # relative: nearer than this, the idea is right and a small constant is not
RTOL = 1e-7
NOTHING: Mapping[str, int] = {}
LEAST_CHECKED = 3  # numbers that agree by themselves: fewer may be a coincidence
PARTS = {  # with the axes that lie within each
    2: (("column", (0,)), ("row", (1,))),
    4: (("channel", (0, 2, 3)), ("example", (1, 2, 3)), ("channel of an example", (2, 3))),
}
AXES = {2: ("row", "column"), 4: ("example", "channel", "row", "column")}
FILTER_AXES = ("filter", "channel", "row", "column")  # of w and its gradient


@np.errstate(all="ignore")  # answers may be anything: a relation that overflows does not hold
def relation(got: Array, expected: Array, counts: Mapping[str, int] = NOTHING) -> str:
    """Name a simple relation between two arrays of one shape, or nothing.

    Parameters
    ----------
    got, expected : ndarray of one shape
    counts : mapping
        Counts that play a part in the question, by what they count: a factor may be one of them.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> relation(np.array([2.0, 4.0]), np.array([1.0, 2.0]), {"examples": 2})
    'It is 2 times what is expected, everywhere: that is the number of examples.'
    """
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    try:
        return next(filter(None, (tell(got, expected, counts) for tell in RELATIONS)), "")
    except (ArithmeticError, ValueError):
        return ""  # a relation that cannot be computed is not certain


def where(name: str, wrong: npt.NDArray[np.bool_]) -> str:
    """Say in which part of the array of that name the wrong elements are, if that part is telling.

    Examples
    --------
    >>> where("dx", np.array([[False, True], [False, True]]))
    'Only column 1 is wrong.'
    """
    if wrong.ndim not in AXES or wrong.all() or not wrong.any():
        return ""
    if wrong.ndim == 4 and _is_border(np.asarray(wrong.any(axis=(0, 1)))):
        return "Only pixels at the border are wrong."
    for axis, word in enumerate(FILTER_AXES if name == "dw" and wrong.ndim == 4 else AXES[wrong.ndim]):
        others = tuple(other for other in range(wrong.ndim) if other != axis)
        places = np.flatnonzero(wrong.any(axis=others))
        if 2 * len(places) <= wrong.shape[axis]:
            return f"Only {_listed(word, places)} wrong."
    return ""


def _is_border(wrong: npt.NDArray[np.bool_]) -> bool:
    """Tell whether something is wrong at sides of an image that meet, and nothing inside."""
    rows, columns = wrong.shape
    at_sides = wrong[[0, -1]].any() and wrong[:, [0, -1]].any()
    return rows > 2 and columns > 2 and bool(at_sides) and not wrong[1:-1, 1:-1].any()


def _listed(name: str, places: Array) -> str:
    if len(places) == 1:
        return f"{name} {places[0]} is"
    return f"{name}s {', '.join(str(place) for place in places[:-1])} and {places[-1]} are"


def _zero(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    return "" if np.any(got) or not np.any(expected) else "All of it is zero."


def _constant(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    return "All its elements are the same." if _is_constant(got) and not _is_constant(expected) else ""


def _sign(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    if _equal(got, -expected):
        return "It has the wrong sign."
    return "The sizes are right, some signs are not." if _equal(np.abs(got), np.abs(expected)) else ""


def _multiple(got: Array, expected: Array, counts: Mapping[str, int]) -> str:
    factor = _factor(got, expected)
    if factor is None:
        return ""
    everywhere = ", everywhere" if expected.size > 1 else ""
    return f"It is {factor:.6g} times what is expected{everywhere}{_counted(factor, counts)}."


def _counted(factor: float, counts: Mapping[str, int]) -> str:
    """Name the count that a factor is, or that it is one part of."""
    for kind, value in (("the number of", abs(factor)), ("one divided by the number of", 1 / abs(factor))):
        named = [name for name, count in counts.items() if count > 1 and math.isclose(value, count, rel_tol=1e-6)]
        if named:
            return f": that is {kind} {' or of '.join(named)}"
    return ""


def _factor(got: Array, expected: Array) -> float | None:
    """Return by what an answer is too large; of a single number only a count, or one part of it, is telling."""
    largest = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
    factor = float(got[largest] / expected[largest]) if expected[largest] else 0.0
    if (
        not factor
        or not math.isfinite(1 / factor)
        or abs(factor - 1) <= CLOSE
        or not np.allclose(got, factor * expected, rtol=RTOL, atol=1e-12)
    ):
        return None
    count = max(abs(factor), abs(1 / factor))
    is_count = 2 <= round(count) <= MOST_EXAMPLES and abs(count - round(count)) < 1e-6
    return factor if expected.size > 1 or is_count else None


def _order(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    """Recognize the right numbers in other places."""
    if expected.size < 2 or _is_constant(expected):
        return ""
    for sentence, moved in _rearranged(expected):
        if moved.shape == got.shape and _equal(got, moved):
            return sentence
    if np.allclose(np.sort(got, axis=None), np.sort(expected, axis=None), rtol=RTOL, atol=1e-12):
        return "All the right numbers are there, but in other places."
    return ""


def _rearranged(expected: Array) -> Iterator[tuple[str, Array]]:
    if expected.ndim >= 2:
        yield "It is transposed: rows and columns are swapped.", np.swapaxes(expected, -1, -2)
    for axis in range(expected.ndim):
        yield f"It is reversed along axis {axis}.", np.flip(expected, axis)
    if expected.ndim >= 2:
        yield "It is turned by half a turn: rows and columns are both reversed.", np.flip(expected, (-1, -2))
        yield "The first two axes are swapped.", np.swapaxes(expected, 0, 1)


def _offset(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    difference = got - expected
    if expected.size > 1 and np.allclose(difference, difference.flat[0], rtol=1e-6, atol=1e-12):
        return f"It is off by the same amount everywhere, {difference.flat[0]:.6g}."
    return ""


def _close(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    if np.allclose(got, expected, rtol=CLOSE, atol=1e-7):
        return "It is close: what is wrong is small beside the rest, as epsilon is, or a single step."
    return ""


def _parts(got: Array, expected: Array, _counts: Mapping[str, int]) -> str:
    """Recognize what is right but for something that is the same for a whole row, column, channel or example."""
    for word, axes in PARTS.get(expected.ndim, ()):
        if not np.any(np.abs(got - expected) > RTOL * np.max(np.abs(expected)), axis=axes).all():
            continue  # some are right: which are wrong is told elsewhere
        members = math.prod(expected.shape[axis] for axis in axes)
        for words, fitted, unknown in _fits(got, expected, axes):
            checked = (members - unknown) * expected.size // members  # numbers that nothing was fitted to
            if members > unknown and checked >= LEAST_CHECKED and _agree(got, fitted):
                return f"Each {word} is right but for {words}: look at what is the same for all of it."
    return ""


def _fits(got: Array, expected: Array, axes: tuple[int, ...]) -> Iterator[tuple[str, Array, int]]:
    """Yield how parts might differ, the expected parts changed so, and how many numbers of each that takes."""
    mean, centered = _centered(got, axes)
    wanted, spread = _centered(expected, axes)
    if not np.any(spread, axis=axes).all():
        return
    yield "an amount of its own that is added", expected + (mean - wanted), 1
    factor = (got * expected).sum(axis=axes, keepdims=True) / (expected**2).sum(axis=axes, keepdims=True)
    yield "a factor of its own", factor * expected, 1
    if _is_even(expected, axes):
        return  # any two sequences of even steps are related so
    factor = (centered * spread).sum(axis=axes, keepdims=True) / (spread**2).sum(axis=axes, keepdims=True)
    yield "a factor and an amount of its own", factor * spread + mean, 2


def _is_even(x: Array, axes: tuple[int, ...]) -> bool:
    """Tell whether numbers change by the same step along each of these axes, as they do in a linspace."""
    largest = np.max(np.abs(x))
    return all(bool(np.all(np.abs(np.diff(x, 2, axis=axis)) <= RTOL * largest)) for axis in axes)


def _centered(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    mean = x.mean(axis=axes, keepdims=True)
    return mean, x - mean


def _agree(got: Array, fitted: Array) -> bool:
    """Tell whether all differences are rounding beside the largest number."""
    return bool(np.max(np.abs(got - fitted)) <= RTOL * np.max(np.abs(got)))


def _equal(got: Array, expected: Array) -> bool:
    return bool(np.allclose(got, expected, rtol=RTOL, atol=0))


def _is_constant(array: Array) -> bool:
    return bool(np.all(array == array.flat[0]))


Relation = Callable[[Array, Array, Mapping[str, int]], str]
RELATIONS: tuple[Relation, ...] = (_zero, _constant, _sign, _multiple, _order, _close, _offset, _parts, balance)
