"""What `nbgrader export` writes in place of its own CSV: the same columns, and no cell that is a formula."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from autograder import spreadsheet

ABOUT_STUDENT = ("last_name", "first_name", "email")
COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", *ABOUT_STUDENT),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
Row = list[spreadsheet.Cell]


class SpreadsheetExport(ExportPlugin):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's export to CSV, for spreadsheets."""

    def export(self, gradebook: Gradebook) -> None:
        """Write a row for each student and assignment, or for those that are named.

        Parameters
        ----------
        gradebook : Gradebook
        """
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        path.write_text(spreadsheet.write([COLUMNS, *self._rows(gradebook)]), encoding="utf-8")

    def _rows(self, gradebook: Gradebook) -> Iterator[Row]:
        for assignment in gradebook.assignments:
            for student in gradebook.students:
                if assignment.name in (self.assignment or [assignment.name]) and student.id in (
                    self.student or [student.id]
                ):
                    yield _row(gradebook, assignment, student)


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> Row:
    about = [getattr(student, name) for name in ABOUT_STUDENT]
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        scores, timestamp = (0.0, 0.0, 0.0), None
    else:
        penalty = submission.late_submission_penalty
        scores, timestamp = (submission.score, penalty, max(0.0, submission.score - penalty)), submission.timestamp
    duedate = assignment.duedate
    return [assignment.name, _text(duedate), _text(timestamp), student.id, *about, *scores, assignment.max_score]


def _text(moment: Any) -> str:
    return "" if moment is None else str(moment)
