"""nbgrader's gradebook: the one place that writes grades, and the files that formgrader looks for."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import msgspec
import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task, parse_utc
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from autograder.batch import Graded, write_whole
from autograder.course import Course, CourseError, put_tools_on_path
from autograder.nbgrader_plugin import late_penalty
from autograder.submission import SubmissionError, Submitted, read_text

RAISED = re.compile(r"\s*[\w.]*(Error|Exception): ")  # how a traceback in nbgrader's log ends
TIMESTAMP = "timestamp.txt"  # nbgrader's name for when a submission came in
UNTOUCHED = "No response."  # what nbgrader itself says of a cell that was left as it was


@dataclass(frozen=True)
class Move:
    """A grade that is not what it was."""

    student: str
    notebook: str
    grade_id: str
    before: float | None
    after: float | None


def release(course: Course, assignment: str) -> None:
    """Make an assignment's student version from its source, through nbgrader.

    Raises
    ------
    CourseError
        If nbgrader cannot; the message is its own.
    """
    course.require(assignment)
    put_tools_on_path()
    released = course.released(assignment)
    with TemporaryDirectory() as aside:
        kept = Path(aside) / assignment
        if released.is_dir():
            shutil.copytree(released, kept)
        api = NbGraderAPI(course.directory, config=course.config)
        result = api.generate_assignment(assignment, force=True, create=True)
        if not result["success"]:
            if kept.is_dir():
                shutil.copytree(kept, released, dirs_exist_ok=True)  # what was given out stays given out
            raise CourseError(f"nbgrader cannot release {assignment}: {_last_line(result)}")


def _last_line(result: dict[str, Any]) -> str:
    """Return the line of nbgrader's log or traceback that says what is wrong."""
    lines = f"{result.get('log') or ''}\n{result.get('error') or ''}".strip().splitlines()
    telling = [line.strip() for line in lines if RAISED.match(line) and "NbGraderException" not in line]
    return (telling or lines or ["it does not say why"])[-1]


class GradebookWriter:
    """Writes graded submissions of one assignment, one after the other.

    Parameters
    ----------
    course : Course
    assignment : str
        Released into this gradebook if it is not there yet.

    Raises
    ------
    CourseError
        If the gradebook knows other graded cells or points than the released notebooks have.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        put_tools_on_path()
        self._course = course
        self._assignment = assignment
        try:
            self._gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        except OperationalError as error:
            raise CourseError(f"The gradebook {course.directory.db_url} cannot be opened: {error.orig}.") from error
        try:
            self._gradebook.find_assignment(assignment)
        except MissingEntry:
            release(course, assignment)
        self._require_current()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def write(self, graded: Graded) -> list[Move]:
        """Write one submission: its notebooks as files, then its grades.

        Parameters
        ----------
        graded : Graded

        Returns
        -------
        list of Move
            The grades that changed; none the second time.
        """
        self._write_files(graded)
        try:
            moves = self._write_grades(graded)
        except SQLAlchemyError as error:
            self._gradebook.db.rollback()
            raise CourseError(
                f"The gradebook cannot be written ({getattr(error, 'orig', error)}). Close what else uses it, and "
                "run the same command again: what was graded is kept."
            ) from error
        result = self._course.result(self._assignment, graded.submitted.student)
        write_whole(result, msgspec.json.format(msgspec.json.encode(graded.report)))
        return moves

    def _write_grades(self, graded: Graded) -> list[Move]:
        student = graded.submitted.student
        self._gradebook.update_or_create_student(student)
        with self._gradebook.db.no_autoflush:  # nbgrader fills in the new rows before it adds them
            submission = self._gradebook.update_or_create_submission(self._assignment, student)
        submission.timestamp = _timestamp(graded.submitted)
        moves: list[Move] = []
        for submitted in (one for one in submission.notebooks if one.name in graded.notebooks):
            node = nbformat.reads(graded.notebooks[submitted.name], as_version=4)
            moves += _write_cells(submitted, node, student)
            submitted.late_submission_penalty = late_penalty(self._course.config, submission, submitted)
        self._gradebook.db.commit()
        return moves

    def _require_current(self) -> None:
        released = {
            (notebook.name, cell.metadata.nbgrader.grade_id): float(cell.metadata.nbgrader.points)
            for notebook in self._course.read(self._assignment).notebooks
            for cell in notebook.node.cells
            if is_grade(cell)
        }
        entered = {
            (notebook.name, cell.name): float(cell.max_score)
            for notebook in self._gradebook.find_assignment(self._assignment).notebooks
            for cell in notebook.grade_cells
        }
        different = sorted({grade_id for (_, grade_id), _ in released.items() ^ entered.items()})
        if different:
            raise CourseError(
                f"The gradebook must have the graded cells of the release (they differ in {', '.join(different)}). "
                f"Run `cs231n release {self._assignment}`."
            )

    def _write_files(self, graded: Graded) -> None:
        folder = self._course.autograded(self._assignment, graded.submitted.student)
        for name, text in graded.notebooks.items():
            write_whole(folder / f"{name}.ipynb", text.encode())
        stamp = folder / TIMESTAMP
        if _timestamp(graded.submitted) is not None:
            write_whole(stamp, read_text(graded.submitted.folder / TIMESTAMP).encode())
        else:
            stamp.unlink(missing_ok=True)


def _timestamp(submitted: Submitted) -> Any:
    """Return when a submission came in; None if nobody wrote it down so that it can be read."""
    try:
        return parse_utc(read_text(submitted.folder / TIMESTAMP).strip())
    except (SubmissionError, ValueError, OverflowError):
        return None


def _write_cells(submitted: Any, node: nbformat.NotebookNode, student: str) -> list[Move]:
    """Write a notebook's grades and comments as nbgrader's own autograde does."""
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in node.cells if "nbgrader" in cell.metadata}
    moves = []
    for grade in submitted.grades:
        cell = cells.get(grade.name)
        if cell is None or not (is_grade(cell) or is_task(cell)):
            continue
        score = determine_grade(cell)[0] if is_grade(cell) else None
        if grade.auto_score != score:
            moves.append(Move(student, submitted.name, grade.name, grade.auto_score, score))
        grade.auto_score = score
        grade.needs_manual_grade = grade.manual_score is not None or score is None
    for comment in submitted.comments:
        cell = cells.get(comment.name)
        if cell is not None and (is_solution(cell) or is_task(cell)):
            untouched = not is_task(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comment.auto_comment = UNTOUCHED if untouched else None
    return moves
