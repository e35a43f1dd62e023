"""The worked solution of an exercise, with its derivation, for whoever has the whole course. A kit has none."""

import json
from pathlib import Path
from typing import Any

from autograder.checks import BANK
from autograder.core import lessons

SOLUTIONS = Path(__file__).parents[2] / "solutions"
MISSING = (
    "There is no worked solution of `{0}` here: those who have the whole course find them in `solutions/`. "
    '`hint("{0}")` opens one hint at a time.'
)
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def solution(exercise: str) -> str | None:
    """Return the maths and the worked code of an exercise as Markdown, or None where there is no worked notebook.

    Parameters
    ----------
    exercise : str
    """
    checks = [check.name for check in BANK.values() if check.exercise == exercise]
    place = next((lessons.places()[name] for name in checks if name in lessons.places()), None)
    path = SOLUTIONS / place.file if place else None
    if place is None or path is None or not path.is_file():
        return None
    cells = _cells(path)
    maths = [cells[name] for name in (f"math-{check.replace('_', '-')}" for check in checks) if name in cells]
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
