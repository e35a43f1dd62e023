"""A convolution into which its normalization was folded."""

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib.layers import conv_forward_naive, fold_into_convolution, spatial_batchnorm_forward

F = 3
W, B = spread_out(F, 2, 3, 2, seed=1), spread_out(F, seed=2)
GAMMA, BETA, MEAN = (spread_out(F, seed=seed) for seed in (3, 4, 5))
VAR = spread_out(F, seed=6) ** 2 + 0.1


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1), (1, 2)])
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_one_convolution_does_what_both_layers_did(stride, pad, eps):
    x, conv_param = spread_out(2, 2, 5, 6), {"stride": stride, "pad": pad}
    bn_param = {"mode": "test", "running_mean": MEAN, "running_var": VAR, "eps": eps}
    between, _ = conv_forward_naive(x, W, B, conv_param)
    expected, _ = spatial_batchnorm_forward(between, GAMMA, BETA, bn_param)

    w, b = fold_into_convolution(W, B, GAMMA, BETA, MEAN, VAR, eps)

    np.testing.assert_allclose(conv_forward_naive(x, w, b, conv_param)[0], expected, rtol=1e-10, atol=1e-12)


def test_a_normalization_that_undoes_itself_leaves_the_convolution_as_it_is():
    w, b = fold_into_convolution(W, B, np.sqrt(VAR), MEAN, MEAN, VAR, eps=0.0)

    np.testing.assert_allclose(w, W)
    np.testing.assert_allclose(b, B)


def test_the_arguments_are_left_alone_and_share_no_memory_with_the_result():
    arrays = (W, B, GAMMA, BETA, MEAN, VAR)
    before = [array.copy() for array in arrays]

    results = fold_into_convolution(*arrays)

    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(result, array) for result in results)


def test_single_precision_stays_single_whatever_epsilon_is():
    arrays = (array.astype(np.float32) for array in (W, B, GAMMA, BETA, MEAN, VAR))

    results = fold_into_convolution(*arrays, eps=np.float64(1e-5))

    assert {result.dtype for result in results} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"w": W[0]}, r"^`w` must have the axes \(F, C, HH, WW\) \(got shape \(2, 3, 2\)\)\. Reshape it first\.$"),
        ({"b": B[:2]}, r"^`b` must have shape \(3,\) \(got \(2,\)\)\. There is one for each filter in `w`\.$"),
        ({"gamma": GAMMA[:2]}, r"^`gamma` must have shape \(3,\) \(got \(2,\)\)\. There is one for each filter in"),
        (
            {"mean": MEAN[:2]},
            r"^`mean` must have shape \(3,\) \(got \(2,\)\)\. There is one for each scale in `gamma`",
        ),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(changed, message):
    arrays = {"w": W, "b": B, "gamma": GAMMA, "beta": BETA, "mean": MEAN, "var": VAR} | changed

    with pytest.raises(ValueError, match=message):
        fold_into_convolution(**arrays)


def test_words_are_refused():
    with pytest.raises(TypeError, match=r"^`b` must hold real numbers"):
        fold_into_convolution(W, np.array(["a", "b", "c"]), GAMMA, BETA, MEAN, VAR)
