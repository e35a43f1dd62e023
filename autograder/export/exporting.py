"""Writing grades in a form that somebody else reads."""

from dataclasses import dataclass
from pathlib import Path

from autograder.collect.names import safe
from autograder.collect.roster import Roster
from autograder.course.course import Course
from autograder.export import gradescope, tables
from autograder.export.format import Format
from autograder.export.junit import junit
from autograder.export.scores import scores_of
from autograder.files import write_whole
from autograder.grading.graded import read_reports
from autograder.grading.results import seconds_of
from autograder.sandbox.protection import Tier


@dataclass(frozen=True)
class Order:
    """What to export, and how.

    Parameters
    ----------
    assignment : str
    form : Format
    to : Path or None
        The file, or for Gradescope the folder; None for the usual one.
    roster : Roster
        The platform's own table, whose rows and columns are used.
    column : str
        The title of the assignment on the platform; its name if empty.
    tier : Tier or None
        The protection of an autograder for Gradescope.
    """

    assignment: str
    form: Format
    to: Path | None = None
    roster: Roster = Roster()  # noqa: RUF009  it never changes
    column: str = ""
    tier: Tier | None = None


@dataclass(frozen=True)
class Exported:
    """What was written, and what to know of it."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def export(course: Course, order: Order) -> Exported:
    """Write the grades of an assignment.

    Parameters
    ----------
    course : Course
    order : Order

    Returns
    -------
    Exported

    Raises
    ------
    CourseError
        If nothing is graded yet.
    """
    if order.form is Format.GRADESCOPE:
        return _gradescope(course, order)
    to = order.to or course.root / "export" / f"{order.assignment}-{order.form}{_ending(order.form)}"
    if order.form is Format.JUNIT:
        reports = read_reports(course, order.assignment)
        write_whole(to, junit(reports, seconds_of(course.seconds(order.assignment))))
        return Exported((to,))
    table = _table(course, order)
    write_whole(to, table.text.encode())
    return Exported((to,), table.notes)


def _ending(form: Format) -> str:
    return ".xml" if form is Format.JUNIT else ".csv"


def _table(course: Course, order: Order) -> tables.Table:
    scores = scores_of(course, order.assignment)
    if order.form is Format.CSV:
        return tables.plain(scores)
    write = tables.canvas if order.form is Format.CANVAS else tables.moodle
    return write(scores, order.roster, order.column or order.assignment)


def _gradescope(course: Course, order: Order) -> Exported:
    """Write the autograder, and results of those who are graded here already."""
    folder = order.to or course.root / "export" / f"{order.assignment}-gradescope"
    written = [folder / "autograder.zip"]
    write_whole(written[0], gradescope.autograder(course, order.assignment, order.tier))
    seconds = seconds_of(course.seconds(order.assignment))
    graded = course.result(order.assignment, "*").parent.is_dir()
    for report in read_reports(course, order.assignment) if graded else ():
        path = folder / safe(report.student) / "results.json"
        write_whole(path, gradescope.as_json(gradescope.results(report, seconds.get(report.student, 0.0))))
        written.append(path)
    note = f"{written[0].name} holds the course secret and the reference: upload it, and give it to nobody."
    return Exported(tuple(written), (note,))
