"""Pickles that hold data, read without running anything that stands in them.

A pickle is a program: a hostile one deletes files when it is opened. The one of CIFAR-10 needs no more than
numbers, strings, lists, dictionaries and arrays, so nothing else is let in. Arrays are rebuilt here from their
bytes, because NumPy's own reader believes what a pickle says of a dtype: one false flag is enough to make it
take plain bytes for pointers and crash.
"""

import pickle

import numpy as np

__all__ = ["load_pickle"]


def load_pickle(f):
    r"""Read numbers, strings, lists, dictionaries and arrays from a pickle, and nothing else.

    Parameters
    ----------
    f : file
        Open in binary mode. Pickles of Python 2, such as those of CIFAR-10, give strings for their bytes.

    Returns
    -------
    data : object
        Usually a dictionary.

    Raises
    ------
    pickle.UnpicklingError
        If the file wants anything else, or is no pickle.

    Examples
    --------
    >>> import io, pickle
    >>> import numpy as np
    >>> load_pickle(io.BytesIO(pickle.dumps({"labels": [6, 9], "data": np.eye(2)}, protocol=4)))
    {'labels': [6, 9], 'data': array([[1., 0.],
           [0., 1.]])}

    A pickle that would run a command is refused:

    >>> load_pickle(io.BytesIO(b"cos\nsystem\n(S'echo oh no'\ntR."))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    _pickle.UnpicklingError: `f` must hold nothing but data (got os.system). Do not open this file ...
    """
    return _plain(_DataUnpickler(f, encoding="latin1").load())


class _Dtype:
    """A pickled dtype: its code and byte order are taken, the rest of its state is not."""

    def __init__(self, code, *_):
        self.dtype = np.dtype(str(code))

    def __setstate__(self, state):
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """A pickled array, which gets its shape, dtype and bytes last of all."""

    def __init__(self, *_):
        self.array = None

    def __setstate__(self, state):
        _, shape, dtype, columns_first, content = state
        if isinstance(content, list):  # an array of objects
            flat = np.fromiter(map(_plain, content), object, len(content))
        else:
            content = content.encode("latin1") if isinstance(content, str) else content
            flat = np.frombuffer(content, dtype.dtype).copy()  # refuses objects: bytes are never pointers
        self.array = flat.reshape(shape, order="F" if columns_first else "C")


class _DataUnpickler(pickle.Unpickler):
    _ALLOWED = {  # noqa: RUF012 - read only
        ("numpy", "dtype"): _Dtype,
        ("numpy", "ndarray"): _Array,
        ("numpy.core.multiarray", "_reconstruct"): _Array,  # before NumPy 2, and CIFAR-10
        ("numpy._core.multiarray", "_reconstruct"): _Array,
    }

    def find_class(self, module, name):
        try:
            return self._ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"`f` must hold nothing but data (got {module}.{name}). "
                "Do not open this file with other tools unless you made it yourself."
            ) from None


def _plain(value):
    if isinstance(value, _Array):
        return value.array
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return type(value)(map(_plain, value)) if isinstance(value, list | tuple) else value
