"""A list reaches a function in the sandbox as a list: not every function takes a tuple for it."""

import numpy as np
import pytest

from autograder.sandbox import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import best
from autograder.sandbox.remote import SandboxSubject

CELL = """
import numpy as np

def joined(sizes, pair):
    return np.array([1] + sizes + list(pair)), isinstance(pair, tuple)
"""


def test_a_list_is_a_list_and_a_tuple_a_tuple():
    with SandboxSubject([("cell 1", CELL)], {}, best(), Limits(), ["joined"]) as subject:
        sizes, is_tuple = subject.joined([2, 3], (4, 5))

    assert sizes.tolist() == [1, 2, 3, 4, 5]
    assert is_tuple


def test_one_function_is_known_to_call_another():
    cell = "def inner(x):\n    return x\n\ndef middle(x):\n    return [inner(y) for y in x]\n\nclass Net:\n    def loss(self, x):\n        return middle(x)\n"

    with SandboxSubject([("cell 1", cell)], {}, best(), Limits(), ["Net", "inner"]) as subject:
        uses = getattr(subject, ":uses")

        assert uses("Net", "inner")
        assert not uses("Net", "other")
        assert not uses("inner", "middle")


def test_a_worker_cannot_send_a_marked_list():
    frame = wire.encode(wire.Returned(1, wire.Listed([1]), {}))[wire.LENGTH.size :]

    with pytest.raises(wire.WireError, match=r"^A value must be an array or opaque \(got code 3\)\.$"):
        wire.decode_reply(frame)


def test_a_request_with_a_list_is_read_as_it_was_sent():
    request = wire.decode_request(wire.encode(wire.Call(1, "f", [wire.Listed([1, 2]), (3,), np.ones(2)]))[4:])

    assert request.args[0].items == [1, 2]
    assert request.args[1] == [3]
