"""Right solutions come in every style, and all of them pass."""

import numpy as np
import pytest
import right_solutions
import right_solutions_convnets
import right_solutions_functions
import right_solutions_images
import right_solutions_nets
import right_solutions_norms
import right_solutions_predictions
import right_solutions_segmentation

from autograder.checks import BANK, of_exercises
from autograder.core.examiner import Examiner
from autograder.core.published import published_explanation
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers
from cs231n_lib import layers

SOLUTIONS = (
    right_solutions.SOLUTIONS
    | right_solutions_functions.SOLUTIONS
    | right_solutions_nets.SOLUTIONS
    | right_solutions_norms.SOLUTIONS
    | right_solutions_images.SOLUTIONS
    | right_solutions_segmentation.SOLUTIONS
    | right_solutions_convnets.SOLUTIONS
    | right_solutions_predictions.SOLUTIONS
)
SECRETS = [b"one secret", b"another secret", b"a third one"]


def problems(reports):
    return [f"{report.check}: {report.message}" for report in reports if report.outcome is not Outcome.PASSED]


@pytest.mark.parametrize("style", SOLUTIONS)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_right_solution_of_any_style_passes(style, secret):
    functions = SOLUTIONS[style]

    reports = Examiner(NamespaceSubject(functions), ReferenceAnswers(), explain=published_explanation).examine(
        of_exercises(set(functions)), secret
    )

    assert problems(reports) == []


def test_every_exercise_has_two_right_solutions_in_other_styles():
    styles = dict.fromkeys({check.exercise for check in BANK.values()}, 0)

    for functions in SOLUTIONS.values():
        for exercise in functions:
            styles[exercise] += 1

    assert min(styles.values()) >= 2, styles


@pytest.mark.parametrize("name", ["conv_forward_naive", "max_pool_forward_naive", "affine_forward", "relu_forward"])
def test_an_output_array_in_fortran_order_passes(name):
    forward = getattr(layers, name)

    def fortran(*args):
        out, cache = forward(*args)
        return np.asfortranarray(out), cache

    reports = Examiner(NamespaceSubject({name: fortran}), ReferenceAnswers()).examine([BANK[name]], SECRETS[0])

    assert problems(reports) == []


def test_a_forward_pass_that_spoils_its_inputs_after_use_passes():
    def spoil(x, w, b):
        out, cache = layers.affine_forward(x.copy(), w.copy(), b)
        x[...], w[...] = 0, 0
        return out, cache

    subject = NamespaceSubject({"affine_forward": spoil, "affine_backward": layers.affine_backward})

    reports = Examiner(subject, ReferenceAnswers()).examine(of_exercises({"affine_forward", "affine_backward"}))

    assert problems(reports) == []


def test_a_loss_that_is_a_python_float_or_an_array_of_no_axes_passes():
    for kind in (float, np.array, np.float64):

        def softmax_loss(x, y, kind=kind):
            loss, dx = layers.softmax_loss(x, y)
            return kind(loss), dx

        reports = Examiner(NamespaceSubject({"softmax_loss": softmax_loss}), ReferenceAnswers()).examine(
            [BANK["softmax_loss"]], SECRETS[0]
        )

        assert problems(reports) == []
