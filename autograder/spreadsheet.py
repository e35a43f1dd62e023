"""Tables for spreadsheets, as CSV: every cell is read as the text or the number that it is, never as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from autograder.sandbox.wire import clean

# Where a formula may begin: with the cell, or behind what separates cells elsewhere. Its sign may be of full width.
FORMULA = re.compile(r"(?:^|(?<=[;,|]))(?=[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

Cell = str | int | float | None


def write(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV, every text quoted.

    Parameters
    ----------
    rows : iterable of sequence
        Text, numbers, or None for an empty cell.

    Returns
    -------
    str
    """
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(
        [as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return file.getvalue()


def as_text(text: str) -> str:
    r"""Make a text that no spreadsheet takes for a formula, and that stays in its cell.

    A text that might begin a formula gets an apostrophe, which spreadsheets take as "what follows is text".
    Control characters, which some programs skip before a formula, are spelt out. Numbers stay as they are.

    Examples
    --------
    >>> as_text("=1+1"), as_text("-1.5"), as_text("Ada\t")
    ("'=1+1", '-1.5', 'Ada\\t')
    """
    plain = clean(text, len(text))
    return plain if NUMBER.fullmatch(plain) else FORMULA.sub("'", plain)
