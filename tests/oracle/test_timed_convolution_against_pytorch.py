"""The lesson on im2col times PyTorch in the form of the course: it must compute the same."""

import numpy as np
import pytest
from pytorch_oracle import torch

from cs231n_lib import layers
from cs231n_lib.plots import lowering

pytestmark = pytest.mark.oracle


def test_what_is_timed_is_a_convolution_and_its_gradients():
    assert torch is not None
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    conv_param = {"stride": 2, "pad": 1}
    forward, backward = lowering._pytorch(conv_param)

    out, cache = forward(x, w, b, conv_param)
    gradients = backward(np.ones(out.shape), cache)

    expected, naive = layers.conv_forward_naive(x, w, b, conv_param)
    np.testing.assert_allclose(out, expected, atol=1e-12)
    for ours, theirs in zip(layers.conv_backward_naive(np.ones(out.shape), naive), gradients, strict=True):
        np.testing.assert_allclose(theirs, ours, atol=1e-12)
