"""What a student sees: ``check("affine_forward")`` in a script and in a notebook."""

import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import autograder
from autograder import CheckFailed, check
from autograder.checks import BANK, UnknownCheckError
from autograder.core import lessons
from autograder.core.verdict import Outcome
from autograder.course.course_map import stops
from autograder.student.notebook import examine
from cs231n_lib import layers

ROOT = Path(__file__).parents[2]

AFFINE = """
import numpy as np

def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)
"""
WITHOUT_BIAS = AFFINE.replace("@ w + b,", "@ w,")


def run(source, name):
    """Run a script that defines functions and ends with a check."""
    exec(f'{source}\nfrom autograder import check\ncheck("{name}")', {"__name__": "__main__"})  # noqa: S102  our own


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """Give the shell that a notebook's kernel is built on, and put everything back afterwards."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    config = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


def run_cell(shell, source):
    with capture_output() as captured:
        result = shell.run_cell(source)
    return result, captured


def test_a_few_names_are_all_a_student_needs():
    assert autograder.__all__ == ["CheckFailed", "check", "hint", "progress", "show_solution"]


def test_without_a_name_all_checks_of_the_notebook_are_asked(capsys):
    exec(f"{AFFINE}\nfrom autograder import check\ncheck()", {"__name__": "__main__"})  # noqa: S102  our own

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "✓ affine_forward"
    assert lines[1] == "✓ affine_backward"
    assert lines[2].endswith(
        "`relu_forward` is not defined. Keep the name of the function as it was given, and run its cell."
    )
    assert lines[-1].startswith("2 of ")


def test_a_function_that_was_imported_is_no_exercise_of_this_notebook():
    namespace = {"__name__": "__main__", "relu_forward": layers.relu_forward}

    with pytest.raises(UnknownCheckError, match=r"^There is no exercise of the course here yet\. "):
        exec("from autograder import check\ncheck()", namespace)  # noqa: S102  our own


def test_hints_are_opened_one_at_a_time_and_the_last_one_stays(capsys):
    several = len(lessons.hints()["affine_forward"])

    for _ in range(several + 1):
        autograder.hint("affine_forward")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" for ")[0] for line in lines] == [
        f"Hint {min(number, several)} of {several}" for number in range(1, several + 2)
    ]
    assert lines[-1] == lines[-2]
    assert lines[-1].endswith("This is the last one.")


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("fully_connected_net_dropout", "fully_connected_net_dropout"),
        ("fully_connected_net_loss", "FullyConnectedNet"),
        ("FullyConnectedNet", "FullyConnectedNet"),
    ],
)
def test_a_step_of_an_exercise_may_have_hints_of_its_own(name, topic, capsys):
    autograder.hint(name)

    assert f" of 3 for {topic}: " in capsys.readouterr().out


def test_a_hint_for_nothing_that_is_asked_names_what_there_is():
    with pytest.raises(UnknownCheckError, match="Did you mean 'affine_forward'"):
        autograder.hint("afine_forward")


def test_where_each_check_stands_is_up_to_date():
    assert json.loads(lessons.PLACES.read_text(encoding="utf-8")) == lessons.find_places(ROOT / "solutions", BANK)
    assert set(lessons.places()) <= set(BANK)


def test_lessons_ask_all_there_is_about_an_exercise():
    taught = {BANK[name].exercise for name in lessons.places()}

    left_out = {check.name for check in BANK.values() if check.exercise in taught} - set(lessons.places())

    assert left_out == set()


def test_a_script_prints_the_table(capsys):
    run(AFFINE, "affine_forward")

    printed = capsys.readouterr().out
    assert printed.startswith("✓ affine_forward: affine_forward computes x times w plus b for every example.\n")
    assert "fill=spread, n=2, shape=(4, 5, 6), m=3  out    (2, 3)" in printed
    assert printed.count("✓ passed") == 3


def test_a_script_without_ipython_prints_the_table(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)

    run(AFFINE, "affine_backward")

    assert capsys.readouterr().out.count("✓ passed") == 9


def test_a_wrong_function_raises_with_the_sentence_after_the_table(capsys):
    with pytest.raises(CheckFailed) as caught:
        run(WITHOUT_BIAS, "affine_forward")

    sentence = caught.value.report.message
    assert sentence.startswith("`out` is wrong: out[")
    assert str(caught.value) == f"affine_forward failed: {sentence}"
    assert f"\n\n{sentence}\n" in capsys.readouterr().out


def test_a_failed_check_is_an_assertion_for_whoever_runs_the_notebook():
    assert issubclass(CheckFailed, AssertionError)


def test_the_functions_of_whoever_calls_are_checked():
    with pytest.raises(CheckFailed, match=r"^relu_forward failed: `relu_forward` is not defined\. "):
        check("relu_forward")


def test_a_stub_is_told_apart_from_a_mistake():
    stub = "def relu_forward(x):\n    raise NotImplementedError()"

    with pytest.raises(CheckFailed, match=r"`relu_forward` is not finished: it raises NotImplementedError\.$"):
        run(stub, "relu_forward")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("afine_forward", "Did you mean 'affine_forward'?"),
        ("svm", "Did you mean 'svm_loss', 'svm_loss_naive' or 'svm_loss_vectorized'?"),
        ("UNPOOL_CONV", "Did you mean 'unpool_conv_forward' or 'unpool_conv_backward'?"),
    ],
)
def test_an_unknown_name_is_answered_by_the_nearest_ones(name, remedy):
    with pytest.raises(UnknownCheckError) as caught:
        check(name)

    assert str(caught.value) == f"`name` must be the name of a check (got {name!r}). {remedy}"


@pytest.mark.parametrize("name", ["tea", "", ["a", "list"], 3])
def test_a_name_that_is_like_nothing_is_answered_by_three(name):
    with pytest.raises(UnknownCheckError) as caught:
        check(name)

    assert str(caught.value).count("'") >= 6
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("ask", [check, autograder.hint, autograder.show_solution])
def test_a_function_for_its_name_is_told(ask):
    with pytest.raises(UnknownCheckError) as caught:
        ask(layers.affine_forward)

    assert str(caught.value) == (
        "`name` must be a name (got the function `affine_forward` itself). Write it in quotes: 'affine_forward'."
    )


@pytest.mark.parametrize("asking", ["hint", "show_solution"])
def test_without_a_name_there_is_a_sentence_with_those_of_the_notebook(asking):
    with pytest.raises(UnknownCheckError) as caught:
        exec(f"{AFFINE}\nfrom autograder import {asking}\n{asking}()", {"__name__": "__main__"})  # noqa: S102  our own

    assert str(caught.value) == (
        f'`{asking}` must be given a name, as `{asking}("affine_forward")`. '
        "Here there are: affine_forward, affine_backward, relu_forward, relu_backward, svm_loss, softmax_loss."
    )


def test_an_exercise_is_suggested_where_one_may_be_named():
    with pytest.raises(UnknownCheckError, match=r"Did you mean 'FullyConnectedNet'\?$"):
        autograder.hint("FullyConectedNet")


def test_where_checks_stand_is_told_in_the_order_of_the_course():
    files = list(dict.fromkeys(place.file for place in lessons.places().values()))

    assert files == [f"{stop.assignment}/{stop.notebook}.ipynb" for stop in stops(ROOT / "solutions")]


def test_an_unknown_name_is_one_line_in_a_notebook():
    assert UnknownCheckError("no such check")._render_traceback_() == ["no such check"]


def test_a_backward_pass_is_checked_on_its_own_when_the_forward_pass_is_wrong(capsys):
    run(WITHOUT_BIAS.replace("(x, w, b)\n", "None\n"), "affine_backward")

    assert capsys.readouterr().out.startswith("✓ affine_backward")


def test_a_blocked_check_names_the_function_to_get_right_first():
    wrong = {
        "batchnorm_forward": lambda x, gamma, beta, _: (gamma * x + beta, (x, gamma)),
        "batchnorm_backward": lambda dout, cache: (dout * cache[1], dout.sum(0), dout.sum(0)),
    }

    report = examine("batchnorm_backward", wrong)

    assert report.outcome is Outcome.BLOCKED
    assert report.message == (
        "`batchnorm_backward` needs `batchnorm_forward`, which is not right yet. Get that one right first."
    )


def test_students_are_asked_public_cases_only():
    report = examine("affine_forward", {"affine_forward": lambda x, w, b: (x.reshape(len(x), -1) @ w + b, None)})

    assert report.outcome is Outcome.PASSED
    assert not any(verdict.hidden for verdict in report.verdicts)


def test_the_notebooks_own_arrays_are_left_alone():
    names = {"x": np.zeros(2), "affine_forward": lambda x, w, b: (x.reshape(len(x), -1) @ w + b, None)}

    examine("affine_forward", names)

    assert sorted(names) == ["affine_forward", "x"]
    assert names["x"].tolist() == [0, 0]


def test_a_notebook_displays_html_and_text(shell):
    result, captured = run_cell(shell, AFFINE + 'from autograder import check\ncheck("affine_forward")')

    (shown,) = captured.outputs
    assert result.success
    assert shown.data["text/html"].startswith("<div ")
    assert shown.data["text/plain"].startswith("✓ affine_forward: ")
    assert captured.stdout == ""


def test_a_notebook_shows_one_line_instead_of_a_traceback(shell):
    result, captured = run_cell(shell, WITHOUT_BIAS + 'from autograder import check\ncheck("affine_forward")')

    lines = captured.stdout.strip().splitlines()
    assert isinstance(result.error_in_exec, CheckFailed)
    assert lines == [str(result.error_in_exec)]
    assert "Traceback" not in captured.stdout + captured.stderr
    assert "✗ failed" in captured.outputs[0].data["text/html"]


def test_a_backward_pass_that_is_right_names_the_cache_of_the_forward_pass():
    flat = AFFINE.replace("+ b, (x, w, b)", "+ b, (x.reshape(len(x), -1), w, b)")

    with pytest.raises(CheckFailed) as caught:
        run(flat, "affine_backward")

    assert caught.value.report.message == (
        "`affine_backward` is right with the documented cache, but not with that of your `affine_forward`. "
        "Store there what its docstring says, as it came."
    )


def test_a_passed_check_says_that_grading_asks_more(capsys):
    run(AFFINE, "affine_forward")

    assert (
        capsys.readouterr()
        .out.rstrip()
        .endswith("These are the public cases. Grading asks hidden ones, too: other sizes and settings.")
    )
