"""CPU seconds per submission: ``cs231n grade`` beside plain ``nbgrader autograde``, on the same notebooks in one run.

Plain nbgrader executes every notebook in a kernel of the instructor's account. ``cs231n grade`` asks the same
functions in a sandbox, hidden cases included, and writes the same gradebook. Both start from a released
assignment and an empty gradebook; start-up is part of both.

    .venv/bin/python benchmarks/grading.py --students 20
"""

import argparse
import ctypes
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

from autograder.assignment import read_assignment
from autograder.course import Course, put_tools_on_path
from autograder.gradebook import release
from autograder.sample_class import sample_class

ROOT = Path(__file__).parent.parent
ASSIGNMENT = "assignment1"
PLAIN = """\
c = get_config()
c.CourseDirectory.course_id = "cs231n"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
"""
PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    put_tools_on_path()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # whoever is orphaned is ours, and so is its time
    with tempfile.TemporaryDirectory() as folder:
        plain = make_course(Path(folder) / "plain", arguments.students, PLAIN)
        ours = make_course(Path(folder) / "ours", arguments.students, (ROOT / "nbgrader_config.py").read_text())
        nbgrader = cpu_seconds(["nbgrader", "autograde", ASSIGNMENT], plain)
        grade = cpu_seconds(["cs231n", "grade", ASSIGNMENT, "--json"], ours)
        again = cpu_seconds(["cs231n", "grade", ASSIGNMENT, "--json"], ours)
    report(arguments.students, nbgrader, grade, again, as_json=arguments.json)


def make_course(root: Path, students: int, config: str) -> Path:
    """Make a course with a class of ordinary submissions, right and wrong, none of which hangs or crashes."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(config)
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, root / "solutions" / ASSIGNMENT)
    course = Course(root)
    release(course, ASSIGNMENT)
    (notebook,) = read_assignment(course.released(ASSIGNMENT)).notebooks
    solution = nbformat.read(course.source(ASSIGNMENT) / f"{notebook.name}.ipynb", as_version=4)
    samples = [s for s in sample_class(notebook, solution) if s.student.startswith(("wrong", "unfinished"))]
    perfect = next(s for s in sample_class(notebook, solution) if s.student == "perfect")
    for number in range(students):
        sample = samples[number // 2 % len(samples)] if number % 2 else perfect
        folder = course.submitted(ASSIGNMENT, f"student-{number:04}")
        folder.mkdir(parents=True)
        for name, text in sample.files.items():
            # A comment of their own: no two students hand in the same bytes, so no result is reused.
            node = nbformat.reads(text, as_version=4)
            node.cells.append(nbformat.v4.new_code_cell(f"# by student {number}", id="own-cell"))
            (folder / name).write_text(nbformat.writes(node))
    return root


def cpu_seconds(command: list[str], course: Path) -> float:
    """Run a command in a course and return the CPU time of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{' '.join(command)} ended with status {result.returncode}:\n{result.stderr[-2000:]}")
    try:
        while True:
            os.wait()
    except ChildProcessError:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(students: int, nbgrader: float, grade: float, again: float, *, as_json: bool) -> None:
    """Print what was measured."""
    result = {
        "students": students,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "nbgrader_autograde_cpu_s": round(nbgrader / students, 4),
        "cs231n_grade_cpu_s": round(grade / students, 4),
        "cs231n_grade_again_cpu_s": round(again / students, 4),
        "ratio": round(nbgrader / grade, 2),
    }
    if as_json:
        print(json.dumps(result, indent=1))
        return
    print(f"CPU seconds per submission, {students} submissions of {ASSIGNMENT}, {result['machine']}")
    print(f"  nbgrader autograde, kernels        {result['nbgrader_autograde_cpu_s']:8.3f}")
    print(f"  cs231n grade, sandbox              {result['cs231n_grade_cpu_s']:8.3f}")
    print(f"  cs231n grade, nothing changed      {result['cs231n_grade_again_cpu_s']:8.3f}")
    print(f"  ratio                              {result['ratio']:8.2f}")


if __name__ == "__main__":
    main()
