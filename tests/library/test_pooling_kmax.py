import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import kmax_pool_backward, kmax_pool_forward


@st.composite
def sequences_and_counts(draw):
    N, C, T = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 7))
    return (N, C, T), draw(st.integers(1, T))


@generated
@given(sequences_and_counts(), st.sampled_from([1, 10, 1000]))
def test_the_largest_are_kept_in_their_order_and_of_equal_ones_the_earlier(drawn, coarse):
    shape, k = drawn
    x = np.round(10 * spread_out(*shape) / coarse)  # with more and more ties, in the end zeros only
    places = [  # by hand: sort by size, then by time; take k; put them back in order
        sorted(sorted(range(shape[2]), key=lambda t: (-row[t], t))[:k]) for row in x.reshape(-1, shape[2])
    ]

    out, cache = kmax_pool_forward(x, k)
    dx = kmax_pool_backward(np.ones_like(out), cache)

    np.testing.assert_array_equal(
        out.reshape(-1, k), np.take_along_axis(x.reshape(-1, shape[2]), np.array(places), 1)
    )
    np.testing.assert_array_equal(np.nonzero(dx.reshape(-1, shape[2]))[1].reshape(-1, k), places)


@generated
@given(sequences_and_counts())
def test_the_gradient_is_the_numeric_one(drawn):
    shape, k = drawn
    x = spread_out(*shape)
    out, cache = kmax_pool_forward(x, k)
    dout = spread_out(*out.shape, seed=1)

    dx = kmax_pool_backward(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: kmax_pool_forward(x, k)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


def test_one_number_is_the_maximum_over_time():
    x = spread_out(2, 3, 5)

    out, _ = kmax_pool_forward(x, 1)

    np.testing.assert_array_equal(out[:, :, 0], x.max(axis=2))


def test_all_numbers_are_the_sequence_itself():
    x = spread_out(2, 3, 5)

    out, _ = kmax_pool_forward(x, 5)

    np.testing.assert_array_equal(out, x)


def test_the_order_tells_sentences_apart():
    one, _ = kmax_pool_forward(np.array([[[5.0, 0.0, 9.0, 1.0]]]), 2)
    other, _ = kmax_pool_forward(np.array([[[9.0, 0.0, 5.0, 1.0]]]), 2)

    np.testing.assert_array_equal(one, [[[5, 9]]])
    np.testing.assert_array_equal(other, [[[9, 5]]])


def test_channels_are_pooled_apart():
    out, _ = kmax_pool_forward(np.array([[[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]]), 2)

    np.testing.assert_array_equal(out, [[[2, 3], [3, 2]]])


@pytest.mark.parametrize("sequence", [[1, np.nan, 3, 2], [np.inf, 2, np.nan, 3], [np.nan, -np.inf, 1, 2]])
def test_nan_is_not_hidden(sequence):
    out, _ = kmax_pool_forward(np.array([[sequence]]), 1)

    assert np.isnan(out.item())


def test_the_smallest_integers_are_not_mistaken_for_large_ones():
    out, _ = kmax_pool_forward(np.array([[[-128, 5, 127]]], dtype=np.int8), 2)  # -(-128) is -128 in int8

    np.testing.assert_array_equal(out, [[[5, 127]]])


def test_an_empty_batch_gives_an_empty_output():
    out, cache = kmax_pool_forward(np.ones((0, 3, 4)), 2)

    assert out.shape == (0, 3, 2)
    assert kmax_pool_backward(out, cache).shape == (0, 3, 4)


def test_a_numpy_integer_is_an_integer():
    out, _ = kmax_pool_forward(spread_out(1, 1, 4), np.int64(2))

    assert out.shape == (1, 1, 2)


@pytest.mark.parametrize(
    ("k", "error", "rule"),
    [
        (0, ValueError, "at least 1 (got 0)"),
        (-1, ValueError, "at least 1 (got -1)"),
        (5, ValueError, "at most 4 (got 5)"),
        (2.0, TypeError, "at least 1 (got 2.0)"),
        (None, TypeError, "at least 1 (got None)"),
    ],
)
def test_a_count_that_cannot_be_is_refused(k, error, rule):
    message = f"`k` must be an integer of {rule}. The sequences have 4 steps to choose from."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        kmax_pool_forward(np.ones((2, 3, 4)), k)


def test_a_sequence_without_channels_is_refused():
    message = "`x` must have the axes (N, C, T) (got shape (3, 4)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        kmax_pool_forward(np.ones((3, 4)), 2)
