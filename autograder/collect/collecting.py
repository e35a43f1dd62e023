"""Collecting: put what was handed in where it belongs, one student at a time, and tell what became of it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp

from autograder.collect.collection import Collected, Collecting, Fate, Notebooks, Row
from autograder.collect.files import Files, put, read, same, stamped, write
from autograder.collect.layouts import recognized, sent
from autograder.collect.looking import look_at
from autograder.collect.names import safe
from autograder.collect.roster import Roster
from autograder.collect.sent import TIMESTAMP, Sent, Wanted
from autograder.collect.source import opened
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.dates import Dates, dates_of, written_moment
from autograder.errors import CourseError
from autograder.sandbox.limits import Limits
from autograder.submission.file import shown


@dataclass(frozen=True)
class _Task:
    """What is the same for all students."""

    course: Course
    order: Collecting
    assignment: Assignment
    dates: Dates
    limits: Limits

    @property
    def wanted(self) -> Wanted:
        """The names that tell the student's part of a path from the rest."""
        others = tuple(name for name in self.course.assignments() if name != self.order.assignment)
        return Wanted(self.order.assignment, self.assignment.notebook_names, others)


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
    task = _Task(course, order, course.read(order.assignment), dates_of(course, order.assignment), course.limits())
    with opened(order.source, task.limits) as entries:
        layout = order.layout or recognized(entries)
        files, strays = sent(entries, layout, task.wanted)
        if not files:
            raise CourseError(
                f"`SOURCE` must hold notebooks, Python files or zips of students (got none in {order.source}, read "
                f"as {layout}). Name another --layout, or put each student's files into a folder of that name."
            )
        rows = [_one(task, student, handed) for student, handed in _by_student(files, order.roster).items()]
    rows += _absent(task, {row.student for row in rows})
    names = tuple(shown(entry.path) for entry in strays)
    return Collected(layout, tuple(sorted(rows, key=lambda row: row.student)), names, task.dates.due)


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


def _one(task: _Task, student: str, handed: list[Sent]) -> Row:
    """Put the files of one student into their place, and tell what became of them."""
    files, notes = read(handed, task.limits)
    moment = next((one.moment for one in handed if one.moment), None) or stamped(files)
    files.pop(PurePosixPath(TIMESTAMP), None)
    if moment is not None:
        files[PurePosixPath(TIMESTAMP)] = written_moment(moment).encode()
    place = task.course.submitted(task.order.assignment, student)
    fate = _fate(place, files, task.order)
    states, problems = _seen(task, files)
    if fate in (Fate.NEW, Fate.REPLACED) and not task.order.dry:
        put(place, files)
    late = task.dates.late(student, moment) or (timedelta() if any(one.late for one in handed) else None)
    return Row(student, handed[0].name, fate, states, late, moment, (*notes, *problems))


def _seen(task: _Task, files: Files) -> tuple[dict[str, Notebooks], list[str]]:
    """Write files aside and look at them there: in their place others may stand."""
    aside = Path(mkdtemp(prefix="cs231n-collect-"))
    try:
        write(aside / "new", files)
        return look_at(aside / "new", task.assignment.notebooks, task.limits)
    finally:
        rmtree(aside)


def _fate(place: Path, files: Files, order: Collecting) -> Fate:
    if not place.is_symlink() and not place.exists():
        return Fate.NEW
    if same(place, files):
        return Fate.UNCHANGED
    return Fate.REPLACED if order.replace else Fate.KEPT


def _absent(task: _Task, present: set[str]) -> Iterator[Row]:
    """Yield those of the roster of whom there is nothing, neither now nor from before."""
    before = task.course.students(task.order.assignment)
    for member in task.order.roster.members:
        student = safe(member.student)
        if student not in present and student not in before:
            missing = dict.fromkeys(task.assignment.notebook_names, Notebooks.MISSING)
            yield Row(student, member.name, Fate.NOTHING, missing)
