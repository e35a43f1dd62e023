import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient
from cs231n_lib.layers import softmax_loss, svm_loss

both_losses = pytest.mark.parametrize("loss_function", [svm_loss, softmax_loss])
batches = st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(0, 99))  # N, C, seed


def draw_batch(N, C, seed):
    """Scores differ by multiples of 0.06, so that none comes within 0.02 of the kink at a margin of 1."""
    y = np.random.default_rng(seed).integers(C, size=N)
    return 0.6 * spread_out(N, C, seed=seed), y


@generated
@given(batches)
def test_svm_loss_sums_the_violated_margins(batch):
    x, y = draw_batch(*batch)

    loss, _ = svm_loss(x, y)

    margins = [max(0, x[n, j] - x[n, y[n]] + 1) for n, j in np.ndindex(x.shape) if j != y[n]]
    assert loss == pytest.approx(sum(margins) / len(x))


@generated
@given(batches)
def test_softmax_loss_is_the_mean_negative_log_probability(batch):
    x, y = draw_batch(*batch)

    loss, _ = softmax_loss(x, y)

    p = [math.exp(row[k]) / sum(map(math.exp, row)) for row, k in zip(x, y, strict=True)]
    assert loss == pytest.approx(-sum(map(math.log, p)) / len(x), abs=1e-12)


@both_losses
@generated
@given(batches)
def test_the_gradient_of_a_loss_is_the_numeric_one(loss_function, batch):
    x, y = draw_batch(*batch)

    _, dx = loss_function(x, y)

    numeric = eval_numerical_gradient(lambda x: loss_function(x, y)[0], x, verbose=False)
    np.testing.assert_allclose(dx, numeric, rtol=1e-6, atol=1e-8)


@both_losses
def test_the_gradients_of_an_example_sum_to_zero(loss_function):
    _, dx = loss_function(spread_out(5, 4), np.array([0, 1, 2, 3, 0]))

    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)


@both_losses
def test_a_loss_leaves_its_arguments_alone(loss_function):
    x, y = spread_out(3, 4), np.array([1, 0, 3])

    loss_function(x, y)

    np.testing.assert_array_equal(x, spread_out(3, 4))
    np.testing.assert_array_equal(y, [1, 0, 3])


@both_losses
def test_a_loss_in_float32_stays_float32(loss_function):
    loss, dx = loss_function(spread_out(3, 4).astype(np.float32), np.array([1, 0, 3]))

    assert loss.dtype == np.float32
    assert dx.dtype == np.float32


@both_losses
def test_integer_scores_give_the_loss_of_the_same_floats(loss_function):
    scores, y = np.array([[3, 0, 4], [250, 0, 9]], dtype=np.uint8), np.array([0, 1])

    loss, dx = loss_function(scores, y)

    expected_loss, expected_dx = loss_function(scores.astype(float), y)
    assert loss == expected_loss
    np.testing.assert_array_equal(dx, expected_dx)


@both_losses
def test_the_memory_layout_of_the_scores_does_not_matter(loss_function):
    x, y = spread_out(3, 4), np.array([1, 0, 3])

    loss, dx = loss_function(np.asfortranarray(x), y)

    assert loss == pytest.approx(loss_function(x, y)[0])
    np.testing.assert_allclose(dx, loss_function(x, y)[1])


@both_losses
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_labels_may_have_any_integer_dtype(loss_function, dtype):
    x = spread_out(3, 4)

    loss, _ = loss_function(x, np.array([1, 0, 3], dtype=dtype))

    assert loss == loss_function(x, np.array([1, 0, 3]))[0]


def test_softmax_of_huge_scores_is_finite():
    loss, dx = softmax_loss(np.array([[1e4, 0.0, -1e4]]), np.array([2]))

    assert loss == 2e4
    np.testing.assert_array_equal(dx, [[1.0, 0.0, -1.0]])


def test_softmax_loss_of_a_sure_and_right_answer_is_zero_without_a_sign():
    loss, _ = softmax_loss(np.array([[1000.0, 0.0]]), np.array([0]))

    assert str(float(loss)) == "0.0"


def test_adding_a_constant_to_the_scores_changes_neither_loss():
    x, y = spread_out(3, 4), np.array([1, 0, 3])

    for loss_function in (svm_loss, softmax_loss):
        assert loss_function(x + 8, y)[0] == pytest.approx(loss_function(x, y)[0])


def test_a_class_exactly_on_the_margin_gets_no_gradient():
    loss, dx = svm_loss(np.array([[2.0, 1.0]]), np.array([0]))

    assert loss == 0
    assert not dx.any()


@both_losses
@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (
            [0.0, 1.0],
            TypeError,
            "`y` must hold integers (got dtype float64). Convert the labels with y.astype(int).",
        ),
        (
            [True, False],
            TypeError,
            "`y` must hold integers (got dtype bool). Convert the labels with y.astype(int).",
        ),
        (
            [[0], [1]],
            ValueError,
            "`y` must have shape (2,) (got (2, 1)). There is one label for each row of `x`.",
        ),
        (
            [-1, 0],
            ValueError,
            "`y` must hold classes from 0 to 2 (got -1 to 0). The columns of `x` are the classes.",
        ),
        (
            [1, 3],
            ValueError,
            "`y` must hold classes from 0 to 2 (got 1 to 3). The columns of `x` are the classes.",
        ),
    ],
)
def test_labels_that_are_no_classes_are_refused(loss_function, y, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        loss_function(np.ones((2, 3)), np.array(y))


@both_losses
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3,), "`x` must have the axes (N, C) (got shape (3,)). Reshape it first."),
        ((0, 3), "`x` must hold at least one example (got shape (0, 3)). Skip empty batches."),
    ],
)
def test_scores_that_are_no_batch_are_refused(loss_function, shape, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        loss_function(np.ones(shape), np.zeros(0, dtype=int))


@both_losses
def test_scores_must_be_real_numbers(loss_function):
    with pytest.raises(TypeError, match=r"^`x` must hold real numbers \(got dtype complex128\)\. Pass floats or int"):
        loss_function(np.ones((1, 2), dtype=complex), np.array([0]))
