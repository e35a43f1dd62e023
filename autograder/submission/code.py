"""The code of a notebook that was read: its cells as Python, without cell magics."""

import re

from nbformat import NotebookNode as Node

PYTHON_MAGICS = ("time", "timeit", "capture", "prun")  # cell magics whose cell is still Python
CELL_MAGICS = re.compile(r"(?:\s*%%[^\n]*(?:\n|$))+")  # the lines that a cell begins with


def code_cells(notebook: Node) -> list[tuple[str, str]]:
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
