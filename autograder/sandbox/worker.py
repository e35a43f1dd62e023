"""The worker: runs inside the sandbox, holds the student's code, and answers calls over a pipe.

It knows nothing of the grader: no question, no expected number, no reference. The channel is taken off the
descriptors 0 and 1 before any student code runs, so that prints and reads cannot reach it.

Started as ``python worker.py RULES``, RULES being JSON: see `confinement`. This file is bound into the sandbox; it
imports numpy, msgspec and the standard library, and the files beside it.
"""

import json
import linecache
import os
import re
import sys
import traceback
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

import autograder.sandbox.loading as loading
import autograder.sandbox.wire as wire
from autograder.core.values import Opaque, is_changed, named, plain, plain_dict, private_copy
from autograder.sandbox import own_notebooks
from autograder.sandbox.confinement import Rules, confine

REHEARSAL = """
import numpy as np

def rehearse(x, options, pair, number):
    out = np.maximum(0, x) * number
    for i in range(2):
        out = out + np.sum(x[i], axis=0)
    cache = (x, options)
    return out, np.zeros(3)
"""
CELL = re.compile(r"(\w+, )?cell \d+")  # a label of a cell, perhaps of another notebook
STARTED = 0  # the number of the reply that says: I am here


class Worker:
    """The student's names, and the opaque things they returned.

    Parameters
    ----------
    read, write : int
        The descriptors of the channel.
    """

    def __init__(self, read: int, write: int) -> None:
        self._read = open(read, "rb")  # noqa: SIM115  a descriptor, open to the end
        self._write = write
        module = ModuleType("__main__")
        sys.modules["__main__"] = module
        self._names = vars(module)
        self._kept: list[Any] = []
        self._largest = wire.LARGEST_REQUEST

    def serve(self) -> None:
        """Answer requests until the channel is closed."""
        self._send(wire.Loaded(STARTED, [], []))
        while request := self._receive():
            self._send(self._answer(request))

    def _answer(self, request: wire.Request) -> wire.Reply:
        if isinstance(request, wire.Load):
            return self._load(request)
        function = named(self._names, request.name)
        if not callable(function):
            return wire.Raised(request.number, "")
        try:
            args = [self._given(arg) for arg in request.args]
            before = [private_copy(arg) for arg in args if isinstance(arg, np.ndarray)]
            answer = plain(function(*args))
            updated = {i: self._passable(plain_dict(arg)) for i, arg in enumerate(args) if isinstance(arg, dict)}
            return wire.Returned(request.number, self._passable(answer), updated, _changed(before, args))
        except BaseException as error:  # student code may raise anything; it is told, never raised here
            return _raised(request, error)

    def _load(self, request: wire.Load) -> wire.Reply:
        self._largest = request.largest
        for name, source in request.modules.items():
            path = Path(name)  # in the private directory
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:  # a new file: nothing that is there is written to
                file.write(source)
        importing = [*(source for _, source in request.cells), *request.modules.values()]
        own_notebooks.hand_over(request.notebooks, request.absent, importing)
        for label, source in (*request.cells, *chain.from_iterable(request.notebooks.values())):
            linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        notes = loading.load(request.cells, self._names, request.asked, request.seconds)
        names = [str(name) for name, value in self._names.items() if callable(value)]
        notes = [note[: wire.LARGEST_TEXT] for note in notes]
        return wire.Loaded(request.number, names[: wire.MOST_NAMES], notes[: wire.MOST_NOTES])

    def _given(self, arg: Any) -> Any:
        """Turn what came over the wire into an argument: opaque things into themselves."""
        if isinstance(arg, Opaque):
            return self._kept[arg.ref]
        if isinstance(arg, wire.Listed):
            return arg.items
        if isinstance(arg, list):
            return tuple(self._given(item) for item in arg)
        if isinstance(arg, dict):
            return {key: self._given(item) for key, item in arg.items()}
        return arg

    def _passable(self, answer: Any) -> Any:
        """Keep opaque things here and let their numbers pass."""
        if isinstance(answer, Opaque):
            self._kept.append(answer.ref)
            return Opaque(answer.type[: wire.LARGEST_TEXT], len(self._kept) - 1)
        if isinstance(answer, tuple):
            return tuple(self._passable(item) for item in answer)
        if isinstance(answer, dict):
            return {key: self._passable(item) for key, item in answer.items()}
        return answer

    def _receive(self) -> wire.Request | None:
        head = self._exactly(wire.LENGTH.size)
        if not head:
            return None
        return wire.decode_request(self._exactly(*wire.LENGTH.unpack(head)))

    def _exactly(self, count: int) -> bytes:
        data = self._read.read(count)
        return data if len(data) == count else b""

    def _send(self, reply: wire.Reply) -> None:
        try:
            frame = wire.encode(reply, self._largest)
        except wire.WireError as error:
            frame = wire.encode(wire.Raised(reply.number, "WireError", str(error)))
        view = memoryview(frame)
        while view:
            view = view[os.write(self._write, view) :]


def _changed(before: list[Any], args: list[Any]) -> list[int]:
    """Return the positions of the arrays that a call changed in place."""
    arrays = [position for position, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    return [position for position, copy in zip(arrays, before, strict=True) if is_changed(copy, args[position])]


def _raised(request: wire.Call, error: BaseException) -> wire.Raised:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if CELL.fullmatch(frame.filename)]
    place = f" in {own[-1].filename}, line {own[-1].lineno}: {own[-1].line}" if own else ""
    text = loading.text_of(error)
    if isinstance(error, SystemExit):
        text = "a layer returns, it does not exit"
    return wire.Raised(
        request.number,
        type(error).__name__[: wire.LARGEST_TEXT],
        text[: wire.LARGEST_TEXT],
        place[: wire.LARGEST_TEXT],
        frames[-1].name[: wire.LARGEST_TEXT] if len(frames) > 1 else "",
    )


def _take_channel() -> tuple[int, int]:
    """Move the channel off descriptors 0 and 1, and let those, and 2, lead nowhere."""
    read, write = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return read, write


def run(read: int, write: int, rules: Rules) -> NoReturn:
    """Confine this process, then answer on a channel until it is closed."""
    confine(rules)
    sys.path[:] = [os.getcwd(), *sys.path]  # noqa: PTH109
    sys.argv = sys.orig_argv = [""]
    Worker(read, write).serve()
    os._exit(0)


def rehearse() -> None:
    """Load and answer something of our own, and forget it."""
    names: dict[str, Any] = {}
    loading.load([("cell 1", REHEARSAL)], names, ["rehearse"], 1.0)
    call = wire.Call(1, "rehearse", [np.ones((2, 2)), {"mode": "train"}, (1, 2), 1.0])
    request = wire.decode_request(wire.encode(call)[wire.LENGTH.size :])
    assert isinstance(request, wire.Call)  # noqa: S101  as it was sent
    wire.encode(wire.Returned(1, plain(names["rehearse"](*request.args)), {}, []))


def refuse(write: int, error: BaseException) -> None:
    """Say on a channel why there will be no worker."""
    text = loading.text_of(error)[: wire.LARGEST_TEXT]
    os.write(write, wire.encode(wire.Raised(STARTED, type(error).__name__, text)))


if __name__ == "__main__":
    run(*_take_channel(), json.loads(sys.argv[1]))
