"""What the gradebook holds of an assignment: points by the checks and by people, less what came late costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course.course import Course
from autograder.errors import CourseError


@dataclass(frozen=True)
class Score:
    """What one student has for an assignment.

    Parameters
    ----------
    student, first_name, last_name, email, lms_user_id : str
    raw : float
        Points of the checks and of people.
    penalty : float
        What being late costs.
    cells : mapping
        The points of each graded cell, by notebook and name; None where a person has to look.
    timestamp : datetime or None
        When it came in, in UTC without saying so, as nbgrader keeps it.
    """

    student: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str
    raw: float
    penalty: float
    cells: Mapping[tuple[str, str], float | None]
    timestamp: datetime | None = None

    @property
    def score(self) -> float:
        """What counts."""
        return round(max(0.0, self.raw - self.penalty), 4)

    @property
    def name(self) -> str:
        """Last name first, as gradebooks sort; the student's own name of the course if there is no other."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.student

    @property
    def keys(self) -> tuple[str, ...]:
        """What a roster may know the student by; the number behind a name is Canvas'."""
        number = self.student.rpartition("_")[2]
        return tuple(filter(None, (self.student, self.lms_user_id, self.email, number if number.isdigit() else "")))

    @property
    def is_open(self) -> bool:
        """Whether a person has to look at something yet."""
        return None in self.cells.values()


@dataclass(frozen=True)
class Scores:
    """What a class has for an assignment.

    Parameters
    ----------
    assignment : str
    max_score : float
    cells : mapping
        The points there are for each graded cell, in order.
    students : tuple of Score
        By student; those who handed nothing in are left out.
    """

    assignment: str
    max_score: float
    cells: Mapping[tuple[str, str], float]
    students: tuple[Score, ...]


def scores_of(course: Course, assignment: str) -> Scores:
    """Read the gradebook.

    Raises
    ------
    CourseError
        If nothing of the assignment is graded.
    """
    course.require(assignment)
    ungraded = CourseError(f"`{assignment}` must be graded first (got no grades). Run `cs231n grade {assignment}`.")
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry as error:
            raise ungraded from error
        students = sorted((_score(one) for one in found.submissions), key=lambda score: score.student)
        if not students:
            raise ungraded
        cells = {
            (notebook.name, cell.name): float(cell.max_score)
            for notebook in sorted(found.notebooks, key=lambda notebook: str(notebook.name))
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }
        return Scores(assignment, float(found.max_score), cells, tuple(students))


def _score(submission: Any) -> Score:
    about = submission.student
    cells = {
        (notebook.name, grade.name): None if grade.needs_manual_grade and grade.max_score else float(grade.score)
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    return Score(
        about.id,
        first_name=about.first_name or "",
        last_name=about.last_name or "",
        email=about.email or "",
        lms_user_id=about.lms_user_id or "",
        raw=float(submission.score),
        penalty=float(submission.late_submission_penalty or 0.0),
        cells=cells,
        timestamp=submission.timestamp,
    )
