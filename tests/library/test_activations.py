import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    elu_backward,
    elu_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)

shapes = st.lists(st.integers(0, 4), max_size=4)

ACTIVATIONS = {
    "elu": (elu_forward, elu_backward),
    "elu to -2": (lambda x: elu_forward(x, alpha=2.0), elu_backward),
    "leaky relu": (leaky_relu_forward, leaky_relu_backward),
    "leaky relu, steep": (lambda x: leaky_relu_forward(x, alpha=3.0), leaky_relu_backward),
    "relu": (relu_forward, relu_backward),
    "sigmoid": (sigmoid_forward, sigmoid_backward),
    "tanh": (tanh_forward, tanh_backward),
}
every_activation = pytest.mark.parametrize(("forward", "backward"), ACTIVATIONS.values(), ids=ACTIVATIONS)


def outputs(forward, *numbers, **parameters):
    return forward(np.array(numbers), **parameters)[0]


@every_activation
@generated
@given(shapes)
def test_the_gradient_is_the_numeric_one(forward, backward, shape):
    x, dout = spread_out(*shape), spread_out(*shape, seed=1)

    dx = backward(dout, forward(x)[1])

    numeric = eval_numerical_gradient_array(lambda x: forward(x)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_and_infinite_inputs_overflow_nowhere(forward, backward, dtype):
    x = np.array([-np.inf, -1e30, -1000.0, 1000.0, 1e30, np.inf], dtype)

    out, cache = forward(x)
    dx = backward(np.ones_like(x), cache)

    assert not np.isnan(out).any()
    assert np.isfinite(dx).all()


@every_activation
def test_nan_stays_nan(forward, backward):  # noqa: ARG001 - of the table
    out = outputs(forward, np.nan, -1.0)

    np.testing.assert_array_equal(np.isnan(out), [True, False])


@generated
@given(shapes)
def test_relu_splits_a_number_into_its_positive_and_negative_part(shape):
    x = spread_out(*shape)

    positive, _ = relu_forward(x)
    negative, _ = relu_forward(-x)

    np.testing.assert_array_equal(positive - negative, x)
    np.testing.assert_array_equal(positive + negative, np.abs(x))


def test_the_slope_of_relu_at_zero_is_taken_to_be_zero():
    dx = relu_backward(np.array([5.0, 5.0]), np.array([0.0, -0.0]))

    np.testing.assert_array_equal(dx, [0.0, 0.0])


def test_an_infinite_gradient_is_blocked_where_the_input_of_relu_was_negative():
    dx = relu_backward(np.array([np.inf, np.inf]), np.array([-1.0, 1.0]))

    np.testing.assert_array_equal(dx, [0.0, np.inf])


def test_sigmoid_gives_the_odds():
    out = outputs(sigmoid_forward, np.log(1 / 3), 0.0, np.log(3), np.log(9))

    np.testing.assert_allclose(out, [1 / 4, 1 / 2, 3 / 4, 9 / 10], rtol=1e-15)


@generated
@given(shapes)
def test_the_sigmoids_of_opposite_numbers_add_up_to_one(shape):
    x = spread_out(*shape)

    np.testing.assert_allclose(sigmoid_forward(x)[0] + sigmoid_forward(-x)[0], np.ones(shape), rtol=1e-15)


def test_sigmoid_keeps_the_digits_of_very_small_outputs():
    np.testing.assert_allclose(outputs(sigmoid_forward, -40.0, -700.0), np.exp([-40.0, -700.0]), rtol=1e-12)


def test_sigmoid_reaches_its_ends():
    np.testing.assert_array_equal(outputs(sigmoid_forward, -np.inf, -1000.0, 1000.0, np.inf), [0.0, 0.0, 1.0, 1.0])


def test_the_slope_of_sigmoid_is_a_quarter_at_zero_and_less_elsewhere():
    x = np.linspace(-6, 6, 25)  # with 0 in the middle

    dx = sigmoid_backward(np.ones(25), sigmoid_forward(x)[1])

    assert dx[12] == dx.max() == 0.25
    assert np.argmax(dx) == 12


@generated
@given(shapes)
def test_tanh_is_a_stretched_sigmoid(shape):
    x = spread_out(*shape)

    np.testing.assert_allclose(tanh_forward(x)[0], 2 * sigmoid_forward(2 * x)[0] - 1, rtol=1e-12, atol=1e-15)


def test_tanh_gives_known_numbers():
    np.testing.assert_allclose(outputs(tanh_forward, -np.log(2), 0.0, np.log(3)), [-0.6, 0.0, 0.8], rtol=1e-15)


@pytest.mark.parametrize("forward", [sigmoid_forward, tanh_forward])
def test_the_cache_of_an_activation_that_saturates_is_its_output(forward):
    out, cache = forward(spread_out(3, 4))

    assert cache is out


@pytest.mark.parametrize("forward", [leaky_relu_forward, elu_forward])
def test_the_cache_of_an_activation_with_a_parameter_is_the_input_and_the_parameter(forward):
    x = spread_out(3, 4)

    _, (cached, alpha) = forward(x, alpha=0.5)

    assert cached is x
    assert alpha == 0.5


def test_leaky_relu_shrinks_what_is_negative():
    np.testing.assert_array_equal(outputs(leaky_relu_forward, -2.0, 0.0, 3.0, alpha=0.25), [-0.5, 0.0, 3.0])


def test_leaky_relu_leaks_a_hundredth_by_default():
    np.testing.assert_array_equal(outputs(leaky_relu_forward, -100.0), [-1.0])


@pytest.mark.parametrize("alpha", [0.0, 0.01, 0.5, 1.0])
def test_leaky_relu_is_the_larger_of_two_lines(alpha):
    x = spread_out(5, 6)

    np.testing.assert_array_equal(leaky_relu_forward(x, alpha)[0], np.maximum(alpha * x, x))


def test_elu_gives_known_numbers():
    out = outputs(elu_forward, -np.log(2), -np.log(4), 0.0, 3.0, alpha=4.0)

    np.testing.assert_allclose(out, [-2.0, -3.0, 0.0, 3.0], rtol=1e-15)


def test_elu_levels_off_at_minus_one_by_default():
    np.testing.assert_array_equal(outputs(elu_forward, -1000.0, -np.inf), [-1.0, -1.0])


def test_elu_keeps_the_digits_of_inputs_close_to_zero():
    np.testing.assert_allclose(outputs(elu_forward, -1e-12), [-1e-12 + 0.5e-24], rtol=1e-15)


@pytest.mark.parametrize(
    ("forward", "backward"), [(leaky_relu_forward, leaky_relu_backward), (elu_forward, elu_backward)]
)
def test_the_slope_at_zero_is_that_of_the_negative_side(forward, backward):
    _, cache = forward(np.array([0.0, -0.0]), alpha=0.25)

    np.testing.assert_array_equal(backward(np.array([8.0, 8.0]), cache), [2.0, 2.0])


@pytest.mark.parametrize(
    ("forward", "backward"), [(leaky_relu_forward, leaky_relu_backward), (elu_forward, elu_backward)]
)
def test_a_numpy_parameter_leaves_float32_alone(forward, backward):
    x = spread_out(3, 4).astype(np.float32)

    out, cache = forward(x, np.float64(0.1))
    dx = backward(x, cache)
    dx_of_own_cache = backward(x, (x, np.float64(0.1)))

    assert out.dtype == dx.dtype == dx_of_own_cache.dtype == np.float32
