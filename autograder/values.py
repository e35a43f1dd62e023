"""What may pass between a subject and its judge: plain arrays, and opaque things that are only handed back.

A function's answer is reduced to plain data where the function ran. What reaches the judge has no methods
that anybody overloaded, so the judge compares numbers and nothing else.

This file is also bound into the sandbox: it imports numpy and the standard library only.
"""

from typing import Any

import numpy as np

ARRAY_KINDS = "biuf"
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
    """Reduce what a function returned: a tuple or list item by item, anything else as one item."""
    if isinstance(value, tuple | list):
        return tuple(plain_item(item) for item in value)
    return plain_item(value)


def plain_item(value: Any) -> Any:
    """Reduce one value to None, a plain array (numbers have shape ()) or an `Opaque`."""
    if value is None:
        return None
    if isinstance(value, np.ndarray | np.generic | bool | int | float):
        array = np.array(value, subok=False, order="C")
        if is_plain(array.dtype):
            return array.astype(array.dtype.newbyteorder("="), copy=False)
        return Opaque(f"array of {array.dtype.name}", value)
    return Opaque(type(value).__name__, value)


def is_plain(dtype: np.dtype[Any]) -> bool:
    """Tell whether arrays of this dtype may pass: booleans, integers and floats of at most 64 bits."""
    return dtype.kind in ARRAY_KINDS and dtype.itemsize <= LARGEST_ITEM


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


def plain_dict(mapping: Any) -> dict[str, Any]:
    """Reduce a parameter dictionary after the call: its text stays text, its numbers become arrays."""
    return {
        key: value if isinstance(value, str) else plain_item(value)
        for key, value in list(mapping.items())
        if isinstance(key, str)
    }
