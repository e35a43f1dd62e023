"""The numbers of the lesson on the relatives of batch normalization, computed and compared."""

import math

import numpy as np
import pytest
from released_course import WORKED, cells_of

(PATH,) = [path for path in WORKED if path.stem == "normalization_family"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
X = np.array([[3.0, 9, 11, 17], [0, 2, 0, 2]])
GAMMA, BETA = np.array([2.0, 1, 1, 3]), np.array([1.0, 0, 0, -1])
ONE_HOT = np.array([1.0, 0, 0, 0])


def says(cell, *phrases):
    missing = [phrase for phrase in phrases if phrase not in TEXT[cell]]
    assert missing == []


def matrix(array):
    rows = (" & ".join(f"{value:.6g}" for value in row) for row in np.round(array, 9))
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def normalized(x, axis):
    mean = x.mean(axis=axis, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=axis, keepdims=True))


def gradient(dx_hat, x_hat, std):
    return (dx_hat - dx_hat.mean() - x_hat * (dx_hat * x_hat).mean()) / std


def test_layer_normalization_by_hand():
    x_hat = normalized(X, 1)

    assert (X.mean(axis=1).tolist(), X.var(axis=1).tolist()) == ([10, 1], [25, 1])
    says("math-layernorm-forward", matrix(X), matrix(x_hat), matrix(GAMMA * x_hat + BETA))


def test_the_gradient_by_hand():
    x_hat = normalized(X, 1)[0]
    dx_hat = GAMMA * ONE_HOT
    dx = gradient(dx_hat, x_hat, 5)

    assert (dx_hat.mean(), round((dx_hat * x_hat).mean(), 9)) == (0.5, -0.7)
    np.testing.assert_allclose(dx, [0.104, -0.128, -0.072, 0.096])
    for cell in ("math-layernorm-backward", "math-spatial-groupnorm-backward"):
        says(cell, r"(0.104,\; -0.128,\; -0.072,\; 0.096)")
    says("math-instancenorm-backward", matrix(dx.reshape(2, 2)), r"\mathtt{dgamma}_1 = -1.4")
    says("math-spatial-groupnorm-backward", "x = (3, 9, 11, 17)", r"\mathtt{dgamma} = (-1.4,\; 0,\; 0,\; 0)")


def test_gamma_pulled_out_of_the_mean():
    x_hat = normalized(X, 1)[0]
    bracket = ONE_HOT - ONE_HOT.mean() - x_hat * (ONE_HOT * x_hat).mean()
    wrong = GAMMA / 5 * bracket

    np.testing.assert_allclose(bracket, [0.26, -0.32, -0.18, 0.24])
    np.testing.assert_allclose(wrong, [0.104, -0.064, -0.036, 0.144])
    assert math.isclose(wrong.sum(), 0.148)
    says("question-layernorm-backward", "(0.26, -0.32, -0.18, 0.24)", "(0.104, -0.064, -0.036, 0.144)", "$0.148$")


def test_instance_normalization_by_hand():
    channels = [
        scale * normalized(x.reshape(2, 2), None) + shift for x, scale, shift in zip(X, (2, 3), (1, -1), strict=True)
    ]

    for x, out in zip(X, channels, strict=True):
        says("math-instancenorm-forward", matrix(x.reshape(2, 2)), matrix(out))


def test_a_cloudless_sky():
    dx = gradient(ONE_HOT, np.zeros(4), math.sqrt(1e-5))

    assert round(1 / math.sqrt(1e-5)) == 316
    np.testing.assert_allclose(dx, [237, -79, -79, -79], rtol=0.01)
    says("question-instancenorm-backward", "0.00316", "(237, -79, -79, -79)", "316 times")


def test_groups_by_hand():
    x = np.array([1.0, 3, 100, 500])
    x_hat = normalized(x.reshape(2, 2), 1).ravel()
    mixed = normalized(x.reshape(2, 2), 0).ravel()

    assert (x.reshape(2, 2).mean(axis=1).tolist(), x.reshape(2, 2).std(axis=1).tolist()) == ([2, 300], [1, 200])
    assert (x_hat * [1, 2, 3, 4]).tolist() == [-1, 2, -3, 4]
    assert mixed.tolist() == [-1, -1, 1, 1]
    says("math-spatial-groupnorm-forward", r"\hat{x} = (-1,\; 1,\; -1,\; 1)", r"(-1,\; 2,\; -3,\; 4)")
    says("question-spatial-groupnorm-forward", r"$\hat{x} = (-1, -1, 1, 1)$")


def test_how_many_numbers_the_pictures_count():
    assert 3 * 4 * 3 * 3 == 108
    says("look-spatial-groupnorm-forward", "each of the 108 numbers")
    says("look-spatial-groupnorm-backward", "what took 108 calls")


def test_numpy_says_what_the_answer_to_the_mean_over_the_last_axis_says():
    wide, square, one = np.ones((4, 3)), np.arange(9.0).reshape(3, 3), np.array([[1.0, 5, 3]])

    with pytest.raises(ValueError, match="could not be broadcast"):
        wide - wide.mean(axis=-1)
    np.testing.assert_array_equal((square - square.mean(axis=-1))[0], square[0] - square.mean(axis=1))
    np.testing.assert_array_equal(one - one.mean(axis=-1), one - one.mean(axis=1, keepdims=True))
