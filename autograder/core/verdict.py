"""Verdicts, and the reports they make. Data only: who renders them stands elsewhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from autograder.core.heat_map import Levels


class Outcome(StrEnum):
    """What became of a case, a check or an exercise."""

    PASSED = "passed"
    FAILED = "failed"  # the student's doing
    BLOCKED = "blocked"  # an earlier exercise it needs failed
    BROKEN = "broken"  # ours: never costs a point


NOTHING_TO_GRADE = "There was nothing to grade: see what is said about the file."

# The outcome of a whole is the first of these that one of its parts has.
SEVERITY = (Outcome.BROKEN, Outcome.FAILED, Outcome.BLOCKED, Outcome.PASSED)


@dataclass(frozen=True)
class Comparison:
    """One array of an answer beside the expected one, or one law: a row of the student's table.

    `error` is the relative error, or None where there is no such number: shape or kind already differ, or the
    answer holds NaN or infinity.
    """

    array: str
    expected_shape: tuple[int, ...]
    shape: tuple[int, ...] | None
    error: float | None
    tolerance: float | None
    message: str = ""
    levels: Levels = ()  # where it is wrong, if it has rows and columns and does not pass

    @property
    def passed(self) -> bool:
        """Whether there is nothing to say against it."""
        return not self.message


@dataclass(frozen=True)
class Verdict:
    """What the judge says of one case."""

    case: str
    hidden: bool
    outcome: Outcome
    message: str = ""
    comparisons: tuple[Comparison, ...] = ()
    trouble: str = ""  # why there was no answer at all: a `Trouble`
    misconceptions: tuple[str, ...] = ()  # the sentences of the known mistakes that give this very answer
    detail: str = ""  # what of ours failed: for the instructor, it may tell of hidden cases
    share: float = 0.0  # of its credit, where it did not pass
    remarks: tuple[str, ...] = ()  # what is no mistake and still worth knowing

    @property
    def credit(self) -> float:
        """The share of its points that it earns: a broken case is ours and counts as passed."""
        return 1.0 if self.outcome in (Outcome.PASSED, Outcome.BROKEN) else self.share


def shared_misconception(verdicts: Iterable[Verdict]) -> str:
    """Return the known mistake that explains most wrong answers to public cases, or nothing.

    One that explains half of them or fewer is another mistake, which happens to give the same numbers there.
    """
    answered = (one for one in verdicts if one.outcome is Outcome.FAILED and not one.trouble and not one.hidden)
    explained = [one.misconceptions for one in answered]
    counts = Counter(words for known in explained for words in known)
    words, count = next(iter(counts.most_common(1)), ("", 0))
    return words if 2 * count > len(explained) else ""


@dataclass(frozen=True)
class CheckReport:
    """All verdicts of one check."""

    check: str
    title: str
    exercise: str
    verdicts: tuple[Verdict, ...]
    pattern: str = ""  # what the failing public cases have in common

    @property
    def outcome(self) -> Outcome:
        """The gravest outcome among the verdicts."""
        outcomes = {verdict.outcome for verdict in self.verdicts}
        return next(outcome for outcome in SEVERITY if outcome in outcomes)

    @property
    def message(self) -> str:
        """The sentence to read first: that of the first verdict as grave as the whole."""
        first = next(verdict for verdict in self.verdicts if verdict.outcome is self.outcome)
        needs_case = first.outcome is Outcome.FAILED and not first.hidden and first is not self.verdicts[0]
        return f"In the case {first.case}: {first.message}" if needs_case else first.message

    @property
    def detail(self) -> str:
        """What of ours failed, for the instructor, or nothing."""
        return next((verdict.detail for verdict in self.verdicts if verdict.detail), "")

    @property
    def misconception(self) -> str:
        """The known mistake that explains most wrong answers to public cases, or nothing."""
        return shared_misconception(self.verdicts)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to read: what is wrong, the idea behind it or else what the wrong cases share, and remarks."""
        wrong = () if self.outcome is Outcome.PASSED else (self.message, self.misconception or self.pattern)
        remarks = (remark for verdict in self.verdicts for remark in verdict.remarks)
        return tuple(dict.fromkeys(sentence for sentence in (*wrong, *remarks) if sentence))

    @property
    def credit(self) -> float:
        """The share of the credit of its cases, from 0 to 1.

        A function that answers public cases only has learned the printed numbers: it gets nothing.
        """
        of_hidden = [verdict.credit for verdict in self.verdicts if verdict.hidden]
        if of_hidden and not any(of_hidden):
            return 0.0
        return sum(verdict.credit for verdict in self.verdicts) / len(self.verdicts)


@dataclass(frozen=True)
class GradedCheck:
    """A check cell of a notebook with its points."""

    grade_id: str
    points: float
    report: CheckReport

    @property
    def score(self) -> float:
        """The points earned: a plain float between 0 and `points`."""
        return round(self.points * self.report.credit, 4)


@dataclass(frozen=True)
class NotebookReport:
    """The graded checks of one notebook, and what was wrong with its file."""

    notebook: str
    checks: tuple[GradedCheck, ...]
    problems: tuple[str, ...] = ()

    @property
    def was_unreadable(self) -> bool:
        """Whether there was no notebook in which a function could be asked."""
        return bool(self.checks) and all(check.report.message == NOTHING_TO_GRADE for check in self.checks)

    @property
    def score(self) -> float:
        """The points earned."""
        return round(sum(check.score for check in self.checks), 4)

    @property
    def max_score(self) -> float:
        """The points to be earned."""
        return sum(check.points for check in self.checks)


@dataclass(frozen=True)
class SubmissionReport:
    """All that is known of one student's submission of one assignment."""

    student: str
    assignment: str
    sandbox: str
    notebooks: tuple[NotebookReport, ...]

    @property
    def score(self) -> float:
        """The points earned automatically."""
        return round(sum(notebook.score for notebook in self.notebooks), 4)

    @property
    def max_score(self) -> float:
        """The points to be earned automatically."""
        return sum(notebook.max_score for notebook in self.notebooks)

    @property
    def checks(self) -> tuple[GradedCheck, ...]:
        """The checks of all notebooks, in order."""
        return tuple(check for notebook in self.notebooks for check in notebook.checks)

    @property
    def complaints(self) -> dict[str, tuple[str, ...]]:
        """What was wrong with the files, each sentence once, with the notebooks of which it is said."""
        sentences = dict.fromkeys(problem for notebook in self.notebooks for problem in notebook.problems)
        return {
            sentence: tuple(notebook.notebook for notebook in self.notebooks if sentence in notebook.problems)
            for sentence in sentences
        }

    @property
    def broken(self) -> tuple[GradedCheck, ...]:
        """The checks in which something of ours failed."""
        return tuple(check for check in self.checks if check.report.outcome is Outcome.BROKEN)
