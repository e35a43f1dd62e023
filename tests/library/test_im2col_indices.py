import re

import numpy as np
import pytest
from layer_inputs import every_geometry, spread_out

from cs231n_lib.im2col import col2im_indices, get_im2col_indices, im2col_indices
from cs231n_lib.layers import col2im, im2col


def by_image(columns, N):
    """Reorder columns from window first to image first."""
    return columns.reshape(len(columns), columns.shape[1] // N, N).swapaxes(1, 2).reshape(columns.shape)


@every_geometry(padded=True)
def test_the_columns_are_those_of_the_formula_in_another_order(g):
    x = spread_out(g.N, g.C, g.H, g.W)

    cols = im2col_indices(x, g.HH, g.WW, g.pad, g.stride)

    expected = im2col(x, g.HH, g.WW, {"stride": g.stride, "pad": g.pad})
    np.testing.assert_array_equal(by_image(cols, g.N), expected)


@every_geometry(padded=True)
def test_columns_add_up_as_in_the_formula(g):
    x = spread_out(g.N, g.C, g.H, g.W)
    cols = spread_out(*im2col_indices(x, g.HH, g.WW, g.pad, g.stride).shape)

    images = col2im_indices(cols, x.shape, g.HH, g.WW, g.pad, g.stride)

    expected = col2im(by_image(cols, g.N), x.shape, g.HH, g.WW, {"stride": g.stride, "pad": g.pad})
    np.testing.assert_allclose(images, expected, rtol=1e-12, atol=1e-12)


def test_the_defaults_are_the_official_ones():
    x = spread_out(2, 3, 4, 5)

    cols = im2col_indices(x, 3, 3)

    np.testing.assert_array_equal(cols, im2col_indices(x, 3, 3, padding=1, stride=1))
    np.testing.assert_array_equal(col2im_indices(cols, x.shape), col2im_indices(cols, x.shape, 3, 3, 1, 1))


def test_the_indices_pick_the_windows_of_the_framed_images():
    k, i, j = get_im2col_indices((1, 2, 3, 4), 2, 3, padding=0, stride=1)
    x = spread_out(1, 2, 3, 4)

    np.testing.assert_array_equal(x[:, k, i, j][0, :, 0], x[0, :, :2, :3].ravel())


def test_float32_stays_float32_and_integers_become_floats():
    x = np.ones((1, 1, 3, 3))

    assert im2col_indices(x.astype(np.float32), 2, 2).dtype == np.float32
    assert im2col_indices(x.astype(np.uint8), 2, 2).dtype == np.float64


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            ((1, 1, 2, 9), 5, 1, 1, 1),
            ValueError,
            "`field` must fit into the image (got a window of 5 by 1 for 4 by 11 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
        (
            ((1, 1, 4, 4), 0, 1, 1, 1),
            ValueError,
            "`field_height` must be an integer of at least 1 (got 0). Set it to a whole number of pixels.",
        ),
        (
            ((1, 1, 4, 4), 1, 2.5, 1, 1),
            TypeError,
            "`field_width` must be an integer of at least 1 (got 2.5). Set it to a whole number of pixels.",
        ),
        (
            ((1, 1, 4, 4), 1, 1, -1, 1),
            ValueError,
            "`padding` must be an integer of at least 0 (got -1). Set it to a whole number of pixels.",
        ),
        (
            ((1, 1, 4, 4), 1, 1, 0, 0),
            ValueError,
            "`stride` must be an integer of at least 1 (got 0). Set it to a whole number of pixels.",
        ),
        (
            ((4, 4), 1, 1, 0, 1),
            ValueError,
            "`x_shape` must hold the sizes (N, C, H, W) (got (4, 4)). Take them from the shape of an array.",
        ),
    ],
)
def test_windows_that_cannot_be_are_refused(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        get_im2col_indices(*arguments)


def test_columns_of_another_shape_are_refused():
    message = "`cols` must have shape (4, 4) (got (4, 3)). It has the shape of the output of `im2col_indices`."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        col2im_indices(np.ones((4, 3)), (1, 1, 3, 3), 2, 2, padding=0)


def test_images_without_channels_are_refused():
    message = "`x` must have the axes (N, C, H, W) (got shape (4, 4)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        im2col_indices(np.ones((4, 4)), 2, 2)
