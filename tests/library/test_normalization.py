import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import (
    affine_forward,
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    fold_batchnorm,
    population_statistics,
)

both_backwards = pytest.mark.parametrize("backward", [batchnorm_backward, batchnorm_backward_alt])
batches = st.tuples(st.integers(1, 5), st.integers(1, 4), st.sampled_from([1e-5, 0.3]))  # N, D, eps


def draw_arrays(N, D):
    return spread_out(N, D), spread_out(D, seed=1), spread_out(D, seed=2)


def normalize(x, **bn_param):
    """Call the layer without scale and shift."""
    D = x.shape[1]
    return batchnorm_forward(x, np.ones(D), np.zeros(D), bn_param)[0]


@generated
@given(batches)
def test_the_output_has_mean_beta_and_nearly_deviation_gamma(batch):
    N, D, eps = batch
    x, gamma, beta = draw_arrays(N, D)

    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})

    shrunk = np.sqrt(x.var(axis=0) / (x.var(axis=0) + eps))
    np.testing.assert_allclose(out.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=0), np.abs(gamma) * shrunk, atol=1e-12)


@both_backwards
@generated
@given(batches)
def test_the_gradients_are_the_numeric_ones(backward, batch):
    N, D, eps = batch
    arrays, dout = draw_arrays(N, D), spread_out(N, D, seed=3)

    def forward(_):
        return batchnorm_forward(*arrays, {"mode": "train", "eps": eps})[0]

    grads = backward(dout, batchnorm_forward(*arrays, {"mode": "train", "eps": eps})[1])

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(forward, array, dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-6)


@generated
@given(batches)
def test_the_graph_and_the_closed_form_agree(batch):
    N, D, eps = batch
    _, cache = batchnorm_forward(*draw_arrays(N, D), {"mode": "train", "eps": eps})
    dout = spread_out(N, D, seed=3)

    by_graph, closed = batchnorm_backward(dout, cache), batchnorm_backward_alt(dout, cache)

    for one, other in zip(by_graph, closed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-11)


@both_backwards
def test_the_gradients_of_a_feature_sum_to_zero_over_the_batch(backward):
    x, gamma, beta = draw_arrays(6, 3)
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})

    dx, _, _ = backward(spread_out(6, 3, seed=3), cache)

    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-13)


def test_a_batch_of_one_gives_beta_whatever_the_input():
    beta = np.array([3.0, 4.0])

    out, _ = batchnorm_forward(np.array([[100.0, -7.0]]), np.ones(2), beta, {"mode": "train"})

    np.testing.assert_array_equal(out, [beta])


@both_backwards
def test_a_batch_of_one_gets_no_gradient(backward):
    _, cache = batchnorm_forward(np.array([[100.0, -7.0]]), np.ones(2), np.ones(2), {"mode": "train"})

    dx, dgamma, dbeta = backward(np.array([[5.0, 6.0]]), cache)

    np.testing.assert_array_equal(dx, [[0, 0]])
    np.testing.assert_array_equal(dgamma, [0, 0])
    np.testing.assert_array_equal(dbeta, [5, 6])


def test_a_constant_feature_becomes_zero():
    np.testing.assert_array_equal(normalize(np.full((4, 1), 3.0), mode="train"), np.zeros((4, 1)))


def test_the_variance_divides_by_the_number_of_examples():
    out = normalize(np.array([[0.0], [2.0]]), mode="train", eps=3.0)

    np.testing.assert_array_equal(out, [[-0.5], [0.5]])  # variance 1, not 2: sqrt(1 + 3) = 2


def test_the_running_averages_start_at_zero_and_keep_nine_tenths():
    bn_param = {"mode": "train"}

    for x in ([[1.0], [3.0]], [[10.0], [10.0]]):
        batchnorm_forward(np.array(x), np.ones(1), np.zeros(1), bn_param)

    np.testing.assert_allclose(bn_param["running_mean"], [0.9 * 0.1 * 2 + 0.1 * 10])
    np.testing.assert_allclose(bn_param["running_var"], [0.9 * 0.1 * 1 + 0.1 * 0])


def test_momentum_is_the_weight_of_the_old_average():
    bn_param = {
        "mode": "train",
        "momentum": 0.75,
        "running_mean": np.array([8.0]),
        "running_var": np.array([4.0]),
    }

    batchnorm_forward(np.array([[-1.0], [1.0]]), np.ones(1), np.zeros(1), bn_param)

    np.testing.assert_allclose(bn_param["running_mean"], [6.0])
    np.testing.assert_allclose(bn_param["running_var"], [3.25])


def test_training_replaces_the_running_averages_and_writes_into_no_array():
    before = np.array([8.0])
    bn_param = {"mode": "train", "running_mean": before, "running_var": np.array([4.0])}

    batchnorm_forward(np.array([[-1.0], [1.0]]), np.ones(1), np.zeros(1), bn_param)

    assert before == [8.0]
    assert bn_param["running_mean"] is not before


def test_testing_uses_the_running_averages():
    bn_param = {
        "mode": "test",
        "eps": 0.0,
        "running_mean": np.array([10.0, 20.0]),
        "running_var": np.array([4.0, 9.0]),
    }

    out, _ = batchnorm_forward(np.array([[12.0, 20.0]]), np.array([5.0, 1.0]), np.array([0.5, 7.0]), bn_param)

    np.testing.assert_array_equal(out, [[5.5, 7.0]])


def test_testing_treats_each_example_alone():
    bn_param = {"mode": "test", "running_mean": np.ones(3), "running_var": np.full(3, 2.0)}
    x, gamma, beta = draw_arrays(5, 3)

    together, _ = batchnorm_forward(x, gamma, beta, bn_param)
    alone = [batchnorm_forward(x[n : n + 1], gamma, beta, bn_param)[0][0] for n in range(5)]

    np.testing.assert_array_equal(together, alone)


def test_testing_leaves_the_running_averages_alone():
    bn_param = {"mode": "test", "running_mean": np.array([1.0]), "running_var": np.array([2.0])}

    batchnorm_forward(np.array([[5.0], [9.0]]), np.ones(1), np.zeros(1), bn_param)

    np.testing.assert_array_equal(bn_param["running_mean"], [1.0])
    np.testing.assert_array_equal(bn_param["running_var"], [2.0])


def test_testing_before_training_takes_zero_averages():
    out = normalize(np.array([[3.0]]), mode="test", eps=4.0)

    np.testing.assert_array_equal(out, [[1.5]])


def test_unknown_keys_are_ignored():
    x = spread_out(4, 2)

    out = normalize(x, mode="train", colour="blue")

    np.testing.assert_array_equal(out, normalize(x, mode="train"))


def test_numpy_numbers_among_the_parameters_leave_float32_alone():
    bn_param = {"mode": "train", "eps": np.float64(1e-5), "momentum": np.float64(0.9)}
    ones = np.ones(2, dtype=np.float32)

    out, _ = batchnorm_forward(spread_out(4, 2).astype(np.float32), ones, ones, bn_param)

    assert out.dtype == bn_param["running_mean"].dtype == bn_param["running_var"].dtype == np.float32


def test_an_empty_batch_can_be_tested_but_not_trained_on():
    empty = np.zeros((0, 2))
    message = "`x` must hold at least one example (got shape (0, 2)). Skip empty batches."

    assert normalize(empty, mode="test").shape == (0, 2)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        normalize(empty, mode="train")


@pytest.mark.parametrize(("bn_param", "got"), [({"mode": "eval"}, "'eval'"), ({}, "None")])
def test_the_mode_must_be_train_or_test(bn_param, got):
    message = (
        f"`bn_param['mode']` must be 'train' or 'test' (got {got}). "
        "Training normalizes by the batch, testing by the running averages."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        normalize(np.ones((2, 3)), **bn_param)


@pytest.mark.parametrize(
    ("x", "gamma", "beta", "message"),
    [
        ((2, 3, 1), (3,), (3,), "`x` must have the axes (N, D) (got shape (2, 3, 1)). Reshape it first."),
        (
            (2, 3),
            (1, 3),
            (3,),
            "`gamma` must have shape (3,) (got (1, 3)). There is one scale for each feature.",
        ),
        ((2, 3), (3,), (2,), "`beta` must have shape (3,) (got (2,)). There is one shift for each feature."),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(x, gamma, beta, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        batchnorm_forward(np.ones(x), np.ones(gamma), np.ones(beta), {"mode": "train"})


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("key", ["running_mean", "running_var"])
def test_the_running_averages_of_another_layer_are_refused(mode, key):
    message = f"`bn_param['{key}']` must have shape (3,) (got (5,)). Keep one `bn_param` for each layer."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        normalize(np.ones((2, 3)), **{"mode": mode, key: np.ones(5)})


@both_backwards
def test_there_is_no_way_back_through_test_mode(backward):
    _, cache = batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), {"mode": "test"})
    message = "`cache` must come from 'train' mode (got None). Set bn_param['mode'] before the forward pass."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        backward(np.ones((2, 3)), cache)


@generated
@given(batches)
def test_the_identity_is_recovered_by_the_deviation_for_scale_and_the_mean_for_shift(batch):
    N, D, eps = batch
    x = spread_out(N, D)
    mean, deviation = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
    averages = {"running_mean": mean, "running_var": x.var(axis=0)}

    trained, _ = batchnorm_forward(x, deviation, mean, {"mode": "train", "eps": eps})
    tested, _ = batchnorm_forward(x, deviation, mean, {"mode": "test", "eps": eps, **averages})
    scale, shift = fold_batchnorm(deviation, mean, mean, x.var(axis=0), eps)

    np.testing.assert_allclose(trained, x, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(tested, x, rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(scale, 1)
    np.testing.assert_array_equal(shift, 0)


def test_population_statistics_of_two_batches_are_those_by_hand():
    # {0, 2} and {4, 10}; {1, 1} and {1, 7}
    batch_means, batch_variances = np.array([[1.0, 1.0], [7.0, 4.0]]), np.array([[1.0, 0.0], [9.0, 9.0]])

    mean, var = population_statistics(batch_means, batch_variances, 2)

    np.testing.assert_array_equal(mean, [4.0, 2.5])
    np.testing.assert_array_equal(var, [2 / 1 * 5.0, 2 / 1 * 4.5])


@pytest.mark.parametrize("m", [2, 3, 4])
def test_population_statistics_are_right_on_average_over_all_batches_that_can_be_drawn(m):
    population = np.array([[0.0, 3.0], [1.0, -2.0], [8.0, 5.0]])
    drawn = np.array(list(itertools.product(population, repeat=m)))  # (3**m, m, 2), each batch equally likely

    mean, var = population_statistics(drawn.mean(axis=1), drawn.var(axis=1), m)

    np.testing.assert_allclose(mean, population.mean(axis=0))
    np.testing.assert_allclose(var, population.var(axis=0))


def test_population_statistics_keep_float32_and_take_integers():
    ones = np.ones((2, 3), np.float32)

    of_floats = population_statistics(ones, ones, np.int64(4))
    of_integers = population_statistics(ones.astype(int), ones.astype(int), 4)

    assert {array.dtype for array in of_floats} == {np.dtype(np.float32)}
    assert {array.dtype for array in of_integers} == {np.dtype(np.float64)}


@pytest.mark.parametrize(("m", "error"), [(1, ValueError), (0, ValueError), (2.5, TypeError), (None, TypeError)])
def test_a_batch_of_less_than_two_has_no_variance_to_estimate_from(m, error):
    message = f"`m` must be an integer of at least 2 (got {m}). A single number says nothing about the variance."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        population_statistics(np.ones((2, 3)), np.ones((2, 3)), m)


@pytest.mark.parametrize(
    ("means", "variances", "message"),
    [
        ((3,), (3,), "`batch_means` must have the axes (B, D) (got shape (3,)). Reshape it first."),
        ((2, 3), (3,), "`batch_variances` must have shape (2, 3) (got (3,)). Every mean has its variance."),
        (
            (0, 3),
            (0, 3),
            "`batch_means` must hold at least one batch (got shape (0, 3)). "
            "Collect the statistics of some training batches first.",
        ),
    ],
)
def test_statistics_that_do_not_belong_together_are_refused(means, variances, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        population_statistics(np.ones(means), np.ones(variances), 4)


@generated
@given(batches)
def test_the_folded_map_gives_the_output_of_test_mode(batch):
    N, D, eps = batch
    x, gamma, beta = draw_arrays(N, D)
    mean, var = spread_out(D, seed=3), spread_out(D, seed=4) ** 2
    bn_param = {"mode": "test", "eps": eps, "running_mean": mean, "running_var": var}

    scale, shift = fold_batchnorm(gamma, beta, mean, var, eps)

    expected, _ = batchnorm_forward(x, gamma, beta, bn_param)
    largest = np.abs(scale * x).max() + np.abs(scale * mean).max() + np.abs(beta).max()
    np.testing.assert_allclose(scale * x + shift, expected, rtol=0, atol=4 * np.finfo(float).eps * largest)


def test_the_layer_before_can_take_batch_normalization_in():
    x, w, b = spread_out(4, 3), spread_out(3, 2, seed=1), spread_out(2, seed=2)
    gamma, beta, mean, var = np.array([2.0, -3.0]), np.array([0.5, 7.0]), np.array([1.0, 4.0]), np.array([9.0, 0.1])
    bn_param = {"mode": "test", "running_mean": mean, "running_var": var}
    expected, _ = batchnorm_forward(affine_forward(x, w, b)[0], gamma, beta, bn_param)

    scale, shift = fold_batchnorm(gamma, beta, mean, var)
    out, _ = affine_forward(x, w * scale, b * scale + shift)

    np.testing.assert_allclose(out, expected, rtol=1e-13)


def test_folding_keeps_float32_and_its_arguments():
    arrays = [np.full(2, fill, np.float32) for fill in (1, 2, 3, 4)]

    folded = fold_batchnorm(*arrays, eps=np.float64(1e-5))

    assert {array.dtype for array in folded} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(arrays, [[1, 1], [2, 2], [3, 3], [4, 4]])


@pytest.mark.parametrize("name", ["beta", "mean", "var"])
def test_statistics_of_another_layer_are_not_folded(name):
    arrays = dict.fromkeys(["gamma", "beta", "mean", "var"], np.ones(3)) | {name: np.ones((1, 3))}
    message = f"`{name}` must have shape (3,) (got (1, 3)). There is one for each scale in `gamma`."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fold_batchnorm(**arrays)


def test_scales_that_are_no_row_are_not_folded():
    message = "`gamma` must have the axes (D) (got shape (1, 3)). Reshape it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fold_batchnorm(*np.ones((4, 1, 3)))


@pytest.mark.parametrize(
    ("function", "name", "others"), [(population_statistics, "batch_means", 2), (fold_batchnorm, "gamma", 3)]
)
def test_statistics_must_hold_real_numbers(function, name, others):
    message = f"`{name}` must hold real numbers (got dtype complex128). Pass floats or integers."

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        function(np.ones(3, complex), *[np.ones(3)] * others)
