"""Fixed inputs: the same everywhere, and unable to hide a mistake."""

import math

import numpy as np
import pytest

from autograder.core.inputs import spread, waves, waves_from


def test_spread_is_the_published_linspace():
    x = spread(2, 4, 5, 6, between=(-0.1, 0.5))

    np.testing.assert_array_equal(x, np.linspace(-0.1, 0.5, num=240).reshape(2, 4, 5, 6))


def test_spread_lies_between_minus_one_and_one_by_default():
    assert spread(5).tolist() == [-1, -0.5, 0, 0.5, 1]


def test_spread_rotates_by_start():
    assert spread(2, 2, between=(0.0, 3.0), start=1).tolist() == [[1, 2], [3, 0]]


def test_waves_are_a_scaled_sine_of_the_index():
    by_hand = [[2 * math.sin(1.7 * (3 * row + column) + 0.3) + 1 for column in range(3)] for row in range(2)]

    np.testing.assert_allclose(waves(2, 3, between=(-1.0, 3.0)), by_hand, rtol=1e-14)


def test_waves_begin_at_start():
    np.testing.assert_array_equal(waves(6, start=4), waves(10)[4:])


@pytest.mark.parametrize("start", [0, 5, 123_456])
def test_waves_have_no_ties_no_zeros_and_stay_in_their_range(start):
    x = waves(1000, between=(-0.3, 0.4), start=start)

    assert np.diff(np.sort(x)).min() > 1e-9
    assert np.abs(x).min() > 1e-6
    assert x.min() >= -0.3
    assert x.max() <= 0.4


def test_waves_rise_and_fall():
    steps = np.diff(waves(100))

    assert 30 < np.count_nonzero(steps > 0) < 70


@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_in_waves_the_largest_value_of_a_window_may_stand_anywhere(size):
    windows = waves(60 * size).reshape(60, size)

    assert set(windows.argmax(axis=1)) == set(range(size))


def test_in_waves_the_columns_of_a_batch_have_different_variances():
    variances = np.sort(waves(5, 4).var(axis=0))

    assert np.diff(variances).min() > 1e-3


@pytest.mark.parametrize("fill", [spread, waves, waves_from(np.random.default_rng(0))])
def test_the_same_call_gives_the_same_numbers_in_an_array_of_its_own(fill):
    first, second = fill(3, 4), fill(3, 4)

    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.float64
    assert not np.shares_memory(first, second)


def test_hidden_waves_are_waves_that_begin_far_away():
    fill = waves_from(np.random.default_rng(0))

    begin = int(np.random.default_rng(0).integers(10_000, 1_000_000))
    np.testing.assert_array_equal(
        fill(2, 3, between=(0.0, 2.0), start=5), waves(2, 3, between=(0.0, 2.0), start=begin + 5)
    )


def test_hidden_waves_differ_from_the_public_ones():
    hidden = waves_from(np.random.default_rng(0))

    assert not np.isin(hidden(100), waves(100)).any()
