"""Inputs for the tests of the layers, and one row for each layer in the tests that all of them share."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from cs231n_lib import layers

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


@dataclass(frozen=True)
class Layer:
    """A forward pass, its backward pass, and shapes to call them on."""

    forward: Any
    backward: Any
    shapes: dict[str, tuple[int, ...]]
    params: dict[str, Any] = field(default_factory=dict)

    def arrays(self, dtype=float):
        """Return its arrays, made of whole numbers so that every dtype holds them exactly."""
        return [(10 * spread_out(*shape, seed=k) + 0.5).astype(dtype) for k, shape in enumerate(self.shapes.values())]

    def run(self, arrays):
        """Return the output and the cache."""
        return self.forward(*arrays, *([deepcopy(self.params)] if self.params else []))

    def gradients(self, arrays, dtype=float):
        """Return what the backward pass gives for a fixed upstream gradient."""
        out, cache = self.run(arrays)
        grads = self.backward(spread_out(*out.shape, seed=9).astype(dtype), cache)
        return grads if isinstance(grads, tuple) else (grads,)


FEATURES = {"x": (4, 3), "gamma": (3,), "beta": (3,)}

LAYERS = {
    "affine": Layer(layers.affine_forward, layers.affine_backward, {"x": (3, 2, 2), "w": (4, 5), "b": (5,)}),
    "batchnorm": Layer(layers.batchnorm_forward, layers.batchnorm_backward, FEATURES, {"mode": "train"}),
    "batchnorm_alt": Layer(layers.batchnorm_forward, layers.batchnorm_backward_alt, FEATURES, {"mode": "train"}),
    "conv": Layer(
        layers.conv_forward_naive,
        layers.conv_backward_naive,
        {"x": (2, 3, 5, 4), "w": (2, 3, 3, 2), "b": (2,)},
        {"stride": 2, "pad": 1},
    ),
    "max_pool": Layer(
        layers.max_pool_forward_naive,
        layers.max_pool_backward_naive,
        {"x": (2, 3, 5, 4)},
        {"pool_height": 3, "pool_width": 2, "stride": 2},
    ),
    "relu": Layer(layers.relu_forward, layers.relu_backward, {"x": (3, 4)}),
}
