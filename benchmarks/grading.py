"""What grading costs: ``cs231n grade`` beside plain ``nbgrader autograde``, on the same notebooks in one run.

CPU seconds per submission of a class, start-up and everything written included: of plain nbgrader, which executes
each notebook in a kernel of the instructor's account; of ours, which asks the same functions in a sandbox, hidden
cases included; and of our checks alone, on the same code in one warm process without a sandbox. nbgrader's costs are
those of its start and of each further submission, found with two classes of a few students, put together for a large
class.

    .venv/bin/python benchmarks/grading.py --json
    .venv/bin/python benchmarks/grading.py --scaling 10 100 1000 10000
"""

import argparse
import inspect
import json
import math
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import naive_loops
import nbformat
from costs import adopt_orphans, cost_of, cpu_seconds
from nbformat import NotebookNode

from autograder.core.examiner import Examiner
from autograder.core.published import published_explanation
from autograder.core.subject import NamespaceSubject
from autograder.course.assignment import Notebook, read_assignment
from autograder.course.course import Course, put_tools_on_path
from autograder.course.release import release
from autograder.nodes import cell, written
from autograder.reference import ReferenceAnswers
from autograder.sample.sample_class import sample_class
from autograder.sandbox import loading, warm
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import choose
from autograder.sandbox.remote import SandboxSubject
from autograder.submission import code_cells

ROOT = Path(__file__).parent.parent
OURS = (ROOT / "nbgrader_config.py").read_text()
PLAIN = """\
c = get_config()
c.CourseDirectory.course_id = "cs231n"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
"""
LIGHT, LOOPS = "assignment1", "assignment3"
LESSONS = {LIGHT: "affine_layers.ipynb", LOOPS: "convolution.ipynb"}  # the only one of its assignment here
SECRET = b"of the benchmark"
SAMPLE = 40  # submissions of each kind on which the checks are timed, without and with the sandbox
KINDS = {"right": 0, "wrong": 1}  # by the first of each kind; in the sandbox what is wrong is asked again
LOOPING = 40  # submissions with slow loops
PAIRS = 6  # times that one of them is measured, without and with the sandbox
LOOP_SECONDS = 1.0  # of a submission's own arithmetic there: that of inputs of the official sizes
AGAIN = """\
import numpy as np

{source}

once_{name} = {name}


def {name}(*args):
    for _ in range({times}):
        result = once_{name}(*args)
    return result
"""
GRADE = ["cs231n", "grade", "--json"]


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=500, help="the class that ours is measured with")
    parser.add_argument("--nbgrader-students", type=int, default=16, help="the larger of nbgrader's two classes")
    parser.add_argument(
        "--scaling", type=int, nargs="+", metavar="STUDENTS", help="only ours, for classes of these sizes"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    put_tools_on_path()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.scaling:
            found = {"scaling": [scaled(Path(folder) / str(size), size) for size in arguments.scaling]}
        else:
            found = compared(Path(folder), arguments.students, arguments.nbgrader_students)
    found = {"machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", **found}
    print(json.dumps(found, indent=1) if arguments.json else "\n".join(lines(found)))


def compared(folder: Path, students: int, few: int) -> dict[str, Any]:
    """Measure nbgrader, ours, the checks alone, and slow loops, one after the other."""
    autograde, feedback = nbgrader(folder, students, few)
    ours = make_class(folder / "ours", students)
    grade = cost_of([*GRADE, LIGHT], ours)
    pages = cost_of(["cs231n", "feedback", LIGHT], ours)
    again = cost_of([*GRADE, LIGHT], ours)
    start = cost_of([*GRADE, LIGHT, "--student", "student-00000"], ours)
    isolation = {kind: checks(ours, first) for kind, first in KINDS.items()}
    alone, apart = (sum(both) / len(KINDS) for both in zip(*isolation.values(), strict=True))
    both, ours_both = autograde + feedback, (grade.cpu + pages.cpu) / students
    per = {
        "nbgrader_autograde": autograde,
        "nbgrader_autograde_and_feedback": both,
        "cs231n_grade": grade.cpu / students,
        "cs231n_grade_and_feedback": ours_both,
        "checks_alone": alone,
        "checks_in_the_sandbox": apart,
    }
    return {
        "students": students,
        "nbgrader_students": few,
        "cpu_seconds_per_submission": {name: round(seconds, 5) for name, seconds in per.items()},
        "ratios": {
            "nbgrader_to_cs231n": round(autograde * students / grade.cpu, 1),
            "nbgrader_to_cs231n_with_feedback": round(both / ours_both, 1),
        },
        "isolation_ms_per_submission": {
            kind: round(1000 * (apart - alone), 2) for kind, (alone, apart) in isolation.items()
        },
        "start_up_cpu_seconds": round(start.cpu, 2),
        "nothing_changed_cpu_seconds_per_1000": round(1000 * (again.cpu - start.cpu) / students, 2),
        "loops": loops(folder / "loops"),
    }


def nbgrader(folder: Path, students: int, few: int) -> tuple[float, float]:
    """Return what autograde and generate_feedback cost for each submission of a class, in CPU seconds."""
    fewer = max(1, few // 4)
    costs: dict[str, list[float]] = {"autograde": [], "generate_feedback": []}
    for number in (fewer, few):
        plain = make_class(folder / f"plain-{number}", number, PLAIN)
        for name, seconds in costs.items():
            seconds.append(cost_of(["nbgrader", name, LIGHT], plain).cpu)
    found = []
    for small, large in costs.values():
        each = (large - small) / (few - fewer)
        found.append(each + (small - fewer * each) / students)
    return found[0], found[1]


def checks(course: Path, first: int) -> tuple[float, float]:
    """Return the CPU seconds of the checks alone, and of the same in the sandbox, of every other submission."""
    place = Course(course)
    (notebook,) = read_assignment(place.released(LIGHT)).notebooks
    paths = [one.folder / f"{notebook.name}.ipynb" for one in place.submissions(LIGHT)[first : 2 * SAMPLE : 2]]
    texts = [code_cells(nbformat.read(path, as_version=4)) for path in paths]
    answers, tier, asked = ReferenceAnswers(), choose(None), [cell.check for cell in notebook.check_cells]

    def alone(cells: list[tuple[str, str]]) -> None:
        names = loaded(cells, notebook)
        Examiner(NamespaceSubject(names), answers, explain=published_explanation).examine(asked, SECRET)

    def apart(cells: list[tuple[str, str]]) -> None:
        with SandboxSubject(cells, {}, tier, Limits(), notebook.exercises) as subject:
            Examiner(subject, answers, fresh=subject.fresh, explain=published_explanation).examine(asked, SECRET)

    seconds = []
    for grade in (alone, apart):
        grade(texts[0])
        before = cpu_seconds()
        for cells in texts:
            grade(cells)
        seconds.append((cpu_seconds() - before) / len(texts))
    warm.end_all()
    return seconds[0], seconds[1]


def loaded(cells: list[tuple[str, str]], notebook: Notebook) -> dict[str, Any]:
    """Execute what defines of a submission, in this process."""
    names: dict[str, Any] = {"__name__": "__main__"}
    loading.load(cells, names, notebook.exercises, 60.0)
    return names


def loops(folder: Path) -> dict[str, float]:
    """Grade convolutions that multiply one number at a time, beside their own arithmetic."""
    course = make_course(folder, LOOPS)
    (notebook,) = read_assignment(course.released(LOOPS)).notebooks
    times = math.ceil(LOOP_SECONDS / arithmetic(notebook, looping(notebook, 1)))
    node = looping(notebook, times)
    sandboxed(notebook, node)  # starts what is kept
    own, apart = zip(*((arithmetic(notebook, node), sandboxed(notebook, node)) for _ in range(PAIRS)), strict=True)
    warm.end_all()
    for number in range(LOOPING):
        hand_in(course, LOOPS, number, {f"{notebook.name}.ipynb": node})
    grade = cost_of([*GRADE, LOOPS], folder)
    start = cost_of([*GRADE, LOOPS, "--student", "student-00000"], folder)
    cpu, wall, mean = grade.cpu - start.cpu, grade.wall - start.wall, sum(own) / len(own)
    return {
        "own_arithmetic_cpu_s": round(mean, 3),
        "in_the_sandbox_more_percent": round(100 * (sum(apart) / sum(own) - 1), 1),  # one at a time, in turn with own
        "cs231n_grade_cpu_s": round(cpu / LOOPING, 3),
        "more_percent": round(100 * (cpu / LOOPING / mean - 1), 1),
        "cores_busy": round(cpu / wall, 2),
    }


def looping(notebook: Notebook, times: int) -> NotebookNode:
    """Return the released notebook with slow functions, each of which does its work so many times."""
    cells = []
    for one in notebook.node.cells:
        name = next((name for name in notebook.exercises if f"def {name}(" in one.source), "")
        if name and one.cell_type == "code":
            source = inspect.getsource(getattr(naive_loops, name))
            one = NotebookNode(one, source=AGAIN.format(source=source, name=name, times=times))
        cells.append(one)
    return NotebookNode(notebook.node, cells=cells)


def arithmetic(notebook: Notebook, node: NotebookNode) -> float:
    """Return the CPU seconds that a submission's own functions take in all checks, in this process."""
    spent = 0.0

    def timed(function: Any) -> Any:
        def call(*args: Any) -> Any:
            nonlocal spent
            start = time.process_time()
            try:
                return function(*args)
            finally:
                spent += time.process_time() - start

        return call

    names = loaded(code_cells(node), notebook)
    subject = NamespaceSubject({name: timed(names[name]) for name in notebook.exercises})
    Examiner(subject, ReferenceAnswers()).examine([cell.check for cell in notebook.check_cells], SECRET)
    return spent


def sandboxed(notebook: Notebook, node: NotebookNode) -> float:
    """Return the CPU seconds that all checks of a submission take in the sandbox, the judge's included."""
    asked, before = [cell.check for cell in notebook.check_cells], cpu_seconds()
    with SandboxSubject(code_cells(node), {}, choose(None), Limits(), notebook.exercises) as subject:
        Examiner(subject, ReferenceAnswers(), fresh=subject.fresh, explain=published_explanation).examine(
            asked, SECRET
        )
    return cpu_seconds() - before


def scaled(folder: Path, students: int) -> dict[str, Any]:
    """Measure ours with a class of some size, then again with nothing changed."""
    course = make_class(folder, students)
    grade, again = (cost_of([*GRADE, LIGHT], course) for _ in range(2))
    shutil.rmtree(folder)
    return {
        "students": students,
        "cpu_ms_per_submission": round(1000 * grade.cpu / students, 1),
        "seconds": round(grade.wall, 1),
        "grader_mib": round(grade.memory),
        "again_seconds": round(again.wall, 1),
        "again_cpu_seconds": round(again.cpu, 1),
        "again_mib": round(again.memory),
    }


def make_class(root: Path, students: int, config: str = OURS) -> Path:
    """Make a class of ordinary submissions, right and wrong, none of which hangs or crashes."""
    course = make_course(root, LIGHT, config)
    samples = list(ordinary(course))
    for number in range(students):
        # Every other one is right; the others have one mistake, or are unfinished.
        right, wrong = samples[0], samples[1 + number // 2 % (len(samples) - 1)]
        hand_in(course, LIGHT, number, wrong if number % 2 else right)
    return root


def make_course(root: Path, assignment: str, config: str = OURS) -> Course:
    """Make a course whose gradebook is empty and whose assignment is released."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(config)
    lesson = Path("solutions", assignment, LESSONS[assignment])
    (root / lesson).parent.mkdir(parents=True)
    shutil.copy(ROOT / lesson, root / lesson)
    course = Course(root)
    release(course, assignment)
    return course


def ordinary(course: Course) -> Iterator[dict[str, NotebookNode]]:
    """Yield what students hand in: the right notebook first, then others."""
    (notebook,) = read_assignment(course.released(LIGHT)).notebooks
    solution = nbformat.read(course.source(LIGHT) / f"{notebook.name}.ipynb", as_version=4)
    for sample in sample_class(notebook, solution):
        if sample.student.startswith(("wrong", "unfinished")) or sample.student == "perfect":
            yield {name: nbformat.reads(text, as_version=4) for name, text in sample.files.items()}


def hand_in(course: Course, assignment: str, number: int, files: dict[str, NotebookNode]) -> None:
    """Hand in notebooks with a comment of one's own: no two students hand in the same bytes."""
    folder = course.submitted(assignment, f"student-{number:05}")
    folder.mkdir(parents=True)
    own = cell("code", f"# by student {number}", name="own-cell")
    for name, node in files.items():
        (folder / name).write_bytes(written(NotebookNode(node, cells=[*node.cells, own])))


def lines(found: dict[str, Any], indent: str = "") -> Iterator[str]:
    """Yield what was measured, a figure a line."""
    for name, value in found.items():
        parts = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        yield f"{indent}{name.replace('_', ' '):46}{'' if parts else value}"
        for part in parts:
            yield from lines(part, f"{indent}  ")


if __name__ == "__main__":
    main()
