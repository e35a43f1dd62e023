"""Allowances: how long a call may take, and what a student reads when a limit ends an exercise."""

import errno
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.core.subject import Trouble
from autograder.sandbox.limits import MIB, Limits

ERRNO = re.compile(r"\[Errno (\d{1,3})\]")  # how Python's exceptions of the system begin
FORBIDDEN = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS)


@dataclass(frozen=True)
class Span:
    """So many seconds, and the sentence for one who takes longer, without its subject."""

    seconds: float
    sentence: str


@dataclass(frozen=True)
class Excess:
    """What a student reads of a limit: what the function does, before the place, and what to do."""

    trouble: Trouble
    clause: str
    remedy: str = ""


class Allowance:
    """The time that a submission has left, in all and for each of its functions.

    Parameters
    ----------
    limits : Limits

    Examples
    --------
    >>> allowance = Allowance(Limits(call_seconds=5, exercise_seconds=8))
    >>> with allowance.spent_by("relu_forward"):
    ...     pass
    >>> allowance.of_call("relu_forward").seconds
    5
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spent: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def spent_by(self, name: str, waited: Callable[[], float] = lambda: 0.0) -> Iterator[None]:
        """Take the seconds of the block off what a function has, but for those in which its worker waited."""
        start, before = time.monotonic(), waited()
        try:
            yield
        finally:
            self._spent[name] += time.monotonic() - start - max(0.0, waited() - before)

    def of_call(self, name: str) -> Span:
        """Return what the next call of a function may take; nothing or less if all is spent."""
        one, all_calls = self._limits.call_seconds, self._limits.exercise_seconds
        return min(
            Span(one, f"takes longer than {one:g} seconds: is there a loop that never ends?"),
            Span(
                all_calls - self._spent[name], f"takes longer than {all_calls:g} seconds in all its calls together."
            ),
            self._of_submission(),
            key=lambda span: span.seconds,
        )

    def of_loading(self) -> Span:
        """Return what executing the definitions may take."""
        seconds = self._limits.load_seconds
        own = Span(seconds, f"takes longer than {seconds:g} seconds: is there a loop that never ends?")
        return min(own, self._of_submission(), key=lambda span: span.seconds)

    def _of_submission(self) -> Span:
        seconds = self._limits.submission_seconds
        left = seconds - sum(self._spent.values())
        return Span(left, f"comes too late: the {seconds:g} seconds of the whole submission are used up.")


def excess(error: str, text: str, limits: Limits) -> Excess | None:
    """Recognize the exception that tells of a limit.

    Parameters
    ----------
    error, text : str
        The name of its class and its message; a student may have made both up, to no avail.
    limits : Limits
    """
    if error == "MemoryError":
        return Excess(Trouble.MEMORY, f"needs more memory than the {limits.memory // MIB} MiB it may use")
    if text == "can't start new thread":
        return Excess(Trouble.EXCESS, "starts more threads than it may", "A few are enough.")
    if error == "WireError":
        return Excess(Trouble.REFUSED, f"returns what cannot be passed on: {text.rstrip('.')}")
    number = ERRNO.match(text)
    code = int(number[1]) if number else 0
    if code == errno.EMFILE:
        many = f"opens more than the {limits.open_files} files it may have open"
        return Excess(Trouble.EXCESS, many, "Close a file after use.")
    if code == errno.EFBIG:
        return Excess(Trouble.EXCESS, f"writes a file of more than the {limits.file_size // MIB} MiB it may have")
    if code == errno.ENOSPC:
        most = f"{limits.folder_size // MIB} MiB, or {limits.folder_files} files"
        return Excess(Trouble.EXCESS, f"writes more than the {most}, that it may")
    if code in FORBIDDEN:
        return Excess(Trouble.FORBIDDEN, f"does what the sandbox forbids: {text}", "A layer computes, nothing else.")
    return None


def ending(status: int) -> str:
    """Say how a process ended, without its subject.

    Parameters
    ----------
    status : int
        Its exit status; minus the number of the signal that ended it, or 128 plus it.
    """
    number = -status if status < 0 else status - 128
    known = {
        4: "crashes the whole Python process (an illegal instruction).",
        6: "ends the whole Python process by abort.",
        7: "crashes the whole Python process (a bus error: a mapped file was cut).",
        8: "crashes the whole Python process (an arithmetic error).",
        9: "ends the whole Python process by a signal, or uses more than the system has.",
        11: "crashes the whole Python process (a segmentation fault): does a recursion never end?",
        24: "uses more processor time than a submission may.",
    }
    return known.get(number) or f"ends the whole Python process (status {status}): a layer returns, it does not exit."
