"""The zygote: a process inside the protection that has imported everything, and forks a worker when it is asked to.

A fork takes a few milliseconds where a start takes a hundred. The zygote itself never sees a student's code: what a
worker does to its memory is done to a copy, and each worker that has namespaces gets new ones, with an empty folder
of its own, and is the first process of its own: nothing of it outlives it, and it sees no other.

It is asked over a socket by short messages, with the channel of the worker as descriptors. This file is also bound
into the sandbox: it imports numpy, the standard library, and the files beside it.
"""

import ctypes
import gc
import json
import os
import random
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import NoReturn, TypedDict

import numpy as np

import autograder.sandbox.seccomp as seccomp
import autograder.sandbox.worker as worker
from autograder.sandbox.confinement import Rules

READY, FORK, END, WAIT = b"R", b"F", b"E", b"W"
STATUS = struct.Struct("<i")  # how a worker ended, or:
ALIVE = 2**31 - 1  # it did not, of itself
WAIT_SECONDS = 1.0  # for a worker that closed its channel to end
MOST = 2**17  # bytes of what a worker is told
NEW_PIDS = 0x20000000
NEW_OTHERS = 0x20000 | 0x04000000 | 0x08000000 | 0x40000000  # mounts, host name, IPC, network
NO_SUID, NO_DEVICES = 2, 4  # flags of a mount
CAPABILITIES = 0x20080522  # the version of the kernel's structures for 64 of them
AMBIENT, CLEAR_ALL = 47, 4  # of prctl
NAME = 15  # of prctl
READ, WRITE = 3, 4  # the descriptors of a worker's channel
MOST_DESCRIPTORS = 256  # a zygote has a handful
SET_UID, SET_GID = 1 << 7, 1 << 6  # rights to become somebody else
REHEARSALS = 10  # the interpreter makes code faster that it has seen some times
OWN_MOUNTS = ("/tmp", "/dev/shm")  # noqa: S108  private to each worker

_libc = ctypes.CDLL(None, use_errno=True)


class Told(TypedDict):
    """What a worker is told: its folder, the bytes that `OWN_MOUNTS` may hold, and what it does to itself."""

    home: str
    sizes: list[int]
    files: int
    rules: Rules


class Zygote:
    """The process that forks, and its end of the socket.

    Parameters
    ----------
    control : socket
    apart : bool
        Whether each worker gets namespaces of its own, and this process may make them.
    """

    def __init__(self, control: socket.socket, *, apart: bool) -> None:
        self._control = control
        self._apart = apart
        self._own_pids = os.pidfd_open(os.getpid()) if apart else -1

    def serve(self) -> None:
        """Fork one worker after the other until nobody asks any more."""
        self._control.sendall(READY)
        while True:
            message, descriptors, *_ = socket.recv_fds(self._control, MOST, 2)
            if not message:
                return
            if message[:1] == FORK and len(descriptors) == 2:
                self._fork(json.loads(message[1:]), *descriptors)

    def _fork(self, told: Told, read: int, write: int) -> None:
        if self._apart:
            _check(_libc.unshare(NEW_PIDS), "unshare")
        process = os.fork()
        if process == 0:
            self._control.close()
            _become_worker(told, read, write, apart=self._apart)
        os.close(read)
        os.close(write)
        if self._apart:  # back to the own process namespace, from which the next worker's is made
            _check(_libc.setns(self._own_pids, NEW_PIDS), "setns")
        self._watch(process)

    def _watch(self, process: int) -> None:
        """Tell of a worker where it can be seen, and end it when that is asked for, or nobody is there to ask."""
        descriptor = os.pidfd_open(process)
        socket.send_fds(self._control, [READY], [descriptor])
        os.close(descriptor)
        message = self._control.recv(1)
        status = _own_end(process, WAIT_SECONDS if message == WAIT else 0.0)
        if status is None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        if not message:
            os._exit(0)
        self._control.sendall(STATUS.pack(ALIVE if status is None else status))


def _own_end(process: int, seconds: float) -> int | None:
    """Return how a process ended, if it did or does so soon."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.002)


def _become_worker(told: Told, read: int, write: int, *, apart: bool) -> NoReturn:
    """Leave everything that is shared, and serve; student code comes only then."""
    try:
        _name(b"cs231n-worker")
        random.seed(0)  # as in every worker; a fork gives it another one
        if os.environ["HOME"] != told["home"]:
            os.environ.update(HOME=told["home"], TMPDIR=told["home"])
        if apart:
            _check(_libc.unshare(NEW_OTHERS), "unshare")
            for path, size in zip(OWN_MOUNTS, told["sizes"], strict=True):
                options = f"size={size},nr_inodes={told['files']},mode=1777".encode()
                _check(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", NO_SUID | NO_DEVICES, options), "mount")
            _drop_rights()
        os.chdir(told["home"])
        worker.run(*_only_channel(read, write), told["rules"])
    except BaseException as error:
        worker.refuse(WRITE, error)
    finally:
        os._exit(1)


def _only_channel(read: int, write: int) -> tuple[int, int]:
    """Close every descriptor but the channel, whatever numbers it came with."""
    first, second = os.dup(read), os.dup(write)
    os.dup2(first, READ)
    os.dup2(second, WRITE)
    os.closerange(WRITE + 1, MOST_DESCRIPTORS)
    return READ, WRITE


def _drop_rights() -> None:
    """Give up the rights that making namespaces takes; root keeps those to become nobody, which comes next."""
    kept = SET_UID | SET_GID if os.geteuid() == 0 else 0
    _check(_libc.prctl(AMBIENT, CLEAR_ALL, 0, 0, 0), "prctl")
    header, rights = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)(kept, kept)
    _check(_libc.capset(header, rights), "capset")


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _name(name: bytes) -> None:
    """Say in lists of processes what this one is."""
    with suppress(AttributeError):  # not on Linux
        _libc.prctl(NAME, name, 0, 0, 0)


def _first_of_its_own() -> None:
    """Become the first process of a namespace that this one may leave and come back to; whoever started it waits."""
    _check(_libc.unshare(NEW_PIDS), "unshare")
    process = os.fork()
    if process:
        _, status = os.waitpid(process, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _warm_up() -> None:
    """Do what every worker will do, so that it finds that done; the same random numbers for everybody."""
    np.random.seed(0)  # noqa: NPY002  what students may use
    np.linalg.norm(np.ones((2, 2)) @ np.ones((2, 2)))
    seccomp.compiled(os.uname().machine, os.getpid() if os.getpid() == 1 else 0)
    for _ in range(REHEARSALS):
        worker.rehearse()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve whoever holds the other end of the standard input, which is a socket."""
    apart = sys.argv[1] == "apart"
    control, nowhere = socket.socket(fileno=os.dup(0)), os.open(os.devnull, os.O_RDWR)
    _name(b"cs231n-zygote")
    if apart:
        _first_of_its_own()
    zygote = Zygote(control, apart=apart)
    _warm_up()
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.argv = [""]
    zygote.serve()


if __name__ == "__main__":
    main()
    os._exit(0)
