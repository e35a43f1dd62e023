"""The files of one student: read from a download, compared with what is there, put in its place all at once."""

from datetime import datetime
from pathlib import Path, PurePosixPath
from shutil import rmtree

from autograder.collect.names import safe_path
from autograder.collect.sent import TIMESTAMP, Sent
from autograder.course.dates import read_moment
from autograder.sandbox.limits import Limits
from autograder.submission import SubmissionError
from autograder.submission.file import mib, shown

Files = dict[PurePosixPath, bytes]


def read(handed: list[Sent], limits: Limits) -> tuple[Files, list[str]]:
    """Read a student's files: the newest of each path, up to the limits."""
    files: Files = {}
    notes: list[str] = []
    room = limits.upload_size
    for one in sorted(handed, key=lambda one: one.attempt, reverse=True):
        path = safe_path(one.path)
        if path in files:
            notes.append(f"{shown(path)} was handed in more than once: the newest was taken.")
            continue
        try:
            data = one.entry.read()
        except SubmissionError as error:
            notes.append(str(error))
            continue
        room -= len(data)
        if room < 0 or len(files) == limits.upload_files:
            notes.append(
                f"The files must be at most {limits.upload_files} of {mib(limits.upload_size)} in all "
                f"(got more, with {shown(path)}). The rest was left out."
            )
            break
        files[path] = data
    return files, list(dict.fromkeys(notes))


def stamped(files: Files) -> datetime | None:
    """Return when files came in, if a file of nbgrader's among them says so."""
    return read_moment(files.get(PurePosixPath(TIMESTAMP), b"").decode("utf-8", "replace"))


def same(place: Path, files: Files) -> bool:
    """Tell whether a folder holds these very files."""
    there = {PurePosixPath(path.relative_to(place).as_posix()) for path in place.rglob("*") if path.is_file()}
    return there == set(files) and all(
        not (place / path).is_symlink() and (place / path).read_bytes() == data for path, data in files.items()
    )


def put(place: Path, files: Files) -> None:
    """Put files into a folder, all at once: what was there gives way only when all of them are written."""
    part = place.with_name(f".{place.name}.part")
    old = place.with_name(f".{place.name}.old")
    for left_over in (part, old):
        rmtree(left_over, ignore_errors=True)
    write(part, files)
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        place.rename(old)
    part.rename(place)
    rmtree(old, ignore_errors=True)


def write(folder: Path, files: Files) -> None:
    """Write files into a new folder."""
    folder.mkdir(parents=True)
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
