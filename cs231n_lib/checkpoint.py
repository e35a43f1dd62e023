"""Files of numbers: dictionaries, lists, numbers, strings and arrays, saved and read back bit for bit.

A file is what `numpy.savez` writes, arrays beside a header in JSON. Nothing is pickled: reading a file, from
whomever it comes, runs no code of its writer.
"""

import json
import os
from pathlib import Path

import numpy as np

__all__ = ["read_state", "write_state"]

FORMAT = "cs231n_lib 1"


def write_state(path, state):
    """Save a dictionary of numbers to a file, all or nothing.

    Parameters
    ----------
    path : str or Path
        Missing folders are made; a file that is there already is replaced.
    state : dict
        May hold None, truth values, numbers, strings, arrays of numbers, and lists and dictionaries of these.

    Raises
    ------
    TypeError
        If ``state`` holds anything else, or a dictionary in it has keys that are not strings.

    Notes
    -----
    The file gets its name only when it is whole. A run that is killed leaves the old file or the new one.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "w.npz"
    >>> write_state(path, {"W": np.eye(2), "epoch": 3})
    >>> read_state(path)
    {'W': array([[1., 0.],
           [0., 1.]]), 'epoch': 3}
    """
    path, arrays = Path(path), {}
    header = json.dumps({"format": FORMAT, "state": _pack(state, arrays)})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        np.savez(file, header=np.frombuffer(header.encode(), np.uint8), **arrays)
        file.flush()
        os.fsync(file.fileno())  # or a power cut could leave the name without the numbers
    partial.replace(path)


def read_state(path):
    """Read what `write_state` has saved.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    state : dict
        Tuples come back as lists; all else is equal to what was saved, in type and bits.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or not one of ours.
    """
    with Path(path).open("rb") as file:
        try:
            return _read(file)
        except Exception as error:  # zip, npy and JSON each have their own errors for a broken file
            raise ValueError(
                f"`path` must be a file that this library has saved (got {str(path)!r}: {error}). "
                "It is damaged or of another kind: use an earlier one."
            ) from error


def _read(file):
    with np.load(file, allow_pickle=False) as saved:
        header = json.loads(saved["header"].tobytes())
        if header["format"] != FORMAT:
            raise ValueError(f"format {header['format']!r}")
        return _unpack(header["state"], saved)


def _pack(value, arrays):
    """Put the arrays in ``value`` into ``arrays``, and return for JSON what is left, with names in their place."""
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _pack(item, arrays) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [_pack(item, arrays) for item in value]
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        name = f"array{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if value is None or type(value) in (bool, int, float, str):
        return value
    raise TypeError(
        f"`state` must hold numbers, strings, arrays of numbers, lists and dictionaries (got {value!r}). "
        "Nothing else can be saved without pickle."
    )


def _unpack(value, saved):
    if isinstance(value, list):
        return [_unpack(item, saved) for item in value]
    if not isinstance(value, dict):
        return value
    if "dict" in value:
        return {key: _unpack(item, saved) for key, item in value["dict"].items()}
    return saved[value["array"]][()]  # a NumPy scalar was saved as an array without axes
