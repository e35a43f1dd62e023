"""Remarks on a notebook that could be read and is odd all the same, a sentence or two each."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode as Node

from autograder.sandbox.wire import clean

AGAIN = "Save it again in JupyterLab, and hand in that file."


def remarks(name: str, content: dict[str, Any], cells: list[Node]) -> Iterator[str]:
    """Say what is odd about a notebook.

    Parameters
    ----------
    name : str
        Of its file, as people may be shown it.
    content : dict
        The notebook as it came.
    cells : list of NotebookNode
        Its cells as they were read.

    Yields
    ------
    str
    """
    yield from _of_format(name, content.get("nbformat"))
    yield from _of_language(name, _language(content.get("metadata")))
    yield from _of_copies(name, cells)


def _of_format(name: str, number: Any) -> Iterator[str]:
    if number != 4 or not isinstance(number, int):
        yield f"{name} must have `nbformat` 4 (got {_brief(number)}). It was read as far as it goes. {AGAIN}"


def _of_language(name: str, language: str) -> Iterator[str]:
    if language and "python" not in language.lower():
        yield f"{name} must be in Python (its kernel is for {_brief(language)}). Choose the kernel Python 3."


def _of_copies(name: str, cells: list[Node]) -> Iterator[str]:
    marks = Counter(cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells)
    several = [mark for mark, number in marks.items() if number > 1 and isinstance(mark, str)]
    if several:
        yield (
            f"{name} must have each of its marked cells once (got {_brief(several[0])} more often). "
            "Of a function that stands there twice, the last definition counts."
        )


def _language(metadata: Any) -> str:
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        language = part.get(name) if isinstance(part, dict) else None
        if isinstance(language, str):
            return language
    return ""


def _brief(value: Any) -> str:
    """Show a value of any kind that a student's file may hold."""
    return clean(repr(value)[:40]) if isinstance(value, str | int | float) else "nothing of its kind"
