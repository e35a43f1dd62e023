"""Every network against PyTorch in float64: scores, loss and gradients, in training and testing."""
# ruff: noqa: NPY002 - the weights follow NumPy's global generator

import numpy as np
import pytest

from cs231n_lib.classifiers.all_conv import AllConvNet
from cs231n_lib.classifiers.cnn import ThreeLayerConvNet
from cs231n_lib.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n_lib.classifiers.segmentation import EncoderDecoder

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install torch")
F = torch.nn.functional

pytestmark = pytest.mark.oracle

REG = 0.7


@pytest.fixture(autouse=True)
def _seeded():
    before = np.random.get_state()
    np.random.seed(0)
    yield
    np.random.set_state(before)


class Reference:
    """The layers of a network, by PyTorch, on its parameters."""

    def __init__(self, network):
        self.p = {name: torch.tensor(array, requires_grad=True) for name, array in network.params.items()}
        self.layers = len([name for name in self.p if name.startswith("W")])
        self.averages = [tuple(map(torch.tensor, _averages(param))) for param in getattr(network, "bn_params", [])]
        self.training = True

    def affine(self, k, x):
        return x.flatten(1) @ self.p[f"W{k}"] + self.p[f"b{k}"]

    def conv(self, k, x, stride=1):
        w = self.p[f"W{k}"]
        return F.conv2d(x, w, self.p[f"b{k}"], stride=stride, padding=w.shape[2] // 2)

    def conv_transpose(self, k, x):
        return F.conv_transpose2d(x, self.p[f"W{k}"], self.p[f"b{k}"], stride=2, padding=1)

    def as_it_is(self, _, x):
        return x

    def batchnorm(self, k, x):
        averages = (None, None) if self.training else self.averages[k - 1]
        return F.batch_norm(x, *averages, self.p[f"gamma{k}"], self.p[f"beta{k}"], training=self.training)

    def layernorm(self, k, x):
        return F.layer_norm(x, x.shape[1:], self.p[f"gamma{k}"], self.p[f"beta{k}"])


def _averages(param):
    return [param[key] for key in ("running_mean", "running_var") if key in param]


def two_layers(r, x):
    return r.affine(2, F.relu(r.affine(1, x)))


def fully_connected(normalize):
    def scores(r, x):
        for k in range(1, r.layers):
            x = F.relu(normalize(r, k, r.affine(k, x)))
        return r.affine(r.layers, x)

    return scores


def three_layers(r, x):
    return r.affine(3, F.relu(r.affine(2, F.max_pool2d(F.relu(r.conv(1, x)), 2))))


def all_conv(r, x):
    for k in range(1, r.layers):
        x = F.relu(r.batchnorm(k, r.conv(k, x, stride=1 if k % 2 else 2)))
    return r.conv(r.layers, x).mean(dim=(2, 3))


def encoder_decoder(upsampling):
    def scores(r, x):
        depth, places = r.layers // 2, []
        for k in range(1, depth + 1):
            x, indices = F.max_pool2d(F.relu(r.batchnorm(k, r.conv(k, x))), 2, return_indices=True)
            places.append(indices)
        x = F.relu(r.batchnorm(depth + 1, r.conv(depth + 1, x)))
        for k in range(depth + 2, r.layers + 1):
            x = r.conv(k, F.max_unpool2d(x, places.pop(), 2)) if upsampling == "unpool" else r.conv_transpose(k, x)
            x = x if k == r.layers else F.relu(r.batchnorm(k, x))
        return x

    return scores


FC = {"input_dim": 12, "num_classes": 4, "weight_scale": 0.4, "reg": REG, "dtype": np.float64}
CONV = {"input_channels": 3, "num_classes": 4, "reg": REG, "dtype": np.float64}
VECTORS, IMAGES = (7, 3, 2, 2), (3, 3, 8, 12)

NETWORKS = {
    "two layers": (lambda: TwoLayerNet(12, 9, 4, 0.4, REG), two_layers, VECTORS),
    "deep": (lambda: FullyConnectedNet([9, 8, 7], **FC), fully_connected(Reference.as_it_is), VECTORS),
    "batchnorm": (
        lambda: FullyConnectedNet([9, 8, 7], normalization="batchnorm", **FC),
        fully_connected(Reference.batchnorm),
        VECTORS,
    ),
    "layernorm": (
        lambda: FullyConnectedNet([9, 8, 7], normalization="layernorm", **FC),
        fully_connected(Reference.layernorm),
        VECTORS,
    ),
    "three layers": (
        lambda: ThreeLayerConvNet((3, 8, 12), 5, 5, 9, 4, weight_scale=0.4, reg=REG, dtype=np.float64),
        three_layers,
        IMAGES,
    ),
    "all-convolutional": (lambda: AllConvNet((5, 6), **CONV), all_conv, IMAGES),
    "unpool": (lambda: EncoderDecoder((5, 6), **CONV), encoder_decoder("unpool"), IMAGES),
    "transpose": (
        lambda: EncoderDecoder((5, 6), upsampling="transpose", **CONV),
        encoder_decoder("transpose"),
        IMAGES,
    ),
}
every_network = pytest.mark.parametrize(("make", "reference", "shape"), NETWORKS.values(), ids=NETWORKS)


def example(make, shape):
    """Return a network whose biases, scales and shifts are not all alike, images, and labels."""
    rng, network = np.random.default_rng(1), make()
    for name, array in network.params.items():
        if not name.startswith("W"):
            array += 0.3 * rng.normal(size=array.shape)
    labels = (shape[0], *shape[2:]) if isinstance(network, EncoderDecoder) else shape[:1]
    return network, rng.normal(size=shape), rng.integers(4, size=labels)


@every_network
def test_the_loss_and_its_gradients_agree(make, reference, shape):
    network, X, y = example(make, shape)
    r = Reference(network)
    expected = F.cross_entropy(reference(r, torch.tensor(X)), torch.tensor(y))
    expected = expected + REG / 2 * sum((r.p[f"W{k}"] ** 2).sum() for k in range(1, r.layers + 1))
    expected.backward()

    loss, grads = network.loss(X, y)

    np.testing.assert_allclose(loss, expected.item(), rtol=1e-10)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, r.p[name].grad.numpy(), rtol=1e-8, atol=1e-10)


@every_network
def test_the_scores_agree_in_testing(make, reference, shape):
    network, X, y = example(make, shape)
    network.loss(X, y)  # gives batch normalization its running averages

    scores = network.loss(X)

    r = Reference(network)
    r.training = False
    np.testing.assert_allclose(scores, reference(r, torch.tensor(X)).detach().numpy(), rtol=1e-9, atol=1e-10)
