# ruff: noqa: NPY002 - the networks follow NumPy's global generator

import inspect
import re

import numpy as np
import pytest
from layer_inputs import spread_out
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from cs231n_lib import fast_layers, layer_utils, layers
from cs231n_lib.classifiers.all_conv import AllConvNet
from cs231n_lib.classifiers.cnn import ThreeLayerConvNet
from cs231n_lib.gradient_check import eval_numerical_gradient
from cs231n_lib.solver import Solver

X, Y = spread_out(3, 2, 6, 4) / 10, np.array([0, 3, 1])


@pytest.fixture(autouse=True)
def _seeded(tmp_path, monkeypatch):
    """Start at the same place of the global generator, in an empty folder."""
    before = np.random.get_state()
    np.random.seed(231)
    monkeypatch.chdir(tmp_path)
    yield
    np.random.set_state(before)


def three_layers(**options):
    defaults = {"input_dim": (2, 6, 4), "num_filters": 3, "filter_size": 3, "hidden_dim": 5, "num_classes": 4}
    return ThreeLayerConvNet(**defaults | {"weight_scale": 0.3, "dtype": np.float64} | options)


def all_conv(**options):
    return AllConvNet(**{"num_filters": (3, 2), "input_channels": 2, "num_classes": 4, "dtype": np.float64} | options)


every_network = pytest.mark.parametrize("make", [three_layers, all_conv])


def shapes(network):
    return {name: array.shape for name, array in network.params.items()}


def test_the_official_arguments_have_the_official_defaults():
    parameters = inspect.signature(ThreeLayerConvNet).parameters

    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "input_dim": (3, 32, 32),
        "num_filters": 32,
        "filter_size": 7,
        "hidden_dim": 100,
        "num_classes": 10,
        "weight_scale": 1e-3,
        "reg": 0.0,
        "dtype": np.float32,
    }


def test_the_parameters_of_three_layers_have_the_official_names_and_shapes():
    network = ThreeLayerConvNet()

    assert shapes(network) == {
        "W1": (32, 3, 7, 7),
        "b1": (32,),
        "W2": (32 * 16 * 16, 100),
        "b2": (100,),
        "W3": (100, 10),
        "b3": (10,),
    }
    assert {array.dtype for array in network.params.values()} == {np.dtype(np.float32)}


def test_weights_are_drawn_from_the_global_generator_in_the_order_of_the_layers():
    network = three_layers(weight_scale=0.01)

    np.random.seed(231)
    for name, shape in (("W1", (3, 2, 3, 3)), ("W2", (18, 5)), ("W3", (5, 4))):
        np.testing.assert_array_equal(network.params[name], 0.01 * np.random.randn(*shape))
        assert (network.params[name.replace("W", "b")] == 0).all()


def test_the_parameters_of_the_all_convolutional_network():
    network = AllConvNet(num_filters=(4, 6), input_channels=1)

    norms = {f"{kind}{layer}": (F,) for layer, F in ((1, 4), (2, 4), (3, 6), (4, 6)) for kind in ("gamma", "beta")}
    biases = {"b1": (4,), "b2": (4,), "b3": (6,), "b4": (6,), "b5": (10,)}
    weights = {"W1": (4, 1, 3, 3), "W2": (4, 4, 3, 3), "W3": (6, 4, 3, 3), "W4": (6, 6, 3, 3), "W5": (10, 6, 1, 1)}
    assert shapes(network) == norms | biases | weights
    assert {array.dtype for array in network.params.values()} == {np.dtype(np.float32)}


def test_filters_are_as_large_as_he_wants_them():
    network = AllConvNet(num_filters=(64,), input_channels=16)

    np.testing.assert_allclose(network.params["W1"].std(), np.sqrt(2 / (16 * 9)), rtol=0.05)
    np.testing.assert_allclose(network.params["W3"].std(), np.sqrt(2 / 64), rtol=0.05)


@every_network
def test_the_gradients_are_the_numeric_ones(make):
    network = make(reg=0.5)

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
    without, _ = network.loss(X, Y)

    network.reg = 3.0
    loss, _ = network.loss(X, Y)

    squares = sum((array**2).sum() for name, array in network.params.items() if name.startswith("W"))
    np.testing.assert_allclose(loss - without, 1.5 * squares)


@every_network
def test_a_loss_leaves_its_arguments_and_the_parameters_alone(make):
    network, x, y = make(reg=1.0), X.copy(), Y.copy()
    before = {name: array.copy() for name, array in network.params.items()}

    network.loss(x, y)

    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    for name, array in before.items():
        np.testing.assert_array_equal(network.params[name], array)


@every_network
def test_a_float32_network_computes_float32_images_in_float32(make):
    network = make(dtype=np.float32, reg=np.float64(0.1))

    loss, grads = network.loss(X.astype(np.float32), Y)

    assert {array.dtype for array in grads.values()} == {np.dtype(np.float32)}
    assert loss.dtype == network.loss(X.astype(np.float32)).dtype == np.float32


def test_three_layers_do_not_cast_images_but_the_all_convolutional_network_does():
    assert three_layers(dtype=np.float32).loss(X).dtype == np.float64
    assert all_conv(dtype=np.float32).loss(X).dtype == np.float32


def test_the_scores_of_three_layers_are_those_of_the_layers_in_turn():
    network = three_layers()
    p = network.params
    for name in ("b1", "b2", "b3"):
        p[name] += 0.2

    scores = network.loss(X)

    images = np.maximum(0, layers.conv_forward_naive(X, p["W1"], p["b1"], {"stride": 1, "pad": 1})[0])
    pooled = images.reshape(3, 3, 3, 2, 2, 2).max(axis=(3, 5))
    hidden = np.maximum(0, pooled.reshape(3, -1) @ p["W2"] + p["b2"])
    np.testing.assert_allclose(scores, hidden @ p["W3"] + p["b3"])


def test_an_odd_row_and_column_are_left_out_by_pooling():
    network = three_layers(input_dim=(2, 7, 5))

    assert network.params["W2"].shape == (3 * 3 * 2, 5)
    assert network.loss(spread_out(2, 2, 7, 5)).shape == (2, 4)


def test_a_filter_without_a_middle_is_refused():
    message = "`filter_size` must be odd (got 4). A filter with a middle keeps the size of the image."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ThreeLayerConvNet(filter_size=4)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (9, 5), (16, 8)])
def test_the_all_convolutional_network_takes_images_of_any_size(size):
    loss, grads = all_conv().loss(spread_out(3, 2, *size), Y)

    assert np.isfinite(loss)
    assert all(np.isfinite(grad).all() for grad in grads.values())


def test_scores_come_from_test_mode():
    network = all_conv()
    network.loss(X, Y)

    np.testing.assert_allclose(network.loss(X[:1]), network.loss(X)[:1])
    assert {param["mode"] for param in network.bn_params} == {"test"}


@every_network
def test_a_saved_network_comes_back(make):
    network, other = make(), make()
    network.loss(X, Y)

    network.save("best.npy")
    other.load("best.npy")

    np.testing.assert_array_equal(other.loss(X), network.loss(X))


def digits():
    """Return 1,500 images of handwritten digits to learn from, and 297 to be judged by."""
    X, y = load_digits(return_X_y=True)
    X = (X.reshape(-1, 1, 8, 8) / 8 - 1).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(X))
    train, val = order[:1500], order[1500:]
    return {"X_train": X[train], "y_train": y[train], "X_val": X[val], "y_val": y[val]}


@pytest.fixture
def _one_thread():
    """Small matrix products gain nothing from a second thread, and wait for it where others compute, too."""
    with threadpool_limits(1):
        yield


@pytest.mark.usefixtures("_one_thread")
@pytest.mark.parametrize(
    ("network", "epochs"),
    [
        (lambda: AllConvNet(input_channels=1), 8),
        (lambda: ThreeLayerConvNet((1, 8, 8), filter_size=3, weight_scale=0.05, reg=1e-3), 12),
    ],
    ids=["all-convolutional", "three layers"],
)
def test_a_network_learns_to_read_digits(network, epochs):
    config = {"learning_rate": 3e-3}
    solver = Solver(
        network(), digits(), update_rule="adam", optim_config=config, lr_decay=0.8, num_epochs=epochs, batch_size=50,
        verbose=False
    )  # fmt: skip

    solver.train()

    assert solver.val_acc_history[-1] >= 0.97


def test_a_star_import_brings_all_the_layers_fast_layers_and_sandwiches():
    names = {}

    exec("from cs231n_lib.classifiers.cnn import *", names)  # noqa: S102 - as the notebooks do

    expected = {
        name
        for module in (layers, fast_layers, layer_utils)
        for name in vars(module)
        if "_forward" in name or "_backward" in name
    }
    assert {"ThreeLayerConvNet", *expected} <= names.keys()
    assert not {"time", "plt", "data", "Solver"} & names.keys()
    assert names["np"] is np
