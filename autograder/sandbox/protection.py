"""Protection: how a worker is kept from everything but its pipe.

The best tier is bubblewrap, the second Landlock; both forbid system calls, too (`confinement`). Which of them works
here is found by starting a worker that tries to escape, not by looking for a program: kernels and containers forbid
them in many ways.
"""

import atexit
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from functools import cache
from pathlib import Path
from shutil import which

from autograder.sandbox import launch, warm, wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.private import private_folder, watched
from autograder.sandbox.warm import Child

PROBE_SECONDS = 60
PROBE = """
import os, socket
import numpy as np

def escapes(path):
    attempts = os.fork, socket.socket, lambda: os.kill(os.getppid(), 0), lambda: open(path), lambda: open(path, "a")
    return np.array([works(attempt) for attempt in attempts])

def works(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True
"""
ESCAPES = ("start processes", "open sockets", "signal other processes", "read our files", "write our files")


class Tier(StrEnum):
    """How well student code is contained."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"

    @property
    def sentence(self) -> str:
        """What this tier does, for every report."""
        return {
            Tier.BUBBLEWRAP: (
                "student code runs in a bubblewrap sandbox with a filter of system calls: no network, no files, "
                "no processes"
            ),
            Tier.LANDLOCK: (
                "student code runs under Landlock with a filter of system calls: no network, no files but those it "
                "needs to run, no processes. It can tell which files exist; install bubblewrap to prevent that"
            ),
            Tier.RLIMITS: (
                "WARNING: student code runs with resource limits only. It can read and write the files of this "
                "account and use the network. Install bubblewrap before you grade code you do not trust"
            ),
        }[self]


PROTECTED = (Tier.BUBBLEWRAP, Tier.LANDLOCK)  # the best first


class SandboxError(Exception):
    """The wanted protection does not work here: the instructor's to mend, never a student's doing."""


class Process(subprocess.Popen[bytes]):
    """A worker's process, and the sentence for what it was ended for while it ran, if it was."""

    excess: str = ""


@cache
def probe(tier: Tier) -> str:
    """Start a worker in a tier, let it try to escape, and return what went wrong, or nothing if it works."""
    if tier in PROTECTED and sys.platform != "linux":  # elsewhere the same numbers mean other system calls
        return f"it needs Linux (this is {sys.platform})"
    if tier is Tier.BUBBLEWRAP and which("bwrap") is None:
        return "the program bwrap is not installed"
    load = wire.Load(1, [("probe", PROBE)], {}, ["escapes"], PROBE_SECONDS)
    call = wire.Call(2, "escapes", [__file__])
    try:
        with start(tier, Limits()) as process:
            stdout, stderr = process.communicate(wire.encode(load) + wire.encode(call), timeout=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if stdout:
        return _escaped(stdout)
    said = wire.clean(stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return said or f"it ends with status {process.returncode}"


def _escaped(stdout: bytes) -> str:
    """Look at the last answer of the probe: nothing of what it tried may have worked."""
    try:
        while stdout:
            (length,) = wire.LENGTH.unpack_from(stdout)
            body, stdout = stdout[wire.LENGTH.size :][:length], stdout[wire.LENGTH.size + length :]
        reply = wire.decode_reply(body)
    except (struct.error, wire.WireError) as error:
        return f"the worker breaks off ({error})"
    if not isinstance(reply, wire.Returned):
        return f"the worker does not answer ({reply})"
    done = [escape for escape, works in zip(ESCAPES, reply.answer, strict=True) if works]
    return f"student code can {', '.join(done)}" if done else ""


def choose(wanted: Tier | None) -> Tier:
    """Choose the tier: the best there is, or the one that is asked for by name.

    Parameters
    ----------
    wanted : Tier or None
        None for the best that protects.

    Raises
    ------
    SandboxError
        If none that protects works here and nobody asked for less by name, or the one asked for does not.
    """
    if wanted is Tier.RLIMITS:
        return Tier.RLIMITS
    trouble = {}
    for tier in PROTECTED if wanted is None else (wanted,):
        trouble[tier] = probe(tier)
        if not trouble[tier]:
            return tier
    reasons = "; ".join(f"{tier} does not: {reason}" for tier, reason in trouble.items())
    raise SandboxError(
        f"`--sandbox` must be a tier that works here ({reasons}). Install bubblewrap, "
        "or say `--sandbox rlimits` if you trust the code: it can then reach your files and the network."
    )


def best() -> Tier:
    """Return the best tier that works here, whatever it is: for code that its own author runs."""
    return next((tier for tier in PROTECTED if not probe(tier)), Tier.RLIMITS)


@contextmanager
def start(tier: Tier, limits: Limits) -> Iterator[Process | Child]:
    """Start a worker; it, and all it started, is killed at the end.

    Parameters
    ----------
    tier : Tier
    limits : Limits

    Yields
    ------
    Process or Child
        Its standard input and output are the channel.
    """
    if tier is Tier.BUBBLEWRAP:
        with warm.worker(tier, _zygote_in_bubblewrap, launch.told_in_bubblewrap(limits)) as child:
            yield child
        return
    with private_folder(launch.account()) as home, _running(tier, limits, home) as process:

        def end(sentence: str) -> None:
            process.excess = sentence
            process.kill()

        with watched(home, limits, end):
            yield process


@contextmanager
def _running(tier: Tier, limits: Limits, home: Path) -> Iterator[Process | Child]:
    if tier is Tier.LANDLOCK:
        told = launch.told_in_landlock(limits, _inside(os.getpid()), home)
        with warm.worker(tier, _zygote_in_landlock, told) as child:
            yield child
        return
    process = _started(launch.in_nothing(limits, home), home, subprocess.PIPE, subprocess.PIPE)
    try:
        yield process
    finally:
        _kill(process)


def _zygote_in_bubblewrap(control: int) -> Process:
    return _started(launch.in_bubblewrap(), Path("/"), control, subprocess.DEVNULL)


def _zygote_in_landlock(control: int) -> Process:
    return _started(launch.in_landlock(_inside(os.getpid())), Path("/"), control, subprocess.DEVNULL)


@cache
def _inside(process: int) -> Path:  # noqa: ARG001  what was made for a process that forked this one may go any time
    """Return the folder from which zygotes without bubblewrap import; it is there as long as this process."""
    stack = ExitStack()
    atexit.register(stack.close)
    return launch.linked(stack.enter_context(private_folder(launch.account())).parent)


def _started(command: list[str], home: Path, stdin: int, stdout: int) -> Process:
    return Process(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=launch.environment(str(home)),
        cwd=home,
        start_new_session=True,
    )


def _kill(process: Process) -> None:
    """Kill a worker's whole process group; bubblewrap takes its namespace along."""
    with suppress(ProcessLookupError):  # it has ended, and so has its group
        os.killpg(process.pid, 9)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):  # unsent bytes of a request to a worker that is gone
                stream.close()
    process.wait()
