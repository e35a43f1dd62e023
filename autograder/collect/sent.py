"""One file of a download, and whose it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from autograder.collect.source import Entry

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
class Wanted:
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
