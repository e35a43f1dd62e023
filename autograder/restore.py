"""Restoring a submission: the student's cells, in their order, with the released cells put right.

Split, copied, deleted or stripped cells harm nobody: what nbgrader must find is found by its name, its
cell id or its text, and added where it is missing.
"""

from copy import deepcopy
from itertools import count

from nbformat import NotebookNode as Node


def restore(submitted: Node, released: Node) -> Node:
    """Put a student's notebook into the form that nbgrader expects.

    Parameters
    ----------
    submitted : NotebookNode
        Any notebook of format 4.
    released : NotebookNode
        What was given out: the master copy.

    Returns
    -------
    NotebookNode
        The student's cells without outputs. Cells that the release knows have its metadata, locked ones its
        text; the last of several copies counts; missing ones stand where the release has them.
    """
    masters = {_grade_id(cell): cell for cell in released.cells if _grade_id(cell)}
    cells = [_stripped(cell) for cell in submitted.cells]
    owners = _owners(cells, masters)
    for index, grade_id in owners.items():
        cells[index] = _marked(cells[index], masters[grade_id])
    restored = deepcopy(released)
    restored.cells = _with_missing(cells, released.cells)
    _name(restored.cells)
    return restored


def _grade_id(cell: Node) -> str:
    mark = cell.metadata.get("nbgrader")
    grade_id = mark.get("grade_id", "") if isinstance(mark, dict) else ""
    return grade_id if isinstance(grade_id, str) else ""


def _stripped(cell: Node) -> Node:
    cell = deepcopy(cell)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.pop("attachments", None)
    return cell


def _owners(cells: list[Node], masters: dict[str, Node]) -> dict[int, str]:
    """Find for each released cell the student's copy: the last one of its name, else of its id, else its text."""
    owners: dict[int, str] = {}
    for grade_id, master in masters.items():
        free = [i for i in range(len(cells)) if i not in owners]
        same_name = [i for i in free if _grade_id(cells[i]) == grade_id]
        same_id = [i for i in free if cells[i].get("id") == master.get("id") and not _grade_id(cells[i])]
        same_text = [i for i in free if cells[i].source.strip() == master.source.strip()]
        for candidates in (same_name, same_id, same_text):
            if candidates:
                owners[candidates[-1]] = grade_id
                break
    for index, cell in enumerate(cells):
        if index not in owners:
            cell.metadata.pop("nbgrader", None)
    return owners


def _marked(cell: Node, master: Node) -> Node:
    """Give a student's cell the release's metadata, type and id, and its text if it is locked."""
    marked = deepcopy(master)
    if not master.metadata.nbgrader.get("locked"):
        marked.source = cell.source
    return marked


def _with_missing(cells: list[Node], released: list[Node]) -> list[Node]:
    """Add the released cells that are not there, each behind the one that it followed."""
    cells = list(cells)
    place = 0
    for master in released:
        grade_id = _grade_id(master)
        if not grade_id:
            continue
        present = next((i for i, cell in enumerate(cells) if _grade_id(cell) == grade_id), None)
        if present is None:
            cells.insert(place, deepcopy(master))
            present = place
        place = present + 1
    return cells


def _name(cells: list[Node]) -> None:
    """Give the student's own cells ids that nobody else has: the same each time, whatever theirs were."""
    taken = {cell.id for cell in cells if _grade_id(cell)}
    free = (name for name in (f"own-{number}" for number in count(1)) if name not in taken)
    for cell in cells:
        if not _grade_id(cell):
            cell["id"] = next(free)
