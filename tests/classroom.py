"""A small class for tests: the worked notebook of the first assignment, and ways to change and hand it in."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from autograder.course.assignment import read_assignment
from autograder.grading.batch import Graded, Job, grade_one
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.protection import PROTECTED, Tier, probe
from autograder.submission import Submitted

HOME = Path(__file__).parent.parent
SMALL = HOME / "tests" / "small_course"
ASSIGNMENT = SMALL / "assignments" / "assignment1"
SOLUTIONS = SMALL / "solutions" / "assignment1"
NOTEBOOK = "affine_layers"
CHECKS = ("affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss")
SECRET = b"a secret of the tests"
OWN_CPU = 10_000_000 + os.getpid()  # seconds nobody reaches: it tells our workers from those of other people
QUICK = Limits(call_seconds=1.0, load_seconds=3.0, memory=1024 * MIB, cpu_seconds=OWN_CPU)


def copy_small_course(root):
    """Copy a course of one notebook, worked and released. It is kept with the tests: lessons may change as they like."""
    for part in ("solutions", "assignments"):
        shutil.copytree(SMALL / part, Path(root) / part, dirs_exist_ok=True)


def with_points(root, grade_id, points):
    """Make a question of the worked notebook worth so many points; it counts once the course is released again."""
    path = Path(root) / "solutions" / "assignment1" / f"{NOTEBOOK}.ipynb"
    node = nbformat.read(path, as_version=4)
    marked_cell(node, grade_id).metadata.nbgrader.points = points
    nbformat.write(node, path)


def needs(tier):
    return pytest.mark.skipif(bool(probe(tier)), reason=f"{tier} does not work here: {probe(tier)}")


needs_bubblewrap = needs(Tier.BUBBLEWRAP)
protected_tiers = [pytest.param(tier, marks=needs(tier)) for tier in PROTECTED]
tiers = protected_tiers if any(not probe(tier) for tier in PROTECTED) else [Tier.RLIMITS]


def released_assignment():
    return read_assignment(ASSIGNMENT)


def released():
    return nbformat.read(ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)


def worked():
    """Fill the stubs with the worked solutions."""
    solutions = nbformat.read(SOLUTIONS / f"{NOTEBOOK}.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in solutions.cells}
    node = released()
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = sources[cell.id]
    return node


def with_cell(node, source, at=2, **fields):
    """Insert a code cell."""
    node = deepcopy(node)
    cell = nbformat.v4.new_code_cell(source, id="inserted")
    cell.update(fields)
    node.cells.insert(at, cell)
    return node


def with_last_cell(node, source, **fields):
    """Append a code cell: what it defines counts."""
    return with_cell(node, source, at=len(node.cells), **fields)


def with_function(node, name, source):
    """Replace the cell that defines a function."""
    node = deepcopy(node)
    defining_cell(node, name).source = source
    return node


def defining_cell(node, name):
    return next(cell for cell in node.cells if cell.cell_type == "code" and f"def {name}(" in cell.source)


def marked_cell(node, grade_id):
    return next(cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def hand_in(folder, content, name=f"{NOTEBOOK}.ipynb", student="ada"):
    """Write a student's file."""
    place = folder / "submitted" / student
    place.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        (place / name).write_bytes(content)
    else:
        text = content if isinstance(content, str) else nbformat.writes(content)
        (place / name).write_text(text, encoding="utf-8")
    return Submitted(student, place)


def job(folder, tier=Tier.RLIMITS, limits=QUICK, secret=SECRET):
    return Job(ASSIGNMENT, folder / "results", tier, secret, limits)


def graded(folder, content, tier=Tier.RLIMITS, limits=QUICK, **files) -> Graded:
    """Hand in a notebook and grade it as a run of `cs231n grade` does."""
    return grade_one(job(folder, tier, limits), hand_in(folder, content, **files))


def lost(report):
    """Return the checks without full marks."""
    return {check.report.check for check in report.checks if check.score < check.points}


def earned(report):
    """Return the score by check."""
    return {check.report.check: check.score for check in report.checks}


def processes():
    """Return the command of every process that can be seen here, by its number."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found[int(path.parent.name)] = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
    return found


def workers():
    """Return the numbers of all processes that run a worker of these tests; zygotes wait for the next one."""
    forked = {number for number in descendants() if "cs231n-worker" in seen(f"/proc/{number}/comm")}
    return forked | {number for number, command in processes().items() if f'"CPU": {OWN_CPU}' in command}


def descendants():
    """Yield the numbers of all processes that this one started, or that one of those did."""
    waiting = [os.getpid()]
    while waiting:
        for children in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            found = [int(number) for number in seen(children).split()]
            waiting += found
            yield from found


def seen(path):
    """Return what the system says of a process, nothing if that has ended."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


@contextmanager
def no_worker_left() -> Iterator[None]:
    """Assert that what runs inside leaves no process behind; the end of a namespace takes a moment."""
    yield
    deadline = time.monotonic() + 5
    while workers() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not workers()
