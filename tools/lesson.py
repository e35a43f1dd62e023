"""Edit a lesson as text: ``lesson.py text NOTEBOOK > FILE.py``, then ``lesson.py notebook FILE.py NOTEBOOK``.

The text is jupytext's percent format. The name of each cell stands in its ``cell_id``, which jupytext would lose.
"""

import argparse
import sys
from pathlib import Path

import jupytext
import nbformat


def as_text(path: Path) -> str:
    """Return a notebook as text."""
    node = nbformat.read(path, as_version=4)
    for cell in node.cells:
        cell.metadata = {"cell_id": cell.id, **cell.metadata}
    return jupytext.writes(node, fmt="py:percent")


def as_notebook(text: str) -> nbformat.NotebookNode:
    """Return text as a notebook without outputs."""
    node = jupytext.reads(text, fmt="py:percent")
    for cell in node.cells:
        cell.id = cell.metadata.pop("cell_id")
    node.metadata = {"kernelspec": node.metadata.kernelspec, "language_info": {"name": "python"}}
    node.nbformat, node.nbformat_minor = 4, 5
    nbformat.validate(node)
    return node


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    text = commands.add_parser("text")
    text.add_argument("notebook", type=Path)
    notebook = commands.add_parser("notebook")
    notebook.add_argument("file", type=Path)
    notebook.add_argument("notebook", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "text":
        sys.stdout.write(as_text(arguments.notebook))
    else:
        nbformat.write(as_notebook(arguments.file.read_text(encoding="utf-8")), arguments.notebook)


if __name__ == "__main__":
    main()
