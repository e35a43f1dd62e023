"""Where each check stands in the course, and the hints for each exercise: what a verdict links to.

Both are data that a student's kit holds. ``python -m autograder.bank.publish`` writes the places anew from the
worked notebooks; the hints are written by hand.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "checks"
PLACES = FOLDER / "lessons.json"
HINTS = FOLDER / "hints.toml"


@dataclass(frozen=True)
class Place:
    """Where a check stands.

    Parameters
    ----------
    assignment, notebook : str
        Without ending.
    heading : str
        The title of the section.
    """

    assignment: str
    notebook: str
    heading: str

    @property
    def file(self) -> str:
        """The notebook's path in the course."""
        return f"{self.assignment}/{self.notebook}.ipynb"

    @property
    def anchor(self) -> str:
        """The link to the section within its notebook, as JupyterLab makes it."""
        return "#" + re.sub(r"\s+", "-", self.heading)


@cache
def places() -> dict[str, Place]:
    """Return where each check stands, by its name, in the order of the course."""
    entries = json.loads(PLACES.read_text(encoding="utf-8"))
    return {name: Place(**entry) for name, entry in entries.items()}


@cache
def hints() -> dict[str, list[str]]:
    """Return the hints for each exercise, from a nudge to nearly there."""
    return tomllib.loads(HINTS.read_text(encoding="utf-8"))


def beside(check: str) -> list[str]:
    """Return all checks of the notebook in which this one is, in order."""
    here = places().get(check)
    return [name for name, place in places().items() if here and place.file == here.file]


def cell_of(exercise: str) -> str:
    """Return the name of the cell in which an exercise, a function or a class, stands.

    Examples
    --------
    >>> cell_of("relu_forward"), cell_of("ThreeLayerConvNet")
    ('relu-forward', 'three-layer-conv-net')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", exercise).replace("_", "-").lower()


def find_places(solutions: Path, order: Iterable[str]) -> dict[str, dict[str, str]]:
    """Read from the worked notebooks where each check stands: below which heading of the second level.

    Parameters
    ----------
    solutions : Path
    order : iterable of str
        The checks in the order of the course: the notebook of an earlier one comes first.

    Returns
    -------
    dict
        By check, in the order in which they are met.
    """
    rank = {name: number for number, name in enumerate(order)}
    found = _found_places(solutions)
    first: dict[str, int] = {}
    for name, place in found.items():
        first[place["notebook"]] = min(rank[name], first.get(place["notebook"], len(rank)))
    return dict(sorted(found.items(), key=lambda entry: (entry[1]["assignment"], first[entry[1]["notebook"]])))


def _found_places(solutions: Path) -> dict[str, dict[str, str]]:
    found = {}
    for path in sorted(solutions.glob("*/*.ipynb")):
        heading = ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            title = re.match(r"## (.+)", source)
            asked = re.fullmatch(r'check\("(\w+)"\)', source.strip())
            if cell["cell_type"] == "markdown" and title:
                heading = title[1]
            if asked:
                found[asked[1]] = {"assignment": path.parent.name, "notebook": path.stem, "heading": heading}
    return found
