"""The examples by hand in the lessons: each number in the text, against plain NumPy written out here."""

import math
import re
from itertools import product

import numpy as np
from printed import assert_printed, text

from autograder.checks import BANK
from autograder.core.inputs import waves

AFFINE = "assignment1/affine_layers"
BATCHNORM = "assignment2/batch_normalization"

AFFINE_X = np.array([[1, 2, 3], [0, 1, -1]])
AFFINE_W = np.array([[1, 0], [0, 2], [1, -1]])
AFFINE_DOUT = np.array([[1, 0], [2, -1]])
RELU_X = np.array([[-2, -0.5, 0.5], [1, 3, -1]])
BATCH = np.array([[3, 0], [9, 2], [11, 0], [17, 2]])


def test_the_affine_example_is_a_weighted_sum_plus_bias():
    out = [[sum(row[d] * AFFINE_W[d, m] for d in range(3)) + (1, -2)[m] for m in range(2)] for row in AFFINE_X]

    assert_printed(AFFINE, "math-affine-forward", AFFINE_X, AFFINE_W, out)


def test_the_fixed_inputs_give_the_published_output():
    x = np.linspace(-0.1, 0.5, 240).reshape(2, 120)
    w = np.linspace(-0.2, 0.3, 360).reshape(120, 3)
    b = np.linspace(-0.3, 0.1, 3)

    printed = re.findall(r"\d\.\d{5,}", text(AFFINE, "fixed-inputs"))

    np.testing.assert_allclose(np.reshape([float(p) for p in printed], (2, 3)), x.dot(w) + b, atol=5e-9)


def test_the_affine_gradients_are_the_sums_of_the_chain_rule():
    dx, dw, db = np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(2)

    for n, d, m in product(range(2), range(3), range(2)):
        dx[n, d] += AFFINE_DOUT[n, m] * AFFINE_W[d, m]
        dw[d, m] += AFFINE_DOUT[n, m] * AFFINE_X[n, d]
        db[m] += AFFINE_DOUT[n, m] / 3

    assert_printed(AFFINE, "math-affine-backward", AFFINE_DOUT, dx, dw)
    np.testing.assert_allclose(db, [3, -1])
    assert r"\mathtt{db} = (3, -1)" in text(AFFINE, "math-affine-backward")


def test_the_wrong_way_to_flatten_mixes_the_examples():
    rows = np.array([1, 2, 3, 0, 1, -1]).reshape(3, 2).T

    assert rows.tolist() == [[1, 3, 1], [2, 0, -1]]
    assert "$(1, 3, 1)$ and $(2, 0, -1)$" in text(AFFINE, "question-affine-forward")


def test_the_difference_quotients_of_the_cube_are_as_printed():
    central, one_sided = (2.1**3 - 1.9**3) / 0.2, (2.1**3 - 2**3) / 0.1

    lesson = text(AFFINE, "numeric-gradient")

    assert round(central, 2) == 12.01
    assert round(one_sided, 2) == 12.61
    assert "$(9.261 - 6.859)/0.2 = 12.01$" in lesson
    assert "$12.61$" in lesson


def test_the_relu_examples_keep_what_is_positive():
    assert_printed(AFFINE, "math-relu-forward", RELU_X, [[0, 0, 0.5], [1, 3, 0]])
    assert_printed(AFFINE, "math-relu-backward", [[1, 2, 3], [4, 5, 6]], [[0, 0, 3], [4, 5, 0]])
    assert np.where(RELU_X > 0, RELU_X, 0).tolist() == [[0, 0, 0.5], [1, 3, 0]]


def test_three_bent_units_make_a_tent_and_three_straight_ones_nothing():
    def tent(t, bend):
        return bend(t + 1) - 2 * bend(t) + bend(t - 1)

    assert [tent(t, lambda h: max(h, 0)) for t in (-2, -1, 0, 1, 2)] == [0, 0, 1, 0, 0]
    assert [tent(t, lambda h: h) for t in (-2, -1, 0, 1, 2)] == [0, 0, 0, 0, 0]


def test_without_a_bend_602_parameters_do_the_work_of_8():
    answer = text(AFFINE, "question-relu-forward")

    assert 3 * 100 + 100 + 100 * 2 + 2 == 602
    assert "602" in answer
    assert r"$3 \cdot 2 + 2 = 8$" in answer


def test_the_numeric_gradient_near_the_kink_is_one_half_and_three_quarters():
    h = 0.125
    at_zero, beside = (max(x + h, 0) - max(x - h, 0) for x in (0, h / 2))

    answer = text(AFFINE, "question-relu-backward")

    assert (at_zero / (2 * h), beside / (2 * h)) == (1 / 2, 3 / 4)
    assert "1/2" in answer
    assert "3/4" in answer


def softmax_scores(**params):
    """Return the scores that the check of the softmax loss asks with."""
    given = []

    class Subject:
        def softmax_loss(self, x, _):
            given.append(x)
            return 0.0, x

    BANK["softmax_loss"].question(Subject(), fill=waves, n=3, c=5, **params)
    return given[0]


def test_the_words_in_the_table_of_the_softmax_check_mean_what_the_lesson_says():
    said = text(AFFINE, "math-softmax-loss")
    plain, shifted = softmax_scores(scale=2.0), softmax_scores(scale=2.0, offset=7.0)
    gaps, apart = softmax_scores(gap=50.0), softmax_scores(scale=2.0, apart=100.0)

    assert (
        "`c` is $C$; the scores spread from about `-scale` to `scale`, and `offset` is added to all of them." in said
    )
    assert plain.shape == (3, 5)
    assert -2 <= plain.min() < -1
    assert 1 < plain.max() <= 2
    np.testing.assert_allclose(shifted, plain + 7)
    assert "Where the table says `gap` instead, the scores of an example are that far from one another;" in said
    np.testing.assert_allclose(np.diff(np.sort(gaps, axis=1), axis=1), 50)
    assert "`apart` moves each example that far from the one before." in said
    np.testing.assert_allclose(apart - plain, [[0] * 5, [100] * 5, [200] * 5])


def test_the_softmax_example_has_the_printed_probabilities_and_gradient():
    scores = np.array([[0, math.log(2), math.log(5)], [0, 0, 0]])
    p = np.array([[math.exp(s) / sum(map(math.exp, row)) for s in row] for row in scores])

    loss = -(math.log(p[0, 1]) + math.log(p[1, 0])) / 2

    assert_printed(AFFINE, "math-softmax-loss", scores, p, p - [[0, 1, 0], [1, 0, 0]])
    assert math.isclose(loss, (math.log(4) + math.log(3)) / 2)
    assert r"(\ln 4 + \ln 3) \approx 1.242" in text(AFFINE, "math-softmax-loss")
    assert round(loss, 3) == 1.242


def test_summing_the_loss_of_fifty_examples_prints_115():
    assert round(50 * math.log(10), 1) == 115.1
    assert "115.1" in text(AFFINE, "ask-softmax-loss")


def test_the_batch_normalization_example_is_as_printed():
    mu = BATCH.sum(axis=0) / 4
    var = ((BATCH - mu) ** 2).sum(axis=0) / 4
    x_hat = (BATCH - mu) / var**0.5

    assert_printed(BATCHNORM, "math-batchnorm-forward", BATCH, x_hat, x_hat * [2, 3] + [1, -1])
    assert (mu.tolist(), var.tolist()) == ([10, 1], [25, 1])
    assert r"\mu = (10, 1), \quad \sigma^2 = (25, 1)" in text(BATCHNORM, "math-batchnorm-forward")


def test_the_running_averages_after_one_two_and_three_batches_are_as_printed():
    averages, after = np.zeros(4), []

    for _ in range(3):
        averages = 0.9 * averages + 0.1 * np.array([10, 1, 25, 1])
        after.append(averages)

    lesson = text(BATCHNORM, "math-batchnorm-forward")
    np.testing.assert_allclose(after[0], [1, 0.1, 2.5, 0.1])
    np.testing.assert_allclose(after[1], [1.9, 0.19, 4.75, 0.19])
    np.testing.assert_allclose(after[2][[0, 2]], [2.71, 6.775])
    assert "$r_\\mu = (1, 0.1)$ and $r_{\\sigma^2} = (2.5, 0.1)$" in lesson
    assert "$r_\\mu = (1.9, 0.19)$ and $r_{\\sigma^2} = (4.75, 0.19)$" in lesson
    assert round((10 - 2.71) / 6.775**0.5, 2) == 2.80
    assert r"(10 - 2.71)/\sqrt{6.775} \approx 2.80" in text(BATCHNORM, "question-batchnorm-forward-test-mode")


def test_the_running_variance_of_the_picture_wanders_about_the_printed_number():
    rng, running, seen = np.random.default_rng(0), 0, []

    for _ in range(120):
        running = 0.9 * running + 0.1 * (4 * rng.normal(size=(20, 1)) + 8).var()
        seen.append(running)

    arrived = np.array(seen[40:])
    assert round(16 * 19 / 20, 2) == 15.2
    assert abs(arrived.mean() - 15.2) < 0.1
    assert (round(arrived.min()), round(arrived.max())) == (12, 17)
    assert "between 12 and 17" in text(BATCHNORM, "look-batchnorm-forward-test-mode")


def test_epsilon_changes_the_sixth_digit_of_the_examples_by_hand():
    change = 1 - (1 / (1 + 1e-5)) ** 0.5  # of the second feature, whose variance is 1

    assert 1e-6 < change < 1e-5
    assert "only the sixth digit" in text(BATCHNORM, "notation")


def test_the_variance_in_place_of_its_root_hides_in_the_second_feature():
    wrong = (BATCH - [10, 1]) / [25, 1]

    np.testing.assert_allclose(wrong.std(axis=0), [0.2, 1])
    assert "0.2 for the first feature and 1 for the second" in text(BATCHNORM, "question-batchnorm-forward")


def test_the_test_mode_example_is_one_affine_map():
    scale, shift = 2 / 16**0.5, 1 - 2 * 8 / 16**0.5

    lesson = text(BATCHNORM, "math-batchnorm-forward-test-mode")

    assert 2 * (10 - 8) / 16**0.5 + 1 == scale * 10 + shift == 2
    assert (scale, shift) == (0.5, -3)
    assert r"$2 \cdot (10 - 8)/4 + 1 = 2$" in lesson
    assert r"$0.5 \cdot 10 - 3 = 2$" in lesson


def batchnorm_of_the_first_feature(x):
    mu = sum(x) / 4
    return 2 * (x - mu) / (sum((x - mu) ** 2) / 4) ** 0.5 + 1


def test_the_gradient_by_the_graph_agrees_with_central_differences():
    x, h = np.array([3.0, 9.0, 11.0, 17.0]), 1e-5
    slopes = [
        (batchnorm_of_the_first_feature(x + step)[0] - batchnorm_of_the_first_feature(x - step)[0]) / (2 * h)
        for step in h * np.eye(4)
    ]

    np.testing.assert_allclose(slopes, [0.104, -0.128, -0.072, 0.096], atol=1e-9)
    assert "$\\mathtt{d}c - 0.1 = (0.104, -0.128, -0.072, 0.096)$" in text(BATCHNORM, "steps-batchnorm-backward")


def test_the_steps_of_the_graph_are_as_printed():
    c = np.array([-7, -1, 1, 7])
    ds = -2 * -7 / 25
    dvar = ds / 10
    dc = np.array([2, 0, 0, 0]) / 5 + dvar * 2 * c / 4

    np.testing.assert_allclose([ds, dvar], [0.56, 0.056])
    np.testing.assert_allclose(dc, [0.204, -0.028, 0.028, 0.196])
    assert math.isclose(-dc.sum(), -0.4)
    assert "(0.204, -0.028, 0.028, 0.196)" in text(BATCHNORM, "steps-batchnorm-backward")


def test_the_closed_formula_gives_the_same_numbers():
    x_hat = np.array([-1.4, -0.2, 0.2, 1.4])
    bracket = np.array([4, 0, 0, 0]) - 1 + 1.4 * x_hat

    np.testing.assert_allclose(bracket, [1.04, -1.28, -0.72, 0.96])
    np.testing.assert_allclose(2 / (4 * 5) * bracket, [0.104, -0.128, -0.072, 0.096])
    assert r"\frac{1}{10}\,(1.04, -1.28, -0.72, 0.96)" in text(BATCHNORM, "math-batchnorm-backward-alt")


def test_the_svm_example():
    x, y = np.array([[3, 0, 4], [1, 2.5, 2]]), np.array([0, 1])
    loss, dx = 0.0, np.zeros_like(x)
    for n, c in product(range(2), range(3)):
        violation = x[n, c] - x[n, y[n]] + 1
        if c != y[n] and violation > 0:
            loss += violation / 2
            dx[n, c] += 0.5
            dx[n, y[n]] -= 0.5

    printed = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text(AFFINE, "math-svm-loss"), re.DOTALL)
    shown = [
        [[float(entry) for entry in row.split("&")] for row in body.split(r"\\")] for body in (printed[0], printed[2])
    ]
    np.testing.assert_allclose(shown, [x, dx])
    assert printed[1].split() == [r"\cdot", r"&", r"-2", r"&", r"2", r"\\", r"-0.5", r"&", r"\cdot", r"&", r"0.5"]
    assert loss == 1.25
    assert r"\tfrac12\,(2 + 0.5) = 1.25" in text(AFFINE, "math-svm-loss")


def test_a_kink_inside_the_step_of_a_central_difference():
    h, violation = 1e-5, 1e-7

    quotient = (max(0, violation + h) - max(0, violation - h)) / (2 * h)

    assert abs(quotient - 0.5) < 0.01
    assert abs((1 - quotient) / (1 + quotient) - 1 / 3) < 0.01
    assert "about one half of the slope" in text(AFFINE, "question-svm-loss")
    assert "about $1/3$" in text(AFFINE, "question-svm-loss")
