"""What a class report says, as data: scores, checks, misconceptions, look-alikes, slow and broken, the trend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from autograder.core.subject import Trouble
from autograder.core.verdict import CheckReport, Outcome, SubmissionReport
from autograder.course.course import Course, CourseError
from autograder.grading.graded import read_reports
from autograder.grading.results import seconds_of
from autograder.report import function_texts, look_alikes
from autograder.report.function_texts import Texts, without_comments
from autograder.report.look_alikes import Group
from autograder.sandbox.protection import Tier

SLOWEST = 5  # submissions that are shown
FELL = 0.25  # of all points: who lost so much more than before is named


@dataclass(frozen=True)
class CheckRow:
    """One check, over the class.

    Parameters
    ----------
    check : str
    points : float
    outcomes : mapping
        How many submissions have each outcome.
    lost : float
        Points that a submission loses on average.
    """

    check: str
    points: float
    outcomes: Mapping[Outcome, int]
    lost: float

    @property
    def pass_rate(self) -> float:
        """The share of submissions that pass, from 0 to 1."""
        return self.outcomes[Outcome.PASSED] / sum(self.outcomes.values())


@dataclass(frozen=True)
class Shared:
    """Something wrong that several have in common.

    Parameters
    ----------
    exercise, what : str
        The function, and the sentence that names it.
    students : tuple of str
    message : str
        What one of them was told.
    code : str
        What one of them wrote, without comments; nothing if it cannot be told.
    """

    exercise: str
    what: str
    students: tuple[str, ...]
    message: str = ""
    code: str = ""

    @property
    def is_single(self) -> bool:
        """Whether only one student has it."""
        return len(self.students) == 1


@dataclass(frozen=True)
class Trend:
    """The scores of one assignment, as shares of its points.

    Parameters
    ----------
    assignment : str
    submissions : int
    lowest, low, middle, high, highest : float
        The quartiles and the extremes.
    """

    assignment: str
    submissions: int
    lowest: float
    low: float
    middle: float
    high: float
    highest: float


@dataclass(frozen=True)
class ClassReport:
    """All that the page and the tables say."""

    assignment: str
    reports: tuple[SubmissionReport, ...]
    tiers: tuple[str, ...]
    checks: tuple[CheckRow, ...]
    misconceptions: tuple[Shared, ...]
    troubles: tuple[Shared, ...]
    alike_in_code: tuple[Group, ...]
    alike_in_numbers: tuple[Group, ...]
    seconds: Mapping[str, float]
    trend: tuple[Trend, ...]
    fell: tuple[tuple[str, float, float], ...]  # who, share of the points before, and now

    @property
    def scores(self) -> list[float]:
        """All scores."""
        return [report.score for report in self.reports]

    @property
    def max_score(self) -> float:
        """The points to be earned."""
        return self.reports[0].max_score

    @property
    def mean(self) -> float:
        """The mean score."""
        return mean(self.scores)

    @property
    def median(self) -> float:
        """The score in the middle."""
        return median(self.scores)

    @property
    def broken(self) -> list[SubmissionReport]:
        """The submissions in which something of ours failed."""
        return [report for report in self.reports if report.broken]

    @property
    def slowest(self) -> list[tuple[str, float]]:
        """The submissions that took longest, with their seconds."""
        return sorted(self.seconds.items(), key=lambda item: (-item[1], item[0]))[:SLOWEST]

    @property
    def usual_seconds(self) -> float:
        """How long a submission takes: half take less."""
        return median(self.seconds.values()) if self.seconds else 0.0


def class_report(course: Course, assignment: str) -> ClassReport:
    """Bring together what is known of a class.

    Parameters
    ----------
    course : Course
    assignment : str

    Raises
    ------
    CourseError
        If nothing was graded.
    """
    reports = read_reports(course, assignment)
    texts, given = _texts(course, assignment)
    students = {report.student for report in reports}
    earlier = [
        (name, found) for name in course.assignments() if (found := _others(course, name, assignment, reports))
    ]
    seconds = {who: took for who, took in seconds_of(course.seconds(assignment)).items() if who in students}
    return ClassReport(
        assignment=assignment,
        reports=tuple(reports),
        tiers=tuple(Tier(tier).sentence for tier in sorted({report.sandbox for report in reports})),
        checks=tuple(_check_rows(reports)),
        misconceptions=tuple(_shared(reports, texts, lambda check: check.misconception)),
        troubles=tuple(_shared(reports, texts, _trouble)),
        alike_in_code=tuple(look_alikes.alike_in_code(texts, given)),
        alike_in_numbers=tuple(look_alikes.alike_in_numbers(reports)),
        seconds=dict(sorted(seconds.items())),
        trend=tuple(_trend(name, found) for name, found in earlier),
        fell=tuple(_fell(earlier)),
    )


def _texts(course: Course, assignment: str) -> tuple[dict[str, Texts], list[Texts]]:
    """Return what students wrote and what is known; nothing if what was handed in is no longer there."""
    try:
        return function_texts.of_class(course, assignment), function_texts.of_course(course, assignment)
    except CourseError:
        return {}, []


def _others(course: Course, name: str, assignment: str, own: list[SubmissionReport]) -> list[SubmissionReport]:
    """Return the reports of an assignment up to this one; none of what was not graded yet."""
    if name >= assignment:
        return own if name == assignment else []
    try:
        return read_reports(course, name)
    except CourseError:
        return []


def _check_rows(reports: Sequence[SubmissionReport]) -> list[CheckRow]:
    rows = []
    for own in zip(*(report.checks for report in reports), strict=True):
        outcomes = {outcome: sum(check.report.outcome is outcome for check in own) for outcome in Outcome}
        lost = mean(check.points - check.score for check in own)
        rows.append(CheckRow(own[0].report.check, own[0].points, outcomes, lost))
    return rows


def _shared(
    reports: Sequence[SubmissionReport], texts: Mapping[str, Texts], key: Callable[[CheckReport], str]
) -> list[Shared]:
    """Gather what several have in common, what most have first."""
    found: dict[tuple[str, str], dict[str, CheckReport]] = {}
    for report in reports:
        for check in (check.report for check in report.checks):
            if key(check):
                found.setdefault((check.exercise, key(check)), {}).setdefault(report.student, check)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_example(exercise, what, who, texts) for (exercise, what), who in ranked]


def _example(exercise: str, what: str, who: Mapping[str, CheckReport], texts: Mapping[str, Texts]) -> Shared:
    """Take the shortest code for the example: it is read fastest."""
    codes = {student: without_comments(texts.get(student, {}).get(exercise, "")) for student in who}
    student = min(who, key=lambda one: (not codes[one], len(codes[one]), one))
    return Shared(exercise, what, tuple(who), who[student].message, codes[student])


def _trouble(report: CheckReport) -> str:
    return next((Trouble(verdict.trouble).sentence for verdict in report.verdicts if verdict.trouble), "")


def _trend(name: str, reports: Sequence[SubmissionReport]) -> Trend:
    shares = sorted(_share(report) for report in reports)
    low, middle, high = quantiles(shares, n=4, method="inclusive") if len(shares) > 1 else shares * 3
    return Trend(name, len(shares), shares[0], low, middle, high, shares[-1])


def _fell(assignments: Sequence[tuple[str, Sequence[SubmissionReport]]]) -> list[tuple[str, float, float]]:
    """Return who has a much smaller share of the points than in the assignment before."""
    if len(assignments) < 2:
        return []
    before, now = ({report.student: _share(report) for report in reports} for _, reports in assignments[-2:])
    both = [(who, before[who], now[who]) for who in sorted(now) if who in before]
    return sorted((one for one in both if one[1] - one[2] >= FELL), key=lambda one: one[2] - one[1])


def _share(report: SubmissionReport) -> float:
    return report.score / report.max_score if report.max_score else 1.0
