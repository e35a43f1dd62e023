"""Dropout is random, so it is judged by its laws.

The bounds on frequencies are Hoeffding's: n draws of mean p stray from n p by more than
sqrt(n log(2 / alarm) / 2) with probability `FALSE_ALARM` at most. As the seeds are fixed, a test that passes
once passes always; the bound says that no other seed would have made a difference.
"""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import dropout_backward, dropout_forward

FALSE_ALARM = 1e-9
shapes = st.lists(st.integers(0, 4), max_size=4)
probabilities = st.sampled_from([0.01, 0.25, 0.5, 0.7, 1.0])
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True)
def _global_generator():
    """Leave the global generator as it was, since a seed changes it."""
    state = np.random.get_state()  # noqa: NPY002 - what dropout draws from
    yield
    np.random.set_state(state)  # noqa: NPY002


def train(x, p=0.5, **others):
    return dropout_forward(x, {"p": p, "mode": "train", **others})


def assert_share(kept, p):
    """Assert that a share p of booleans is true, within Hoeffding's bound."""
    bound = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * kept.size))
    assert abs(kept.mean() - p) <= bound


@generated
@given(shapes, probabilities, seeds)
def test_an_output_is_zero_or_the_input_over_p(shape, p, seed):
    x = spread_out(*shape)

    out, _ = train(x, p, seed=seed)

    kept = out != 0
    np.testing.assert_allclose(out, np.where(kept, x / p, 0), rtol=1e-15)


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.7, 0.95])
def test_a_share_p_of_the_numbers_is_kept(p):
    out, _ = train(np.ones((300, 400)), p, seed=231)

    assert_share(out != 0, p)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_number_is_drawn_for_itself(axis):
    out, _ = train(np.ones((40, 50, 60)), 0.5, seed=231)

    kept = np.moveaxis(out != 0, axis, 0)
    assert_share(kept[0::2] & kept[1::2], 0.25)  # pairs of neighbours, each number in one pair


def test_the_mean_is_preserved():
    x = np.random.default_rng(0).uniform(size=1000)
    rounds, p = 400, 0.4

    mean = train(np.tile(x, (rounds, 1)), p, seed=231)[0].mean()

    bound = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * rounds * len(x))) / p  # the numbers lie in [0, 1 / p]
    assert abs(mean - x.mean()) <= bound


@generated
@given(shapes, probabilities, seeds)
def test_backward_uses_the_mask_and_the_scale_of_forward(shape, p, seed):
    x, dout = spread_out(*shape), spread_out(*shape, seed=1)

    out, cache = train(x, p, seed=seed)
    dx = dropout_backward(dout, cache)

    np.testing.assert_array_equal(dropout_backward(x, cache), out)
    np.testing.assert_array_equal(dx != 0, out != 0)
    np.testing.assert_allclose(dx[out != 0], dout[out != 0] / p, rtol=1e-15)


@generated
@given(shapes, probabilities, seeds)
def test_with_a_seed_the_gradient_is_the_numeric_one(shape, p, seed):
    x, dout = spread_out(*shape), spread_out(*shape, seed=1)

    dx = dropout_backward(dout, train(x, p, seed=seed)[1])

    numeric = eval_numerical_gradient_array(lambda x: train(x, p, seed=seed)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-7, atol=1e-7)


def test_nothing_is_dropped_where_p_is_one():
    x = spread_out(3, 4)

    out, cache = train(x, p=1)

    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(dropout_backward(x, cache), x)


def test_testing_changes_nothing():
    x, dout = spread_out(3, 4), spread_out(3, 4, seed=1)

    out, cache = dropout_forward(x, {"p": 0.5, "mode": "test"})
    dx = dropout_backward(dout, cache)

    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(dx, dout)
    assert not np.shares_memory(out, x)
    assert not np.shares_memory(dx, dout)


@pytest.mark.parametrize(("given_dtype", "expected"), [(np.float32, np.float32), (np.int64, np.float64)])
def test_testing_keeps_the_dtype(given_dtype, expected):
    x = np.arange(6, dtype=given_dtype)

    out, cache = dropout_forward(x, {"p": 0.5, "mode": "test"})

    assert out.dtype == dropout_backward(x, cache).dtype == expected


def test_the_cache_is_the_dictionary_and_the_mask():
    dropout_param = {"p": 0.25, "mode": "train", "seed": 3}

    out, (param, mask) = dropout_forward(np.ones((3, 4)), dropout_param)

    assert param is dropout_param
    assert dropout_param == {"p": 0.25, "mode": "train", "seed": 3}
    np.testing.assert_array_equal(mask, out)


def test_the_mask_of_testing_is_none():
    dropout_param = {"p": 0.25, "mode": "test"}

    _, (param, mask) = dropout_forward(np.ones((3, 4)), dropout_param)

    assert param is dropout_param
    assert mask is None


def test_the_way_back_is_that_of_the_forward_pass_even_if_the_mode_has_changed_since():
    dropout_param = {"p": 0.25, "mode": "train", "seed": 3}
    out, cache = dropout_forward(np.ones((3, 4)), dropout_param)

    dropout_param["mode"] = "test"

    np.testing.assert_array_equal(dropout_backward(np.ones((3, 4)), cache), out)


def test_a_seed_gives_the_same_mask_in_every_call():
    x = np.ones((5, 6))

    first, _ = train(x, seed=123)
    second, _ = train(x, seed=123)
    other, _ = train(x, seed=124)

    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("mode", ["train", "test"])
def test_a_seed_seeds_the_global_generator(mode):
    dropout_forward(np.ones(0), {"p": 0.5, "mode": mode, "seed": 123})

    assert np.random.rand() == np.random.RandomState(123).rand()  # noqa: NPY002 - the official stream


@pytest.mark.parametrize("seed", [{}, {"seed": None}], ids=["no seed", "None"])
def test_without_a_seed_the_masks_follow_the_global_generator(seed):
    official = np.random.RandomState(231)
    np.random.seed(231)  # noqa: NPY002 - the official stream

    first, _ = train(np.ones((3, 4)), 0.7, **seed)
    second, _ = train(np.ones((2, 5)), 0.7, **seed)

    np.testing.assert_array_equal(first, (official.rand(3, 4) < 0.7) / 0.7)
    np.testing.assert_array_equal(second, (official.rand(2, 5) < 0.7) / 0.7)


def test_testing_draws_nothing():
    np.random.seed(231)  # noqa: NPY002 - the official stream

    dropout_forward(np.ones((3, 4)), {"p": 0.7, "mode": "test"})

    assert np.random.rand() == np.random.RandomState(231).rand()  # noqa: NPY002


def test_the_mask_does_not_depend_on_the_dtype():
    in_double, _ = train(np.ones((5, 6)), np.float64(0.7), seed=1)
    in_single, _ = train(np.ones((5, 6), np.float32), np.float64(0.7), seed=1)

    assert in_single.dtype == np.float32
    np.testing.assert_array_equal(in_single, in_double.astype(np.float32))


@pytest.mark.parametrize(
    ("p", "got", "error"),
    [
        (0, "0", ValueError),
        (0.0, "0.0", ValueError),
        (-0.1, "-0.1", ValueError),
        (1.5, "1.5", ValueError),
        (math.nan, "nan", ValueError),
        (None, "None", TypeError),
        ("0.5", "'0.5'", TypeError),
    ],
)
@pytest.mark.parametrize("mode", ["train", "test"])
def test_p_must_be_a_probability_of_keeping(p, got, error, mode):
    message = (
        f"`dropout_param['p']` must be a number above 0 and at most 1 (got {got}). "
        "It is the probability of keeping, not of dropping."
    )

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        dropout_forward(np.ones(3), {"p": p, "mode": mode})


def test_p_must_be_given():
    with pytest.raises(TypeError, match=r"^`dropout_param\['p'\]` must be a number .* \(got None\)\. It is the prob"):
        dropout_forward(np.ones(3), {"mode": "train"})


@pytest.mark.parametrize(("dropout_param", "got"), [({"p": 0.5, "mode": "eval"}, "'eval'"), ({"p": 0.5}, "None")])
def test_the_mode_must_be_train_or_test(dropout_param, got):
    message = (
        f"`dropout_param['mode']` must be 'train' or 'test' (got {got}). "
        "Training drops numbers, testing keeps them all."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dropout_forward(np.ones(3), dropout_param)


def test_an_upstream_gradient_of_another_shape_is_refused():
    _, cache = train(np.ones((2, 3)))
    message = "`dout` must have shape (2, 3) (got (3,)). It has the shape of the output of `dropout_forward`."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dropout_backward(np.ones(3), cache)
