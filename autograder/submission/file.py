"""One file of a submission: a regular file of limited size, read once and without following links."""

import math
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.sandbox.limits import MIB
from autograder.sandbox.wire import clean

LARGEST_TEXT = 200  # bytes of nbgrader's timestamp, which has 30: over a long one the reader of dates takes hours
NOTEBOOKS = (".ipynb", ".py")
RENAMED = re.compile(r"(?<=\.ipynb)\.(txt|json)$")  # what browsers add to a notebook's name
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
LEFTOVERS = ("__MACOSX", "__pycache__")  # of systems and programs, as is all that begins with a dot
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class SubmissionError(ValueError):
    """What was handed in cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class File:
    """One file of a submission, in its folder or in a zip there.

    Parameters
    ----------
    path : PurePosixPath
        Where it stands in the submission; a member of a zip stands behind its name, as in a folder.
    data : bytes
        Empty if it was not read.
    trouble : str
        Why it was not read, and what to do about it; else empty.
    cost : int
        Bytes that reading it took.
    """

    path: PurePosixPath
    data: bytes = b""
    trouble: str = ""
    cost: int = 0

    @property
    def name(self) -> str:
        """Its path, quoted, as people may be shown it."""
        return shown(self.path)

    @property
    def kind(self) -> str:
        """Its ending, such as ``.ipynb``."""
        return kind_of(self.path)


def kind_of(path: PurePosixPath) -> str:
    """Return the ending of a name, in lower case; of a notebook its own, whatever a browser added."""
    return PurePosixPath(RENAMED.sub("", path.name.lower())).suffix


def is_leftover(name: str) -> bool:
    """Tell what no student means to hand in, such as checkpoints and caches."""
    return name.startswith(".") or name in LEFTOVERS


def shown(path: PurePosixPath) -> str:
    """Quote a path that a student chose: short, one line, nothing invisible."""
    return clean(repr(str(path)))


def read_text(path: Path) -> str:
    """Read a small text file.

    Raises
    ------
    SubmissionError
        If it is no regular file, too large, unreadable, or not UTF-8.
    """
    try:
        return read_bytes(path, PurePosixPath(path.name), LARGEST_TEXT).decode()
    except UnicodeDecodeError as error:
        raise SubmissionError(f"{shown(PurePosixPath(path.name))} must be UTF-8 text.") from error


def read_bytes(path: Path, name: PurePosixPath, largest: int) -> bytes:
    """Read a regular file of limited size.

    Parameters
    ----------
    path : Path
    name : PurePosixPath
        What a student calls it.
    largest : int
        Bytes.

    Raises
    ------
    SubmissionError
        If it is a link, a folder or a device, too large, or unreadable.
    """
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
        if kind != stat.S_IFREG:
            what = KINDS.get(kind, "something else")
            raise SubmissionError(f"{shown(name)} must be a file (got {what}). Hand in the file itself.")
        with open(path, "rb", opener=_open) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(largest + 1) if size <= largest else b""
    except OSError as error:
        raise SubmissionError(
            f"{shown(name)} must be a file that can be read (got: {error.strerror}). Hand it in again."
        ) from error
    require_size(name, max(size, len(data)), largest)
    return data


def require_size(name: PurePosixPath, size: int, largest: int, how: str = "") -> None:
    """Refuse a file that is too large, as it is or in the way that is said.

    Raises
    ------
    SubmissionError
        If it is.
    """
    if size > largest:
        raise SubmissionError(
            f"{shown(name)} must be at most {mib(largest)}{how} (got {mib(size)}). "
            "Clear outputs, keep data out of it, and save it again."
        )


def mib(size: int) -> str:
    """Return a size as people read it."""
    return f"{math.ceil(10 * size / MIB) / 10:g} MiB"


def _open(path: str, flags: int) -> int:
    """Open for reading, even if somebody puts a link or a pipe in its place meanwhile."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
