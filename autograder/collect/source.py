"""What is collected from: a zip or a folder, as a list of files that are read one at a time, when they are wanted."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from autograder.errors import CourseError
from autograder.sandbox.limits import Limits
from autograder.submission.archive import DAMAGED, require_inside
from autograder.submission.file import (
    ARCHIVES,
    NOTEBOOKS,
    SubmissionError,
    is_leftover,
    kind_of,
    read_bytes,
    require_size,
    shown,
)

MOST = 200_000  # files of one download: more than a class hands in


@dataclass(frozen=True)
class Entry:
    """A file of a download.

    Parameters
    ----------
    path : PurePosixPath
        Below the download.
    read : callable
        Returns its bytes, or raises `SubmissionError`.
    """

    path: PurePosixPath
    read: Callable[[], bytes]

    @property
    def is_work(self) -> bool:
        """Whether it is a notebook, a Python file or an archive: what a student hands in."""
        return kind_of(self.path) in NOTEBOOKS + ARCHIVES


@contextmanager
def opened(source: Path, limits: Limits) -> Iterator[list[Entry]]:
    """List the files of a download: a zip or a folder.

    Parameters
    ----------
    source : Path
    limits : Limits
        Of the size of one file.

    Yields
    ------
    list of Entry
        In order of their paths. They can be read as long as it is open.

    Raises
    ------
    CourseError
        If it is neither.
    """
    if source.is_dir():
        yield sorted(_of_folder(source, limits), key=lambda entry: entry.path)
        return
    try:
        archive = ZipFile(source)
    except DAMAGED as error:
        raise CourseError(
            f"`SOURCE` must be a zip or a folder (got {source}: {_why(error)}). Name what you downloaded."
        ) from error
    with archive:
        yield sorted(_of_zip(archive, limits), key=lambda entry: entry.path)


def _why(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or "it cannot be opened as a zip").lower()


def _of_folder(folder: Path, limits: Limits) -> Iterator[Entry]:
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not is_leftover(name))
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(place) / name
            inner = PurePosixPath(path.relative_to(folder).as_posix())
            if not is_leftover(name):
                yield Entry(inner, partial(read_bytes, path, inner, _largest(inner, limits)))


def _of_zip(archive: ZipFile, limits: Limits) -> Iterator[Entry]:
    members = archive.infolist()
    if len(members) > MOST:
        raise CourseError(f"`SOURCE` must hold at most {MOST} files (got {len(members)}). Collect it in parts.")
    for info in members:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if not info.filename.endswith("/") and not any(map(is_leftover, set(path.parts) - {".."})):
            yield Entry(path, partial(_read_member, archive, info, path, limits))


def _read_member(archive: ZipFile, info: ZipInfo, path: PurePosixPath, limits: Limits) -> bytes:
    require_inside(path, info)
    require_size(path, info.file_size, _largest(path, limits), " unpacked")
    try:
        return archive.read(info)
    except DAMAGED as error:
        raise SubmissionError(
            f"{shown(path)} must be a whole file (got a damaged one). Download it again."
        ) from error


def _largest(path: PurePosixPath, limits: Limits) -> int:
    return limits.zip_size if kind_of(path) in ARCHIVES else limits.notebook_size
