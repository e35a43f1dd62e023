"""One sentence on what is wrong with an answer: what can be said for certain, never the solution."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.relations import NOTHING, relation, where
from autograder.core.values import Opaque

Array = npt.NDArray[Any]

OURS = "The grader failed here, not you: it costs you nothing, and your instructor sees why."
SOURCE_OF_NAN = (
    "NaN comes of what has no answer, such as 0/0 or infinity less infinity: print step by step what it is made of."
)
HIDDEN_TROUBLE = "A hidden case gets no answer: the function raises, hangs or ends there."


def misfit(function: str, error: Exception) -> str:
    """Say that what a function returned, or left in its parameter dictionary, cannot be used as documented."""
    if isinstance(error, KeyError):
        return f"`{function}` must store {error} in its parameter dictionary (got nothing). The docstring says when."
    return f"What `{function}` returns does not have the documented form ({error}). Compare it with the docstring."


def wrong_return(function: str, names: tuple[str, ...], answer: Any) -> str:
    """Say that a function returns another number of things than it should."""
    wanted = ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"
    return f"`{function}` must return {wanted} (got {_kind(answer)}). {_return_hint(answer)}"


def _kind(answer: Any) -> str:
    if isinstance(answer, tuple):
        return f"{len(answer)} things"
    if isinstance(answer, Opaque):
        return f"one {answer.type}"
    return "None" if answer is None else f"one array of shape {answer.shape}"


def _return_hint(answer: Any) -> str:
    return "Is a return missing?" if answer is None else "Return all of them, in this order, separated by commas."


def wrong_form(name: str, got: Any, expected: Array) -> str:
    """Say what is wrong with the kind or the shape of an answer, or nothing."""
    if got is None:
        return f"`{name}` must be an array (got None). Is there a return with all the results?"
    if isinstance(got, Opaque):
        return f"`{name}` must be an array of numbers (got {got.type}). Return what the docstring says, in its order."
    if not isinstance(got, np.ndarray):
        return f"`{name}` must be an array (got {type(got).__name__})."
    if got.shape != expected.shape == ():
        return f"`{name}` must be one number (got shape {got.shape}). Is a sum or a mean missing?"
    if got.shape != expected.shape:
        return f"`{name}` must have shape {expected.shape} (got {got.shape}). {shape_hint(got.shape, expected.shape)}"
    if expected.dtype.kind == "f" and got.dtype.kind != "f":
        return f"`{name}` must hold floats (got {got.dtype}). Integers cut off what stands after the point."
    if got.dtype.itemsize < expected.dtype.itemsize:
        return f"`{name}` must keep the precision of the input, {expected.dtype} (got {got.dtype}). Use its dtype."
    return ""


def shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say how one shape might have become the other."""
    if got == expected[::-1]:
        return "The axes are in the opposite order."
    if tuple(size for size in got if size != 1) == tuple(size for size in expected if size != 1):
        return "An axis of length 1 is kept or lost: look at keepdims and reshape."
    if exchanged := _exchanged(got, expected):
        return f"{exchanged} have changed places."
    if math.prod(got) == math.prod(expected):
        return "The number of elements is right, so an axis is flattened, split or in another place."
    if len(got) > len(expected):
        return "An axis is left over: over which one must be summed?"
    if len(got) < len(expected):
        return "An axis is missing: is one summed over too many, or flattened?"
    return "Work out on paper which size each axis has."


def _exchanged(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Name the two axes whose sizes have changed places, if two have and the others are right."""
    if len(got) != len(expected):
        return ""
    wrong = [axis for axis, (size, wanted) in enumerate(zip(got, expected, strict=True)) if size != wanted]
    if len(wrong) != 2 or [got[axis] for axis in wrong] != [expected[axis] for axis in reversed(wrong)]:
        return ""
    return "Height and width" if len(got) == 4 and wrong == [2, 3] else f"Axes {wrong[0]} and {wrong[1]}"


def unsteady(function: str) -> str:
    """Say that the same question gets another answer each time."""
    return (
        f"`{function}` answers the same question differently from call to call. "
        "Is something drawn at random, or kept from one call to the next?"
    )


def swapped(name: str, other: str) -> str:
    """Say that one array is another one that was asked for."""
    return f"`{name}` is what `{other}` should be. Look at the order in which they are returned."


def wrong_values(
    name: str, got: Array, expected: Array, errors: Array, tolerance: float, counts: Mapping[str, int] = NOTHING
) -> str:
    """Say where an answer of the right shape is wrong, how far, and what is certain about the error."""
    bad = ~np.isfinite(got)
    if bad.any():
        return _joined(
            f"`{name}` holds {_nonfinite(got, bad)}.", _share(bad), SOURCE_OF_NAN if np.isnan(got).any() else ""
        )
    wrong = ~(errors <= tolerance)
    place = np.unravel_index(int(np.argmax(errors)), errors.shape)
    element = f"{name}{[int(i) for i in place]}" if errors.shape else name
    text = (
        f"`{name}` is wrong: {element} is {float(got[place]):.8g}, expected {float(expected[place]):.8g} "
        f"(relative error {float(errors[place]):.2g}, allowed {tolerance:.0e})."
    )
    return _joined(text, _share(wrong), relation(got, expected, counts) or where(name, wrong))


def wrong_prediction(said: str) -> str:
    """Say that a prediction does not come true, and not what does."""
    return f"You predict {said}, and that is not what happens. Think it through once more before you run it."


def hidden_failure(name: str, *, form: bool) -> str:
    """Say what kind of failure a hidden case shows: no values, no shapes."""
    kind = "has the wrong shape or type" if form else "has wrong values"
    return f"`{name}` {kind} in a hidden case. Which sizes and settings do the public cases not try?"


def hidden_law(name: str) -> str:
    """Say that a law of a random layer does not hold in a hidden case."""
    return f"A law of this layer does not hold in a hidden case: {name}."


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _nonfinite(got: Array, bad: npt.NDArray[np.bool_]) -> str:
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    kind = "NaN" if np.isnan(got[place]) else "infinity"
    return f"{kind}, first at {list(place)}" if place else kind


def _share(wrong: npt.NDArray[np.bool_]) -> str:
    if wrong.size == 1:
        return ""
    count = int(wrong.sum())
    return "All elements are wrong." if count == wrong.size else f"{count} of {wrong.size} elements are wrong."
