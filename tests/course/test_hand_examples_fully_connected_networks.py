"""The numbers of the lesson on fully connected networks, computed and compared."""

import numpy as np
import pytest
from released_course import WORKED, cells_of, defined_in, exercises_of

(PATH,) = [path for path in WORKED if path.stem == "fully_connected_networks"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
X = np.array([[1.0, 2.0]])
PARAMS = {
    "W1": np.array([[1.0, -1.0], [1.0, 1.0]]),
    "b1": np.array([0.0, -2.0]),
    "W2": np.array([[1.0, 0.0], [2.0, 1.0]]),
    "b2": np.array([0.5, -1.0]),
}


@pytest.fixture(scope="module")
def own():
    return exercises_of(PATH)


def matrix(array):
    """Write a matrix as the lesson does."""
    rows = (r" & ".join(f"{value:g}" for value in row) for row in np.atleast_2d(array))
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def test_the_forward_example(own):
    text = TEXT["math-network-forward"]
    before = X @ PARAMS["W1"] + PARAMS["b1"]

    scores, _ = own["network_forward"](PARAMS, X)

    for array in (X, *PARAMS.values(), before, np.maximum(0, before), scores):
        assert matrix(array) in text
    assert scores.tolist() == [[3.5, -1.0]]


def test_the_backward_example(own):
    text = TEXT["math-network-backward"]
    dscores = np.array([[1.0, -1.0]])
    _, caches = own["network_forward"](PARAMS, X)

    grads = own["network_backward"](dscores, caches)

    for array in (dscores, grads["W2"], dscores @ PARAMS["W2"].T, grads["W1"], grads["b1"]):
        assert matrix(array) in text


def test_the_example_of_a_prediction():
    text = TEXT["math-fully-connected-net-scores"]
    likelihoods = np.exp([3.5, -1.0])

    assert np.argmax(likelihoods) == 0
    assert f"{likelihoods[0] / likelihoods.sum():.3f}$" in text
    assert matrix([3.5, -1.0]) in text


def test_softmax_of_probabilities_never_gets_sure():
    text = TEXT["question-fully-connected-net-scores"]
    sure = np.eye(10)

    loss, _ = defined_in("affine_layers")["softmax_loss"](sure, np.arange(10))

    assert f"$e / (e + 9) = {np.e / (np.e + 9):.2f}$" in text
    assert f"never falls below {loss:.2f}" in text


def test_the_penalty_example():
    text = TEXT["math-fully-connected-net-loss"]

    squares = [np.sum(PARAMS[name] ** 2) for name in ("W1", "W2")]

    assert squares == [4, 6]
    assert "$4 + 6 = 10$, so the penalty is $0.5$" in text
    assert 0.5 * 0.1 * sum(squares) == pytest.approx(0.5)
    assert matrix(0.1 * PARAMS["W1"]) in text


def test_the_factor_of_a_layer():
    text = TEXT["math-fully-connected-net-parameters"]

    assert np.sqrt(50 / 2) * 0.01 == pytest.approx(0.05)
    assert np.sqrt(25e-4) == pytest.approx(0.05)
    assert r"$0.05^4 = 6.25 \cdot 10^{-6}$" in text
    assert pytest.approx(6.25e-6) == 0.05**4
    assert 0.2 * np.sqrt(50 / 2) == pytest.approx(1)
    assert np.sqrt(2 / 200) == pytest.approx(0.1)


def test_a_step_on_a_parabola_shrinks_up_to_two_over_its_slope():
    for slope in (1.0, 10.0):
        assert abs(1 - 1.99 / slope * slope) < 1 < abs(1 - 2.01 / slope * slope)


def test_small_weights_start_at_the_logarithm_of_the_classes(own):
    net = own["FullyConnectedNet"]([50], 64, 10, weight_scale=1e-3)

    loss, _ = net.loss(np.random.default_rng(0).normal(size=(20, 64)), np.arange(20) % 10)

    assert loss == pytest.approx(own["predict_first_loss"](10), abs=1e-3)
    assert own["predict_first_loss"](10) == pytest.approx(2.3026, abs=1e-4)


def test_a_relu_behind_the_scores_leaves_an_example_at_log_three():
    assert -np.log(1 / 3) == pytest.approx(np.log(3))
    assert r"$\log 3$" in TEXT["question-network-forward"]
