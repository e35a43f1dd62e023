"""Activations, the relatives of batch normalization and dropout against PyTorch in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_oracle import (
    TOLERANCES,
    assert_agrees,
    assert_layer_agrees,
    distinct,
    generated,
    kinds,
    normal,
    seeds,
    tensor,
    torch,
)

from cs231n_lib import layers

F = torch.nn.functional

pytestmark = pytest.mark.oracle

size = st.integers(1, 4)
epsilons = st.sampled_from([1e-5, 1e-3, 0.5])
images = st.tuples(st.integers(1, 3), size, size, size)  # N, C, H, W
slopes = st.sampled_from([0.0, 0.01, 0.25, 1.0, 1.5])


@pytest.mark.parametrize(
    ("name", "reference"), [("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)]
)
@generated
@given(st.lists(size, min_size=1, max_size=4), kinds, seeds)
def test_an_activation_agrees(name, reference, shape, kind, seed):
    forward, backward = getattr(layers, f"{name}_forward"), getattr(layers, f"{name}_backward")

    assert_layer_agrees(forward, backward, reference, [distinct(seed, *shape)], seed, kind)


@generated
@given(st.lists(size, min_size=1, max_size=4), slopes, kinds, seeds)
def test_leaky_relu_agrees(shape, alpha, kind, seed):
    assert_layer_agrees(
        lambda x: layers.leaky_relu_forward(x, alpha),
        layers.leaky_relu_backward,
        lambda x: F.leaky_relu(x, alpha),
        [distinct(seed, *shape)],
        seed,
        kind,
    )


@generated
@given(st.lists(size, min_size=1, max_size=4), slopes, kinds, seeds)
def test_elu_agrees(shape, alpha, kind, seed):
    assert_layer_agrees(
        lambda x: layers.elu_forward(x, alpha),
        layers.elu_backward,
        lambda x: F.elu(x, alpha),
        [distinct(seed, *shape)],
        seed,
        kind,
    )


@pytest.mark.parametrize(
    ("forward", "reference"),
    [
        (layers.sigmoid_forward, torch.sigmoid),
        (layers.tanh_forward, torch.tanh),
        (layers.leaky_relu_forward, F.leaky_relu),
        (layers.elu_forward, F.elu),
    ],
    ids=["sigmoid", "tanh", "leaky_relu", "elu"],
)
def test_the_default_parameters_and_the_extremes_agree(forward, reference):
    x = np.array([-np.inf, -1e300, -700.0, -40.0, -1e-9, -0.0, 0.0, 1e-9, 40.0, 700.0, 1e300, np.inf])

    out, _ = forward(x)

    np.testing.assert_allclose(out, reference(torch.tensor(x)).numpy(), rtol=1e-12)


@generated
@given(size, st.integers(1, 6), epsilons, kinds, seeds)
def test_layer_normalization_agrees(N, D, eps, kind, seed):
    assert_layer_agrees(
        lambda x, gamma, beta: layers.layernorm_forward(x, gamma, beta, {"eps": eps}),
        layers.layernorm_backward,
        lambda x, gamma, beta: F.layer_norm(x, (D,), gamma, beta, eps),
        [distinct(seed, N, D), *normal(seed, (D,), (D,))],
        seed,
        kind,
    )


# torch.instance_norm and torch.batch_norm, unlike those of torch.nn.functional, take groups of one number.


@generated
@given(images, epsilons, kinds, seeds)
def test_instance_normalization_agrees(shape, eps, kind, seed):
    C = shape[1]

    assert_layer_agrees(
        lambda x, gamma, beta: layers.instancenorm_forward(x, gamma, beta, {"eps": eps}),
        layers.instancenorm_backward,
        lambda x, gamma, beta: torch.instance_norm(x, gamma, beta, None, None, True, 0.1, eps, False),
        [distinct(seed, *shape), *normal(seed, (C,), (C,))],
        seed,
        kind,
    )


@generated
@given(images, epsilons, kinds, seeds)
def test_spatial_batch_normalization_in_training_agrees(shape, eps, kind, seed):
    C = shape[1]

    assert_layer_agrees(
        lambda x, gamma, beta: layers.spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps}),
        layers.spatial_batchnorm_backward,
        lambda x, gamma, beta: torch.batch_norm(x, gamma, beta, None, None, True, 0.1, eps, False),
        [distinct(seed, *shape), *normal(seed, (C,), (C,))],
        seed,
        kind,
    )


@generated
@given(images, st.floats(0, 1), seeds)
def test_spatial_batch_normalization_keeps_the_running_averages_but_for_the_bias(shape, momentum, seed):
    N, C, H, W = shape
    m = 2 * N * H * W
    x, mean, root = normal(seed, (2 * N, C, H, W), (C,), (C,))
    bn_param = {"mode": "train", "momentum": momentum, "running_mean": mean, "running_var": root**2}
    running_mean, running_var = torch.tensor(mean), torch.tensor(root**2)

    layers.spatial_batchnorm_forward(x, np.ones(C), np.zeros(C), bn_param)
    F.batch_norm(torch.tensor(x), running_mean, running_var, training=True, momentum=1 - momentum)

    # PyTorch, like the paper, counts the batch variance m / (m - 1) times; the course once.
    kept = momentum * torch.tensor(root**2)
    assert_agrees(bn_param["running_mean"], running_mean)
    assert_agrees(bn_param["running_var"], (running_var - kept) * (m - 1) / m + kept)


@generated
@given(images, kinds, seeds)
def test_spatial_batch_normalization_in_testing_agrees(shape, kind, seed):
    C = shape[1]
    x, gamma, beta, mean, root = map(kind.make, normal(seed, shape, (C,), (C,), (C,), (C,)))
    bn_param = {"mode": "test", "running_mean": mean, "running_var": root**2 + 1}

    out, _ = layers.spatial_batchnorm_forward(x, gamma, beta, bn_param)

    expected = F.batch_norm(*map(tensor, (x, mean, root**2 + 1, gamma, beta)))
    assert_agrees(out, expected, TOLERANCES[kind.dtype])


@generated
@given(images, st.integers(1, 3), epsilons, kinds, seeds)
def test_group_normalization_agrees(shape, G, eps, kind, seed):
    N, channels, H, W = shape
    C = G * channels

    assert_layer_agrees(
        lambda x, gamma, beta: layers.spatial_groupnorm_forward(x, gamma, beta, G, {"eps": eps}),
        layers.spatial_groupnorm_backward,
        lambda x, gamma, beta: torch.group_norm(x, G, gamma.reshape(C), beta.reshape(C), eps, False),
        [distinct(seed, N, C, H, W), *normal(seed, (1, C, 1, 1), (1, C, 1, 1))],
        seed,
        kind,
    )


@generated
@given(size, st.integers(2, 5), size, seeds)
def test_population_statistics_agree_with_the_unbiased_variances_of_the_batches(B, m, D, seed):
    (x,) = normal(seed, (B, m, D))

    mean, var = layers.population_statistics(x.mean(axis=1), x.var(axis=1), m)

    batches = torch.tensor(x)
    assert_agrees(mean, batches.mean(dim=(0, 1)))
    assert_agrees(var, batches.var(dim=1, unbiased=True).mean(dim=0))


@generated
@given(size, epsilons, seeds)
def test_folding_agrees_with_the_fusion_of_a_linear_layer_and_batch_normalization(D, eps, seed):
    gamma, beta, mean, root = normal(seed, (D,), (D,), (D,), (D,))

    scale, shift = layers.fold_batchnorm(gamma, beta, mean, root**2, eps)

    w, b = torch.nn.utils.fusion.fuse_linear_bn_weights(
        torch.eye(D, dtype=torch.float64),
        torch.zeros(D, dtype=torch.float64),
        *map(torch.tensor, (mean, root**2)),
        eps,
        *map(torch.tensor, (gamma, beta)),
    )
    assert_agrees(np.diag(scale), w)
    assert_agrees(shift, b)


@generated
@given(st.lists(size, min_size=1, max_size=4), st.sampled_from([0.2, 0.5, 0.9, 1.0]), kinds, seeds)
def test_dropout_agrees_on_the_numbers_that_are_kept(shape, p, kind, seed):
    dropout_param = {"p": p, "mode": "train", "seed": seed}
    kept = torch.tensor(layers.dropout_forward(np.ones(shape), dropout_param)[0] != 0)

    assert_layer_agrees(
        lambda x: layers.dropout_forward(x, dropout_param),
        layers.dropout_backward,
        lambda x: torch.masked_fill(x / p, ~kept, 0.0),
        [distinct(seed, *shape)],
        seed,
        kind,
    )


def test_dropout_keeps_as_often_and_scales_as_pytorch_does_for_one_minus_p():
    x, p = np.full((200, 200), 3.0), 0.3
    torch.manual_seed(231)

    out, _ = layers.dropout_forward(x, {"p": p, "mode": "train", "seed": 231})
    theirs = F.dropout(torch.tensor(x), 1 - p, training=True).numpy()

    # Two shares of 40,000 draws differ by more than 0.025 in fewer than one of a billion pairs of seeds (Hoeffding).
    assert abs((out != 0).mean() - (theirs != 0).mean()) <= 0.025
    np.testing.assert_allclose(np.unique(out), np.unique(theirs), rtol=1e-12)
