"""The numbers of the lesson on activations, computed and compared."""

import math

import numpy as np
import pytest
from released_course import WORKED, cells_of

(PATH,) = [path for path in WORKED if path.stem == "activations"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
LN2, LN3, LN4 = math.log(2), math.log(3), math.log(4)


@pytest.fixture(scope="module")
def lesson():
    """Run the definitions of the worked lesson, and none of its checks or pictures."""
    numpy_only = "\n".join(line for line in TEXT["imports"].splitlines() if line.endswith("numpy as np"))
    names = [
        name.replace("_", "-") for name in ("sigmoid_forward", "sigmoid_backward", "tanh_forward", "tanh_backward")
    ]
    names += ["leaky-relu-forward", "leaky-relu-backward", "elu-forward", "elu-backward", "he-init", "rescue"]
    scope = {}
    exec("\n\n".join([numpy_only, *(TEXT[name] for name in names)]), scope)  # noqa: S102  the course's own notebook
    return scope


def sigma(x):
    return 1 / (1 + math.exp(-x))


def says(cell, *phrases):
    missing = [phrase for phrase in phrases if phrase not in TEXT[cell]]
    assert missing == []


def test_the_sigmoid_by_hand():
    out = np.array([sigma(x) for x in (-LN3, 0, LN3)])
    np.testing.assert_allclose(out, [1 / 4, 1 / 2, 3 / 4])
    np.testing.assert_allclose(np.array([16, 4, -16]) * out * (1 - out), [3, 1, -3])
    says("math-sigmoid-forward", r"(\tfrac14,\; \tfrac12,\; \tfrac34)")
    says("math-sigmoid-backward", r"\mathtt{dout} = (16,\; 4,\; -16)", r"\mathtt{dx} = (3,\; 1,\; -3)")


def test_ten_slopes_of_a_sigmoid_are_less_than_a_millionth():
    assert 0.25**10 < 1e-6 < 0.25**9
    says("math-sigmoid-backward", "For $n = 10$ that is less than one millionth")


def test_the_slope_at_the_output_instead_of_the_input():
    def slope(x):
        return sigma(x) * (1 - sigma(x))

    assert (round(sigma(0.5), 3), round(sigma(1), 3), round(sigma(10), 5)) == (0.622, 0.731, 0.99995)
    assert (round(slope(sigma(0)), 3), round(slope(sigma(10)), 3), round(slope(10), 6)) == (0.235, 0.197, 0.000045)
    assert (100 * 0.25) ** 3 == 15625
    assert 0.5e-7 < (100 * slope(10)) ** 3 < 2e-7
    says("question-sigmoid-backward", "0.235", "0.197", "$0.000045$", "25^3 = 15625", "$10^{-7}$")


def test_tanh_by_hand():
    out = np.tanh([-LN3, 0, LN2])
    np.testing.assert_allclose(out, [-0.8, 0, 0.6])
    np.testing.assert_allclose(np.array([100, -1, 50]) * (1 - out**2), [36, -1, 32])
    says("math-tanh-forward", r"(-0.8,\; 0,\; 0.6)")
    says("math-tanh-backward", r"(100,\; -1,\; 50)", r"(0.36,\; 1,\; 0.64)", r"\mathtt{dx} = (36,\; -1,\; 32)")


def test_how_many_layers_make_a_thousandth():
    slopes = {"tanh": 1 - math.tanh(1) ** 2, "sigmoid": sigma(1) * (1 - sigma(1))}
    layers = {name: math.ceil(math.log(1000) / -math.log(slope)) for name, slope in slopes.items()}

    assert {name: round(slope, 3) for name, slope in slopes.items()} == {"tanh": 0.42, "sigmoid": 0.197}
    assert layers == {"tanh": 8, "sigmoid": 5}
    assert abs((1 - math.tanh(1.66) ** 2) - sigma(1.66) * (1 - sigma(1.66))) < 1e-3  # they cross near 1.7
    assert (round(1 - math.tanh(5) ** 2, 5), round(sigma(5) * (1 - sigma(5)), 4)) == (0.00018, 0.0066)
    says("question-tanh-backward", "eight layers", "five layers", "near $x = 1.7$", "0.00018", "0.0066")


def test_leaky_relu_by_hand(lesson):
    x = np.array([-30, -2, 0.5, 4])
    out, cache = lesson["leaky_relu_forward"](x, 0.1)
    np.testing.assert_allclose(out, [-3, -0.2, 0.5, 4])
    np.testing.assert_allclose(lesson["leaky_relu_backward"](np.array([5, -10, 7, -1]), cache), [0.5, -1, 7, -1])
    says("math-leaky-relu-forward", r"(-30,\; -2,\; 0.5,\; 4)", r"(-3,\; -0.2,\; 0.5,\; 4)")
    says("math-leaky-relu-backward", r"(5,\; -10,\; 7,\; -1)", r"(0.5,\; -1,\; 7,\; -1)")


def test_a_leak_a_tenth_as_large_takes_about_ten_times_as_long(lesson):
    drops = {}
    for alpha in (0.1, 0.01):
        losses = lesson["rescue"](
            lambda x, a=alpha: lesson["leaky_relu_forward"](x, a), lesson["leaky_relu_backward"]
        )
        drops[alpha] = int(np.argmax(losses < 0.1))
    dead = lesson["rescue"](lambda x: (np.maximum(x, 0), x), lambda dout, x: dout * (x > 0))

    assert 6 < drops[0.01] / drops[0.1] < 12
    assert np.ptp(dead) == 0


def test_elu_by_hand(lesson):
    out, _ = lesson["elu_forward"](np.array([-LN4, -LN2, 0, 2.5]), 2.0)
    np.testing.assert_allclose(out, [-1.5, -1, 0, 2.5])
    _, cache = lesson["elu_forward"](np.array([-LN4, -LN2, 1, 2.5]), 2.0)
    np.testing.assert_allclose(lesson["elu_backward"](np.array([10, 10, 10, -10]), cache), [5, 10, 10, -10])
    says("math-elu-forward", r"\mathrm{out} = (-1.5,\; -1,\; 0,\; 2.5)")
    says("math-elu-backward", r"(0.5,\; 1,\; 1,\; 1)", r"(5,\; 10,\; 10,\; -10)")
    assert (round(math.e**2 - 1, 2), round(math.exp(-1) - 1, 3)) == (6.39, -0.632)
    says("question-elu-forward", "6.39", "-0.632")
    assert 1.5e-9 < math.exp(-20) < 2.5e-9
    says("question-elu-backward", r"$e^{-20} \approx 2 \cdot 10^{-9}$")


def test_the_means_of_relu_and_elu():
    x = np.random.default_rng(0).normal(size=10_000)
    relu, elu = np.maximum(x, 0).mean(), np.where(x > 0, x, np.expm1(np.minimum(x, 0))).mean()

    assert elu < relu / 2
    says("look-elu-forward", "less than half that of the ReLU")


def test_he_by_hand():
    assert (9 + 16) / 2 == 12.5
    assert math.isclose(math.sqrt(2 / 50), 0.2)
    assert math.isclose(math.sqrt(2 / 200), 0.1)
    assert 2 / 200 == 0.01
    assert 2.5e-12 < math.sqrt(0.01 / 2) ** 10 < 3.5e-12
    assert 2.5e8 < math.sqrt(100 / 2) ** 10 < 3.5e8
    says(
        "math-he-init",
        r"\overline{h^2} = (9 + 16)/2 = 12.5",
        r"$\sqrt{2/50} = 0.2$",
        r"3 \cdot 10^{-12}",
        r"3 \cdot 10^{8}",
    )
    says("question-he-init", r"$\sqrt{2/200} = 0.1$", "$0.01$", "$10^{10}$ times")


def test_what_the_deep_networks_are_said_to_show():
    rng = np.random.default_rng(0)
    medians = []
    gradient, slopes = rng.normal(size=(200, 100)), []
    weights = [rng.normal(size=(100, 100)) * 0.1 for _ in range(10)]
    h = rng.normal(size=(200, 100))
    for w in weights:
        h = 1 / (1 + np.exp(-h @ w))
        slopes.append(h * (1 - h))
    for w, slope in zip(reversed(weights), reversed(slopes), strict=True):
        medians.append(np.median(np.abs(gradient)))
        gradient = (gradient * slope) @ w.T

    assert 0.6 < medians[0] < 0.8
    assert 1e-6 < medians[-1] / medians[0] < 1e-5
    assert round(0.25**9 * 1e6) == 4
    assert 2 ** (10 / 2) == 32
    says("question-depth", "about 0.7", r"0.25^9 \approx 4 \cdot 10^{-6}", "$2^{-10/2} = 1/32$")
