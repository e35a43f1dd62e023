"""Every worked notebook runs from a clean kernel, without a warning, and shows its pictures."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.notebooks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "solutions").glob("*/*.ipynb"))


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    node = nbformat.read(request.param, as_version=4)
    NotebookClient(node, timeout=120, resources={"metadata": {"path": str(request.param.parent)}}).execute()
    return node


def test_a_worked_notebook_runs_without_a_warning(executed: nbformat.NotebookNode) -> None:
    complaints = [
        output.text
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]

    assert complaints == []


def test_every_check_of_a_worked_notebook_passes(executed: nbformat.NotebookNode) -> None:
    tables = [
        cell.outputs[0].data["text/plain"]
        for cell in executed.cells
        if cell.cell_type == "code" and cell.source.startswith("check(")
    ]

    assert tables
    assert all(table.startswith("✓") for table in tables)


def test_a_worked_notebook_shows_a_picture_for_every_exercise(executed: nbformat.NotebookNode) -> None:
    exercises = [cell for cell in executed.cells if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source]
    pictures = [
        output
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "display_data" and "image/png" in output.data
    ]

    assert len(pictures) >= len(exercises)
