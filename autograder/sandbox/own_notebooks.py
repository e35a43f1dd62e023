"""Import functions from your own earlier notebooks by name: ``from affine_layers import affine_forward``.

Only what defines is executed, not experiments and plots. A notebook is looked for beside the one that imports it
and in the neighboring folders, where the earlier assignments are; while grading, among those that the grader found.

This file is also bound into the sandbox: it imports the standard library and `loading`.
"""

import ast
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.sandbox.loading import OwnNotebookError, load, time_left
from autograder.sandbox.selection import UNPARSABLE

SECONDS = 60.0  # for all definitions of a notebook, its imports included, on a busy machine
SHARE = 0.5  # of the time that the importing statement has left: what hangs is given up in time for the others
UNFINISHED = (
    "`{{}}` of `{}.ipynb` is not finished. Finish it there, save that notebook, and restart this one's kernel."
)
LONGEST_NOTE = 200  # characters of why a cell could not be loaded
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
Cells = list[tuple[str, str]]


@dataclass(frozen=True)
class OwnNotebooks:
    """What a notebook may import of its author's other notebooks.

    Parameters
    ----------
    cells : mapping
        By name, the code of each, with a label for every cell.
    absent : mapping
        By name, a sentence for each that is not there: which it is, and what to do.
    """

    cells: Mapping[str, Cells] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)


class NotebookLoader(Loader):
    """Executes the definitions of a notebook.

    Parameters
    ----------
    name : str
    read : callable
        Returns the cells, or raises `OwnNotebookError`.
    """

    def __init__(self, name: str, read: Callable[[], Cells]) -> None:
        self._name = name
        self._read = read

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module with what can be loaded.

        Raises
        ------
        OwnNotebookError
            If there is nothing to read; and later, if a name is asked for that is not there.
        """
        cells = self._read()
        seconds = min(SECONDS, SHARE * time_left())
        notes = load(cells, vars(module), _defined(cells), seconds, UNFINISHED.format(self._name))
        vars(module)["__getattr__"] = _missing(self._name, notes)


class NotebookFinder(MetaPathFinder):
    """Finds a module that is a notebook; asked after everything else, so it hides nothing.

    Parameters
    ----------
    find : callable
        Returns for a name what reads the cells of that notebook, or None.
    """

    def __init__(self, find: Callable[[str], Callable[[], Cells] | None]) -> None:
        self._find = find

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load the notebook of that name, or nothing."""
        read = self._find(name) if path is None and name.isidentifier() else None
        return None if read is None else ModuleSpec(name, NotebookLoader(name, read), origin=f"{name}.ipynb")


def install() -> None:
    """Let notebooks be imported by name, once."""
    if not any(isinstance(finder, NotebookFinder) for finder in sys.meta_path):
        sys.meta_path.append(NotebookFinder(_in_neighboring_folders))


def hand_over(cells: Mapping[str, Cells], absent: Mapping[str, str]) -> None:
    """Let these notebooks be imported by name, and no others; say of some why they are not there."""

    def find(name: str) -> Callable[[], Cells] | None:
        if name in cells:
            return lambda: cells[name]
        return _absent(absent[name]) if name in absent else None

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, NotebookFinder)]
    sys.meta_path.append(NotebookFinder(find))


def neighbor(folder: Path, name: str) -> Path | None:
    """Return the notebook of that name beside those of a folder, or in a folder beside that one.

    Parameters
    ----------
    folder : Path
    name : str
        Without ending.
    """
    beside = [folder / f"{name}.ipynb", *sorted(folder.parent.glob(f"*/{name}.ipynb"))]
    return next((file for file in beside if file.is_file()), None)


def _in_neighboring_folders(name: str) -> Callable[[], Cells] | None:
    file = neighbor(Path.cwd(), name)
    return None if file is None else lambda: _cells(file)


def _absent(sentence: str) -> Callable[[], Cells]:
    def read() -> Cells:
        raise OwnNotebookError(sentence)

    return read


def _cells(path: Path) -> Cells:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            (f"{path.stem}, cell {number}", "".join(cell["source"]))
            for number, cell in enumerate(cells, start=1)
            if cell["cell_type"] == "code"
        ]
    except (OSError, *UNPARSABLE, LookupError, TypeError, AttributeError) as error:
        raise OwnNotebookError(f"`{path.name}` must be a notebook (got {error}). Save it again.") from error


def _missing(name: str, notes: Sequence[str]) -> Callable[[str], Any]:
    """Return what a module answers that is asked for a name which its notebook does not define."""

    def missing(wanted: str) -> Any:
        if wanted.startswith("__"):  # what Python itself looks for
            raise AttributeError(wanted)
        remedy = "Look at its name there, and save the notebook."
        if notes:
            remedy = (
                f"A cell of it cannot be loaded ({notes[0][:LONGEST_NOTE]}). Fix that one, and save the notebook."
            )
        raise OwnNotebookError(f"`{name}.ipynb` does not define `{wanted}`. {remedy}")

    return missing


def _defined(cells: Iterable[tuple[str, str]]) -> set[str]:
    """Return the functions and classes that cells define; one that is no Python is told when it is loaded."""
    names = set()
    for _, source in cells:
        try:
            names |= {node.name for node in ast.parse(source).body if isinstance(node, DEFINITIONS)}
        except UNPARSABLE:
            continue
    return names
