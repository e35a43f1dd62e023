"""The checks that the official notebooks publish, with their inputs, numbers and tolerances.

Expected arrays are printed with 8 decimals: right code is within 5e-9 of them, so 1e-8 absolute is the bound.
"""

import numpy as np
import pytest

from cs231n_lib.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array, rel_error
from cs231n_lib.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    conv_backward_naive,
    conv_forward_naive,
    dropout_backward,
    dropout_forward,
    layernorm_backward,
    layernorm_forward,
    max_pool_backward_naive,
    max_pool_forward_naive,
    relu_backward,
    relu_forward,
    softmax_loss,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_groupnorm_backward,
    spatial_groupnorm_forward,
    svm_loss,
)


@pytest.fixture
def rng():
    """Give the stream of np.random.seed(231) without touching the global generator."""
    return np.random.RandomState(231)


@pytest.fixture
def global_rng():
    """Give the global generator, seeded with 231, and put it back."""
    state = np.random.get_state()  # noqa: NPY002 - what dropout draws from
    np.random.seed(231)  # noqa: NPY002
    yield np.random
    np.random.set_state(state)  # noqa: NPY002


def assert_published(out, expected):
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-8)


def assert_gradients(forward, backward, arrays, dout, tolerance):
    """Compare each gradient with the numeric one, as the notebooks do."""
    _, cache = forward(*arrays)
    grads = backward(dout, cache)
    for array, grad in zip(arrays, grads if isinstance(grads, tuple) else (grads,), strict=True):
        numeric = eval_numerical_gradient_array(lambda _: forward(*arrays)[0], array, dout)
        assert rel_error(numeric, grad) <= tolerance


def test_affine_forward_gives_the_published_numbers():
    x = np.linspace(-0.1, 0.5, num=240).reshape(2, 4, 5, 6)
    w = np.linspace(-0.2, 0.3, num=360).reshape(120, 3)
    b = np.linspace(-0.3, 0.1, num=3)

    out, _ = affine_forward(x, w, b)

    assert_published(out, [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]])


def test_affine_backward_passes_the_published_gradient_check(rng):
    x, w, b, dout = rng.randn(10, 2, 3), rng.randn(6, 5), rng.randn(5), rng.randn(10, 5)

    assert_gradients(affine_forward, affine_backward, (x, w, b), dout, tolerance=1e-9)


def test_relu_forward_gives_the_published_numbers():
    x = np.linspace(-0.5, 0.5, num=12).reshape(3, 4)

    out, _ = relu_forward(x)

    expected = [
        [0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.04545455, 0.13636364],
        [0.22727273, 0.31818182, 0.40909091, 0.5],
    ]
    assert_published(out, expected)


def test_relu_backward_passes_the_published_gradient_check(rng):
    x, dout = rng.randn(10, 10), rng.randn(10, 10)

    assert_gradients(relu_forward, relu_backward, (x,), dout, tolerance=1e-11)


@pytest.mark.parametrize(
    ("loss_function", "published_loss", "tolerance"),
    [(svm_loss, 8.999602749096233, 1e-8), (softmax_loss, 2.3025458445007376, 1e-7)],
)
def test_a_loss_gives_the_published_number_and_passes_the_gradient_check(
    rng, loss_function, published_loss, tolerance
):
    x, y = 0.001 * rng.randn(50, 10), rng.randint(10, size=50)

    loss, dx = loss_function(x, y)
    numeric = eval_numerical_gradient(lambda x: loss_function(x, y)[0], x, verbose=False)

    assert_published(loss, published_loss)
    assert rel_error(numeric, dx) <= tolerance


def activations_of_two_layers(X, W1, W2):
    return np.maximum(0, X.dot(W1)).dot(W2)


def test_batchnorm_forward_in_training_gives_the_published_statistics(rng):
    a = activations_of_two_layers(rng.randn(200, 50), rng.randn(50, 60), rng.randn(60, 3))

    plain, _ = batchnorm_forward(a, np.ones(3), np.zeros(3), {"mode": "train"})
    scaled, _ = batchnorm_forward(a, np.array([1.0, 2.0, 3.0]), np.array([11.0, 12.0, 13.0]), {"mode": "train"})

    assert_published(a.mean(axis=0), [-2.3814598, -13.18038246, 1.91780462])
    assert_published(plain.mean(axis=0), [0, 0, 0])
    assert_published(plain.std(axis=0), [0.99999999, 1, 1])
    assert_published(scaled.mean(axis=0), [11, 12, 13])
    assert_published(scaled.std(axis=0), [0.99999999, 1.99999999, 2.99999999])


def test_batchnorm_forward_in_testing_gives_the_published_statistics(rng):
    W1, W2 = rng.randn(50, 60), rng.randn(60, 3)
    gamma, beta, bn_param = np.ones(3), np.zeros(3), {"mode": "train"}

    for _ in range(50):
        batchnorm_forward(activations_of_two_layers(rng.randn(200, 50), W1, W2), gamma, beta, bn_param)
    bn_param["mode"] = "test"
    out, _ = batchnorm_forward(activations_of_two_layers(rng.randn(200, 50), W1, W2), gamma, beta, bn_param)

    assert_published(out.mean(axis=0), [-0.03927354, -0.04349152, -0.10452688])
    assert_published(out.std(axis=0), [1.01531428, 1.01238373, 0.97819988])


@pytest.mark.parametrize("backward", [batchnorm_backward, batchnorm_backward_alt])
def test_batchnorm_backward_passes_the_published_gradient_check(rng, backward):
    x, gamma, beta, dout = 5 * rng.randn(4, 5) + 12, rng.randn(5), rng.randn(5), rng.randn(4, 5)

    def forward(x, gamma, beta):
        return batchnorm_forward(x, gamma, beta, {"mode": "train"})

    assert_gradients(forward, backward, (x, gamma, beta), dout, tolerance=1e-7)


def test_the_two_batchnorm_backward_passes_agree_on_the_published_batch(rng):
    x, gamma, beta, dout = 5 * rng.randn(100, 500) + 12, rng.randn(500), rng.randn(500), rng.randn(100, 500)
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})

    by_graph, closed = batchnorm_backward(dout, cache), batchnorm_backward_alt(dout, cache)

    assert max(map(rel_error, by_graph, closed)) <= 1e-10


def test_layernorm_forward_gives_the_published_statistics(rng):
    a = activations_of_two_layers(rng.randn(4, 50), rng.randn(50, 60), rng.randn(60, 3))

    plain, _ = layernorm_forward(a, np.ones(3), np.zeros(3), {"mode": "train"})
    scaled, _ = layernorm_forward(a, np.full(3, 3.0), np.full(3, 5.0), {"mode": "train"})

    assert_published(a.mean(axis=1), [-59.06673243, -47.60782686, -43.31137368, -26.40991744])
    assert_published(a.std(axis=1), [10.07429373, 28.39478981, 35.28360729, 4.01831507])
    assert_published(plain.mean(axis=1), [0, 0, 0, 0])
    assert_published(plain.std(axis=1)[:2], [0.99999995, 0.99999999])
    np.testing.assert_allclose(plain.std(axis=1), 1, atol=1e-6)
    assert_published(scaled.mean(axis=1), [5, 5, 5, 5])
    np.testing.assert_allclose(scaled.std(axis=1), 3 * plain.std(axis=1))


def test_layernorm_backward_passes_the_published_gradient_check(rng):
    x, gamma, beta, dout = 5 * rng.randn(4, 5) + 12, rng.randn(5), rng.randn(5), rng.randn(4, 5)

    def forward(x, gamma, beta):
        return layernorm_forward(x, gamma, beta, {})

    assert_gradients(forward, layernorm_backward, (x, gamma, beta), dout, tolerance=1e-7)


def test_dropout_forward_gives_the_published_statistics(global_rng):
    x = global_rng.randn(500, 500) + 10  # the masks follow in the same stream
    published = {0.25: (10.014059, 0.749784), 0.4: (9.977918, 0.600796), 0.7: (9.987812, 0.30074)}

    for p, (mean, dropped) in published.items():
        trained, _ = dropout_forward(x, {"mode": "train", "p": p})
        tested, _ = dropout_forward(x, {"mode": "test", "p": p})

        np.testing.assert_allclose(trained.mean(), mean, rtol=0, atol=5e-7)  # printed with 6 decimals
        assert (trained == 0).mean() == dropped
        assert tested.mean() == x.mean()
        assert_published(x.mean(), 10.0002078784775)


def test_dropout_backward_passes_the_published_gradient_check(global_rng):
    x, dout = global_rng.randn(10, 10) + 10, global_rng.randn(10, 10)

    def forward(x):
        return dropout_forward(x, {"mode": "train", "p": 0.2, "seed": 123})

    assert_gradients(forward, dropout_backward, (x,), dout, tolerance=1e-9)


def test_spatial_batchnorm_forward_in_training_gives_the_published_statistics(rng):
    x, pixels = 4 * rng.randn(2, 3, 4, 5) + 10, (0, 2, 3)

    plain, _ = spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), {"mode": "train"})
    scaled, _ = spatial_batchnorm_forward(x, np.array([3, 4, 5]), np.array([6, 7, 8]), {"mode": "train"})

    assert plain.shape == scaled.shape == (2, 3, 4, 5)
    assert_published(x.mean(axis=pixels), [9.33463814, 8.90909116, 9.11056338])
    assert_published(x.std(axis=pixels), [3.61447857, 3.19347686, 3.5168142])
    assert_published(plain.mean(axis=pixels), [0, 0, 0])
    assert_published(plain.std(axis=pixels), [0.99999962, 0.99999951, 0.9999996])
    assert_published(scaled.mean(axis=pixels), [6, 7, 8])
    np.testing.assert_allclose(scaled.std(axis=pixels), [3, 4, 5] * plain.std(axis=pixels))


def test_spatial_batchnorm_forward_in_testing_gives_the_published_statistics(rng):
    gamma, beta, bn_param = np.ones(4), np.zeros(4), {"mode": "train"}

    for _ in range(50):
        spatial_batchnorm_forward(2.3 * rng.randn(10, 4, 11, 12) + 13, gamma, beta, bn_param)
    bn_param["mode"] = "test"
    out, _ = spatial_batchnorm_forward(2.3 * rng.randn(10, 4, 11, 12) + 13, gamma, beta, bn_param)

    assert_published(out.mean(axis=(0, 2, 3)), [-0.08034406, 0.07562881, 0.05716371, 0.04378383])
    assert_published(out.std(axis=(0, 2, 3)), [0.96718744, 1.0299714, 1.02887624, 1.00585577])


def test_spatial_batchnorm_backward_passes_the_published_gradient_check(rng):
    x, gamma, beta, dout = 5 * rng.randn(2, 3, 4, 5) + 12, rng.randn(3), rng.randn(3), rng.randn(2, 3, 4, 5)

    def forward(x, gamma, beta):
        return spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})

    assert_gradients(forward, spatial_batchnorm_backward, (x, gamma, beta), dout, tolerance=1e-5)


def test_spatial_groupnorm_forward_gives_the_published_statistics(rng):
    x = 4 * rng.randn(2, 6, 4, 5) + 10

    out, _ = spatial_groupnorm_forward(x, np.ones((1, 6, 1, 1)), np.zeros((1, 6, 1, 1)), 2, {"mode": "train"})

    given, normalized = x.reshape(4, -1), out.reshape(4, -1)  # a row for each group of each image
    assert out.shape == (2, 6, 4, 5)
    assert_published(given.mean(axis=1), [9.72505327, 8.51114185, 8.9147544, 9.43448077])
    assert_published(given.std(axis=1), [3.67070958, 3.09892597, 4.27043622, 3.97521327])
    assert_published(normalized.mean(axis=1), [0, 0, 0, 0])
    assert_published(normalized.std(axis=1)[:2], [0.99999963, 0.99999948])
    np.testing.assert_allclose(normalized.std(axis=1), 1, atol=1e-6)


def test_spatial_groupnorm_backward_passes_the_published_gradient_check(rng):
    x, gamma, beta = 5 * rng.randn(2, 6, 4, 5) + 12, rng.randn(1, 6, 1, 1), rng.randn(1, 6, 1, 1)
    dout = rng.randn(2, 6, 4, 5)

    def forward(x, gamma, beta):
        return spatial_groupnorm_forward(x, gamma, beta, 2, {})

    assert_gradients(forward, spatial_groupnorm_backward, (x, gamma, beta), dout, tolerance=1e-6)


def test_conv_forward_naive_gives_the_published_numbers():
    x = np.linspace(-0.1, 0.5, num=96).reshape(2, 3, 4, 4)
    w = np.linspace(-0.2, 0.3, num=144).reshape(3, 3, 4, 4)
    b = np.linspace(-0.1, 0.2, num=3)

    out, _ = conv_forward_naive(x, w, b, {"stride": 2, "pad": 1})

    expected = [
        [
            [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
            [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
            [[0.50813986, 0.54309974], [0.64082444, 0.67101435]],
        ],
        [
            [[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
            [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
            [[2.36270298, 2.36904306], [2.38090835, 2.38247847]],
        ],
    ]
    assert_published(out, expected)


def test_conv_backward_naive_passes_the_published_gradient_check(rng):
    x, w, b, dout = rng.randn(4, 3, 5, 5), rng.randn(2, 3, 3, 3), rng.randn(2), rng.randn(4, 2, 5, 5)

    def forward(x, w, b):
        return conv_forward_naive(x, w, b, {"stride": 1, "pad": 1})

    assert_gradients(forward, conv_backward_naive, (x, w, b), dout, tolerance=1e-7)


def test_the_published_image_filters_find_grey_values_and_edges():
    """A stand-in for the photographs, with the published filters and their integer bias."""
    x = np.zeros((1, 3, 6, 6))
    x[0, :, 3:] = np.array([100, 50, 200]).reshape(3, 1, 1)
    w = np.zeros((2, 3, 3, 3))
    w[0, :, 1, 1] = [0.3, 0.6, 0.1]
    w[1, 2] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]

    out, _ = conv_forward_naive(x, w, np.array([0, 128]), {"stride": 1, "pad": 1})

    np.testing.assert_allclose(out[0, 0], np.repeat([0, 0, 0, 80, 80, 80], 6).reshape(6, 6))
    np.testing.assert_allclose(out[0, 1, :, 2], [128, 128, 128 - 800, 128 - 800, 128, 128 + 800])


def test_max_pool_forward_naive_gives_the_published_numbers():
    x = np.linspace(-0.3, 0.4, num=96).reshape(2, 3, 4, 4)

    out, _ = max_pool_forward_naive(x, {"pool_width": 2, "pool_height": 2, "stride": 2})

    expected = [
        [
            [[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]],
            [[-0.14526316, -0.13052632], [-0.08631579, -0.07157895]],
            [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]],
        ],
        [
            [[0.09052632, 0.10526316], [0.14947368, 0.16421053]],
            [[0.20842105, 0.22315789], [0.26736842, 0.28210526]],
            [[0.32631579, 0.34105263], [0.38526316, 0.4]],
        ],
    ]
    assert_published(out, expected)


def test_max_pool_backward_naive_passes_the_published_gradient_check(rng):
    x, dout = rng.randn(3, 2, 8, 8), rng.randn(3, 2, 4, 4)

    def forward(x):
        return max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})

    assert_gradients(forward, max_pool_backward_naive, (x,), dout, tolerance=1e-10)
