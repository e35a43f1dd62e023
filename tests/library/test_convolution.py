import re

import numpy as np
import pytest
from layer_inputs import ONE_BY_ONE, REMAINDER, every_geometry, spread_out
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import conv_backward_naive, conv_forward_naive

F = 2


def draw_arrays(g):
    return spread_out(g.N, g.C, g.H, g.W), spread_out(F, g.C, g.HH, g.WW, seed=1), spread_out(F, seed=2)


@every_geometry(padded=True)
def test_each_output_is_the_sum_over_its_window(g):
    x, w, b = draw_arrays(g)

    out, _ = conv_forward_naive(x, w, b, {"stride": g.stride, "pad": g.pad})

    padded = np.zeros((g.N, g.C, g.H + 2 * g.pad, g.W + 2 * g.pad))
    padded[:, :, g.pad : g.pad + g.H, g.pad : g.pad + g.W] = x
    windows = sliding_window_view(padded, (g.HH, g.WW), axis=(2, 3))[:, :, :: g.stride, :: g.stride]
    expected = np.einsum("ncijhv,fchv->nfij", windows, w) + b[:, None, None]
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@every_geometry(padded=True)
def test_the_gradients_are_the_numeric_ones(g):
    arrays, conv_param = draw_arrays(g), {"stride": g.stride, "pad": g.pad}
    out, cache = conv_forward_naive(*arrays, conv_param)
    dout = spread_out(*out.shape, seed=3)

    grads = conv_backward_naive(dout, cache)

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(lambda _: conv_forward_naive(*arrays, conv_param)[0], array, dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-7)


def test_a_filter_by_hand():
    image = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    cross = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]

    out, _ = conv_forward_naive(np.array([[image]]), np.array([[cross]]), np.zeros(1), {"stride": 1, "pad": 0})

    np.testing.assert_array_equal(out[0, 0], [[4, 3, 4], [2, 4, 3], [2, 3, 4]])


def test_the_filter_is_not_flipped():
    x = np.array([[[[1.0, 2.0]]]])

    out, _ = conv_forward_naive(x, np.array([[[[10.0, 1.0]]]]), np.zeros(1), {"stride": 1, "pad": 0})

    assert out.item() == 12


def test_pixels_of_uint8_do_not_overflow():
    x = np.full((1, 1, 2, 2), 200, dtype=np.uint8)

    out, _ = conv_forward_naive(x, np.full((1, 1, 2, 2), 3, dtype=np.uint8), np.zeros(1), {"stride": 1, "pad": 0})

    assert out.item() == 2400


def test_pixels_beyond_the_last_window_get_no_gradient():
    x, w, b = draw_arrays(REMAINDER)
    out, cache = conv_forward_naive(x, np.ones_like(w), b, {"stride": 2, "pad": 0})

    dx, _, _ = conv_backward_naive(np.ones_like(out), cache)

    assert dx[:, :, :4, :5].all()
    assert not dx[:, :, 4:].any()
    assert not dx[:, :, :, 5:].any()


def test_an_empty_batch_gives_an_empty_output():
    out, _ = conv_forward_naive(np.ones((0, 3, 4, 4)), np.ones((2, 3, 3, 3)), np.ones(2), {"stride": 1, "pad": 0})

    assert out.shape == (0, 2, 2, 2)


def test_numpy_integers_are_integers():
    x, w, b = draw_arrays(ONE_BY_ONE)

    out, _ = conv_forward_naive(x, w, b, {"stride": np.int64(1), "pad": np.uint8(1)})

    assert out.shape == (2, F, 5, 4)


@pytest.mark.parametrize(
    ("x", "w", "b", "message"),
    [
        (
            (3, 4, 4),
            (2, 3, 3, 3),
            (2,),
            "`x` must have the axes (N, C, H, W) (got shape (3, 4, 4)). Reshape it first.",
        ),
        (
            (1, 3, 4, 4),
            (3, 3, 3),
            (2,),
            "`w` must have the axes (F, C, HH, WW) (got shape (3, 3, 3)). Reshape it first.",
        ),
        (
            (1, 3, 4, 4),
            (2, 1, 3, 3),
            (2,),
            "`w` must have shape (2, 3, 3, 3) (got (2, 1, 3, 3)). Each filter spans all the channels of `x`.",
        ),
        (
            (1, 3, 4, 4),
            (2, 3, 3, 3),
            (1,),
            "`b` must have shape (2,) (got (1,)). There is one bias for each filter.",
        ),
        (
            (1, 3, 2, 4),
            (2, 3, 5, 3),
            (2,),
            "`w` must fit into the image (got a window of 5 by 3 for 4 by 6 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
        (
            (1, 3, 4, 2),
            (2, 3, 3, 5),
            (2,),
            "`w` must fit into the image (got a window of 3 by 5 for 6 by 4 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(x, w, b, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        conv_forward_naive(np.ones(x), np.ones(w), np.ones(b), {"stride": 1, "pad": 1})


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
        (
            {"stride": 1.0, "pad": 0},
            TypeError,
            "`conv_param['stride']` must be an integer of at least 1 (got 1.0).",
        ),
        ({"stride": 1}, TypeError, "`conv_param['pad']` must be an integer of at least 0 (got None)."),
    ],
)
def test_a_stride_or_padding_that_counts_no_pixels_is_refused(conv_param, error, rule):
    message = f"{rule} Set it to a whole number of pixels."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        conv_forward_naive(*draw_arrays(ONE_BY_ONE), conv_param)
