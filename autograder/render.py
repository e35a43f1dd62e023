"""How a check's report looks: a table and a sentence, as text and as HTML. Nothing in it is trusted."""

import re
from collections.abc import Iterator
from html import escape

from autograder.verdict import CheckReport, Comparison, Outcome

SIGN = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.BLOCKED: "…", Outcome.BROKEN: "!"}
HEAD = ("case", "array", "shape", "relative error", "tolerance", "verdict")
# Of bars beside the text, for light and dark themes and color-blind readers; sign and word say the same.
COLOR = {
    Outcome.PASSED: "#0a7f5a",
    Outcome.FAILED: "#c2410c",
    Outcome.BLOCKED: "#8a6d00",
    Outcome.BROKEN: "#7b3fa0",
}
CELL = "text-align:left;padding:0.2em 0.7em"  # said in each cell: nbgrader's pages take it away

Row = tuple[str, ...]


def text(report: CheckReport) -> str:
    """Render a report for a terminal: a title, a table, a sentence."""
    rows = [HEAD, *(row for _, row in _rows(report))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    parts = [headline(report), "", *lines]
    return "\n".join([*parts, "", *_sentences(report)]).rstrip()


def html(report: CheckReport) -> str:
    """Render a report for a notebook or a page; all text is escaped."""
    head = "".join(f'<th scope="col" style="{CELL}">{name}</th>' for name in HEAD)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{CELL}">{escape(cell)}</td>' for cell in row[:-1])
        + f'<td style="{CELL};white-space:nowrap"><b>{escape(row[-1])}</b></td></tr>'
        for _, row in _rows(report)
    )
    sentences = "".join(f"<p>{marked_up(sentence)}</p>" for sentence in _sentences(report))
    color = COLOR[report.outcome]
    return (
        f'<div style="border-left:4px solid {color};padding-left:0.8em">'
        f"<p><b>{escape(headline(report))}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{sentences}</div>"
    )


def headline(report: CheckReport) -> str:
    """Say what is asked: as a fact if it passed, else as what is still to come."""
    if report.outcome is Outcome.PASSED:
        return f"{SIGN[report.outcome]} {report.check}: {report.title}"
    return f"{SIGN[report.outcome]} {report.check} {report.outcome}. What is asked: {report.title}"


def marked_up(sentence: str) -> str:
    """Escape a sentence, and show what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


def _sentences(report: CheckReport) -> list[str]:
    return list(report.sentences)


def _rows(report: CheckReport) -> Iterator[tuple[Outcome, Row]]:
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
