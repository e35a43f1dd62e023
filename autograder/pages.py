"""Pages for people: feedback for each student, and the report of a class. Everything in them is escaped."""

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder import render
from autograder.course import Course, CourseError
from autograder.results import seconds_of, write_whole
from autograder.sandbox.protection import Tier
from autograder.sandbox.wire import clean
from autograder.subject import Trouble
from autograder.verdict import Outcome, SubmissionReport

PAGES = Environment(
    loader=PackageLoader("autograder"),
    autoescape=True,
    finalize=lambda value: _visible(value),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["marked_up"] = lambda text: Markup(render.marked_up(_visible(text)))  # noqa: S704  it escapes
# The same input gives the same bytes, and text stays text that can be read aloud and searched.
SVG: dict[Any, Any] = {"svg.hashsalt": "cs231n", "svg.fonttype": "none", "font.family": "sans-serif"}
AGAIN = "Run `cs231n grade {}` for everybody."
HATCH = {Outcome.PASSED: "", Outcome.FAILED: "//", Outcome.BLOCKED: "..", Outcome.BROKEN: "xx"}


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
    template = PAGES.get_template("feedback.html")
    written = []
    for report in read_reports(course, assignment):
        for notebook in report.notebooks:
            tables = {check.grade_id: Markup(render.html(check.report)) for check in notebook.checks}  # noqa: S704
            page = template.render(report=report, notebook=notebook, tables=tables)
            path = course.feedback(assignment, report.student) / f"{notebook.notebook}.html"
            write_whole(path, page.encode())
            written.append(path)
    return written


def write_class_report(course: Course, assignment: str) -> Path:
    """Write the class report: one file that needs nothing else.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Path
    """
    reports = read_reports(course, assignment)
    page = PAGES.get_template("class_report.html").render(
        assignment=assignment,
        reports=reports,
        tiers=[Tier(tier).sentence for tier in sorted({report.sandbox for report in reports})],
        broken=[report for report in reports if report.broken],
        scores=_picture(lambda axes: _draw_scores(axes, reports), height=2.6),
        checks=_picture(lambda axes: _draw_checks(axes, reports), height=0.5 + 0.42 * len(reports[0].checks)),
        misconceptions=_ranking(reports, lambda check: check.misconception),
        troubles=_ranking(reports, _trouble),
        signs=render.SIGN,
        seconds=seconds_of(course.seconds(assignment)),
    )
    path = course.report(assignment)
    write_whole(path, page.encode())
    return path


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


def _ranking(reports: list[SubmissionReport], key: Callable[[Any], str]) -> list[tuple[str, str, int, list[str]]]:
    """Count something of each check's report: exercise, what it is, how many, who."""
    who: dict[tuple[str, str], dict[str, None]] = {}  # in order, each student once
    for report in reports:
        for check in report.checks:
            if key(check.report):
                who.setdefault((check.report.exercise, key(check.report)), {})[report.student] = None
    ranked = sorted(who.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(exercise, what, len(students), list(students)) for (exercise, what), students in ranked]


def _trouble(report: Any) -> str:
    return next((Trouble(verdict.trouble).sentence for verdict in report.verdicts if verdict.trouble), "")


def _picture(draw: Callable[[Axes], None], height: float) -> Markup:
    with mpl.rc_context(SVG):
        figure = Figure(figsize=(7.5, height), layout="constrained")
        draw(figure.subplots())
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = buffer.getvalue()
    return Markup(text[text.index("<svg") :])  # noqa: S704  drawn by us, from numbers and names of checks


def _draw_scores(axes: Axes, reports: list[SubmissionReport]) -> None:
    best = reports[0].max_score
    bins = [best * i / 10 for i in range(11)]
    axes.hist([report.score for report in reports], bins=bins, color="#0072b2", edgecolor="white")
    axes.set(xlabel=f"score (of {best:g})", ylabel="submissions", xlim=(0, best))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_checks(axes: Axes, reports: list[SubmissionReport]) -> None:
    names = [check.report.check for check in reports[0].checks]
    counts = [Counter(report.checks[i].report.outcome for report in reports) for i in range(len(names))]
    left = [0] * len(names)
    for outcome in Outcome:
        widths = [count[outcome] for count in counts]
        if any(widths):
            color, hatch = render.COLOR[outcome], HATCH[outcome]
            axes.barh(names, widths, left=left, color=color, hatch=hatch, edgecolor="white", label=str(outcome))
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set(xlabel="submissions", xlim=(0, len(reports)))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
