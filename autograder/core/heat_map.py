"""A small map of where an array is wrong: levels instead of numbers, so that it can be kept in a report.

Arrays of two or more dimensions have one. Leading axes (examples, channels) are folded into their worst.
"""

from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

Levels = tuple[tuple[int, ...], ...]

MOST = 32  # rows and columns: a larger map is no longer read
BOUNDS = (1e-3, 1e-1)  # relative errors from which an element is wrong, and far off
NAMES = ("within tolerance", "close", "wrong", "far off")
SIGNS = ("·", "▫", "▪", "■")  # say the same where there is no color
# Light enough for dark text and distinct for color-blind readers, whatever the theme of the page.
COLORS = ("transparent", "#fde9a9", "#f4a460", "#c2410c")
CELL = "width:1.3em;min-width:1.3em;height:1.3em;padding:0;text-align:center;border:1px solid #8888"


def levels(errors: npt.NDArray[np.float64], tolerance: float) -> Levels:
    """Return how far off the elements are, by row and column; nothing for arrays of fewer dimensions.

    Parameters
    ----------
    errors : ndarray
        Relative errors.
    tolerance : float
        The largest that passes.

    Examples
    --------
    >>> levels(np.array([[0.0, 1e-4], [0.01, 0.5]]), 1e-7)
    ((0, 1), (2, 3))
    """
    if errors.ndim < 2 or not errors.size:
        return ()
    worst = np.nan_to_num(errors, nan=1.0).reshape(-1, *errors.shape[-2:]).max(axis=0)[:MOST, :MOST]
    level = np.where(worst <= tolerance, 0, 1 + np.searchsorted(BOUNDS, worst))
    return tuple(tuple(int(value) for value in row) for row in level)


def html(name: str, shape: tuple[int, ...], levels: Levels, case: str = "") -> str:
    """Draw a map as a table, with a sentence for readers that cannot see it; name its case if one is given."""
    rows = "".join(
        "<tr>" + "".join(f'<td style="{CELL};{_paint(level)}">{SIGNS[level]}</td>' for level in row) + "</tr>"
        for row in levels
    )
    used = sorted({level for row in levels for level in row})
    legend = ", ".join(f"{SIGNS[level]} {NAMES[level]}" for level in used)
    return (
        f'<figure role="img" aria-label="{escape(summary(name, shape, levels, case))}" style="margin:0.6em 0">'
        f'<table aria-hidden="true" style="border-collapse:collapse;line-height:1.2">{rows}</table>'
        f"<figcaption>{escape(caption(name, shape, case))}: {legend}</figcaption></figure>"
    )


def text(name: str, shape: tuple[int, ...], levels: Levels, case: str = "") -> str:
    """Draw a map in characters."""
    used = sorted({level for row in levels for level in row})
    legend = ", ".join(f"{SIGNS[level]} {NAMES[level]}" for level in used)
    return "\n".join([f"{caption(name, shape, case)} ({legend}):", *("  " + " ".join(_signs(row)) for row in levels)])


def caption(name: str, shape: tuple[int, ...], case: str = "") -> str:
    """Say what a map shows."""
    where = f"In the case {case}: where" if case else "Where"
    if len(shape) == 2:
        return f"{where} {name} is wrong, row by row"
    return f"{where} {name} is wrong, the worst over its first {'axis' if len(shape) == 3 else 'axes'}, row by row"


def summary(name: str, shape: tuple[int, ...], levels: Levels, case: str = "") -> str:
    """Say in a sentence what a map shows, for those who do not see it."""
    wrong = sum(level > 0 for row in levels for level in row)
    return f"{caption(name, shape, case)}: {wrong} of {sum(map(len, levels))} places are wrong."


def _paint(level: int) -> str:
    ink = ("inherit", "#222", "#222", "#2b0a00")[level]  # dark on all: a white sign would look like an empty cell
    return f"background:{COLORS[level]};color:{ink}"


def _signs(row: tuple[int, ...]) -> list[Any]:
    return [SIGNS[level] for level in row]
