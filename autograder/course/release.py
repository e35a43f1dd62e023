"""Releasing: an assignment's student version, through nbgrader, on the disk and in the gradebook."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from sqlalchemy import make_url

from autograder.course.assignment import Assignment, Notebook, require_known
from autograder.course.course import Course, CourseError, put_tools_on_path
from autograder.files import write_whole

RAISED = re.compile(r"\s*[\w.]*(Error|Exception): ")  # how a traceback in nbgrader's log ends
Entered = tuple[str, str, str, float]  # notebook, cell, what it is entered as, points


def release(course: Course, assignment: str) -> None:
    """Make an assignment's student version from its source, through nbgrader.

    What was given out stays as it is until nbgrader is done; then each file takes its place whole.

    Raises
    ------
    CourseError
        If a source is no notebook, or nbgrader cannot release it; then the message is its own.
    AssignmentError
        If a cell asks a check that is not in the bank.
    """
    course.require(assignment)
    require_known(Notebook(path.stem, _read(path)) for path in sorted(course.source(assignment).glob("*.ipynb")))
    put_tools_on_path()
    make_gradebook(course)
    with TemporaryDirectory(prefix="cs231n-release-") as aside:
        config = deepcopy(course.config)
        config.CourseDirectory.release_directory = aside
        directory = CourseDirectory(config=config)
        directory.root = str(course.root)
        result = NbGraderAPI(directory, config=config).generate_assignment(assignment, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"nbgrader cannot release {assignment}: {_last_line(result)}")
        _take_over(Path(directory.format_path(aside, ".", assignment)), course.released(assignment))


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:  # nbformat's own are among them
        raise CourseError(
            f"`{path}` must be a notebook (got {type(error).__name__}). Save it again in JupyterLab, or take it from "
            "version control."
        ) from error


def _take_over(made: Path, released: Path) -> None:
    """Make a folder hold the files of another one, and nothing else."""
    files = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]
    for name in files:
        write_whole(released / name, (made / name).read_bytes())
    for path in released.rglob("*"):
        if path.is_file() and path.relative_to(released) not in files:
            path.unlink()


def _last_line(result: dict[str, Any]) -> str:
    """Return the line of nbgrader's log or traceback that says what is wrong."""
    lines = f"{result.get('log') or ''}\n{result.get('error') or ''}".strip().splitlines()
    telling = [line.strip() for line in lines if RAISED.match(line) and "NbGraderException" not in line]
    return (telling or lines or ["it does not say why"])[-1]


def make_gradebook(course: Course) -> None:
    """Make the gradebook if there is none, all at once: nbgrader takes steps, between which it may be killed."""
    url = make_url(course.directory.db_url)
    file = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not url.database or file.exists():
        return
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    Gradebook(str(url.set(database=str(part))), course.directory.course_id).close()
    part.replace(file)


def differences(gradebook: Gradebook, assignment: Assignment) -> list[str]:
    """Return the names of the cells that a gradebook does not know as they were given out."""
    given_out = {
        entry
        for notebook in assignment.notebooks
        for cell in notebook.node.cells
        if "nbgrader" in cell.metadata
        for entry in _entered_as(notebook.name, cell)
    }
    entered: set[Entered] = set()
    for notebook in gradebook.find_assignment(assignment.name).notebooks:
        entered |= {(notebook.name, cell.name, "grade", float(cell.max_score)) for cell in notebook.grade_cells}
        entered |= {(notebook.name, cell.name, "task", float(cell.max_score)) for cell in notebook.task_cells}
        entered |= {(notebook.name, cell.name, "solution", 0.0) for cell in notebook.solution_cells}
        entered |= {(notebook.name, cell.name, "source", 0.0) for cell in notebook.source_cells}
    return sorted({name for _, name, *_ in given_out ^ entered})


def _entered_as(notebook: str, cell: NotebookNode) -> Iterator[Entered]:
    """Yield what nbgrader enters of a cell."""
    mark = cell.metadata.nbgrader
    if is_grade(cell):
        yield notebook, mark.grade_id, "grade", float(mark.points)
    if is_task(cell):
        yield notebook, mark.grade_id, "task", float(mark.points)
    if is_solution(cell):
        yield notebook, mark.grade_id, "solution", 0.0
    if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell):
        yield notebook, mark.grade_id, "source", 0.0
