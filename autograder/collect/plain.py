"""Plain folders of students: no platform says whose a file is, so the folders have to."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autograder.collect.sent import TIMESTAMP, Sent, Wanted
from autograder.collect.source import Entry
from autograder.submission.file import kind_of


def of_folders(entries: Sequence[Entry], wanted: Wanted) -> list[Sent]:
    """Take the first folders that differ for students, with files beside them named after their students."""
    work = [entry for entry in entries if entry.is_work or entry.path.name == TIMESTAMP]
    depth = _depth_of_students([entry.path for entry in work], wanted)
    found = []
    for entry in work:
        student, path = _owner(entry.path.parts[depth:], wanted)
        if student:
            found.append(Sent(student, (student,), student, path, entry))
    return found


def _depth_of_students(paths: Sequence[PurePosixPath], wanted: Wanted) -> int:
    """Return how many folders, one in the other, stand around those of the students."""
    depth = 0
    while True:
        inner = [path for path in paths if len(path.parts) > depth + 1]
        folders = {path.parts[depth] for path in inner}
        named = [path for path in paths if len(path.parts) == depth + 1 and _owner((path.name,), wanted)[0]]
        if len(folders) != 1 or named or _is_a_student(inner, depth, wanted):
            return depth
        depth += 1


def _is_a_student(paths: Sequence[PurePosixPath], depth: int, wanted: Wanted) -> bool:
    """Tell whether the one folder at some depth is a student's, not that of a class."""
    folders = {path.parts[depth + 1] for path in paths if len(path.parts) > depth + 2}
    loose = [path for path in paths if len(path.parts) == depth + 2]
    working = {path.parts[depth + 1] for path in paths if len(path.parts) > depth + 2 and kind_of(path) != ".py"}
    is_own = any(not _owner((path.name,), wanted)[0] for path in loose) and len(working) < 2
    return is_own or (not loose and folders <= {wanted.name, *wanted.others})


def _owner(parts: tuple[str, ...], wanted: Wanted) -> tuple[str, PurePosixPath]:
    """Return whose a file is, and its path for that student; nobody's is of the empty name."""
    if len(parts) > 1:
        inner = parts[2:] if parts[1] == wanted.name and len(parts) > 2 else parts[1:]
        is_other = parts[1] in wanted.others and len(parts) > 2
        return ("" if is_other else parts[0]), PurePosixPath(*inner)
    path = PurePosixPath(parts[0])
    if kind_of(path) == ".zip":
        return path.stem, path
    for notebook in wanted.notebooks:
        student = re.sub(rf"(^{re.escape(notebook)}[_ -]|[_ -]{re.escape(notebook)}$)", "", path.stem)
        if student not in (path.stem, ""):
            return student, PurePosixPath(f"{notebook}{path.suffix}")
    return "", path
