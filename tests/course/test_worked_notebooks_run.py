"""Every worked notebook runs from a clean kernel, without a warning, and shows its pictures."""

import pytest
from execute import Execution, execute
from released_course import WORKED, name_of

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module", params=WORKED, ids=name_of)
def executed(request: pytest.FixtureRequest, executions: list[Execution]) -> Execution:
    execution = execute(request.param)
    executions.append(execution)
    return execution


def test_a_worked_notebook_runs_without_a_warning(executed: Execution) -> None:
    assert executed.complaints == []


def test_every_check_of_a_worked_notebook_passes(executed: Execution) -> None:
    tables = [
        cell.outputs[0].data["text/plain"]
        for cell in executed.node.cells
        if cell.cell_type == "code" and cell.source.startswith("check(")
    ]

    assert tables
    assert all(table.startswith("✓") for table in tables)


def test_a_worked_notebook_shows_a_picture_for_every_exercise(executed: Execution) -> None:
    cells = [cell for cell in executed.node.cells if cell.cell_type == "code"]
    exercises = [cell for cell in cells if "### BEGIN SOLUTION" in cell.source]
    pictures = [
        output
        for cell in cells
        for output in cell.outputs
        if output.output_type == "display_data" and "image/png" in output.data
    ]

    assert len(pictures) >= len(exercises)
