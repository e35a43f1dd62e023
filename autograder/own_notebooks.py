"""Import functions from your own earlier notebooks by name: ``from affine_layers import affine_forward``.

Only what defines is executed, not experiments and plots. A notebook is looked for beside the one that imports it
and in the neighboring folders, where the earlier assignments are.

This file is also bound into the sandbox: it imports the standard library and `loading`.
"""

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from autograder.sandbox.loading import load
from autograder.sandbox.selection import UNPARSABLE

SECONDS = 10.0  # for all definitions of a notebook
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
        here = Path.cwd()
        beside = [here / f"{name}.ipynb", *sorted(here.parent.glob(f"*/{name}.ipynb"))]
        found = next((file for file in beside if file.is_file()), None)
        return None if found is None else ModuleSpec(name, NotebookLoader(found), origin=str(found))


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
