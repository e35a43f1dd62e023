"""The numbers of the lesson on convolutional networks, computed and compared."""

import numpy as np
import pytest
from released_course import WORKED, cells_of, defined_in

from autograder.student.taught import checks_of
from autograder.student.worked import solution

(PATH,) = [path for path in WORKED if path.stem == "convolutional_networks"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
X, W, B = np.array([0.0, 2, 1, 4, 4]).reshape(1, 1, 1, 5), np.array([-1.0, 1]).reshape(1, 1, 1, 2), np.zeros(1)
CONV, POOL = {"stride": 1, "pad": 0}, {"pool_height": 1, "pool_width": 2, "stride": 2}


@pytest.fixture(scope="module")
def lesson():
    return defined_in("convolutional_networks")


def says(cell, *phrases):
    assert [phrase for phrase in phrases if phrase not in TEXT[cell]] == []


def sizes(network):
    return {name: array.size for name, array in network.params.items()}


def test_the_sandwich_forward(lesson):
    a, _ = lesson["conv_forward_im2col"](X, W, B, CONV)

    out, _ = lesson["conv_relu_pool_forward"](X, W, B, CONV, POOL)

    assert a.ravel().tolist() == [2, -1, 3, 0]
    assert out.ravel().tolist() == [2, 3]
    says("math-conv-relu-pool-forward", r"a = (2,\ -1,\ 3,\ 0)", r"r = (2,\ 0,\ 3,\ 0)", r"\mathrm{out} = (2,\ 3)")


def test_the_sandwich_backward(lesson):
    _, cache = lesson["conv_relu_pool_forward"](X, W, B, CONV, POOL)

    dx, dw, db = lesson["conv_relu_pool_backward"](np.array([10.0, 1]).reshape(1, 1, 1, 2), cache)

    assert dx.ravel().tolist() == [-10, 10, -1, 1, 0]
    assert (dw.ravel().tolist(), db.tolist()) == ([1, 24], [11])
    says("math-conv-relu-pool-backward", r"dx = (-10,\ 10,\ -1,\ 1,\ 0)", r"(1,\ 24)", "db = 11")


def test_how_many_parameters_the_network_has(lesson):
    of_digits = sizes(lesson["ThreeLayerConvNet"]((1, 8, 8), 12, 3, 64, 10))
    layers = [of_digits[f"W{layer}"] + of_digits[f"b{layer}"] for layer in (1, 2, 3)]

    assert (layers, sum(layers)) == ([120, 12_352, 650], 13_122)
    assert round(120 / 13_122, 2) == 0.01
    says("math-three-layer-conv-net-parameters", "= 120$", "12{,}352", "= 650$", "13{,}122")
    of_photos = sizes(lesson["ThreeLayerConvNet"]())
    assert [of_photos[f"W{k}"] + of_photos[f"b{k}"] for k in (1, 2, 3)] == [4736, 819_300, 1010]
    says("question-three-layer-conv-net-parameters", "= 4736$", "819{,}300", "$1010$")


def test_odd_sizes_have_fewer_rows_than_a_quarter():
    assert (4 * 9 * 9 // 4, 4 * (9 // 2) ** 2) == (81, 64)
    says("question-three-layer-conv-net-parameters", "it gives 81 rows", r"4 \cdot 4 \cdot 4 = 64$")


def test_a_network_of_zeros_gives_equal_probabilities(lesson):
    network = lesson["ThreeLayerConvNet"]((1, 4, 4), 2, 3, 5, 10, weight_scale=0.0, dtype=np.float64)
    X = np.ones((2, 1, 4, 4))

    assert not network.loss(X).any()
    assert network.loss(X, np.array([0, 3]))[0] == pytest.approx(np.log(10)) == pytest.approx(2.303, abs=5e-4)


def test_the_penalty_by_hand():
    weights = [np.array([1.0, -2.0]), np.array([3.0]), np.array([1.0])]

    assert 0.05 * sum((w**2).sum() for w in weights) == pytest.approx(0.75)
    assert [(0.1 * w).round(3).tolist() for w in weights] == [[0.1, -0.2], [0.3], [0.1]]
    says("math-three-layer-conv-net-loss", "= 0.75$", r"$(0.1,\ -0.2)$, $(0.3)$ and $(0.1)$")


def test_pooling_before_relu_is_the_same_for_maxima_only():
    window = np.array([-4.0, 2.0])

    assert max(0, window.max()) == np.maximum(0, window).max()
    assert (max(0, window.mean()), np.maximum(0, window).mean()) == (0, 1)
    says("question-conv-relu-pool-forward", "the mean of $(-4, 2)$ is $-1$ and becomes 0", "(0 + 2)/2 = 1")


def test_the_network_of_convolutions_has_a_third_of_the_parameters(lesson):
    network = lesson["AllConvNet"]()

    counts = sizes(network)
    assert sum(counts.values()) == 4418
    assert round(13_122 / 4418, 1) == 3.0
    assert counts["W"] + counts["b"] == 170
    assert (16 * 2 * 2 * 10 + 10, 16 * 16 * 16 * 10 + 10) == (650, 40_970)
    says("look-head", "= 170$", "= 650$", "40,970")
    says("title", "a third of the parameters")


@pytest.mark.parametrize("size", [(8, 8), (16, 16), (9, 13)])
def test_the_network_of_convolutions_takes_images_of_any_size(lesson, size):
    X = np.random.default_rng(0).normal(size=(3, 1, *size))
    network = lesson["AllConvNet"]()

    _, grads = network.loss(X, np.array([0, 1, 2]))

    assert network.loss(X).shape == (3, 10)
    assert {name: grad.shape for name, grad in grads.items()} == {name: p.shape for name, p in network.params.items()}


def test_the_gradients_of_the_network_of_convolutions_are_the_numeric_ones(lesson):
    X, y = np.random.default_rng(0).normal(size=(3, 1, 5, 6)), np.array([0, 1, 1])
    network = lesson["AllConvNet"]((2, 3), 1, 3)
    _, grads = network.loss(X, y)

    for name, parameter in network.params.items():
        place = (0,) * parameter.ndim
        ends = []
        for step in (1e-5, -1e-5):
            parameter[place] += step
            ends.append(network.loss(X, y)[0])
            parameter[place] -= step
        assert grads[name][place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-8)


def test_an_affine_layer_instead_of_the_filters_has_more_parameters():
    assert 64 * 64 + 64 == 4160
    says("ask-experiment", "4,160 parameters", "120 parameters")


def test_the_worked_solution_of_a_class_is_found():
    text = solution(checks_of({"ThreeLayerConvNet"}))

    assert text.startswith("## `ThreeLayerConvNet`")
    assert "class ThreeLayerConvNet:" in text
    assert "SOLUTION" not in text.replace("### Solution", "")
