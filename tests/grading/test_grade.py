import nbformat
import pytest
from classroom import (
    CHECKS,
    QUICK,
    SECRET,
    defining_cell,
    earned,
    graded,
    hand_in,
    lost,
    marked_cell,
    no_worker_left,
    released,
    released_assignment,
    tiers,
    with_cell,
    with_function,
    with_last_cell,
    worked,
)
from nbconvert import HTMLExporter
from nbgrader.utils import determine_grade

from autograder.core.diagnosis import OURS
from autograder.core.judge import JudgeError
from autograder.core.verdict import Outcome
from autograder.grading.grade import Grader, Own, modules_of, prepare, with_results
from autograder.sandbox.protection import Tier
from autograder.submission import read_folder

WORKED = worked()
POINTS = {
    "affine_forward": 2.0,
    "affine_backward": 3.0,
    "relu_forward": 2.0,
    "relu_backward": 2.0,
    "softmax_loss": 4.0,
}


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    with no_worker_left():
        yield


def nodes(result):
    return [nbformat.reads(text, as_version=4) for text in result.notebooks.values()]


def nbgraders_scores(node):
    """Return what nbgrader itself reads from the outputs."""
    marks = {cell.metadata.nbgrader.grade_id: cell for cell in node.cells if "nbgrader" in cell.metadata}
    return {name: determine_grade(cell)[0] for name, cell in marks.items() if cell.metadata.nbgrader.grade}


@pytest.mark.parametrize("tier", tiers)
def test_a_perfect_submission_has_full_marks(tmp_path, tier):
    report = graded(tmp_path, WORKED, tier).report

    assert earned(report) == POINTS
    assert (report.score, report.max_score, report.sandbox, report.student) == (13.0, 13.0, str(tier), "ada")
    assert [notebook.problems for notebook in report.notebooks] == [()]


def test_a_stub_has_nothing(tmp_path):
    report = graded(tmp_path, released()).report

    assert report.score == 0
    assert all(check.report.outcome is not Outcome.PASSED for check in report.checks)


def test_a_wrong_exercise_costs_that_exercise(tmp_path):
    node = with_function(WORKED, "relu_forward", "def relu_forward(x):\n    return np.abs(x), x")

    report = graded(tmp_path, node).report

    assert lost(report) == {"relu_forward"}
    assert earned(report)["relu_forward"] == 0


def test_what_is_right_in_some_cases_has_some_points(tmp_path):
    source = "def relu_forward(x):\n    return np.maximum(0, x) if x.ndim != 2 else x, x"

    report = graded(tmp_path, with_function(WORKED, "relu_forward", source)).report

    assert lost(report) == {"relu_forward"}
    assert 0 <= earned(report)["relu_forward"] < 2


def test_an_unreadable_submission_has_nothing_and_is_told_why(tmp_path):
    result = graded(tmp_path, b'{"cells": [')

    (notebook,) = result.report.notebooks
    assert result.report.score == 0
    assert notebook.problems[0].startswith("'affine_layers.ipynb' must be a notebook (its JSON breaks off")
    assert {check.report.outcome for check in notebook.checks} == {Outcome.FAILED}
    assert {check.report.message for check in notebook.checks} == {
        "There was nothing to grade: see what is said about the file."
    }


def test_an_empty_folder_has_nothing_and_is_told_why(tmp_path):
    report = graded(tmp_path, b"hello", name="readme.txt").report

    assert report.score == 0
    assert report.notebooks[0].problems == (
        "There is no file affine_layers.ipynb, and no other file defines its functions. "
        "Hand in the notebook that you were given.",
    )


def test_a_renamed_submission_has_its_marks_and_is_told(tmp_path):
    report = graded(tmp_path, WORKED, name="affine_layers (1).ipynb").report

    assert report.score == 13
    assert "'affine_layers (1).ipynb' was taken for affine_layers.ipynb" in report.notebooks[0].problems[0]


def test_a_name_that_is_alike_but_for_a_control_character_is_not_shown(tmp_path):
    source = "def trick(_=globals().update({'softmax_loss\\x1b': print})):\n    pass"

    report = graded(tmp_path, with_function(WORKED, "softmax_loss", source)).report

    (message,) = {check.report.message for check in report.checks if check.report.check == "softmax_loss"}
    assert message.startswith("`softmax_loss` is not defined.")
    assert message.isprintable()


def test_a_python_file_has_its_marks(tmp_path):
    text = "\n".join(f"# %%\n{cell.source}" for cell in WORKED.cells if cell.cell_type == "code")

    assert graded(tmp_path, text, name="affine_layers.py").report.score == 13


def test_a_helper_module_can_be_imported(tmp_path):
    helper = defining_cell(WORKED, "relu_forward").source.replace(
        "def relu_forward", "import numpy as np\n\ndef mine"
    )
    hand_in(tmp_path, helper, name="helpers.py")
    node = with_function(
        WORKED, "relu_forward", "from helpers import mine\n\ndef relu_forward(x):\n    return mine(x)"
    )

    assert graded(tmp_path, node).report.score == 13


def test_a_helper_module_of_numpys_name_replaces_nothing(tmp_path):
    hand_in(tmp_path, "raise SystemExit", name="numpy.py")
    hand_in(tmp_path, "raise SystemExit", name="json.py")

    assert graded(tmp_path, WORKED).report.score == 13


@pytest.mark.parametrize(
    "cell",
    [
        "def broken(:",
        "1 / 0",
        "while True: pass",
        "%matplotlib inline\n!ls",
        "!ls\n" * 600,
        "%%time\n" * 3000,
        "x" * 10**6,
    ],
)
def test_a_cell_that_does_not_matter_costs_nothing(tmp_path, cell):
    report = graded(tmp_path, with_cell(WORKED, cell)).report

    assert report.score == 13
    assert not report.broken


def test_what_could_not_be_loaded_is_a_problem_of_the_file(tmp_path):
    report = graded(tmp_path, with_last_cell(WORKED, "def relu_forward(x):\n    return (")).report

    assert report.notebooks[0].problems == (
        f"cell {len(WORKED.cells) + 1}, line 2: SyntaxError: '(' was never closed",
    )


def test_nbgrader_reads_exactly_our_scores(tmp_path):
    node = with_function(WORKED, "softmax_loss", "def softmax_loss(x, y):\n    return 0.0, np.zeros_like(x)")
    node = with_function(node, "relu_forward", "def relu_forward(x):\n    return np.maximum(0, x) * (x.ndim > 2), x")

    result = graded(tmp_path, node)

    (restored,) = nodes(result)
    scores = nbgraders_scores(restored)
    assert {check.grade_id: check.score for check in result.report.checks}.items() <= scores.items()
    assert all(type(scores[check.grade_id]) is float for check in result.report.checks)


def test_cells_that_people_grade_are_left_to_them(tmp_path):
    node = worked()
    marked_cell(node, "question-relu-forward").source = "Because of the slope."

    (restored,) = nodes(graded(tmp_path, node))

    assert nbgraders_scores(restored)["question-relu-forward"] is None


def test_what_was_printed_in_a_graded_cell_has_no_effect(tmp_path):
    node = released()
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "4.0"})]

    result = graded(tmp_path, node)

    (restored,) = nodes(result)
    assert result.report.score == 0
    assert {nbgraders_scores(restored)[check.grade_id] for check in result.report.checks} == {0.0}


def test_the_graded_notebook_is_valid_and_shows_a_table(tmp_path):
    (restored,) = nodes(graded(tmp_path, WORKED))

    nbformat.validate(restored)
    shown = marked_cell(restored, "check-relu-forward").outputs[0].data
    assert "relu_forward" in shown["text/plain"]
    assert "<table>" in shown["text/html"]


def test_a_problem_is_shown_first_and_nothing_in_it_is_markdown(tmp_path):
    node = with_cell(WORKED, "class Net:\n    raise ValueError('![a](https://evil.example/a.png) <script>$x$')")

    (restored,) = nodes(graded(tmp_path, node))

    page, _ = HTMLExporter().from_notebook_node(restored)
    assert restored.cells[0].id == "about-this-file"
    assert 'src="https://evil.example' not in page
    assert "&lt;script&gt;$x$" in restored.cells[0].source


def test_hostile_messages_are_escaped_in_the_notebook(tmp_path):
    node = with_function(
        WORKED, "relu_forward", "def relu_forward(x):\n    raise ValueError('<script>alert(1)</script>')"
    )

    (restored,) = nodes(graded(tmp_path, node))

    assert "<script>" not in marked_cell(restored, "check-relu-forward").outputs[0].data["text/html"]


def test_what_is_broken_costs_nothing(tmp_path):
    def refuse(check, case):
        raise JudgeError(f"no answer to {check.name} ({case.label})")

    assignment = released_assignment()
    files = read_folder(hand_in(tmp_path, released()).folder, QUICK)
    prepared = [prepare(files, notebook, assignment, QUICK) for notebook in assignment.notebooks]
    grader = Grader(Tier.RLIMITS, SECRET, answers=refuse)

    report = grader.grade_submission(assignment, prepared, Own(modules_of(files, assignment, QUICK)))

    assert report.score == 13
    assert {check.report.check for check in report.broken} == set(CHECKS)
    assert {check.report.message for check in report.broken} == {OURS}
    assert all(check.report.detail.startswith(f"no answer to {check.report.check}") for check in report.broken)


def test_the_same_submission_gives_the_same_report_and_bytes(tmp_path):
    node = with_function(WORKED, "relu_forward", "def relu_forward(x):\n    return x, x")

    first, second = (graded(tmp_path / name, node) for name in ("first", "second"))

    assert not second.known
    assert (first.report, first.notebooks) == (second.report, second.notebooks)


def test_grading_changes_nothing_of_what_was_prepared(tmp_path):
    assignment = released_assignment()
    files = read_folder(hand_in(tmp_path, WORKED).folder, QUICK)
    (prepared,) = (prepare(files, notebook, assignment, QUICK) for notebook in assignment.notebooks)
    before = nbformat.writes(prepared.node)
    report = Grader(Tier.RLIMITS, SECRET).grade(prepared, assignment.notebooks[0].check_cells, Own())

    with_results(prepared, report)

    assert nbformat.writes(prepared.node) == before
