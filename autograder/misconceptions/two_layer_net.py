# ruff: noqa: ARG002, D101, D102, N801, NPY002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in the network of two layers."""

import numpy as np

from autograder.misconceptions.catalog import misconception


class _TwoLayerNet:
    def __init__(self, input_dim=3072, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }

    def forward(self, X):
        self.rows = X.reshape(len(X), -1)
        self.hidden = np.maximum(0, self.rows @ self.params["W1"] + self.params["b1"])
        return self.hidden @ self.params["W2"] + self.params["b2"]

    def backward(self, dscores):
        dhidden = dscores @ self.params["W2"].T * (self.hidden > 0)
        grads = {"W2": self.hidden.T @ dscores, "b2": dscores.sum(axis=0)}
        return grads | {"W1": self.rows.T @ dhidden, "b1": dhidden.sum(axis=0)}

    def penalty(self):
        weights = {name: self.params[name] for name in ("W1", "W2")}
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
        grads = self.backward(p / len(y))
        return loss, {name: grad + slopes.get(name, 0) for name, grad in grads.items()}


@misconception("TwoLayerNet", "The half before the penalty is missing: with it, the gradient has no factor 2.")
class TwoLayerNet_without_half(_TwoLayerNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return 2 * penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception("TwoLayerNet", "The loss has its penalty and the gradients have not: every term has its gradient.")
class TwoLayerNet_gradients_without_penalty(_TwoLayerNet):
    def penalty(self):
        return super().penalty()[0], {}


@misconception("TwoLayerNet", "The gradients of the penalty are doubled: the one half in the loss takes the 2 away.")
class TwoLayerNet_gradients_of_twice_the_penalty(_TwoLayerNet):
    def penalty(self):
        penalty, slopes = super().penalty()
        return penalty, {name: 2 * slope for name, slope in slopes.items()}


@misconception("TwoLayerNet", "The weights of the last layer go free: the penalty is on those of every layer.")
class TwoLayerNet_without_the_last_penalty(_TwoLayerNet):
    def penalty(self):
        W1 = self.params["W1"]
        return 0.5 * self.reg * np.sum(W1**2), {"W1": self.reg * W1}


@misconception("TwoLayerNet", "The biases are penalized, too: only weights are.")
class TwoLayerNet_penalizes_biases(_TwoLayerNet):
    def penalty(self):
        half = 0.5 * self.reg * sum(np.sum(array**2) for array in self.params.values())
        return half, {name: self.reg * array for name, array in self.params.items()}


@misconception("TwoLayerNet", "The scores go through relu as well: a class may have a negative score.")
class TwoLayerNet_relu_on_scores(_TwoLayerNet):
    def forward(self, X):
        self.scores = super().forward(X)
        return np.maximum(0, self.scores)

    def backward(self, dscores):
        return super().backward(dscores * (self.scores > 0))


@misconception("TwoLayerNet", "There is nothing between the two layers: two straight maps are one straight map.")
class TwoLayerNet_without_relu(_TwoLayerNet):
    def forward(self, X):
        self.rows = X.reshape(len(X), -1)
        self.hidden = self.rows @ self.params["W1"] + self.params["b1"]
        return self.hidden @ self.params["W2"] + self.params["b2"]

    def backward(self, dscores):
        dhidden = dscores @ self.params["W2"].T
        grads = {"W2": self.hidden.T @ dscores, "b2": dscores.sum(axis=0)}
        return grads | {"W1": self.rows.T @ dhidden, "b1": dhidden.sum(axis=0)}


@misconception("TwoLayerNet", "The first weights have a size of their own: weight_scale is to decide it.")
class TwoLayerNet_ignores_the_scale(_TwoLayerNet):
    def __init__(self, input_dim=3072, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        super().__init__(input_dim, hidden_dim, num_classes, 1e-3, reg)


@misconception("TwoLayerNet", "The first weights are all positive: then the hidden numbers rise and fall together.")
class TwoLayerNet_positive_weights(_TwoLayerNet):
    def __init__(self, input_dim=3072, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        super().__init__(input_dim, hidden_dim, num_classes, weight_scale, reg)
        self.params["W1"] = weight_scale * np.random.rand(input_dim, hidden_dim)
        self.params["W2"] = weight_scale * np.random.rand(hidden_dim, num_classes)


@misconception("TwoLayerNet", "A bias has an axis too many: there is one number for each output.")
class TwoLayerNet_biases_in_rows(_TwoLayerNet):
    def __init__(self, input_dim=3072, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        super().__init__(input_dim, hidden_dim, num_classes, weight_scale, reg)
        self.params["b1"] = np.zeros((1, hidden_dim))
        self.params["b2"] = np.zeros((1, num_classes))
