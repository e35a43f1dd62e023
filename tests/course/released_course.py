"""The notebooks of the course, as they are committed: worked, and as students receive them."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKED = sorted((ROOT / "solutions").glob("*/*.ipynb"))
RELEASED = sorted((ROOT / "assignments").glob("*/*.ipynb"))


def name_of(path):
    """Return ``assignment1/affine_layers``, for the names of tests."""
    return f"{path.parent.name}/{path.stem}"


def cells_of(path, kind=None):
    """Return the cells of a notebook, all or those of one type, with their source as one text."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in cells if kind in (None, cell["cell_type"])]


def mark_of(cell):
    """Return nbgrader's metadata of a cell; nothing if it has none."""
    return cell["metadata"].get("nbgrader", {})


def check_cells_of(path):
    """Return the code cells that are worth points."""
    return [cell for cell in cells_of(path, "code") if mark_of(cell).get("grade")]


def exercises_of(path):
    """Return what the exercise cells of a notebook define, executed after its imports, by name."""
    namespace = {"__name__": "__main__"}
    imports = [
        line for cell in cells_of(path, "code")[:1] for line in cell["source"].splitlines() if " numpy" in line
    ]
    exercises = [cell["source"] for cell in cells_of(path, "code") if mark_of(cell).get("solution")]
    for source in (*imports, *exercises):
        exec(source, namespace)  # noqa: S102  the course's own notebooks
    return {name: value for name, value in namespace.items() if getattr(value, "__module__", None) == "__main__"}
