"""The checks of networks, sandwiches and update rules that the official notebooks publish.

Expected arrays are printed with 8 decimals: right code is within 5e-9 of them, so 1e-8 absolute is the bound.
"""
# ruff: noqa: NPY002 - the published numbers come from NumPy's global generator

import numpy as np
import pytest

from cs231n_lib.classifiers.cnn import ThreeLayerConvNet
from cs231n_lib.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n_lib.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array, rel_error
from cs231n_lib.layer_utils import (
    affine_relu_backward,
    affine_relu_forward,
    conv_relu_backward,
    conv_relu_forward,
    conv_relu_pool_backward,
    conv_relu_pool_forward,
)
from cs231n_lib.optim import adam, rmsprop, sgd_momentum


@pytest.fixture(autouse=True)
def _seeded():
    """Do what ``np.random.seed(231)`` does in the notebooks, and put the generator back afterwards."""
    before = np.random.get_state()
    np.random.seed(231)
    yield
    np.random.set_state(before)


def assert_published(out, expected):
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-8)


def assert_gradients(forward, backward, arrays, dout, tolerance):
    """Compare each gradient with the numeric one, as the notebooks do."""
    _, cache = forward(*arrays)
    for array, grad in zip(arrays, backward(dout, cache), strict=True):
        numeric = eval_numerical_gradient_array(lambda _: forward(*arrays)[0], array, dout)
        assert rel_error(numeric, grad) <= tolerance


def assert_gradients_of_network(model, X, y, tolerance, h=1e-5):
    """Move each live parameter in place, as the notebooks do."""
    _, grads = model.loss(X, y)
    for name, array in model.params.items():
        numeric = eval_numerical_gradient(lambda _: model.loss(X, y)[0], array, verbose=False, h=h)
        assert rel_error(numeric, grads[name]) <= tolerance, name


def test_affine_relu_passes_the_published_gradient_check():
    x, w, b = np.random.randn(2, 3, 4), np.random.randn(12, 10), np.random.randn(10)
    dout = np.random.randn(2, 10)

    assert_gradients(affine_relu_forward, affine_relu_backward, (x, w, b), dout, tolerance=1e-9)


def test_conv_relu_pool_passes_the_published_gradient_check():
    x, w, b = np.random.randn(2, 3, 16, 16), np.random.randn(3, 3, 3, 3), np.random.randn(3)
    dout = np.random.randn(2, 3, 8, 8)
    pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}

    def forward(x, w, b):
        return conv_relu_pool_forward(x, w, b, {"stride": 1, "pad": 1}, pool_param)

    assert_gradients(forward, conv_relu_pool_backward, (x, w, b), dout, tolerance=1e-7)


def test_conv_relu_passes_the_published_gradient_check():
    x, w, b = np.random.randn(2, 3, 8, 8), np.random.randn(3, 3, 3, 3), np.random.randn(3)
    dout = np.random.randn(2, 3, 8, 8)

    def forward(x, w, b):
        return conv_relu_forward(x, w, b, {"stride": 1, "pad": 1})

    assert_gradients(forward, conv_relu_backward, (x, w, b), dout, tolerance=1e-7)


def published_two_layer_net():
    model = TwoLayerNet(input_dim=5, hidden_dim=50, num_classes=7, weight_scale=1e-3)
    model.params["W1"] = np.linspace(-0.7, 0.3, num=250).reshape(5, 50)
    model.params["b1"] = np.linspace(-0.1, 0.9, num=50)
    model.params["W2"] = np.linspace(-0.3, 0.4, num=350).reshape(50, 7)
    model.params["b2"] = np.linspace(-0.9, 0.1, num=7)
    return model, np.linspace(-5.5, 4.5, num=15).reshape(5, 3).T, np.asarray([0, 5, 1])


def test_the_first_weights_of_the_two_layer_net_have_the_published_deviation():
    np.random.randn(3, 5), np.random.randint(7, size=3)

    model = TwoLayerNet(input_dim=5, hidden_dim=50, num_classes=7, weight_scale=1e-3)

    for layer in (1, 2):
        assert abs(model.params[f"W{layer}"].std() - 1e-3) < 1e-3 / 10
        assert (model.params[f"b{layer}"] == 0).all()


def test_the_two_layer_net_gives_the_published_scores():
    model, X, _ = published_two_layer_net()

    scores = model.loss(X)

    expected = [
        [11.53165108, 12.2917344, 13.05181771, 13.81190102, 14.57198434, 15.33206765, 16.09215096],
        [12.05769098, 12.74614105, 13.43459113, 14.1230412, 14.81149128, 15.49994135, 16.18839143],
        [12.58373087, 13.20054771, 13.81736455, 14.43418138, 15.05099822, 15.66781506, 16.2846319],
    ]
    assert_published(scores, expected)


@pytest.mark.parametrize(("reg", "published"), [(0.0, 3.4702243556), (1.0, 26.5948426952)])
def test_the_two_layer_net_gives_the_published_loss(reg, published):
    model, X, y = published_two_layer_net()
    model.reg = reg

    loss, _ = model.loss(X, y)

    assert abs(loss - published) < 1e-10


@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_the_two_layer_net_passes_the_published_gradient_check(reg):
    model, X, y = published_two_layer_net()
    model.reg = reg

    assert_gradients_of_network(model, X, y, tolerance=1e-6)


@pytest.mark.parametrize(
    ("options", "published", "tolerance"),
    [
        ([{"reg": 0}, {"reg": 3.14}], [2.300479089768492, 7.052114776533016], 1e-4),
        (
            [{"reg": 0, "normalization": "batchnorm"}, {"reg": 3.14, "normalization": "batchnorm"}],
            [2.2611955101340957, 6.996533220108303],
            1e-3,
        ),
        (
            [{"dropout_keep_ratio": keep, "seed": 123} for keep in (1, 0.75, 0.5)],
            [2.300479089768492, 2.302371489704412, 2.30427592207859],
            1e-4,
        ),
    ],
    ids=["plain", "batchnorm", "dropout"],
)
def test_the_deep_network_gives_the_published_losses_and_passes_the_gradient_check(options, published, tolerance):
    """The second model goes on with the stream of the first one."""
    X, y = np.random.randn(2, 15), np.random.randint(10, size=(2,))

    for option, loss in zip(options, published, strict=True):
        model = FullyConnectedNet(
            [20, 30], input_dim=15, num_classes=10, weight_scale=5e-2, dtype=np.float64, **option
        )

        assert_published(model.loss(X, y)[0], loss)
        assert_gradients_of_network(model, X, y, tolerance)


def test_the_convolutional_network_starts_at_the_logarithm_of_the_classes():
    model = ThreeLayerConvNet()
    X, y = np.random.randn(50, 3, 32, 32), np.random.randint(10, size=50)

    loss, _ = model.loss(X, y)
    model.reg = 0.5
    penalized, _ = model.loss(X, y)

    assert abs(loss - np.log(10)) < 1e-4
    assert loss < penalized < 2.6


def test_the_convolutional_network_passes_the_published_gradient_check():
    """Weights of 1e-3 make the gradients so small that up to 0.05 is right; the tests against PyTorch are strict."""
    X, y = np.random.randn(2, 3, 16, 16), np.random.randint(10, size=2)
    model = ThreeLayerConvNet(num_filters=3, filter_size=3, input_dim=(3, 16, 16), hidden_dim=7, dtype=np.float64)

    assert_gradients_of_network(model, X, y, tolerance=0.05, h=1e-6)


@pytest.fixture
def step():
    """Give a parameter, its gradient, and what a rule remembers."""
    w, dw = np.linspace(-0.4, 0.6, num=20).reshape(4, 5), np.linspace(-0.6, 0.4, num=20).reshape(4, 5)
    return w, dw, np.linspace(0.6, 0.9, num=20).reshape(4, 5)


def test_sgd_momentum_gives_the_published_numbers(step):
    w, dw, velocity = step
    config = {"learning_rate": 1e-3, "velocity": velocity}

    next_w, _ = sgd_momentum(w, dw, config=config)

    expected_w = [
        [0.1406, 0.20738947, 0.27417895, 0.34096842, 0.40775789],
        [0.47454737, 0.54133684, 0.60812632, 0.67491579, 0.74170526],
        [0.80849474, 0.87528421, 0.94207368, 1.00886316, 1.07565263],
        [1.14244211, 1.20923158, 1.27602105, 1.34281053, 1.4096],
    ]
    expected_velocity = [
        [0.5406, 0.55475789, 0.56891579, 0.58307368, 0.59723158],
        [0.61138947, 0.62554737, 0.63970526, 0.65386316, 0.66802105],
        [0.68217895, 0.69633684, 0.71049474, 0.72465263, 0.73881053],
        [0.75296842, 0.76712632, 0.78128421, 0.79544211, 0.8096],
    ]
    assert_published(next_w, expected_w)
    assert_published(config["velocity"], expected_velocity)


def test_rmsprop_gives_the_published_numbers(step):
    w, dw, cache = step
    config = {"learning_rate": 1e-2, "cache": cache}

    next_w, _ = rmsprop(w, dw, config=config)

    expected_w = [
        [-0.39223849, -0.34037513, -0.28849239, -0.23659121, -0.18467247],
        [-0.132737, -0.08078555, -0.02881884, 0.02316247, 0.07515774],
        [0.12716641, 0.17918792, 0.23122175, 0.28326742, 0.33532447],
        [0.38739248, 0.43947102, 0.49155973, 0.54365823, 0.59576619],
    ]
    expected_cache = [
        [0.5976, 0.6126277, 0.6277108, 0.64284931, 0.65804321],
        [0.67329252, 0.68859723, 0.70395734, 0.71937285, 0.73484377],
        [0.75037008, 0.7659518, 0.78158892, 0.79728144, 0.81302936],
        [0.82883269, 0.84469141, 0.86060554, 0.87657507, 0.8926],
    ]
    assert_published(next_w, expected_w)
    assert_published(config["cache"], expected_cache)


def test_adam_gives_the_published_numbers(step):
    w, dw, m = step
    config = {"learning_rate": 1e-2, "m": m, "v": np.linspace(0.7, 0.5, num=20).reshape(4, 5), "t": 5}

    next_w, _ = adam(w, dw, config=config)

    expected_w = [
        [-0.40094747, -0.34836187, -0.29577703, -0.24319299, -0.19060977],
        [-0.1380274, -0.08544591, -0.03286534, 0.01971428, 0.0722929],
        [0.1248705, 0.17744702, 0.23002243, 0.28259667, 0.33516969],
        [0.38774145, 0.44031188, 0.49288093, 0.54544852, 0.59801459],
    ]
    expected_v = [
        [0.69966, 0.68908382, 0.67851319, 0.66794809, 0.65738853],
        [0.64683452, 0.63628604, 0.6257431, 0.61520571, 0.60467385],
        [0.59414753, 0.58362676, 0.57311152, 0.56260183, 0.55209767],
        [0.54159906, 0.53110598, 0.52061845, 0.51013645, 0.49966],
    ]
    expected_m = [
        [0.48, 0.49947368, 0.51894737, 0.53842105, 0.55789474],
        [0.57736842, 0.59684211, 0.61631579, 0.63578947, 0.65526316],
        [0.67473684, 0.69421053, 0.71368421, 0.73315789, 0.75263158],
        [0.77210526, 0.79157895, 0.81105263, 0.83052632, 0.85],
    ]
    assert_published(next_w, expected_w)
    assert_published(config["v"], expected_v)
    assert_published(config["m"], expected_m)
