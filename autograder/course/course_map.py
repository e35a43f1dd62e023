"""The way through the course: a table of its notebooks, in order, with what one writes and how long it takes.

``python -m autograder.bank.publish`` writes it into docs/self-learners.md, between two marks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from autograder.checks import BANK
from autograder.course.durations import Span, minutes_of, told

PAGE = Path(__file__).parents[2] / "docs" / "self-learners.md"
BEGIN, END = "<!-- notebooks: written by `python -m autograder.bank.publish` -->", "<!-- end of notebooks -->"
ASKED = re.compile(r'check\("(\w+)"\)')
HEAD = "| notebook | you write | time |\n|---|---|---|"


@dataclass(frozen=True)
class Stop:
    """One notebook on the way.

    Parameters
    ----------
    assignment, notebook, title : str
    writes : str
        What its first cell says that one writes.
    minutes : tuple of (int, int) or None
    first : int
        Where its first check is in the order of the course.
    """

    assignment: str
    notebook: str
    title: str
    writes: str
    minutes: Span | None
    first: int


def stops(solutions: Path) -> list[Stop]:
    """Read the notebooks of the course, in its order."""
    found = [_stop(path) for path in sorted(solutions.glob("*/*.ipynb"))]
    return sorted(found, key=lambda stop: (stop.assignment, stop.first, stop.notebook))


def table(solutions: Path) -> str:
    """Return the way through the course as Markdown."""
    parts = [
        "\n".join(_section(assignment, list(inside)))
        for assignment, inside in groupby(stops(solutions), key=lambda stop: stop.assignment)
    ]
    return "\n\n".join(parts)


def with_table(page: str, solutions: Path) -> str:
    """Return the page with its table written anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(solutions)}\n\n{END}{rest.partition(END)[2]}"


def _section(assignment: str, inside: list[Stop]) -> Iterator[str]:
    spans = [stop.minutes for stop in inside if stop.minutes]
    whole = told((sum(low for low, _ in spans), sum(high for _, high in spans)))
    name = re.sub(r"(\d+)$", r" \1", assignment).capitalize()
    yield f"### {name}: {whole}\n"
    yield HEAD
    for stop in inside:
        link = f"[{stop.title}](../assignments/{stop.assignment}/{stop.notebook}.ipynb)"
        yield f"| {link} | {stop.writes} | {told(stop.minutes)} |"


def _stop(path: Path) -> Stop:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    title = "".join(cells[0]["source"])
    asked = (ASKED.fullmatch("".join(cell["source"]).strip()) for cell in cells)
    order = [list(BANK).index(match[1]) for match in asked if match and match[1] in BANK]
    takes = _said(title, "It takes")
    return Stop(
        path.parent.name,
        path.stem,
        title.partition("\n")[0].removeprefix("# "),
        _said(title, "You write").removesuffix(".").replace("|", r"\|"),
        minutes_of(takes),
        min(order, default=len(BANK)),
    )


def _said(title: str, what: str) -> str:
    """Return what the first cell says in one of its lines."""
    found = re.search(rf"\*\*{what}:\*\* (.+)", title)
    return found[1] if found else ""
