"""Marks: what nbgrader writes into its gradebook of one graded notebook, found without opening the gradebook.

The rules are nbgrader's own (its preprocessor ``SaveAutoGrades``); the tests hold nbgrader against them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode as Node

from autograder.core.verdict import NotebookReport

UNTOUCHED = "No response."  # what nbgrader says of a cell that was left as it was


@dataclass(frozen=True)
class Marks:
    """What the gradebook holds of one notebook.

    Parameters
    ----------
    scores : mapping
        The automatic score of each cell that is worth points, None where a person is to give one.
    comments : mapping
        The automatic comment on each cell that a student writes, or None.
    """

    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


def marks_of(notebook: Node, report: NotebookReport) -> Marks:
    """Return the marks of a restored notebook.

    Parameters
    ----------
    notebook : NotebookNode
    report : NotebookReport
        The scores of the cells that ask a check.
    """
    checked = {check.grade_id: float(check.score) for check in report.checks}
    marked = [cell for cell in notebook.cells if "grade_id" in cell.metadata.get("nbgrader", {})]
    scores = {_name(cell): _score(cell, checked) for cell in marked if _is(cell, "grade") or _is(cell, "task")}
    written = [cell for cell in marked if _is(cell, "solution") or _is(cell, "task")]
    comments = {_name(cell): UNTOUCHED if is_untouched(cell) and not _is(cell, "task") else None for cell in written}
    return Marks(scores, comments)


def is_untouched(cell: Node) -> bool:
    """Tell whether a cell still is as it was given out, by the sum that nbgrader keeps in it."""
    mark = cell.metadata["nbgrader"]
    parts = [cell.source, cell.cell_type, *(str(_is(cell, role)) for role in ("grade", "solution"))]
    parts += [str(_is_locked(cell)), mark["grade_id"]]
    if _is(cell, "grade"):
        parts.append(str(float(mark["points"])))
    digest = hashlib.md5("".join(parts).encode(), usedforsecurity=False)
    return bool(mark.get("checksum") == digest.hexdigest())


def _score(cell: Node, checked: Mapping[str, float]) -> float | None:
    """Score a cell: by its check, or as nbgrader does where there is none and nothing was executed."""
    if _name(cell) in checked:
        return checked[_name(cell)]
    if not _is(cell, "grade"):
        return None
    if _is(cell, "solution"):
        return 0.0 if is_untouched(cell) else None
    return float(cell.metadata["nbgrader"]["points"]) if cell.cell_type == "code" else None


def _name(cell: Node) -> str:
    return str(cell.metadata["nbgrader"]["grade_id"])


def _is(cell: Node, role: str) -> bool:
    return bool(cell.metadata["nbgrader"].get(role, False))


def _is_locked(cell: Node) -> bool:
    """Tell whether students may not change a cell: those they write they may, graded ones they may not."""
    if _is(cell, "solution"):
        return False
    return _is(cell, "grade") or _is(cell, "locked")
