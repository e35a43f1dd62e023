"""Warm workers: forked by a zygote, which is kept for the next one, so that a worker costs milliseconds."""

import atexit
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from select import POLLIN, poll

from autograder.sandbox.patience import number_of
from autograder.sandbox.zygote import ALIVE, END, FORK, READY, STATUS, WAIT, Told

START_SECONDS = 60.0  # a zygote takes 0.1 s, a fork some milliseconds; a machine under load may take long
PART = 2**16  # bytes read at once

Start = Callable[[int], "subprocess.Popen[bytes]"]


class Child:
    """A forked worker, and its channel.

    Attributes
    ----------
    stdin, stdout : file
        The channel.
    pid : int or None
        Its number, as it is seen here.
    excess : str
        The sentence for what it was ended for while it ran, if it was.
    returncode : int or None
        How it ended of itself, if it did.
    """

    def __init__(self, control: socket.socket, stdin: FileIO, stdout: FileIO, descriptor: int) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.pid = number_of(descriptor)
        self._descriptor = descriptor
        self.excess = ""
        self.returncode: int | None = None
        self._control = control
        self._over = False

    def wait(self, timeout: float) -> int:
        """Return how it ended, which it is about to do; then it is over in any case.

        Raises
        ------
        subprocess.TimeoutExpired
            If it did not end of itself.
        """
        self.end(WAIT)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("worker", timeout)
        return self.returncode

    def kill(self) -> None:
        """Kill it; any thread may."""
        with suppress(OSError):  # it has ended
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def end(self, how: bytes = END) -> None:
        """End it, whatever it does."""
        if not self._over:
            self._over = True
            self._control.sendall(how)
            (status,) = STATUS.unpack(_exactly(self._control, STATUS.size))
            self.returncode = None if status == ALIVE else status

    def communicate(self, data: bytes, timeout: float) -> tuple[bytes, bytes]:
        """Write all it is to read, and read all it writes until it ends."""
        deadline = time.monotonic() + timeout
        with suppress(BrokenPipeError):  # it has ended; what it says of that is read
            self.stdin.write(data)
            self.stdin.close()
        parts = [b"first"]
        try:
            while parts[-1]:
                _wait(self.stdout, deadline)
                parts.append(self.stdout.read(PART) or b"")
        except TimeoutError as error:
            raise subprocess.TimeoutExpired("the worker", timeout) from error
        self.end(WAIT)
        return b"".join(parts[1:]), b""


class Zygote:
    """A process behind the protection that forks workers, one at a time.

    Parameters
    ----------
    start : callable
        ``start(descriptor)`` starts the process, with this descriptor as its standard input.

    Raises
    ------
    OSError
        If it does not start; the message is its own.
    """

    def __init__(self, start: Start) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        with theirs, ExitStack() as on_failure:
            on_failure.enter_context(self._control)
            self._process = start(theirs.fileno())
            on_failure.pop_all()
        try:
            _exactly(self._control, len(READY))
        except TimeoutError as error:
            self.end()
            raise OSError(f"it does not start in {START_SECONDS:g} seconds") from error
        except OSError as error:
            said = self._last_words()
            self.end()
            raise OSError(said or f"it ends with status {self._process.returncode}") from error

    @contextmanager
    def child(self, told: Told) -> Iterator[Child]:
        """Fork a worker, which ends with the block.

        Parameters
        ----------
        told : Told
        """
        with ExitStack() as stack:
            with ExitStack() as theirs:
                read, write = os.pipe()
                theirs.callback(os.close, read)
                stdin = stack.enter_context(FileIO(write, "w"))
                read_back, write_back = os.pipe()
                theirs.callback(os.close, write_back)
                stdout = stack.enter_context(FileIO(read_back, "r"))
                socket.send_fds(self._control, [FORK + json.dumps(told).encode()], [read, write_back])
            _, descriptors, *_ = socket.recv_fds(self._control, len(READY), 1)
            if not descriptors:
                raise ConnectionError("the zygote is gone")
            (descriptor,) = descriptors
            stack.callback(os.close, descriptor)
            child = Child(self._control, stdin, stdout, descriptor)
            stack.callback(child.end)
            yield child

    def end(self) -> None:
        """End it, and its worker."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._control.close()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _last_words(self) -> str:
        if self._process.stderr is None:
            return ""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        return self._process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]


_idle: dict[tuple[str, int], list[Zygote]] = {}  # by what they are, and the process that keeps them


@contextmanager
def worker(kind: str, start: Start, told: Told) -> Iterator[Child]:
    """Start a worker, from a zygote that is there or from a new one; it ends with the block.

    Parameters
    ----------
    kind : str
        Zygotes of a kind are the same.
    start : callable
        Starts one: see `Zygote`.
    told : Told

    Yields
    ------
    Child
    """
    waiting = _idle.setdefault((kind, os.getpid()), [])
    with ExitStack() as stack:
        zygote, child = _forked(waiting, start, told, stack)
        try:
            yield child
        finally:
            try:
                stack.close()
            except OSError:  # somebody ended it
                zygote.end()
            else:
                waiting.append(zygote)


def _forked(waiting: list[Zygote], start: Start, told: Told, stack: ExitStack) -> tuple[Zygote, Child]:
    """Fork from one that waits; from a new one if there is none that still lives."""
    while waiting:
        zygote = waiting.pop()
        try:
            return zygote, stack.enter_context(zygote.child(told))
        except OSError:
            zygote.end()
    zygote = Zygote(start)
    return zygote, stack.enter_context(zygote.child(told))


@atexit.register
def end_all() -> None:
    """End all zygotes of this process that wait."""
    for (_, process), zygotes in _idle.items():
        while zygotes and process == os.getpid():
            zygotes.pop().end()


def _exactly(control: socket.socket, count: int) -> bytes:
    data = control.recv(count)
    if len(data) < count:
        raise ConnectionError("the zygote is gone")
    return data


def _wait(file: FileIO, deadline: float) -> None:
    waiting = poll()
    waiting.register(file, POLLIN)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not waiting.poll(remaining * 1000):
        raise TimeoutError
