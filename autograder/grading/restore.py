"""Restoring a submission: the student's cells, in their order, with the released cells put right.

Split, copied, deleted or stripped cells harm nobody: what nbgrader must find is found by its name, its
cell id or its text, and added where it is missing. A written answer that lost its name stands behind its question;
one that is not found is left to people, who may find it elsewhere.
"""

from collections.abc import Collection, Iterable
from copy import deepcopy
from itertools import count, pairwise

from nbformat import NotebookNode as Node

from autograder.grading.harmless import harmless

NO_ANSWER = "*This cell was not handed in. If there is an answer, it stands elsewhere in the notebook.*"


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
    owners = _owners(cells, masters, _behind_questions(cells, released.cells))
    for index, grade_id in owners.items():
        cells[index] = _marked(cells[index], masters[grade_id])
    given = {cell.source for cell in released.cells}
    cells = [_harmless(cell, given) for cell in _with_missing(cells, released.cells)]
    _name(cells)
    return Node(released, metadata=deepcopy(released.metadata), cells=cells)


def _grade_id(cell: Node) -> str:
    mark = cell.metadata.get("nbgrader")
    grade_id = mark.get("grade_id", "") if isinstance(mark, dict) else ""
    return grade_id if isinstance(grade_id, str) else ""


def _stripped(cell: Node) -> Node:
    copy = Node(cell, metadata=Node(cell.metadata))
    if cell.cell_type == "code":
        copy.update(outputs=[], execution_count=None)
    copy.pop("attachments", None)
    return copy


def _owners(cells: list[Node], masters: dict[str, Node], behind: dict[str, list[int]]) -> dict[int, str]:
    """Find for each released cell the student's copy: the last one of its name, else of its id, else its text.

    The text of written answers is the same for all of them: they are found behind their questions.
    """
    names = [_grade_id(cell) for cell in cells]
    by_name = _places(names)
    by_id = _places("" if name else cell.get("id", "") for name, cell in zip(names, cells, strict=True))
    by_text = _places(cell.source.strip() for cell in cells)
    owners: dict[int, str] = {}
    for grade_id, master in masters.items():
        by_look = behind.get(grade_id, by_text.get(master.source.strip()))
        places = (by_name.get(grade_id), by_id.get(master.get("id")), by_look)
        for candidates in places:
            free = [place for place in candidates or () if place not in owners]
            if free:
                owners[free[-1]] = grade_id
                break
    for index, cell in enumerate(cells):
        if index not in owners:
            cell.metadata.pop("nbgrader", None)
    return owners


def _behind_questions(cells: list[Node], released: list[Node]) -> dict[str, list[int]]:
    """Return for each written answer where there is prose right behind the question that it was given with."""
    given = {cell.source.strip() for cell in released}
    by_text = _places(cell.source.strip() for cell in cells)
    behind: dict[str, list[int]] = {}
    for question, master in pairwise(released):
        if _is_written(master):
            own = given - {master.source.strip()}
            places = [place + 1 for place in by_text.get(question.source.strip(), ()) if place + 1 < len(cells)]
            behind[_grade_id(master)] = [place for place in places if _is_prose(cells[place], own)]
    return behind


def _is_written(master: Node) -> bool:
    """Tell a cell in which students answer in words, which people grade."""
    mark = master.metadata.get("nbgrader", {})
    return bool(master.cell_type == "markdown" and mark.get("grade") and mark.get("solution"))


def _is_prose(cell: Node, given: Collection[str]) -> bool:
    return cell.cell_type == "markdown" and cell.source.strip() not in given


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    """Return where each key stands."""
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places


def _marked(cell: Node, master: Node) -> Node:
    """Give a student's cell the release's metadata, type and id, and its text if it is locked."""
    marked = _own(master)
    if not master.metadata.nbgrader.get("locked"):
        marked.source = cell.source
    return marked


def _own(master: Node) -> Node:
    own = Node(master, metadata=deepcopy(master.metadata))
    if "outputs" in own:
        own.outputs = []
    return own


def _absent(master: Node) -> Node:
    """Return what stands for a cell that is not there: an answer as it was given out would be nought at once."""
    return Node(_own(master), source=NO_ANSWER) if _is_written(master) else _own(master)


def _with_missing(cells: list[Node], released: list[Node]) -> list[Node]:
    """Add the released cells that are not there, each behind the one that it followed."""
    cells = list(cells)
    names = [_grade_id(cell) for cell in cells]
    place = 0
    for master in released:
        name = _grade_id(master)
        if not name:
            continue
        if name in names:
            place = names.index(name)
        else:
            cells.insert(place, _absent(master))
            names.insert(place, name)
        place += 1
    return cells


def _harmless(cell: Node, given: Collection[str]) -> Node:
    """Take the teeth out of prose that a student wrote; what was given out is shown as it is."""
    if cell.cell_type == "code" or cell.source in given:
        return cell
    return Node(cell, source=harmless(cell.source))


def _name(cells: list[Node]) -> None:
    """Give the student's own cells ids that nobody else has: the same each time, whatever theirs were."""
    taken = {cell.id for cell in cells if _grade_id(cell)}
    free = (name for name in (f"own-{number}" for number in count(1)) if name not in taken)
    for cell in cells:
        if not _grade_id(cell):
            cell["id"] = next(free)
