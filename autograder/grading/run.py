"""What a run of grading came to, as data. It holds a line for each student; the reports stay in their files."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from autograder.core.verdict import GradedCheck, NotebookReport, Outcome, SubmissionReport
from autograder.grading.batch import Graded
from autograder.grading.ledger import Move
from autograder.grading.results import Results
from autograder.sandbox.protection import Tier


@dataclass(frozen=True)
class Row:
    """One student of a run.

    Parameters
    ----------
    student : str
    key : str
        The name of the result.
    known : bool
        Whether it was there already.
    seconds : float
        How long it took, if it was not.
    score, max_score : float
    outcomes : tuple of Outcome
        By check.
    message : str
        The sentence to read first.
    broken : SubmissionReport or None
        The report in which something of ours failed: it is kept nowhere else.
    """

    student: str
    key: str
    known: bool
    seconds: float
    score: float
    max_score: float
    outcomes: tuple[Outcome, ...]
    message: str
    broken: SubmissionReport | None


@dataclass(frozen=True)
class Run:
    """What one run of grading came to.

    Parameters
    ----------
    assignment : str
    tier : Tier
    secret_origin : str
    checks : sequence of str
        Their names, in order.
    graded : sequence of Row
        Those in which something of ours failed first, then by student.
    results : Results
    changed : int
        How many grades changed in the gradebook.
    regraded : sequence of Move
        Grades that are not what they were though the same was handed in.
    held : bool
        Whether those were not written, because some go down and nobody said yes.
    waiting : int
        How many answers of the assignment wait for points by hand, those of other runs included.
    """

    assignment: str
    tier: Tier
    secret_origin: str
    checks: Sequence[str]
    graded: Sequence[Row]
    results: Results
    changed: int = 0
    regraded: Sequence[Move] = field(default_factory=tuple)
    held: bool = False
    waiting: int = 0

    @property
    def reports(self) -> Iterator[SubmissionReport]:
        """The reports, in the order of the rows."""
        for row in self.graded:
            found = None if row.broken else self.results.find(row.key)
            report = found.report if found else row.broken
            if report is not None:
                yield replace(report, student=row.student)

    @property
    def broken(self) -> list[SubmissionReport]:
        """The submissions in which something of ours failed."""
        return [row.broken for row in self.graded if row.broken]

    @property
    def known(self) -> int:
        """How many results were there already."""
        return sum(row.known for row in self.graded)

    def as_json(self) -> Iterator[str]:
        """Yield the whole as JSON, piece by piece: a class may be large."""
        head = {
            "assignment": self.assignment,
            "sandbox": {"tier": str(self.tier), "meaning": self.tier.sentence},
            "secret": self.secret_origin,
            "known": self.known,
            "grades_changed": self.changed,
            "regraded": msgspec.to_builtins(self.regraded),
            "regraded_written": not self.held,
            "answers_waiting": self.waiting,
            "broken": [report.student for report in self.broken],
        }
        yield json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
        before = ',\n "submissions": [\n'
        for row, report in zip(self.graded, self.reports, strict=True):
            plain = msgspec.json.encode(_plain_submission(report, row.seconds))
            yield before + msgspec.json.format(plain, indent=1).decode()
            before = ",\n"
        yield "\n ]\n}\n"


def row_of(graded: Graded) -> Row:
    """Return the line of a graded submission."""
    report = graded.report
    return Row(
        student=report.student,
        key=graded.key,
        known=graded.known,
        seconds=graded.seconds,
        score=report.score,
        max_score=report.max_score,
        outcomes=tuple(check.report.outcome for check in report.checks),
        message=_first_message(report),
        broken=report if report.broken else None,
    )


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows as they are shown: what is ours to mend first, then by student."""
    return sorted(rows, key=lambda row: (row.broken is None, row.student))


def _first_message(report: SubmissionReport) -> str:
    problems = (problem for notebook in report.notebooks for problem in notebook.problems)
    messages = (c.report.message for c in report.checks if c.report.outcome is not Outcome.PASSED)
    return next(problems, "") or next(messages, "")


def _plain_submission(report: SubmissionReport, seconds: float) -> dict[str, Any]:
    return {
        "student": report.student,
        "score": report.score,
        "max_score": report.max_score,
        "seconds": seconds,
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
