# ruff: noqa: NPY002 - the networks follow NumPy's global generator

import inspect
import re

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib import layer_utils, layers
from cs231n_lib.classifiers import fc_net
from cs231n_lib.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n_lib.gradient_check import eval_numerical_gradient

NORMALIZATIONS = [None, "batchnorm", "layernorm"]
X, Y = spread_out(6, 2, 3), np.array([0, 3, 1, 1, 2, 0])


@pytest.fixture(autouse=True)
def _seeded(tmp_path, monkeypatch):
    """Start at the same place of the global generator, in an empty folder."""
    before = np.random.get_state()
    np.random.seed(231)
    monkeypatch.chdir(tmp_path)
    yield
    np.random.set_state(before)


def two_layers(**options):
    return TwoLayerNet(**{"input_dim": 6, "hidden_dim": 5, "num_classes": 4, "weight_scale": 0.5} | options)


def deep(**options):
    defaults = {"input_dim": 6, "num_classes": 4, "weight_scale": 0.5, "dtype": np.float64}
    return FullyConnectedNet([5, 7], **defaults | options)


NETWORKS = {
    "two layers": two_layers,
    "deep": deep,
    "batchnorm": lambda **options: deep(normalization="batchnorm", **options),
    "layernorm": lambda **options: deep(normalization="layernorm", **options),
    "dropout": lambda **options: deep(dropout_keep_ratio=0.6, seed=3, **options),
}
every_network = pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)


def shapes(network):
    return {name: array.shape for name, array in network.params.items()}


def test_the_official_arguments_have_the_official_defaults():
    two = inspect.signature(TwoLayerNet).parameters
    deep = inspect.signature(FullyConnectedNet).parameters

    assert {name: parameter.default for name, parameter in two.items()} == {
        "input_dim": 3072,
        "hidden_dim": 100,
        "num_classes": 10,
        "weight_scale": 1e-3,
        "reg": 0.0,
    }
    assert {name: parameter.default for name, parameter in deep.items()} == {
        "hidden_dims": inspect.Parameter.empty,
        "input_dim": 3072,
        "num_classes": 10,
        "dropout_keep_ratio": 1,
        "normalization": None,
        "reg": 0.0,
        "weight_scale": 1e-2,
        "dtype": np.float32,
        "seed": None,
    }


def test_the_parameters_of_two_layers_have_the_official_names_and_shapes():
    assert shapes(two_layers()) == {"W1": (6, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)}


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_the_parameters_of_a_deep_network_have_the_official_names_and_shapes(normalization):
    expected = {"W1": (6, 5), "b1": (5,), "W2": (5, 7), "b2": (7,), "W3": (7, 4), "b3": (4,)}
    if normalization:
        expected |= {"gamma1": (5,), "beta1": (5,), "gamma2": (7,), "beta2": (7,)}

    network = deep(normalization=normalization)

    assert shapes(network) == expected
    assert {array.dtype for array in network.params.values()} == {np.dtype(float)}
    assert all((network.params[name] == 0).all() for name in expected if name.startswith("b"))
    assert all((network.params[name] == 1).all() for name in expected if name.startswith("gamma"))


def test_the_official_attributes_are_there():
    network = deep(dropout_keep_ratio=0.25, normalization="batchnorm", reg=0.5, seed=9)

    assert (network.normalization, network.use_dropout, network.reg, network.num_layers) == (
        "batchnorm",
        True,
        0.5,
        3,
    )
    assert network.dropout_param == {"mode": "train", "p": 0.25, "seed": 9}
    assert network.bn_params == [{"mode": "train"}, {"mode": "train"}]
    assert (deep().use_dropout, deep().dropout_param, deep().bn_params) == (False, {}, [])
    assert deep(normalization="layernorm").bn_params == [{}, {}]
    assert "seed" not in deep(dropout_keep_ratio=0.25).dropout_param


def test_weights_are_drawn_from_the_global_generator_in_the_order_of_the_layers():
    network = deep(normalization="batchnorm", weight_scale=0.01)

    np.random.seed(231)
    for name, shape in (("W1", (6, 5)), ("W2", (5, 7)), ("W3", (7, 4))):
        np.testing.assert_array_equal(network.params[name], 0.01 * np.random.randn(*shape))


@every_network
@pytest.mark.parametrize("reg", [0.0, 3.14])
def test_the_gradients_are_the_numeric_ones(make, reg):
    network = make(reg=reg)

    _, grads = network.loss(X, Y)

    assert grads.keys() == network.params.keys()
    for name, grad in grads.items():  # through the live parameters, as the notebooks do
        numeric = eval_numerical_gradient(lambda _: network.loss(X, Y)[0], network.params[name], verbose=False)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-7)


@every_network
def test_the_penalty_is_half_the_squares_of_the_weights_alone(make):
    network = make()
    for array in network.params.values():
        array += 0.1
    without, grads = network.loss(X, Y)

    network.reg = 3.0
    loss, penalized = network.loss(X, Y)

    weights = [name for name in network.params if name.startswith("W")]
    np.testing.assert_allclose(loss - without, 1.5 * sum((network.params[name] ** 2).sum() for name in weights))
    for name in network.params:
        slope = 3.0 * network.params[name] if name in weights else 0
        np.testing.assert_allclose(penalized[name] - grads[name], slope, atol=1e-12)


@every_network
def test_a_loss_leaves_its_arguments_and_the_parameters_alone(make):
    network, x, y = make(reg=1.0), X.copy(), Y.copy()
    before = {name: array.copy() for name, array in network.params.items()}

    network.loss(x, y)

    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    for name, array in before.items():
        np.testing.assert_array_equal(network.params[name], array)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("keep", [1, 0.5])
def test_a_float32_network_computes_in_float32(normalization, keep):
    network = deep(normalization=normalization, dropout_keep_ratio=keep, dtype=np.float32, reg=np.float64(0.1))

    loss, grads = network.loss(X, Y)

    assert {array.dtype for array in grads.values()} == {np.dtype(np.float32)}
    assert loss.dtype == network.loss(X).dtype == np.float32


def test_integer_images_are_taken_for_floats():
    images = np.arange(36, dtype=np.uint8).reshape(6, 6)

    for network in (two_layers(), deep()):
        np.testing.assert_array_equal(network.loss(images), network.loss(images.astype(float)))


def test_the_scores_of_two_layers_follow_from_the_formula():
    network = two_layers()
    p = network.params
    p["b1"][:], p["b2"][:] = 0.3, -0.2

    scores = network.loss(X)

    hidden = np.maximum(0, X.reshape(6, 6) @ p["W1"] + 0.3)
    np.testing.assert_allclose(scores, hidden @ p["W2"] - 0.2)


def test_normalization_comes_before_relu_and_dropout_after_it():
    """Without a shift, each hidden feature is positive for some examples and cut off for others, then dropped."""
    network = deep(normalization="batchnorm", dropout_keep_ratio=0.5, seed=3)
    p = network.params
    out = X.reshape(6, 6)
    for layer in (1, 2):
        a = out @ p[f"W{layer}"]
        normal = (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + 1e-5)
        np.random.seed(3)
        out = np.maximum(0, normal) * (np.random.rand(*a.shape) < 0.5) / 0.5
    expected, _ = layers.softmax_loss(out @ p["W3"], Y)

    loss, _ = network.loss(X, Y)

    np.testing.assert_allclose(loss, expected)


def test_scores_come_from_test_mode():
    network = deep(normalization="batchnorm", dropout_keep_ratio=0.5)
    network.loss(X, Y)
    averages = [dict(param) for param in network.bn_params]

    first, second = network.loss(X), network.loss(X)

    np.testing.assert_array_equal(first, second)
    assert network.dropout_param["mode"] == network.bn_params[0]["mode"] == "test"
    for before, after in zip(averages, network.bn_params, strict=True):
        np.testing.assert_array_equal(before["running_mean"], after["running_mean"])


def test_the_score_of_an_example_does_not_depend_on_its_company():
    network = deep(normalization="batchnorm")
    network.loss(X, Y)

    np.testing.assert_allclose(network.loss(X[:1]), network.loss(X)[:1])


def test_a_network_without_hidden_layers_is_a_linear_classifier():
    network = FullyConnectedNet([], input_dim=6, num_classes=4, weight_scale=0.5, dtype=np.float64)

    np.testing.assert_allclose(network.loss(X), X.reshape(6, 6) @ network.params["W1"])


def test_an_unknown_normalization_is_refused():
    message = (
        "`normalization` must be 'batchnorm', 'layernorm' or None (got 'groupnorm'). "
        "Group normalization is for images."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        deep(normalization="groupnorm")


@every_network
def test_a_saved_network_comes_back(make, capsys):
    network, other = make(), make()
    network.loss(X, Y)

    network.save("best.npy")
    found = other.load("best.npy")

    assert found is True
    np.testing.assert_array_equal(other.loss(X), network.loss(X))
    assert capsys.readouterr().out == "best.npy saved.\nbest.npy loaded.\n"


def test_a_file_that_is_not_there_is_not_loaded():
    network = two_layers()

    assert network.load("best.npy") is False
    assert shapes(network) == shapes(two_layers())


def test_the_file_of_another_network_is_refused():
    two_layers().save("best.npy")
    message = (
        "`fname` must hold the parameters W1, b1, W2, b2, W3, b3 (got 'best.npy' with W1, b1, W2, b2). "
        "Load it into a model made like the one that saved it."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        deep().load("best.npy")


def test_a_star_import_brings_all_the_layers_and_sandwiches():
    names = {}

    exec("from cs231n_lib.classifiers.fc_net import *", names)  # noqa: S102 - as the notebooks do

    sandwiches = {name for name in vars(layer_utils) if name.endswith(("_forward", "_backward"))}
    assert {"TwoLayerNet", "FullyConnectedNet", *layers.__all__, *sandwiches} <= names.keys()
    assert not {"time", "plt", "data", "Solver"} & names.keys()
    assert names["np"] is np
    assert not hasattr(fc_net, "__all__")
