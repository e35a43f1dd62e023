"""The kits of all assignments, unpacked over one another, in a new virtual environment that holds nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest

from autograder.course import kit
from autograder.course.course import Course

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
WORKED = sorted((ROOT / "solutions").glob("*/*.ipynb"))
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Unpack the kits and follow START.md; return their folder."""
    folder = tmp_path_factory.mktemp("student")
    course = Course(ROOT)
    for assignment in course.assignments():
        with ZipFile(kit.write_kit(course, assignment, folder / f"{assignment}.zip")) as archive:
            archive.extractall(folder)
    here = folder / "cs231n"
    run(here, sys.executable, "-m", "venv", ".venv")
    run(here, ".venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
    return here


def run(folder, *command):
    """Run a command as on a machine that knows nothing of this repository."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    ended = subprocess.run(  # noqa: S603  our own commands
        command, cwd=folder, env=clean, capture_output=True, text=True, timeout=900, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def outcome(unpacked, path):
    """Execute a notebook; return the sign of each check and what else went wrong."""
    notebook = Path(path.parent.name) / path.name
    said = json.loads(run(unpacked, ".venv/bin/python", HERE / "kit_notebooks.py", notebook).splitlines()[-1])
    return {check: line[0] for check, line in said["checks"].items()}, said["errors"]


def paste(unpacked, path):
    """Paste the worked solutions into a student's notebook."""
    notebook = unpacked / path.parent.name / path.name
    node, worked = (nbformat.read(file, as_version=4) for file in (notebook, path))
    solutions = {cell.id: cell.source for cell in worked.cells}
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solutions[cell.id]
    nbformat.write(node, notebook)


def signs_of(outcomes):
    """Return notebook, check and sign of every check."""
    return [(name, check, sign) for name, (signs, _) in outcomes.items() for check, sign in signs.items()]


def test_the_environment_holds_the_kit_and_not_the_course(unpacked):
    where = run(unpacked, ".venv/bin/python", "-c", "import autograder, cs231n_lib; print(autograder.__file__)")

    assert Path(where.strip()).parent.parent == unpacked
    assert "nbgrader" not in run(unpacked, ".venv/bin/python", "-m", "pip", "list")


def test_every_notebook_opens_every_stub_fails_and_every_pasted_solution_passes(unpacked):
    empty = {path.stem: outcome(unpacked, path) for path in WORKED}
    for path in WORKED:
        paste(unpacked, path)
    filled = {path.stem: outcome(unpacked, path) for path in WORKED}

    assert {name: errors for name, (_, errors) in filled.items() if errors} == {}
    assert {name: errors for name, (_, errors) in empty.items() if errors} == {}
    assert all(signs for signs, _ in empty.values())
    assert [found for found in signs_of(empty) if found[2] == "✓"] == []
    assert [found for found in signs_of(filled) if found[2] != "✓"] == []
    assert {name: list(signs) for name, (signs, _) in filled.items()} == {n: list(s) for n, (s, _) in empty.items()}


def test_the_program_of_students_says_how_far_they_are(unpacked):
    told = run(unpacked, ".venv/bin/cs231n", "progress")
    commands = run(unpacked, ".venv/bin/cs231n", "--help")

    assert "affine_layers" in told
    assert "progress" in commands
    assert "grade" not in commands


def test_the_program_of_students_checks_a_saved_notebook(unpacked):
    paste(unpacked, WORKED[0])

    assert "checks pass" in run(unpacked, ".venv/bin/cs231n", "check", f"{WORKED[0].parent.name}/{WORKED[0].name}")


def test_jupyterlab_is_there(unpacked):
    assert "jupyterlab" in run(unpacked, ".venv/bin/jupyter", "--version")
