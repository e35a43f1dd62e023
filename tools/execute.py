"""Execute for the docs the worked notebooks that are missing there or older than the code, from a clean kernel.

A table says how long each took and what it complained about.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import nbformat
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
WORKED = ROOT / "docs" / "worked"
WIDGET = "application/vnd.jupyter.widget-view+json"
MARK = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
LONGEST_CELL = 600  # seconds


@dataclass(frozen=True)
class Execution:
    """What became of a notebook.

    Parameters
    ----------
    name : str
        Assignment and notebook.
    node : NotebookNode
        With its outputs.
    seconds : float
        From the start of the kernel to its end.
    """

    name: str
    node: nbformat.NotebookNode
    seconds: float

    @property
    def complaints(self) -> list[str]:
        """What was written to the standard error stream: warnings, above all."""
        return [
            output.text
            for cell in self.node.cells
            for output in cell.get("outputs", [])
            if output.output_type == "stream" and output.name == "stderr"
        ]


def execute(path: Path) -> Execution:
    """Execute a notebook, and keep it with its outputs where the docs take it from.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    node = nbformat.read(path, as_version=4)
    begin = perf_counter()
    client = NotebookClient(node, timeout=LONGEST_CELL, resources={"metadata": {"path": str(path.parent)}})
    client.store_widget_state = False
    client.execute()
    execution = Execution(f"{path.parent.name}/{path.stem}", node, perf_counter() - begin)
    target = WORKED / path.parent.name / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(_still(node), target)
    return execution


def table(executions: list[Execution]) -> Table:
    """Return the seconds and the warnings of each notebook, as a table."""
    rows = Table("notebook", "seconds", "warnings", title="Worked notebooks, each from a clean kernel")
    for one in executions:
        rows.add_row(one.name, f"{one.seconds:.0f}", str(len(one.complaints)))
    rows.add_row("all", f"{sum(one.seconds for one in executions):.0f}", "", style="bold")
    return rows


def outdated() -> list[Path]:
    """Return the worked notebooks that the docs lack, or have from before the last change of the code."""
    code = [file for folder in ("cs231n_lib", "autograder", "solutions") for file in (ROOT / folder).rglob("*.*")]
    changed = max(file.stat().st_mtime for file in code if file.suffix in (".py", ".ipynb"))
    notebooks = sorted((ROOT / "solutions").glob("*/*.ipynb"))
    return [path for path in notebooks if _since(WORKED / path.parent.name / path.name) < changed]


def _since(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _still(node: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy for a page: widgets' pictures stay, progress bars and the marks of solutions go."""
    page = nbformat.from_dict(node)
    for cell in page.cells:
        cell.source = MARK.sub("", cell.source)
        for output in cell.get("outputs", []):
            if WIDGET in output.get("data", {}) and "image/png" in output.data:
                del output.data[WIDGET]
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
    return page


def main() -> int:
    """Execute what is outdated."""
    executions = []
    for path in outdated():
        print(f"executing {path.parent.name}/{path.stem} …", flush=True)
        executions.append(execute(path))
    if executions:
        Console().print(table(executions))
    return int(any(one.complaints for one in executions))


if __name__ == "__main__":
    sys.exit(main())
