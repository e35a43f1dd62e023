"""Rosters: who is in a course, as Canvas, Moodle or a table of one's own says, in CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.collect.names import safe
from autograder.errors import CourseError

CANVAS = ("Student", "ID")  # what their tables are told by
WORKSHEET = ("Identifier", "Full name")  # of Moodle, for grading offline
ID_COLUMNS = (
    "SIS Login ID",
    "SIS User ID",
    "Username",
    "ID number",
    "student_id",
    "id",
    "Email address",
    "email",
    "ID",
)
NAME_COLUMNS = ("Student", "Full name")
KEY_COLUMNS = (*ID_COLUMNS, *NAME_COLUMNS, "Identifier", "lms_user_id")
PARTICIPANT = "participant "  # what Moodle puts before its number
LARGEST = 50_000_000  # bytes


@dataclass(frozen=True)
class Member:
    """One row of a roster.

    Parameters
    ----------
    student : str
        What the course calls the student: a folder of ``submitted/``, a row of the gradebook.
    name : str
        For people.
    row : mapping
        As it stands in the table.
    """

    student: str
    name: str
    row: Mapping[str, str] = field(repr=False)

    @property
    def keys(self) -> set[str]:
        """All that may stand for the student elsewhere, in lower case."""
        values = {
            self.student,
            safe(self.student),
            self.name,
            *(self.row.get(column) or "" for column in KEY_COLUMNS),
        }
        return {key_of(value) for value in values} - {""}


@dataclass(frozen=True)
class Roster:
    """A table of students.

    Parameters
    ----------
    columns : tuple of str
    members : tuple of Member
    """

    columns: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()

    def find(self, *keys: str) -> Member | None:
        """Return the one member that a key stands for; the first key that does decides."""
        known = self._by_key()
        return next((known[key_of(key)] for key in keys if key_of(key) in known), None)

    def _by_key(self) -> dict[str, Member]:
        times = Counter(key for member in self.members for key in member.keys)
        return {key: member for member in self.members for key in member.keys if times[key] == 1}


def key_of(text: str) -> str:
    """Return a name or number as it is compared.

    Examples
    --------
    >>> key_of(" Participant 1234"), key_of("Ada  Lovelace")
    ('1234', 'ada lovelace')
    """
    return " ".join(text.split()).casefold().removeprefix(PARTICIPANT)


def read_roster(path: Path) -> Roster:
    """Read a table of students: of Canvas, Moodle (gradebook or grading worksheet), or with a column ``id``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Roster

    Raises
    ------
    CourseError
        If it is no such table.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CourseError(f"`--roster` must be a table of at most {LARGEST // 10**6} MB (got {path}).")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        got = getattr(error, "strerror", None) or str(error)
        raise CourseError(
            f"`--roster` must be a CSV file in UTF-8 (got {path}: {got.lower()}). "
            "Take the file as the platform exports it, or save it as CSV UTF-8."
        ) from error
    table = csv.DictReader(io.StringIO(text, newline=""))
    columns = tuple(table.fieldnames or ())
    names = {*ID_COLUMNS} & {*columns}
    if not names and not {*WORKSHEET} <= {*columns}:
        raise CourseError(
            f"`--roster` must have a column that tells who is who: {', '.join(ID_COLUMNS)} "
            f"(got {', '.join(columns) or 'none'}). "
            "Export the gradebook of Canvas, or the grading worksheet of Moodle."
        )
    return Roster(columns, tuple(_members(table)))


def _members(table: Iterable[dict[str, str]]) -> Iterable[Member]:
    for row in table:
        name = _name(row)
        student = next((row[column].strip() for column in ID_COLUMNS if (row.get(column) or "").strip()), name)
        if student and name.strip().casefold() not in ("points possible", "student, test"):
            yield Member(student, name, {column: value or "" for column, value in row.items() if column})


def _name(row: Mapping[str, str]) -> str:
    whole = next((row[column] for column in NAME_COLUMNS if row.get(column)), "")
    if whole:
        return whole.strip()
    first = row.get("First name") or row.get("first_name") or ""
    last = row.get("Last name") or row.get("Surname") or row.get("last_name") or ""
    return f"{first} {last}".strip()
