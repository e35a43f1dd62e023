"""A crew of processes that do tasks. One that is killed is replaced, and its task is done again by another."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from queue import LifoQueue
from threading import Thread
from types import TracebackType
from typing import Self

from autograder.grading.task import Done, Plan, perform
from autograder.sandbox.warm import end_all

MOST_LOST = 3  # processes that one task may cost: then it is to blame


class LostError(Exception):
    """Whatever did a task was lost, again and again."""


class Crew:
    """So many processes for the tasks of one plan, started when they are needed.

    Parameters
    ----------
    plan : Plan
    places : int
        How many tasks are done at a time.
    """

    def __init__(self, plan: Plan, places: int) -> None:
        self.places = places
        self._plan = plan
        self._free: LifoQueue[_Member | None] = LifoQueue()
        self._members: set[_Member] = set()
        self._over = False
        for _ in range(places):
            self._free.put(None)  # a place without a process yet

    def __enter__(self) -> Self:
        """Return itself; the processes are ended when the block is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; whatever they are at can be done again."""
        self._over = True
        for member in list(self._members):
            member.end()

    def ask(self, submission: bytes) -> Done:
        """Have a task done, and wait for it. Any thread may ask.

        Raises
        ------
        LostError
            If it costs too many processes.
        """
        lost = ""
        for _ in range(MOST_LOST):
            with self._member() as member:
                try:
                    return member.ask(submission)
                except (EOFError, OSError):
                    lost = f"the process that graded it ended with status {member.end()}"
            if self._over:
                break
        raise LostError(lost)

    @contextmanager
    def _member(self) -> Iterator["_Member"]:
        member = self._free.get()
        try:
            if member is None:
                member = _Member(self._plan)
                self._members.add(member)
            yield member
        finally:  # the place is free again, also if no process started
            if member is not None and not member.alive:
                self._members.discard(member)
                member = None
            self._free.put(member)


class _Member:
    """One process, and the pipe to it."""

    def __init__(self, plan: Plan) -> None:
        context = get_context("forkserver")  # imports once; forks no thread of the caller
        context.set_forkserver_preload([__name__])
        self._pipe, theirs = context.Pipe()
        self._process: ForkServerProcess = context.Process(target=_serve, args=(theirs, plan), daemon=True)
        self._process.start()
        theirs.close()
        self.alive = True

    def ask(self, submission: bytes) -> Done:
        self._pipe.send_bytes(submission)
        done: Done = self._pipe.recv()
        return done

    def end(self) -> int | None:
        self.alive = False
        self._process.kill()
        self._process.join()
        return self._process.exitcode


def _serve(pipe: "Connection[Done, bytes]", plan: Plan) -> None:
    """Do tasks until there are no more, or whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    Thread(target=_end_with_the_one_who_asks, daemon=True).start()
    while True:
        try:
            submission = pipe.recv_bytes()
            pipe.send(perform(plan, submission))
        except (EOFError, OSError):
            return


def _end_with_the_one_who_asks() -> None:
    """End at once when the grader is gone, also in the middle of a task; what is behind the protection ends, too."""
    grader = parent_process()
    if grader is not None:
        grader.join()
        end_all()
        os._exit(1)
