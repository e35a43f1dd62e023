"""How platforms name what they give in one download: Canvas, Moodle, Gradescope, and plain folders of students."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from autograder.collect.layout import Layout
from autograder.collect.source import Entry
from autograder.errors import CourseError
from autograder.submission import SubmissionError
from autograder.submission.file import kind_of

# lovelaceada_LATE_1234_567890_affine_layers-1.ipynb: name, late, user, submission, file, which upload of that name.
CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<user>\d+)_(?P<submission>\d+)_(?P<file>[^/]+)")
AGAIN = re.compile(r"-(?P<number>\d{1,4})(?=\.[^.]+$)")
# Ada Lovelace_12345_assignsubmission_file_/affine_layers.ipynb, or the file's name behind the last underscore.
MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
GRADESCOPE = "submission_metadata.yml"
TIMESTAMP = "timestamp.txt"  # nbgrader's


@dataclass(frozen=True)
class Sent:
    """One file of one student.

    Parameters
    ----------
    student : str
        What the student is called if no roster says otherwise.
    keys : tuple of str
        What a roster may know the student by, the surest first.
    name : str
        For people.
    path : PurePosixPath
        What the student called the file.
    entry : Entry
    attempt : tuple of int
        Of two files of the same path the greater one is newer.
    late : bool
        Whether the platform says so.
    moment : datetime or None
        When it came in, if the platform says so.
    """

    student: str
    keys: tuple[str, ...]
    name: str
    path: PurePosixPath
    entry: Entry
    attempt: tuple[int, ...] = ()
    late: bool = False
    moment: datetime | None = None


@dataclass(frozen=True)
class Assignment:
    """What is collected: the names that tell the student's part of a path from the rest.

    Parameters
    ----------
    name : str
    notebooks : tuple of str
        Without ending.
    others : tuple of str
        The other assignments of the course.
    """

    name: str
    notebooks: tuple[str, ...]
    others: tuple[str, ...] = ()


def recognized(entries: Sequence[Entry]) -> Layout:
    """Tell by the names of the files where they come from."""
    if any(entry.path.name == GRADESCOPE for entry in entries):
        return Layout.GRADESCOPE
    if any(_moodle_part(entry.path) is not None for entry in entries):
        return Layout.MOODLE
    work = [entry for entry in entries if entry.is_work]
    named = sum(bool(CANVAS.fullmatch(entry.path.name)) for entry in work)
    return Layout.CANVAS if work and 2 * named >= len(work) else Layout.PLAIN


def sent(entries: Sequence[Entry], layout: Layout, assignment: Assignment) -> tuple[list[Sent], list[Entry]]:
    """Tell whose each file is.

    Parameters
    ----------
    entries : sequence of Entry
    layout : Layout
    assignment : Assignment

    Returns
    -------
    files : list of Sent
    strays : list of Entry
        Work of nobody that can be told.

    Raises
    ------
    CourseError
        If a list of Gradescope's cannot be read.
    """
    ways: dict[Layout, Callable[[Sequence[Entry], Assignment], list[Sent]]] = {
        Layout.CANVAS: _of_canvas,
        Layout.MOODLE: _of_moodle,
        Layout.GRADESCOPE: _of_gradescope,
        Layout.PLAIN: _of_folders,
    }
    files = ways[layout](entries, assignment)
    taken = {one.entry.path for one in files}
    strays = [entry for entry in entries if entry.is_work and entry.path not in taken]
    return files, strays


def _of_canvas(entries: Sequence[Entry], assignment: Assignment) -> list[Sent]:
    found = []
    for entry in entries:
        match = CANVAS.fullmatch(entry.path.name)
        if match:
            name, again = _without_number(match["file"], assignment)
            found.append(
                Sent(
                    f"{match['name']}_{match['user']}",
                    (match["user"],),
                    match["name"],
                    PurePosixPath(name),
                    entry,
                    (int(match["submission"]), again),
                    bool(match["late"]),
                )
            )
    return found


def _without_number(name: str, assignment: Assignment) -> tuple[str, int]:
    """Take away the number that Canvas gives a file that is handed in under the same name again."""
    match = AGAIN.search(name)
    plain = AGAIN.sub("", name)
    if match and (PurePosixPath(plain).stem in assignment.notebooks or kind_of(PurePosixPath(plain)) == ".zip"):
        return plain, int(match["number"])
    return name, 0


def _moodle_part(path: PurePosixPath) -> tuple[int, re.Match[str]] | None:
    """Return which part of a path Moodle named, and how it reads."""
    matches = ((place, MOODLE.fullmatch(part)) for place, part in enumerate(path.parts))
    return next(((place, match) for place, match in matches if match), None)


def _of_moodle(entries: Sequence[Entry], _: Assignment) -> list[Sent]:
    found = []
    for entry in entries:
        part = _moodle_part(entry.path)
        if part is None or part[1]["kind"] != "file":
            continue
        place, match = part
        rest = entry.path.parts[place + 1 :] or (match["file"] or "",)
        path = PurePosixPath(*rest)
        if path.name:
            found.append(Sent(match["name"], (match["number"], match["name"]), match["name"], path, entry))
    numbers = {(one.student, one.keys[0]) for one in found}
    shared = {name for name, times in Counter(name for name, _ in numbers).items() if times > 1}
    return [replace(one, student=f"{one.student}_{one.keys[0]}") if one.student in shared else one for one in found]


def _of_gradescope(entries: Sequence[Entry], _: Assignment) -> list[Sent]:
    (listing,) = [entry for entry in entries if entry.path.name == GRADESCOPE][:1]
    submissions = _read_listing(listing)
    top = listing.path.parent
    return [
        one
        for entry in entries
        if entry.path != listing.path and entry.path.is_relative_to(top)
        for one in _of_submission(entry, entry.path.relative_to(top), submissions)
    ]


def _of_submission(entry: Entry, path: PurePosixPath, submissions: Mapping[str, Any]) -> Iterator[Sent]:
    """Yield a file once for each student of the group that sent it."""
    about = submissions.get(path.parts[0])
    if not isinstance(about, dict) or len(path.parts) < 2:
        return
    people = about.get(":submitters")
    for person in people if isinstance(people, list) else []:
        keys = tuple(str(person[key]) for key in (":sid", ":email", ":name") if person.get(key))
        if keys:
            name = str(person.get(":name") or keys[0])
            inner = PurePosixPath(*path.parts[1:])
            moment = _moment(about.get(":created_at"))
            yield Sent(keys[0], keys, name, inner, entry, (_number(path.parts[0]),), moment=moment)


def _read_listing(listing: Entry) -> dict[str, Any]:
    try:
        content = yaml.safe_load(listing.read())
    except (SubmissionError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise CourseError(f"`{listing.path}` must be Gradescope's list of submissions (got {error}).") from error
    if not isinstance(content, dict):
        raise CourseError(f"`{listing.path}` must be Gradescope's list of submissions (got something else).")
    return {str(key): value for key, value in content.items()}


def _moment(value: Any) -> datetime | None:
    """Return a time as YAML reads it: in UTC; one of another form, as text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _number(name: str) -> int:
    digits = re.search(r"\d{1,18}", name)
    return int(digits[0]) if digits else 0


def _of_folders(entries: Sequence[Entry], assignment: Assignment) -> list[Sent]:
    """Take the first folders that differ for students, with files beside them named after their students."""
    work = [entry for entry in entries if entry.is_work or entry.path.name == TIMESTAMP]
    depth = _depth_of_students([entry.path for entry in work], assignment)
    found = []
    for entry in work:
        student, path = _owner(entry.path.parts[depth:], assignment)
        if student:
            found.append(Sent(student, (student,), student, path, entry))
    return found


def _depth_of_students(paths: Sequence[PurePosixPath], assignment: Assignment) -> int:
    """Return how many folders, one in the other, stand around those of the students."""
    depth = 0
    while True:
        inner = [path for path in paths if len(path.parts) > depth + 1]
        folders = {path.parts[depth] for path in inner}
        named = [path for path in paths if len(path.parts) == depth + 1 and _owner((path.name,), assignment)[0]]
        if len(folders) != 1 or named or _is_a_student(inner, depth, assignment):
            return depth
        depth += 1


def _is_a_student(paths: Sequence[PurePosixPath], depth: int, assignment: Assignment) -> bool:
    """Tell whether the one folder at some depth is a student's, not that of a class."""
    folders = {path.parts[depth + 1] for path in paths if len(path.parts) > depth + 2}
    loose = [path for path in paths if len(path.parts) == depth + 2]
    working = {path.parts[depth + 1] for path in paths if len(path.parts) > depth + 2 and kind_of(path) != ".py"}
    is_own = any(not _owner((path.name,), assignment)[0] for path in loose) and len(working) < 2
    return is_own or (not loose and folders <= {assignment.name, *assignment.others})


def _owner(parts: tuple[str, ...], assignment: Assignment) -> tuple[str, PurePosixPath]:
    """Return whose a file is, and its path for that student; nobody's is of the empty name."""
    if len(parts) > 1:
        inner = parts[2:] if parts[1] == assignment.name and len(parts) > 2 else parts[1:]
        is_other = parts[1] in assignment.others and len(parts) > 2
        return ("" if is_other else parts[0]), PurePosixPath(*inner)
    path = PurePosixPath(parts[0])
    if kind_of(path) == ".zip":
        return path.stem, path
    for notebook in assignment.notebooks:
        student = re.sub(rf"(^{re.escape(notebook)}[_ -]|[_ -]{re.escape(notebook)}$)", "", path.stem)
        if student not in (path.stem, ""):
            return student, PurePosixPath(f"{notebook}{path.suffix}")
    return "", path
