"""What all the layers promise about dtypes, memory and their arguments."""

import inspect
import re

import numpy as np
import pytest
from layer_inputs import LAYERS, spread_out

from cs231n_lib import layers

every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@every_layer
def test_a_forward_pass_leaves_its_arguments_alone(layer):
    arrays = layer.arrays()

    layer.run(arrays)

    for given, expected in zip(arrays, layer.arrays(), strict=True):
        np.testing.assert_array_equal(given, expected)


@every_layer
def test_a_backward_pass_leaves_the_upstream_gradient_and_the_cache_alone(layer):
    out, cache = layer.run(layer.arrays())
    dout = spread_out(*out.shape)

    first = layer.backward(dout, cache)
    second = layer.backward(dout, cache)

    np.testing.assert_array_equal(dout, spread_out(*out.shape))
    for once, again in zip(first, second, strict=True):
        np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool", "stochastic_pool", "conv_transpose"])
def test_the_parameters_of_a_window_are_left_alone(name):
    layer = LAYERS[name]
    params = dict(layer.params)

    out, cache = layer.forward(*layer.arrays(), params)
    layer.backward(np.ones_like(out), cache)

    assert params == layer.params


@every_layer
def test_no_result_shares_memory_with_an_argument(layer):
    arrays = layer.arrays()

    out, cache = layer.run(arrays)
    dout = np.ones_like(out)
    grads = layer.backward(dout, cache)

    for result in (out, *(grads if isinstance(grads, tuple) else (grads,))):
        assert not any(np.shares_memory(result, given) for given in (*arrays, dout))


@every_layer
def test_float32_stays_float32(layer):
    arrays = layer.arrays(np.float32)

    out, _ = layer.run(arrays)
    grads = layer.gradients(arrays, np.float32)

    assert {result.dtype for result in (out, *grads)} == {np.dtype(np.float32)}


@every_layer
def test_float32_and_float64_agree(layer):
    out, _ = layer.run(layer.arrays(np.float32))

    np.testing.assert_allclose(out, layer.run(layer.arrays())[0], rtol=1e-5, atol=1e-5)


@every_layer
def test_integers_give_the_float64_result_of_the_same_floats(layer):
    out, _ = layer.run(layer.arrays(np.int64))
    grads = layer.gradients(layer.arrays(np.int64))

    assert out.dtype == np.float64
    np.testing.assert_array_equal(out, layer.run(layer.arrays())[0])
    for grad, expected in zip(grads, layer.gradients(layer.arrays()), strict=True):
        assert grad.dtype == np.float64
        np.testing.assert_array_equal(grad, expected)


@every_layer
def test_integer_parameters_do_not_turn_float32_into_float64(layer):
    x, *parameters = layer.arrays(np.float32)

    out, _ = layer.run([x, *(array.astype(np.int64) for array in parameters)])

    assert out.dtype == np.float32


@every_layer
@pytest.mark.parametrize(
    "laid_out",
    [np.asfortranarray, lambda a: np.repeat(a, 2, axis=-1)[..., ::2], lambda a: a[::-1].copy()[::-1]],
    ids=["Fortran order", "every other number", "backwards"],
)
def test_the_memory_layout_does_not_matter(layer, laid_out):
    arrays = [laid_out(array) for array in layer.arrays()]

    out, _ = layer.run(arrays)
    grads = layer.gradients(arrays)

    np.testing.assert_allclose(out, layer.run(layer.arrays())[0], rtol=1e-12, atol=1e-12)
    for grad, expected in zip(grads, layer.gradients(layer.arrays()), strict=True):
        np.testing.assert_allclose(grad, expected, rtol=1e-12, atol=1e-12)


@every_layer
def test_each_gradient_has_the_shape_of_its_argument(layer):
    grads = layer.gradients(layer.arrays())

    assert [grad.shape for grad in grads] == list(layer.shapes.values())


@every_layer
def test_an_upstream_gradient_of_another_shape_is_refused(layer):
    out, cache = layer.run(layer.arrays())
    message = (
        f"`dout` must have shape {out.shape} (got (1, {', '.join(map(str, out.shape))})). "
        f"It has the shape of the output of `{layer.forward.__name__}`."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        layer.backward(np.ones((1, *out.shape)), cache)


@every_layer
def test_every_argument_must_hold_real_numbers(layer):
    for k, name in enumerate(layer.shapes):
        arrays = layer.arrays()
        arrays[k] = arrays[k].astype(complex)
        message = f"`{name}` must hold real numbers (got dtype complex128). Pass floats or integers."

        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            layer.run(arrays)


def test_an_upstream_gradient_of_words_is_refused():
    _, cache = layers.relu_forward(np.ones(2))

    with pytest.raises(TypeError, match=r"^`dout` must hold real numbers \(got dtype <U3\)\. Pass floats or int"):
        layers.relu_backward(np.array(["one", "two"]), cache)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("affine_forward", ["x", "w", "b"]),
        ("affine_backward", ["dout", "cache"]),
        ("relu_forward", ["x"]),
        ("relu_backward", ["dout", "cache"]),
        ("sigmoid_forward", ["x"]),
        ("sigmoid_backward", ["dout", "cache"]),
        ("tanh_forward", ["x"]),
        ("tanh_backward", ["dout", "cache"]),
        ("leaky_relu_forward", ["x", "alpha"]),
        ("leaky_relu_backward", ["dout", "cache"]),
        ("elu_forward", ["x", "alpha"]),
        ("elu_backward", ["dout", "cache"]),
        ("svm_loss", ["x", "y"]),
        ("softmax_loss", ["x", "y"]),
        ("batchnorm_forward", ["x", "gamma", "beta", "bn_param"]),
        ("batchnorm_backward", ["dout", "cache"]),
        ("batchnorm_backward_alt", ["dout", "cache"]),
        ("population_statistics", ["batch_means", "batch_variances", "m"]),
        ("fold_batchnorm", ["gamma", "beta", "mean", "var", "eps"]),
        ("layernorm_forward", ["x", "gamma", "beta", "ln_param"]),
        ("layernorm_backward", ["dout", "cache"]),
        ("instancenorm_forward", ["x", "gamma", "beta", "in_param"]),
        ("instancenorm_backward", ["dout", "cache"]),
        ("spatial_batchnorm_forward", ["x", "gamma", "beta", "bn_param"]),
        ("spatial_batchnorm_backward", ["dout", "cache"]),
        ("spatial_groupnorm_forward", ["x", "gamma", "beta", "G", "gn_param"]),
        ("spatial_groupnorm_backward", ["dout", "cache"]),
        ("dropout_forward", ["x", "dropout_param"]),
        ("dropout_backward", ["dout", "cache"]),
        ("conv_forward_naive", ["x", "w", "b", "conv_param"]),
        ("conv_backward_naive", ["dout", "cache"]),
        ("max_pool_forward_naive", ["x", "pool_param"]),
        ("max_pool_backward_naive", ["dout", "cache"]),
        ("max_pool_places", ["x", "pool_param"]),
        ("avg_pool_forward", ["x", "pool_param"]),
        ("avg_pool_backward", ["dout", "cache"]),
        ("global_avg_pool_forward", ["x"]),
        ("global_avg_pool_backward", ["dout", "cache"]),
        ("stochastic_pool_forward", ["x", "pool_param"]),
        ("stochastic_pool_backward", ["dout", "cache"]),
        ("kmax_pool_forward", ["x", "k"]),
        ("kmax_pool_backward", ["dout", "cache"]),
        ("conv_transpose_forward", ["x", "w", "b", "conv_param"]),
        ("conv_transpose_backward", ["dout", "cache"]),
        ("max_unpool_forward", ["x", "places", "output_size"]),
        ("max_unpool_backward", ["dout", "cache"]),
        ("im2col", ["x", "HH", "WW", "conv_param"]),
        ("col2im", ["cols", "x_shape", "HH", "WW", "conv_param"]),
    ],
)
def test_the_agreed_names_and_arguments_are_kept(name, arguments):
    function = getattr(layers, name)

    assert list(inspect.signature(function).parameters) == arguments
    assert name in layers.__all__


@pytest.mark.parametrize(
    ("name", "kept"), [("affine", 3), ("conv", 4), ("conv_transpose", 4), ("max_pool", 2), ("avg_pool", 2)]
)
def test_the_cache_holds_the_arguments_in_their_order(name, kept):
    layer = LAYERS[name]
    arguments = (*layer.arrays(), *([dict(layer.params)] if layer.params else []))

    _, cache = layer.forward(*arguments)

    assert len(cache) == kept
    assert all(held is given for held, given in zip(cache, arguments, strict=True))


def test_the_cache_of_relu_is_its_input():
    x = spread_out(3, 4)

    _, cache = layers.relu_forward(x)

    assert cache is x
