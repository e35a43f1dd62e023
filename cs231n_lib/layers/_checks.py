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


def check_whole(name, value, at_least, remedy):
    """Return the value as a Python integer, which NumPy's integers become, too."""
    message = f"`{name}` must be an integer of at least {at_least} (got {value!r}). {remedy}"
    try:
        value = operator.index(value)
    except TypeError:
        raise TypeError(message) from None
    if value < at_least:
        raise ValueError(message)
    return value


def read_whole(params, params_name, key, at_least):
    """Return the integer ``params[key]``."""
    name = f"{params_name}['{key}']"
    return check_whole(name, params.get(key), at_least, "Set it to a whole number of pixels.")


def read_mode(params, params_name, remedy):
    """Return ``params['mode']``."""
    mode = params.get("mode")
    if mode not in ("train", "test"):
        raise ValueError(f"`{params_name}['mode']` must be 'train' or 'test' (got {mode!r}). {remedy}")
    return mode


def check_trained(cache, params_name):
    """Refuse the cache of 'test' mode, through which no gradient flows."""
    if cache is None:
        raise ValueError(
            f"`cache` must come from 'train' mode (got None). Set {params_name}['mode'] before the forward pass."
        )


def check_sizes(name, sizes, letters):
    """Return an argument that gives one size for each letter in, say, ``"N, C, H, W"``."""
    if np.shape(sizes) != (len(letters.split(", ")),):
        raise ValueError(
            f"`{name}` must hold the sizes ({letters}) (got {sizes!r}). Take them from the shape of an array."
        )
    remedy = "Take it from the shape of an array."
    return tuple(check_whole(f"{name}[{k}]", size, 0, remedy) for k, size in enumerate(sizes))
