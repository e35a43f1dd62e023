"""The class report as tables for spreadsheets: the same as on the page."""

from collections.abc import Iterator, Sequence

from autograder.core.verdict import Outcome
from autograder.report.class_report import ClassReport, Shared
from autograder.report.look_alikes import Group
from autograder.spreadsheet import Cell, write

Rows = Iterator[Sequence[Cell]]


def tables(report: ClassReport) -> dict[str, str]:
    """Return the tables as CSV, by name."""
    rows = {
        "submissions": _submissions(report),
        "checks": _checks(report),
        "misconceptions": _misconceptions(report),
        "look-alikes": _look_alikes(report),
        "trend": _trend(report),
    }
    return {name: write(table) for name, table in rows.items()}


def _submissions(report: ClassReport) -> Rows:
    names = [row.check for row in report.checks]
    yield (
        "student",
        "score",
        "max_score",
        *names,
        *(f"{name} outcome" for name in names),
        "seconds",
        "about the files",
    )
    for own in report.reports:
        scores = [check.score for check in own.checks]
        outcomes = [str(check.report.outcome) for check in own.checks]
        problems = " ".join(own.complaints)
        yield own.student, own.score, own.max_score, *scores, *outcomes, report.seconds.get(own.student), problems


def _checks(report: ClassReport) -> Rows:
    yield "check", "points", *map(str, Outcome), "pass rate", "points lost on average"
    for row in report.checks:
        counts = [row.outcomes[outcome] for outcome in Outcome]
        yield row.check, row.points, *counts, round(row.pass_rate, 4), round(row.lost, 4)


def _misconceptions(report: ClassReport) -> Rows:
    yield "kind", "exercise", "what", "students", "who", "example"
    yield from (_shared("misconception", one) for one in report.misconceptions)
    yield from (_shared("no answer", one) for one in report.troubles)


def _shared(kind: str, one: Shared) -> Sequence[Cell]:
    return kind, one.exercise, one.what, len(one.students), "; ".join(one.students), one.message


def _look_alikes(report: ClassReport) -> Rows:
    yield "by", "where", "share", "students", "who", "wrong answer"
    yield from (_group("code", group) for group in report.alike_in_code)
    yield from (_group("wrong numbers", group) for group in report.alike_in_numbers)


def _group(kind: str, group: Group) -> Sequence[Cell]:
    who = "; ".join(group.students)
    return kind, "; ".join(group.where), round(group.share, 4), len(group.students), who, group.sentence


def _trend(report: ClassReport) -> Rows:
    yield "assignment", "submissions", "lowest", "lower quartile", "median", "upper quartile", "highest"
    for one in report.trend:
        shares = (one.lowest, one.low, one.middle, one.high, one.highest)
        yield one.assignment, one.submissions, *(round(share, 4) for share in shares)
