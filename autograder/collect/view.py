"""What a collection shows in a terminal, and as JSON."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.collect.collection import Collected, Fate, Notebooks, Row
from autograder.terminal import escape

SIGN = {Notebooks.FOUND: "✓", Notebooks.RENAMED: "~", Notebooks.DUPLICATE: "2", Notebooks.MISSING: "✗"}
STYLE = {Fate.KEPT: "yellow", Fate.NOTHING: "red", Fate.UNCHANGED: "dim"}
COLUMNS = ("student", "name", "notebooks", "came", "late", "now")
OPTIONAL = ("name", "came", "late")  # are left out where nobody has any
MOST_STRAYS = 10
WIDEST = 10_000  # columns of a table, to measure it


def show(collected: Collected, console: Console, *, dry: bool) -> None:
    """Print a collection: a row for each student, what else to know, a summary."""
    named = table(collected)
    fits = console.measure(named, options=console.options.update(max_width=WIDEST)).maximum <= console.width
    console.print(named if fits else table(collected, by_name=False))
    for row in collected.rows:
        for note in row.notes:
            console.print(
                f"[bold]{escape(row.student)}[/]: {escape(note)}", highlight=False, soft_wrap=not console.is_terminal
            )
    for stray in collected.strays[:MOST_STRAYS]:
        console.print(f"[yellow]nobody's:[/] {escape(stray)}", highlight=False, soft_wrap=not console.is_terminal)
    if len(collected.strays) > MOST_STRAYS:
        console.print(f"[yellow]nobody's:[/] and {len(collected.strays) - MOST_STRAYS} more files")
    for sentence in summary(collected, dry=dry):
        console.print(sentence, highlight=False)


def table(collected: Collected, *, by_name: bool = True) -> Table:
    """Return a row for each student: what there is of each notebook, when it came, what became of it.

    Columns in which nothing stands are left out. Without names beside their signs it is narrow: then they stand
    below, in the same order.
    """
    caption = "  ".join(f"{sign} {state}" for state, sign in SIGN.items())
    if not by_name:
        caption = f"notebooks: {', '.join(collected.rows[0].notebooks)}\n{caption}"
    shown = Table(title=f"read as {collected.layout}", caption=caption, caption_justify="left")
    rows = [_cells(row, by_name=by_name) for row in collected.rows]
    used = [place for place, name in enumerate(COLUMNS) if name not in OPTIONAL or any(row[place] for row in rows)]
    for place in used:
        shown.add_column(COLUMNS[place], no_wrap=True)
    for row, cells in zip(collected.rows, rows, strict=True):
        shown.add_row(*(escape(cells[place]) for place in used), style=STYLE.get(row.fate, ""))
    return shown


def _cells(row: Row, *, by_name: bool) -> tuple[str, ...]:
    came = "" if row.moment is None else row.moment.strftime("%Y-%m-%d %H:%M")
    name = "" if row.name == row.student else row.name
    return row.student, name, _notebooks(row, by_name=by_name), came, told(row.late), str(row.fate)


def _notebooks(row: Row, *, by_name: bool) -> str:
    return " ".join(f"{SIGN[state]} {name}" if by_name else SIGN[state] for name, state in row.notebooks.items())


def told(late: timedelta | None) -> str:
    """Say how late something is.

    Examples
    --------
    >>> told(timedelta(days=1, hours=2, minutes=5)), told(timedelta(minutes=3)), told(timedelta()), told(None)
    ('1 d 2 h', '3 min', 'late', '')
    """
    if late is None:
        return ""
    minutes = int(late.total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{max(minutes, 1)} min" if late else "late"


def summary(collected: Collected, *, dry: bool) -> Iterator[str]:
    """Yield what to know of the whole, and what to do next."""
    fates = Counter(row.fate for row in collected.rows)
    counted = ", ".join(f"{number} {fate}" for fate, number in sorted(fates.items()))
    late = sum(row.late is not None for row in collected.rows)
    due = "no due date is known" if collected.due is None else f"due {collected.due:%Y-%m-%d %H:%M} UTC"
    students = f"{len(collected.rows)} {'student' if len(collected.rows) == 1 else 'students'}"
    yield f"{students}: {counted}; {late} late ({due})."
    if fates[Fate.KEPT]:
        yield "What was there already and differs was left as it is; --replace takes the new files."
    if dry:
        yield "Nothing was written: this was a look with --dry-run."


def as_dict(collected: Collected) -> dict[str, Any]:
    """Return a collection as plain data."""
    return {
        "layout": str(collected.layout),
        "due": None if collected.due is None else collected.due.isoformat(),
        "nobodys": list(collected.strays),
        "students": [
            {
                "student": row.student,
                "name": row.name,
                "now": str(row.fate),
                "notebooks": {name: str(state) for name, state in row.notebooks.items()},
                "came": None if row.moment is None else row.moment.isoformat(),
                "late": row.late is not None,
                "seconds_late": None if not row.late else row.late.total_seconds(),
                "notes": list(row.notes),
            }
            for row in collected.rows
        ],
    }
