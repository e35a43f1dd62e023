"""Tables of grades: a plain one, Canvas' gradebook and Moodle's, in the columns that those read back in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder import spreadsheet
from autograder.collect.roster import Member, Roster
from autograder.export.scores import Score, Scores

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_KEEPS = (*CANVAS, "Integration ID", "Root Account", "SIS Root Account")
CANVAS_POINTS = "    Points Possible"  # with the spaces that Canvas writes
TITLED = re.compile(r"(?P<title>.+) \(\d+\)")  # of a column of Canvas: the assignment and its number
MOODLE = ("First name", "Last name", "ID number", "Email address")
GRADE_LATER = "to be graded by hand"

Row = list[spreadsheet.Cell]


@dataclass(frozen=True)
class Table:
    """A table of grades.

    Parameters
    ----------
    text : str
        As CSV.
    notes : tuple of str
        What whoever loads it should know, a sentence each.
    """

    text: str
    notes: tuple[str, ...] = ()


def plain(scores: Scores) -> Table:
    """Return a row for each student, with a column for each graded cell."""
    about = ("student", "last_name", "first_name", "email", "timestamp")
    cells = [f"{notebook}/{cell} ({points:g})" for (notebook, cell), points in scores.cells.items()]
    head = [*about, f"score ({scores.max_score:g})", "points", "late_penalty", *cells]
    return Table(spreadsheet.write([head, *(_plain_row(one, scores) for one in scores.students)]), _open(scores))


def _plain_row(one: Score, scores: Scores) -> Row:
    when = "" if one.timestamp is None else str(one.timestamp)
    cells: Row = [_or_later(one.cells.get(key, 0.0)) for key in scores.cells]
    return [one.student, one.last_name, one.first_name, one.email, when, one.score, one.raw, one.penalty, *cells]


def _or_later(points: float | None) -> spreadsheet.Cell:
    return GRADE_LATER if points is None else points


def canvas(scores: Scores, roster: Roster, column: str) -> Table:
    """Return what Canvas imports: its own identifying columns, and one of grades.

    Parameters
    ----------
    scores : Scores
    roster : Roster
        Canvas' own export, whose rows and column are used; without one the gradebook's students.
    column : str
        The title of the assignment in Canvas.
    """
    keeps = [name for name in roster.columns if name in CANVAS_KEEPS] or list(CANVAS)
    title = _title(roster, column)
    points: Row = [CANVAS_POINTS, *[None] * (len(keeps) - 1), scores.max_score]
    if not roster.members:
        named: list[Row] = [
            [one.name, _canvas_number(one), None, one.student, None, one.score] for one in scores.students
        ]
        return Table(spreadsheet.write([[*keeps, title], points, *named]), _open(scores))
    matched, notes = _matched(scores, roster)
    rows: list[Row] = [
        [*(member.row.get(name, "") for name in keeps), matched[member.student].score]
        for member in roster.members
        if member.student in matched
    ]
    return Table(spreadsheet.write([[*keeps, title], points, *rows]), (*notes, *_open(scores)))


def _canvas_number(one: Score) -> str:
    return next((key for key in (one.lms_user_id, one.student.rpartition("_")[2]) if key.isdigit()), "")


def _title(roster: Roster, column: str) -> str:
    """Return the title of an assignment's column with the number that Canvas gave it, if it has it already."""
    for name in roster.columns:
        match = TITLED.fullmatch(name)
        if match and match["title"].casefold() == column.casefold():
            return name
    return column


def moodle(scores: Scores, roster: Roster, column: str) -> Table:
    """Return what Moodle imports: its grading worksheet with grades, or a table for its gradebook.

    Parameters
    ----------
    scores : Scores
    roster : Roster
        Moodle's own worksheet, whose rows are used; without one the gradebook's students.
    column : str
        The title of the assignment in the gradebook.
    """
    if not roster.members:
        named: list[Row] = [
            [one.first_name, one.last_name, one.student, one.email, one.score] for one in scores.students
        ]
        return Table(spreadsheet.write([[*MOODLE, column], *named]), _open(scores))
    matched, notes = _matched(scores, roster)
    columns = [*roster.columns, *([] if "Grade" in roster.columns else [column])]
    grade = "Grade" if "Grade" in roster.columns else column
    rows: list[Row] = []
    for member in roster.members:
        own = matched.get(member.student)
        filled = member.row if own is None else {**member.row, grade: _scaled(own.score, scores, member.row)}
        rows.append([_nothing(filled.get(name, "")) for name in columns])
    if any(_best(member.row, scores) != scores.max_score for member in roster.members):
        notes = (*notes, f"Points of {scores.max_score:g} were scaled to the maximum grade of the worksheet.")
    return Table(spreadsheet.write([columns, *rows]), (*notes, *_open(scores)))


def _nothing(cell: str) -> str:
    """Return a cell of Moodle's; its dash for nothing, which might begin a formula, is left out."""
    return "" if cell == "-" else cell


def _best(row: Mapping[str, str], scores: Scores) -> float:
    """Return the maximum grade that a row of a worksheet names, else that of the assignment."""
    try:
        return float(row.get("Maximum Grade", "").replace(",", ".") or scores.max_score)
    except ValueError:  # a scale in words
        return scores.max_score


def _scaled(score: float, scores: Scores, row: Mapping[str, str]) -> str:
    return f"{score * _best(row, scores) / (scores.max_score or 1):.2f}"


def _matched(scores: Scores, roster: Roster) -> tuple[dict[str, Score], tuple[str, ...]]:
    """Find for each student the row of a roster; return the scores by member, and who is in one of them only."""
    matched: dict[str, Score] = {}
    lost = []
    for one in scores.students:
        member: Member | None = roster.find(*one.keys)
        if member is None:
            lost.append(one.student)
        else:
            matched[member.student] = one
    without = [member.student for member in roster.members if member.student not in matched]
    return matched, (*_listed("not in the roster, so not in the table", lost), *_listed("without a grade", without))


def _listed(what: str, who: Iterable[str]) -> tuple[str, ...]:
    names = sorted(who)
    return (f"{len(names)} {what}: {', '.join(names)}.",) if names else ()


def _open(scores: Scores) -> tuple[str, ...]:
    return _listed("to be graded by hand yet, in formgrader", (one.student for one in scores.students if one.is_open))
