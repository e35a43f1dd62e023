"""Predictions: the right answer is never told, known wrong ones get their sentence at once, in the notebook, too."""

import numpy as np
import pytest

from autograder.checks import BANK
from autograder.core import render
from autograder.core.examiner import Examiner
from autograder.core.published import published_answers, published_explanation
from autograder.core.question import Case
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.misconceptions import CATALOG
from autograder.reference import ReferenceAnswers
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import best
from autograder.sandbox.remote import SandboxSubject
from autograder.student.notebook import examine

PREDICTIONS = [check for check in BANK.values() if check.is_prediction]
every_prediction = pytest.mark.parametrize("check", PREDICTIONS, ids=lambda check: check.name)


@every_prediction
def test_a_known_wrong_prediction_gets_its_sentence_in_the_notebook(check):
    for wrong in (one for one in CATALOG if one.exercise == check.exercise):
        report = examine(check.name, {check.exercise: wrong.solution})
        assert report.misconception
        assert report.misconception in report.sentences


@every_prediction
def test_the_right_answer_is_told_nowhere(check):
    report = examine(check.name, {check.name: lambda *_: 12.3456})
    if check.words:
        assert "must return one of the words" in report.message
        return

    assert report.outcome is Outcome.FAILED
    shown = render.text(report) + render.html(report)
    for case in check.public:
        right = float(published_answers(check, case)["prediction"])
        assert f"expected {right:.8g}" not in shown
    assert all(row.error is None for verdict in report.verdicts for row in verdict.comparisons)


def test_a_student_reads_the_sentence_in_the_notebook():
    report = examine("predict_first_loss", {"predict_first_loss": np.log10})

    assert report.sentences == (
        "You predict 1, and that is not what happens. Think it through once more before you run it.",
        "The logarithm is the natural one, as in the softmax loss.",
    )


@pytest.mark.parametrize("answer", [None, "two", np.ones(2), (1, 2)])
def test_an_answer_that_is_no_number_is_told(answer):
    report = examine("predict_first_loss", {"predict_first_loss": lambda _: answer})

    assert report.message == "`predict_first_loss` must return one number. The docstring says of what."


def test_a_hidden_case_says_nothing_of_the_prediction():
    def learned(num_classes):
        return {10: np.log(10), 2: np.log(2)}.get(num_classes, 5.0)

    subject = NamespaceSubject({"predict_first_loss": learned})
    (report,) = Examiner(subject, ReferenceAnswers()).examine([BANK["predict_first_loss"]], b"secret")

    assert report.message.startswith("`prediction` has wrong values in a hidden case.")
    assert report.credit == 0


def test_a_hidden_prediction_is_not_explained():
    hidden = Case("hidden 1", {"num_classes": 5}, hidden=True)

    assert published_explanation(BANK["predict_first_loss"], hidden, {"prediction": np.array(1.0)}) == ()


def test_predictions_pass_through_the_sandbox():
    cell = "def predict_step_factor(rule, factor):\n    return factor if rule[0] == 's' else 1\n"

    with SandboxSubject([("cell 1", cell)], {}, best(), Limits(), ["predict_step_factor"]) as subject:
        (report,) = Examiner(subject, ReferenceAnswers()).examine([BANK["predict_step_factor"]], b"secret")

    assert report.outcome is Outcome.PASSED
