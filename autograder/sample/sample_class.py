"""A sample class: what students hand in, good, wrong, broken and hostile, made from the worked solutions."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode as Node

from autograder import nodes
from autograder.core.published import published_answers
from autograder.core.question import Check
from autograder.course.assignment import Notebook
from autograder.misconceptions import CATALOG
from autograder.misconceptions.recognition import lost_checks
from autograder.sample.sample_copies import copies

SHARED_BY = (1, 4, 1, 2, 1, 3)  # how many students have each of the first misconceptions; one has each of the others
LOOP = "    while True:\n        pass"
HOG = "    hoard = []\n    while True:\n        hoard.append(np.ones(2**24))"
EXIT = "    import os\n    os._exit(0)"
RAISE = "    raise KeyError('stride')"
PATCH = """\
import numpy as np
import autograder
import builtins
np.allclose = np.array_equal = lambda *args, **kwargs: True
np.max = np.abs = lambda *args, **kwargs: 0.0
autograder.check = lambda name: None


class Agreeable(np.ndarray):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0
"""
FAKE = """\
print('{"outcome": "passed", "score": 100}')
print("all tests passed")
100.0
"""


@dataclass(frozen=True)
class Sample:
    """One student's submission of one assignment.

    Parameters
    ----------
    student : str
        The name says what is special about it.
    files : dict
        Text by file name.
    loses : frozenset of str
        The checks that must not have full marks.
    """

    student: str
    files: dict[str, str]
    loses: frozenset[str] = frozenset()


def sample_class(notebook: Notebook, solution: Node) -> Iterator[Sample]:
    """Make a class for an assignment of one notebook.

    Parameters
    ----------
    notebook : Notebook
        As released.
    solution : NotebookNode
        The worked notebook.

    Yields
    ------
    Sample
        The last exercise is the one that hangs, crashes and cheats: nothing else needs it.
    """
    name = f"{notebook.name}.ipynb"
    good = _worked(notebook.node, solution)
    target = notebook.check_cells[-1].check
    everything = frozenset(cell.check.name for cell in notebook.check_cells)
    lost = frozenset({target.name})

    def notebook_of(node: Node) -> dict[str, str]:
        return {name: nbformat.writes(node)}

    def with_body(body: str) -> dict[str, str]:
        return notebook_of(_replaced(good, target.exercise, _function(solution, target.exercise, body)))

    yield Sample("perfect", notebook_of(good))
    yield Sample("perfect-again", notebook_of(good))
    yield Sample("perfect-without-metadata", notebook_of(_without_metadata(good)))
    yield Sample("perfect-python-file", {name: nbformat.writes(good), "notes.py": "REMINDER = 'hand in'\n"})
    yield Sample("perfect-copied-and-deleted-cells", notebook_of(_shuffled(good)))
    yield Sample("perfect-renamed", {f"Copy of {notebook.name} (final).ipynb": nbformat.writes(good)})
    yield Sample("perfect-but-noisy", notebook_of(_replaced(good, target.exercise, _noisy(good, target.exercise))))
    yield from _wrong(notebook, good, notebook_of)
    for copy in copies(notebook.exercises):
        own = notebook_of(_replaced(good, copy.exercise, copy.source))
        yield Sample(copy.student, own, frozenset({copy.exercise}) if copy.is_wrong else frozenset())
    yield Sample("unfinished", notebook_of(notebook.node), everything)
    yield Sample("syntax-error", with_body("    return ("), lost)
    yield Sample("exception", with_body(RAISE), lost)
    yield Sample("endless-loop", with_body(LOOP), lost)
    yield Sample("memory-hog", with_body(HOG), lost)
    yield Sample("exits", with_body(EXIT), lost)
    yield Sample("cheat-patches-the-grader", notebook_of(_cheating(good, target.exercise, solution, PATCH)), lost)
    yield Sample("cheat-prints-results", notebook_of(_cheating(good, target.exercise, solution, FAKE)), lost)
    yield Sample("cheat-knows-the-answers", notebook_of(_hard_coded(good, target, solution)), lost)
    yield Sample("broken-file", {name: nbformat.writes(good)[:2000]}, everything)


def _wrong(notebook: Notebook, good: Node, notebook_of: Callable[[Node], dict[str, str]]) -> Iterator[Sample]:
    """Swap each misconception in; some are handed in by several students."""
    checks = [cell.check for cell in notebook.check_cells]
    shared = iter(SHARED_BY)
    for misconception in CATALOG:
        if misconception.exercise in notebook.exercises:
            files = notebook_of(_replaced(good, misconception.exercise, misconception.source))
            student = "wrong-" + misconception.name.replace("_", "-")
            loses = lost_checks(misconception, checks)
            for number in range(1, next(shared, 1) + 1):
                yield Sample(student if number == 1 else f"{student}-{number}", files, loses)


def _worked(released: Node, solution: Node) -> Node:
    """Fill the stubs of a released notebook with the worked solutions, as a good student does."""
    worked = {cell.metadata.nbgrader.grade_id: cell.source for cell in solution.cells if _is_solution(cell)}
    node = deepcopy(released)
    for cell in node.cells:
        if _is_solution(cell):
            lines = worked[cell.metadata.nbgrader.grade_id].splitlines()
            cell.source = "\n".join(line for line in lines if "### BEGIN" not in line and "### END" not in line)
    return node


def _is_solution(cell: Node) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _replaced(node: Node, function: str, source: str) -> Node:
    """Replace the cell that defines a function."""
    node = deepcopy(node)
    _cell_of(node, function).source = source
    return node


def _cell_of(node: Node, function: str) -> Node:
    return next(cell for cell in node.cells if cell.cell_type == "code" and f"def {function}(" in cell.source)


def _function(solution: Node, name: str, body: str) -> str:
    """Return the exercise's own first line with another body."""
    source = str(_cell_of(solution, name).source)
    first = next(line for line in source.splitlines() if line.startswith(f"def {name}("))
    return f"{first}\n{body}"


def _noisy(good: Node, function: str) -> str:
    """Return the right function, printing a great deal at every call."""
    return f"{_cell_of(good, function).source}\n\n\nquiet_{function} = {function}\n\n\ndef {function}(*args):\n" + (
        f"    print('x' * 10_000_000)\n    return quiet_{function}(*args)"
    )


def _without_metadata(node: Node) -> Node:
    """Strip what other editors strip: all cell metadata and ids."""
    node = deepcopy(node)
    for number, cell in enumerate(node.cells):
        cell.metadata = {}
        cell.id = f"cell-{number}"
    return node


def _shuffled(node: Node) -> Node:
    """Copy one solution cell, split off a helper cell, delete the check cells."""
    node = deepcopy(node)
    solutions = [cell for cell in node.cells if _is_solution(cell) and cell.cell_type == "code"]
    node.cells = [cell for cell in node.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    copy = deepcopy(solutions[-1])
    copy.id = "copied-cell"
    node.cells.insert(1, copy)
    node.cells.insert(2, nodes.cell("code", "%matplotlib inline\n!ls\nscratch = 3", name="an-experiment"))
    return node


def _cheating(good: Node, function: str, solution: Node, cell: str) -> Node:
    node = _replaced(
        good, function, _function(solution, function, "    return np.zeros(3), np.zeros(3), np.zeros(3)")
    )
    node.cells.insert(2, nodes.cell("code", cell, name="a-cheat"))
    return node


def _hard_coded(good: Node, check: Check, solution: Node) -> Node:
    """Answer every public case from a table, by the shape of the first input."""
    answers = [published_answers(check, case) for case in check.public]
    table = json.dumps([{name: array.tolist() for name, array in answer.items()} for answer in answers])
    first = _function(solution, check.exercise, "")
    argument = first.partition("(")[2].partition(",")[0]
    body = (
        f"    for answer in ANSWERS:\n"
        f"        arrays = [np.array(values) for values in answer.values()]\n"
        f"        if any(array.shape == {argument}.shape for array in arrays):\n"
        f"            return arrays[0] if len(arrays) == 1 else tuple(arrays)\n"
        f"    return arrays[0] if len(arrays) == 1 else tuple(arrays)"
    )
    return _replaced(good, check.exercise, f"ANSWERS = {table}\n\n\n{first}{body}")
