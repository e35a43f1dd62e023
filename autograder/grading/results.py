"""Results: a folder of files, each named by the hash of all that decides what is in it.

The folder is journal, resume point and cache in one. A file in it is whole or not there: it is written beside
its place, and takes it in one step. What a crash of the machine spoiled all the same is not read as a result.
"""

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.core.verdict import SubmissionReport
from autograder.files import write_whole
from autograder.grading.marks import Marks


@dataclass(frozen=True)
class Result:
    """All that came of one submission, whoever handed it in.

    Parameters
    ----------
    report : SubmissionReport
        Without the name of a student.
    marks : mapping
        By notebook.
    notebooks : mapping
        By notebook, the hash of the graded file.
    """

    report: SubmissionReport
    marks: Mapping[str, Marks]
    notebooks: Mapping[str, str]


@dataclass(frozen=True)
class Results:
    """The results that are kept in a folder."""

    folder: Path

    def find(self, key: str) -> Result | None:
        """Return a result, or None if there is none that can be read."""
        file = self._file(key)
        try:
            return msgspec.json.decode(file.read_bytes(), type=Result)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, ValueError):  # cut short by a crash of the machine, or older than the format
            file.unlink(missing_ok=True)
            return None

    def keep(self, key: str, result: Result) -> Result:
        """Keep a result, and return it as every later run will read it.

        If an identical submission was graded at the same time and was faster, its result is the one that stays.
        """
        known = self.find(key)
        if known is None:
            write_whole(self._file(key), msgspec.json.format(msgspec.json.encode(result)))
        return known or self.find(key) or result

    def forget(self, key: str) -> None:
        """Remove a result, so that it is made anew."""
        self._file(key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def says(file: Path, digest: str) -> bool:
    """Tell whether a file is there and has this hash."""
    try:
        return hash_of(file.read_bytes()) == digest
    except OSError:
        return False


def hash_of(data: bytes) -> str:
    """Return the hash by which files are compared."""
    return hashlib.sha256(data).hexdigest()[:32]


def seconds_of(file: Path) -> dict[str, float]:
    """Return how long each student's submission took when it was graded last."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(file.read_bytes(), type=dict[str, float])
    return {}


def add_seconds(file: Path, seconds: dict[str, float]) -> None:
    """Note how long submissions took: beside the results, which are the same however long they took."""
    if seconds:
        write_whole(file, msgspec.json.format(msgspec.json.encode(seconds_of(file) | seconds, order="sorted")))


@contextmanager
def writing_alone(folder: Path) -> Iterator[bool]:
    """Be the one writer of a folder; the kernel ends it with the process, however that ends.

    Yields
    ------
    bool
        False if there is another writer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
