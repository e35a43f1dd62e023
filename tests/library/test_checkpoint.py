import math
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.checkpoint import read_state, write_state

STATE = {
    "numbers": [None, True, 3, 2**70, -0.0, 0.1, math.inf, "é"],
    "nested": {"array": np.arange(6, dtype=np.float32).reshape(2, 3).T, "dict": {}, "empty": []},
    "scalar": np.float32(0.1),
    "flags": np.array([True, False]),
    "tuple": (np.uint64(2**64 - 1), np.zeros((0, 2))),
}


def assert_same(a, b):
    """Compare types and bits; a tuple is as good as a list."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, list | tuple):
        for one, other in zip(a, b, strict=True):
            assert_same(one, other)
    elif isinstance(a, np.ndarray | np.generic):
        assert (type(a), a.dtype, a.shape, a.tobytes()) == (type(b), b.dtype, b.shape, b.tobytes())
    else:
        assert (type(a), repr(a)) == (type(b), repr(b))


def test_what_is_saved_comes_back_bit_for_bit(tmp_path):
    write_state(tmp_path / "a.npz", STATE)

    assert_same(STATE, read_state(tmp_path / "a.npz"))


def test_missing_folders_are_made_and_the_name_is_kept(tmp_path):
    write_state(str(tmp_path / "one" / "two" / "best.npy"), {})

    assert [path.name for path in (tmp_path / "one" / "two").iterdir()] == ["best.npy"]


def test_a_file_is_replaced(tmp_path):
    write_state(tmp_path / "a.npz", {"epoch": 1})
    write_state(tmp_path / "a.npz", {"epoch": 2})

    assert read_state(tmp_path / "a.npz") == {"epoch": 2}


def test_a_run_that_is_killed_while_saving_leaves_the_old_file(tmp_path, monkeypatch):
    write_state(tmp_path / "a.npz", {"epoch": 1})

    def killed(file, **_):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", killed)
    with pytest.raises(KeyboardInterrupt):
        write_state(tmp_path / "a.npz", {"epoch": 2})

    assert read_state(tmp_path / "a.npz") == {"epoch": 1}


@pytest.mark.parametrize(
    "value", [{1}, object, 1j, np.array([None]), np.array(["a"]), {1: 2}], ids=lambda value: str(value)
)
def test_what_only_pickle_could_save_is_refused(tmp_path, value):
    message = (
        f"`state` must hold numbers, strings, arrays of numbers, lists and dictionaries (got {value!r}). "
        "Nothing else can be saved without pickle."
    )

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        write_state(tmp_path / "a.npz", {"value": [value]})

    assert not (tmp_path / "a.npz").exists()


def assert_refused(path):
    start = f"`path` must be a file that this library has saved (got {str(path)!r}: "

    with pytest.raises(
        ValueError, match=f"^{re.escape(start)}.*It is damaged or of another kind: use an earlier"
    ) as e:
        read_state(path)
    assert len(str(e.value)) < 1000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not numbers", b"\x93NUMPY\x01\x00"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)

    assert_refused(path)


class Malicious:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("save", [np.save, lambda path, a: np.savez(path, header=a), lambda path, a: a.dump(path)])
def test_a_pickle_is_refused_and_not_executed(tmp_path, save):
    trace, path = tmp_path / "trace", tmp_path / "a.npz"
    with path.open("wb") as file:
        save(file, np.array([Malicious(trace)], dtype=object))

    assert_refused(path)

    assert not trace.exists()


def test_arrays_without_our_header_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, W=np.eye(2))

    assert_refused(path)


def test_a_header_of_another_format_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, header=np.frombuffer(b'{"format": "of the future"}', np.uint8))

    assert_refused(path)


def test_every_damaged_byte_is_noticed_or_harmless(tmp_path):
    path, state = tmp_path / "a.npz", {"W": np.arange(3.0), "epoch": 3}
    write_state(path, state)
    whole = path.read_bytes()

    for k in range(len(whole)):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ 0x55]) + whole[k + 1 :])
        with suppress(ValueError):  # and nothing else
            assert_same(state, read_state(path))


def test_every_shortened_file_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    write_state(path, {"W": np.arange(3.0), "epoch": 3})
    whole = path.read_bytes()

    for length in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        assert_refused(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.npz"):
        read_state(tmp_path / "missing.npz")
