import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import relu_backward, relu_forward

shapes = st.lists(st.integers(0, 4), max_size=4)


@generated
@given(shapes)
def test_relu_splits_a_number_into_its_positive_and_negative_part(shape):
    x = spread_out(*shape)

    positive, _ = relu_forward(x)
    negative, _ = relu_forward(-x)

    np.testing.assert_array_equal(positive - negative, x)
    np.testing.assert_array_equal(positive + negative, np.abs(x))


@generated
@given(shapes)
def test_the_gradient_of_relu_is_the_numeric_one(shape):
    x, dout = spread_out(*shape), spread_out(*shape, seed=1)

    dx = relu_backward(dout, relu_forward(x)[1])

    numeric = eval_numerical_gradient_array(lambda x: relu_forward(x)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


def test_the_slope_at_zero_is_taken_to_be_zero():
    dx = relu_backward(np.array([5.0, 5.0]), np.array([0.0, -0.0]))

    np.testing.assert_array_equal(dx, [0.0, 0.0])


def test_nan_stays_nan():
    out, _ = relu_forward(np.array([np.nan, -1.0]))

    np.testing.assert_array_equal(out, [np.nan, 0.0])


def test_an_infinite_gradient_is_blocked_where_the_input_was_negative():
    dx = relu_backward(np.array([np.inf, np.inf]), np.array([-1.0, 1.0]))

    np.testing.assert_array_equal(dx, [0.0, np.inf])
