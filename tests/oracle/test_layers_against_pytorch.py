"""Every layer against PyTorch in float64, forward by its functions and backward by its autograd."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_oracle import generated, image_batches, seeds, torch

from cs231n_lib import layers

F = torch.nn.functional

pytestmark = pytest.mark.oracle


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def distinct(seed, *shape):
    """Return numbers without ties and zeros, where a maximum and a ReLU have their kinks."""
    return (np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) - 7.5) / 4


def tensors(*arrays):
    return [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]


def assert_agrees(ours, theirs):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)


def assert_layer_agrees(forward, backward, reference, arrays, seed):
    """Compare the output, and each gradient for a random upstream gradient."""
    leaves = tensors(*arrays)
    expected = reference(*leaves)
    (dout,) = normal(seed + 1, tuple(expected.shape))
    expected.backward(torch.tensor(dout))

    out, cache = forward(*arrays)
    grads = backward(dout, cache)

    assert_agrees(out, expected)
    for grad, leaf in zip(grads if isinstance(grads, tuple) else (grads,), leaves, strict=True):
        assert_agrees(grad, leaf.grad)


@generated
@given(st.integers(1, 5), st.lists(st.integers(1, 4), max_size=3), st.integers(1, 5), seeds)
def test_affine_agrees(N, axes, M, seed):
    arrays = normal(seed, (N, *axes), (int(np.prod(axes)), M), (M,))

    assert_layer_agrees(
        layers.affine_forward,
        layers.affine_backward,
        lambda x, w, b: F.linear(x.reshape(N, -1), w.T, b),
        arrays,
        seed,
    )


@generated
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), seeds)
def test_relu_agrees(shape, seed):
    assert_layer_agrees(layers.relu_forward, layers.relu_backward, F.relu, [distinct(seed, *shape)], seed)


@pytest.mark.parametrize("backward", [layers.batchnorm_backward, layers.batchnorm_backward_alt])
@generated
@given(st.integers(2, 8), st.integers(1, 5), st.sampled_from([1e-5, 1e-3, 0.5]), seeds)
def test_batchnorm_in_training_agrees(backward, N, D, eps, seed):
    # F.batch_norm refuses a batch of one. Distances of 0.25 keep the variances away from zero.
    arrays = [distinct(seed, N, D), *normal(seed, (D,), (D,))]

    assert_layer_agrees(
        lambda x, gamma, beta: layers.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps}),
        backward,
        lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps),
        arrays,
        seed,
    )


@generated
@given(st.integers(2, 8), st.integers(1, 5), st.floats(0, 1), seeds)
def test_batchnorm_keeps_the_running_averages_of_pytorch_but_for_the_bias_of_the_variance(N, D, momentum, seed):
    x, mean, root = normal(seed, (N, D), (D,), (D,))
    bn_param = {"mode": "train", "momentum": momentum, "running_mean": mean, "running_var": root**2}
    running_mean, running_var = torch.tensor(mean), torch.tensor(root**2)

    layers.batchnorm_forward(x, np.ones(D), np.zeros(D), bn_param)
    F.batch_norm(torch.tensor(x), running_mean, running_var, training=True, momentum=1 - momentum)

    # PyTorch, like the paper, counts the batch variance N / (N - 1) times; the course once.
    biased = (running_var - momentum * torch.tensor(root**2)) * (N - 1) / N + momentum * torch.tensor(root**2)
    assert_agrees(bn_param["running_mean"], running_mean)
    assert_agrees(bn_param["running_var"], biased)


@generated
@given(st.integers(1, 8), st.integers(1, 5), seeds)
def test_batchnorm_in_testing_agrees(N, D, seed):
    x, gamma, beta, mean, root = normal(seed, (N, D), (D,), (D,), (D,), (D,))
    bn_param = {"mode": "test", "running_mean": mean, "running_var": root**2}

    out, _ = layers.batchnorm_forward(x, gamma, beta, bn_param)

    expected = F.batch_norm(
        *map(torch.tensor, (x, mean, root**2)), weight=torch.tensor(gamma), bias=torch.tensor(beta)
    )
    assert_agrees(out, expected)


@generated
@given(image_batches(padded=True), st.integers(1, 3), seeds)
def test_convolution_agrees(batch, filters, seed):
    shape, window, stride, pad = batch
    arrays = normal(seed, shape, (filters, shape[1], *window), (filters,))

    assert_layer_agrees(
        lambda x, w, b: layers.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad}),
        layers.conv_backward_naive,
        lambda x, w, b: F.conv2d(x, w, b, stride=stride, padding=pad),
        arrays,
        seed,
    )


@generated
@given(image_batches(padded=False), seeds)
def test_max_pooling_agrees(batch, seed):
    shape, (HH, WW), stride, _ = batch
    pool_param = {"pool_height": HH, "pool_width": WW, "stride": stride}

    assert_layer_agrees(
        lambda x: layers.max_pool_forward_naive(x, pool_param),
        layers.max_pool_backward_naive,
        lambda x: F.max_pool2d(x, (HH, WW), stride=stride),
        [distinct(seed, *shape)],
        seed,
    )


def reference_svm_loss(x, y):
    return F.multi_margin_loss(x, y) * x.shape[1]  # PyTorch divides by the number of classes


@pytest.mark.parametrize(
    ("loss_function", "reference"),
    [(layers.softmax_loss, F.cross_entropy), (layers.svm_loss, reference_svm_loss)],
    ids=["softmax", "svm"],
)
@generated
@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([0.01, 1, 30]), seeds)
def test_a_loss_agrees(loss_function, reference, N, C, scale, seed):
    x = scale * normal(seed, (N, C))[0]
    y = np.random.default_rng(seed).integers(C, size=N)
    (leaf,) = tensors(x)
    expected = reference(leaf, torch.tensor(y))
    expected.backward()

    loss, dx = loss_function(x, y)

    assert_agrees(np.asarray(loss), expected)
    assert_agrees(dx, leaf.grad)
