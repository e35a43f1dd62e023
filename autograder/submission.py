"""Submissions: whatever a student handed in, read as data.

A notebook is nbformat 1 to 4 with any metadata, or a Python file. It is read once, as a regular file of
limited size, and never executed here. What is wrong with it becomes a sentence, not an exception.
"""

import errno
import io
import json
import os
import re
import stat
import tokenize
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.sandbox.wire import clean

LARGEST_FILE = 20 * 2**20  # bytes: outputs with many pictures fit
PYTHON_MAGICS = ("time", "timeit", "capture", "prun")  # cell magics whose cell is still Python
CELL_MAGICS = re.compile(r"(?:\s*%%[^\n]*(?:\n|$))+")  # the lines that a cell begins with
UNREADABLE = (ValueError, RecursionError, MemoryError)
SOURCE_KEYS = ("source", "input", "code", "text")  # of formats 3 and 4, then 2 and 3, then 1
PERCENT = re.compile(r"^# ?%%.*$", re.MULTILINE)  # the cell marks of the percent format


class SubmissionError(ValueError):
    """A file cannot be read as a notebook; the message says why and what to do."""


@dataclass(frozen=True)
class Submitted:
    """One student's folder for one assignment."""

    student: str
    folder: Path


@dataclass(frozen=True)
class Found:
    """Where a notebook of the assignment was found in a submission.

    Parameters
    ----------
    path : Path or None
        None if there is no such file.
    problems : tuple of str
        What the student should know about the file.
    """

    path: Path | None
    problems: tuple[str, ...] = ()


def find(folder: Path, name: str, functions: Iterable[str], taken: Iterable[str]) -> Found:
    """Find a notebook in a student's folder: by name, or by the functions it defines.

    Parameters
    ----------
    folder : Path
    name : str
        The notebook's name in the assignment, without ending.
    functions : iterable of str
        The functions that the exercises ask for.
    taken : iterable of str
        The names of all notebooks of the assignment: files of these names are somebody else's.

    Returns
    -------
    Found
    """
    taken = set(taken)
    files = _files(folder)
    by_name = [folder / f"{name}.ipynb", folder / f"{name}.py", *(path for path in files if path.stem == name)]
    named = next((path for path in by_name if path.is_symlink() or path.exists()), None)
    wanted = [re.compile(rf"\bdef {re.escape(function)}\b") for function in functions]
    counted = {
        path: sum(bool(w.search(_text_or_nothing(path))) for w in wanted) for path in files if path.stem not in taken
    }
    fitting = [path for path, count in counted.items() if count and count == max(counted.values())]
    if named is not None:
        return Found(named, _not_looked_at([path for path in fitting if path.suffix.lower() == ".ipynb"]))
    if not fitting:
        return Found(None, (f"There is no file {name}.ipynb, and no other file defines its functions.",))
    problem = f"{fitting[0].name!r} was taken for {name}.ipynb, because it defines its functions."
    return Found(fitting[0], (problem, *_not_looked_at(fitting[1:])))


def _not_looked_at(paths: list[Path]) -> tuple[str, ...]:
    return tuple(f"{path.name!r} defines functions of the assignment, too, and was not looked at." for path in paths)


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook, or a Python file as a notebook, in the current format.

    Parameters
    ----------
    path : Path

    Returns
    -------
    NotebookNode
        Format 4; outputs are dropped, and all metadata but nbgrader's marks.

    Raises
    ------
    SubmissionError
        If it cannot be read.
    """
    text = read_text(path)
    if path.suffix.lower() == ".py":
        cells = [nbformat.v4.new_code_cell(part) for part in PERCENT.split(text) if part.strip()]
        return nbformat.v4.new_notebook(cells=cells)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ids that are repeated: they are given anew when it is restored
            return _tidy(json.loads(text))
    except json.JSONDecodeError as error:
        what = f"its JSON breaks off or goes wrong at line {error.lineno}"
    except UNREADABLE as error:
        what = clean(f"{type(error).__name__}: {error}".partition("\n")[0])
    raise SubmissionError(f"{path.name!r} must be a notebook ({what}). Open it in JupyterLab and save it again.")


def read_text(path: Path) -> str:
    """Read a regular file of limited size as text.

    Raises
    ------
    SubmissionError
        If it is no regular file, too large, unreadable, or not text.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            os.close(descriptor)  # which `open` would leave open
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with open(descriptor, "rb") as file:  # noqa: PTH123  the descriptor, so that nobody swaps the file
            if not stat.S_ISREG(status.st_mode):
                raise SubmissionError(
                    f"{path.name!r} must be a file (got something else). A folder or a link will not do."
                )
            if status.st_size > LARGEST_FILE:
                raise SubmissionError(
                    f"{path.name!r} must be at most {LARGEST_FILE // 2**20} MiB (got {status.st_size // 2**20} MiB). "
                    "Clear its outputs and save it again."
                )
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SubmissionError(
            f"{path.name!r} must be a readable file (got: {error.strerror}). A folder or a link will not do."
        ) from error
    try:
        return data.decode(_encoding(data, path.suffix))
    except (UnicodeDecodeError, LookupError) as error:
        raise SubmissionError(
            f"{path.name!r} must be UTF-8 text (got bytes that are not). Save it as UTF-8."
        ) from error


def _encoding(data: bytes, suffix: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if suffix == ".py":
        with suppress(SyntaxError):  # a declaration that is none: UTF-8, then, and Python says the rest
            return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    return "utf-8-sig"


def read_modules(folder: Path, taken: Iterable[str]) -> dict[str, str]:
    """Read the other Python files of a submission, which its notebooks may import.

    Parameters
    ----------
    folder : Path
    taken : iterable of str
        The names of the assignment's notebooks.

    Returns
    -------
    dict
        Source by path; files that cannot be imported by name are left out.
    """
    taken = set(taken)
    inside = {path: path.relative_to(folder) for path in _files(folder) if path.suffix == ".py"}
    return {
        name.as_posix(): _text_or_nothing(path)
        for path, name in inside.items()
        if name.stem not in taken and all(part.isidentifier() for part in name.with_suffix("").parts)
    }


def code_cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return the code of a notebook, with a label for each cell; cells of another language are left out.

    Parameters
    ----------
    notebook : NotebookNode

    Returns
    -------
    list of (label, source)
    """
    numbered = ((f"cell {i}", cell) for i, cell in enumerate(notebook.cells, start=1))
    return [(label, plain_python(cell.source)) for label, cell in numbered if cell.cell_type == "code"]


def plain_python(source: str) -> str:
    r"""Take the cell magics off a cell, so that every line keeps its number.

    Line magics and shell commands are left to the sandbox: what a student wrote is not parsed here.

    Examples
    --------
    >>> plain_python("%%time\nx = 1")
    '\nx = 1'
    >>> plain_python("%%bash\nls")
    ''
    """
    magics = CELL_MAGICS.match(source)
    if magics is None:
        return source
    names = re.findall(r"^\s*%%(\S*)", magics[0], re.MULTILINE)
    if any(name not in PYTHON_MAGICS for name in names):
        return ""
    return "\n" * magics[0].count("\n") + source[magics.end() :]


def _tidy(notebook: Any) -> nbformat.NotebookNode:
    """Keep the cells of a notebook of any format, and of them what decides a grade, in the types it must have."""
    if not isinstance(notebook, dict):
        raise ValueError("it is JSON of another kind")
    sheets = notebook.get("worksheets", [])  # formats 2 and 3
    parts = [notebook, *(sheet for sheet in _list(sheets) if isinstance(sheet, dict))]
    lists = [part["cells"] for part in parts if isinstance(part.get("cells"), list)]
    if not lists:
        raise ValueError("it has no cells")
    cells = [_tidy_cell(cell) for cells in lists for cell in cells if isinstance(cell, dict)]
    return nbformat.v4.new_notebook(cells=cells)


def _tidy_cell(cell: dict[str, Any]) -> nbformat.NotebookNode:
    given = next((cell[key] for key in SOURCE_KEYS if key in cell), "")
    source = "".join(str(line) for line in given) if isinstance(given, list) else str(given)
    source = source.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    kind = cell.get("cell_type")
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    tidy = make.get(kind if isinstance(kind, str) else "", nbformat.v4.new_raw_cell)(
        source, metadata=_mark(cell.get("metadata"))
    )
    if isinstance(cell.get("id"), str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]):
        tidy["id"] = cell["id"]
    return tidy


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mark(metadata: Any) -> nbformat.NotebookNode:
    """Keep nbgrader's mark of a cell, in which every value is a single one."""
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(mark, dict):
        return nbformat.from_dict({})
    return nbformat.from_dict({"nbgrader": {k: v for k, v in mark.items() if not isinstance(v, dict | list)}})


def _files(folder: Path) -> list[Path]:
    paths = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [
        path for path in paths if path.suffix.lower() in (".ipynb", ".py") and ".ipynb_checkpoints" not in path.parts
    ]


def _text_or_nothing(path: Path) -> str:
    try:
        return read_text(path)
    except SubmissionError:
        return ""
