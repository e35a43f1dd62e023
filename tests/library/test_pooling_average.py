import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import REMAINDER, every_geometry, generated, pool_param_of, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    avg_pool_backward,
    avg_pool_forward,
    conv_forward_naive,
    global_avg_pool_backward,
    global_avg_pool_forward,
)

image_shapes = st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))


@every_geometry(padded=False)
def test_each_output_is_the_mean_of_its_window(g):
    x = spread_out(g.N, g.C, g.H, g.W)

    out, _ = avg_pool_forward(x, pool_param_of(g))

    windows = sliding_window_view(x, (g.HH, g.WW), axis=(2, 3))[:, :, :: g.stride, :: g.stride]
    np.testing.assert_allclose(out, windows.sum(axis=(4, 5)) / (g.HH * g.WW), rtol=1e-12, atol=1e-12)


@every_geometry(padded=False)
def test_it_is_a_convolution_with_equal_weights(g):
    x = spread_out(g.N, 1, g.H, g.W)
    w = np.full((1, 1, g.HH, g.WW), 1 / (g.HH * g.WW))

    out, _ = avg_pool_forward(x, pool_param_of(g))

    expected, _ = conv_forward_naive(x, w, np.zeros(1), {"stride": g.stride, "pad": 0})
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@every_geometry(padded=False)
def test_the_gradient_is_the_numeric_one(g):
    x = spread_out(g.N, g.C, g.H, g.W)
    out, cache = avg_pool_forward(x, pool_param_of(g))
    dout = spread_out(*out.shape, seed=1)

    dx = avg_pool_backward(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: avg_pool_forward(x, pool_param_of(g))[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


@every_geometry(padded=False)
def test_no_gradient_is_lost_or_invented(g):
    out, cache = avg_pool_forward(spread_out(g.N, g.C, g.H, g.W), pool_param_of(g))
    dout = spread_out(*out.shape, seed=1)

    dx = avg_pool_backward(dout, cache)

    np.testing.assert_allclose(dx.sum(axis=(2, 3)), dout.sum(axis=(2, 3)), atol=1e-12)


def test_pixels_beyond_the_last_window_get_no_gradient():
    g = REMAINDER
    out, cache = avg_pool_forward(np.ones((g.N, g.C, g.H, g.W)), pool_param_of(g))

    dx = avg_pool_backward(np.ones_like(out), cache)

    assert dx[:, :, :4, :5].all()
    assert not dx[:, :, 4:].any()
    assert not dx[:, :, :, 5:].any()


def test_pixels_of_uint8_do_not_overflow():
    x = np.full((1, 1, 2, 2), 200, dtype=np.uint8)

    out, _ = avg_pool_forward(x, {"pool_height": 2, "pool_width": 2, "stride": 2})

    assert out.item() == 200


def test_an_empty_batch_gives_an_empty_output():
    out, cache = avg_pool_forward(np.ones((0, 3, 4, 4)), {"pool_height": 2, "pool_width": 2, "stride": 2})

    assert out.shape == (0, 3, 2, 2)
    assert avg_pool_backward(out, cache).shape == (0, 3, 4, 4)


@pytest.mark.parametrize("key", ["pool_height", "pool_width", "stride"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (2.0, TypeError), (None, TypeError)])
def test_a_parameter_that_counts_no_pixels_is_refused(key, value, error):
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2, key: value}
    message = (
        f"`pool_param['{key}']` must be an integer of at least 1 (got {value}). Set it to a whole number of pixels."
    )

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        avg_pool_forward(np.ones((1, 1, 4, 4)), pool_param)


def test_an_image_smaller_than_the_window_is_refused():
    message = (
        "`pool_param` must fit into the image (got a window of 3 by 2 for 2 by 4 pixels, padding included). "
        "Make the window smaller or the image larger."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        avg_pool_forward(np.ones((1, 1, 2, 4)), {"pool_height": 3, "pool_width": 2, "stride": 1})


@pytest.mark.parametrize(
    "pool", [lambda x: avg_pool_forward(x, {"pool_height": 1, "pool_width": 1, "stride": 1}), global_avg_pool_forward]
)
def test_an_image_without_channels_is_refused(pool):
    message = "`x` must have the axes (N, C, H, W) (got shape (4, 4)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        pool(np.ones((4, 4)))


@generated
@given(image_shapes)
def test_the_global_average_is_that_of_a_window_as_large_as_the_image(shape):
    x = spread_out(*shape)
    _, _, H, W = shape

    out, cache = global_avg_pool_forward(x)
    dx = global_avg_pool_backward(spread_out(*out.shape, seed=1), cache)

    expected, its_cache = avg_pool_forward(x, {"pool_height": H, "pool_width": W, "stride": 1})
    np.testing.assert_allclose(out, expected[:, :, 0, 0], rtol=1e-12, atol=1e-12)
    expected_dx = avg_pool_backward(spread_out(*expected.shape, seed=1), its_cache)
    np.testing.assert_allclose(dx, expected_dx, rtol=1e-12, atol=1e-12)


@generated
@given(image_shapes)
def test_the_gradient_of_the_global_average_is_the_numeric_one(shape):
    x = spread_out(*shape)
    out, cache = global_avg_pool_forward(x)
    dout = spread_out(*out.shape, seed=1)

    dx = global_avg_pool_backward(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: global_avg_pool_forward(x)[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


def test_the_global_average_remembers_the_shape_only():
    _, cache = global_avg_pool_forward(np.ones((2, 3, 4, 5)))

    assert cache == (2, 3, 4, 5)


def test_the_gradient_of_the_global_average_can_be_written_to():
    _, cache = global_avg_pool_forward(np.ones((1, 1, 2, 2)))

    dx = global_avg_pool_backward(np.ones((1, 1)), cache)
    dx[0, 0, 0, 0] = 5  # a broadcast view would refuse, or change all four

    np.testing.assert_array_equal(dx[0, 0], [[5, 0.25], [0.25, 0.25]])


@pytest.mark.parametrize("shape", [(2, 3, 0, 4), (2, 3, 4, 0)])
def test_images_without_pixels_have_no_global_average(shape):
    message = f"`x` must hold images of at least one pixel (got shape {shape}). Nothing has no mean."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        global_avg_pool_forward(np.ones(shape))
