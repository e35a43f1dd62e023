import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import ONE_BY_ONE, every_geometry, generated, pool_param_of, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import stochastic_pool_backward, stochastic_pool_forward

PAIR = {"pool_height": 1, "pool_width": 2, "stride": 2}


def activations(*shape):
    """Return numbers from 0 in steps of 0.1, shuffled: all different, one of them zero."""
    x = spread_out(*shape)
    return x - x.min()


def windows_of(x, g):
    windows = sliding_window_view(x, (g.HH, g.WW), axis=(2, 3))[:, :, :: g.stride, :: g.stride]
    return windows.reshape(*windows.shape[:4], g.HH * g.WW)


def in_training(pool_param, seed=231):
    return {**pool_param, "mode": "train", "seed": seed}


def in_testing(pool_param):
    return {**pool_param, "mode": "test"}


def far(draws, events):
    """Return how far one of some frequencies strays with a probability under 1e-6 (Hoeffding, union bound)."""
    return np.sqrt(np.log(2 * events / 1e-6) / (2 * draws))


@pytest.fixture
def global_seed():
    """Give a function that seeds np.random, whose state is put back afterwards."""
    state = np.random.get_state()  # noqa: NPY002 - the global generator is what is tested
    yield np.random.seed
    np.random.set_state(state)  # noqa: NPY002


@every_geometry(padded=False)
def test_each_output_is_a_number_of_its_window_that_is_not_zero_unless_all_are(g):
    x = np.maximum(spread_out(g.N, g.C, g.H, g.W), 0)

    out, _ = stochastic_pool_forward(x, in_training(pool_param_of(g)))

    windows = windows_of(x, g)
    assert (windows == out[..., None]).any(axis=-1).all()
    np.testing.assert_array_equal(out > 0, windows.any(axis=-1))


@pytest.mark.parametrize("scale", [1e-300, 1, 1e300])
def test_numbers_are_drawn_as_often_as_they_are_large(scale):
    window = np.array([0, 1, 2, 5]) * scale
    draws = 8000
    x = np.tile(window, draws).reshape(1, 1, 1, -1)

    out, _ = stochastic_pool_forward(x, in_training({"pool_height": 1, "pool_width": 4, "stride": 4}))

    frequencies = [(out == number).mean() for number in window]
    assert np.abs(np.subtract(frequencies, [0, 1 / 8, 2 / 8, 5 / 8])).max() < far(draws, events=4)


def test_each_window_of_each_channel_and_image_draws_for_itself():
    draws = 4000
    x = np.tile([1.0, 2.0], 4 * draws).reshape(2, 2, 1, -1)

    out, _ = stochastic_pool_forward(x, in_training(PAIR))

    (one, next_channel), (next_image, _) = (out == 2).reshape(2, 2, draws)
    for other in (next_channel, next_image, np.roll(one, -1)):
        both = (one & other)[::2]  # every other one: of neighbours, pairs without a common window
        assert abs(both.mean() - 4 / 9) < far(draws // 2, events=3)


def test_overlapping_windows_draw_for_themselves():
    draws = 4000
    x = np.array([[[[1.0] * draws, [2.0, 3.0] * (draws // 2)]]])  # every window of 2 by 2 holds 1, 1, 2, 3
    pool_param = in_training({"pool_height": 2, "pool_width": 2, "stride": 1})

    out, _ = stochastic_pool_forward(x, pool_param)

    for number, probability in [(1, 2 / 7), (2, 2 / 7), (3, 3 / 7)]:
        drawn = out[0, 0, 0] == number  # of draws - 1 windows
        repeated = drawn[:-1:2] & drawn[1::2]
        assert abs(repeated.mean() - probability**2) < far(draws // 2 - 1, events=3)


@every_geometry(padded=False)
def test_the_gradient_goes_to_the_pixel_that_was_drawn(g):
    x = activations(g.N, g.C, g.H, g.W) + 1
    out, cache = stochastic_pool_forward(x, in_training(pool_param_of(g)))
    dout = spread_out(*out.shape, seed=1)

    dx = stochastic_pool_backward(dout, cache)

    expected = np.zeros_like(x)
    for n, c, i, j in np.ndindex(out.shape):  # all pixels differ, so the output tells which was drawn
        expected[n, c][x[n, c] == out[n, c, i, j]] += dout[n, c, i, j]
    np.testing.assert_allclose(dx, expected, rtol=1e-12, atol=1e-12)


@every_geometry(padded=False)
def test_the_gradient_is_the_numeric_one_for_a_fixed_seed(g):
    x = activations(g.N, g.C, g.H, g.W) + 1
    pool_param = in_training(pool_param_of(g))
    out, cache = stochastic_pool_forward(x, pool_param)
    dout = spread_out(*out.shape, seed=1)

    dx = stochastic_pool_backward(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: stochastic_pool_forward(x, pool_param)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


@generated
@given(st.integers(0, 10_000))
def test_of_equal_pixels_one_gets_the_gradient(seed):
    _, cache = stochastic_pool_forward(np.ones((1, 1, 1, 2)), in_training(PAIR, seed))

    dx = stochastic_pool_backward(np.full((1, 1, 1, 1), 4.0), cache)

    assert sorted(dx.ravel()) == [0, 4]


def test_a_window_of_zeros_gives_zero_and_gets_no_gradient():
    x = np.array([[[[0.0, 0.0, 0.0, 3.0]]]])

    for pool_param in (in_training(PAIR), in_testing(PAIR)):
        np.testing.assert_array_equal(stochastic_pool_forward(x, pool_param)[0], [[[[0, 3]]]])
    _, cache = stochastic_pool_forward(x, in_training(PAIR))
    np.testing.assert_array_equal(stochastic_pool_backward(np.ones((1, 1, 1, 2)), cache), [[[[0, 0, 0, 1]]]])


@every_geometry(padded=False)
def test_testing_gives_the_mean_weighted_by_the_probabilities(g):
    x = activations(g.N, g.C, g.H, g.W) + 1

    out, _ = stochastic_pool_forward(x, in_testing(pool_param_of(g)))

    windows = windows_of(x, g)
    np.testing.assert_allclose(out, (windows**2).sum(axis=-1) / windows.sum(axis=-1), rtol=1e-12)


def test_testing_gives_what_training_gives_on_average():
    draws = 8000
    x = np.tile([0.0, 1.0, 2.0, 5.0], draws).reshape(1, 1, 1, -1)
    window = {"pool_height": 1, "pool_width": 4, "stride": 4}

    trained, _ = stochastic_pool_forward(x, in_training(window))
    tested, _ = stochastic_pool_forward(x, in_testing(window))

    np.testing.assert_allclose(tested, 30 / 8)
    assert abs(trained.mean() - 30 / 8) < 5 * far(draws, events=1)  # numbers from 0 to 5


def test_testing_is_left_to_no_chance(global_seed):
    x = activations(1, 2, 4, 6)
    outputs = []

    for seed in (1, 2):
        global_seed(seed)
        outputs += [stochastic_pool_forward(x, in_testing(PAIR))[0]]
        outputs += [stochastic_pool_forward(x, {**in_testing(PAIR), "seed": seed})[0]]

    for out in outputs:
        np.testing.assert_array_equal(out, outputs[0])


def test_a_seed_fixes_the_draw():
    x = np.ones((1, 1, 8, 16)) + np.arange(16)

    first, _ = stochastic_pool_forward(x, in_training(PAIR, seed=1))
    again, _ = stochastic_pool_forward(x, in_training(PAIR, seed=1))
    another, _ = stochastic_pool_forward(x, in_training(PAIR, seed=2))

    np.testing.assert_array_equal(first, again)
    assert (first != another).any()


def test_a_seed_leaves_the_global_generator_alone(global_seed):
    global_seed(231)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002

    stochastic_pool_forward(np.ones((1, 1, 2, 2)), in_training(PAIR))

    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("no_seed", [{}, {"seed": None}])
def test_without_a_seed_the_global_generator_decides(global_seed, no_seed):
    x = np.ones((1, 1, 8, 16)) + np.arange(16)
    outputs = []

    for seed in (231, 231, 1):
        global_seed(seed)
        outputs.append(stochastic_pool_forward(x, {**PAIR, "mode": "train", **no_seed})[0])

    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert (outputs[0] != outputs[2]).any()


def test_the_backward_pass_remembers_the_draw_when_the_parameters_change():
    pool_param = in_training(PAIR)
    out, cache = stochastic_pool_forward(activations(1, 1, 4, 6) + 1, pool_param)
    first = stochastic_pool_backward(np.ones_like(out), cache)

    pool_param.update(mode="test", seed=1)

    np.testing.assert_array_equal(stochastic_pool_backward(np.ones_like(out), cache), first)


def test_four_large_numbers_of_float16_do_not_overflow():
    x = np.full((1, 1, 2, 2), 60000, dtype=np.float16)

    out, _ = stochastic_pool_forward(x, in_testing({"pool_height": 2, "pool_width": 2, "stride": 1}))

    assert out.item() == 60000
    assert out.dtype == np.float16


@pytest.mark.parametrize("mode", ["train", "test"])
def test_float32_and_integers_keep_their_promises_in_both_modes(mode):
    x = np.arange(1, 25).reshape(1, 1, 4, 6)
    pool_param = {**PAIR, "mode": mode, "seed": 231}

    expected, _ = stochastic_pool_forward(x.astype(float), pool_param)
    of_integers, _ = stochastic_pool_forward(x, pool_param)
    of_float32, _ = stochastic_pool_forward(x.astype(np.float32), pool_param)

    np.testing.assert_array_equal(of_integers, expected)
    np.testing.assert_allclose(of_float32, expected, rtol=1e-6)
    assert (of_integers.dtype, of_float32.dtype) == (np.float64, np.float32)


def test_an_empty_batch_gives_an_empty_output():
    out, cache = stochastic_pool_forward(np.ones((0, 3, 4, 4)), in_training(PAIR))

    assert out.shape == (0, 3, 2, 2)
    assert stochastic_pool_backward(out, cache).shape == (0, 3, 4, 4)


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("number", [-1.5, np.nan, np.inf, -np.inf])
def test_what_is_no_probability_is_refused(mode, number):
    x = np.array([[[[0.0, 1.0], [number, 2.0]]]])
    message = f"`x` must hold finite numbers of at least 0 (got {number}). Put a ReLU in front."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        stochastic_pool_forward(x, {**PAIR, "mode": mode})


@pytest.mark.parametrize("mode", [{}, {"mode": None}, {"mode": "Train"}])
def test_an_unknown_mode_is_refused(mode):
    message = (
        f"`pool_param['mode']` must be 'train' or 'test' (got {mode.get('mode')!r}). "
        "Training draws a number, testing takes the weighted mean."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        stochastic_pool_forward(np.ones((1, 1, 2, 2)), {**PAIR, **mode})


def test_the_cache_of_testing_is_refused():
    out, cache = stochastic_pool_forward(np.ones((1, 1, 2, 2)), in_testing(PAIR))
    message = "`cache` must come from 'train' mode (got None). Set pool_param['mode'] before the forward pass."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        stochastic_pool_backward(np.ones_like(out), cache)


@pytest.mark.parametrize("key", ["pool_height", "pool_width", "stride"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (2.0, TypeError), (None, TypeError)])
def test_a_parameter_that_counts_no_pixels_is_refused(key, value, error):
    message = (
        f"`pool_param['{key}']` must be an integer of at least 1 (got {value}). Set it to a whole number of pixels."
    )

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        stochastic_pool_forward(np.ones((1, 1, 4, 4)), in_training({**pool_param_of(ONE_BY_ONE), key: value}))


def test_an_image_smaller_than_the_window_is_refused():
    message = (
        "`pool_param` must fit into the image (got a window of 1 by 2 for 3 by 1 pixels, padding included). "
        "Make the window smaller or the image larger."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        stochastic_pool_forward(np.ones((1, 1, 3, 1)), in_training(PAIR))
