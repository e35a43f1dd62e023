import re

import numpy as np
import pytest
from hypothesis import assume
from layer_inputs import OVERLAPPING, REMAINDER, every_geometry, pool_param_of, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    conv_backward_naive,
    conv_forward_naive,
    conv_transpose_backward,
    conv_transpose_forward,
    max_pool_forward_naive,
    max_pool_places,
    max_unpool_backward,
    max_unpool_forward,
)

F = 2


def output_size(g):
    """Return height and width of what a transposed convolution makes of g.H by g.W pixels, if there are any."""
    H, W = (g.H - 1) * g.stride - 2 * g.pad + g.HH, (g.W - 1) * g.stride - 2 * g.pad + g.WW
    assume(min(H, W) >= 1)
    return H, W


def draw_arrays(g):
    return spread_out(g.N, g.C, g.H, g.W), spread_out(g.C, F, g.HH, g.WW, seed=1), spread_out(F, seed=2)


def conv_param_of(g):
    return {"stride": g.stride, "pad": g.pad}


@every_geometry(padded=True)
def test_it_is_a_convolution_of_the_flipped_filter_with_zeros_between_the_pixels(g):
    H, W = output_size(g)
    x, w, b = draw_arrays(g)

    out, _ = conv_transpose_forward(x, w, b, conv_param_of(g))

    apart = np.zeros((g.N, g.C, (g.H - 1) * g.stride + 2 * g.HH - 1, (g.W - 1) * g.stride + 2 * g.WW - 1))
    rows, columns = g.HH - 1 + g.stride * np.arange(g.H), g.WW - 1 + g.stride * np.arange(g.W)
    apart[:, :, rows[:, None], columns] = x
    windows = sliding_window_view(apart, (g.HH, g.WW), axis=(2, 3))[:, :, g.pad : g.pad + H, g.pad : g.pad + W]
    expected = np.einsum("ncijhv,cfhv->nfij", windows, w[:, :, ::-1, ::-1]) + b[:, None, None]
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@every_geometry(padded=True)
def test_the_gradients_are_the_numeric_ones(g):
    output_size(g)
    arrays, conv_param = draw_arrays(g), conv_param_of(g)
    out, cache = conv_transpose_forward(*arrays, conv_param)
    dout = spread_out(*out.shape, seed=3)

    grads = conv_transpose_backward(dout, cache)

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(lambda _: conv_transpose_forward(*arrays, conv_param)[0], array, dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-7)


@every_geometry(padded=True)
def test_it_is_the_transpose_of_convolution(g):
    x, w, _ = draw_arrays(g)
    y = spread_out(g.N, F, *output_size(g), seed=3)

    forth, _ = conv_forward_naive(y, w, np.zeros(g.C), conv_param_of(g))
    back, _ = conv_transpose_forward(x, w, np.zeros(F), conv_param_of(g))

    assert np.vdot(forth, x) == pytest.approx(np.vdot(y, back), rel=1e-12, abs=1e-9)


@every_geometry(padded=True)
def test_it_is_the_gradient_of_convolution_and_its_gradient_the_convolution(g):
    x, w, _ = draw_arrays(g)
    y = spread_out(g.N, F, *output_size(g), seed=3)

    forth, cache = conv_forward_naive(y, w, np.zeros(g.C), conv_param_of(g))
    back, its_cache = conv_transpose_forward(x, w, np.zeros(F), conv_param_of(g))

    np.testing.assert_allclose(back, conv_backward_naive(x, cache)[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(conv_transpose_backward(y, its_cache)[0], forth, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("size", "field", "stride", "pad", "expected"),
    [(2, 3, 1, 0, 4), (6, 4, 1, 2, 5), (5, 3, 1, 1, 5), (7, 3, 1, 2, 5), (2, 3, 2, 0, 5), (3, 3, 2, 1, 5)],
)
def test_the_sizes_are_those_of_the_guide_to_convolution_arithmetic(size, field, stride, pad, expected):
    # Dumoulin and Visin, figures 4.1 to 4.6
    x, w = np.ones((1, 1, size, size)), np.ones((1, 1, field, field))

    out, _ = conv_transpose_forward(x, w, np.zeros(1), {"stride": stride, "pad": pad})

    assert out.shape == (1, 1, expected, expected)


def test_without_stride_and_padding_it_is_the_full_convolution():
    x, w = spread_out(5), spread_out(3, seed=1)

    out, _ = conv_transpose_forward(
        x.reshape(1, 1, 1, 5), w.reshape(1, 1, 1, 3), np.zeros(1), {"stride": 1, "pad": 0}
    )

    np.testing.assert_allclose(out.ravel(), np.convolve(x, w), rtol=1e-12)


def test_a_stride_that_does_not_divide_the_filter_leaves_a_checkerboard():
    x, w = np.ones((1, 1, 2, 3)), np.ones((1, 1, 3, 3))

    out, _ = conv_transpose_forward(x, w, np.zeros(1), {"stride": 2, "pad": 0})

    rows, columns = [1, 1, 2, 1, 1], [1, 1, 2, 1, 2, 1, 1]
    np.testing.assert_array_equal(out[0, 0], np.outer(rows, columns))


def test_pixels_between_the_stamps_hold_the_bias():
    x, w = np.ones((1, 1, 1, 2)), np.ones((1, 1, 1, 1))

    out, _ = conv_transpose_forward(x, w, np.full(1, 5.0), {"stride": 3, "pad": 0})

    np.testing.assert_array_equal(out[0, 0], [[6, 5, 5, 6]])


def test_pixels_of_uint8_do_not_overflow():
    x, w = np.full((1, 1, 1, 1), 200, dtype=np.uint8), np.full((1, 1, 1, 1), 3, dtype=np.uint8)

    out, _ = conv_transpose_forward(x, w, np.zeros(1), {"stride": 1, "pad": 0})

    assert out.item() == 600


def test_an_empty_batch_gives_an_empty_output():
    x, w, b = np.ones((0, 3, 4, 4)), np.ones((3, 2, 3, 3)), np.ones(2)

    out, cache = conv_transpose_forward(x, w, b, {"stride": 1, "pad": 0})

    assert out.shape == (0, 2, 6, 6)
    assert [grad.shape for grad in conv_transpose_backward(out, cache)] == [x.shape, w.shape, b.shape]


@pytest.mark.parametrize(
    ("x", "w", "b", "message"),
    [
        (
            (3, 4, 4),
            (3, 2, 3, 3),
            (2,),
            "`x` must have the axes (N, C, H, W) (got shape (3, 4, 4)). Reshape it first.",
        ),
        (
            (1, 3, 4, 4),
            (3, 3, 3),
            (2,),
            "`w` must have the axes (C, F, HH, WW) (got shape (3, 3, 3)). Reshape it first.",
        ),
        (
            (1, 3, 4, 4),
            (2, 3, 3, 3),
            (3,),
            "`w` must have shape (3, 3, 3, 3) (got (2, 3, 3, 3)). There is one filter for each channel of `x`.",
        ),
        (
            (1, 3, 4, 4),
            (3, 2, 3, 3),
            (3,),
            "`b` must have shape (2,) (got (3,)). There is one bias for each channel of the output.",
        ),
        (
            (1, 3, 4, 1),
            (3, 2, 3, 2),
            (2,),
            "`conv_param['pad']` must leave a pixel of the output (got 1 on each side of 6 by 2 pixels). Cut off less.",
        ),
        (
            (1, 3, 1, 4),
            (3, 2, 1, 3),
            (2,),
            "`conv_param['pad']` must leave a pixel of the output (got 1 on each side of 1 by 6 pixels). Cut off less.",
        ),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(x, w, b, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        conv_transpose_forward(np.ones(x), np.ones(w), np.ones(b), {"stride": 1, "pad": 1})


@pytest.mark.parametrize(
    ("conv_param", "error", "rule"),
    [
        (
            {"stride": 0, "pad": 0},
            ValueError,
            "`conv_param['stride']` must be an integer of at least 1 (got 0).",
        ),
        (
            {"stride": 1, "pad": -1},
            ValueError,
            "`conv_param['pad']` must be an integer of at least 0 (got -1).",
        ),
        ({"stride": 1}, TypeError, "`conv_param['pad']` must be an integer of at least 0 (got None)."),
    ],
)
def test_a_stride_or_padding_that_counts_no_pixels_is_refused(conv_param, error, rule):
    message = f"{rule} Set it to a whole number of pixels."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        conv_transpose_forward(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), np.ones(1), conv_param)


@every_geometry(padded=False)
def test_numbers_come_back_to_where_pooling_found_them(g):
    x = spread_out(g.N, g.C, g.H, g.W)
    pooled, places = max_pool_places(x, pool_param_of(g))

    out, _ = max_unpool_forward(pooled, places, (g.H, g.W))

    np.testing.assert_array_equal(out, np.where(np.isin(x, pooled), x, 0))  # all numbers differ


@every_geometry(padded=False)
def test_pooling_finds_again_what_was_put_back(g):
    x = spread_out(g.N, g.C, g.H, g.W)
    pooled, places = max_pool_places(x - x.min(), pool_param_of(g))

    out, _ = max_unpool_forward(pooled, places, (g.H, g.W))

    np.testing.assert_array_equal(max_pool_forward_naive(out, pool_param_of(g))[0], pooled)


@every_geometry(padded=False)
def test_the_gradient_of_unpooling_is_the_numeric_one(g):
    _, places = max_pool_places(spread_out(g.N, g.C, g.H, g.W), pool_param_of(g))  # some places twice
    x = spread_out(*places.shape, seed=1)
    out, cache = max_unpool_forward(x, places, (g.H, g.W))
    dout = spread_out(*out.shape, seed=2)

    dx = max_unpool_backward(dout, cache)

    numeric = eval_numerical_gradient_array(lambda x: max_unpool_forward(x, places, (g.H, g.W))[0], x, dout)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


def test_of_numbers_for_one_place_the_last_stays_and_gets_the_gradient():
    x, places = np.array([[[[5.0, 7.0], [6.0, 4.0]]]]), np.array([[[[2, 0], [2, 2]]]])

    out, cache = max_unpool_forward(x, places, (1, 3))
    dx = max_unpool_backward(np.array([[[[10.0, 20.0, 30.0]]]]), cache)

    np.testing.assert_array_equal(out[0, 0], [[7, 0, 4]])
    np.testing.assert_array_equal(dx[0, 0], [[0, 10], [0, 30]])


def test_places_of_one_channel_do_not_touch_another():
    x, places = np.array([[[[5.0]], [[6.0]]]]), np.array([[[[1]], [[0]]]])

    out, _ = max_unpool_forward(x, places, (1, 2))

    np.testing.assert_array_equal(out, [[[[0, 5]], [[6, 0]]]])


def test_the_output_size_brings_a_remainder_back():
    g = REMAINDER
    pooled, places = max_pool_places(spread_out(g.N, g.C, g.H, g.W), pool_param_of(g))

    out, _ = max_unpool_forward(pooled, places, [np.int64(g.H), g.W])

    assert out.shape == (g.N, g.C, 5, 6)
    assert not out[:, :, 4:].any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_places_may_be_any_integers_and_are_left_alone(dtype):
    x = spread_out(OVERLAPPING.N, OVERLAPPING.C, OVERLAPPING.H, OVERLAPPING.W)
    pooled, places = max_pool_places(x, pool_param_of(OVERLAPPING))
    given = places.astype(dtype)

    out, cache = max_unpool_forward(pooled, given, x.shape[2:])
    max_unpool_backward(np.ones_like(out), cache)

    np.testing.assert_array_equal(out, max_unpool_forward(pooled, places, x.shape[2:])[0])
    np.testing.assert_array_equal(given, places)


def test_an_empty_batch_is_unpooled_to_an_empty_output():
    x = np.ones((0, 3, 2, 2))

    out, cache = max_unpool_forward(x, x.astype(int), (4, 4))

    assert out.shape == (0, 3, 4, 4)
    assert max_unpool_backward(out, cache).shape == x.shape


@pytest.mark.parametrize(
    ("places", "error", "message"),
    [
        (
            np.zeros((1, 1, 1, 2)),
            TypeError,
            "`places` must hold integers (got dtype float64). Take them from `max_pool_places`.",
        ),
        (
            np.zeros((1, 1, 2), dtype=int),
            ValueError,
            "`places` must have shape (1, 1, 1, 2) (got (1, 1, 2)). There is one place for each number of `x`.",
        ),
        (
            np.array([[[[3, 6]]]]),
            ValueError,
            "`places` must lie in the image, from 0 to 5 (got 6). Give as `output_size` the size before pooling.",
        ),
        (
            np.array([[[[-1, 5]]]]),
            ValueError,
            "`places` must lie in the image, from 0 to 5 (got -1). Give as `output_size` the size before pooling.",
        ),
    ],
)
def test_places_that_cannot_be_are_refused(places, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        max_unpool_forward(np.ones((1, 1, 1, 2)), places, (2, 3))


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        (
            6,
            ValueError,
            "`output_size` must hold the sizes (H, W) (got 6). Take them from the shape of an array.",
        ),
        (
            (1, 1, 2, 3),
            ValueError,
            "`output_size` must hold the sizes (H, W) (got (1, 1, 2, 3)). Take them from the shape of an array.",
        ),
        (
            (2, 3.0),
            TypeError,
            "`output_size[1]` must be an integer of at least 0 (got 3.0). Take it from the shape of an array.",
        ),
        (
            (-2, -3),
            ValueError,
            "`output_size[0]` must be an integer of at least 0 (got -2). Take it from the shape of an array.",
        ),
    ],
)
def test_an_output_size_that_is_none_is_refused(size, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        max_unpool_forward(np.ones((1, 1, 1, 2)), np.zeros((1, 1, 1, 2), dtype=int), size)


def test_an_image_without_channels_cannot_be_unpooled():
    message = "`x` must have the axes (N, C, H, W) (got shape (1, 2)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        max_unpool_forward(np.ones((1, 2)), np.zeros((1, 2), dtype=int), (2, 3))
