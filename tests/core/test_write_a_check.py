"""The page on writing checks is true: its example runs, and a student reads what it says."""

import re
from pathlib import Path

import numpy as np
import pytest

from autograder.core.examiner import Examiner
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-check.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```(?:python|text) ([\w-]+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def example():
    """Run the example and return its reference and its check."""
    reference, question = {}, {}
    exec(BLOCKS["reference"], reference)  # noqa: S102  our own page
    exec(BLOCKS["check"], question)  # noqa: S102  our own page
    return reference["hard_sigmoid_forward"], question["hard_sigmoid_forward"]


def report_on(function, example):
    reference, check = example

    def answers(check, case):
        return check.question(NamespaceSubject({"hard_sigmoid_forward": reference}), **case.params)

    subject = NamespaceSubject({"hard_sigmoid_forward": function})
    (report,) = Examiner(subject, answers).examine([check], b"a secret")
    return report


def test_the_reference_of_the_page_passes_its_check(example):
    report = report_on(example[0], example)

    assert report.outcome is Outcome.PASSED
    assert len(report.verdicts) == 5


def test_a_student_without_corners_reads_what_the_page_says(example):
    report = report_on(lambda x: (x / 6 + 0.5, x), example)

    assert "\n".join(report.sentences) + "\n" == BLOCKS["verdict"]


@pytest.mark.parametrize("wrong", [lambda x: (np.clip(x / 6, 0, 1), x), lambda x: (np.clip(x / 5 + 0.5, 0, 1), x)])
def test_other_wrong_solutions_fail_too(example, wrong):
    assert report_on(wrong, example).outcome is Outcome.FAILED


def test_the_line_in_the_lesson_asks_the_check(example):
    assert BLOCKS["lesson"] == f'check("{example[1].name}")\n'


@pytest.fixture(scope="module")
def predictions():
    """Run the examples of predictions; the right answers are given here."""
    question, wrong = {}, {}
    exec(BLOCKS["prediction"], question)  # noqa: S102  our own page
    exec(BLOCKS["misconception"], wrong)  # noqa: S102  our own page
    right = {
        "predict_output_size": lambda size, window, stride: (size - window) // stride + 1,
        "predict_signal": lambda rate: "grows" if rate > 1 else "dies away",
    }
    return question, wrong["predict_output_size_rounds_late"], right


def report_on_prediction(name, function, predictions):
    question, wrong, right = predictions

    def answers(check, case):
        return check.question(NamespaceSubject(right), **case.params)

    def explain(check, case, answer):
        if check.exercise != wrong.exercise:
            return ()
        said = check.question(NamespaceSubject({wrong.exercise: wrong.solution}), **case.params)
        return (wrong.help,) if answer == said and not case.hidden else ()

    examiner = Examiner(NamespaceSubject({name: function}), answers, explain=explain)
    (report,) = examiner.examine([question[name]], b"a secret")
    return report


@pytest.mark.parametrize("name", ["predict_output_size", "predict_signal"])
def test_the_right_predictions_of_the_page_pass(name, predictions):
    report = report_on_prediction(name, predictions[2][name], predictions)

    assert report.outcome is Outcome.PASSED
    assert report.credit == 1


def test_a_student_who_rounds_late_reads_what_the_page_says(predictions):
    report = report_on_prediction("predict_output_size", predictions[1].solution, predictions)

    assert "\n".join(report.sentences) + "\n" == BLOCKS["prediction-verdict"]


def test_a_word_in_capitals_is_taken_and_another_word_is_not(predictions):
    capitals = report_on_prediction(
        "predict_signal", lambda rate: predictions[2]["predict_signal"](rate).upper(), predictions
    )
    other = report_on_prediction("predict_signal", lambda _: "explodes", predictions)
    wrong = report_on_prediction("predict_signal", lambda _: "grows", predictions)

    assert capitals.outcome is Outcome.PASSED
    assert other.message == "`predict_signal` must return one of the words 'dies away' or 'grows'."
    assert wrong.message == (
        "You predict 'grows', and that is not what happens. Think it through once more before you run it."
    )
