"""Marking an assignment: grade what was handed in, write the gradebook, tell what came of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from autograder.batch import Graded, Job, grade_all
from autograder.course import Course
from autograder.gradebook import GradebookWriter, Move
from autograder.render import SIGN
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier, choose
from autograder.verdict import GradedCheck, NotebookReport, Outcome, SubmissionReport

STYLE = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.BLOCKED: "yellow",
    Outcome.BROKEN: "bold magenta",
}
LEAST_ROOM = 20  # characters, below which a sentence says nothing


@dataclass(frozen=True)
class Run:
    """What one run of grading came to.

    Parameters
    ----------
    assignment : str
    tier : Tier
    secret_origin : str
    graded : sequence of Graded
        By student.
    moves : sequence of Move
        Grades in the gradebook that changed.
    """

    assignment: str
    tier: Tier
    secret_origin: str
    graded: Sequence[Graded]
    moves: Sequence[Move]

    @property
    def reports(self) -> list[SubmissionReport]:
        """The reports, by student."""
        return [graded.report for graded in self.graded]

    @property
    def broken(self) -> list[SubmissionReport]:
        """The submissions in which something of ours failed."""
        return [report for report in self.reports if report.broken]

    @property
    def known(self) -> int:
        """How many results were there already."""
        return sum(graded.known for graded in self.graded)

    def as_dict(self) -> dict[str, Any]:
        """Return the whole as plain data, for scripts."""
        return {
            "assignment": self.assignment,
            "sandbox": {"tier": str(self.tier), "meaning": self.tier.sentence},
            "secret": self.secret_origin,
            "known": self.known,
            "grades_changed": len(self.moves),
            "broken": [report.student for report in self.broken],
            "submissions": [_plain_submission(report) for report in self.reports],
        }


def mark(course: Course, assignment: str, student: str, jobs: int, sandbox: Tier | None, progress: Progress) -> Run:
    """Grade an assignment's submissions and write the gradebook.

    Parameters
    ----------
    course : Course
    assignment : str
    student : str
        One student, or ``*``.
    jobs : int
        How many processes.
    sandbox : Tier or None
        The protection; None for the best.
    progress : Progress

    Returns
    -------
    Run
    """
    submissions = course.submissions(assignment, student)
    tier = choose(sandbox)
    secret, origin = course.secret()
    moves: list[Move] = []
    graded: list[Graded] = []
    with GradebookWriter(course, assignment) as writer:
        job = Job(course.released(assignment), course.results, tier, secret, Limits())
        task = progress.add_task(f"grading {assignment}", total=len(submissions))
        with closing(grade_all(job, submissions, jobs)) as results:
            for one in results:
                moves += writer.write(one)
                graded.append(one)
                progress.advance(task)
    graded.sort(key=lambda one: one.submitted.student)
    return Run(assignment, tier, origin, graded, moves)


def show(run: Run, console: Console) -> None:
    """Print a run as a table: a row for each student, a column for each check."""
    console.print(table(run, console.width))
    for report in run.broken:
        for check in report.broken:
            text = f"{report.student}, {check.report.check}: {check.report.detail}"
            console.print(f"[bold magenta]broken[/] {escape(text)}")
    count = f"{len(run.graded)} submission{'' if len(run.graded) == 1 else 's'}"
    console.print(
        f"{count} graded, {run.known} of them known already; {len(run.moves)} grades changed in the gradebook."
    )
    console.print(f"Protection: {escape(run.tier.sentence)}.", style=loudness(run.tier))
    console.print(f"[dim]Hidden cases are drawn from {escape(run.secret_origin)}.[/]")


def table(run: Run, width: int) -> Table:
    """Return a run as a table that fits a terminal of so many columns."""
    checks = [check.report.check for check in run.reports[0].checks]
    signs = "  ".join(f"{SIGN[outcome]} {outcome}" for outcome in Outcome)
    shown = Table(title=run.assignment, caption=f"{', '.join(checks)}\n{signs}", caption_justify="left")
    shown.add_column("student", no_wrap=True)
    shown.add_column("score", justify="right", no_wrap=True)
    shown.add_column("checks", no_wrap=True)
    longest = max(len(report.student) for report in run.reports)
    room = width - longest - 2 * len(checks) - 24
    if room >= LEAST_ROOM:
        shown.add_column("first thing to read", no_wrap=True)
    for report in run.reports:
        signs = " ".join(_sign(check.report.outcome) for check in report.checks)
        row = [escape(report.student), f"{report.score:.4g}/{report.max_score:g}", signs]
        if room >= LEAST_ROOM:
            row.append(escape(_cut(_first_message(report), room)))
        shown.add_row(*row)
    return shown


def loudness(tier: Tier) -> str:
    """Return the style in which to say how student code is contained: weak protection is said loudly."""
    return "bold red" if tier is Tier.RLIMITS else "dim"


def _sign(outcome: Outcome) -> str:
    return f"[{STYLE[outcome]}]{SIGN[outcome]}[/]"


def _first_message(report: SubmissionReport) -> str:
    problems = (problem for notebook in report.notebooks for problem in notebook.problems)
    messages = (c.report.message for c in report.checks if c.report.outcome is not Outcome.PASSED)
    return next(problems, "") or next(messages, "")


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _plain_submission(report: SubmissionReport) -> dict[str, Any]:
    return {
        "student": report.student,
        "score": report.score,
        "max_score": report.max_score,
        "seconds": report.seconds,
        "notebooks": [_plain_notebook(notebook) for notebook in report.notebooks],
    }


def _plain_notebook(notebook: NotebookReport) -> dict[str, Any]:
    return {
        "notebook": notebook.notebook,
        "problems": list(notebook.problems),
        "checks": [_plain_check(check) for check in notebook.checks],
    }


def _plain_check(check: GradedCheck) -> dict[str, Any]:
    report = check.report
    return {
        "grade_id": check.grade_id,
        "check": report.check,
        "exercise": report.exercise,
        "outcome": str(report.outcome),
        "score": check.score,
        "points": check.points,
        "message": "" if report.outcome is Outcome.PASSED else report.message,
        "misconception": report.misconception,
        "cases": msgspec.to_builtins(report.verdicts),
    }
