import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib import fast_layers, layers

NAMES = ["batchnorm", "spatial_batchnorm"]
every_name = pytest.mark.parametrize("name", NAMES)


def run(where, name, suffix, arrays, bn_param):
    """Return the output and the gradients."""
    out, cache = getattr(where, f"{name}_forward{suffix}")(*arrays, bn_param)
    return out, *getattr(where, f"{name}_backward{suffix}")(spread_out(*out.shape, seed=3).astype(out.dtype), cache)


def arrays_of(name, N, D, pixels=(2, 3), dtype=float):
    shape = (N, D) if name == "batchnorm" else (N, D, *pixels)
    return [spread_out(*s, seed=k).astype(dtype) for k, s in enumerate((shape, (D,), (D,)))]


def assert_same(results, expected, tolerance=1e-9):
    for ours, theirs in zip(results, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@every_name
@generated
@given(st.integers(1, 6), st.integers(1, 4), st.sampled_from([1e-5, 0.1]), st.sampled_from([0.5, 0.9]))
def test_fast_normalization_in_training_is_the_plain_one(name, N, D, eps, momentum):
    arrays = arrays_of(name, N, D)
    fast, plain = ({"mode": "train", "eps": eps, "momentum": momentum} for _ in range(2))

    results = run(fast_layers, name, "_fast", arrays, fast)

    assert_same(results, run(layers, name, "", arrays, plain))
    assert fast.keys() == plain.keys()
    assert_same((fast["running_mean"], fast["running_var"]), (plain["running_mean"], plain["running_var"]))


@every_name
def test_fast_normalization_in_testing_is_the_plain_one(name):
    arrays = arrays_of(name, 3, 4)
    bn_param = {"mode": "test", "running_mean": spread_out(4, seed=4), "running_var": spread_out(4, seed=5) ** 2}

    out, cache = getattr(fast_layers, f"{name}_forward_fast")(*arrays, bn_param)

    assert cache is None
    np.testing.assert_allclose(out, getattr(layers, f"{name}_forward")(*arrays, bn_param)[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "N", "D", "pixels"), [("batchnorm", 500, 700, ()), ("spatial_batchnorm", 9, 8, (60, 61))]
)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-3)])
def test_a_batch_of_many_blocks_is_normalized_as_one(name, N, D, pixels, dtype, tolerance):
    arrays = [array / np.abs(array).max() for array in arrays_of(name, N, D, pixels)]

    results = run(fast_layers, name, "_fast", [array.astype(dtype) for array in arrays], {"mode": "train"})

    for ours, theirs in zip(results, run(layers, name, "", arrays, {"mode": "train"}), strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * np.abs(theirs).max())


@every_name
def test_a_large_mean_costs_no_digits_of_the_variance(name):
    arrays = arrays_of(name, 6, 2)
    arrays[0] = arrays[0] + 1e6
    bn_param = {"mode": "train", "momentum": 0.0}

    getattr(fast_layers, f"{name}_forward_fast")(*arrays, bn_param)

    axes = (0,) if name == "batchnorm" else (0, 2, 3)
    np.testing.assert_allclose(bn_param["running_var"], arrays[0].var(axis=axes), rtol=1e-8)


@every_name
def test_a_constant_feature_becomes_its_shift(name):
    x, gamma, beta = arrays_of(name, 4, 3)

    out, _ = getattr(fast_layers, f"{name}_forward_fast")(np.full_like(x, 0.1), gamma, beta, {"mode": "train"})

    np.testing.assert_allclose(out, np.broadcast_to(beta.reshape(-1, *(1,) * (x.ndim - 2)), x.shape), atol=1e-12)


@every_name
def test_an_empty_batch_may_be_tested(name):
    x, gamma, beta = arrays_of(name, 0, 3)

    out, _ = getattr(fast_layers, f"{name}_forward_fast")(x, gamma, beta, {"mode": "test"})

    assert out.shape == x.shape
