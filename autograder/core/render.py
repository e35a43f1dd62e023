"""How a check's report looks: a table and a sentence, as text and as HTML. Nothing in it is trusted."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from autograder.core import heat_map, lessons, plain_table
from autograder.core.verdict import CheckReport, Comparison, Outcome

SIGN = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.BLOCKED: "…", Outcome.BROKEN: "!"}
HEAD = ("case", "array", "shape", "relative error", "tolerance", "verdict")
# Of bars beside the text, for light and dark themes and color-blind readers; sign and word say the same.
COLOR = {
    Outcome.PASSED: "#0a7f5a",
    Outcome.FAILED: "#c2410c",
    Outcome.BLOCKED: "#8a6d00",
    Outcome.BROKEN: "#7b3fa0",
}
STYLE = {  # in a terminal
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.BLOCKED: "yellow",
    Outcome.BROKEN: "bold magenta",
}
CELL = "text-align:left;padding:0.2em 0.7em"  # said in each cell: nbgrader's pages take it away

Row = tuple[str, ...]


def text(report: CheckReport, width: int | None = None) -> str:
    """Render a report for a terminal, of so many characters if that is known: a title, a table, a sentence."""
    table = plain_table.lines(HEAD, [row for _, row in rows(report)], width)
    parts = [headline(report), "", *table, "", *report.sentences]
    for case, row in mapped(report):
        parts += ["", heat_map.text(row.array, row.expected_shape, row.levels, case)]
    return "\n".join([*parts, *_where_to_read(report)]).rstrip()


def html(report: CheckReport) -> str:
    """Render a report for a notebook or a page; all text is escaped."""
    head = "".join(f'<th scope="col" style="{CELL}">{name}</th>' for name in HEAD)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{CELL}">{escape(cell)}</td>' for cell in row[:-1])
        + f'<td style="{CELL};white-space:nowrap"><b>{escape(row[-1])}</b></td></tr>'
        for _, row in rows(report)
    )
    sentences = "".join(f"<p>{marked_up(sentence)}</p>" for sentence in report.sentences)
    maps = "".join(heat_map.html(row.array, row.expected_shape, row.levels, case) for case, row in mapped(report))
    color = COLOR[report.outcome]
    return (
        f'<div style="border-left:4px solid {color};padding-left:0.8em">'
        f"<p><b>{escape(headline(report))}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{sentences}{maps}{_link(report)}</div>"
    )


def summary_text(reports: Sequence[CheckReport]) -> str:
    """Render several reports for a terminal, a line each, and how many passed."""
    width = max((len(report.check) for report in reports), default=0)
    lines = [f"{SIGN[report.outcome]} {report.check.ljust(width)}  {_first(report)}".rstrip() for report in reports]
    return "\n".join([*lines, "", _count(reports)])


def summary_html(reports: Sequence[CheckReport]) -> str:
    """Render several reports for a notebook: a row each, and how many passed."""
    rows = "".join(
        f'<tr><td style="{CELL};white-space:nowrap;border-left:4px solid {COLOR[report.outcome]}">'
        f"<b>{escape(_word(report.outcome))}</b></td>"
        f'<td style="{CELL}"><code>{escape(report.check)}</code></td>'
        f'<td style="{CELL}">{marked_up(_first(report))}</td></tr>'
        for report in reports
    )
    head = "".join(
        f'<th scope="col" style="{CELL}">{name}</th>' for name in ("verdict", "check", "what to read first")
    )
    return (
        f"<p><b>{escape(_count(reports))}</b></p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def mapped(report: CheckReport) -> list[tuple[str, Comparison]]:
    """Return the arrays of the first case that shows where an answer is wrong.

    Each with its case, if that is another one than the sentence to read first speaks of, else with nothing.
    """
    told = next((verdict for verdict in report.verdicts if verdict.outcome is report.outcome), None)
    for verdict in report.verdicts:
        maps = [row for row in verdict.comparisons if len({level for line in row.levels for level in line}) > 1]
        if maps and verdict.outcome is Outcome.FAILED and not verdict.hidden:
            return [("" if verdict is told else verdict.case, row) for row in maps]
    return []


def headline(report: CheckReport) -> str:
    """Say what is asked: as a fact if it passed, else as what is still to come."""
    if report.outcome is Outcome.PASSED:
        return f"{SIGN[report.outcome]} {report.check}: {report.title}"
    return f"{SIGN[report.outcome]} {report.check} {report.outcome}. What is asked: {report.title}"


def marked_up(sentence: str) -> str:
    """Escape a sentence, and show what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


def _first(report: CheckReport) -> str:
    return "" if report.outcome is Outcome.PASSED else report.message


def _count(reports: Sequence[CheckReport]) -> str:
    passed = sum(report.outcome is Outcome.PASSED for report in reports)
    return f"{passed} of {len(reports)} checks pass."


def _where_to_read(report: CheckReport) -> list[str]:
    place = lessons.places().get(report.check)
    if report.outcome is Outcome.PASSED or place is None:
        return []
    return ["", f"It is taught in {place.file}, section {place.heading}."]


def _link(report: CheckReport) -> str:
    place = lessons.places().get(report.check)
    if report.outcome is Outcome.PASSED or place is None:
        return ""
    link = f'<a href="{escape(place.anchor)}">{escape(place.heading)}</a>'
    return f"<p>It is taught in {escape(place.file)}, section {link}.</p>"


def rows(report: CheckReport) -> Iterator[tuple[Outcome, Row]]:
    """Yield the rows of a report's table: of hidden cases the verdict and nothing else."""
    for verdict in report.verdicts:
        if not verdict.comparisons or verdict.hidden:
            yield verdict.outcome, (verdict.case, "", "", "", "", _word(verdict.outcome))
            continue
        for comparison in verdict.comparisons:
            outcome = Outcome.PASSED if comparison.passed else verdict.outcome
            yield outcome, (verdict.case, *_numbers(comparison), _word(outcome))


def _numbers(comparison: Comparison) -> Row:
    shape = "" if comparison.shape is None else str(comparison.shape)
    error = "" if comparison.error is None else f"{comparison.error:.2g}"
    tolerance = "" if comparison.tolerance is None else f"{comparison.tolerance:.0e}"
    return comparison.array, shape, error, tolerance


def _word(outcome: Outcome) -> str:
    return f"{SIGN[outcome]} {outcome}"
