"""The fast layers against PyTorch in float64, whatever the dtype and the memory layout given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_oracle import assert_layer_agrees, distinct, generated, image_batches, kinds, normal, seeds, torch

from cs231n_lib import fast_layers

F = torch.nn.functional

pytestmark = pytest.mark.oracle


def pair(name, form):
    return tuple(getattr(fast_layers, f"{name}_{way}_{form}") for way in ("forward", "backward"))


@st.composite
def convolutions(draw):
    """Draw the shapes of x and w, and parameters: narrow and wide images, few and many channels."""
    stride, pad, dilation, groups = (draw(st.integers(*ends)) for ends in ((1, 4), (0, 3), (1, 3), (1, 3)))
    HH, WW = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H, W = (max(1, dilation * (size - 1) + 1 - 2 * pad) + draw(st.integers(0, 5)) for size in (HH, WW))
    channels, more = draw(st.sampled_from([1, 2, 9])), draw(st.sampled_from([0, 33]))
    x = draw(st.integers(1, 3)), groups * channels, H, W + more
    w = groups * draw(st.integers(1, 3)), channels, HH, WW
    return x, w, {"stride": stride, "pad": pad, "dilation": dilation, "groups": groups}


def torch_names(conv_param):
    return {"padding" if name == "pad" else name: value for name, value in conv_param.items()}


@pytest.mark.parametrize("form", ["fast", "im2col", "strides"])
@generated
@given(convolutions(), kinds, seeds)
def test_convolution_agrees(form, case, kind, seed):
    x, w, conv_param = case
    forward, backward = pair("conv", form)

    assert_layer_agrees(
        lambda x, w, b: forward(x, w, b, conv_param),
        backward,
        lambda x, w, b: F.conv2d(x, w, b, **torch_names(conv_param)),
        normal(seed, x, w, w[:1]),
        seed,
        kind,
    )


@generated
@given(convolutions(), kinds, seeds)
def test_transposed_convolution_agrees(case, kind, seed):
    (N, C, H, W), (_, _, HH, WW), conv_param = case
    groups = conv_param["groups"]
    conv_param = conv_param | {"pad": 0}
    forward, backward = pair("conv_transpose", "fast")

    assert_layer_agrees(
        lambda x, w, b: forward(x, w, b, conv_param),
        backward,
        lambda x, w, b: F.conv_transpose2d(x, w, b, **torch_names(conv_param)),
        normal(seed, (N, C, H, W), (C, 2, HH, WW), (2 * groups,)),
        seed,
        kind,
    )


@pytest.mark.parametrize("form", ["fast", "im2col"])
@generated
@given(image_batches(padded=False), kinds, seeds)
def test_max_pooling_agrees(form, batch, kind, seed):
    shape, window, stride, _ = batch
    forward, backward = pair("max_pool", form)
    pool_param = {"pool_height": window[0], "pool_width": window[1], "stride": stride}

    assert_layer_agrees(
        lambda x: forward(x, pool_param),
        backward,
        lambda x: F.max_pool2d(x, window, stride=stride),
        [4 * distinct(seed, *shape)],
        seed,
        kind,
    )


@generated
@given(image_batches(padded=False), kinds, seeds)
def test_average_pooling_agrees(batch, kind, seed):
    shape, window, stride, _ = batch
    forward, backward = pair("avg_pool", "fast")
    pool_param = {"pool_height": window[0], "pool_width": window[1], "stride": stride}

    assert_layer_agrees(
        lambda x: forward(x, pool_param),
        backward,
        lambda x: F.avg_pool2d(x, window, stride=stride),
        normal(seed, shape),
        seed,
        kind,
    )


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
@generated
@given(st.integers(2, 8), st.integers(1, 5), st.sampled_from([1e-5, 1e-3, 0.5]), kinds, seeds)
def test_batch_normalization_agrees(name, N, D, eps, kind, seed):
    shape = (N, D) if name == "batchnorm" else (N, D, 3, 2)
    forward, backward = pair(name, "fast")

    assert_layer_agrees(
        lambda x, gamma, beta: forward(x, gamma, beta, {"mode": "train", "eps": eps}),
        backward,
        lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps),
        [4 * distinct(seed, *shape), *normal(seed, (D,), (D,))],
        seed,
        kind,
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("x", "w", "stride", "pad"),
    [
        ((10, 3, 31, 31), (25, 3, 3, 3), 2, 1),
        ((6, 16, 32, 32), (32, 16, 3, 3), 1, 1),
        ((6, 3, 32, 32), (32, 3, 7, 7), 1, 3),
        ((3, 64, 28, 28), (64, 64, 3, 3), 1, 1),
    ],
)
def test_the_sizes_of_the_benchmark_agree(x, w, stride, pad, dtype):
    arrays = [array.astype(dtype) for array in normal(231, x, w, w[:1])]
    leaves = [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]
    expected = F.conv2d(*leaves, stride=stride, padding=pad)
    dout = np.ones(expected.shape, dtype)
    expected.backward(torch.ones_like(expected))

    out, cache = fast_layers.conv_forward_fast(*arrays, {"stride": stride, "pad": pad})
    grads = fast_layers.conv_backward_fast(dout, cache)

    for ours, theirs in zip((out, *grads), (expected.detach(), *(leaf.grad for leaf in leaves)), strict=True):
        scale = float(theirs.abs().max())
        np.testing.assert_allclose(
            ours, theirs.numpy(), rtol=0, atol=scale * (1e-12 if dtype is np.float64 else 1e-5)
        )
