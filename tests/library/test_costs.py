import math
import re

import numpy as np
import pytest
from layer_inputs import Geometry, every_geometry, spread_out

from cs231n_lib.costs import (
    conv_memory,
    conv_multiply_adds,
    conv_output_shape,
    conv_output_size,
    conv_parameters,
)
from cs231n_lib.layers import conv_forward_naive, im2col

# The first layer of AlexNet.
IMAGES, FILTERS, STRIDE_4 = (1, 3, 227, 227), (96, 3, 11, 11), {"stride": 4, "pad": 0}


def shapes_of(g, F=2):
    """Return x_shape, w_shape and conv_param."""
    return (g.N, g.C, g.H, g.W), (F, g.C, g.HH, g.WW), {"stride": g.stride, "pad": g.pad}


@pytest.mark.parametrize(
    ("size", "field", "stride", "pad", "expected"),
    [
        (640, 3, 2, 0, 319),  # not 320: the floor of 318.5 comes before the + 1
        (227, 11, 4, 0, 55),
        (7, 3, 1, 0, 5),
        (7, 3, 2, 0, 3),
        (7, 3, 3, 0, 2),  # a remainder of one pixel
        (5, 3, 2, 1, 3),
        (32, 5, 1, 2, 32),
        (1, 1, 9, 0, 1),
        (1, 3, 1, 1, 1),
    ],
)
def test_the_size_of_an_output_is_that_by_hand(size, field, stride, pad, expected):
    assert conv_output_size(size, field, stride, pad) == expected


def test_the_first_layer_of_alexnet_costs_what_it_costs_by_hand():
    assert conv_output_shape(IMAGES, FILTERS, STRIDE_4) == (1, 96, 55, 55)
    assert conv_parameters(FILTERS) == 96 * 11 * 11 * 3 + 96 == 34_944
    assert conv_multiply_adds(IMAGES, FILTERS, STRIDE_4) == 96 * 55 * 55 * 363 == 105_415_200
    assert conv_memory(IMAGES, FILTERS, STRIDE_4, itemsize=4) == {
        "input": 4 * 3 * 227 * 227,
        "output": 4 * 96 * 3025,
        "weights": 4 * 34_944,
        "columns": 4 * 363 * 3025,
    }


@every_geometry(padded=True)
def test_the_shape_is_that_of_the_convolution(g):
    x_shape, w_shape, conv_param = shapes_of(g)

    out, _ = conv_forward_naive(np.ones(x_shape), np.ones(w_shape), np.ones(2), conv_param)

    assert conv_output_shape(x_shape, w_shape, conv_param) == out.shape


@every_geometry(padded=True)
def test_the_multiply_adds_are_what_filters_of_ones_count(g):
    x_shape, w_shape, conv_param = shapes_of(g)
    framed = np.ones((g.N, g.C, g.H + 2 * g.pad, g.W + 2 * g.pad))  # products with the frame count, too

    counted, _ = conv_forward_naive(framed, np.ones(w_shape), np.zeros(2), conv_param | {"pad": 0})

    assert conv_multiply_adds(x_shape, w_shape, conv_param) == counted.sum()


@every_geometry(padded=True)
def test_the_memory_is_that_of_the_arrays(g):
    x_shape, w_shape, conv_param = shapes_of(g)
    x, w, b = spread_out(*x_shape), spread_out(*w_shape), spread_out(2)

    out, _ = conv_forward_naive(x, w, b, conv_param)

    assert conv_memory(x_shape, w_shape, conv_param) == {
        "input": x.nbytes,
        "output": out.nbytes,
        "weights": w.nbytes + b.nbytes,
        "columns": im2col(x, g.HH, g.WW, conv_param).nbytes,
    }


def test_parameters_are_shared_by_all_the_places_of_an_image():
    assert conv_parameters((5, 3, 2, 7)) == np.ones((5, 3, 2, 7)).size + 5


def test_sizes_of_numpy_do_not_overflow():
    x_shape, w_shape = np.array([1000, 256, 512, 512], np.int32), np.array([256, 256, 7, 7], np.int32)

    multiply_adds = conv_multiply_adds(x_shape, w_shape, {"stride": np.int32(1), "pad": np.int32(3)})

    assert multiply_adds == 1000 * 256 * 512 * 512 * 256 * 49
    assert all(type(size) is int for size in conv_output_shape(x_shape, w_shape, {"stride": 1, "pad": 0}))


def test_an_empty_batch_costs_its_weights_only():
    shapes = shapes_of(Geometry(N=0, C=3, H=5, W=5, HH=3, WW=3, stride=1))

    assert conv_multiply_adds(*shapes) == 0
    assert conv_memory(*shapes) == {"input": 0, "output": 0, "weights": 8 * (2 * 27 + 2), "columns": 0}


@pytest.mark.parametrize(("size", "field", "pad", "pixels"), [(3, 5, 0, 3), (1, 4, 1, 3)])
def test_a_window_larger_than_the_padded_image_is_refused(size, field, pad, pixels):
    message = (
        f"`field` must fit into the padded image (got {field} for {pixels} pixels). "
        "Make the window smaller or the padding larger."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        conv_output_size(size, field, 1, pad)


@pytest.mark.parametrize(("name", "at_least"), [("size", 1), ("field", 1), ("stride", 1), ("pad", 0)])
@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), (1.5, TypeError), (None, TypeError)])
def test_an_argument_that_counts_no_pixels_is_refused(name, at_least, value, error):
    arguments = {"size": 7, "field": 3, "stride": 1, "pad": 0, name: value}
    message = f"`{name}` must be an integer of at least {at_least} (got {value}). Set it to a whole number of pixels."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        conv_output_size(**arguments)


def test_filters_for_other_channels_are_refused():
    message = "`w_shape` must name the 3 channels of the images (got 4). A filter looks at all of them."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        conv_output_shape((1, 3, 9, 9), (2, 4, 3, 3), STRIDE_4)


@pytest.mark.parametrize("count", [conv_output_shape, conv_multiply_adds, conv_memory])
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "message"),
    [
        (
            (3, 9, 9),
            FILTERS,
            "`x_shape` must hold the sizes (N, C, H, W) (got (3, 9, 9)). Take them from the shape of an array.",
        ),
        (
            IMAGES,
            (11, 11),
            "`w_shape` must hold the sizes (F, C, HH, WW) (got (11, 11)). Take them from the shape of an array.",
        ),
        (
            IMAGES,
            (96, 3, -1, 11),
            "`w_shape[2]` must be an integer of at least 0 (got -1). Take it from the shape of an array.",
        ),
    ],
)
def test_what_is_no_shape_of_images_and_filters_is_refused(count, x_shape, w_shape, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        count(x_shape, w_shape, STRIDE_4)


def test_what_is_no_shape_of_filters_has_no_parameters():
    message = "`w_shape` must hold the sizes (F, C, HH, WW) (got (3, 3)). Take them from the shape of an array."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        conv_parameters((3, 3))


def test_a_convolution_needs_its_stride():
    message = (
        "`conv_param['stride']` must be an integer of at least 1 (got None). Set it to a whole number of pixels."
    )

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        conv_multiply_adds(IMAGES, FILTERS, {"pad": 0})


@pytest.mark.parametrize(("itemsize", "error"), [(0, ValueError), (math.pi, TypeError)])
def test_a_number_takes_whole_bytes(itemsize, error):
    message = f"`itemsize` must be an integer of at least 1 (got {itemsize}). Pass the itemsize of a dtype."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        conv_memory(IMAGES, FILTERS, STRIDE_4, itemsize)
