"""The ledger: marks in nbgrader's gradebook, read and entered a page of submissions at a time.

The rows are those that nbgrader's own `Gradebook` and ``SaveAutoGrades`` write, with one query for each table and
page instead of several for each cell. What people entered, manual scores, comments and extensions, is left alone.
The keys of new rows are made of what they stand for, so the same class gives the same rows in any order.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import bindparam, func, insert, select, update
from traitlets.config import Config

from autograder.grading.marks import Marks
from autograder.nbgrader_plugin import penalize

Row = dict[str, Any]
STUDENT, SUBMISSION, NOTEBOOK, GRADE, COMMENT = TABLES = tuple(  # each refers to those before it
    model.__table__ for model in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)


@dataclass(frozen=True)
class Line:
    """What is to be entered of one submission.

    Parameters
    ----------
    student : str
    timestamp : datetime or None
        When it came in.
    marks : mapping
        By notebook.
    is_new : bool
        Whether something else was handed in than what was graded before: people then look again at what they graded.
    """

    student: str
    timestamp: datetime | None
    marks: Mapping[str, Marks]
    is_new: bool = True


@dataclass(frozen=True)
class Move:
    """A grade that is not what it was."""

    student: str
    notebook: str
    grade_id: str
    before: float | None
    after: float | None


@dataclass
class Entry:
    """What it takes to enter a line: rows that are missing, values that change, by table.

    Attributes
    ----------
    moves : list of Move
        The grades that change with it.
    graded : bool
        Whether there is a grade of the submission already.
    late : bool
        Whether the submission came in late, so that nbgrader may take something off.
    was_late : bool
        Whether something was taken off that is not late any more.
    """

    new: list[tuple[Any, Row]] = field(default_factory=list)
    changed: list[tuple[Any, Row]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    graded: bool = False
    late: bool = False
    was_late: bool = False


@dataclass(frozen=True)
class _Held:
    """What the gradebook holds of a page, by student, or by the keys of what a row belongs to."""

    students: Collection[str]
    submissions: Mapping[str, Any]
    notebooks: Mapping[tuple[str, str], Any]
    grades: Mapping[tuple[str, str], Any]
    comments: Mapping[tuple[str, str], Any]


@dataclass(frozen=True)
class _Notebook:
    """A notebook of the assignment in the gradebook: its key, and the keys of its cells by their names."""

    key: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]


class Ledger:
    """The marks of one assignment in a gradebook.

    Parameters
    ----------
    gradebook : Gradebook
    assignment : str
        It must be in the gradebook.
    config : Config
        The course's, for late penalties.
    """

    def __init__(self, gradebook: Gradebook, assignment: str, config: Config) -> None:
        self._gradebook = gradebook
        self._name = assignment
        self._config = config
        found = gradebook.find_assignment(assignment)
        self._key, self._due = str(found.id), found.duedate
        self._notebooks = {
            notebook.name: _Notebook(
                notebook.id,
                {cell.name: cell.id for cell in (*notebook.grade_cells, *notebook.task_cells)},
                {cell.name: cell.id for cell in (*notebook.solution_cells, *notebook.task_cells)},
            )
            for notebook in found.notebooks
        }
        cells = (cell for notebook in found.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells))
        self._worth = [cell.id for cell in cells if cell.max_score]

    def compare(self, lines: Collection[Line]) -> dict[str, Entry]:
        """Return what it takes to enter some lines, by student."""
        held = self._held([line.student for line in lines])
        return {line.student: self._entry(line, held) for line in lines}

    def enter(self, entries: Mapping[str, Entry]) -> None:
        """Enter them, all or none."""
        for table in TABLES:
            new = [row for entry in entries.values() for of, row in entry.new if of is table]
            changed = [row for entry in entries.values() for of, row in entry.changed if of is table]
            if new:
                self._gradebook.db.execute(insert(table), new)
            for columns in {tuple(row) for row in changed}:
                alike = [row for row in changed if tuple(row) == columns]
                self._gradebook.db.execute(update(table).where(table.c.id == bindparam("key")), alike)
        self._gradebook.db.expire_all()
        for student, entry in entries.items():
            if entry.late or entry.was_late:
                penalize(self._config, self._gradebook, student)
        self._gradebook.db.commit()

    def waiting(self) -> int:
        """Return how many answers wait for points by hand; those that are worth none wait for nobody."""
        of_ours = select(NOTEBOOK.c.id).join(SUBMISSION).where(SUBMISSION.c.assignment_id == self._key)
        is_open = GRADE.c.needs_manual_grade & GRADE.c.cell_id.in_(self._worth)
        counted = select(func.count()).where(is_open, GRADE.c.notebook_id.in_(of_ours))
        return int(self._gradebook.db.scalar(counted) or 0)

    def _held(self, students: list[str]) -> _Held:
        submissions = {
            row.student_id: row
            for row in self._rows(SUBMISSION, SUBMISSION.c.student_id.in_(students))
            if row.assignment_id == self._key
        }
        notebooks = self._rows(NOTEBOOK, NOTEBOOK.c.assignment_id.in_([row.id for row in submissions.values()]))
        keys = [row.id for row in notebooks]
        return _Held(
            {row.id for row in self._rows(STUDENT, STUDENT.c.id.in_(students))},
            submissions,
            {(row.assignment_id, row.notebook_id): row for row in notebooks},
            {(row.notebook_id, row.cell_id): row for row in self._rows(GRADE, GRADE.c.notebook_id.in_(keys))},
            {(row.notebook_id, row.cell_id): row for row in self._rows(COMMENT, COMMENT.c.notebook_id.in_(keys))},
        )

    def _rows(self, table: Any, condition: Any) -> list[Any]:
        return list(self._gradebook.db.execute(select(table).where(condition)))

    def _entry(self, line: Line, held: _Held) -> Entry:
        entry = Entry()
        if line.student not in held.students:
            entry.new.append((STUDENT, {"id": line.student}))
        row = held.submissions.get(line.student)
        key = row.id if row else _key(self._key, line.student)
        if row is None:
            new = {"id": key, "assignment_id": self._key, "student_id": line.student, "timestamp": line.timestamp}
            entry.new.append((SUBMISSION, new))
        elif row.timestamp != line.timestamp:
            entry.changed.append((SUBMISSION, {"key": key, "timestamp": line.timestamp}))
        entry.late = self._is_late(line, row.extension if row else None)
        for name, notebook in self._notebooks.items():
            self._compare_notebook(entry, line, name, notebook, held, key)
        return entry

    def _is_late(self, line: Line, extension: timedelta | None) -> bool:
        if line.timestamp is None or self._due is None:
            return False
        return bool(line.timestamp > self._due + (extension or timedelta()))

    def _compare_notebook(
        self, entry: Entry, line: Line, name: str, notebook: _Notebook, held: _Held, submission: str
    ) -> None:
        row = held.notebooks.get((submission, notebook.key))
        key = row.id if row else _key(submission, name)
        if row is None:
            new = {"id": key, "assignment_id": submission, "notebook_id": notebook.key, "flagged": False}
            entry.new.append((NOTEBOOK, new))
        elif row.late_submission_penalty is not None and not entry.late:
            entry.changed.append((NOTEBOOK, {"key": key, "late_submission_penalty": None}))
            entry.was_late = True
        marks = line.marks.get(name, Marks({}, {}))
        for cell, number in notebook.graded.items():
            grade = held.grades.get((key, number))
            before = grade.auto_score if grade else None
            after = marks.scores.get(cell, before)
            entry.graded |= before is not None
            if before != after:
                entry.moves.append(Move(line.student, name, cell, before, after))
            needs = _needs_a_person(grade, after, is_new=line.is_new)
            _put(entry, GRADE, grade, (key, number), {"auto_score": after, "needs_manual_grade": needs})
        for cell, number in notebook.commented.items():
            comment = held.comments.get((key, number))
            said = comment.auto_comment if comment else None
            _put(entry, COMMENT, comment, (key, number), {"auto_comment": marks.comments.get(cell, said)})


def _needs_a_person(grade: Any, score: float | None, *, is_new: bool) -> bool:
    """Tell whether a person is to look at a cell: nbgrader's rule, but what was looked at already stays so.

    Parameters
    ----------
    grade : row or None
        As it stands in the gradebook.
    score : float or None
        By the checks.
    is_new : bool
        Whether something else was handed in than what that grade was given for.
    """
    if grade is None or grade.manual_score is None:
        return score is None
    return bool(grade.needs_manual_grade) or is_new or grade.auto_score != score


def _put(entry: Entry, table: Any, row: Any, place: tuple[str, str], values: Row) -> None:
    """Note a row that is missing in a notebook's place for a cell, or values in it that change."""
    notebook, cell = place
    if row is None:
        entry.new.append((table, {"id": _key(notebook, cell), "notebook_id": notebook, "cell_id": cell, **values}))
    elif any(getattr(row, name) != value for name, value in values.items()):
        entry.changed.append((table, {"key": row.id, **values}))


def _key(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
