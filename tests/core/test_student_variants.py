"""Solutions as students hand them in: right ones pass, slips fail, and the sentence names the slip."""

import numpy as np
import pytest
import right_solutions as own
from student_variants import RIGHT, SLIPS

from autograder.checks import BANK, of_exercises
from autograder.core.examiner import Examiner
from autograder.core.published import published_answers, published_explanation
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import FUNCTIONS, ReferenceAnswers

SECRET = b"a course secret"
EXERCISES = {check.exercise for check in BANK.values()}
LAYERS = {
    "conv_forward": own.conv_forward_by_strides,
    "conv_backward": own.conv_backward_by_einsum,
    "pool_forward": own.max_pool_forward_with_sliding_windows,
    "pool_backward": own.max_pool_backward_to_all_ties,
    "softmax_loss": own.softmax_loss_with_one_hot,
}
NAMED = 0.8  # of the slips, by the sentence or by the message


def examined(source, answers, secret=None):
    """Ask what a notebook defines; what it does not define is right."""
    namespace = {"np": np, **LAYERS}
    exec(source, namespace)  # noqa: S102  our own
    defined = {name: value for name, value in namespace.items() if name in EXERCISES and name not in LAYERS}
    asked = {name for name in defined if not name.startswith("batchnorm")}
    subject = NamespaceSubject(FUNCTIONS | defined)
    return Examiner(subject, answers, explain=published_explanation).examine(of_exercises(asked), secret)


def slipped(name, right, wrong):
    assert right in RIGHT[name], right
    return RIGHT[name].replace(right, wrong)


def said(reports):
    return " ".join(f"{report.message} {report.misconception} {report.pattern}" for report in reports)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_passes(name):
    reports = examined(RIGHT[name], ReferenceAnswers(), SECRET)

    assert {report.outcome for report in reports} == {Outcome.PASSED}


@pytest.mark.parametrize(("name", "right", "wrong", "words"), SLIPS, ids=[f"{s[0]}: {s[2][:40]}" for s in SLIPS])
def test_a_slip_fails_in_a_printed_case(name, right, wrong, words):
    assert words

    reports = examined(slipped(name, right, wrong), published_answers)

    assert {report.outcome for report in reports} & {Outcome.FAILED, Outcome.BLOCKED}
    assert min(report.credit for report in reports) < 1


def test_the_sentence_names_the_slip_in_at_least_four_of_five():
    unnamed = [
        (name, wrong)
        for name, right, wrong, words in SLIPS
        if not any(word in said(examined(slipped(name, right, wrong), ReferenceAnswers())) for word in words)
    ]

    assert len(unnamed) <= (1 - NAMED) * len(SLIPS), unnamed


def test_a_wrong_batch_normalization_of_ones_own_is_to_blame_for_the_spatial_one():
    source = slipped("spatial_batchnorm", "return gamma * x_hat + beta,", "return gamma * x_hat - beta,")

    (report, *_) = [r for r in examined(source, ReferenceAnswers()) if r.check == "spatial_batchnorm_forward"]

    assert report.outcome is Outcome.BLOCKED
    assert report.message == (
        "`spatial_batchnorm_forward` needs `batchnorm_forward`, which is not right yet. Get that one right first."
    )


SANDWICH = """
def relu_forward(x):
    return np.abs(x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def conv_relu_forward(x, w, b, conv_param):
    a, conv_cache = conv_forward(x, w, b, conv_param)
    out, relu_cache = relu_forward(a)
    return out, (conv_cache, relu_cache)
"""


def test_a_wrong_layer_is_to_blame_for_the_sandwich_that_calls_it():
    reports = {report.check: report for report in examined(SANDWICH, ReferenceAnswers())}

    assert reports["relu_forward"].outcome is Outcome.FAILED
    assert reports["conv_relu_forward"].outcome is Outcome.BLOCKED
    assert "`conv_relu_forward` needs `relu_forward`" in reports["conv_relu_forward"].message
