import re

import numpy as np
import pytest
from layer_inputs import ONE_BY_ONE, REMAINDER, every_geometry, pool_param_of, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    col2im,
    conv_backward_naive,
    conv_forward_naive,
    im2col,
    max_pool_forward_naive,
)

F = 2
LAYOUTS = [np.asfortranarray, lambda a: np.repeat(a, 2, axis=-1)[..., ::2], lambda a: a[::-1].copy()[::-1]]


def arguments(g):
    return g.HH, g.WW, {"stride": g.stride, "pad": g.pad}


def images(g):
    return spread_out(g.N, g.C, g.H, g.W)


@every_geometry(padded=True)
def test_each_column_is_a_window(g):
    x = images(g)

    cols = im2col(x, *arguments(g))

    padded = np.zeros((g.N, g.C, g.H + 2 * g.pad, g.W + 2 * g.pad))
    padded[:, :, g.pad : g.pad + g.H, g.pad : g.pad + g.W] = x
    windows = sliding_window_view(padded, (g.HH, g.WW), axis=(2, 3))[:, :, :: g.stride, :: g.stride]
    expected = windows.transpose(1, 4, 5, 0, 2, 3).reshape(g.C * g.HH * g.WW, -1)  # (c, h, v), (n, i, j)
    np.testing.assert_array_equal(cols, expected)


@every_geometry(padded=True)
def test_col2im_is_the_transpose_of_im2col(g):
    x = images(g)
    cols = im2col(x, *arguments(g))
    y = spread_out(*cols.shape, seed=1)

    back = col2im(y, x.shape, *arguments(g))

    assert back.shape == x.shape
    assert np.vdot(cols, y) == pytest.approx(np.vdot(x, back), rel=1e-12, abs=1e-9)


@every_geometry(padded=True)
def test_col2im_is_the_gradient_of_im2col(g):
    x = images(g)
    dcols = spread_out(*im2col(x, *arguments(g)).shape, seed=1)

    dx = col2im(dcols, x.shape, *arguments(g))

    numeric = eval_numerical_gradient_array(lambda x: im2col(x, *arguments(g)), x, dcols)
    np.testing.assert_allclose(dx, numeric, rtol=1e-8, atol=1e-8)


@every_geometry(padded=True)
def test_there_and_back_each_pixel_counts_as_often_as_it_is_in_a_window(g):
    x = images(g)

    back = col2im(im2col(x, *arguments(g)), x.shape, *arguments(g))

    windows = col2im(im2col(np.ones_like(x), *arguments(g)), x.shape, *arguments(g))
    np.testing.assert_allclose(back, x * windows, rtol=1e-12, atol=1e-12)


@every_geometry(padded=True)
def test_a_convolution_is_one_matrix_product_and_so_are_its_gradients(g):
    x, w, b = images(g), spread_out(F, g.C, g.HH, g.WW, seed=1), spread_out(F, seed=2)
    expected, cache = conv_forward_naive(x, w, b, arguments(g)[2])
    dout = spread_out(*expected.shape, seed=3)
    rows, dout_rows = w.reshape(F, -1), dout.transpose(1, 0, 2, 3).reshape(F, -1)

    cols = im2col(x, *arguments(g))
    N, _, H, W = expected.shape
    out = (rows @ cols + b[:, None]).reshape(F, N, H, W).transpose(1, 0, 2, 3)
    dx, dw = col2im(rows.T @ dout_rows, x.shape, *arguments(g)), (dout_rows @ cols.T).reshape(w.shape)

    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)
    for grad, expected_grad in zip((dx, dw), conv_backward_naive(dout, cache)[:2], strict=True):
        np.testing.assert_allclose(grad, expected_grad, rtol=1e-12, atol=1e-11)


@every_geometry(padded=False)
def test_pooling_is_a_maximum_over_columns(g):
    x = images(g)

    cols = im2col(x.reshape(g.N * g.C, 1, g.H, g.W), *arguments(g))

    expected, _ = max_pool_forward_naive(x, pool_param_of(g))
    np.testing.assert_array_equal(cols.max(axis=0).reshape(expected.shape), expected)


def test_the_first_layer_of_alexnet():
    x, w = spread_out(1, 3, 227, 227), spread_out(96, 3, 11, 11, seed=1)

    cols = im2col(x, 11, 11, {"stride": 4, "pad": 0})
    rows = w.reshape(96, -1)
    product = rows @ cols
    out = product.reshape(96, 55, 55)

    assert (cols.shape, rows.shape, product.shape) == ((363, 3025), (96, 363), (96, 3025))
    assert (x.size, cols.size) == (154_587, 1_098_075)
    assert round(cols.size / x.size, 1) == 7.1
    for f, i, j in [(0, 0, 0), (95, 54, 54), (17, 3, 40)]:
        window = x[0, :, 4 * i : 4 * i + 11, 4 * j : 4 * j + 11]
        assert out[f, i, j] == pytest.approx((window * w[f]).sum())


def test_windows_of_one_pixel_are_the_image():
    x = spread_out(1, 3, 2, 4)

    cols = im2col(x, 1, 1, {"stride": 1, "pad": 0})

    np.testing.assert_array_equal(cols, x.reshape(3, 8))


def test_pixels_beyond_the_last_window_come_back_as_zero():
    x = np.ones((REMAINDER.N, REMAINDER.C, REMAINDER.H, REMAINDER.W))

    back = col2im(im2col(x, *arguments(REMAINDER)), x.shape, *arguments(REMAINDER))

    assert back[:, :, :4, :5].all()
    assert not back[:, :, 4:].any()
    assert not back[:, :, :, 5:].any()


@pytest.mark.parametrize(("dtype", "expected"), [(np.float32, np.float32), (np.int64, np.float64), (np.uint8, float)])
def test_floats_keep_their_dtype_and_integers_become_float64(dtype, expected):
    x = np.full((1, 2, 4, 3), 100, dtype=dtype)

    cols = im2col(x, 3, 3, {"stride": 1, "pad": 1})
    back = col2im(np.full(cols.shape, 100, dtype=dtype), x.shape, 3, 3, {"stride": 1, "pad": 1})

    assert (cols.dtype, back.dtype) == (expected, expected)
    assert back.max() == 900  # nine windows: more than uint8 holds


@pytest.mark.parametrize("laid_out", LAYOUTS, ids=["Fortran order", "every other number", "backwards"])
def test_the_memory_layout_does_not_matter(laid_out):
    x = spread_out(2, 3, 4, 5)
    conv_param = {"stride": 2, "pad": 1}
    cols = im2col(x, 3, 2, conv_param)

    np.testing.assert_array_equal(im2col(laid_out(x), 3, 2, conv_param), cols)
    np.testing.assert_array_equal(
        col2im(laid_out(cols), x.shape, 3, 2, conv_param), col2im(cols, x.shape, 3, 2, conv_param)
    )


@every_geometry(padded=True)
def test_the_arguments_are_left_alone_and_not_shared(g):
    x, (HH, WW, conv_param) = images(g), arguments(g)

    cols = im2col(x, HH, WW, conv_param)
    before = cols.copy()
    back = col2im(cols, x.shape, HH, WW, conv_param)

    np.testing.assert_array_equal(x, images(g))
    np.testing.assert_array_equal(cols, before)
    assert conv_param == arguments(g)[2]
    assert not np.shares_memory(cols, x)
    assert not np.shares_memory(back, cols)


def test_an_empty_batch_has_no_columns():
    cols = im2col(np.ones((0, 3, 4, 4)), 3, 3, {"stride": 1, "pad": 0})

    assert cols.shape == (27, 0)
    assert col2im(cols, (0, 3, 4, 4), 3, 3, {"stride": 1, "pad": 0}).shape == (0, 3, 4, 4)


def test_numpy_integers_are_integers():
    x = images(ONE_BY_ONE)

    cols = im2col(x, np.int64(2), np.uint8(1), {"stride": np.int64(1), "pad": np.uint8(1)})
    back = col2im(cols, [np.int64(size) for size in x.shape], np.int64(2), 1, {"stride": 1, "pad": np.uint8(1)})

    assert cols.shape == (4, 32)
    assert back.shape == x.shape


@pytest.mark.parametrize(
    ("x", "HH", "WW", "conv_param", "error", "message"),
    [
        (
            (3, 4, 4),
            1,
            1,
            {"stride": 1, "pad": 0},
            ValueError,
            "`x` must have the axes (N, C, H, W) (got shape (3, 4, 4)). Reshape it first.",
        ),
        (
            (1, 3, 2, 4),
            5,
            3,
            {"stride": 1, "pad": 1},
            ValueError,
            "`HH, WW` must fit into the image (got a window of 5 by 3 for 4 by 6 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
        (
            (1, 3, 4, 4),
            0,
            1,
            {"stride": 1, "pad": 0},
            ValueError,
            "`HH` must be an integer of at least 1 (got 0). Set it to a whole number of pixels.",
        ),
        (
            (1, 3, 4, 4),
            1,
            2.0,
            {"stride": 1, "pad": 0},
            TypeError,
            "`WW` must be an integer of at least 1 (got 2.0). Set it to a whole number of pixels.",
        ),
        (
            (1, 3, 4, 4),
            1,
            1,
            {"stride": 0, "pad": 0},
            ValueError,
            "`conv_param['stride']` must be an integer of at least 1 (got 0). Set it to a whole number of pixels.",
        ),
        (
            (1, 3, 4, 4),
            1,
            1,
            {"stride": 1},
            TypeError,
            "`conv_param['pad']` must be an integer of at least 0 (got None). Set it to a whole number of pixels.",
        ),
    ],
)
def test_windows_that_cannot_be_are_refused(x, HH, WW, conv_param, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        im2col(np.ones(x), HH, WW, conv_param)


@pytest.mark.parametrize(
    ("cols", "x_shape", "error", "message"),
    [
        (
            (9, 6),
            (1, 1, 4, 4),
            ValueError,
            "`cols` must have shape (9, 4) (got (9, 6)). It has the shape of the output of `im2col`.",
        ),
        (
            (4, 9),
            (1, 1, 4, 4),
            ValueError,
            "`cols` must have shape (9, 4) (got (4, 9)). It has the shape of the output of `im2col`.",
        ),
        (
            (9, 4),
            (4, 4),
            ValueError,
            "`x_shape` must hold the sizes (N, C, H, W) (got (4, 4)). Take them from the shape of an array.",
        ),
        (
            (9, 4),
            (1, 1, 4.0, 4),
            TypeError,
            "`x_shape[2]` must be an integer of at least 0 (got 4.0). Take it from the shape of an array.",
        ),
        (
            (9, 4),
            (1, 1, 4, 2),
            ValueError,
            "`HH, WW` must fit into the image (got a window of 3 by 3 for 4 by 2 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
    ],
)
def test_a_matrix_that_does_not_belong_to_the_images_is_refused(cols, x_shape, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        col2im(np.ones(cols), x_shape, 3, 3, {"stride": 1, "pad": 0})


def test_every_matrix_must_hold_real_numbers():
    for name, call in [
        ("x", lambda: im2col(np.ones((1, 1, 2, 2), complex), 1, 1, {"stride": 1, "pad": 0})),
        ("cols", lambda: col2im(np.ones((1, 4), complex), (1, 1, 2, 2), 1, 1, {"stride": 1, "pad": 0})),
    ]:
        message = f"`{name}` must hold real numbers (got dtype complex128). Pass floats or integers."
        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            call()
