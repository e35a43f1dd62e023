# ruff: noqa: ARG002, D101, D102, N801, NPY002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in the network of any depth."""

import numpy as np

from autograder.misconceptions.catalog import misconception


class _FullyConnectedNet:
    def __init__(
        self,
        hidden_dims,
        input_dim=3072,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        self.keep, self.normalization, self.reg = dropout_keep_ratio, normalization, reg
        self.dtype, self.seed, self.num_layers = dtype, seed, 1 + len(hidden_dims)
        self.running = {}
        self.params = {}
        self.first(input_dim, *hidden_dims, num_classes, scale=weight_scale)
        self.params = {name: np.asarray(array).astype(dtype) for name, array in self.params.items()}

    def first(self, *dims, scale):
        for layer in range(1, len(dims)):
            self.params[f"W{layer}"] = scale * np.random.randn(dims[layer - 1], dims[layer])
            self.params[f"b{layer}"] = np.zeros(dims[layer])
            if self.normalization and layer < self.num_layers:
                self.params[f"gamma{layer}"] = np.ones(dims[layer])
                self.params[f"beta{layer}"] = np.zeros(dims[layer])

    def affine(self, x, layer):
        W = self.params[f"W{layer}"]

        def back(dz, grads):
            grads[f"W{layer}"], grads[f"b{layer}"] = x.T @ dz, dz.sum(axis=0)
            return dz @ W.T

        return x @ W + self.params[f"b{layer}"], back

    def relu(self, z):
        return np.maximum(0, z), lambda dout, _: dout * (z > 0)

    def statistics(self, z, layer, train):
        if self.normalization == "layernorm":
            return z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True)
        mean, var = self.running.get(layer, (0, 0))
        if train:
            self.running[layer] = 0.9 * mean + 0.1 * z.mean(axis=0), 0.9 * var + 0.1 * z.var(axis=0)
            return z.mean(axis=0), z.var(axis=0)
        return mean, var

    def norm(self, z, layer, train):
        axis, gamma = (1 if self.normalization == "layernorm" else 0), self.params[f"gamma{layer}"]
        mean, var = self.statistics(z, layer, train)
        std = np.sqrt(var + 1e-5)
        hat = (z - mean) / std

        def back(dout, grads):
            grads[f"gamma{layer}"], grads[f"beta{layer}"] = (dout * hat).sum(axis=0), dout.sum(axis=0)
            d = dout * gamma
            along = (d * hat).mean(axis=axis, keepdims=True)
            return (d - d.mean(axis=axis, keepdims=True) - hat * along) / std

        return gamma * hat + self.params[f"beta{layer}"], back

    def mask(self, shape):
        return (np.random.rand(*shape) < self.keep) / self.keep

    def dropout(self, x, train):
        if not train or self.keep == 1:
            return x, lambda dout, _: dout
        if self.seed is not None:
            np.random.seed(self.seed)
        mask = self.mask(x.shape)
        return x * mask, lambda dout, _: dout * mask

    def hidden(self, x, layer, train):
        z, first = self.affine(x, layer)
        backs = [first]
        if self.normalization:
            z, back = self.norm(z, layer, train)
            backs.append(back)
        out, back = self.relu(z)
        dropped, last = self.dropout(out, train)
        return dropped, [*backs, back, last]

    def forward(self, X, train):
        x, backs = X.astype(self.dtype).reshape(len(X), -1), []
        for layer in range(1, self.num_layers):
            x, more = self.hidden(x, layer, train)
            backs += more
        scores, back = self.affine(x, self.num_layers)
        return scores, [*backs, back]

    def penalty(self):
        weights = {name: array for name, array in self.params.items() if name[0] == "W"}
        half = 0.5 * self.reg * sum(np.sum(W**2) for W in weights.values())
        return half, {name: self.reg * W for name, W in weights.items()}

    def loss(self, X, y=None):
        scores, backs = self.forward(X, train=y is not None)
        if y is None:
            return scores
        grads = {}
        rows = np.arange(len(y))
        shifted = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(shifted)
        total = p.sum(axis=1, keepdims=True)
        penalty, slopes = self.penalty()
        loss = penalty - (shifted - np.log(total))[rows, y].mean()
        p /= total
        p[rows, y] -= 1
        dout = p / len(y)
        for back in reversed(backs):
            dout = back(dout, grads)
        return loss, {name: grad + slopes.get(name, 0) for name, grad in grads.items()}


@misconception("FullyConnectedNet", "The one half before the penalty is missing: with it, the gradient has no 2.")
class FullyConnectedNet_without_half(_FullyConnectedNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return 2 * penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception(
    "FullyConnectedNet", "The penalty leaves out the last layer, whose weights are weights like the others."
)
class FullyConnectedNet_without_the_last_penalty(_FullyConnectedNet):
    def penalty(self):
        weights = {f"W{layer}": self.params[f"W{layer}"] for layer in range(1, self.num_layers)}
        half = 0.5 * self.reg * sum(np.sum(W**2) for W in weights.values())
        return half, {name: self.reg * W for name, W in weights.items()}


@misconception("FullyConnectedNet", "Only the last layer is penalized: the sum goes over all of them.")
class FullyConnectedNet_penalizes_the_last(_FullyConnectedNet):
    def penalty(self):
        W = self.params[f"W{self.num_layers}"]
        return 0.5 * self.reg * np.sum(W**2), {f"W{self.num_layers}": self.reg * W}


@misconception("FullyConnectedNet", "The loss has its penalty, and the gradients have nothing of it.")
class FullyConnectedNet_gradients_without_penalty(_FullyConnectedNet):
    def penalty(self):
        return super().penalty()[0], {}


@misconception("FullyConnectedNet", "The gradients have their share of the penalty, and the loss has not.")
class FullyConnectedNet_loss_without_penalty(_FullyConnectedNet):
    def penalty(self):
        return 0, super().penalty()[1]


@misconception("FullyConnectedNet", "The gradient of the penalty is twice too large: the one half takes the 2 away.")
class FullyConnectedNet_gradients_of_twice_the_penalty(_FullyConnectedNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception("FullyConnectedNet", "There is no penalty at all: reg has no effect.")
class FullyConnectedNet_without_penalty(_FullyConnectedNet):
    def penalty(self):
        return 0, {}


@misconception("FullyConnectedNet", "The sum of the weights is squared: it is their squares that are summed.")
class FullyConnectedNet_squares_the_sum(_FullyConnectedNet):
    def penalty(self):
        sums = [np.sum(array) ** 2 for name, array in self.params.items() if name[0] == "W"]
        return 0.5 * self.reg * sum(sums), super().penalty()[1]


@misconception("FullyConnectedNet", "Biases are penalized like weights: they are free, and so are scales and shifts.")
class FullyConnectedNet_penalizes_everything(_FullyConnectedNet):
    def penalty(self):
        half = 0.5 * self.reg * sum(np.sum(array**2) for array in self.params.values())
        return half, {name: self.reg * array for name, array in self.params.items()}


@misconception("FullyConnectedNet", "The last layer ends in relu: a score may be negative.")
class FullyConnectedNet_relu_on_scores(_FullyConnectedNet):
    def forward(self, X, train):
        scores, backs = super().forward(X, train)
        out, back = self.relu(scores)
        return out, [*backs, back]


@misconception("FullyConnectedNet", "There is no relu between the layers: affine maps in a row are one affine map.")
class FullyConnectedNet_without_relu(_FullyConnectedNet):
    def relu(self, z):
        return z, lambda dout, _: dout


@misconception("FullyConnectedNet", "The first weights have a size of their own, whatever weight_scale says.")
class FullyConnectedNet_ignores_the_scale(_FullyConnectedNet):
    def first(self, *dims, scale):
        super().first(*dims, scale=1e-2)


@misconception("FullyConnectedNet", "The first weights are uniform and positive: they are to be normal around zero.")
class FullyConnectedNet_positive_weights(_FullyConnectedNet):
    def first(self, *dims, scale):
        super().first(*dims, scale=scale)
        for layer in range(1, len(dims)):
            self.params[f"W{layer}"] = scale * np.random.rand(dims[layer - 1], dims[layer])


@misconception("FullyConnectedNet", "The first biases are random: nothing keeps them from starting at zero.")
class FullyConnectedNet_random_biases(_FullyConnectedNet):
    def first(self, *dims, scale):
        super().first(*dims, scale=scale)
        for layer in range(1, len(dims)):
            self.params[f"b{layer}"] = scale * np.random.randn(dims[layer])


@misconception("FullyConnectedNet", "A bias has one axis too many: a layer has one bias for each output.")
class FullyConnectedNet_biases_in_rows(_FullyConnectedNet):
    def first(self, *dims, scale):
        super().first(*dims, scale=scale)
        for layer in range(1, len(dims)):
            self.params[f"b{layer}"] = np.zeros((1, dims[layer]))


@misconception("FullyConnectedNet", "The parameters are always in double precision, whatever dtype says.")
class FullyConnectedNet_ignores_dtype(_FullyConnectedNet):
    def __init__(self, hidden_dims, *settings):
        super().__init__(hidden_dims, *settings)
        self.params = {name: array.astype(np.float64) for name, array in self.params.items()}
