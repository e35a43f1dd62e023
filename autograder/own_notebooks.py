"""Import functions from your own earlier notebooks by name: ``from affine_layers import affine_forward``.

Only what defines is executed, not experiments and plots. A notebook is looked for beside the one that imports it
and in the neighboring folders, where the earlier assignments are.

This file is also bound into the sandbox: it imports the standard library and `loading`.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from autograder.sandbox.loading import load
from autograder.sandbox.selection import UNPARSABLE

SECONDS = 10.0  # for all definitions of a notebook
IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


class NotebookLoader(Loader):
    """Executes the definitions of a notebook.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module.

        Raises
        ------
        ImportError
            If the file is no notebook, or one of its cells cannot be loaded.
        """
        try:
            cells = list(_cells(self._path))
        except (OSError, *UNPARSABLE, LookupError, TypeError, AttributeError) as error:
            raise ImportError(f"`{self._path.name}` must be a notebook (got {error}). Save it again.") from error
        module.__file__ = str(self._path)
        notes = load(cells, vars(module), _defined(cells), SECONDS)
        if notes:
            raise ImportError(f"`{self._path.name}` cannot be loaded ({notes[0]}). Fix that cell first.")


class NotebookFinder(MetaPathFinder):
    """Finds a module that is a notebook; asked after everything else, so it hides nothing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load the notebook of that name, or nothing."""
        if path is not None or not name.isidentifier():
            return None
        found = notebook_of(name, Path.cwd())
        return None if found is None else ModuleSpec(name, NotebookLoader(found), origin=str(found))


def notebook_of(name: str, here: Path) -> Path | None:
    """Return the notebook of that name that code in a folder means, or nothing."""
    beside = [here / f"{name}.ipynb", *sorted(here.parent.glob(f"*/{name}.ipynb"))]
    return next((file for file in beside if file.is_file()), None)


def earlier_notebooks(path: Path, cells: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the code of the notebooks that the cells of one import, and that those import, by file name.

    Parameters
    ----------
    path : Path
        Of the importing notebook.
    cells : sequence of (label, source)
    """
    found: dict[str, str] = {}
    waiting = [source for _, source in cells]
    while waiting:
        for name in IMPORTED.findall(waiting.pop()):
            file = notebook_of(name, path.resolve().parent)
            if file is None or file.name in found or file.stem == path.stem:
                continue
            sources = _sources(file)
            found[file.name] = json.dumps({"cells": [{"cell_type": "code", "source": text} for text in sources]})
            waiting += sources
    return found


def _sources(path: Path) -> list[str]:
    """Return the code of a notebook; none if it cannot be read: whoever uses a function of it is told."""
    try:
        return [source for _, source in _cells(path)]
    except (OSError, *UNPARSABLE, LookupError, TypeError, AttributeError):
        return []


def install() -> None:
    """Let notebooks be imported by name, once."""
    if not any(isinstance(finder, NotebookFinder) for finder in sys.meta_path):
        sys.meta_path.append(NotebookFinder())


def _cells(path: Path) -> Iterator[tuple[str, str]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            yield f"{path.stem}, cell {number}", "".join(cell["source"])


def _defined(cells: Sequence[tuple[str, str]]) -> set[str]:
    """Return the functions and classes that cells define; one that is no Python is told when it is loaded."""
    names = set()
    for _, source in cells:
        try:
            names |= {node.name for node in ast.parse(source).body if isinstance(node, DEFINITIONS)}
        except UNPARSABLE:
            continue
    return names
