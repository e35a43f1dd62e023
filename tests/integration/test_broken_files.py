"""All that is broken in one class, beside one that is good: each is told what is wrong, and the run goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from broken_files import CLASS, FULL, GOOD, NAMES_OF_STUDENTS, ONLY_ROOT, file, with_cell
from classroom import HOME, copy_small_course

pytestmark = pytest.mark.integration

CLASSMATES = CLASS | (ONLY_ROOT if os.geteuid() == 0 else {})
LONGEST = 120  # seconds for all of them; a machine under load may take long
COMMAND = (sys.executable, "-c", "import sys; from autograder.cli import main; sys.argv[0] = 'cs231n'; main()")


def run(course, *arguments, program=COMMAND):
    """Run a command of the course; return its status and its output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "200", "CS231N_SECRET": "a secret of the tests"}
    ended = subprocess.run(  # noqa: S603  our own command
        [*program, *arguments], cwd=course, env=environment, capture_output=True, timeout=LONGEST, check=False
    )
    return ended.returncode, (ended.stdout + ended.stderr).decode("utf-8", "strict")


def course_of(folder, hand_in):
    """Make a course in which every student hands something in."""
    folder.mkdir()
    shutil.copy(HOME / "nbgrader_config.py", folder)
    copy_small_course(folder)
    for student, make in hand_in.items():
        own = folder / "submitted" / student / "assignment1"
        own.mkdir(parents=True)
        make(own)
    return folder


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Grade the class once; return the course and the submissions by student."""
    course = course_of(
        tmp_path_factory.mktemp("broken") / "course", {student: one.make for student, one in CLASSMATES.items()}
    )
    before = {str(path) for path in course.parent.rglob("canary*")}
    status, output = run(course, "grade", "assignment1", "--json")
    assert status == 0, output[-2000:]
    assert {str(path) for path in course.parent.rglob("canary*")} == before
    result = json.loads(output)
    assert result["broken"] == []
    return course, {one["student"]: one for one in result["submissions"]}


def test_nobody_is_missing(broken):
    _, submissions = broken

    assert set(submissions) == set(CLASSMATES)


@pytest.mark.parametrize("student", CLASSMATES)
def test_each_has_its_score_and_is_told_what_is_wrong(broken, student):
    _, submissions = broken

    (notebook,) = submissions[student]["notebooks"]

    said = notebook["problems"][0] if notebook["problems"] else ""
    expected = CLASSMATES[student]
    assert submissions[student]["score"] == expected.score
    assert said == expected.said or expected.said == "*"
    assert all(problem.isprintable() for problem in notebook["problems"])


def test_everybody_has_a_graded_notebook_and_a_page(broken):
    course, _ = broken

    status, output = run(course, "feedback", "assignment1")

    assert status == 0, output
    for student in CLASSMATES:
        assert (course / "autograded" / student / "assignment1" / "affine_layers.ipynb").is_file()
        assert (course / "feedback" / student / "assignment1" / "affine_layers.html").is_file()


def test_a_report_says_of_everybody_what_is_wrong(broken):
    course, _ = broken

    status, output = run(course, "report", "assignment1")

    assert status == 0, output
    text = (course / "report" / "assignment1.html").read_text(encoding="utf-8")
    assert all(student in text for student in CLASSMATES)


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """Make a class of hostile names, all of whom hand in something good."""
    return course_of(tmp_path_factory.mktemp("named") / "course", dict.fromkeys(NAMES_OF_STUDENTS, file(GOOD)))


@pytest.mark.parametrize(
    "command",
    [
        ("grade", "assignment1", "--json"),
        ("grade", "assignment1"),
        ("feedback", "assignment1"),
        ("report", "assignment1"),
    ],
)
def test_students_of_any_name_are_graded_and_steer_no_terminal(named, command):
    status, output = run(named, *command)

    assert status == 0, output[-2000:]
    assert output.replace("\n", "").isprintable()
    if command[-1] == "--json":
        assert [one["score"] for one in json.loads(output)["submissions"]] == [FULL] * len(NAMES_OF_STUDENTS)


def test_names_are_shown_as_they_are_and_forge_no_line(named):
    _, output = run(named, "grade", "assignment1")

    assert "[red]x[_red]" in output
    assert "[link=x]y" in output
    assert r"a\nERROR forged" in output
    assert not [line for line in output.splitlines() if line.lstrip("│ ").startswith("ERROR")]


def test_no_line_of_nbgraders_log_is_a_students(tmp_path):
    forged = "def softmax_loss(x, y):\n    raise ValueError('\\r\\x1b[2J\\u202e[AutogradeApp | ERROR] forged')"
    course = course_of(tmp_path / "course", {"eve": file(with_cell(forged))})
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    run(course, "generate_assignment", "assignment1", "--force", program=(nbgrader,))

    status, output = run(course, "autograde", "assignment1", program=(nbgrader,))

    assert status == 0, output[-2000:]
    assert r"\r\x1b[2J\u202e[AutogradeApp | ERROR] forged" in output
    assert output.replace("\n", "").isprintable()
    assert not [line for line in output.splitlines() if line.startswith("[AutogradeApp | ERROR]")]


def test_nothing_is_written_outside_the_course(named):
    assert [path.name for path in Path(named).parent.iterdir()] == ["course"]
