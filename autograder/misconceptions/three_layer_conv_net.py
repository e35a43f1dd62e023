# ruff: noqa: ARG002, D101, D102, N801, NPY002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in the convolutional network of three layers."""

import numpy as np

from autograder.misconceptions.catalog import misconception


class _ThreeLayerConvNet:
    def __init__(
        self,
        input_dim=(3, 32, 32),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dtype=np.float32,
    ):
        self.reg = reg
        features = self.features(input_dim, num_filters)
        self.params = {
            "W1": weight_scale * np.random.randn(num_filters, input_dim[0], filter_size, filter_size),
            "b1": np.zeros(num_filters),
            "W2": weight_scale * np.random.randn(features, hidden_dim),
            "b2": np.zeros(hidden_dim),
            "W3": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b3": np.zeros(num_classes),
        }

    def features(self, input_dim, num_filters):
        return num_filters * (input_dim[1] // 2) * (input_dim[2] // 2)

    def windows(self, X):
        pad, size = (self.params["W1"].shape[2] - 1) // 2, self.params["W1"].shape[2]
        padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        return np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))

    def pooled(self, maps):
        N, F, H, W = maps.shape
        self.size = H, W
        blocks = maps[:, :, : H // 2 * 2, : W // 2 * 2].reshape(N, F, H // 2, 2, W // 2, 2)
        out = blocks.max(axis=(3, 5), keepdims=True)
        self.winners = blocks == out
        return out.reshape(N, F, H // 2, W // 2)

    def unpooled(self, dpooled):
        N, F, H, W = dpooled.shape
        dmaps = np.zeros((N, F, *self.size))
        blocks = self.winners * dpooled[:, :, :, None, :, None]
        dmaps[:, :, : 2 * H, : 2 * W] = blocks.reshape(N, F, 2 * H, 2 * W)
        return dmaps

    def first(self, maps):
        self.positive = maps > 0
        return maps * self.positive

    def second(self, hidden):
        self.alive = hidden > 0
        return hidden * self.alive

    def forward(self, X):
        p = self.params
        maps = np.einsum("nchwij,fcij->nfhw", self.windows(X), p["W1"]) + p["b1"][:, None, None]
        pooled = self.pooled(self.first(maps))
        self.shape, self.rows = pooled.shape, pooled.reshape(len(X), -1)
        self.hidden = self.second(self.rows @ p["W2"] + p["b2"])
        return self.hidden @ p["W3"] + p["b3"]

    def backward(self, dscores, X):
        p = self.params
        grads = {"W3": self.hidden.T @ dscores, "b3": dscores.sum(axis=0)}
        dhidden = dscores @ p["W3"].T * self.alive
        grads |= {"W2": self.rows.T @ dhidden, "b2": dhidden.sum(axis=0)}
        dmaps = self.unpooled((dhidden @ p["W2"].T).reshape(self.shape)) * self.positive
        dW1 = np.einsum("nchwij,nfhw->fcij", self.windows(X), dmaps)
        return grads | {"W1": dW1, "b1": dmaps.sum(axis=(0, 2, 3))}

    def penalized(self):
        return ["W1", "W2", "W3"]

    def penalty(self):
        weights = {name: self.params[name] for name in self.penalized()}
        half = 0.5 * self.reg * sum(np.sum(W**2) for W in weights.values())
        return half, {name: self.reg * W for name, W in weights.items()}

    def loss(self, X, y=None):
        scores = self.forward(X)
        if y is None:
            return scores
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        penalty, slopes = self.penalty()
        loss = penalty - np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        grads = self.backward(p / len(y), X)
        return loss, {name: grad + slopes.get(name, 0) for name, grad in grads.items()}


@misconception("ThreeLayerConvNet", "The penalty has no half in front: then its gradient would need a factor of 2.")
class ThreeLayerConvNet_without_half(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return 2 * penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception("ThreeLayerConvNet", "The penalty is in the loss and not in the gradients: what costs has a slope.")
class ThreeLayerConvNet_gradients_without_penalty(_ThreeLayerConvNet):
    def penalty(self):
        return super().penalty()[0], {}


@misconception(
    "ThreeLayerConvNet", "The half is missing in the loss only: its gradients are those of half of the penalty."
)
class ThreeLayerConvNet_without_half_in_the_loss(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return 2 * penalty, slopes


@misconception("ThreeLayerConvNet", "The loss leaves the filters out of the penalty, and their gradient has it.")
class ThreeLayerConvNet_filters_only_in_the_gradients(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty - 0.5 * self.reg * np.sum(self.params["W1"] ** 2), slopes


@misconception("ThreeLayerConvNet", "The gradient of the filters lacks the penalty, which the loss has.")
class ThreeLayerConvNet_filters_only_in_the_loss(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty, {name: slope for name, slope in slopes.items() if name != "W1"}


@misconception("ThreeLayerConvNet", "The gradient of the last weights lacks the penalty, which the loss has.")
class ThreeLayerConvNet_last_weights_only_in_the_loss(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty, {name: slope for name, slope in slopes.items() if name != "W3"}


@misconception(
    "ThreeLayerConvNet", "The gradient goes past the first ReLU: it passes only where the maps were positive."
)
class ThreeLayerConvNet_back_past_the_first_relu(_ThreeLayerConvNet):
    def backward(self, dscores, X):
        self.positive = np.ones(self.positive.shape)
        return super().backward(dscores, X)


@misconception("ThreeLayerConvNet", "The penalty counts twice in the gradients: the slope of half a square has no 2.")
class ThreeLayerConvNet_gradients_of_twice_the_penalty(_ThreeLayerConvNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception("ThreeLayerConvNet", "The filters go free: the penalty is on the weights of the convolution as well.")
class ThreeLayerConvNet_without_the_penalty_of_filters(_ThreeLayerConvNet):
    def penalized(self):
        return ["W2", "W3"]


@misconception("ThreeLayerConvNet", "The weights of the scores go free: the penalty is on those of all three layers.")
class ThreeLayerConvNet_without_the_last_penalty(_ThreeLayerConvNet):
    def penalized(self):
        return ["W1", "W2"]


@misconception("ThreeLayerConvNet", "The penalty is on the biases as well: it is meant for the weights alone.")
class ThreeLayerConvNet_penalizes_biases(_ThreeLayerConvNet):
    def penalized(self):
        return list(self.params)


@misconception("ThreeLayerConvNet", "The scores go through ReLU as well: what speaks against a class is negative.")
class ThreeLayerConvNet_relu_on_scores(_ThreeLayerConvNet):
    def forward(self, X):
        self.scores = super().forward(X)
        return np.maximum(0, self.scores)

    def backward(self, dscores, X):
        return super().backward(dscores * (self.scores > 0), X)


@misconception("ThreeLayerConvNet", "There is no ReLU after the convolution: negative maxima reach the next layer.")
class ThreeLayerConvNet_without_the_first_relu(_ThreeLayerConvNet):
    def first(self, maps):
        self.positive = np.ones(maps.shape)
        return maps


@misconception("ThreeLayerConvNet", "There is no ReLU between the affine layers: without it they are one layer.")
class ThreeLayerConvNet_without_the_second_relu(_ThreeLayerConvNet):
    def second(self, hidden):
        self.alive = np.ones(hidden.shape)
        return hidden


@misconception("ThreeLayerConvNet", "The windows are averaged: this network pools by the maximum.")
class ThreeLayerConvNet_averages(_ThreeLayerConvNet):
    def pooled(self, maps):
        N, F, H, W = maps.shape
        self.size, self.winners = (H, W), np.full((N, F, H // 2, 2, W // 2, 2), 0.25)
        return maps[:, :, : H // 2 * 2, : W // 2 * 2].reshape(self.winners.shape).mean(axis=(3, 5))


@misconception(
    "ThreeLayerConvNet", "The first affine layer expects the whole image: pooling has halved height and width."
)
class ThreeLayerConvNet_forgets_the_pooling(_ThreeLayerConvNet):
    def features(self, input_dim, num_filters):
        return num_filters * input_dim[1] * input_dim[2]


@misconception(
    "ThreeLayerConvNet", "A quarter of the pixels is what is left of even sizes only: pooling leaves an odd row out."
)
class ThreeLayerConvNet_takes_a_quarter(_ThreeLayerConvNet):
    def features(self, input_dim, num_filters):
        return num_filters * input_dim[1] * input_dim[2] // 4


@misconception("ThreeLayerConvNet", "The images are taken for square: the first affine layer sees H / 2 times W / 2.")
class ThreeLayerConvNet_takes_images_for_square(_ThreeLayerConvNet):
    def features(self, input_dim, num_filters):
        return num_filters * (input_dim[1] // 2) ** 2


@misconception(
    "ThreeLayerConvNet", "The first affine layer expects one channel: every filter gives an image of its own."
)
class ThreeLayerConvNet_forgets_the_filters(_ThreeLayerConvNet):
    def features(self, input_dim, num_filters):
        return (input_dim[1] // 2) * (input_dim[2] // 2)


@misconception("ThreeLayerConvNet", "The first weights have a fixed size: `weight_scale` says how large they are.")
class ThreeLayerConvNet_ignores_the_scale(_ThreeLayerConvNet):
    def __init__(
        self, input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0, dtype=None
    ):
        super().__init__(input_dim, num_filters, filter_size, hidden_dim, num_classes, 1e-3, reg)


@misconception("ThreeLayerConvNet", "No first weight is negative: draw them around zero.")
class ThreeLayerConvNet_positive_weights(_ThreeLayerConvNet):
    def __init__(
        self, input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0, dtype=None
    ):
        super().__init__(input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale, reg)
        for name in ("W1", "W2", "W3"):
            self.params[name] = weight_scale * np.random.rand(*self.params[name].shape)


@misconception("ThreeLayerConvNet", "The biases are drawn like weights: they start with zero.")
class ThreeLayerConvNet_random_biases(_ThreeLayerConvNet):
    def __init__(
        self, input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0, dtype=None
    ):
        super().__init__(input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale, reg)
        for name in ("b1", "b2", "b3"):
            self.params[name] = weight_scale * np.random.randn(*self.params[name].shape)


@misconception("ThreeLayerConvNet", "A bias is a row: it has one axis, one number for each output.")
class ThreeLayerConvNet_biases_in_rows(_ThreeLayerConvNet):
    def __init__(
        self, input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0, dtype=None
    ):
        super().__init__(input_dim, num_filters, filter_size, hidden_dim, num_classes, weight_scale, reg)
        self.params |= {"b2": np.zeros((1, hidden_dim)), "b3": np.zeros((1, num_classes))}
