"""The numbers of the lesson on spatial normalization, computed and compared."""

import numpy as np
from released_course import WORKED, cells_of, exercises_of

(PATH,) = [path for path in WORKED if path.stem == "spatial_normalization"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
LESSON = exercises_of(PATH)
X = np.array([[[[1.0, 7.0]], [[50.0, 50.0]]], [[[9.0, 15.0]], [[30.0, 30.0]]]])  # (2, 2, 1, 2)
GAMMA, BETA = np.array([10.0, 1.0]), np.array([0.0, 5.0])


def says(cell, *phrases):
    assert [phrase for phrase in phrases if phrase not in TEXT[cell]] == []


def matrix(rows):
    """Write a matrix as the lesson does."""
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(f"{v:g}" for v in row) for row in rows) + r" \end{pmatrix}"


def table(images):
    return images.transpose(0, 2, 3, 1).reshape(-1, 2)


def forward(x, gamma=GAMMA, beta=BETA, **settings):
    bn_param = {"mode": "train", "eps": 0.0, **settings}
    out, cache = LESSON["spatial_batchnorm_forward"](x, gamma, beta, bn_param)
    return out, cache, bn_param


def test_the_forward_example():
    out, _, bn_param = forward(X)
    x_hat, _, _ = forward(X, np.ones(2), np.zeros(2))

    says("math-spatial-batchnorm-forward", *(matrix(table(array)) for array in (X, x_hat.round(9), out.round(9))))
    np.testing.assert_allclose(X.mean(axis=(0, 2, 3)), [8, 40])
    np.testing.assert_allclose(X.var(axis=(0, 2, 3)), [25, 100])
    np.testing.assert_allclose(out[0].reshape(2, 2), [[-14, -2], [6, 6]])
    np.testing.assert_allclose(bn_param["running_mean"], [0.8, 4])
    np.testing.assert_allclose(bn_param["running_var"], [2.5, 10])


def test_the_table_without_a_transposition():
    rows = X.reshape(4, 2)

    says("question-spatial-batchnorm-forward", matrix(rows), "its mean is $22.5$")
    assert rows[:, 0].mean() == 22.5


def test_how_many_numbers_a_mean_has_and_a_layer_learns():
    assert 10 * 3 * 3 == 90
    says("why-spatial-batchnorm-forward", "90 for ten images")
    assert (32 * 14 * 14, 2 * 16, 2 * 16 * 14 * 14) == (6272, 32, 6272)
    says("question-spatial-batchnorm-forward", r"32 \cdot 14 \cdot 14 = 6272", r"2 \cdot 16 \cdot 196 = 6272")


def test_the_example_of_test_mode_and_of_a_single_image():
    averages = {"mode": "test", "running_mean": np.array([8.0, 0.0]), "running_var": np.array([25.0, 1.0])}
    out, _, _ = forward(np.full((1, 2, 1, 1), 13.0), **averages)
    assert out[0, 0, 0, 0] == 10

    one, zero = np.ones(1), np.zeros(1)
    for channel in ((1.0, 7.0), (101.0, 119.0)):
        x = np.array(channel).reshape(1, 1, 1, 2)
        np.testing.assert_allclose(forward(x, one, zero)[0].ravel(), [-1, 1])
    says("math-spatial-batchnorm-forward-test-mode", r"$10 \cdot (13 - 8)/5 = 10$", r"(101,\ 119)", r"(-1,\ 1)")


def test_the_backward_example():
    _, cache, _ = forward(X)
    dout = np.zeros_like(X)
    dout[0, 0, 0, 0] = 1

    dx, dgamma, dbeta = LESSON["spatial_batchnorm_backward"](dout, cache)

    np.testing.assert_allclose(table(dx)[:, 0], [0.52, -0.64, -0.36, 0.48])
    np.testing.assert_allclose(dx[:, 1], 0)
    np.testing.assert_allclose((dgamma[0], dbeta[0]), (-1.4, 1))
    says("math-spatial-batchnorm-backward", r"(0.52,\ -0.64,\ -0.36,\ 0.48)", r"d\gamma_0 = -1.4$, $d\beta_0 = 1$")


def test_a_loss_that_is_the_mean_has_no_gradient():
    _, cache, _ = forward(X)

    dx, _, _ = LESSON["spatial_batchnorm_backward"](np.full(X.shape, 1 / X.size), cache)

    np.testing.assert_allclose(dx, 0, atol=1e-15)
    says("question-spatial-batchnorm-backward", "`dx` is zero everywhere")


def test_the_folded_example():
    w, b, statistics = np.array([2.0, -4.0]).reshape(1, 1, 1, 2), np.array([0.5]), (np.array([10.0]), np.array([4.0]))

    new_w, new_b = LESSON["fold_into_convolution"](w, b, np.array([6.0]), np.array([1.0]), *statistics, eps=0.0)

    window = np.array([7.0, 1.0])
    between = w.ravel() @ window + b[0]
    assert (between, 6 * (between - 10) / 2 + 1) == (10.5, 2.5)
    assert new_w.ravel().tolist() == [6, -12]
    assert (new_b[0], new_w.ravel() @ window + new_b[0]) == (-27.5, 2.5)
    says("math-fold-into-convolution", r"(6,\ -12)", "-27.5", r"6 \cdot 7 - 12 \cdot 1 - 27.5 = 2.5")


def test_how_often_a_normalization_multiplies():
    assert 32 * 112 * 112 == 401_408
    says("why-fold-into-convolution", "401,408")


def test_the_picture_of_the_gradient_shows_a_number_in_every_place():
    x = np.random.default_rng(11).normal(size=(2, 2, 2, 3))
    _, cache, _ = forward(x, np.ones(2), np.zeros(2), eps=1e-5)
    dout = np.zeros_like(x)
    dout[0, 0, 0, 0] = 1

    dx, _, _ = LESSON["spatial_batchnorm_backward"](dout, cache)

    says("picture-spatial-batchnorm-backward", "default_rng(11)")
    assert np.abs(dx[:, 0].round(2)).min() > 0
    np.testing.assert_allclose(dx[:, 1], 0)
