# ruff: noqa: NPY002 - the network follows NumPy's global generator

import re

import numpy as np
import pytest
from layer_inputs import spread_out
from threadpoolctl import threadpool_limits

from cs231n_lib import layers
from cs231n_lib.classifiers import segmentation
from cs231n_lib.classifiers.segmentation import EncoderDecoder, mean_iou, pixel_softmax_loss
from cs231n_lib.gradient_check import eval_numerical_gradient
from cs231n_lib.scenes import make_scenes
from cs231n_lib.solver import Solver

POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}
X, Y = spread_out(2, 2, 8, 4) / 10, np.arange(64).reshape(2, 8, 4) % 3

every_way = pytest.mark.parametrize("upsampling", ["unpool", "transpose"])


@pytest.fixture(autouse=True)
def _seeded(tmp_path, monkeypatch):
    """Start at the same place of the global generator, in an empty folder."""
    before = np.random.get_state()
    np.random.seed(231)
    monkeypatch.chdir(tmp_path)
    yield
    np.random.set_state(before)


def small(upsampling, **options):
    return EncoderDecoder((2, 3), 2, 3, upsampling, **{"dtype": np.float64} | options)


@every_way
def test_there_is_a_score_for_each_class_at_each_pixel(upsampling):
    scores = EncoderDecoder((4, 5, 6), num_classes=7, upsampling=upsampling).loss(np.ones((2, 3, 16, 24)))

    assert scores.shape == (2, 7, 16, 24)


@pytest.mark.parametrize(
    ("upsampling", "decoder"),
    [
        ("unpool", {"W4": (2, 3, 3, 3), "W5": (3, 2, 3, 3)}),
        ("transpose", {"W4": (3, 2, 4, 4), "W5": (2, 3, 4, 4)}),
    ],
)
def test_the_decoder_has_the_filters_of_the_encoder_in_the_opposite_order(upsampling, decoder):
    network = small(upsampling)

    filters = {name: array.shape for name, array in network.params.items() if name.startswith("W")}

    assert filters == {"W1": (2, 2, 3, 3), "W2": (3, 2, 3, 3), "W3": (3, 3, 3, 3)} | decoder
    assert [len(network.params[f"gamma{layer}"]) for layer in range(1, 5)] == [2, 3, 3, 2]
    assert "gamma5" not in network.params
    assert [network.params[f"b{layer}"].shape for layer in range(1, 6)] == [(2,), (3,), (3,), (2,), (3,)]


@every_way
def test_the_gradients_are_the_numeric_ones(upsampling):
    network = small(upsampling, reg=0.5)

    _, grads = network.loss(X, Y)

    assert grads.keys() == network.params.keys()
    for name, grad in grads.items():
        numeric = eval_numerical_gradient(lambda _: network.loss(X, Y)[0], network.params[name], verbose=False)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-7)


@every_way
def test_the_scores_are_those_of_the_layers_in_turn(upsampling):
    network = small(upsampling)
    network.loss(X, Y)
    p, out, switches = network.params, X, []

    def convolve(layer, out, convolution=layers.conv_forward_naive, stride=1):
        out, _ = convolution(out, p[f"W{layer}"], p[f"b{layer}"], {"stride": stride, "pad": 1})
        if layer == 5:
            return out
        bn_param = dict(network.bn_params[layer - 1], mode="test")
        out, _ = layers.spatial_batchnorm_forward(out, p[f"gamma{layer}"], p[f"beta{layer}"], bn_param)
        return np.maximum(out, 0)

    for layer in (1, 2):
        out = convolve(layer, out)
        size = out.shape[2:]
        out, places = layers.max_pool_places(out, POOL)
        switches.append((places, size))
    out = convolve(3, out)
    for layer in (4, 5):
        if upsampling == "unpool":
            out, _ = layers.max_unpool_forward(out, *switches.pop())
            out = convolve(layer, out)
        else:
            out = convolve(layer, out, layers.conv_transpose_forward, stride=2)

    np.testing.assert_allclose(network.loss(X), out)


@every_way
def test_a_loss_leaves_its_arguments_alone(upsampling):
    x, y = X.copy(), Y.copy()

    small(upsampling, reg=1.0).loss(x, y)

    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


@every_way
def test_a_float32_network_computes_in_float32(upsampling):
    loss, grads = small(upsampling, dtype=np.float32, reg=np.float64(0.1)).loss(X, Y)

    assert {array.dtype for array in grads.values()} == {loss.dtype} == {np.dtype(np.float32)}


@every_way
def test_the_prediction_is_the_class_with_the_highest_score(upsampling):
    network = small(upsampling)
    network.loss(X, Y)

    np.testing.assert_array_equal(network.predict(X), network.loss(X).argmax(axis=1))
    np.testing.assert_array_equal(network.predict(X[:1]), network.predict(X)[:1])


@every_way
def test_a_saved_network_comes_back(upsampling):
    network, other = small(upsampling), small(upsampling)
    network.loss(X, Y)

    network.save("best.npy")
    other.load("best.npy")

    np.testing.assert_array_equal(other.loss(X), network.loss(X))


def test_another_way_of_upsampling_is_refused():
    message = "`upsampling` must be 'unpool' or 'transpose' (got 'bilinear'). Both double the image."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        EncoderDecoder(upsampling="bilinear")


@every_way
@pytest.mark.parametrize(("H", "W"), [(6, 8), (8, 9)])
def test_images_that_cannot_be_halved_are_refused(upsampling, H, W):
    message = (
        f"`X` must have a height and a width that are multiples of 4 (got {H} by {W}). "
        "Every pooling halves them, to the pixel."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        small(upsampling).loss(np.ones((1, 2, H, W)))


def test_images_without_channels_are_refused():
    with pytest.raises(ValueError, match=r"^`X` must have the axes \(N, C, H, W\) \(got shape \(8, 8\)\)\. Reshape"):
        small("unpool").loss(np.ones((8, 8)))


def test_pooling_and_unpooling_are_those_of_the_layers():
    x, dout = spread_out(2, 3, 4, 6), spread_out(2, 3, 2, 3, seed=1)
    x[0, 0] = 1  # ties
    expected, places = layers.max_pool_places(x, POOL)
    _, cache = layers.max_pool_forward_naive(x, POOL)

    out, pooled = segmentation._pool_forward(x)
    back, _ = segmentation._unpool_forward(dout, pooled)

    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(pooled[0], places)
    np.testing.assert_array_equal(
        segmentation._pool_backward(dout, pooled), layers.max_pool_backward_naive(dout, cache)
    )
    np.testing.assert_array_equal(back, layers.max_unpool_forward(dout, places, (4, 6))[0])
    np.testing.assert_array_equal(segmentation._unpool_backward(x, pooled), expected)


def test_the_loss_is_the_mean_over_the_pixels():
    scores, y = spread_out(2, 3, 2, 4) / 4, np.arange(16).reshape(2, 2, 4) % 3

    loss, dscores = pixel_softmax_loss(scores, y)

    pixels = [
        layers.softmax_loss(scores[n : n + 1, :, i, j], y[n : n + 1, i, j])[0] for n, i, j in np.ndindex(y.shape)
    ]
    numeric = eval_numerical_gradient(lambda s: pixel_softmax_loss(s, y)[0], scores, verbose=False)
    np.testing.assert_allclose(loss, np.mean(pixels))
    np.testing.assert_allclose(dscores, numeric, rtol=1e-6, atol=1e-9)


def test_labels_of_another_size_are_refused():
    message = "`y` must have shape (2, 8, 4) (got (2, 4, 8)). There is one label for each pixel."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        small("unpool").loss(X, Y.swapaxes(1, 2))


def test_the_mean_iou_is_the_mean_over_the_classes_of_intersection_over_union():
    rng = np.random.default_rng(0)
    y_pred, y = rng.integers(4, size=(2, 5, 7, 6))

    iou = mean_iou(y_pred, y, 4)

    expected = [((y_pred == c) & (y == c)).sum() / ((y_pred == c) | (y == c)).sum() for c in range(4)]
    np.testing.assert_allclose(iou, np.mean(expected))
    assert type(iou) is float


@pytest.mark.parametrize(("y_pred", "iou"), [([0, 0, 2], 1.0), ([2, 2, 0], 0.0), ([0, 0, 0], (2 / 3 + 0) / 2)])
def test_classes_that_are_nowhere_do_not_count(y_pred, iou):
    np.testing.assert_allclose(mean_iou(np.array(y_pred), np.array([0, 0, 2]), 5), iou)


@pytest.mark.parametrize(("y_pred", "y"), [([0, 3], [0, 1]), ([0, 1], [-1, 1])])
def test_labels_that_are_no_classes_are_refused(y_pred, y):
    low, high = min(y_pred + y), max(y_pred + y)
    message = (
        f"`y` and `y_pred` must hold classes from 0 to 2 (got {low} to {high}). Count the background, too."
    )  # fmt: skip

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mean_iou(np.array(y_pred), np.array(y), 3)


def test_predictions_of_another_size_are_refused():
    with pytest.raises(
        ValueError, match=r"^`y_pred` must have shape \(3,\) \(got \(2,\)\)\. There is one prediction"
    ):
        mean_iou(np.zeros(2, int), np.zeros(3, int), 2)


def test_no_pixels_have_no_mean_iou():
    with pytest.raises(ValueError, match=r"^`y` must hold at least one example \(got shape \(0, 4, 4\)\)"):
        mean_iou(np.zeros((0, 4, 4), int), np.zeros((0, 4, 4), int), 2)


def scenes(n, seed):
    images, labels = make_scenes(n, 32, seed=seed)
    return (images - 0.5).astype(np.float32), labels


@pytest.fixture
def _one_thread():
    """Small matrix products gain nothing from a second thread, and wait for it where others compute, too."""
    with threadpool_limits(1):
        yield


@pytest.mark.usefixtures("_one_thread")
@every_way
@pytest.mark.integration
def test_a_network_learns_to_segment_scenes(upsampling):
    (X_train, y_train), (X_val, y_val), (X_test, y_test) = scenes(2000, 0), scenes(200, 1), scenes(300, 2)
    network = EncoderDecoder(upsampling=upsampling)
    solver = Solver(
        network,
        {"X_train": X_train, "y_train": y_train, "X_val": X_val, "y_val": y_val},
        update_rule="adam",
        optim_config={"learning_rate": 1e-2},
        lr_decay=0.85,
        batch_size=16,
        num_epochs=8,
        num_train_samples=200,
        verbose=False,
    )

    solver.train()

    assert mean_iou(network.predict(X_test), y_test, 4) >= 0.85
