"""What the gradebook holds of an assignment, read back."""

import msgspec

from autograder.core.verdict import SubmissionReport
from autograder.course.course import Course, CourseError

AGAIN = "Run `cs231n grade {}` for everybody."


def read_reports(course: Course, assignment: str) -> list[SubmissionReport]:
    """Read what the gradebook holds of an assignment, by student.

    Raises
    ------
    CourseError
        If nothing was graded.
    """
    paths = sorted(course.result(assignment, "*").parent.glob("*.json"))
    if not paths:
        raise CourseError(f"`{assignment}` must be graded first (got no results). Run `cs231n grade {assignment}`.")
    students = course.students(assignment)
    try:
        reports = [msgspec.json.decode(path.read_bytes(), type=SubmissionReport) for path in paths]
    except msgspec.MsgspecError as error:
        raise CourseError(f"`{assignment}` has results of another version. {AGAIN.format(assignment)}") from error
    reports = sorted((r for r in reports if r.student in students or not students), key=lambda report: report.student)
    if len({tuple(check.report.check for check in report.checks) for report in reports}) > 1:
        raise CourseError(f"`{assignment}` has results of different checks. {AGAIN.format(assignment)}")
    return reports
