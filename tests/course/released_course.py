"""The notebooks of the course, as they are committed: worked, and as students receive them."""

import ast
import json
from functools import cache
from pathlib import Path

from autograder.sandbox.loading import load

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
    """Return what the exercise cells of a notebook define, executed after its imports, by name.

    What it imports from earlier notebooks is there, from the worked ones.
    """
    namespace = {"__name__": "__main__"}
    imports = [
        line for cell in cells_of(path, "code")[:1] for line in cell["source"].splitlines() if " numpy" in line
    ]
    defining = [cell for cell in cells_of(path, "code") if mark_of(cell).get("solution") or only_defines(cell)]
    exercises = [cell["source"] for cell in defining if mark_of(cell).get("solution")]
    for module, names in earlier_imports(path).items():
        namespace |= {name: defined_in(module)[name] for name in names}
    for source in (*imports, *(cell["source"] for cell in defining)):
        exec(source, namespace)  # noqa: S102  the course's own notebooks
    return {node.name: namespace[node.name] for source in exercises for node in ast.parse(source).body}


def only_defines(cell):
    """Tell whether a cell holds functions and classes and nothing else: given ones, which exercises may call."""
    return all(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(_plain(cell["source"])).body)


@cache
def defined_in(notebook):
    """Return the functions and classes of a worked notebook, by name, as another one imports them."""
    (path,) = [path for path in WORKED if path.stem == notebook]
    cells = [(f"{notebook}, cell {number}", cell["source"]) for number, cell in enumerate(cells_of(path, "code"))]
    names = {"__name__": notebook}
    load(cells, names, definitions(path), 60.0)
    for module, wanted in earlier_imports(path).items():
        names |= {name: defined_in(module)[name] for name in wanted}
    return names


def earlier_imports(path):
    """Return the names that a notebook imports from other notebooks of the course, by notebook."""
    notebooks = {path.stem for path in WORKED}
    statements = [node for tree in trees(path) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {node.module: [alias.name for alias in node.names] for node in statements if node.module in notebooks}


def definitions(path):
    """Return the functions and classes that a notebook defines."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for tree in trees(path) for node in tree.body if isinstance(node, kinds)}


def trees(path):
    return [ast.parse(_plain(cell["source"])) for cell in cells_of(path, "code")]


def _plain(source):
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
