"""The worked solution of an exercise, with its derivation, for whoever has the whole course. A kit has none."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.core import lessons
from autograder.core.question import Check

SOLUTIONS = Path(__file__).parents[2] / "solutions"
MISSING = (
    "There is no worked solution of `{0}` here: those who have the whole course find them in `solutions/`. "
    '`hint("{0}")` opens one hint at a time.'
)
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def solution(checks: Sequence[Check]) -> str | None:
    """Return the maths and the worked code of an exercise as Markdown, or None where there is no worked notebook.

    Parameters
    ----------
    checks : sequence of Check
        Those of the exercise in one notebook.
    """
    exercise, place = checks[0].exercise, lessons.places().get(checks[0].name)
    path = SOLUTIONS / place.file if place else None
    if place is None or path is None or not path.is_file():
        return None
    cells = _cells(path)
    names = (f"math-{check.name.replace('_', '-')}" for check in checks)
    maths = [cells[name] for name in names if name in cells]
    code = _without_markers(cells[lessons.cell_of(exercise)])
    source = f"From the worked notebook `solutions/{place.file}`, section {place.heading}."
    return "\n\n".join([f"## `{exercise}`", *maths, f"### Solution\n\n```python\n{code}\n```", source])


def _cells(path: Path) -> dict[str, str]:
    """Return the sources of a notebook's cells by their ids."""
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def _without_markers(source: str) -> str:
    lines = source.rstrip().splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith(MARKERS))
