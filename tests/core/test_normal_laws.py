"""Weights that are drawn from a normal distribution keep its laws, and others are told what is wrong with them."""

import math

import numpy as np
import pytest
import right_solutions_functions

from autograder.checks import BANK
from autograder.checks._normal import normal_laws
from autograder.core.examiner import Examiner
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers, with_solution

SHAPE = (50, 40)
STD = 0.1
EXPECTED = ReferenceAnswers()
DRAWING = [
    (exercise, check, style)
    for exercise, check in (("he_init", "he_init"), ("TwoLayerNet", "two_layer_net_parameters"))
    for style, functions in right_solutions_functions.SOLUTIONS.items()
    if exercise in functions
]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def broken(weights, known=None):
    """Return the sentence of the law that does not hold, or nothing."""
    *_, last = normal_laws("W", weights, STD, known or {})
    return "" if last.holds else last.sentence


@pytest.mark.parametrize(("exercise", "name", "style"), DRAWING)
def test_right_weights_pass_whatever_chance_decides(exercise, name, style):
    solution = right_solutions_functions.SOLUTIONS[style][exercise]
    examiner = Examiner(with_solution(exercise, solution), EXPECTED)

    for number in range(30):
        np.random.seed(number)  # noqa: NPY002  as students do
        (report,) = examiner.examine([BANK[name]], b"secret %d" % number)
        assert report.outcome is Outcome.PASSED, report.message


def test_the_bounds_are_kept_by_a_thousand_draws():
    assert {broken(STD * normal(*SHAPE, seed=seed)) for seed in range(1000)} == {""}


def test_the_bounds_are_not_far_from_what_chance_does():
    weights = [STD * normal(*SHAPE, seed=seed) for seed in range(300)]

    farthest = max(abs(float((w**2).mean()) / STD**2 - 1) for w in weights)

    assert broken(weights[0] * math.sqrt(1 + 4 * farthest)) != ""


def test_a_constant_is_told():
    assert broken(np.full(SHAPE, STD)) == (
        "Neighboring rows of `W` are equal: each weight must have a draw of its own."
    )


def test_columns_that_are_copies_are_told():
    assert broken(STD * normal(50, 1) * np.ones(40)) == (
        "Neighboring columns of `W` are equal: each weight must have a draw of its own."
    )


def test_weights_that_are_not_centered_are_told():
    positive = np.random.default_rng(0).random(SHAPE) * 2 * STD

    assert broken(positive).endswith(": weights are drawn around zero, as many negative as positive.")


def test_a_wrong_size_is_told_with_both_numbers():
    assert broken(2 * STD * normal(*SHAPE)).startswith("The standard deviation of `W` is 0.2")
    assert broken(2 * STD * normal(*SHAPE)).endswith(" where 0.1 is asked for.")


def test_a_wrong_size_that_is_known_is_explained():
    known = {"They are not scaled at all.": 1.0, "They are three times too large.": 3 * STD}

    assert broken(3 * STD * normal(*SHAPE), known).endswith("is asked for. They are three times too large.")


def test_a_uniform_distribution_of_the_right_size_is_told():
    edge = STD * math.sqrt(3)
    uniform = np.random.default_rng(0).uniform(-edge, edge, SHAPE)

    assert broken(uniform).endswith(
        "of `W` lie beyond one standard deviation, where it should be 31.7%: the size is right, "
        "but the distribution is not normal."
    )


def test_a_distribution_without_tails_is_told():
    draws = normal(200, 100)
    draws[np.abs(draws) > 2] = 0.5
    draws[np.abs(draws) < 1] *= math.sqrt(
        (draws.size - np.sum(draws[np.abs(draws) >= 1] ** 2)) / np.sum(draws[np.abs(draws) < 1] ** 2)
    )

    assert "lie beyond" in broken(STD * draws)


def test_rows_that_follow_from_one_another_are_told():
    draws = STD * normal(*SHAPE)
    draws[1::2] = -draws[::2]

    assert broken(draws) == "Neighboring rows of `W` are alike: no weight may follow from another one."


def test_two_calls_that_give_the_same_weights_are_told():
    def seeded(fan_in, fan_out):
        return normal(fan_in, fan_out) * math.sqrt(2 / fan_in)

    (report,) = Examiner(with_solution("he_init", seeded), EXPECTED).examine([BANK["he_init"]])

    assert report.message == (
        "Two calls give the same weights: layers that start alike learn alike, so each call draws anew."
    )


@pytest.mark.parametrize(
    ("variance", "words"),
    [
        (1 / 40, "That is 1 / fan_in: it forgets"),
        (2 / (40 + 200), "That is 2 / (fan_in + fan_out), a compromise"),
        (2 / 200, "It follows from the number of outputs"),
        ((2 / 40) ** 2, "taken for the standard deviation"),
        (1, "The weights are not scaled at all."),
        (40 / 2, "It grows with the number of inputs"),
    ],
)
def test_a_wrong_variance_of_he_is_named(variance, words):
    def wrong(fan_in, fan_out):
        return math.sqrt(variance) * normal(fan_in, fan_out)

    (report,) = Examiner(with_solution("he_init", wrong), EXPECTED).examine([BANK["he_init"]])

    assert report.message.startswith("The standard deviation of `w` is ")
    assert words in report.message
