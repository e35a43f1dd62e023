import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import (
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    grad_check_sparse,
    rel_error,
)

shapes = st.lists(st.integers(0, 3), max_size=3)


def quietly(f, x):
    return eval_numerical_gradient(f, x, verbose=False)


# One call of each function: f returns one number, which suits all three.
CALLS = {
    "eval_numerical_gradient": quietly,
    "eval_numerical_gradient_array": lambda f, x: eval_numerical_gradient_array(f, x, np.array(1.0)),
    "grad_check_sparse": lambda f, x: grad_check_sparse(f, x, np.zeros(np.shape(x))),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@generated
@given(shapes)
def test_the_gradient_of_a_sum_of_cubes_is_three_squares(shape):
    x = spread_out(*shape)

    grad = quietly(lambda x: (x**3).sum(), x)

    np.testing.assert_allclose(grad, 3 * x**2, rtol=1e-6, atol=1e-9)


@generated
@given(shapes)
def test_an_upstream_gradient_is_sent_back_through_an_array_function(shape):
    x, df = spread_out(*shape), spread_out(*shape, seed=1)

    grad = eval_numerical_gradient_array(np.sin, x, df)

    np.testing.assert_allclose(grad, np.cos(x) * df, rtol=1e-7, atol=1e-9)


def test_the_output_may_have_another_shape_than_the_point():
    w, dout = spread_out(3, 2), spread_out(4, 2, seed=1)
    x = spread_out(4, 3, seed=2)

    grad = eval_numerical_gradient_array(lambda w: x @ w, w, dout)

    np.testing.assert_allclose(grad, x.T @ dout, rtol=1e-8)


@every_call
def test_the_point_is_the_same_to_the_last_bit_afterwards(call):
    x = np.array([0.1, 1 / 3, 1e-20, 1e20])
    before = x.copy()

    call(np.sum, x)

    np.testing.assert_array_equal(x, before)


@every_call
@pytest.mark.parametrize("failing_call", [1, 2])
def test_the_point_is_put_back_when_the_function_raises(call, failing_call):
    x, calls = np.array([0.1, 1 / 3]), []
    before = x.copy()

    def f(x):
        calls.append(x)
        if len(calls) == failing_call:
            raise ZeroDivisionError
        return x.sum()

    with pytest.raises(ZeroDivisionError):
        call(f, x)

    np.testing.assert_array_equal(x, before)


def test_a_function_may_reach_the_point_by_another_road():
    params = {"w": np.array([1.0, 2.0])}

    grad = quietly(lambda _: (params["w"] ** 2).sum(), params["w"])

    np.testing.assert_allclose(grad, [2.0, 4.0])


def test_a_function_may_return_its_argument_or_one_buffer_again_and_again():
    x, buffer = np.array([1.0, 2.0]), np.empty(2)

    identity = eval_numerical_gradient_array(lambda x: x, x, np.ones(2))
    doubled = eval_numerical_gradient_array(lambda x: np.multiply(x, 2, out=buffer), x, np.ones(2))

    np.testing.assert_allclose(identity, [1.0, 1.0])
    np.testing.assert_allclose(doubled, [2.0, 2.0])


@pytest.mark.parametrize("wrap", [float, np.float64, np.array, lambda v: np.array([v]), lambda v: [[v]]])
def test_one_number_may_come_in_any_wrapping(wrap):
    grad = quietly(lambda x: wrap(3 * x.sum()), np.array([1.0, 2.0]))

    np.testing.assert_allclose(grad, [3.0, 3.0])


def test_the_point_may_have_no_axes():
    grad = quietly(lambda x: x**2, np.array(3.0))

    assert grad.shape == ()
    assert grad == pytest.approx(6.0)


@pytest.mark.parametrize("laid_out", [np.asfortranarray, lambda a: a[::-1], lambda a: a.T])
def test_the_memory_layout_of_the_point_does_not_matter(laid_out):
    x = laid_out(spread_out(3, 2))

    np.testing.assert_allclose(quietly(lambda x: (x**2).sum(), x), 2 * x)


def test_the_gradient_has_the_dtype_of_the_point():
    assert quietly(np.sum, np.ones(2, dtype=np.float32)).dtype == np.float32


def test_the_step_is_h_to_both_sides():
    seen = []

    eval_numerical_gradient(lambda x: seen.append(x.item()) or 0.0, np.array([1.0]), verbose=False, h=0.25)

    assert seen == [1.25, 0.75]


def test_each_slope_is_printed_unless_told_otherwise(capsys):
    eval_numerical_gradient(lambda x: 0.5 * x.sum(), np.zeros((1, 2)), h=0.5)
    printed = capsys.readouterr().out
    quietly(np.sum, np.zeros(2))

    assert printed == "(0, 0) 0.5\n(0, 1) 0.5\n"
    assert capsys.readouterr().out == ""


@every_call
@pytest.mark.parametrize(
    ("x", "got"),
    [
        (np.array([1, 2]), "dtype int64"),
        (np.array([1j]), "dtype complex128"),
        ([1.0], "list"),
        (1.0, "float"),
    ],
)
def test_only_an_array_of_floats_can_be_moved_a_little(call, x, got):
    message = f"`x` must be an array of floats (got {got}). Convert it with np.array(x, dtype=float)."

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call(np.sum, x)


@pytest.mark.parametrize("call", [quietly, CALLS["grad_check_sparse"]])
def test_a_function_with_many_outputs_is_refused_where_one_number_is_needed(call):
    message = "`f` must return one number (got shape (2,)). Use eval_numerical_gradient_array for arrays."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(lambda x: x, np.array([1.0, 2.0]))


def test_an_upstream_gradient_of_another_shape_is_refused():
    message = "`df` must have the shape of f(x), (2, 1) (got (2,)). Broadcasting would hide the difference."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        eval_numerical_gradient_array(lambda x: x, np.ones((2, 1)), np.ones(2))


def test_the_sparse_check_prints_each_comparison_and_returns_the_largest_error(capsys):
    x = np.array([4.0])

    error = grad_check_sparse(lambda x: 3 * x.sum(), x, np.array([1.0]), num_checks=2, h=0.5)

    assert error == 0.5
    line = "numerical: 3.000000 analytic: 1.000000, relative error: 5.000000e-01\n"
    assert capsys.readouterr().out == 2 * line


def test_the_sparse_check_finds_a_wrong_entry_among_right_ones():
    x = spread_out(2, 3)
    wrong = 2 * x
    wrong[1, 2] *= -1

    assert grad_check_sparse(lambda x: (x**2).sum(), x, 2 * x, num_checks=60) < 1e-8
    assert grad_check_sparse(lambda x: (x**2).sum(), x, wrong, num_checks=60) == 1.0


def test_the_sparse_check_follows_the_seed_of_random():
    moved = []

    for _ in range(2):
        random.seed(7)
        grad_check_sparse(lambda x: moved.append(int(np.abs(x).argmax())) or 0.0, np.zeros(50), np.zeros(50))

    assert moved[:20] == moved[20:]


@pytest.mark.parametrize("seed", range(5))
def test_nan_in_a_gradient_is_the_largest_error(seed):
    random.seed(seed)

    error = grad_check_sparse(np.sum, np.ones(2), [1.0, np.nan], num_checks=20)

    assert np.isnan(error)


@pytest.mark.parametrize(
    ("analytic_grad", "num_checks", "message"),
    [
        (
            np.ones((1, 2)),
            10,
            "`analytic_grad` must have the shape of `x`, (2,) (got (1, 2)). "
            "A gradient has one slope for each number.",
        ),
        (np.ones(2), 0, "`num_checks` must be at least 1 (got 0). No check would prove nothing."),
    ],
)
def test_a_sparse_check_that_would_check_nothing_is_refused(analytic_grad, num_checks, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        grad_check_sparse(np.sum, np.ones(2), analytic_grad, num_checks)


@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        ([1.0, 3.0], [1.0, 1.0], 0.5),
        (2.0, -2.0, 1.0),
        ([0.0], [0.0], 0.0),
        ([0.0], [1e-9], 0.1),  # below the floor of 1e-8 the error is no longer relative
        ([], [], 0.0),
    ],
)
def test_the_relative_error_is_the_difference_over_the_sum(x, y, error):
    assert rel_error(x, y) == pytest.approx(error)


def test_the_relative_error_of_small_unsigned_integers_does_not_wrap_around():
    assert rel_error(np.array([1], dtype=np.uint8), np.array([3], dtype=np.uint8)) == 0.5


def test_the_relative_error_to_nan_is_nan():
    assert np.isnan(rel_error([1.0, np.nan], [1.0, 1.0]))


def test_the_relative_error_refuses_to_broadcast():
    message = "`y` must have the shape of `x`, (3, 1) (got (3,)). Broadcasting would hide the difference."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rel_error(np.ones((3, 1)), np.ones(3))
