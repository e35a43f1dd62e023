"""What people gave in formgrader, for the page of feedback: points, comments, and the score with them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode as Node
from nbgrader.api import Assignment, BaseCell, Comment, Grade, Gradebook, Notebook, SubmittedAssignment
from nbgrader.api import SubmittedNotebook as Submitted
from sqlalchemy import select

from autograder.course.course import Course
from autograder.course.dates import has_gradebook
from autograder.grading.marks import UNTOUCHED

Place = tuple[str, str]  # a student, a notebook
Cells = Mapping[str, Any]  # rows of the gradebook, by the name of the cell
GIVEN = (Grade.score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
SAID = (Comment.manual_comment, Comment.auto_comment)


@dataclass(frozen=True)
class Answer:
    """A cell that people graded, or are to grade.

    Parameters
    ----------
    cell : str
        nbgrader's name of it.
    heading : str
        The section in which it stands.
    is_written : bool
        Whether no check gives points for it: an answer in words.
    score : float or None
        With extra points. None where a person is to look at it yet.
    max_score : float
        0 where only a comment can be given.
    comment : str
    """

    cell: str
    heading: str
    is_written: bool
    score: float | None
    max_score: float
    comment: str

    @property
    def is_empty(self) -> bool:
        """Whether the question was left as it was given out."""
        return self.is_written and self.comment == UNTOUCHED and self.score == 0


@dataclass(frozen=True)
class ByHand:
    """A notebook of one student, with what people gave.

    Parameters
    ----------
    answers : tuple of Answer
        In the order of the notebook.
    score, max_score : float
        Of all cells, less what being late costs.
    penalty : float
        What that was.
    """

    answers: tuple[Answer, ...]
    score: float
    max_score: float
    penalty: float

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(answer.score is None for answer in self.answers)

    @property
    def empty(self) -> list[Answer]:
        """The questions that were left as they were given out."""
        return [answer for answer in self.answers if answer.is_empty]


@dataclass(frozen=True)
class _Cell:
    """A cell with marks, as it was released."""

    name: str
    heading: str
    points: float
    is_written: bool


def by_hand(course: Course, assignment: str) -> Mapping[str, Mapping[str, ByHand]]:
    """Read what people gave for an assignment, by student, then by notebook.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    mapping of str to mapping of str to ByHand
        Empty if there is no gradebook.

    Raises
    ------
    CourseError
        If there is no such assignment.
    """
    if not has_gradebook(course):
        return {}
    marked = {notebook.name: list(_marked(notebook.node)) for notebook in course.read(assignment).notebooks}
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        grades = _of_cells(gradebook, Grade, GIVEN, assignment)
        comments = _of_cells(gradebook, Comment, SAID, assignment)
        penalties = _penalties(gradebook, assignment)
    found: defaultdict[str, dict[str, ByHand]] = defaultdict(dict)
    for place, penalty in penalties.items():
        student, notebook = place
        if notebook in marked:
            found[student][notebook] = _summed(marked[notebook], grades[place], comments[place], penalty)
    return found


def together(notebooks: Collection[ByHand]) -> tuple[float, float]:
    """Return score and maximum of all notebooks of one student."""
    return sum(one.score for one in notebooks), sum(one.max_score for one in notebooks)


def _marked(notebook: Node) -> Iterator[_Cell]:
    heading = ""
    for cell in notebook.cells:
        title = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
        heading = title[1] if title else heading
        mark = cell.metadata.get("nbgrader", {})
        roles = [bool(mark.get(role)) for role in ("grade", "solution", "task")]
        is_graded, is_solution, is_task = roles
        if any(roles):
            points = float(mark.get("points", 0)) if is_graded or is_task else 0.0
            yield _Cell(mark["grade_id"], heading, points, is_task or (is_graded and is_solution))


def _of_cells(gradebook: Gradebook, kind: Any, columns: tuple[Any, ...], assignment: str) -> Mapping[Place, Cells]:
    """Return columns of the grades or comments of an assignment: by student and notebook, then by cell."""
    found: defaultdict[Place, dict[str, Any]] = defaultdict(dict)
    rows = gradebook.db.execute(
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, *columns)
        .select_from(kind)
        .join(BaseCell, BaseCell.id == kind.cell_id)
        .join(Submitted, Submitted.id == kind.notebook_id)
        .join(Notebook, Notebook.id == Submitted.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == Submitted.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    for row in rows:
        student, notebook, cell = row[:3]
        found[student, notebook][cell] = row
    return found


def _penalties(gradebook: Gradebook, assignment: str) -> dict[Place, float]:
    rows = gradebook.db.execute(
        select(SubmittedAssignment.student_id, Notebook.name, Submitted.late_submission_penalty)
        .join(Submitted, SubmittedAssignment.id == Submitted.assignment_id)
        .join(Notebook, Notebook.id == Submitted.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    return {(student, notebook): float(penalty or 0.0) for student, notebook, penalty in rows}


def _summed(marked: list[_Cell], grades: Cells, comments: Cells, penalty: float) -> ByHand:
    answers = (_answer(cell, grades.get(cell.name), comments.get(cell.name)) for cell in marked)
    score = sum(float(grade.score) for grade in grades.values())
    most = sum(cell.points for cell in marked)
    return ByHand(tuple(filter(None, answers)), round(max(0.0, score - penalty), 4), most, penalty)


def _answer(cell: _Cell, grade: Any, comment: Any) -> Answer | None:
    """Return what people gave a cell; nothing where they have nothing to give and said nothing."""
    said = (comment and comment.manual_comment) or ""
    if cell.is_written:
        said = said or (comment and comment.auto_comment) or ""
    is_by_hand = grade is not None and (grade.manual_score is not None or bool(grade.extra_credit))
    if not (said or is_by_hand or (cell.is_written and cell.points)):
        return None
    waits = bool(cell.points) and (grade is None or grade.needs_manual_grade)
    score = float(grade.score) if grade is not None else 0.0
    return Answer(cell.name, cell.heading, cell.is_written, None if waits else score, cell.points, said)
