"""Patience: deadlines that move on while a process waits for a processor. A busy machine costs nobody a verdict."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path

MOST = 3.0  # times the seconds: a process whose own threads keep it from running is not waited for without end


class Waiting:
    """How long a process was ready to run and had no processor.

    Parameters
    ----------
    process : int or None
        Its number; None if that is not known.
    """

    def __init__(self, process: int | None) -> None:
        self._file = -1
        with suppress(OSError):  # it has ended, or this is not Linux
            self._file = os.open(f"/proc/{process}/schedstat", os.O_RDONLY | os.O_CLOEXEC)

    def seconds(self) -> float:
        """Return how long it waited so far, 0 if nobody knows."""
        try:
            _, waited, _ = os.pread(self._file, 100, 0).split()
        except (OSError, ValueError):
            return 0.0
        return int(waited) / 1e9

    def close(self) -> None:
        """Ask no more."""
        with suppress(OSError):
            os.close(self._file)
        self._file = -1


class Deadline:
    """The end of some seconds, not counting those in which a process waited for a processor.

    Parameters
    ----------
    seconds : float
    waiting : Waiting
    """

    def __init__(self, seconds: float, waiting: Waiting) -> None:
        self._waiting = waiting
        self._before = waiting.seconds()
        self._end = time.monotonic() + seconds
        self._last = self._end + (MOST - 1) * seconds

    def remaining(self) -> float:
        """Return how many seconds are left, more than none.

        Raises
        ------
        TimeoutError
            If none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            now = self._waiting.seconds()
            self._end = min(self._end + now - self._before, self._last)
            self._before = now
            left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def number_of(descriptor: int) -> int | None:
    """Return the number of the process that a descriptor of a process stands for, as it is seen here."""
    with suppress(OSError):
        found = re.search(r"^Pid:\s*(\d+)$", Path(f"/proc/self/fdinfo/{descriptor}").read_text("ascii"), re.MULTILINE)
        return int(found[1]) if found else None
    return None
