"""The relatives of batch normalization: all four by one oracle, then what each has of its own."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    batchnorm_backward,
    batchnorm_forward,
    instancenorm_backward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_groupnorm_backward,
    spatial_groupnorm_forward,
)


@dataclass(frozen=True)
class Norm:
    """One normalization: how to call it, and which numbers of (n, c) it averages together."""

    forward: Any  # of x, gamma, beta, G, eps
    backward: Any
    group: Any  # the number of the group of (n, c), for C channels in G groups
    shape: tuple[int, ...] = (-1,)  # of gamma and beta

    def run(self, batch):
        x, gamma, beta = self.arrays(batch)
        return self.forward(x, gamma, beta, batch.G, batch.eps)

    def arrays(self, batch):
        C = batch.shape[1]
        gamma, beta = (spread_out(C, seed=k).reshape(self.shape) for k in (1, 2))
        return spread_out(*batch.shape), gamma, beta

    def groups(self, batch):
        """Return the number of its group for each number of the batch."""
        n, c, *_ = np.indices(batch.shape)
        return self.group(n, c, batch.shape[1], batch.G)


NORMS = {
    "layer": Norm(
        lambda x, gamma, beta, _G, eps: layernorm_forward(x, gamma, beta, {"eps": eps}),
        layernorm_backward,
        lambda n, _c, _C, _G: n,
    ),
    "instance": Norm(
        lambda x, gamma, beta, _G, eps: instancenorm_forward(x, gamma, beta, {"eps": eps}),
        instancenorm_backward,
        lambda n, c, C, _G: n * C + c,
    ),
    "spatial batch": Norm(
        lambda x, gamma, beta, _G, eps: spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps}),
        spatial_batchnorm_backward,
        lambda _n, c, _C, _G: c,
    ),
    "group": Norm(
        lambda x, gamma, beta, G, eps: spatial_groupnorm_forward(x, gamma, beta, G, {"eps": eps}),
        spatial_groupnorm_backward,
        lambda n, c, C, G: n * G + c // (C // G),
        (1, -1, 1, 1),
    ),
}


@dataclass(frozen=True)
class Batch:
    shape: tuple[int, ...]
    G: int
    eps: float


@st.composite
def batches(draw, name):
    """Draw small batches with axes of length 1, features for the layer norm and images for the others."""
    G, size = draw(st.integers(1, 3)), st.integers(1, 3)
    axes = [draw(size), G * draw(size), *([] if name == "layer" else [draw(size), draw(size)])]
    return Batch(tuple(axes), G, draw(st.sampled_from([1e-5, 0.3])))


def every_norm(*names):
    """Run a test on generated batches for each of the normalizations."""

    def decorate(test):
        return pytest.mark.parametrize("name", names or NORMS)(generated(given(st.data())(test)))

    return decorate


@every_norm()
def test_each_group_is_standardized_and_each_channel_scaled_and_shifted(name, data):
    batch = data.draw(batches(name))
    x, gamma, beta = NORMS[name].arrays(batch)
    groups = NORMS[name].groups(batch)

    out, _ = NORMS[name].run(batch)

    _, channel, *_ = np.indices(batch.shape)
    expected = np.empty(batch.shape)
    for place in np.ndindex(batch.shape):
        company = x[groups == groups[place]]
        variance = ((company - company.mean()) ** 2).sum() / len(company)
        standardized = (x[place] - company.mean()) / (variance + batch.eps) ** 0.5
        expected[place] = gamma.flat[channel[place]] * standardized + beta.flat[channel[place]]
    np.testing.assert_allclose(out, expected, rtol=1e-10, atol=1e-10)


@every_norm()
def test_the_gradients_are_the_numeric_ones(name, data):
    batch = data.draw(batches(name))
    norm, dout = NORMS[name], spread_out(*batch.shape, seed=3)
    arrays = norm.arrays(batch)

    grads = norm.backward(dout, norm.run(batch)[1])

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(
            lambda _: norm.forward(*arrays, batch.G, batch.eps)[0],
            array,
            dout,
        )
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-6)


@every_norm()
def test_the_gradients_of_a_group_sum_to_zero(name, data):
    batch = data.draw(batches(name))
    groups = NORMS[name].groups(batch)

    dx, _, _ = NORMS[name].backward(spread_out(*batch.shape, seed=3), NORMS[name].run(batch)[1])

    sums = np.bincount(groups.ravel(), weights=dx.ravel())
    np.testing.assert_allclose(sums, 0, atol=1e-9)


@every_norm("layer", "instance", "group")
def test_each_example_is_normalized_alone(name, data):
    batch = data.draw(batches(name))
    x, gamma, beta = NORMS[name].arrays(batch)

    together, _ = NORMS[name].run(batch)

    alone = [NORMS[name].forward(x[n : n + 1], gamma, beta, batch.G, batch.eps)[0][0] for n in range(len(x))]
    np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NORMS)
def test_a_number_alone_and_equal_numbers_become_beta(name):
    shape = (1, 2) if name == "layer" else (1, 2, 1, 1)
    gamma, beta = (np.array(numbers).reshape(NORMS[name].shape) for numbers in ([5.0, 6.0], [3.0, 4.0]))

    out, cache = NORMS[name].forward(np.full(shape, 7.0), gamma, beta, 1, 1e-5)
    dx, dgamma, _ = NORMS[name].backward(np.full(shape, 9.0), cache)

    np.testing.assert_array_equal(out.ravel(), [3.0, 4.0])
    np.testing.assert_array_equal(dgamma.ravel(), [0.0, 0.0])
    np.testing.assert_array_equal(dx.sum(), 0.0)


def test_layer_normalization_is_batch_normalization_turned_on_its_side():
    x, dout = spread_out(4, 6), spread_out(4, 6, seed=1)

    out, cache = layernorm_forward(x, np.ones(6), np.zeros(6), {})
    dx, _, _ = layernorm_backward(dout, cache)

    turned, turned_cache = batchnorm_forward(x.T, np.ones(4), np.zeros(4), {"mode": "train"})
    np.testing.assert_allclose(out, turned.T, rtol=1e-12)
    np.testing.assert_allclose(dx, batchnorm_backward(dout.T, turned_cache)[0].T, rtol=1e-10, atol=1e-12)


def test_one_group_for_each_channel_is_instance_normalization():
    x, dout, gamma, beta = (
        spread_out(*shape, seed=k) for k, shape in enumerate([(2, 3, 4, 5), (2, 3, 4, 5), (3,), (3,)])
    )
    column = (1, 3, 1, 1)

    grouped, group_cache = spatial_groupnorm_forward(x, gamma.reshape(column), beta.reshape(column), 3, {})
    instance, instance_cache = instancenorm_forward(x, gamma, beta, {})

    np.testing.assert_allclose(grouped, instance, rtol=1e-13)
    for by_group, by_instance in zip(
        spatial_groupnorm_backward(dout, group_cache), instancenorm_backward(dout, instance_cache), strict=True
    ):
        np.testing.assert_allclose(by_group.ravel(), by_instance.ravel(), rtol=1e-10, atol=1e-12)


def test_one_group_for_all_channels_is_layer_normalization_of_the_whole_image():
    x = spread_out(2, 3, 4, 5)

    grouped, _ = spatial_groupnorm_forward(x, np.ones((1, 3, 1, 1)), np.zeros((1, 3, 1, 1)), 1, {})

    whole, _ = layernorm_forward(x.reshape(2, 60), np.ones(60), np.zeros(60), {})
    np.testing.assert_allclose(grouped.reshape(2, 60), whole, rtol=1e-13)


def test_spatial_batch_normalization_takes_every_pixel_for_an_example():
    x, dout = spread_out(2, 3, 4, 5), spread_out(2, 3, 4, 5, seed=1)
    gamma, beta = spread_out(3, seed=2), spread_out(3, seed=3)
    of_images, of_pixels = {"mode": "train"}, {"mode": "train"}

    out, cache = spatial_batchnorm_forward(x, gamma, beta, of_images)
    grads = spatial_batchnorm_backward(dout, cache)

    pixels = np.array([[x[n, :, i, j] for i in range(4) for j in range(5)] for n in range(2)]).reshape(40, 3)
    douts = np.array([[dout[n, :, i, j] for i in range(4) for j in range(5)] for n in range(2)]).reshape(40, 3)
    expected, pixel_cache = batchnorm_forward(pixels, gamma, beta, of_pixels)
    expected_dx, *expected_others = batchnorm_backward(douts, pixel_cache)
    for k, (n, i, j) in enumerate(np.ndindex(2, 4, 5)):
        np.testing.assert_array_equal(out[n, :, i, j], expected[k])
        np.testing.assert_allclose(grads[0][n, :, i, j], expected_dx[k], rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(grads[1:], expected_others)
    for key in ("running_mean", "running_var"):
        np.testing.assert_array_equal(of_images[key], of_pixels[key])


def test_instance_normalization_takes_the_contrast_out_of_an_image():
    x = spread_out(1, 2, 3, 4)
    contrast, brightness = np.array([3.0, 0.2]).reshape(2, 1, 1), np.array([-5.0, 9.0]).reshape(2, 1, 1)

    pale, strong = (
        instancenorm_forward(image, np.ones(2), np.zeros(2), {"eps": 0.0})[0]
        for image in (x, contrast * x + brightness)
    )

    np.testing.assert_allclose(pale, strong, rtol=1e-12)


def test_the_default_epsilon_is_the_official_one():
    x = np.array([[[[0.0, 0.002]]]])  # variance 1e-6, so that an epsilon of 1e-5 matters
    expected = 0.001 / np.sqrt(1e-6 + 1e-5)

    outputs = [
        layernorm_forward(x.reshape(1, 2), np.ones(2), np.zeros(2), {}),
        instancenorm_forward(x, np.ones(1), np.zeros(1), {}),
        spatial_batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"}),
        spatial_groupnorm_forward(x, np.ones((1, 1, 1, 1)), np.zeros((1, 1, 1, 1)), 1, {}),
    ]

    for out, _ in outputs:
        np.testing.assert_allclose(out.ravel(), [-expected, expected], rtol=1e-12)


def test_unknown_keys_are_ignored():
    x, ones, extra = spread_out(2, 3, 2, 2), np.ones(3), {"mode": "train", "momentum": 0.5, "colour": "blue"}
    column = np.ones((1, 3, 1, 1))

    np.testing.assert_array_equal(
        layernorm_forward(x[:, :, 0, 0], ones, ones, extra)[0], layernorm_forward(x[:, :, 0, 0], ones, ones, {})[0]
    )
    np.testing.assert_array_equal(
        instancenorm_forward(x, ones, ones, extra)[0], instancenorm_forward(x, ones, ones, {})[0]
    )
    np.testing.assert_array_equal(
        spatial_groupnorm_forward(x, column, column, 3, extra)[0],
        spatial_groupnorm_forward(x, column, column, 3, {})[0],
    )
    assert extra == {"mode": "train", "momentum": 0.5, "colour": "blue"}


@pytest.mark.parametrize("name", NORMS)
def test_a_numpy_epsilon_leaves_float32_alone(name):
    shape = (2, 4) if name == "layer" else (2, 4, 3, 2)
    ones = np.ones(4, np.float32).reshape(NORMS[name].shape)

    out, _ = NORMS[name].forward(spread_out(*shape).astype(np.float32), ones, ones, 2, np.float64(1e-5))

    assert out.dtype == np.float32


@pytest.mark.parametrize("name", ["layer", "instance", "group"])
def test_an_empty_batch_stays_empty(name):
    shape = (0, 4) if name == "layer" else (0, 4, 3, 2)
    ones = np.ones(4).reshape(NORMS[name].shape)

    out, cache = NORMS[name].forward(np.ones(shape), ones, ones, 2, 1e-5)
    dx, dgamma, dbeta = NORMS[name].backward(np.ones(shape), cache)

    assert out.shape == dx.shape == shape
    np.testing.assert_array_equal([dgamma, dbeta], np.zeros((2, *ones.shape)))


@pytest.mark.parametrize(("name", "shape"), [("layer", (2, 0)), ("instance", (2, 4, 0, 3)), ("group", (2, 4, 3, 0))])
def test_nothing_has_no_mean(name, shape):
    ones = np.ones(shape[1]).reshape(NORMS[name].shape)
    message = f"`x` must hold numbers in each example (got shape {shape}). What is empty has no mean."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        NORMS[name].forward(np.ones(shape), ones, ones, 2, 1e-5)


def test_images_without_pixels_can_be_tested_but_not_trained_on():
    empty = np.zeros((0, 2, 3, 3))
    message = "`x` must hold at least one example (got shape (0, 2)). Skip empty batches."

    assert spatial_batchnorm_forward(empty, np.ones(2), np.ones(2), {"mode": "test"})[0].shape == (0, 2, 3, 3)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spatial_batchnorm_forward(empty, np.ones(2), np.ones(2), {"mode": "train"})


@pytest.mark.parametrize("name", NORMS)
def test_an_array_with_other_axes_is_refused(name):
    axes = "N, D" if name == "layer" else "N, C, H, W"
    ones = np.ones(4).reshape(NORMS[name].shape)
    message = f"`x` must have the axes ({axes}) (got shape (2, 4, 3)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        NORMS[name].forward(np.ones((2, 4, 3)), ones, ones, 2, 1e-5)


@pytest.mark.parametrize("argument", ["gamma", "beta"])
@pytest.mark.parametrize(
    ("name", "given_shape", "owner"),
    [
        ("layer", (1, 4), "feature"),
        ("instance", (1, 4, 1, 1), "channel"),
        ("spatial batch", (1, 4, 1, 1), "feature"),
        ("group", (4,), "channel"),
    ],
)
def test_scales_and_shifts_of_another_shape_are_refused(name, given_shape, owner, argument):
    shape = (2, 4) if name == "layer" else (2, 4, 3, 2)
    right = np.ones(4).reshape(NORMS[name].shape)
    gamma, beta = (np.ones(given_shape) if argument == key else right for key in ("gamma", "beta"))
    word = {"gamma": "scale", "beta": "shift"}[argument]
    message = f"`{argument}` must have shape {right.shape} (got {given_shape}). There is one {word} for each {owner}."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        NORMS[name].forward(np.ones(shape), gamma, beta, 2, 1e-5)


@pytest.mark.parametrize("G", [4, 7])
def test_groups_of_different_sizes_are_refused(G):
    ones = np.ones((1, 6, 1, 1))
    message = f"`G` must divide the 6 channels of `x` (got {G}). All groups have the same size."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spatial_groupnorm_forward(np.ones((2, 6, 3, 3)), ones, ones, G, {})


@pytest.mark.parametrize(("G", "error"), [(0, ValueError), (-2, ValueError), (2.0, TypeError), (None, TypeError)])
def test_a_number_of_groups_that_counts_nothing_is_refused(G, error):
    ones = np.ones((1, 6, 1, 1))
    message = f"`G` must be an integer of at least 1 (got {G}). Say how many groups of channels there are."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        spatial_groupnorm_forward(np.ones((2, 6, 3, 3)), ones, ones, G, {})


def test_an_integer_of_numpy_counts_groups_too():
    ones = np.ones((1, 6, 1, 1))

    out, _ = spatial_groupnorm_forward(spread_out(2, 6, 3, 3), ones, ones, np.int64(3), {})

    np.testing.assert_array_equal(out, spatial_groupnorm_forward(spread_out(2, 6, 3, 3), ones, ones, 3, {})[0])


def test_spatial_testing_uses_the_running_averages_of_the_channels():
    bn_param = {
        "mode": "test",
        "eps": 0.0,
        "running_mean": np.array([10.0, 20.0]),
        "running_var": np.array([4.0, 9.0]),
    }
    x = np.array([12.0, 20.0]).reshape(1, 2, 1, 1)

    out, cache = spatial_batchnorm_forward(x, np.array([5.0, 1.0]), np.array([0.5, 7.0]), bn_param)

    np.testing.assert_array_equal(out.ravel(), [5.5, 7.0])
    assert cache is None


def test_there_is_no_way_back_through_test_mode():
    message = "`cache` must come from 'train' mode (got None). Set bn_param['mode'] before the forward pass."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spatial_batchnorm_backward(np.ones((2, 3, 4, 4)), None)


@pytest.mark.parametrize("mode", ["eval", None])
def test_spatial_batch_normalization_must_train_or_test(mode):
    message = (
        f"`bn_param['mode']` must be 'train' or 'test' (got {mode!r}). "
        "Training normalizes by the batch, testing by the running averages."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spatial_batchnorm_forward(np.ones((2, 3, 4, 4)), np.ones(3), np.ones(3), {"mode": mode})


def test_the_identity_is_recovered_in_every_channel():
    x = spread_out(2, 3, 4, 5)
    mean, deviation = x.mean(axis=(0, 2, 3)), np.sqrt(x.var(axis=(0, 2, 3)) + 1e-5)

    out, _ = spatial_batchnorm_forward(x, deviation, mean, {"mode": "train"})

    np.testing.assert_allclose(out, x, rtol=1e-13, atol=1e-13)
