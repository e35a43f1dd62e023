"""Notebooks as data: of any format, or a Python file, kept as far as it decides a grade."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from nbformat import NotebookNode as Node

from autograder import nodes
from autograder.sandbox.limits import Limits
from autograder.submission.file import File, SubmissionError, mib, read_bytes
from autograder.submission.remarks import AGAIN, remarks
from autograder.submission.text import decode

MOST_PARTS = 1_000_000  # lists and dictionaries in a notebook's JSON, outputs included: more take gigabytes
PERCENT = re.compile(r"^# ?%%.*$", re.MULTILINE)  # the cell marks of the percent format
SOURCE_KEYS = ("source", "input", "code", "text")  # of formats 3 and 4, then 2 and 3, then 1
CELL_ID = re.compile(r"(?!handed-in-)[a-zA-Z0-9_-]{1,64}")  # what we call the others is ours
# What files that are no notebooks begin with; a merge that was not finished before a web page.
FOREIGN = {b"PK\x03\x04": "a zip", b"%PDF": "a PDF", b"<<<<<<<": "an unfinished merge", b"<": "a web page"}


@dataclass(frozen=True)
class Read:
    """A notebook as it was read.

    Parameters
    ----------
    node : NotebookNode
        Format 4; outputs are dropped, and all metadata but nbgrader's marks.
    problems : tuple of str
        What the student should know of it, a sentence or two each.
    """

    node: Node
    problems: tuple[str, ...] = ()


def read_notebook(path: Path, limits: Limits) -> Node:
    """Read a file that stands alone as a notebook.

    Raises
    ------
    SubmissionError
        If it cannot be read.
    """
    name = PurePosixPath(path.name)
    return parse(File(name, read_bytes(path, name, limits.notebook_size)), limits).node


def parse(file: File, limits: Limits) -> Read:
    """Make a notebook of a file's bytes.

    Parameters
    ----------
    file : File
        A notebook's JSON; or Python, whose cells are those of the percent format.
    limits : Limits
        Of cells, their number and size.

    Returns
    -------
    Read

    Raises
    ------
    SubmissionError
        If it cannot be read.
    """
    content = _of_python(decode(file)) if file.kind == ".py" else _of_json(file)
    given = list(_cells(content))
    _require_some(file, content, given, limits)
    cells = [_tidy(name, cell) for name, cell in zip(_names(given), given, strict=True)]
    problems = [*_shortened(file, cells, limits), *remarks(file.name, content, cells)]
    _require_little_code(file, cells, limits)
    return Read(nodes.notebook(cells), tuple(problems))


def _of_python(text: str) -> dict[str, Any]:
    cells = [{"cell_type": "code", "source": part} for part in PERCENT.split(text) if part.strip()]
    return {"nbformat": 4, "cells": cells}


def _of_json(file: File) -> Any:
    beginning = file.data.lstrip()[:8]
    foreign = next((what for start, what in FOREIGN.items() if beginning.startswith(start)), "")
    if foreign or not beginning:
        raise _no_notebook(file, f"it is {foreign or 'empty'}")
    text = decode(file)
    if text.count("{") + text.count("[") > MOST_PARTS:
        raise _no_notebook(file, "its outputs have more parts than can be read")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _no_notebook(file, f"its JSON breaks off or goes wrong at line {error.lineno}") from error
    except (RecursionError, MemoryError) as error:
        raise _no_notebook(file, "its JSON is nested too deeply") from error
    except ValueError as error:  # Python reads integers of a few thousand digits only
        raise _no_notebook(file, "a number in it is too long") from error


def _no_notebook(file: File, what: str) -> SubmissionError:
    return SubmissionError(f"{file.name} must be a notebook ({what}). {AGAIN}")


def _cells(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the cells of a notebook of any format: formats 2 and 3 have them in worksheets."""
    sheets = content.get("worksheets") if isinstance(content, dict) else None
    for part in [content, *(sheets if isinstance(sheets, list) else ())]:
        cells = part.get("cells") if isinstance(part, dict) else None
        if isinstance(cells, list):
            yield from (cell for cell in cells if isinstance(cell, dict))


def _require_some(file: File, content: Any, cells: list[dict[str, Any]], limits: Limits) -> None:
    if not isinstance(content, dict):
        raise _no_notebook(file, "it is JSON of another kind")
    if not cells:
        raise _no_notebook(file, "it has no cells")
    if len(cells) > limits.notebook_cells:
        raise SubmissionError(
            f"{file.name} must have at most {limits.notebook_cells} cells (got {len(cells)}). "
            "Hand in the notebook that you were given, with your code in it."
        )


def _names(cells: list[dict[str, Any]]) -> list[str]:
    """Return an id for each cell: its own, or a new one. Of copies, which share one, the last keeps it."""
    own = [name if isinstance(name := cell.get("id"), str) and CELL_ID.fullmatch(name) else "" for cell in cells]
    last = {name: number for number, name in enumerate(own, start=1) if name}
    return [name if last.get(name) == number else f"handed-in-{number}" for number, name in enumerate(own, start=1)]


def _tidy(name: str, cell: dict[str, Any]) -> Node:
    """Keep of a cell what decides a grade, in the types it must have."""
    kind = cell.get("cell_type")
    kind = kind if kind in ("code", "markdown") else "raw"
    return nodes.cell(kind, _source(cell), _mark(cell.get("metadata")), name)


def _source(cell: dict[str, Any]) -> str:
    given = next((cell[key] for key in SOURCE_KEYS if key in cell), "")
    lines = given if isinstance(given, list) else [given]
    source = "".join(str(line) for line in lines if not isinstance(line, list | dict))
    return source.encode("utf-8", "replace").decode("utf-8")  # lone surrogates


def _mark(metadata: Any) -> dict[str, Any]:
    """Keep nbgrader's mark of a cell, in which every value is a single one."""
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(mark, dict):
        return {}
    return {"nbgrader": {key: value for key, value in mark.items() if not isinstance(value, dict | list)}}


def _require_little_code(file: File, cells: list[Node], limits: Limits) -> None:
    size = sum(len(cell.source.encode()) for cell in cells)
    if size > limits.code_size:
        raise SubmissionError(
            f"{file.name} must hold at most {mib(limits.code_size)} of code and text (got {mib(size)}). "
            "Keep data out of cells."
        )


def _shortened(file: File, cells: list[Node], limits: Limits) -> Iterator[str]:
    """Take out what is too long to be a cell, and say so."""
    for number, cell in enumerate(cells, start=1):
        size = len(cell.source)
        if size > limits.cell_size:
            rule = f"must have at most {limits.cell_size} characters (got {size})"
            cell.source = f"# This cell {rule}, and was left out."
            yield f"Cell {number} of {file.name} {rule}, and was left out. Keep data out of cells."
