"""``show_solution("affine_backward")``: the derivation and the worked code, for whoever has the whole course."""

import pytest

import autograder
from autograder.checks import BANK, UnknownCheckError
from autograder.core import lessons
from autograder.student import notebook, worked
from autograder.student.display import ShownMarkdown
from autograder.student.taught import checks_of


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(notebook, "_asked", set())
    monkeypatch.setattr(notebook, "_opened", notebook._opened.__class__())


def test_the_first_call_asks_and_names_the_hints_that_are_left(capsys):
    autograder.hint("affine_backward")
    autograder.show_solution("affine_backward")

    assert capsys.readouterr().out.splitlines()[-1] == (
        "What you find yourself stays with you; a solution that you have read is hard to forget. There are 2 hints "
        'that you have not opened: hint("affine_backward") opens one. '
        'Run show_solution("affine_backward") once more to see it all the same.'
    )


@pytest.mark.parametrize(
    ("opened", "sentence"),
    [(2, 'There is one hint that you have not opened: hint("affine_backward") opens it. Run '), (5, "forget. Run ")],
)
def test_the_last_hint_and_none_are_told_as_such(opened, sentence, capsys):
    for _ in range(opened):
        autograder.hint("affine_backward")

    autograder.show_solution("affine_backward")

    assert sentence in capsys.readouterr().out.splitlines()[-1]


def test_the_second_call_shows_the_maths_and_the_code(capsys):
    for _ in range(2):
        autograder.show_solution("affine_backward")

    printed = capsys.readouterr().out
    assert "## `affine_backward`\n\n### Math" in printed
    assert "```python\ndef affine_backward(dout, cache):" in printed
    assert "### BEGIN SOLUTION" not in printed
    assert printed.rstrip().endswith(
        "From the worked notebook `solutions/assignment1/affine_layers.ipynb`, "
        f"section {lessons.places()['affine_backward'].heading}."
    )


def test_to_be_asked_about_one_exercise_says_nothing_about_another(capsys):
    autograder.show_solution("affine_backward")
    autograder.show_solution("relu_backward")

    assert "def relu_backward" not in capsys.readouterr().out


def test_whoever_is_sure_is_not_asked(capsys):
    autograder.show_solution("relu_forward", sure=True)

    assert "def relu_forward(x):" in capsys.readouterr().out


def test_a_check_that_is_named_otherwise_leads_to_its_exercise(capsys):
    autograder.show_solution("batchnorm_forward_test_mode", sure=True)

    assert "## `batchnorm_forward`\n" in capsys.readouterr().out


def test_where_there_are_no_solutions_there_is_a_sentence(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(worked, "SOLUTIONS", tmp_path)

    autograder.show_solution("affine_backward", sure=True)

    assert capsys.readouterr().out == (
        "There is no worked solution of affine_backward here: those who have the whole course find them in "
        'solutions/. hint("affine_backward") opens one hint at a time.\n'
    )


def test_nothing_that_is_asked_names_what_there_is():
    with pytest.raises(UnknownCheckError, match="Did you mean 'affine_forward'"):
        autograder.show_solution("afine_forward")


def test_every_exercise_of_a_lesson_has_its_derivation_and_its_code():
    exercises = {check.exercise for check in BANK.values() if check.name in lessons.places()}

    for exercise in exercises:
        text = worked.solution(checks_of({exercise}))

        assert text.startswith(f"## `{exercise}`\n\n###")
        assert "```python\n" in text
        assert "SOLUTION" not in text


def test_a_notebook_sets_the_formulas():
    shown = ShownMarkdown("$x$")

    assert shown._repr_markdown_() == repr(shown) == "$x$"
    assert not hasattr(shown, "_repr_html_")
