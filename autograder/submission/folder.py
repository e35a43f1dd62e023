"""The folder of a submission: its notebooks, Python files and zips, found without following links, and read."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from autograder.sandbox.limits import Limits
from autograder.submission.archive import unpack
from autograder.submission.file import (
    ARCHIVES,
    KINDS,
    NOTEBOOKS,
    File,
    SubmissionError,
    is_leftover,
    kind_of,
    mib,
    read_bytes,
    shown,
)

LESS = "Hand in your notebooks and your own modules only."


@dataclass(frozen=True)
class Submitted:
    """One student's folder for one assignment."""

    student: str
    folder: Path


def read_folder(folder: Path, limits: Limits) -> list[File]:
    """Read what a student handed in, all of it once.

    Parameters
    ----------
    folder : Path
    limits : Limits
        Of the number of files, and of the size of one and of all.

    Returns
    -------
    list of File
        Those nearest to the top first, then by name. What cannot be read has its trouble.
    """
    files: list[File] = []
    room = limits.upload_size
    for found in _look_around(folder, limits):
        for file in [found] if found.trouble else _read(folder, found, limits):
            room -= file.cost
            if room < 0:
                rule = f"must be at most {mib(limits.upload_size)} in all (got more, with {file.name})"
                return [*files, File(file.path, trouble=f"The files {rule}. {LESS}")]
            if len(files) == limits.upload_files:
                return [*files, _too_many(file.path, limits)]
            files.append(file)
    return files


def _read(folder: Path, found: File, limits: Limits) -> Iterator[File]:
    is_zip = found.kind == ".zip"
    try:
        if found.kind in ARCHIVES and not is_zip:
            raise SubmissionError(f"{found.name} must be a zip (got {found.kind}). Zip your files, or hand in each.")
        data = read_bytes(folder / found.path, found.path, limits.zip_size if is_zip else limits.notebook_size)
    except SubmissionError as error:
        yield File(found.path, trouble=str(error))
        return
    file = File(found.path, data, cost=len(data))
    yield from unpack(file, limits) if is_zip else [file]


def _too_many(path: PurePosixPath, limits: Limits) -> File:
    return File(path, trouble=f"A submission must hold at most {limits.upload_files} files (got more). {LESS}")


def _look_around(folder: Path, limits: Limits) -> Iterator[File]:
    """Yield the files that matter, not read yet, and what could not be looked into, with its trouble."""
    room = limits.upload_files
    waiting = deque([PurePosixPath()])
    while waiting:
        inner = waiting.popleft()
        try:
            entries = _entries(folder / inner, inner, room)
        except SubmissionError as error:
            yield File(inner, trouble=str(error))
            continue
        room -= len(entries)
        if room < 0:
            yield _too_many(inner, limits)
            return
        for entry in entries:
            path = inner / entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder:
                waiting.append(path)
            if entry.is_symlink() or kind_of(path) in ((".ipynb",) if is_folder else NOTEBOOKS + ARCHIVES):
                yield File(path)


def _entries(folder: Path, name: PurePosixPath, most: int) -> list["os.DirEntry[str]"]:
    """List a folder by name, without leftovers; one more than allowed is enough.

    Raises
    ------
    SubmissionError
        If it is no folder, or cannot be read.
    """
    what = shown(name) if name.parts else "A submission"
    try:
        kind = stat.S_IFMT(folder.lstat().st_mode)
        if kind != stat.S_IFDIR:
            got = KINDS.get(kind, "a file")
            raise SubmissionError(f"{what} must be a folder (got {got}). Put its files into a folder of that name.")
        with os.scandir(folder) as scan:
            wanted = (entry for entry in scan if not is_leftover(entry.name))
            return sorted(islice(wanted, most + 1), key=lambda entry: entry.name)
    except OSError as error:
        raise SubmissionError(
            f"{what} must be a folder that can be read (got: {error.strerror}). Hand it in again."
        ) from error
