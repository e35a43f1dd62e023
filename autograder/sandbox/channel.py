"""The channel to a worker: a request, then its reply, with a deadline for the whole of it."""

import os
import select
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from signal import SIGKILL
from typing import IO, cast

from autograder.core.judge import JudgeError
from autograder.core.subject import Trouble
from autograder.sandbox import wire
from autograder.sandbox.allowance import Span, ending
from autograder.sandbox.limits import Limits
from autograder.sandbox.patience import Deadline, Waiting
from autograder.sandbox.protection import Tier, start

START_SECONDS = 60.0  # a worker takes 0.1 s; a machine under load may take long
END_SECONDS = 1.0  # for a worker that closed its end to be over
MOST_STARTS = 3  # of a worker that somebody kills
PART = 2**16  # bytes read at once


class WorkerLostError(Exception):
    """A worker gave no reply: it hung, ended or talked nonsense, and is gone."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason


class Channel:
    """One worker at the other end of two pipes.

    Parameters
    ----------
    tier : Tier
    limits : Limits

    Raises
    ------
    JudgeError
        If no worker starts.
    """

    def __init__(self, tier: Tier, limits: Limits) -> None:
        self._stack = ExitStack()
        self._largest = limits.answer_size
        self._number = 0
        self._read = bytearray()  # what has come and was not looked at
        for left in reversed(range(MOST_STARTS)):
            try:
                self._start(tier, limits)
                break
            except (OSError, WorkerLostError, wire.WireError) as error:
                self.end()
                if not left or getattr(error, "trouble", "") is not Trouble.KILLED:
                    raise JudgeError(f"the sandbox ({tier}) does not start: {error}") from error

    def _start(self, tier: Tier, limits: Limits) -> None:
        self._process = self._stack.enter_context(start(tier, limits))
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self._readable, self._writable = _poll(self._out, select.POLLIN), _poll(self._in, select.POLLOUT)
        self.waiting = Waiting(self._process.pid)
        self._stack.callback(self.waiting.close)
        reply = self._receive(Deadline(START_SECONDS, self.waiting))
        if isinstance(reply, wire.Raised):
            raise OSError(reply.text)

    @property
    def _in(self) -> int:
        return cast(IO[bytes], self._process.stdin).fileno()

    @property
    def _out(self) -> int:
        return cast(IO[bytes], self._process.stdout).fileno()

    def request(self, message: Callable[[int], wire.Request], span: Span) -> wire.Reply:
        """Send a message and return its reply.

        Raises
        ------
        WorkerLostError
            If there is none in time, or it is not the one reply to this message.
        """
        self._number += 1
        deadline = Deadline(span.seconds, self.waiting)
        try:
            self._send(wire.encode(message(self._number)), deadline)
            reply = self._receive(deadline)
        except TimeoutError as error:
            raise WorkerLostError(Trouble.TIMEOUT, span.sentence) from error
        except wire.WireError as error:
            raise WorkerLostError(Trouble.REFUSED, f"returns what cannot be passed on. {error}") from error
        if reply.number != self._number:
            raise WorkerLostError(Trouble.REFUSED, "answers another question than the one asked.")
        return reply

    def end(self) -> None:
        """Kill it."""
        self._stack.close()

    def _send(self, frame: bytes, deadline: Deadline) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                _wait(self._writable, deadline)
            except BrokenPipeError as error:
                raise self._lost() from error

    def _receive(self, deadline: Deadline) -> wire.Reply:
        (length,) = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size, deadline))
        if length > self._largest:
            raise wire.WireError(f"An answer must be at most {self._largest} bytes (got {length}).")
        return wire.decode_reply(self._exactly(length, deadline))

    def _exactly(self, count: int, deadline: Deadline) -> bytes:
        while len(self._read) < count:
            _wait(self._readable, deadline)
            part = os.read(self._out, PART)
            if not part:
                raise self._lost()
            self._read += part
        data = bytes(self._read[:count])
        del self._read[:count]
        return data

    def _lost(self) -> WorkerLostError:
        """Say why nobody is there any more: its own doing, or somebody else's."""
        try:
            status = self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return WorkerLostError(Trouble.CRASHED, "closes the channel to the grader.")
        except OSError:  # it is gone with all that was behind the protection
            status = -SIGKILL
        if self._process.excess:
            return WorkerLostError(Trouble.EXCESS, self._process.excess)
        return WorkerLostError(Trouble.KILLED if status == -SIGKILL else Trouble.CRASHED, ending(status))


def _poll(descriptor: int, event: int) -> select.poll:
    poll = select.poll()
    poll.register(descriptor, event)
    return poll


def _wait(poll: select.poll, deadline: Deadline) -> None:
    while not poll.poll(deadline.remaining() * 1000):
        pass  # until there is something, or nothing remains
