"""Notebooks as data: made and written without the checks of nbformat, which take longer than all the rest.

What is made here is of the current format by construction, and the tests hold nbformat against it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from nbformat import NotebookNode as Node
from nbformat import from_dict

FORMAT, MINOR = 4, 5  # of notebooks whose cells have ids


def notebook(cells: list[Node]) -> Node:
    """Make a notebook of cells."""
    return Node(nbformat=FORMAT, nbformat_minor=MINOR, metadata=Node(), cells=cells)


def cell(kind: str, source: str, metadata: Mapping[str, Any] | None = None, name: str = "own") -> Node:
    """Make a cell.

    Parameters
    ----------
    kind : str
        'code', 'markdown' or 'raw'.
    source : str
    metadata : mapping
    name : str
        Its id, which must be given anew where several cells share it.

    Examples
    --------
    >>> cell("code", "x = 1")["outputs"]
    []
    """
    made = Node(id=name, cell_type=kind, metadata=from_dict(dict(metadata or {})), source=source)
    if kind == "code":
        made.update(outputs=[], execution_count=None)
    return made


def display(data: Mapping[str, str]) -> Node:
    """Make an output that shows something, by media type."""
    return Node(output_type="display_data", data=Node(data), metadata=Node())


def result(data: Mapping[str, str]) -> Node:
    """Make an output that is the value of a cell, by media type."""
    return Node(output_type="execute_result", data=Node(data), metadata=Node(), execution_count=None)


def written(node: Node) -> bytes:
    r"""Return a notebook as the bytes of its file: those that nbformat writes.

    Examples
    --------
    >>> written(notebook([cell("markdown", "one\ntwo")])).decode().splitlines()[7:10]
    ['   "source": [', '    "one\\n",', '    "two"']
    """
    plain = {**node, "cells": [_split(cell) for cell in node["cells"]]}
    return msgspec.json.format(msgspec.json.encode(plain, order="sorted"), indent=1) + b"\n"


def _split(cell: Node) -> dict[str, Any]:
    """Split what has several lines into a list of lines, as files have it."""
    split = {**cell, "source": cell["source"].splitlines(keepends=True)}
    if "outputs" in split:
        split["outputs"] = [_split_output(output) for output in split["outputs"]]
    return split


def _split_output(output: Node) -> dict[str, Any]:
    split: dict[str, Any] = dict(output)
    if "data" in output:
        split["data"] = {kind: text.splitlines(keepends=True) for kind, text in output["data"].items()}
    return split
