"""The subject at the other end of the pipe: each call of a question is sent to a worker."""

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Any, Self, cast

from autograder.judge import JudgeError
from autograder.sandbox import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier, start
from autograder.sandbox.wire import clean
from autograder.subject import SubjectError, Trouble, changed, missing, raised, unfinished

START_SECONDS = 60.0  # a worker takes 0.1 s; a machine under load may take long
PART = 2**16  # bytes read at once
LOADING = ""  # stands for a function's name while the definitions are executed


class WorkerLostError(Exception):
    """A worker gave no reply: it hung, ended or talked nonsense, and is gone."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason


class SandboxSubject:
    """A submission's functions, in a worker that is started when it is needed.

    Parameters
    ----------
    cells : sequence of (label, source)
        The code of the submission.
    modules : mapping
        Other files of the submission, source by path, which its cells may import.
    tier : Tier
    limits : Limits
    asked : iterable of str
        The functions that will be called.

    Attributes
    ----------
    notes : list of str
        What could not be loaded, a sentence each.
    """

    def __init__(
        self,
        cells: list[tuple[str, str]],
        modules: Mapping[str, str],
        tier: Tier,
        limits: Limits,
        asked: Iterable[str] = (),
    ) -> None:
        self._cells = cells
        self._modules = dict(modules)
        self._tier = tier
        self._limits = limits
        self._asked = sorted(asked)
        self._worker: _Worker | None = None
        self._deadly: dict[str, list[SubjectError]] = {}  # by function; by "" those of loading
        self._names: set[str] = set()
        self._remarks: list[str] = []
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        """Return itself; the worker is ended when the block is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the worker."""
        self._end()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the function of that name, to be called by position."""
        return lambda *args: self._call(name, args)

    def take_remarks(self) -> tuple[str, ...]:
        """Return what was noticed since the last time."""
        remarks, self._remarks = tuple(dict.fromkeys(self._remarks)), []
        return remarks

    def fresh(self) -> Self:
        """End the worker, so that the next call finds a new one in which nothing was asked yet."""
        self._end()
        return self

    def names(self) -> set[str]:
        """Return the names of all functions that the submission defines."""
        self._ready()
        return self._names

    def _call(self, name: str, args: tuple[Any, ...]) -> Any:
        self._refuse_if_deadly(name)
        try:
            reply = self._ready().request(
                lambda number: wire.Call(number, name, list(args)), self._limits.call_seconds
            )
        except WorkerLostError as lost:
            raise self._lost(name, lost, f"`{name}`") from lost
        if isinstance(reply, wire.Raised):
            raise self._trouble(name, reply)
        if not isinstance(reply, wire.Returned):
            self._end()
            raise SubjectError(name, Trouble.REFUSED, f"`{name}` answers out of turn.")
        self._remarks += [changed(name, position) for position in reply.changed if 0 <= position < len(args)]
        return _received(reply, args)

    def _ready(self) -> "_Worker":
        if self._worker is None:
            self._refuse_if_deadly(LOADING)
            self._worker = _Worker(self._tier, self._limits)
            try:
                reply = self._worker.request(self._load, self._limits.load_seconds)
            except WorkerLostError as lost:
                raise self._lost(LOADING, lost, "The notebook cannot be loaded: executing its definitions") from lost
            if isinstance(reply, wire.Loaded):
                self._names = set(reply.names)
                self.notes = [clean(note) for note in reply.notes]
        return self._worker

    def _load(self, number: int) -> wire.Load:
        return wire.Load(number, self._cells, self._modules, self._asked, 0.8 * self._limits.load_seconds)

    def _refuse_if_deadly(self, name: str) -> None:
        deadly = self._deadly.get(name, [])
        if len(deadly) > 1:  # it ended two workers, so it is not asked again
            raise deadly[-1]

    def _lost(self, name: str, lost: WorkerLostError, who: str) -> SubjectError:
        self._end()
        error = SubjectError(name, lost.trouble, f"{who} {lost.reason}")
        self._deadly.setdefault(name, []).append(error)
        return error

    def _trouble(self, name: str, reply: wire.Raised) -> SubjectError:
        if not reply.error and name in self._names:
            return SubjectError(name, Trouble.REFUSED, f"`{name}` is defined no more: another function removed it.")
        if not reply.error:
            return missing(name, self._names, self.notes)
        if reply.error == "NotImplementedError":
            return unfinished(name)
        place = clean(reply.place)
        if reply.error == "MemoryError":
            memory = f"{self._limits.memory // 2**20} MiB"
            text = f"`{name}` needs more memory than the {memory} it may use{place}."
            return SubjectError(name, Trouble.MEMORY, text)
        text = raised(name, clean(reply.error), clean(reply.text), place)
        return SubjectError(name, Trouble.RAISED, text)

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def _received(reply: wire.Returned, args: tuple[Any, ...]) -> Any:
    """Unpack an answer, and update the caller's dictionaries as the call did."""
    for position, values in reply.updated.items():
        if 0 <= position < len(args) and isinstance(args[position], dict):
            args[position].update(values)
    return tuple(reply.answer) if isinstance(reply.answer, list) else reply.answer


class _Worker:
    """One process and its channel: a request, then its reply, with a deadline for the whole of it."""

    def __init__(self, tier: Tier, limits: Limits) -> None:
        self._stack = ExitStack()
        self._number = 0
        try:
            self._process = self._stack.enter_context(start(tier, limits))
            os.set_blocking(self._out, False)
            os.set_blocking(self._in, False)
            self._receive(time.monotonic() + START_SECONDS)
        except (OSError, WorkerLostError, wire.WireError) as error:
            self.end()
            raise JudgeError(f"the sandbox ({tier}) does not start: {error}") from error

    @property
    def _in(self) -> int:
        return cast(IO[bytes], self._process.stdin).fileno()

    @property
    def _out(self) -> int:
        return cast(IO[bytes], self._process.stdout).fileno()

    def request(self, message: Callable[[int], wire.Request], seconds: float) -> wire.Reply:
        """Send a message and return its reply.

        Raises
        ------
        WorkerLostError
            If there is none in time, or it is not the one reply to this message.
        """
        self._number += 1
        deadline = time.monotonic() + seconds
        try:
            self._send(wire.encode(message(self._number)), deadline)
            reply = self._receive(deadline)
        except TimeoutError as error:
            reason = f"takes longer than {seconds:g} seconds: is there a loop that never ends?"
            raise WorkerLostError(Trouble.TIMEOUT, reason) from error
        except wire.WireError as error:
            raise WorkerLostError(Trouble.REFUSED, f"returns what cannot be passed on. {error}") from error
        if reply.number != self._number:
            raise WorkerLostError(Trouble.REFUSED, "answers another question than the one asked.")
        return reply

    def end(self) -> None:
        """Kill it."""
        self._stack.close()

    def _send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            _wait(self._in, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._in, view) :]
            except BrokenPipeError as error:
                raise WorkerLostError(Trouble.CRASHED, self._ending()) from error

    def _receive(self, deadline: float) -> wire.Reply:
        (length,) = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size, deadline))
        if length > wire.LARGEST_FRAME:
            raise wire.WireError(f"A message must be at most {wire.LARGEST_FRAME} bytes (got {length}).")
        return wire.decode_reply(self._exactly(length, deadline))

    def _exactly(self, count: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < count:
            _wait(self._out, select.POLLIN, deadline)
            part = os.read(self._out, min(PART, count - len(data)))
            if not part:
                raise WorkerLostError(Trouble.CRASHED, self._ending())
            data += part
        return bytes(data)

    def _ending(self) -> str:
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "closes the channel to the grader."
        return f"ends the whole Python process (status {status}): a layer returns, it does not exit."


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not poll.poll(remaining * 1000):
        raise TimeoutError
