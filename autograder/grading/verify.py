"""Verifying results: grade some submissions again, beside what is kept of them. Nothing is written."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.core.verdict import GradedCheck, SubmissionReport
from autograder.course.course import Course
from autograder.grading.batch import ask_all
from autograder.grading.crew import Crew
from autograder.grading.marking import Order, job_of
from autograder.grading.screen import counted
from autograder.submission import Submitted
from autograder.terminal import escape


@dataclass(frozen=True)
class Difference:
    """A check that was not judged as it was before."""

    student: str
    grade_id: str
    before: str
    after: str


@dataclass(frozen=True)
class Verification:
    """What came of grading some submissions again.

    Parameters
    ----------
    looked_at : list of str
        The students of the sample.
    submissions : int
        How many there are.
    unknown : list of str
        Students of the sample of whose submission, as it is, no result is kept.
    differences : list of Difference
    """

    looked_at: list[str]
    submissions: int
    unknown: list[str]
    differences: list[Difference]

    @property
    def holds(self) -> bool:
        """Whether every result is known and came out the same again."""
        return not self.unknown and not self.differences

    def as_dict(self) -> dict[str, Any]:
        """Return the whole as plain data, for scripts."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return {"holds": self.holds, **plain}


def verify(course: Course, order: Order, sample: int, progress: Progress) -> Verification:
    """Grade a sample of an assignment's submissions again and compare.

    Parameters
    ----------
    course : Course
    order : Order
    sample : int
        How many; always the same ones of the same class.
    progress : Progress

    Returns
    -------
    Verification
    """
    submissions = course.submissions(order.assignment, order.student)
    chosen = sorted(submissions, key=_lot)[:sample]
    job, _ = job_of(course, order)
    task = progress.add_task(f"verifying {order.assignment}", total=len(chosen))
    unknown: list[str] = []
    differences: list[Difference] = []
    with (
        Crew(job.plan, min(order.jobs, len(chosen))) as crew,
        closing(ask_all(crew, job, chosen, again=True)) as asked,
    ):
        for graded in asked:
            progress.advance(task)
            kept = job.kept.find(graded.key)
            if kept is None:
                unknown.append(graded.submitted.student)
            else:
                differences += _differences(graded.submitted.student, kept.report, graded.report)
    differences.sort(key=lambda difference: (difference.student, difference.grade_id))
    return Verification(sorted(one.student for one in chosen), len(submissions), sorted(unknown), differences)


def show(found: Verification, console: Console) -> None:
    """Print what came of it."""
    looked_at = f"{counted(len(found.looked_at), 'submission')} of {found.submissions} graded again"
    if found.holds:
        console.print(f"{looked_at}: every verdict as before.")
        return
    if found.differences:
        table = Table("student", "cell", "before", "again", title="Not as before")
        for one in found.differences:
            table.add_row(*map(escape, (one.student, one.grade_id, one.before, one.after)))
        console.print(table)
    console.print(f"{looked_at}: {counted(len(found.differences), 'verdict')} not as before.")
    if found.unknown:
        console.print(escape(f"Not graded as they are now: {', '.join(found.unknown)}. Run `cs231n grade` first."))


def _lot(submitted: Submitted) -> str:
    """Draw lots by the name: a sample that nobody chose, and the same one each time."""
    return hashlib.sha256(submitted.student.encode()).hexdigest()


def _differences(student: str, kept: SubmissionReport, again: SubmissionReport) -> Iterator[Difference]:
    for before, after in zip(kept.checks, again.checks, strict=True):
        if before.report != after.report:
            yield Difference(student, before.grade_id, _said(before), _said(after))


def _said(check: GradedCheck) -> str:
    return f"{check.score:.4g} of {check.points:g}, {check.report.outcome}: {check.report.message}".rstrip(": ")
