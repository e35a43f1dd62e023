"""What may pass between a subject and its judge: plain arrays, and opaque things that are only handed back.

A function's answer is reduced to plain data where the function ran. What reaches the judge has no methods
that anybody overloaded, so the judge compares numbers and nothing else.

This file is also bound into the sandbox: it imports numpy and the standard library only.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import isclass, isfunction
from types import CodeType, MappingProxyType
from typing import Any

import numpy as np

ARRAY_KINDS = "biuf"
MOST_AXES = 8  # of lists in lists
LARGEST_ITEM = 8  # bytes: long doubles differ between machines


class Opaque:
    """Something that is not an array: a cache, a model. The judge can only hand it back.

    Parameters
    ----------
    type : str
        The name of its class, for messages.
    ref : object
        The thing itself, or the number by which a sandbox knows it.
    """

    def __init__(self, type: str, ref: Any) -> None:  # noqa: A002  the field's word
        self.type = type
        self.ref = ref

    def __repr__(self) -> str:
        return f"Opaque({self.type})"


def plain(value: Any) -> Any:
    """Reduce what a function returned: a list of numbers is an array, other lists and tuples go item by item."""
    if isinstance(value, list) and is_numbers(value):
        return plain_item(np.array(value))
    if isinstance(value, tuple | list):
        return tuple(plain_item(item) for item in value)
    return plain_item(value)


def plain_item(value: Any) -> Any:
    """Reduce one value to None, a plain array (numbers have shape ()) or an `Opaque`."""
    if value is None:
        return None
    if isinstance(value, list) and is_numbers(value):
        value = np.array(value)
    if isinstance(value, np.ndarray | np.generic | bool | int | float):
        array = np.array(value, subok=False, order="C")
        if is_plain(array.dtype):
            return array.astype(array.dtype.newbyteorder("="), copy=False)
        return Opaque(f"array of {array.dtype.name}", value)
    return Opaque(type(value).__name__, value)


def is_numbers(value: Any, depth: int = 0) -> bool:
    """Tell whether a list holds numbers only, or lists of one length that do: an array is easily made of it."""
    if not isinstance(value, list) or not value or depth > MOST_AXES:
        return False
    if all(isinstance(item, list) for item in value):
        same_length = len({len(item) for item in value}) == 1
        return same_length and all(is_numbers(item, depth + 1) for item in value)
    return all(isinstance(item, bool | int | float | np.generic) for item in value)


def is_plain(dtype: np.dtype[Any]) -> bool:
    """Tell whether arrays of this dtype may pass: booleans, integers and floats of at most 64 bits."""
    return dtype.kind in ARRAY_KINDS and dtype.itemsize <= LARGEST_ITEM


def named(names: Mapping[str, Any], name: str) -> Any:
    """Return the function, or the method of a class as ``Class.method``, of that name, or None.

    `OPERATIONS` have names that no student can give.
    """
    if name == USES:
        return partial(_uses, names)
    root, _, method = name.partition(".")
    found = OPERATIONS.get(name) or names.get(root)
    return getattr(found, method, None) if method else found


def private_copy(value: Any) -> Any:
    """Copy arrays, and the containers they stand in, so that a call cannot touch its caller's inputs."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Opaque):
        return value.ref
    if isinstance(value, tuple):
        return tuple(private_copy(item) for item in value)
    if isinstance(value, list):
        return [private_copy(item) for item in value]
    if isinstance(value, dict):
        return {key: private_copy(item) for key, item in value.items()}
    return value


def is_changed(before: Any, after: Any) -> bool:
    """Tell whether an array among the arguments of a call was changed by it."""
    if not isinstance(before, np.ndarray):
        return False
    if before.shape == after.shape and before.tobytes() == after.tobytes():  # as almost always
        return False
    return not np.array_equal(before, after, equal_nan=before.dtype.kind == "f")


def plain_dict(mapping: Any) -> dict[str, Any]:
    """Reduce a parameter dictionary after the call: its text stays text, its numbers become arrays."""
    return {
        key: value if isinstance(value, str) else plain_item(value)
        for key, value in list(mapping.items())
        if isinstance(key, str)
    }


# What a question may do with a thing that is not plain, such as a network: look at it, and set its parameters.
OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        ":attribute": getattr,
        ":items": lambda mapping, into: into.update(mapping),
        ":update": lambda mapping, values: mapping.update(values),
        ":place": lambda word, *words: words.index(str(word).strip().lower()),
    }
)

USES = ":uses"  # whether one function, or a class, calls another one: asked of the names, not of a thing
GIVEN = ("numpy", "builtins")  # modules that call no exercise
MOST_LOOKED_AT = 500  # functions, of one that never ends


def _uses(names: Mapping[str, Any], user: str, used: str) -> bool:
    """Tell whether the code of a function or class, or of what that calls, reads a name."""
    waiting, seen = [names.get(user)], list[Any]()
    while waiting and len(seen) < MOST_LOOKED_AT:
        one = waiting.pop()
        if any(one is other for other in seen):
            continue
        seen.append(one)
        if isclass(one):
            waiting += [value for base in one.__mro__ if not _is_given(base) for value in vars(base).values()]
        elif isfunction(one) and not _is_given(one):
            read = [name for code in _codes(one.__code__) for name in code.co_names]
            if used in read:
                return True
            waiting += [one.__globals__.get(name) for name in read]
    return False


def _is_given(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).partition(".")[0] in GIVEN


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
