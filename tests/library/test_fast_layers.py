"""What the fast layers promise together: official names, and the errors of the layers they replace."""

import inspect
import re

import numpy as np
import pytest

from cs231n_lib import fast_layers, layers

CONVOLUTIONS = ["fast", "im2col", "strides"]
SIGNATURES = {
    "conv_forward": ["x", "w", "b", "conv_param"],
    "conv_transpose_forward": ["x", "w", "b", "conv_param"],
    "max_pool_forward": ["x", "pool_param"],
    "avg_pool_forward": ["x", "pool_param"],
    "batchnorm_forward": ["x", "gamma", "beta", "bn_param"],
    "spatial_batchnorm_forward": ["x", "gamma", "beta", "bn_param"],
}


def message_of(function, *arguments):
    """Return the class and the text of the error that a call raises."""
    with pytest.raises((TypeError, ValueError)) as raised:
        function(*arguments)
    return raised.type, str(raised.value)


@pytest.mark.parametrize("name", fast_layers.__all__)
def test_the_official_arguments_are_kept(name):
    layer, _, _ = name.rpartition("_")
    expected = SIGNATURES[layer] if "forward" in name else ["dout", "cache"]

    assert list(inspect.signature(getattr(fast_layers, name)).parameters) == expected


@pytest.mark.parametrize("form", CONVOLUTIONS)
@pytest.mark.parametrize(
    ("x", "w", "b", "conv_param"),
    [
        ((3, 4, 4), (2, 3, 3, 3), 2, {"stride": 1, "pad": 1}),
        ((1, 3, 4, 4), (3, 3, 3), 2, {"stride": 1, "pad": 1}),
        ((1, 3, 4, 4), (2, 1, 3, 3), 2, {"stride": 1, "pad": 1}),
        ((1, 3, 4, 4), (2, 3, 3, 3), 1, {"stride": 1, "pad": 1}),
        ((1, 3, 2, 4), (2, 3, 5, 3), 2, {"stride": 1, "pad": 1}),
        ((1, 3, 4, 4), (2, 3, 3, 3), 2, {"stride": 0, "pad": 1}),
        ((1, 3, 4, 4), (2, 3, 3, 3), 2, {"stride": 1, "pad": 0.5}),
        ((1, 3, 4, 4), (2, 3, 3, 3), 2, {"stride": 1}),
    ],
)
def test_a_fast_convolution_refuses_what_the_naive_one_refuses(form, x, w, b, conv_param):
    arguments = np.ones(x), np.ones(w), np.ones(b), conv_param

    refused = message_of(getattr(fast_layers, f"conv_forward_{form}"), *arguments)

    assert refused == message_of(layers.conv_forward_naive, *arguments)


@pytest.mark.parametrize("forward", [getattr(fast_layers, f"conv_forward_{form}") for form in CONVOLUTIONS])
@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        (
            {"dilation": 0},
            ValueError,
            "`conv_param['dilation']` must be an integer of at least 1 (got 0). "
            "Leave it out for an ordinary convolution.",
        ),
        (
            {"groups": 1.5},
            TypeError,
            "`conv_param['groups']` must be an integer of at least 1 (got 1.5). "
            "Leave it out for an ordinary convolution.",
        ),
        (
            {"groups": 3},
            ValueError,
            "`conv_param['groups']` must divide the channels and the filters (got 3 for 4 channels and 6 filters). "
            "Each group of filters sees a group of channels of its own.",
        ),
        (
            {"groups": 2},
            ValueError,
            "`w` must have shape (6, 2, 3, 3) (got (6, 4, 3, 3)). Each filter spans all the channels of its group.",
        ),
        (
            {"dilation": 3},
            ValueError,
            "`w` must fit into the image (got a window of 7 by 7 for 5 by 5 pixels, padding included). "
            "Make the window smaller or the image larger.",
        ),
    ],
)
def test_groups_and_dilations_that_do_not_fit_are_refused(forward, more, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        forward(np.ones((1, 4, 5, 5)), np.ones((6, 4, 3, 3)), np.ones(6), {"stride": 1, "pad": 0, **more})


@pytest.mark.parametrize("pad", [0, 1, 2])
@pytest.mark.parametrize(
    ("x", "w", "b"),
    [((1, 2, 2), (2, 3, 2, 2), 3), ((1, 2, 2, 2), (1, 3, 2, 2), 3), ((1, 2, 2, 2), (2, 3, 2, 2), 2)],
)
def test_a_fast_transposed_convolution_refuses_what_the_plain_one_refuses(x, w, b, pad):
    arguments = np.ones(x), np.ones(w), np.ones(b), {"stride": 1, "pad": pad}

    refused = message_of(fast_layers.conv_transpose_forward_fast, *arguments)

    assert refused == message_of(layers.conv_transpose_forward, *arguments)


def test_a_transposed_convolution_without_a_pixel_is_refused():
    arguments = np.ones((1, 2, 2, 2)), np.ones((2, 3, 2, 2)), np.ones(3), {"stride": 1, "pad": 2}

    refused = message_of(fast_layers.conv_transpose_forward_fast, *arguments)

    assert refused == message_of(layers.conv_transpose_forward, *arguments)


@pytest.mark.parametrize(
    ("fast", "plain"),
    [
        (fast_layers.max_pool_forward_fast, layers.max_pool_forward_naive),
        (fast_layers.max_pool_forward_im2col, layers.max_pool_forward_naive),
        (fast_layers.max_pool_forward_reshape, layers.max_pool_forward_naive),
        (fast_layers.avg_pool_forward_fast, layers.avg_pool_forward),
    ],
    ids=["max, fast", "max, im2col", "max, reshape", "average"],
)
@pytest.mark.parametrize(
    ("shape", "size"), [((4, 4), 2), ((1, 1, 1, 4), 2), ((1, 1, 4, 4), 0), ((1, 1, 4, 4), 2.0), ((1, 1, 4, 4), None)]
)
def test_fast_pooling_refuses_what_plain_pooling_refuses(fast, plain, shape, size):
    arguments = np.ones(shape), {"pool_height": size, "pool_width": 2, "stride": 2}

    assert message_of(fast, *arguments) == message_of(plain, *arguments)


@pytest.mark.parametrize(("HH", "WW", "stride", "H", "W"), [(2, 3, 2, 4, 6), (3, 3, 2, 6, 6), (2, 2, 2, 5, 4)])
def test_pooling_by_reshaping_refuses_windows_that_are_no_tiles(HH, WW, stride, H, W):
    message = (
        f"`pool_param` must cut the images into square tiles (got windows of {HH} by {WW} and stride {stride} for "
        f"{H} by {W} pixels). `max_pool_forward_fast` takes any."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fast_layers.max_pool_forward_reshape(
            np.ones((1, 1, H, W)), {"pool_height": HH, "pool_width": WW, "stride": stride}
        )


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
@pytest.mark.parametrize(
    ("gamma", "bn_param"),
    [
        ((3,), {}),
        ((3,), {"mode": "training"}),
        ((1, 3), {"mode": "train"}),
        ((3,), {"mode": "test", "running_mean": np.ones(2)}),
    ],
)
def test_fast_batch_normalization_refuses_what_the_plain_one_refuses(name, gamma, bn_param):
    shape = (2, 3) if name == "batchnorm" else (2, 3, 1, 1)
    arguments = np.ones(shape), np.ones(gamma), np.zeros(3)

    refused = message_of(getattr(fast_layers, f"{name}_forward_fast"), *arguments, dict(bn_param))

    expected = message_of(getattr(layers, f"{name}_forward"), *arguments, dict(bn_param))
    assert refused == (
        expected[0],
        expected[1].replace("each feature", "each channel") if len(shape) == 4 else expected[1],
    )


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "batchnorm",
            (0, 3),
            "`x` must hold at least one example (got shape (0, 3)). Skip empty batches.",
        ),
        (
            "spatial_batchnorm",
            (2, 3, 0, 1),
            "`x` must hold numbers in each example (got shape (2, 3, 0)). What is empty has no mean.",
        ),
    ],
)
def test_there_is_nothing_to_train_on_without_numbers(name, shape, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(fast_layers, f"{name}_forward_fast")(np.ones(shape), np.ones(3), np.zeros(3), {"mode": "train"})


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_no_gradient_flows_through_testing(name):
    message = "`cache` must come from 'train' mode (got None). Set bn_param['mode'] before the forward pass."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(fast_layers, f"{name}_backward_fast")(np.ones((2, 3)), None)
