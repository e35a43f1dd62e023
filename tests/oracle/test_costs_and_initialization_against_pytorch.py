"""Costs against the layers and the operation counter of PyTorch, fans against its initializers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_oracle import generated, torch
from torch.utils.flop_counter import FlopCounterMode

from cs231n_lib.costs import conv_multiply_adds, conv_output_shape, conv_parameters
from cs231n_lib.initialization import fans, he_init, xavier_init

pytestmark = pytest.mark.oracle

many = st.integers(1, 300)
few = st.integers(1, 8)


@generated
@given(few, many, many, many, many, few, few, few, few)
def test_sizes_parameters_and_multiply_adds_agree(N, C, H, W, F, HH, WW, stride, pad):
    H, W = H + HH, W + WW
    x = torch.empty(N, C, H, W, device="meta")  # shapes only
    layer = torch.nn.Conv2d(C, F, (HH, WW), stride, pad, device="meta")
    with FlopCounterMode(display=False) as counter:
        out = layer(x)

    shapes = (N, C, H, W), (F, C, HH, WW), {"stride": stride, "pad": pad}

    assert conv_output_shape(*shapes) == tuple(out.shape)
    assert conv_parameters(shapes[1]) == sum(parameter.numel() for parameter in layer.parameters())
    assert 2 * conv_multiply_adds(*shapes) == counter.get_total_flops()


@generated
@given(st.one_of(st.tuples(many, many), st.tuples(many, many, few, few)))
def test_fans_agree(w_shape):
    # Weights of affine layers are stored the other way round in PyTorch: (M, D).
    theirs = torch.empty(w_shape[::-1] if len(w_shape) == 2 else w_shape, device="meta")

    assert fans(w_shape) == torch.nn.init._calculate_fan_in_and_fan_out(theirs)


@pytest.mark.parametrize(
    ("init", "reference"),
    [
        (xavier_init, torch.nn.init.xavier_normal_),
        (he_init, lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu")),
    ],
)
def test_weights_are_as_large_as_those_of_pytorch(init, reference):
    torch.manual_seed(231)
    theirs = reference(torch.empty(200, 600, dtype=torch.float64)).numpy()

    ours = init(600, 200, np.random.default_rng(231))

    # The relative error of a deviation of 120,000 numbers is 0.002; ten of these for the difference.
    assert abs(ours.std() / theirs.std() - 1) <= 0.02
