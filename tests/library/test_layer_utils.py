import inspect
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib import layer_utils, layers
from cs231n_lib.gradient_check import eval_numerical_gradient_array

CONV, POOL = {"stride": 2, "pad": 1}, {"pool_height": 2, "pool_width": 3, "stride": 1}
FC = {"x": (4, 2, 3), "w": (6, 5), "b": (5,)}
IMAGES = {"x": (2, 3, 5, 4), "w": (2, 3, 3, 2), "b": (2,)}


def norm(F):
    return {"gamma": (F,), "beta": (F,)}


@dataclass(frozen=True)
class Sandwich:
    """Layers as one, their shapes and parameters, and the layers one by one, each with its own arguments."""

    name: str
    shapes: dict[str, tuple[int, ...]]
    params: list[dict[str, Any]]
    steps: list[Any] = field(compare=False)

    def arrays(self, dtype=float):
        return [spread_out(*shape, seed=k).astype(dtype) for k, shape in enumerate(self.shapes.values())]

    def forward(self, *arrays):
        return getattr(layer_utils, f"{self.name}_forward")(*arrays, *map(dict, self.params))

    def backward(self, dout, cache):
        return getattr(layer_utils, f"{self.name}_backward")(dout, cache)

    def one_by_one(self, x, *arrays):
        """Return the output of the layers, the slow ones, in turn."""
        for forward, first, count, *params in self.steps:
            x, _ = forward(x, *arrays[first : first + count], *map(dict, params))
        return x


TRAIN = {"mode": "train"}
AFFINE, RELU = (layers.affine_forward, 0, 2), (layers.relu_forward, 0, 0)
CONVOLUTION = layers.conv_forward_naive, 0, 2, CONV
SPATIAL_BATCHNORM = layers.spatial_batchnorm_forward, 2, 2, TRAIN

SANDWICHES = [
    Sandwich("affine_relu", FC, [], [AFFINE, RELU]),
    Sandwich("affine_bn_relu", FC | norm(5), [TRAIN], [AFFINE, (layers.batchnorm_forward, 2, 2, TRAIN), RELU]),
    Sandwich("affine_ln_relu", FC | norm(5), [{}], [AFFINE, (layers.layernorm_forward, 2, 2, {}), RELU]),
    Sandwich("conv_relu", IMAGES, [CONV], [CONVOLUTION, RELU]),
    Sandwich("conv_bn_relu", IMAGES | norm(2), [CONV, TRAIN], [CONVOLUTION, SPATIAL_BATCHNORM, RELU]),
    Sandwich(
        "conv_transpose_bn_relu",
        {"x": (2, 3, 3, 2), "w": (3, 2, 3, 4), "b": (2,)} | norm(2),
        [CONV, TRAIN],
        [(layers.conv_transpose_forward, 0, 2, CONV), SPATIAL_BATCHNORM, RELU],
    ),
    Sandwich(
        "conv_relu_pool", IMAGES, [CONV, POOL], [CONVOLUTION, RELU, (layers.max_pool_forward_naive, 0, 0, POOL)]
    ),
]
every_sandwich = pytest.mark.parametrize("sandwich", SANDWICHES, ids=lambda sandwich: sandwich.name)


@every_sandwich
def test_a_sandwich_is_its_layers_one_by_one(sandwich):
    out, cache = sandwich.forward(*sandwich.arrays())

    np.testing.assert_allclose(out, sandwich.one_by_one(*sandwich.arrays()), rtol=1e-10, atol=1e-10)
    assert len(cache) == len(sandwich.steps)


@every_sandwich
def test_the_gradients_are_the_numeric_ones(sandwich):
    arrays = sandwich.arrays()
    out, cache = sandwich.forward(*arrays)
    dout = spread_out(*out.shape, seed=9)

    grads = sandwich.backward(dout, cache)

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(lambda _: sandwich.forward(*arrays)[0], array, dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-7)


@every_sandwich
def test_a_sandwich_leaves_its_arrays_alone(sandwich):
    arrays = sandwich.arrays()

    out, cache = sandwich.forward(*arrays)
    dout = np.ones_like(out)
    sandwich.backward(dout, cache)

    np.testing.assert_array_equal(dout, 1)
    for array, before in zip(arrays, sandwich.arrays(), strict=True):
        np.testing.assert_array_equal(array, before)


@every_sandwich
def test_float32_stays_float32(sandwich):
    out, cache = sandwich.forward(*sandwich.arrays(np.float32))
    grads = sandwich.backward(np.ones_like(out), cache)

    assert {array.dtype for array in (out, *grads)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", ["affine_bn_relu", "conv_bn_relu", "conv_transpose_bn_relu"])
def test_running_averages_are_updated_in_place(name):
    (sandwich,) = (sandwich for sandwich in SANDWICHES if sandwich.name == name)
    *params, bn_param = map(dict, sandwich.params)

    getattr(layer_utils, f"{name}_forward")(*sandwich.arrays(), *params, bn_param)

    assert set(bn_param) == {"mode", "running_mean", "running_var"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("affine_relu_forward", ["x", "w", "b"]),
        ("conv_relu_forward", ["x", "w", "b", "conv_param"]),
        ("conv_bn_relu_forward", ["x", "w", "b", "gamma", "beta", "conv_param", "bn_param"]),
        ("conv_relu_pool_forward", ["x", "w", "b", "conv_param", "pool_param"]),
        ("affine_relu_backward", ["dout", "cache"]),
        ("conv_relu_backward", ["dout", "cache"]),
        ("conv_bn_relu_backward", ["dout", "cache"]),
        ("conv_relu_pool_backward", ["dout", "cache"]),
    ],
)
def test_the_official_names_and_arguments_are_kept(name, arguments):
    assert list(inspect.signature(getattr(layer_utils, name)).parameters) == arguments


def test_unpooling_and_a_convolution_are_the_layers_in_turn():
    x, w, b = (
        np.cos(np.arange(size)).reshape(shape) for size, shape in ((12, (1, 2, 2, 3)), (24, (2, 2, 3, 2)), (2, 2))
    )
    places, dout = np.arange(12)[::-1].reshape(1, 2, 2, 3) % 7 + 5, np.sin(np.arange(40)).reshape(1, 2, 4, 5)

    out, cache = layer_utils.unpool_conv_forward(x, w, b, places, (4, 4), CONV | {"stride": 1})
    dx, dw, db = layer_utils.unpool_conv_backward(dout, cache)

    large, unpooled = layers.max_unpool_forward(x, places, (4, 4))
    expected, convolved = layers.conv_forward_naive(large, w, b, CONV | {"stride": 1})
    dlarge, *others = layers.conv_backward_naive(dout, convolved)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(dx, layers.max_unpool_backward(dlarge, unpooled), rtol=1e-12, atol=1e-14)
    for gradient, right in zip((dw, db), others, strict=True):
        np.testing.assert_allclose(gradient, right, rtol=1e-12, atol=1e-14)
