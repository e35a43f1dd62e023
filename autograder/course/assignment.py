"""Assignments: what was released, and so what is graded. The released notebook is the master copy."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat

from autograder.checks import BANK, UnknownCheckError, find
from autograder.core import lessons
from autograder.core.question import Check
from autograder.submission.earlier import Lesson


class AssignmentError(ValueError):
    """An assignment cannot be graded as it stands; the message names the cell and the remedy."""


@dataclass(frozen=True)
class CheckCell:
    """A cell that is worth points and asks one check.

    Parameters
    ----------
    grade_id : str
    points : float
    check : Check
    """

    grade_id: str
    points: float
    check: Check


@dataclass(frozen=True)
class Notebook:
    """One released notebook.

    Parameters
    ----------
    name : str
        Without ending.
    node : NotebookNode
        As released: stubs, locked cells, nbgrader's metadata.
    """

    name: str
    node: nbformat.NotebookNode

    @cached_property
    def check_cells(self) -> list[CheckCell]:
        """The cells that the autograder grades, in order; other graded cells are left to people."""
        return check_cells(self.node)

    @cached_property
    def exercises(self) -> set[str]:
        """The functions that students write."""
        return {cell.check.exercise for cell in self.check_cells}


@dataclass(frozen=True)
class Assignment:
    """All notebooks of an assignment.

    Parameters
    ----------
    name : str
    notebooks : tuple of Notebook
    """

    name: str
    notebooks: tuple[Notebook, ...]

    @property
    def notebook_names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(notebook.name for notebook in self.notebooks)


def read_assignment(folder: Path) -> Assignment:
    """Read a released assignment.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    AssignmentError
        If there is no notebook in it.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise AssignmentError(
            f"`{folder}` must hold released notebooks (got none). Run `cs231n release {folder.name}` first."
        )
    return parse_assignment(folder.name, [(path.stem, path.read_bytes()) for path in paths])


def parse_assignment(name: str, released: Iterable[tuple[str, bytes]]) -> Assignment:
    """Read an assignment from the bytes of its released notebooks, by name."""
    notebooks = (Notebook(stem, nbformat.reads(data.decode(), as_version=4)) for stem, data in released)
    return Assignment(name, tuple(notebooks))


def require_known(notebooks: Iterable[Notebook]) -> None:
    """Refuse notebooks that ask a check that is not in the bank.

    Raises
    ------
    AssignmentError
        The message names the notebook and the nearest check.
    """
    for notebook in notebooks:
        try:
            check_cells(notebook.node)
        except UnknownCheckError as error:
            raise AssignmentError(f"`{notebook.name}.ipynb` must ask checks of the bank. {error}") from error


def check_cells(notebook: nbformat.NotebookNode) -> list[CheckCell]:
    """Find the cells of a notebook that ask a check.

    Raises
    ------
    UnknownCheckError
        If a cell asks a check that is not in the bank.
    """
    marks = ((cell.metadata.nbgrader, check) for cell, check in _asking(notebook))
    return [CheckCell(mark["grade_id"], float(mark["points"]), check) for mark, check in marks]


def asked_checks(notebook: nbformat.NotebookNode) -> list[Check]:
    """Return the checks that the graded cells of a notebook ask, whatever else their marks say.

    Raises
    ------
    UnknownCheckError
        If a cell asks a check that is not in the bank.
    """
    return [check for _, check in _asking(notebook)]


def _asking(notebook: nbformat.NotebookNode) -> Iterator[tuple[nbformat.NotebookNode, Check]]:
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and mark.get("grade") and not mark.get("solution"):
            name = _check_name(cell.source)
            if name is not None:
                yield cell, find(name)


def _check_name(source: str) -> str | None:
    """Return the name in ``check("name")``, if that is what the cell is."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's, in `cs231n check`
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return first.value
    return None


def taught_notebooks() -> list[Lesson]:
    """Return the notebooks of the lessons, each with its exercises, whatever of them a course has given out."""
    exercises: dict[tuple[str, str], set[str]] = {}
    for name, place in lessons.places().items():
        exercises.setdefault((place.notebook, place.assignment), set()).add(BANK[name].exercise)
    return [Lesson(*key, defines=tuple(sorted(own)), is_released=False) for key, own in exercises.items()]
