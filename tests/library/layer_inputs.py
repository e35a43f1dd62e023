"""Inputs for the tests of the layers, and one row for each layer in the tests that all of them share."""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs231n_lib import fast_layers, layers

# Derandomized: the same examples on every machine. No deadline: a test must not depend on the clock.
generated = settings(max_examples=100, deadline=None, derandomize=True)


def spread_out(*shape, seed=0):
    """Return shuffled numbers, 0.1 apart from each other and 0.05 or more from zero.

    Central differences with h = 1e-5 then never step over a kink of a ReLU or a maximum.
    """
    size = int(np.prod(shape))
    order = np.random.default_rng(seed).permutation(size)
    return ((order - size // 2 + 0.5) / 10).reshape(shape)


@dataclass(frozen=True)
class Geometry:
    """How windows lie on images."""

    N: int
    C: int
    H: int
    W: int
    HH: int
    WW: int
    stride: int
    pad: int = 0


@st.composite
def geometries(draw, padded):
    """Draw 1x1 windows, remainders, strides and padding larger than the window, rarely squares."""
    small = st.integers(1, 2)
    pad = draw(st.integers(0, 2)) if padded else 0
    HH, WW = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    H = draw(st.integers(max(1, HH - 2 * pad), HH + 3))
    W = draw(st.integers(max(1, WW - 2 * pad), WW + 3))
    return Geometry(draw(small), draw(small), H, W, HH, WW, draw(st.integers(1, 4)), pad)


ONE_BY_ONE = Geometry(N=2, C=2, H=3, W=2, HH=1, WW=1, stride=1)
REMAINDER = Geometry(N=1, C=1, H=5, W=6, HH=2, WW=3, stride=2)
STRIDE_BEYOND_THE_WINDOW = Geometry(N=1, C=2, H=5, W=7, HH=2, WW=1, stride=3)
OVERLAPPING = Geometry(N=2, C=1, H=4, W=5, HH=3, WW=2, stride=1)
ONLY_PADDING_IN_THE_CORNER = Geometry(N=1, C=1, H=1, W=2, HH=2, WW=1, stride=1, pad=2)


def every_geometry(padded):
    """Run a test on the corner cases and on generated ones."""
    cases = [ONE_BY_ONE, REMAINDER, STRIDE_BEYOND_THE_WINDOW, OVERLAPPING]

    def decorate(test):
        for case in [*cases, *([ONLY_PADDING_IN_THE_CORNER] if padded else [])]:
            test = example(case)(test)
        return generated(given(geometries(padded))(test))

    return decorate


def pool_param_of(g):
    """Return what pooling layers call the window."""
    return {"pool_height": g.HH, "pool_width": g.WW, "stride": g.stride}


@dataclass(frozen=True)
class Layer:
    """A forward pass, its backward pass, and shapes to call them on."""

    forward: Any
    backward: Any
    shapes: dict[str, tuple[int, ...]]
    params: dict[str, Any] = field(default_factory=dict)
    negative: bool = True

    def arrays(self, dtype=float):
        """Return its arrays, made of whole numbers so that every dtype holds them exactly."""
        arrays = [10 * spread_out(*shape, seed=k) + 0.5 for k, shape in enumerate(self.shapes.values())]
        return [(array if self.negative else abs(array)).astype(dtype) for array in arrays]

    def run(self, arrays):
        """Return the output and the cache."""
        return self.forward(*arrays, *([deepcopy(self.params)] if self.params else []))

    def gradients(self, arrays, dtype=float):
        """Return what the backward pass gives for a fixed upstream gradient."""
        out, cache = self.run(arrays)
        grads = self.backward(spread_out(*out.shape, seed=9).astype(dtype), cache)
        return grads if isinstance(grads, tuple) else (grads,)


def with_arguments(forward, *last):
    """Return a forward pass whose last arguments are given."""
    return wraps(forward)(lambda *arrays: forward(*arrays, *last))


FEATURES = {"x": (4, 3), "gamma": (3,), "beta": (3,)}
CHANNELS = {"x": (2, 4, 3, 2), "gamma": (4,), "beta": (4,)}

LAYERS = {
    "affine": Layer(layers.affine_forward, layers.affine_backward, {"x": (3, 2, 2), "w": (4, 5), "b": (5,)}),
    "avg_pool": Layer(
        layers.avg_pool_forward,
        layers.avg_pool_backward,
        {"x": (2, 3, 5, 4)},
        {"pool_height": 3, "pool_width": 2, "stride": 2},
    ),
    "batchnorm": Layer(layers.batchnorm_forward, layers.batchnorm_backward, FEATURES, {"mode": "train"}),
    "batchnorm_alt": Layer(layers.batchnorm_forward, layers.batchnorm_backward_alt, FEATURES, {"mode": "train"}),
    "conv": Layer(
        layers.conv_forward_naive,
        layers.conv_backward_naive,
        {"x": (2, 3, 5, 4), "w": (2, 3, 3, 2), "b": (2,)},
        {"stride": 2, "pad": 1},
    ),
    "conv_transpose": Layer(
        layers.conv_transpose_forward,
        layers.conv_transpose_backward,
        {"x": (2, 3, 3, 2), "w": (3, 2, 3, 2), "b": (2,)},
        {"stride": 2, "pad": 1},
    ),
    "dropout": Layer(
        layers.dropout_forward, layers.dropout_backward, {"x": (3, 4)}, {"p": 0.6, "mode": "train", "seed": 231}
    ),
    "elu": Layer(layers.elu_forward, layers.elu_backward, {"x": (3, 4)}),
    "global_avg_pool": Layer(layers.global_avg_pool_forward, layers.global_avg_pool_backward, {"x": (2, 3, 5, 4)}),
    "instancenorm": Layer(layers.instancenorm_forward, layers.instancenorm_backward, CHANNELS, {"eps": 1e-5}),
    "kmax_pool": Layer(with_arguments(layers.kmax_pool_forward, 3), layers.kmax_pool_backward, {"x": (2, 3, 5)}),
    "layernorm": Layer(layers.layernorm_forward, layers.layernorm_backward, FEATURES, {"mode": "train"}),
    "leaky_relu": Layer(layers.leaky_relu_forward, layers.leaky_relu_backward, {"x": (3, 4)}),
    "max_pool": Layer(
        layers.max_pool_forward_naive,
        layers.max_pool_backward_naive,
        {"x": (2, 3, 5, 4)},
        {"pool_height": 3, "pool_width": 2, "stride": 2},
    ),
    "max_unpool": Layer(
        with_arguments(layers.max_unpool_forward, np.array([[[[0, 5, 3], [7, 11, 6]]]]), (3, 4)),
        layers.max_unpool_backward,
        {"x": (1, 1, 2, 3)},
    ),
    "relu": Layer(layers.relu_forward, layers.relu_backward, {"x": (3, 4)}),
    "sigmoid": Layer(layers.sigmoid_forward, layers.sigmoid_backward, {"x": (3, 4)}),
    "spatial_batchnorm": Layer(
        layers.spatial_batchnorm_forward, layers.spatial_batchnorm_backward, CHANNELS, {"mode": "train"}
    ),
    "spatial_groupnorm": Layer(
        with_arguments(layers.spatial_groupnorm_forward, 2, {"mode": "train"}),
        layers.spatial_groupnorm_backward,
        {"x": (2, 4, 3, 2), "gamma": (1, 4, 1, 1), "beta": (1, 4, 1, 1)},
    ),
    "stochastic_pool": Layer(
        layers.stochastic_pool_forward,
        layers.stochastic_pool_backward,
        {"x": (2, 3, 5, 4)},
        {"pool_height": 3, "pool_width": 2, "stride": 2, "mode": "train", "seed": 231},
        negative=False,
    ),
    "tanh": Layer(layers.tanh_forward, layers.tanh_backward, {"x": (3, 4)}),
}

WIDE = {"x": (2, 4, 5, 34), "w": (4, 2, 3, 2), "b": (4,)}  # wide enough for a matrix product for each row
DEEP = {"x": (2, 16, 5, 4), "w": (2, 8, 3, 2), "b": (2,)}  # deep enough for a gradient by convolution
GROUPED = {"stride": 1, "pad": 1, "dilation": 2, "groups": 2}

FAST_LAYERS = {
    "avg_pool_fast": ("avg_pool_{}_fast", LAYERS["avg_pool"].shapes, LAYERS["avg_pool"].params),
    "batchnorm_fast": ("batchnorm_{}_fast", FEATURES, {"mode": "train"}),
    "conv_fast": ("conv_{}_fast", LAYERS["conv"].shapes, LAYERS["conv"].params),
    "conv_fast_wide": ("conv_{}_fast", WIDE, {"stride": 1, "pad": 1, "groups": 2}),
    "conv_fast_deep": ("conv_{}_fast", DEEP, GROUPED),
    "conv_fast_pixels": ("conv_{}_fast", DEEP | {"w": (2, 16, 1, 1)}, {"stride": 1, "pad": 0}),
    "conv_im2col": ("conv_{}_im2col", DEEP, GROUPED),
    "conv_strides": ("conv_{}_strides", DEEP, GROUPED),
    "conv_transpose_fast": (
        "conv_transpose_{}_fast",
        LAYERS["conv_transpose"].shapes,
        LAYERS["conv_transpose"].params,
    ),
    "max_pool_fast": ("max_pool_{}_fast", LAYERS["max_pool"].shapes, LAYERS["max_pool"].params),
    "max_pool_fast_apart": (
        "max_pool_{}_fast",
        {"x": (2, 3, 5, 7)},
        {"pool_height": 2, "pool_width": 3, "stride": 3},
    ),
    "max_pool_im2col": ("max_pool_{}_im2col", LAYERS["max_pool"].shapes, LAYERS["max_pool"].params),
    "max_pool_reshape": (
        "max_pool_{}_reshape",
        {"x": (2, 3, 4, 6)},
        {"pool_height": 2, "pool_width": 2, "stride": 2},
    ),
    "spatial_batchnorm_fast": ("spatial_batchnorm_{}_fast", CHANNELS, {"mode": "train"}),
}

LAYERS |= {
    name: Layer(*(getattr(fast_layers, function.format(way)) for way in ("forward", "backward")), shapes, params)
    for name, (function, shapes, params) in FAST_LAYERS.items()
}
