"""The numbers of the lesson on optimizers, computed and compared."""

import numpy as np
import pytest
from released_course import WORKED, cells_of, exercises_of

(PATH,) = [path for path in WORKED if path.stem == "optimizers"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}


@pytest.fixture(scope="module")
def own():
    return exercises_of(PATH)


def matrix(array):
    """Write a matrix as the lesson does."""
    rows = (r" & ".join(np.format_float_positional(value, trim="-") for value in row) for row in np.atleast_2d(array))
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def test_three_steps_with_momentum(own):
    w, config = np.zeros(1), {"learning_rate": 1.0, "momentum": 0.5}

    for step in (1, 2, 3):
        w, config = own["sgd_momentum"](w, np.ones(1), config)
        assert f"| {step} | ${config['velocity'][0]:g}$ | ${w[0]:g}$ |" in TEXT["math-sgd-momentum"]

    for mu, times in ((0.5, 2), (0.9, 10)):
        assert sum(mu**k for k in range(400)) == pytest.approx(times)


def test_a_step_of_rmsprop(own):
    text, dw = TEXT["math-rmsprop"], np.array([100.0, -0.01])

    w, config = own["rmsprop"](np.zeros(2), dw, {"learning_rate": 0.1, "decay_rate": 0.75})

    s = config["cache"].round(12)
    for array in (dw, s, np.sqrt(s).round(12), w.round(4)):
        assert matrix(array) in text
    assert 1 / np.sqrt(1 - 0.75) == 2


def test_the_first_step_of_adam(own):
    text = TEXT["math-adam"]

    w, config = own["adam"](np.zeros(1), np.array([2.0]), {"learning_rate": 1.0})

    assert (config["m"][0], config["v"][0]) == (pytest.approx(0.2), pytest.approx(0.004))
    assert w[0] == pytest.approx(-1)
    assert f"{0.2 / np.sqrt(0.004):.2f}" == "3.16"
    assert r"= 3.16\, \eta$" in text


def test_where_epsilon_stands(own):
    text, dw = TEXT["math-adam"], np.array([1e-7])

    w, _ = own["adam"](np.zeros(1), dw, {"learning_rate": 1.0})

    assert f"{-w[0]:.2f}" == "0.91"
    assert f"{1e-7 / np.sqrt(1e-14 + 1e-8):.3f}" == "0.001"
    assert r"= 0.91\, \eta$" in text
    assert r"= 0.001\, \eta$" in text


def test_the_weights_of_a_running_mean_add_up():
    for t in (1, 2, 30):
        assert sum(0.1 * 0.9**k for k in range(t)) == pytest.approx(1 - 0.9**t)


def test_decay_beside_adam_and_through_the_gradient(own):
    text, w = TEXT["math-adamw"], np.array([2.0, 0.02])

    decayed, _ = own["adamw"](w, np.zeros(2), {"learning_rate": 0.1, "weight_decay": 0.5})
    pulled, _ = own["adam"](w, 0.5 * w, {"learning_rate": 0.1})

    for array in (w, decayed.round(6), 0.5 * w, pulled.round(4)):
        assert matrix(array) in text


def test_the_mean_of_random_signs_is_small():
    beta = 0.9
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(20_000, 200))
    mean = np.zeros(len(signs))

    for column in signs.T:
        mean = beta * mean + (1 - beta) * column

    assert np.sqrt((1 - beta) / (1 + beta)) == pytest.approx(0.23, abs=0.005)
    assert mean.std() == pytest.approx(0.23, abs=0.005)
    assert "= 0.23$" in TEXT["question-adam"]


def test_how_often_each_digit_is_drawn():
    assert round(200 * 50 / 300) == 33
    assert r"\approx 33$" in TEXT["math-read-digits"]


def test_the_rules_grow_as_predicted(own):
    for rule in ("sgd_momentum", "rmsprop", "adam"):
        steps = [own[rule](np.zeros(1), np.array([size]))[0][0] for size in (1.0, 10.0)]
        assert steps[1] / steps[0] == pytest.approx(own["predict_step_factor"](rule, 10.0), rel=1e-6)
