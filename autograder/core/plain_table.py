"""A table in characters: without empty columns, and with the first column on lines of its own where it is wide."""

from collections.abc import Sequence
from itertools import groupby

Row = Sequence[str]


def lines(head: Row, body: Sequence[Row], width: int | None = None) -> list[str]:
    """Lay out a table.

    Parameters
    ----------
    head : sequence of str
    body : sequence of sequence of str
    width : int or None
        Of the terminal, in characters; None where any is right.

    Returns
    -------
    list of str

    Examples
    --------
    >>> lines(("case", "shape", "verdict"), [("n=2", "", "failed"), ("n=10", "", "passed")])
    ['case  verdict', 'n=2   failed', 'n=10  passed']
    >>> lines(("case", "array", "verdict"), [("n=2, shape=(4, 5)", "dx", "failed")], width=20)
    ['  array  verdict', 'n=2, shape=(4, 5)', '  dx     failed']
    """
    used = [column for column in range(len(head)) if column == 0 or any(row[column] for row in body)]
    table = [[row[column] for column in used] for row in (head, *body)]
    laid_out = _aligned(table)
    if width is None or max(map(len, laid_out)) <= width:
        return laid_out
    first, *rest = zip(table, _aligned([row[1:] for row in table]), strict=True)
    cases = groupby(rest, key=lambda pair: pair[0][0])
    return [f"  {first[1]}", *(line for case, inside in cases for line in (case, *(f"  {row}" for _, row in inside)))]


def _aligned(table: Sequence[Row]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
