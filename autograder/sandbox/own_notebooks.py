"""Import functions from your own earlier notebooks by name: ``from affine_layers import affine_forward``.

Only what defines is executed, not experiments and plots. A notebook is looked for beside the one that imports it
and in the neighboring folders, where the earlier assignments are; while grading, among those that the grader found.

This file is also bound into the sandbox: it imports the standard library and `loading`.
"""

import ast
import json
import re
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
FROM = re.compile(r"^[ \t]*from[ \t]+(\w+)[ \t]+import\b[ \t]*(\([^)]{0,5000}\)|[^#;\n]*)", re.MULTILINE)
COMMENT = re.compile(r"#[^\n]*")
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
    imported : frozenset of str or None
        The names that will be imported; None if any may be.
    """

    def __init__(self, name: str, read: Callable[[], Cells], imported: frozenset[str] | None) -> None:
        self._name = name
        self._read = read
        self._imported = imported

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module with what can be loaded.

        Raises
        ------
        OwnNotebookError
            If there is nothing to read; and later, if a name is asked for that is not there.
        """
        cells = self._read()
        seconds = min(SECONDS, SHARE * time_left())
        asked = _defined(cells) if self._imported is None else self._imported
        notes = load(cells, vars(module), asked, seconds, UNFINISHED.format(self._name))
        vars(module)["__getattr__"] = _missing(self._name, notes)


class NotebookFinder(MetaPathFinder):
    """Finds a module that is a notebook; asked after everything else, so it hides nothing.

    Parameters
    ----------
    find : callable
        Returns for a name what reads the cells of that notebook, or None.
    importing : iterable of str
        All code that may import it, if that is known: what is imported nowhere is not asked for.
    """

    def __init__(self, find: Callable[[str], Callable[[], Cells] | None], importing: Iterable[str] = ()) -> None:
        self._find = find
        self._importing = list(importing)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load the notebook of that name, or nothing."""
        read = self._find(name) if path is None and name.isidentifier() else None
        if read is None:
            return None
        imported = imported_names(name, self._importing)
        return ModuleSpec(name, NotebookLoader(name, read, imported), origin=f"{name}.ipynb")


def install() -> None:
    """Let notebooks be imported by name, once."""
    if not any(isinstance(finder, NotebookFinder) for finder in sys.meta_path):
        sys.meta_path.append(NotebookFinder(_in_neighboring_folders))


def hand_over(cells: Mapping[str, Cells], absent: Mapping[str, str], importing: Iterable[str] = ()) -> None:
    """Let these notebooks be imported by name, and no others; say of some why they are not there.

    Parameters
    ----------
    cells : mapping
    absent : mapping
    importing : iterable of str
        The code that imports them, but for what they import from each other.
    """
    sources = [*importing, *(source for own in cells.values() for _, source in own)] if importing else []

    def find(name: str) -> Callable[[], Cells] | None:
        if name in cells:
            return lambda: cells[name]
        return _absent(absent[name]) if name in absent else None

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, NotebookFinder)]
    sys.meta_path.append(NotebookFinder(find, sources))


def imported_names(name: str, sources: Iterable[str]) -> frozenset[str] | None:
    """Return the names that code imports from a notebook; None if it cannot be said for certain.

    Examples
    --------
    >>> sorted(imported_names("affine_layers", ["from affine_layers import affine_forward, relu_forward as relu"]))
    ['affine_forward', 'relu_forward']
    """
    names: set[str] = set()
    begun = re.compile(rf"\bfrom[ \t]+{re.escape(name)}\b")
    otherwise = re.compile(rf"\bimport\b[^\n]*\b{re.escape(name)}\b|['\"]{re.escape(name)}['\"]")
    found = False
    for source in sources:
        lists = [match[2] for match in FROM.finditer(source) if match[1] == name]
        odd = any("*" in one or "\\" in one for one in lists)
        if odd or len(begun.findall(source)) != len(lists) or otherwise.search(source):
            return None
        found = found or bool(lists)
        for one in lists:
            names |= {part.split()[0] for part in COMMENT.sub("", one).strip("() \t\n").split(",") if part.strip()}
    return frozenset(names) if found else None


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
