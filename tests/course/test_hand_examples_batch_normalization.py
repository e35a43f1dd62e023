"""The numbers of the later sections on batch normalization, computed and compared."""

import math

import numpy as np
from released_course import WORKED, cells_of

(PATH,) = [path for path in WORKED if path.stem == "batch_normalization"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}


def says(cell, *phrases):
    missing = [phrase for phrase in phrases if phrase not in TEXT[cell]]
    assert missing == []


def test_the_population_by_hand():
    means, variances = np.array([9, 10, 14]), np.array([20, 25, 45])

    assert (means.sum(), means.mean(), variances.mean()) == (33, 11, 30)
    assert math.isclose(4 / 3 * variances.mean(), 40)
    says("math-population-statistics", "means $9, 10, 14$ and variances $20, 25, 45$", r"$\tfrac43 \cdot 30 = 40$")


def test_the_identity_by_hand():
    x, epsilon = np.array([3.0, 9, 11, 17]), 1e-5
    gamma, beta = np.sqrt(x.var() + epsilon), x.mean()

    np.testing.assert_allclose(gamma * (x - x.mean()) / np.sqrt(x.var() + epsilon) + beta, x)
    says("math-batchnorm-forward", r"$\gamma = \sqrt{\sigma^2 + \epsilon}$ and $\beta = \mu$")


def test_folding_by_hand():
    gamma, beta, mean, var = 2, 1, 8, 16
    scale, shift = gamma / math.sqrt(var), beta - gamma * mean / math.sqrt(var)
    long_way = gamma * (6 * 1 + 2 - mean) / math.sqrt(var) + beta

    assert (scale, shift, 6 * scale, 2 * scale + shift) == (0.5, -3, 3, -2)
    assert long_way == 3 * 1 - 2 == 1
    says(
        "math-fold-batchnorm",
        r"$1 - 0.5 \cdot 8 = -3$",
        r"$0.5 \cdot 2 - 3 = -2$",
        "$3 - 2 = 1$",
        r"2 \cdot (8 - 8)/4 + 1 = 1",
    )


def test_what_the_experiment_says_of_sizes():
    assert math.isclose(math.sqrt(2 / 50), 0.2)
    assert math.sqrt(50 / 2) == 5
    says("look-scale", r"$\sqrt{2/50} = 0.2$")
    says("question-experiment", r"$0.01 \cdot \sqrt{50/2}$", "by a factor of 5 per layer")


def test_two_numbers_are_normalized_to_signs():
    x = np.array([0.3, 7.1])

    np.testing.assert_allclose((x - x.mean()) / x.std(), [-1, 1])
    says("question-experiment", "always normalized to $-1$ and $1$")
