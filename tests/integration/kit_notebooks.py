"""Run in the environment of a kit: execute a notebook's imports, exercises and checks; print each check's first line.

The argument is a notebook.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path = Path(sys.argv[1])
node = nbformat.read(path, as_version=4)
code = [cell for cell in node.cells if cell.cell_type == "code"]
node.cells = [cell for cell in code if cell is code[0] or "nbgrader" in cell.metadata]
NotebookClient(node, timeout=120, allow_errors=True, resources={"metadata": {"path": str(path.parent)}}).execute()

first_lines = {
    cell.source: cell.outputs[0].data["text/plain"].splitlines()[0]
    for cell in node.cells
    if cell.source.startswith("check(")
}
errors = [
    (cell.source, output.get("ename", output.get("text")))
    for cell in node.cells
    if not cell.source.startswith("check(")
    for output in cell.outputs
    if output.output_type == "error" or output.get("name") == "stderr"
]
print(json.dumps({"checks": first_lines, "errors": errors}))
