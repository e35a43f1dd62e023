"""Putting what was handed in where it belongs, one student at a time, and telling what became of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp

from autograder.collect.layout import Layout
from autograder.collect.layouts import TIMESTAMP, Assignment, Sent, recognized, sent
from autograder.collect.names import safe, safe_path
from autograder.collect.roster import Roster
from autograder.collect.source import opened
from autograder.course.assignment import Notebook
from autograder.course.course import Course
from autograder.course.dates import Dates, dates_of, read_moment, written_moment
from autograder.errors import CourseError
from autograder.sandbox.limits import Limits
from autograder.submission import SubmissionError, find_notebook, read_folder
from autograder.submission.file import NOTEBOOKS, File, mib, shown

Files = dict[PurePosixPath, bytes]


NOBODY = Roster()


class Fate(StrEnum):
    """What became of one student's files."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT = "kept: others are there"  # never overwritten unless somebody says so
    NOTHING = "nothing handed in"


class Notebooks(StrEnum):
    """What there is of one notebook of the assignment."""

    FOUND = "found"
    RENAMED = "renamed"
    DUPLICATE = "duplicate"
    MISSING = "missing"


@dataclass(frozen=True)
class Collecting:
    """What is collected, and how.

    Parameters
    ----------
    source : Path
        A zip or a folder.
    assignment : str
    layout : Layout or None
        None to tell it by the names.
    roster : Roster
        Who is who, and who should be there.
    replace : bool
        Put new files in the place of other ones that are there.
    dry : bool
        Only look.
    """

    source: Path
    assignment: str
    layout: Layout | None = None
    roster: Roster = NOBODY
    replace: bool = False
    dry: bool = False


@dataclass(frozen=True)
class Row:
    """One student of a collection.

    Parameters
    ----------
    student : str
        The name of the folder.
    name : str
        For people.
    fate : Fate
    notebooks : dict
        By name, what there is of each.
    late : timedelta or None
        How late it came; None if it did not, of no length if nobody knows how much.
    moment : datetime or None
        When it came.
    notes : tuple of str
        What else to know, a sentence each.
    """

    student: str
    name: str
    fate: Fate
    notebooks: dict[str, Notebooks]
    late: timedelta | None = None
    moment: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether something is missing or was left as it is."""
        return self.fate in (Fate.KEPT, Fate.NOTHING) or Notebooks.MISSING in self.notebooks.values()


@dataclass(frozen=True)
class Collected:
    """What a collection came to.

    Parameters
    ----------
    layout : Layout
    rows : tuple of Row
        By student.
    strays : tuple of str
        Files that are nobody's.
    due : datetime or None
    """

    layout: Layout
    rows: tuple[Row, ...]
    strays: tuple[str, ...]
    due: datetime | None


def collect(course: Course, order: Collecting) -> Collected:
    """Put what was handed in into ``submitted/``.

    Parameters
    ----------
    course : Course
    order : Collecting

    Returns
    -------
    Collected

    Raises
    ------
    CourseError
        If there is no such assignment, or the source cannot be read, or nothing in it is anybody's.
    """
    released = course.read(order.assignment)
    others = tuple(name for name in course.assignments() if name != order.assignment)
    wanted = Assignment(order.assignment, released.notebook_names, others)
    dates = dates_of(course, order.assignment)
    limits = course.limits()
    with opened(order.source, limits) as entries:
        layout = order.layout or recognized(entries)
        files, strays = sent(entries, layout, wanted)
        if not files:
            raise CourseError(
                f"`SOURCE` must hold notebooks, Python files or zips of students (got none in {order.source}, read "
                f"as {layout}). Name another --layout, or put each student's files into a folder of that name."
            )
        rows = [
            _one(course, order, released.notebooks, dates, limits, student, handed)
            for student, handed in _by_student(files, order.roster).items()
        ]
    rows += _absent(course, order, {row.student for row in rows}, wanted)
    names = tuple(shown(entry.path) for entry in strays)
    return Collected(layout, tuple(sorted(rows, key=lambda row: row.student)), names, dates.due)


def _by_student(files: Sequence[Sent], roster: Roster) -> dict[str, list[Sent]]:
    """Group files by the folder of their student; two students never share one."""
    groups: dict[tuple[str, ...], list[Sent]] = {}
    for one in files:
        member = roster.find(*one.keys)
        known = replace(one, student=member.student, name=member.name or one.name) if member else one
        groups.setdefault((known.student,) if member else (known.student, *known.keys), []).append(known)
    times = Counter(safe(key[0]).casefold() for key in groups)
    return {_folder(key, times): group for key, group in groups.items()}


def _folder(key: tuple[str, ...], times: Counter[str]) -> str:
    name = safe(key[0])
    if times[name.casefold()] == 1:
        return name
    return safe(f"{name}_{hashlib.sha256(repr(key).encode()).hexdigest()[:8]}")


def _one(
    course: Course,
    order: Collecting,
    notebooks: Iterable[Notebook],
    dates: Dates,
    limits: Limits,
    student: str,
    handed: list[Sent],
) -> Row:
    files, notes = _read(handed, limits)
    moment = next((one.moment for one in handed if one.moment), None) or _stamped(files)
    files.pop(PurePosixPath(TIMESTAMP), None)
    if moment is not None:
        files[PurePosixPath(TIMESTAMP)] = written_moment(moment).encode()
    place = course.submitted(order.assignment, student)
    fate = _fate(place, files, order)
    aside = Path(mkdtemp(prefix="cs231n-collect-"))
    try:
        _write(aside / "new", files)
        states, problems = _looked_at(aside / "new", notebooks, limits)
    finally:
        rmtree(aside)
    if fate in (Fate.NEW, Fate.REPLACED) and not order.dry:
        _put(place, files)
    late = dates.late(student, moment) or (timedelta() if any(one.late for one in handed) else None)
    return Row(student, handed[0].name, fate, states, late, moment, (*notes, *problems))


def _read(handed: list[Sent], limits: Limits) -> tuple[Files, list[str]]:
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


def _stamped(files: Files) -> datetime | None:
    return read_moment(files.get(PurePosixPath(TIMESTAMP), b"").decode("utf-8", "replace"))


def _fate(place: Path, files: Files, order: Collecting) -> Fate:
    if not place.is_symlink() and not place.exists():
        return Fate.NEW
    if _same(place, files):
        return Fate.UNCHANGED
    return Fate.REPLACED if order.replace else Fate.KEPT


def _same(place: Path, files: Files) -> bool:
    """Tell whether a folder holds these very files."""
    there = {PurePosixPath(path.relative_to(place).as_posix()) for path in place.rglob("*") if path.is_file()}
    return there == set(files) and all(
        not (place / path).is_symlink() and (place / path).read_bytes() == data for path, data in files.items()
    )


def _put(place: Path, files: Files) -> None:
    """Put files into a folder, all at once: what was there gives way only when all of them are written."""
    part = place.with_name(f".{place.name}.part")
    old = place.with_name(f".{place.name}.old")
    for left_over in (part, old):
        rmtree(left_over, ignore_errors=True)
    _write(part, files)
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        place.rename(old)
    part.rename(place)
    rmtree(old, ignore_errors=True)


def _write(folder: Path, files: Files) -> None:
    folder.mkdir(parents=True)
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _looked_at(folder: Path, notebooks: Iterable[Notebook], limits: Limits) -> tuple[dict[str, Notebooks], list[str]]:
    """Look at a submission as grading does: what there is of each notebook, and what a student will be told."""
    files = read_folder(folder, limits)
    notebooks = list(notebooks)
    taken = {notebook.name for notebook in notebooks}
    states: dict[str, Notebooks] = {}
    problems: list[str] = []
    for notebook in notebooks:
        found = find_notebook(files, notebook.name, notebook.exercises, taken, limits)
        states[notebook.name] = _state(files, notebook.name, found.node is not None)
        problems += found.problems
    return states, list(dict.fromkeys(problems))


def _state(files: list[File], name: str, is_there: bool) -> Notebooks:
    named = [file for file in files if file.path.stem == name and file.kind in NOTEBOOKS and not file.trouble]
    if not is_there:
        return Notebooks.MISSING
    if len(named) > 1:
        return Notebooks.DUPLICATE
    return Notebooks.FOUND if named else Notebooks.RENAMED


def _absent(course: Course, order: Collecting, present: set[str], wanted: Assignment) -> Iterator[Row]:
    """Yield those of the roster of whom there is nothing, neither now nor from before."""
    before = course.students(order.assignment)
    for member in order.roster.members:
        student = safe(member.student)
        if student not in present and student not in before:
            yield Row(student, member.name, Fate.NOTHING, dict.fromkeys(wanted.notebooks, Notebooks.MISSING))
