import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom import (
    ASSIGNMENT,
    HOME,
    NOTEBOOK,
    copy_small_course,
    marked_cell,
    released,
    with_cell,
    with_function,
    worked,
)
from nbformat import writes
from rich.console import Console
from typer.testing import CliRunner

from autograder import cli
from autograder.commands import options, paperwork, students
from autograder.core.judge import JudgeError
from autograder.sandbox import protection
from autograder.student import selfcheck

WORKED = worked()
WRONG = with_function(WORKED, "relu_forward", "def relu_forward(x):\n    return np.abs(x), x")
COMMANDS = cli.ORDER


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program in this process as from a terminal; return its status, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cs231n", *map(str, arguments)])
        for module in (cli, options, paperwork, students):
            monkeypatch.setattr(module, "out", Console(width=200))
            monkeypatch.setattr(module, "err", Console(width=200, stderr=True), raising=False)
        with pytest.raises(SystemExit) as caught:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return caught.value.code, captured.out, captured.err

    return run


@pytest.fixture
def saved(tmp_path):
    """Save a notebook, or anything else, where a student works."""

    def saved(content, name="affine_layers.ipynb"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else writes(content), encoding="utf-8")
        return path

    return saved


@pytest.fixture
def course(tmp_path):
    """Make a course whose assignment is released."""
    shutil.copy(HOME / "nbgrader_config.py", tmp_path)
    copy_small_course(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_an_example(command):
    shown = CliRunner().invoke(cli.app, [command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})

    assert shown.exit_code == 0
    assert f"Example: cs231n {command}" in shown.output


def test_the_commands_are_those():
    groups = [cli.app, *(group.typer_instance for group in cli.app.registered_groups)]

    assert {command.callback.__name__ for app in groups for command in app.registered_commands} == set(COMMANDS)


def test_the_help_lists_the_commands_as_a_course_needs_them():
    shown = CliRunner().invoke(cli.app, ["--help"], env={"COLUMNS": "80", "NO_COLOR": "1"}).output

    listed = [words[1] for words in map(str.split, shown.splitlines()) if len(words) > 2 and words[1] in COMMANDS]
    assert tuple(listed) == COMMANDS


def test_the_help_fills_its_lines():
    shown = CliRunner().invoke(cli.app, ["grade", "--help"], env={"COLUMNS": "80", "NO_COLOR": "1"}).output

    told = shown[shown.index("What did not change") : shown.index("Arguments")].splitlines()
    assert all(len(line.strip()) > 55 for line in told[:4])


def test_without_a_command_the_help_is_shown():
    shown = CliRunner().invoke(cli.app, [], env={"COLUMNS": "200"})

    assert "Check, release, grade and report" in shown.output


def test_a_good_notebook_checks_with_status_0(run, saved):
    status, out, _ = run("check", saved(WORKED))

    assert status == 0
    assert "5 of 5 checks pass" in out


def test_a_wrong_notebook_checks_with_status_1_and_says_what_to_mend(run, saved):
    status, out, _ = run("check", saved(WRONG))

    assert status == 1
    assert "4 of 5 checks pass" in out
    assert "`out` is wrong" in out
    assert "Fix what failed, save, and check again." in out


def test_a_stub_checks_with_status_1(run, saved):
    status, out, _ = run("check", saved(released()))

    assert status == 1
    assert "`affine_forward` is not finished: it raises NotImplementedError." in out


def test_a_python_file_is_checked_by_its_functions(run, saved):
    status, out, _ = run(
        "check", saved("import numpy as np\n\ndef relu_forward(x):\n    return np.maximum(0, x), x\n", "a.py")
    )

    assert status == 0
    assert "1 of 1 checks pass" in out


def test_several_files_are_checked_at_once(run, saved):
    status, out, _ = run("check", saved(WORKED), saved(WRONG, "wrong.ipynb"))

    assert status == 1
    assert "5 of 5" in out
    assert "4 of 5" in out


def test_a_check_as_json_is_json_and_nothing_else(run, saved):
    path = saved(WRONG)

    status, out, _ = run("check", path, "--json")

    (checks,) = json.loads(out).values()
    assert status == 1
    assert [check["check"] for check in checks][:2] == ["affine_forward", "affine_backward"]


def test_a_hostile_message_cannot_steer_the_terminal(run, saved):
    node = with_function(
        WORKED, "relu_forward", "def relu_forward(x):\n    return type('\\x1b[2J[bold]', (), {})(), x"
    )

    _, out, _ = run("check", saved(node))

    assert "\x1b[2J" not in out
    assert r"\x1b[2J[bold]" in out


@pytest.mark.parametrize(
    "change",
    [
        {"source": "check('relu_forward'"},
        {"source": "%%time\ncheck('relu_forward')"},
        {"metadata": {"nbgrader": {"grade": True, "solution": False}}},
        {"metadata": {"nbgrader": {"grade": True, "solution": False, "grade_id": 3, "points": "many"}}},
        {"metadata": {"nbgrader": "text"}},
    ],
)
def test_a_changed_check_cell_does_not_stop_a_check(run, saved, change):
    node = worked()
    marked_cell(node, "check-relu-forward").update(change)

    status, out, _ = run("check", saved(json.dumps(node)))

    assert status == 0
    assert "checks pass" in out


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        ('{"cells": [', "a.ipynb", "'a.ipynb' must be a notebook (its JSON breaks off or goes wrong at line 1)."),
        ("x = 1", "a.py", "must hold check cells or functions of the course (got neither). Name a notebook of it."),
        (
            "import os\nclass Net:\n    os._exit(0)",
            "a.py",
            "The notebook cannot be loaded: executing its definitions ends",
        ),
    ],
)
def test_a_file_that_cannot_be_checked_is_told_with_status_2(run, saved, content, name, sentence):
    status, _, err = run("check", saved(content, name))

    assert status == 2
    assert err.startswith("error: ")
    assert sentence in err


def test_a_missing_file_is_told_with_status_2(run, tmp_path):
    status, _, err = run("check", tmp_path / "nowhere.ipynb")

    assert status == 2
    assert f"There is no file {tmp_path / 'nowhere.ipynb'}." in " ".join(err.split())


def test_an_unknown_check_is_told_with_those_there_are(run, saved):
    node = worked()
    marked_cell(node, "check-relu-forward").source = 'check("relu_foward")'

    status, _, err = run("check", saved(node))

    assert status == 2
    assert "must be the name of a check (got 'relu_foward'). Did you mean 'relu_forward'?" in err


@pytest.mark.parametrize(
    "arguments", [("check",), ("grade",), ("fly",), ("grade", "assignment1", "--jobs", "0"), ("--no",)]
)
def test_bad_usage_has_status_2(run, arguments):
    status, _, _ = run(*arguments)

    assert status == 2


@pytest.mark.parametrize("command", ["grade", "feedback", "report", "release"])
def test_a_folder_that_is_no_course_is_told_with_status_2(run, tmp_path, command):
    status, _, err = run(command, "assignment1", "--course", tmp_path)

    assert status == 2
    assert "error: `--course` must be a folder with nbgrader_config.py" in err


@pytest.mark.parametrize("command", ["grade", "release"])
def test_an_unknown_assignment_is_told_with_status_2(run, course, command):
    status, _, err = run(command, "asignment1", "--course", course)

    assert status == 2
    assert "error: `assignment` must be one of this course (got 'asignment1')" in err


def test_grading_nothing_is_told_with_status_2(run, course):
    status, _, err = run("grade", "assignment1", "--course", course)

    assert status == 2
    assert "`assignment1` must have submissions (got none)." in err


def test_grading_without_a_sandbox_is_refused_with_status_2(run, course, monkeypatch):
    (course / "submitted" / "ada" / "assignment1").mkdir(parents=True)
    monkeypatch.setattr(protection, "probe", lambda _: "it is forbidden here")

    status, _, err = run("grade", "assignment1", "--course", course)

    assert status == 2
    assert "(bubblewrap does not: it is forbidden here; " in err
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_pages_before_grading_are_refused_with_status_2(run, course, command):
    status, _, err = run(command, "assignment1", "--course", course)

    assert status == 2
    assert "`assignment1` must be graded first (got no results). Run `cs231n grade assignment1`." in err


def test_a_demo_over_somebodys_folder_is_refused_with_status_2(run, course):
    status, _, err = run("demo", "--at", course)

    assert status == 2
    assert "`--at` must be an empty folder or an earlier demo" in err


def test_what_is_ours_to_mend_has_status_1(run, saved, monkeypatch):
    def refuse(_path):
        raise JudgeError("the sandbox (bubblewrap) does not start: no memory")

    monkeypatch.setattr(selfcheck, "check_file", refuse)

    status, _, err = run("check", saved(WORKED))

    assert status == 1
    assert err.startswith("ours to mend: the sandbox (bubblewrap) does not start: no memory")


def test_submissions_are_graded_into_the_gradebook(run, course):
    for student, node in (("ada", WORKED), ("bob", with_cell(WRONG, "mine = 1"))):
        folder = course / "submitted" / student / "assignment1"
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_text(writes(node), encoding="utf-8")
    grade = ("grade", "assignment1", "--course", course, "--sandbox", "rlimits", "--jobs", "1")

    status, out, _ = run(*grade)
    again, again_out, _ = run(*grade, "--json")

    result = json.loads(again_out)
    assert (status, again) == (0, 0)
    assert "2 submissions graded, 0 of them known already" in " ".join(out.split())
    assert "WARNING: student code runs with resource limits only" in out
    assert (result["known"], result["grades_changed"], result["broken"]) == (2, 0, [])
    assert {one["student"]: one["score"] for one in result["submissions"]} == {"ada": 13.0, "bob": 11.0}
    assert (course / "autograded" / "bob" / "assignment1" / f"{NOTEBOOK}.ipynb").is_file()


def test_the_program_starts_as_a_program_of_its_own():
    program = Path(sys.executable).parent / "cs231n"

    ended = subprocess.run(  # noqa: S603  our own command
        [program, "check", str(ASSIGNMENT / "nowhere.ipynb")], capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: There is no file ")
    assert ended.stdout == ""
