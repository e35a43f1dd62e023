"""What every layer asks of its arguments, in one place so that the layers show only their maths."""

import operator

import numpy as np


def as_floats(**arrays):
    """Give the named arguments back as arrays of one float dtype, in order, without copying where it fits.

    Integers do not take part in the choice: NumPy alone would turn float32 and int64 into float64, and would
    let sums of uint8 pixels overflow.
    """
    given = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in given.items():
        if array.dtype.kind not in "biuf":
            raise TypeError(f"`{name}` must hold real numbers (got dtype {array.dtype}). Pass floats or integers.")
    floats = [array.dtype for array in given.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.float64
    return tuple(array.astype(dtype, copy=False) for array in given.values())


def check_axes(name, array, letters):
    """Return the shape of an array that has one axis for each letter in, say, ``"N, C, H, W"``."""
    if array.ndim != len(letters.split(", ")):
        raise ValueError(f"`{name}` must have the axes ({letters}) (got shape {array.shape}). Reshape it first.")
    return array.shape


def check_shape(name, array, shape, remedy):
    """Refuse any other shape, so that broadcasting cannot hide a mistake."""
    if array.shape != shape:
        raise ValueError(f"`{name}` must have shape {shape} (got {array.shape}). {remedy}")


def check_not_empty(name, array):
    """Refuse a batch without examples, whose mean does not exist."""
    if len(array) == 0:
        raise ValueError(f"`{name}` must hold at least one example (got shape {array.shape}). Skip empty batches.")


def read_whole(params, params_name, key, at_least):
    """Return the integer ``params[key]``."""
    value = params.get(key)
    message = (
        f"`{params_name}['{key}']` must be an integer of at least {at_least} (got {value!r}). "
        "Set it to a whole number of pixels."
    )
    try:
        value = operator.index(value)
    except TypeError:
        raise TypeError(message) from None
    if value < at_least:
        raise ValueError(message)
    return value
