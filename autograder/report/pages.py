"""Pages for people: feedback for each student, and the report of a class. Everything in them is escaped."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.core import heat_map, lessons, render
from autograder.core.verdict import CheckReport, NotebookReport, SubmissionReport
from autograder.course.course import Course
from autograder.course.late import explanations
from autograder.files import write_whole
from autograder.grading.graded import read_reports
from autograder.report import class_tables, pictures
from autograder.report.by_hand import by_hand, together
from autograder.report.class_report import class_report
from autograder.sandbox.wire import clean
from autograder.submission import SubmissionError
from autograder.submission.file import read_bytes
from autograder.submission.search import not_there

EXCHANGED = ("timestamp.txt", "submission_secret.txt")
LARGEST_KEY = 4096  # bytes of each
PAGES = Environment(
    loader=PackageLoader("autograder"),
    autoescape=True,
    finalize=lambda value: _visible(value),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["marked_up"] = lambda text: Markup(render.marked_up(_visible(text)))  # noqa: S704  it escapes


def _visible(value: Any) -> Any:
    """Spell out what is invisible in a text or turns it round; what is HTML already stays."""
    return clean(value, len(value)) if type(value) is str else value


def write_feedback(course: Course, assignment: str) -> list[Path]:
    """Write a page for each notebook of each graded student, where nbgrader looks for them.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of Path
    """
    written = []
    late, given = explanations(course, assignment), by_hand(course, assignment)
    address = course.lessons_address()
    for report in read_reports(course, assignment):
        own = given.get(report.student, {})
        for notebook in report.notebooks:
            path = course.feedback(assignment, report.student) / f"{notebook.notebook}.html"
            about = {
                "lessons": address,
                "late": late.get(report.student, ""),
                "by_hand": own.get(notebook.notebook),
                "whole": together(own.values()),
            }
            write_whole(path, _feedback(report, notebook, about).encode())
            written.append(path)
        _put_exchanged(course, assignment, report.student)
    return written


def _put_exchanged(course: Course, assignment: str, student: str) -> None:
    """Put beside the pages what nbgrader's exchange tells by whose they are: time and key of the submission."""
    for name in EXCHANGED:
        with suppress(SubmissionError):  # what did not come by the exchange has none
            data = read_bytes(course.submitted(assignment, student) / name, PurePosixPath(name), LARGEST_KEY)
            write_whole(course.feedback(assignment, student) / name, data)


def _feedback(report: SubmissionReport, notebook: NotebookReport, about: dict[str, Any]) -> str:
    return PAGES.get_template("feedback.html").render(
        report=report,
        notebook=notebook,
        **about,
        places=lessons.places(),
        signs=render.SIGN,
        head=render.HEAD,
        rows={check.grade_id: list(render.rows(check.report)) for check in notebook.checks},
        maps={check.grade_id: _maps(check.report) for check in notebook.checks},
    )


def _maps(report: CheckReport) -> list[Markup]:
    maps = (heat_map.html(row.array, row.expected_shape, row.levels, case) for case, row in render.mapped(report))
    return [Markup(drawn) for drawn in maps]  # noqa: S704  it escapes


def _of_files(report: SubmissionReport) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what was wrong with a student's files, once: the notebooks of which it is said, and the sentence."""
    missing = tuple(one.notebook for one in report.notebooks if not_there(one.notebook) in one.problems)
    if missing:
        yield missing, "not handed in, and no other file defines its functions."
    for sentence, notebooks in report.complaints.items():
        if sentence not in map(not_there, missing):
            yield notebooks, sentence


def write_class_report(course: Course, assignment: str) -> list[Path]:
    """Write the class report: one page that needs nothing else, and its tables for spreadsheets.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    list of Path
        The page first.
    """
    report = class_report(course, assignment)
    about_files = [(one.student, *said) for one in report.reports for said in _of_files(one)]
    page = PAGES.get_template("class_report.html").render(
        report=report, signs=render.SIGN, scores=pictures.scores(report), checks=pictures.checks(report),
        trend=pictures.trend(report), about_files=about_files,
    )  # fmt: skip
    path = course.report(assignment)
    tables = {path.with_name(f"{path.stem}-{name}.csv"): text for name, text in class_tables.tables(report).items()}
    for file, text in {path: page, **tables}.items():
        write_whole(file, text.encode())
    return [path, *tables]
