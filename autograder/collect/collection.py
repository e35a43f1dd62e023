"""What a collection is, as data: what is asked for, and what became of each student's files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from autograder.collect.layout import Layout
from autograder.collect.roster import Roster

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
