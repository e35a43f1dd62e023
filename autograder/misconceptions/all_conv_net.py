# ruff: noqa: ARG002, D101, D102, N801, NPY002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in the network of nothing but convolutions."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _windows(x, size, stride, pad):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]


def _back_to_images(dwindows, x, stride, pad):
    N, C, H, W = x.shape
    dpadded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    _, _, rows, columns, size, _ = dwindows.shape
    for i, j in np.ndindex(size, size):
        dpadded[:, :, i : i + rows * stride : stride, j : j + columns * stride : stride] += dwindows[..., i, j]
    return dpadded[:, :, pad : pad + H, pad : pad + W]


class _AllConvNet:
    def __init__(self, num_filters=(16, 32), input_channels=3, num_classes=10, reg=0.0, dtype=np.float32):
        self.reg, self.params = reg, {}
        channels = [input_channels, *(F for F in num_filters for _ in range(2))]
        self.L = len(channels)
        for layer, F in enumerate([*channels[1:], num_classes], 1):
            C = channels[layer - 1]
            size = 1 if layer == self.L else 3
            self.params[f"W{layer}"] = self.scale(C, size) * np.random.randn(F, C, size, size)
            self.params[f"b{layer}"] = np.zeros(F)
            if layer < self.L:
                self.params |= {f"gamma{layer}": self.first_gamma(F), f"beta{layer}": np.zeros(F)}
        self.running = {}

    def scale(self, C, size):
        return np.sqrt(2 / (C * size * size))

    def first_gamma(self, F):
        return np.ones(F)

    def stride(self, layer):
        return 2 - layer % 2

    def convolve(self, x, layer):
        W, b = self.params[f"W{layer}"], self.params[f"b{layer}"]
        stride, pad = (1, 0) if layer == self.L else (self.stride(layer), 1)
        windows = _windows(x, W.shape[2], stride, pad)
        self.kept[f"conv{layer}"] = x, windows, stride, pad
        return np.einsum("nchwij,fcij->nfhw", windows, W) + b[:, None, None]

    def convolve_back(self, dout, layer):
        x, windows, stride, pad = self.kept[f"conv{layer}"]
        self.grads[f"W{layer}"] = np.einsum("nfhw,nchwij->fcij", dout, windows)
        self.grads[f"b{layer}"] = dout.sum(axis=(0, 2, 3))
        dwindows = np.einsum("nfhw,fcij->nchwij", dout, self.params[f"W{layer}"])
        return _back_to_images(dwindows, x, stride, pad)

    def statistics(self, x, layer, train):
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        before = self.running.get(layer, (0 * mean, 0 * var))
        if not train:
            return before
        self.running[layer] = [0.9 * old + 0.1 * new for old, new in zip(before, (mean, var), strict=True)]
        return mean, var

    def normalize(self, x, layer, train):
        mean, var = (np.reshape(array, (-1, 1, 1)) for array in self.statistics(x, layer, train))
        std = np.sqrt(var + 1e-5)
        x_hat = (x - mean) / std
        self.kept[f"norm{layer}"] = x_hat, std
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        return gamma[:, None, None] * x_hat + beta[:, None, None]

    def normalize_back(self, dout, layer):
        x_hat, std = self.kept[f"norm{layer}"]
        self.grads[f"gamma{layer}"] = (dout * x_hat).sum(axis=(0, 2, 3))
        self.grads[f"beta{layer}"] = dout.sum(axis=(0, 2, 3))
        dx_hat = dout * self.params[f"gamma{layer}"][:, None, None]
        along = x_hat * (dx_hat * x_hat).mean(axis=(0, 2, 3), keepdims=True)
        return (dx_hat - dx_hat.mean(axis=(0, 2, 3), keepdims=True) - along) / std

    def layer(self, x, layer, train):
        x = self.normalize(self.convolve(x, layer), layer, train)
        self.kept[f"relu{layer}"] = x > 0
        return np.maximum(0, x)

    def layer_back(self, dout, layer):
        dout = self.normalize_back(dout * self.kept[f"relu{layer}"], layer)
        return self.convolve_back(dout, layer)

    def head(self, maps):
        return maps.mean(axis=(2, 3))

    def head_back(self, dscores, maps):
        return np.ones(maps.shape) * dscores[:, :, None, None] / (maps.shape[2] * maps.shape[3])

    def forward(self, x, train):
        self.kept, self.grads = {}, {}
        for layer in range(1, self.L):
            x = self.layer(x, layer, train)
        self.maps = self.convolve(x, self.L)
        return self.head(self.maps)

    def penalized(self):
        return [name for name in self.params if name.startswith("W")]

    def loss(self, X, y=None):
        scores = self.forward(X, y is not None)
        if y is None:
            return scores
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        dout = self.convolve_back(self.head_back(p / len(y), self.maps), self.L)
        for layer in range(self.L - 1, 0, -1):
            dout = self.layer_back(dout, layer)
        for name in self.penalized():
            loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
            self.grads[name] = self.grads[name] + self.reg * self.params[name]
        return loss, self.grads


@misconception("AllConvNet", "The largest place of a class decides: the scores are the means over all places.")
class AllConvNet_global_maximum(_AllConvNet):
    def head(self, maps):
        return maps.max(axis=(2, 3))

    def head_back(self, dscores, maps):
        return (maps == maps.max(axis=(2, 3), keepdims=True)) * dscores[:, :, None, None]


@misconception("AllConvNet", "The places are added up: the head averages them, so that the size does not matter.")
class AllConvNet_sums_places(_AllConvNet):
    def head(self, maps):
        return maps.sum(axis=(2, 3))

    def head_back(self, dscores, maps):
        return np.ones(maps.shape) * dscores[:, :, None, None]


@misconception(
    "AllConvNet", "Without labels it normalizes by the batch it is asked about, not by the averages it kept."
)
class AllConvNet_always_trains(_AllConvNet):
    def statistics(self, x, layer, train):
        return super().statistics(x, layer, train=True)


@misconception("AllConvNet", "No convolution takes steps of two: the second one of each stage replaces the pooling.")
class AllConvNet_without_strides(_AllConvNet):
    def stride(self, layer):
        return 1


@misconception(
    "AllConvNet", "The first convolution of a stage takes the steps of two: it is the second one that does."
)
class AllConvNet_strides_first(_AllConvNet):
    def stride(self, layer):
        return 1 + layer % 2


@misconception("AllConvNet", "ReLU stands before the normalization: it follows it.")
class AllConvNet_relu_before_norm(_AllConvNet):
    def layer(self, x, layer, train):
        x = self.convolve(x, layer)
        self.kept[f"relu{layer}"] = x > 0
        return self.normalize(np.maximum(0, x), layer, train)

    def layer_back(self, dout, layer):
        return self.convolve_back(self.normalize_back(dout, layer) * self.kept[f"relu{layer}"], layer)


@misconception("AllConvNet", "The scales and the shifts are penalized, too: only the weights are.")
class AllConvNet_penalizes_norms(_AllConvNet):
    def penalized(self):
        return [name for name in self.params if not name.startswith("b")] + [f"beta{k}" for k in range(1, self.L)]


@misconception("AllConvNet", "The last filters go free: the penalty is on the weights of every layer.")
class AllConvNet_without_the_last_penalty(_AllConvNet):
    def penalized(self):
        return [f"W{layer}" for layer in range(1, self.L)]


@misconception("AllConvNet", "The scales start with zero: then nothing gets through, and nothing is learned.")
class AllConvNet_gamma_of_zero(_AllConvNet):
    def first_gamma(self, F):
        return np.zeros(F)


@misconception("AllConvNet", "The first weights count the channels only: a number sums over every tap of a filter.")
class AllConvNet_fan_in_of_channels(_AllConvNet):
    def scale(self, C, size):
        return np.sqrt(2 / C)
