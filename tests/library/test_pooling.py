import re

import numpy as np
import pytest
from layer_inputs import every_geometry, pool_param_of, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import max_pool_backward_naive, max_pool_forward_naive, max_pool_places


@every_geometry(padded=False)
def test_each_output_is_the_largest_number_of_its_window(g):
    x = spread_out(g.N, g.C, g.H, g.W)

    out, _ = max_pool_forward_naive(x, pool_param_of(g))

    windows = sliding_window_view(x, (g.HH, g.WW), axis=(2, 3))[:, :, :: g.stride, :: g.stride]
    np.testing.assert_array_equal(out, windows.max(axis=(4, 5)))


@every_geometry(padded=False)
def test_the_gradient_is_the_numeric_one(g):
    x = spread_out(g.N, g.C, g.H, g.W)
    out, cache = max_pool_forward_naive(x, pool_param_of(g))
    dout = spread_out(*out.shape, seed=1)

    dx = max_pool_backward_naive(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: max_pool_forward_naive(x, pool_param_of(g))[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


@every_geometry(padded=False)
def test_no_gradient_is_lost_or_invented(g):
    out, cache = max_pool_forward_naive(spread_out(g.N, g.C, g.H, g.W), pool_param_of(g))
    dout = spread_out(*out.shape, seed=1)

    dx = max_pool_backward_naive(dout, cache)

    np.testing.assert_allclose(dx.sum(axis=(2, 3)), dout.sum(axis=(2, 3)), atol=1e-12)


def test_negative_pixels_have_a_negative_maximum():
    out, _ = max_pool_forward_naive(np.full((1, 1, 3, 3), -5.0), {"pool_height": 2, "pool_width": 2, "stride": 1})

    np.testing.assert_array_equal(out, np.full((1, 1, 2, 2), -5.0))


def test_of_equal_pixels_the_first_in_reading_order_gets_the_gradient():
    _, cache = max_pool_forward_naive(np.ones((1, 1, 2, 2)), {"pool_height": 2, "pool_width": 2, "stride": 2})

    dx = max_pool_backward_naive(np.full((1, 1, 1, 1), 4.0), cache)

    np.testing.assert_array_equal(dx[0, 0], [[4, 0], [0, 0]])


def test_nan_in_a_window_is_not_hidden():
    x = np.array([[[[1.0, np.nan]]]])

    out, _ = max_pool_forward_naive(x, {"pool_height": 1, "pool_width": 2, "stride": 1})

    assert np.isnan(out.item())


@every_geometry(padded=False)
def test_the_places_name_the_numbers_that_pooling_keeps(g):
    x = spread_out(g.N, g.C, g.H, g.W)

    out, places = max_pool_places(x, pool_param_of(g))

    expected, _ = max_pool_forward_naive(x, pool_param_of(g))
    np.testing.assert_array_equal(out, expected)
    assert places.dtype.kind == "i"
    for n, c in np.ndindex(g.N, g.C):
        np.testing.assert_array_equal(x[n, c].ravel()[places[n, c]], expected[n, c])


@every_geometry(padded=False)
def test_the_places_are_those_that_get_the_gradient(g):
    x = np.round(spread_out(g.N, g.C, g.H, g.W))  # with ties
    out, cache = max_pool_forward_naive(x, pool_param_of(g))

    _, places = max_pool_places(x, pool_param_of(g))

    rewarded = max_pool_backward_naive(np.ones_like(out), cache)
    for n, c in np.ndindex(g.N, g.C):
        np.testing.assert_array_equal(np.bincount(places[n, c].ravel(), minlength=g.H * g.W), rewarded[n, c].ravel())


def test_of_equal_pixels_the_place_of_the_first_in_reading_order_is_named():
    _, places = max_pool_places(np.ones((1, 1, 3, 4)), {"pool_height": 2, "pool_width": 2, "stride": 1})

    np.testing.assert_array_equal(places[0, 0], [[0, 1, 2], [4, 5, 6]])


def test_places_of_nan_are_named():
    x = np.array([[[[1.0, np.nan, 3.0]]]])

    out, places = max_pool_places(x, {"pool_height": 1, "pool_width": 3, "stride": 1})

    assert np.isnan(out.item())
    assert places.item() == 1


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_the_dtype_of_what_is_kept_beside_the_places_is_that_of_pooling(dtype):
    x = np.arange(6, dtype=dtype).reshape(1, 1, 2, 3)
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 1}

    out, _ = max_pool_places(x, pool_param)

    assert out.dtype == max_pool_forward_naive(x, pool_param)[0].dtype
    np.testing.assert_array_equal(x, np.arange(6).reshape(1, 1, 2, 3))


@pytest.mark.parametrize("key", ["pool_height", "pool_width", "stride"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (2.0, TypeError), (None, TypeError)])
def test_a_parameter_that_counts_no_pixels_is_refused(key, value, error):
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2, key: value}
    message = (
        f"`pool_param['{key}']` must be an integer of at least 1 (got {value}). Set it to a whole number of pixels."
    )

    for pool in (max_pool_forward_naive, max_pool_places):
        with pytest.raises(error, match=f"^{re.escape(message)}$"):
            pool(np.ones((1, 1, 4, 4)), pool_param)


def test_an_image_without_channels_is_refused():
    message = "`x` must have the axes (N, C, H, W) (got shape (4, 4)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        max_pool_forward_naive(np.ones((4, 4)), {"pool_height": 3, "pool_width": 2, "stride": 1})


@pytest.mark.parametrize(("H", "W"), [(2, 4), (3, 1)])
def test_an_image_smaller_than_the_window_is_refused(H, W):
    message = (
        f"`pool_param` must fit into the image (got a window of 3 by 2 for {H} by {W} pixels, "
        "padding included). Make the window smaller or the image larger."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        max_pool_forward_naive(np.ones((1, 1, H, W)), {"pool_height": 3, "pool_width": 2, "stride": 1})
