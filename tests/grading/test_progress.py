"""``cs231n progress`` and ``progress()``: what is done, what is left, and how long that takes."""

import doctest
import json
import shutil
import sys

import nbformat
import pytest
from classroom import HOME, NOTEBOOK, released, with_function, worked
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console

import autograder
from autograder import cli
from autograder.course import durations
from autograder.course.assignment import asked_checks
from autograder.course.durations import told
from autograder.errors import CourseError
from autograder.student import known, selfcheck, standing, standing_view
from autograder.student.standing import State

WRONG = with_function(worked(), "relu_forward", "def relu_forward(x):\n    return np.abs(x), x")

DROPOUT = nbformat.read(HOME / "assignments" / "assignment2" / "dropout.ipynb", as_version=4)
LATER = len(asked_checks(DROPOUT))  # lessons may get more of them
QUESTIONS = sum(cell.id.startswith("question") for cell in DROPOUT.cells)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep what is known in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cs231n" / "progress.json"


@pytest.fixture
def course(tmp_path):
    """Give somebody a course of two notebooks."""
    course = tmp_path / "course"
    for name in ("assignment1/affine_layers.ipynb", "assignment2/dropout.ipynb"):
        (course / name).parent.mkdir(parents=True)
        shutil.copy(HOME / "assignments" / name, course / name)
    return course


def save(course, node):
    write(node, course / "assignment1" / f"{NOTEBOOK}.ipynb")


def unfinished():
    """Return a notebook in which two are right, one is wrong, one is to do and one question is answered."""
    node, stubs = with_function(WRONG, "relu_backward", ""), {cell.id: cell.source for cell in released().cells}
    for cell in node.cells:
        if cell.id in ("softmax-loss", "relu-backward") or cell.id.startswith("question"):
            cell.source = stubs[cell.id]
        if cell.id == "question-affine-forward":
            cell.source = "Because $b$ is shared."
    return node


def states(part):
    return {step.check: str(step.state) for step in part.steps if step.state is not State.TODO}


def test_a_course_that_was_just_opened_is_all_to_do(course):
    parts = standing.survey(course)

    assert [part.file for part in parts] == ["assignment1/affine_layers.ipynb", "assignment2/dropout.ipynb"]
    assert not any(part.is_touched for part in parts)
    assert {step.state for part in parts for step in part.steps} == {State.TODO}
    assert [part.minutes_left for part in parts] == [part.minutes for part in parts]


def test_a_notebook_of_stubs_is_not_asked_at_all(course, monkeypatch):
    monkeypatch.setattr(selfcheck, "ask", lambda *_: pytest.fail("it was asked"))

    assert standing.survey(course)


def test_what_is_right_wrong_and_to_do_is_told_apart(course):
    save(course, unfinished())

    part, _ = standing.survey(course)

    assert states(part) == {"affine_forward": "done", "affine_backward": "done", "relu_forward": "wrong"}
    assert part.done == 2
    assert part.answered == 1
    assert next(step.message for step in part.steps if step.check == "relu_forward").startswith(
        "`out` is wrong: out["
    )


def test_a_finished_notebook_leaves_nothing(course):
    save(course, worked())

    part, _ = standing.survey(course)

    assert part.done == len(part.steps)
    assert part.minutes_left == (0, 0)


def test_the_time_left_is_the_share_of_the_points_that_are_left(course):
    save(course, unfinished())

    part, _ = standing.survey(course)

    points = {cell.id: cell.metadata.nbgrader.points for cell in released().cells if _is_graded(cell)}
    earned = sum(
        points[name] for name in ("check-affine-forward", "check-affine-backward", "question-affine-forward")
    )
    assert part.left == pytest.approx(1 - earned / sum(points.values()))
    assert part.minutes_left == (round(120 * part.left),) * 2


def _is_graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade")


def test_what_did_not_change_is_not_asked_again(course, monkeypatch, cache):
    save(course, WRONG)
    before = standing.survey(course)
    monkeypatch.setattr(selfcheck, "ask", lambda *_: pytest.fail("it was asked again"))

    assert standing.survey(course) == before
    assert cache.is_file()


def test_what_changed_is_asked_again(course):
    save(course, WRONG)
    standing.survey(course)
    save(course, worked())

    part, _ = standing.survey(course)

    assert states(part)["relu_forward"] == "done"


@pytest.mark.parametrize("damage", [b"", b"[1", b'{"a": 1}'])
def test_a_damaged_memory_is_as_good_as_none(course, cache, damage):
    cache.parent.mkdir(parents=True)
    cache.write_bytes(damage)
    save(course, WRONG)

    assert states(standing.survey(course)[0])["relu_forward"] == "wrong"


def test_no_more_is_remembered_than_is_of_use(course, cache, monkeypatch):
    monkeypatch.setattr(known, "MOST", 1)
    for node in (WRONG, worked()):
        save(course, node)
        standing.survey(course)

    assert len(json.loads(cache.read_bytes())) == 1


def test_a_memory_that_cannot_be_written_stops_nobody(course, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert standing.survey(course)


def test_notebooks_of_hidden_folders_and_of_somebody_else_are_left_out(course):
    shutil.copytree(course / "assignment1", course / ".ipynb_checkpoints")
    write(new_notebook(cells=[new_code_cell("x = 1")]), course / "own.ipynb")

    assert [part.file for part in standing.survey(course)] == [
        "assignment1/affine_layers.ipynb",
        "assignment2/dropout.ipynb",
    ]


def test_the_folder_may_be_the_course_its_assignments_or_one_of_them(course, tmp_path):
    shutil.copytree(course, tmp_path / "whole" / "assignments")

    assert [part.file for part in standing.survey(tmp_path / "whole")] == [
        "assignments/assignment1/affine_layers.ipynb",
        "assignments/assignment2/dropout.ipynb",
    ]
    assert [part.file for part in standing.survey(course / "assignment2")] == ["dropout.ipynb"]


def test_without_a_notebook_there_is_a_sentence(tmp_path):
    with pytest.raises(CourseError) as caught:
        standing.survey(tmp_path)

    assert str(caught.value) == (
        f"`{tmp_path}` must hold notebooks of the course (got none). Go to your course, or name it."
    )
    assert caught.value._render_traceback_() == [str(caught.value)]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command in this process; return its status and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cs231n", "progress", *map(str, arguments)])
        monkeypatch.setattr(cli, "out", Console(width=100))
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return caught.value.code, capsys.readouterr().out

    return run


def test_the_command_shows_each_notebook_what_is_left_and_what_is_next(course, run):
    save(course, unfinished())

    status, text = run(course)

    lines = [line.rstrip() for line in text.splitlines()]
    assert status == 0
    assert lines[1] == "assignment1"
    assert lines[2].split() == ["affine_layers", "━━━━──────", "2", "of", "5", "1", "of", "5", *_left(course).split()]
    assert "  ✗ relu_forward   `out` is wrong: out[0, 0] is 0.5, expected 0" in text
    assert "  · softmax_loss   to do, section 5. Softmax loss" in text
    assert f"2 of {5 + LATER} checks pass. About " in text
    assert lines[-1].startswith("Next: `relu_forward`, in assignment1/affine_layers.ipynb, section 3. ")


def _left(course):
    return told(standing.survey(course)[0].minutes_left)


def test_the_command_says_when_everything_is_done(course, run):
    shutil.rmtree(course / "assignment2")
    save(course, worked())

    _, text = run(course)

    assert "5 of 5 checks pass.\n" in text
    assert text.endswith("Every function is right. Grading asks hidden cases, too: other sizes and settings.\n")


def test_the_command_prints_data(course, run):
    save(course, WRONG)

    status, text = run(course, "--json")

    data = json.loads(text)
    assert status == 0
    assert data["checks"] == {"done": 4, "all": 5 + LATER}
    assert data["next"] == {"file": "assignment1/affine_layers.ipynb", "check": "relu_forward"}
    assert data["notebooks"][1]["questions"] == {"answered": 0, "all": QUESTIONS}
    assert data["notebooks"][0]["checks"][0] == {
        "check": "affine_forward",
        "section": "1. Affine layer, forward",
        "state": "done",
        "message": "",
    }


def test_a_notebook_shows_the_progress_of_the_whole_course(course, monkeypatch, capsys):
    monkeypatch.chdir(course / "assignment2")

    autograder.progress()

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "assignment1/affine_layers.ipynb  0 of 6  2 to 3 h"
    assert lines[-2].startswith(f"0 of {6 + LATER} checks pass. About ")


def test_in_a_notebook_progress_is_a_table_that_escapes_what_it_shows(course):
    (course / "assignment1" / f"{NOTEBOOK}.ipynb").rename(course / "assignment1" / "<b>.ipynb")
    write(unfinished(), course / "assignment1" / "<b>.ipynb")

    html = standing_view.html(standing.survey(course))

    assert "assignment1/&lt;b&gt;.ipynb<br><small>✗ <code>relu_forward</code>, · <code>relu_backward</code>" in html
    assert "<b>.ipynb" not in html
    assert "width:40%" in html


def test_times_are_read_and_told_as_the_examples_say():
    assert doctest.testmod(durations) == (0, 3)


def test_a_function_of_an_earlier_notebook_is_found_when_a_file_is_checked(course):
    save(course, worked())
    own = "from affine_layers import affine_forward as earlier\ndef affine_forward(x, w, b):\n    return earlier(x, w, b)"
    write(new_notebook(cells=[new_code_cell(own)]), course / "assignment2" / "own.ipynb")

    reports = selfcheck.check_file(course / "assignment2" / "own.ipynb")

    assert {report.check: str(report.outcome) for report in reports}["affine_forward"] == "passed"
