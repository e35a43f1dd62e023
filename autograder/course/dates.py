"""Dates: when an assignment is due, whose time was extended, and when something came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc
from sqlalchemy import make_url

from autograder.course.course import Course

LONGEST = 60  # characters of a time: over a long text the reader of dates takes hours


@dataclass(frozen=True)
class Dates:
    """The dates of one assignment, in UTC, as nbgrader's gradebook has them.

    Parameters
    ----------
    due : datetime or None
    extensions : mapping of str to timedelta
        By student.
    """

    due: datetime | None = None
    extensions: Mapping[str, timedelta] = field(default_factory=dict)

    def late(self, student: str, moment: datetime | None) -> timedelta | None:
        """Return how late something is that came in at a time; None if it is not."""
        if self.due is None or moment is None:
            return None
        late = moment - (self.due + self.extensions.get(student, timedelta()))
        return late if late > timedelta() else None


def has_gradebook(course: Course) -> bool:
    """Tell whether there is a gradebook to read: to open one that is not there would make it."""
    url = make_url(course.directory.db_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def dates_of(course: Course, assignment: str) -> Dates:
    """Read the dates of an assignment; none if there is no gradebook yet, or it has none."""
    if not has_gradebook(course):
        return Dates()
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return Dates()
        extensions = {one.student.id: one.extension for one in found.submissions if one.extension}
        return Dates(None if found.duedate is None else found.duedate.replace(tzinfo=UTC), extensions)


def read_moment(text: str) -> datetime | None:
    """Return the time that a text names, None if it names none."""
    if not 0 < len(text.strip()) <= LONGEST:
        return None
    try:
        naive: datetime = parse_utc(text.strip())
    except (ValueError, ArithmeticError, TypeError):
        return None
    return naive.replace(tzinfo=UTC)


def written_moment(moment: datetime) -> str:
    """Write a time as nbgrader does in ``timestamp.txt``.

    Examples
    --------
    >>> written_moment(datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    '2026-03-01 12:30:00.000000 UTC'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
