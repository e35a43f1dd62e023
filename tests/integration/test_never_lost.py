"""Whatever ends a run, and wherever: the same command again gives the bytes of a run that nobody disturbed.

The first part ends a run between any two of its writes, by a process that kills itself there; what was not yet on
the disk may then be lost, too. The second part kills processes of the real command at random moments.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from classroom import HOME, copy_small_course, with_cell, with_function, worked
from gradebooks import everything, logical
from nbformat import writes
from rich.progress import Progress
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, Verdict
from autograder.course.course import Course
from autograder.course.release import release
from autograder.grading import batch, task
from autograder.grading.grade import Grader
from autograder.grading.marking import Order, mark
from autograder.grading.task import perform
from autograder.sandbox.protection import Tier

pytestmark = pytest.mark.integration

NAME, NOTEBOOK = "assignment1", "affine_layers"
STUDENTS = ("ada", "bob", "cy", "di")
WRITTEN = ("results", "autograded", "assignments")
OF_THE_MOMENT = ("seconds", ".lock")  # how long it took; who is at work
MOST_POINTS = 32  # of those at which a run is ended, evenly spread, not the same ones by each test
FEW_POINTS = 6  # where each run takes seconds
SEED = 20260102


def make_course(root):
    root.mkdir(parents=True)
    shutil.copy(HOME / "nbgrader_config.py", root)
    copy_small_course(root)
    (root / ".cs231n-secret").write_text("a secret of the tests\n")
    return Course(root)


def hand_in(course, student, node):
    folder = course.submitted(NAME, student)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NOTEBOOK}.ipynb").write_text(writes(node))
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")


def contents(root):
    """Return the bytes of all that grading writes, but the gradebook."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in WRITTEN
        for path in (root / folder).rglob("*")
        if path.is_file() and not set(path.relative_to(root).parts) & set(OF_THE_MOMENT)
    }


def different(found, expected):
    """Return the names of files and tables that are not as they should be."""
    return [
        name
        for one, other in zip(found, expected, strict=True)
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


# --- a run that ends between two writes ---------------------------------------------------------------------------


class Here:
    """Does tasks in this process: what is tested is what becomes of them."""

    def __init__(self, plan, places):
        self.plan, self.places = plan, places

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, submission):
        return perform(self.plan, submission)


def grade(_, prepared, cells, *_rest):
    """Pass every check but one, which depends on who asks."""
    wrong = "# bob" in "".join(cell.source for cell in prepared.node.cells)
    return NotebookReport(
        prepared.name,
        tuple(
            GradedCheck(cell.grade_id, cell.points, CheckReport(cell.check.name, "Works.", "x", (verdict(i, wrong),)))
            for i, cell in enumerate(cells)
        ),
    )


def verdict(number, wrong):
    outcome = Outcome.FAILED if wrong and number == 2 else Outcome.PASSED
    return Verdict("a case", hidden=False, outcome=outcome, message="why")


class Fate:
    """Counts what a run writes, and kills it at one of these points; before, after or in the middle of a write."""

    def __init__(self, at=None):
        self.count, self.at = 0, at

    def strikes(self):
        self.count += 1
        return self.count == self.at

    def die_if_it_strikes(self, *_args, **_kwargs):
        if self.strikes():
            os.kill(os.getpid(), signal.SIGKILL)

    def take_hold(self):
        write_bytes, replace, unlink = Path.write_bytes, Path.replace, Path.unlink

        def half_written(path, data):
            if self.strikes():
                write_bytes(path, data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return write_bytes(path, data)

        def replaced(path, target):
            self.die_if_it_strikes()
            result = replace(path, target)
            self.die_if_it_strikes()
            return result

        def unlinked(path, missing_ok=False):
            self.die_if_it_strikes()
            return unlink(path, missing_ok=missing_ok)

        Path.write_bytes, Path.replace, Path.unlink = half_written, replaced, unlinked
        event.listen(Engine, "before_cursor_execute", self.die_if_it_strikes)
        event.listen(Engine, "commit", self.die_if_it_strikes)


def run(root, at=None):
    """Grade in a process of its own, which may meet its fate; return how often it might have, or None."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            fate = Fate(at)
            fate.take_hold()
            batch.Crew = Here
            Grader.grade = grade
            task.engine = lambda: "of these tests"
            order = Order(NAME, sandbox=Tier.RLIMITS)
            found = mark(Course(root), order, Progress(disable=True))
            os.write(write, b"%d %d" % (fate.count, found.held))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().split()
    _, status = os.waitpid(process, 0)
    if at is not None and os.WIFSIGNALED(status):
        return None
    assert said, "the run failed"
    assert said[1] == b"0"
    return int(said[0])


def lose(root, before, rng):
    """Lose what a machine without power may lose: the end, or all, of files that were written just now."""
    for path in sorted(root.rglob("*")):
        is_ours = path.is_file() and path.suffix not in (".db", ".db-journal") and path.name != "gradebook.db"
        if is_ours and path.relative_to(root).parts[0] in ("results", "autograded") and path not in before:
            kept = rng.choice([1.0, 1.0, 0.5, 0.0])
            with path.open("r+b") as file:
                file.truncate(int(kept * path.stat().st_size))


@pytest.fixture(scope="module")
def unreleased(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("unreleased") / "course")
    for student in STUDENTS:
        hand_in(course, student, with_cell(worked(), f"# {student}"))
    return course.root


@pytest.fixture(scope="module")
def released(unreleased, tmp_path_factory):
    root = tmp_path_factory.mktemp("released") / "course"
    shutil.copytree(unreleased, root)
    release(Course(root), NAME)
    return root


def points(total, most=MOST_POINTS, first=1):
    """Choose the points at which runs are ended."""
    return range(first, total + 1, max(1, total // most))


def disturbed(start, root, at, rng=None):
    """Copy a course, end a run of it at a point, and run it again."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(start, root)
    before = set(root.rglob("*"))
    while run(root, at) is None:
        if rng is not None:
            lose(root, before, rng)
        at = None


@pytest.mark.parametrize("powerless", [False, True], ids=["killed", "without power"])
def test_a_run_that_ends_between_any_two_writes_is_made_good_by_the_next(released, tmp_path, powerless):
    whole = tmp_path / "course"  # each time the same place, which stands in no result but in some messages
    shutil.copytree(released, whole)
    total = run(whole)
    expected = contents(whole), everything(whole)
    rng = random.Random(SEED) if powerless else None  # noqa: S311

    assert total > 40
    for at in points(total, first=1 + powerless):
        disturbed(released, whole, at, rng)
        assert different((contents(whole), everything(whole)), expected) == [], f"ended at {at} of {total}"


def test_a_first_run_that_ends_while_it_makes_the_gradebook_is_made_good_by_the_next(unreleased, tmp_path):
    whole = tmp_path / "course"
    shutil.copytree(unreleased, whole)
    total = run(whole)
    expected = contents(whole), logical(whole)

    for at in points(total, most=FEW_POINTS):  # nbgrader's release takes seconds
        disturbed(unreleased, whole, at)
        assert (contents(whole), logical(whole)) == expected, f"ended at {at} of {total}"


def test_a_regrade_that_is_interrupted_and_resumed_is_whole(released, tmp_path):
    whole = tmp_path / "course"
    shutil.copytree(released, whole)
    run(whole)
    expected = contents(whole), everything(whole)
    for student in STUDENTS:
        shutil.rmtree(Course(whole).autograded(NAME, student))
    start = tmp_path / "start"
    shutil.copytree(whole, start)

    for at in points(run(whole)):
        disturbed(start, whole, at)
        assert different((contents(whole), everything(whole)), expected) == [], f"ended at {at}"


# --- processes of the real command that are killed ----------------------------------------------------------------

WRONG = "def relu_forward(x):\n    return np.abs(x), x"
SLOW = "def relu_forward(x):\n    import time\n    time.sleep(0.02)\n    return np.maximum(0, x), x"
ENDLESS = "def relu_forward(x):\n    while True:\n        pass"
SOURCES = {"right": None, "wrong": WRONG, "slow": SLOW}
MOMENTS = 8


@pytest.fixture(scope="module")
def real(released, tmp_path_factory):
    """Make a course of real submissions, graded by the real command that nobody disturbed."""
    root = tmp_path_factory.mktemp("real") / "course"
    shutil.copytree(released, root)
    shutil.rmtree(root / "submitted")
    for number in range(9):
        kind = list(SOURCES)[number % 3]
        node = worked() if SOURCES[kind] is None else with_function(worked(), "relu_forward", SOURCES[kind])
        hand_in(Course(root), f"{kind}-{number}", with_cell(node, f"# {number}"))
    whole = root.parent / "whole"
    shutil.copytree(root, whole)
    start = time.monotonic()
    assert command(whole).wait(timeout=300) == 0
    return root, (contents(whole), everything(whole)), time.monotonic() - start


def command(root):
    environment = {name: value for name, value in os.environ.items() if name != "CS231N_SECRET"}
    return subprocess.Popen(  # noqa: S603  our own command
        [Path(sys.executable).parent / "cs231n", "grade", NAME, "--jobs", "2", "--json", "--course", root],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def family(process):
    """Return the processes that one started, by what they are."""
    waiting, found = [process], {}
    while waiting:
        number = waiting.pop()
        with suppress(OSError):
            for children in Path(f"/proc/{number}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
            found[number] = Path(f"/proc/{number}/comm").read_text().strip()
    return found


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_process_that_is_killed_at_any_moment_changes_no_byte(real, tmp_path, moment):
    start, expected, seconds = real
    rng = random.Random(SEED + moment)  # noqa: S311
    root = tmp_path / "course"
    shutil.copytree(start, root)
    running = command(root)
    time.sleep(rng.uniform(0.2, 1.0) * seconds)
    with suppress(ProcessLookupError):
        victims = sorted(family(running.pid))
        os.kill(running.pid if moment % 2 else rng.choice(victims), signal.SIGKILL)

    status = running.wait(timeout=300)
    again = command(root).wait(timeout=300)

    assert again == 0, f"first {status}"
    assert different((contents(root), everything(root)), expected) == []


def living(numbers):
    """Return which processes are there and do something."""
    states = {}
    for number in numbers:
        with suppress(OSError):
            states[number] = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    return {number for number, state in states.items() if state not in "ZX"}


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_a_grader_that_is_killed_in_the_middle_of_tasks_leaves_no_process_behind(released, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(released, root)
    for student in STUDENTS:
        hand_in(Course(root), student, with_function(worked(), "relu_forward", ENDLESS))
    running = command(root)
    assert wait_for(lambda: list(family(running.pid).values()).count("cs231n-worker") >= 2)
    own = family(running.pid)

    running.kill()
    running.wait()

    assert len(own) > 5
    assert wait_for(lambda: not living(own), seconds=15), {number: own[number] for number in living(own)}


def test_ctrl_c_says_how_to_go_on(real, tmp_path):
    start, expected, seconds = real
    root = tmp_path / "course"
    shutil.copytree(start, root)
    program = [Path(sys.executable).parent / "cs231n", "grade", NAME, "--jobs", "2", "--course", root]
    with subprocess.Popen(  # noqa: S603  our own command
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        time.sleep(0.8 * seconds)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)

    assert running.returncode in (0, 130)
    if running.returncode == 130:
        assert b"What was graded is kept: run the same command again to go on." in said
    assert b"Traceback" not in said
    assert command(root).wait(timeout=300) == 0
    assert different((contents(root), everything(root)), expected) == []
