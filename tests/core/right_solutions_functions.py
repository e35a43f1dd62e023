"""Right solutions of activations, losses, initial weights and classifiers, as students write them."""

import math
from collections import Counter, OrderedDict

import numpy as np

# ruff: noqa: NPY002  students draw as the course does


def by_elements(function):
    """Return a forward pass that goes through the numbers one by one, and caches what it came from."""

    def forward(x, *alpha):
        flat = [function(float(number), *alpha) for number in x.flatten()]
        return np.array(flat).reshape(x.shape), {"x": x, "alpha": alpha}

    return forward


def slopes_by_elements(slope):
    def backward(dout, cache):
        dx = np.zeros(dout.shape)
        for place in np.ndindex(*dout.shape):
            dx[place] = dout[place] * slope(float(cache["x"][place]), *cache["alpha"])
        return dx

    return backward


def logistic(number):
    return 1 / (1 + math.exp(-number)) if number > 0 else math.exp(number) / (1 + math.exp(number))


BY_ELEMENTS = {
    "relu_forward": by_elements(lambda number: max(0.0, number)),
    "relu_backward": slopes_by_elements(lambda number: 1 if number >= 0 else 0),
    "sigmoid_forward": by_elements(logistic),
    "sigmoid_backward": slopes_by_elements(lambda number: logistic(number) * logistic(-number)),
    "tanh_forward": by_elements(math.tanh),
    "tanh_backward": slopes_by_elements(lambda number: 1 / math.cosh(number) ** 2),
    "leaky_relu_forward": by_elements(lambda number, alpha=0.01: number if number > 0 else alpha * number),
    "leaky_relu_backward": slopes_by_elements(lambda number, alpha=0.01: 1 if number >= 0 else alpha),
    "elu_forward": by_elements(lambda number, alpha=1.0: number if number > 0 else alpha * (math.exp(number) - 1)),
    "elu_backward": slopes_by_elements(lambda number, alpha=1.0: 1 if number > 0 else alpha * math.exp(number)),
}


def sigmoid_forward_as_defined(x):
    with np.errstate(over="ignore"):  # a student sees a warning, and the right numbers
        s = 1.0 / (1.0 + np.exp(-x))
    return s, (s,)


def sigmoid_backward_as_defined(dout, cache):
    (s,) = cache
    return np.multiply(dout, s - s**2)


def tanh_forward_as_defined(x):
    e = np.exp(-2 * np.abs(x))
    out = np.sign(x) * (1 - e) / (1 + e)
    return out, x


def tanh_backward_as_defined(dout, cache):
    return dout / np.cosh(cache) ** 2


def leaky_relu_forward_as_defined(x, alpha=0.01):
    return np.maximum(0, x) + alpha * np.minimum(0, x), (x > 0, alpha)


def leaky_relu_backward_as_defined(dout, cache):
    positive, alpha = cache
    return dout * positive + alpha * dout * ~positive


def elu_forward_as_defined(x, alpha=1.0):
    out = x.copy()
    negative = x <= 0
    out[negative] = alpha * (np.exp(x[negative]) - 1)
    return out, [x, out, alpha]


def elu_backward_as_defined(dout, cache):
    x, out, alpha = cache
    dx = dout.copy()
    dx[x <= 0] *= out[x <= 0] + alpha
    return dx


def sigmoid_forward_through_tanh(x):
    out = 0.5 + 0.5 * np.tanh(0.5 * x)
    return out, out


def sigmoid_backward_through_tanh(dout, cache):
    return (0.25 - (cache - 0.5) ** 2) * dout


def tanh_forward_through_sigmoid(x):
    out = 2 * sigmoid_forward_through_tanh(2 * x)[0] - 1
    return out, out


def tanh_backward_through_sigmoid(dout, cache):
    dout -= dout * cache * cache
    return dout


def leaky_relu_forward_by_the_larger(x, alpha=0.01):
    return np.maximum(x, alpha * x), {"slope": np.where(x < 0, alpha, 1.0)}


def leaky_relu_backward_by_the_larger(dout, cache):
    return cache["slope"] * dout


def elu_forward_by_parts(x, alpha=1.0):
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0)), np.where(x < 0, alpha * np.exp(np.minimum(x, 0)), 1)


def elu_backward_by_parts(dout, cache):
    dout *= cache
    return dout


def he_init_by_scale(fan_in, fan_out):
    return np.random.normal(0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))


def he_init_by_factor(fan_in, fan_out, rng=None):
    rng = rng or np.random.default_rng()
    return rng.standard_normal((fan_in, fan_out)) * (2 / fan_in) ** 0.5


def he_init_by_columns(fan_in, fan_out):
    return np.stack([np.random.randn(fan_in) / math.sqrt(fan_in / 2) for _ in range(fan_out)], axis=1)


def softmax_loss_by_logaddexp(x, y):
    total = np.array([np.logaddexp.reduce(row) for row in x])
    true = np.take_along_axis(x, y[:, None], axis=1).squeeze(axis=1)
    dx = np.exp(x - total.reshape(-1, 1))
    np.subtract.at(dx, (range(len(y)), y), 1)
    return float(np.mean(total - true)), dx / y.size


def svm_loss_by_classes(x, y):
    N, C = x.shape
    loss, dx = 0.0, np.zeros((N, C))
    for c in range(C):
        others = y != c
        margins = (x[:, c] - np.choose(y, x.T) + 1) * others
        active = margins > 0
        loss += np.sum(margins[active]) / N
        dx[active, c] += 1 / N
        dx[active, y[active]] -= 1 / N
    return loss, dx


def linear(loss_of_scores):
    """Return a linear classifier's loss by way of its scores."""

    def loss(W, X, y, reg):
        data, dscores = loss_of_scores(X.dot(W), y)
        return data + reg * np.sum(np.square(W)), X.T.dot(dscores) + reg * 2 * W

    return loss


def svm_loss_by_scalars(W, X, y, reg):
    D, C = W.shape
    loss, dW = 0.0, np.zeros((D, C))
    for i in range(len(X)):
        scores = [sum(X[i, d] * W[d, c] for d in range(D)) for c in range(C)]
        for c in range(C):
            margin = scores[c] - scores[y[i]] + 1
            if c == y[i] or margin <= 0:
                continue
            loss += margin
            dW[:, c] += X[i, :]
            dW[:, y[i]] -= X[i, :]
    loss /= len(X)
    dW /= len(X)
    for d in range(D):
        for c in range(C):
            loss += reg * W[d, c] ** 2
            dW[d, c] += 2 * reg * W[d, c]
    return loss, dW


def softmax_loss_by_examples(W, X, y, reg):
    loss, dW = 0, np.zeros_like(W)
    for x, label in zip(X, y, strict=True):
        scores = W.T @ x
        scores -= np.max(scores)
        p = np.exp(scores) / sum(np.exp(scores))
        loss += -np.log(p[label])
        p[label] -= 1
        dW += np.outer(x, p)
    return loss / len(X) + reg * np.linalg.norm(W) ** 2, dW / len(X) + 2 * reg * W


def svm_loss_by_masks(W, X, y, reg):
    scores = np.einsum("nd,dc->nc", X, W)
    mask = np.eye(W.shape[1])[y]
    margins = np.clip(scores - np.sum(scores * mask, axis=1, keepdims=True) + 1 - mask, 0, None)
    steps = (margins > 0) * 1.0
    steps -= mask * steps.sum(axis=1, keepdims=True)
    return margins.sum() / X.shape[0] + reg * (W * W).sum(), np.einsum("nd,nc->dc", X, steps) / X.shape[
        0
    ] + 2 * reg * W


def softmax_loss_by_masks(W, X, y, reg):
    scores = X @ W
    scores -= scores.max(axis=1).reshape(-1, 1)
    log_p = scores - np.log(np.exp(scores).sum(axis=1))[:, np.newaxis]
    mask = np.zeros_like(log_p)
    mask[np.arange(len(y)), y] = 1
    return -(mask * log_p).sum() / len(y) + reg * np.sum(W**2), X.T @ (np.exp(log_p) - mask) / len(y) + 2 * reg * W


class NeighborsByLoops:
    def __init__(self):
        pass

    def train(self, X, y):
        self.X_train = X
        self.y_train = y

    def compute_distances_two_loops(self, X):
        dists = np.zeros((X.shape[0], self.X_train.shape[0]))
        for i in range(X.shape[0]):
            for j in range(self.X_train.shape[0]):
                dists[i, j] = math.sqrt(sum((a - b) ** 2 for a, b in zip(X[i], self.X_train[j], strict=True)))
        return dists

    def compute_distances_one_loop(self, X):
        dists = np.zeros((X.shape[0], self.X_train.shape[0]))
        for i in range(X.shape[0]):
            dists[i, :] = np.linalg.norm(self.X_train - X[i], axis=1)
        return dists

    def compute_distances_no_loops(self, X):
        test, train = np.sum(X**2, axis=1, keepdims=True), np.sum(self.X_train**2, axis=1)
        return np.sqrt(test + train - 2 * np.dot(X, self.X_train.T))

    def predict_labels(self, dists, k=1):
        y_pred = np.zeros(dists.shape[0])
        for i in range(dists.shape[0]):
            closest_y = self.y_train[np.argsort(dists[i])[:k]]
            y_pred[i] = np.argmax(np.bincount(closest_y))
        return y_pred


class NeighborsByLists:
    X_train = y_train = None

    def train(self, X, y):
        self.X_train, self.y_train = X, list(y)

    def compute_distances_two_loops(self, X):
        return [[float(np.linalg.norm(x - t)) for t in self.X_train] for x in X]

    def compute_distances_one_loop(self, X):
        return [np.sqrt(np.einsum("td,td->t", x - self.X_train, x - self.X_train)).tolist() for x in X]

    def compute_distances_no_loops(self, X):
        return np.linalg.norm(X[:, None] - self.X_train[None], axis=2)

    def predict_labels(self, dists, k=1):
        labels = []
        for row in dists:
            votes = Counter(self.y_train[j] for j in sorted(range(len(row)), key=row.__getitem__)[:k])
            most = max(votes.values())
            labels.append(int(min(label for label in votes if votes[label] == most)))
        return labels


class NeighborsByArrays:
    def train(self, X, y):
        self.X_train, self.y_train = np.asfortranarray(X), y

    def compute_distances_two_loops(self, X):
        dists = np.empty((len(X), len(self.X_train)))
        for i, j in np.ndindex(*dists.shape):
            difference = X[i] - self.X_train[j]
            dists[i, j] = difference.dot(difference) ** 0.5
        return dists

    def compute_distances_one_loop(self, X):
        dists = np.empty((len(self.X_train), len(X)))
        for j in range(len(self.X_train)):
            dists[j] = ((X - self.X_train[j]) ** 2).sum(axis=-1)
        return np.sqrt(dists.T)

    def compute_distances_no_loops(self, X):
        squares = -2 * (X @ self.X_train.T)
        squares += (X * X).sum(1).reshape(-1, 1)
        squares += (self.X_train * self.X_train).sum(1)
        return np.sqrt(np.clip(squares, 0, None))

    def predict_labels(self, dists, k=1):
        neighbors = self.y_train[np.argpartition(dists, k - 1, axis=1)[:, :k]]
        counts = (neighbors[:, :, None] == np.arange(self.y_train.max() + 1)).sum(axis=1)
        return counts.argmax(axis=1)


def affine(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x.reshape(x.shape[0], -1), w)


def affine_back(dout, cache):
    rows, w = cache
    return dout @ w.T, rows.T @ dout, dout.sum(0)


class NetOfLayers:
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = np.random.normal(0, weight_scale, (input_dim, hidden_dim))
        self.params["b1"] = np.zeros((hidden_dim,))
        self.params["W2"] = np.random.normal(0, weight_scale, (hidden_dim, num_classes))
        self.params["b2"] = np.zeros((num_classes,))

    def loss(self, X, y=None):
        z, first = affine(X, self.params["W1"], self.params["b1"])
        h = np.maximum(0, z)
        scores, second = affine(h, self.params["W2"], self.params["b2"])
        if y is None:
            return scores
        grads = {}
        loss, dscores = softmax_loss_by_logaddexp(scores, y)
        dh, grads["W2"], grads["b2"] = affine_back(dscores, second)
        dh[z <= 0] = 0
        _, grads["W1"], grads["b1"] = affine_back(dh, first)
        for name in ("W1", "W2"):
            loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
            grads[name] += self.reg * self.params[name]
        return loss, grads


class NetOfFormulas(object):  # noqa: UP004  as in the course of 2016
    def __init__(self, D=3072, H=100, C=10, std=1e-3, reg=0.0):
        rng = np.random.default_rng()
        names, shapes = ["W1", "b1", "W2", "b2"], [(D, H), H, (H, C), C]
        self.reg, self.params = reg, OrderedDict()
        for name, shape in zip(names, shapes, strict=True):
            self.params[name] = std * rng.standard_normal(shape) if name.startswith("W") else np.zeros(shape)

    def loss(self, X, y=None):
        W1, b1, W2, b2 = self.params.values()
        N = len(X)
        X = X.reshape(N, -1)
        H = (X @ W1 + b1).clip(min=0)
        S = H @ W2 + b2
        if y is None:
            return S
        S = S - S.max(1, keepdims=True)
        P = np.exp(S) / np.exp(S).sum(1, keepdims=True)
        Y = np.eye(len(b2))[y]
        loss = -np.log((P * Y).sum(1)).sum() / N + self.reg / 2 * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dS = (P - Y) / N
        dH = dS @ W2.T * np.sign(H)
        gradients = X.T @ dH + self.reg * W1, dH.sum(0), H.T @ dS + self.reg * W2, dS.sum(0)
        return loss, OrderedDict(zip(self.params, gradients, strict=True))


class NetByEinsum:
    def __init__(self, *given):
        D, H, C, scale, self.reg = given + (3072, 100, 10, 1e-3, 0.0)[len(given) :]
        weights = np.random.randn(D * H + H * C) * scale
        self.params = {"b1": np.zeros(H), "b2": np.zeros(C)}
        self.params["W1"], self.params["W2"] = weights[: D * H].reshape(D, H), weights[D * H :].reshape(H, C)
        self.grads = {}

    def scores(self, X):
        self.X = X.reshape(X.shape[0], np.prod(X.shape[1:]))
        self.z = np.einsum("nd,dh->nh", self.X, self.params["W1"]) + self.params["b1"]
        self.h = self.z * (self.z > 0)
        return np.einsum("nh,hc->nc", self.h, self.params["W2"]) + self.params["b2"]

    def loss(self, X, y=None):
        scores = self.scores(X)
        if y is None:
            return scores
        loss, d = softmax_loss_by_logaddexp(scores, y)
        self.grads["W2"], self.grads["b2"] = np.einsum("nh,nc->hc", self.h, d), np.einsum("nc->c", d)
        d = np.einsum("nc,hc->nh", d, self.params["W2"]) * (self.z > 0)
        self.grads["W1"], self.grads["b1"] = np.einsum("nd,nh->dh", self.X, d), np.einsum("nh->h", d)
        penalty = 0
        for name in self.params:
            if self.params[name].ndim == 2:
                penalty += np.vdot(self.params[name], self.params[name])
                self.grads[name] = self.grads[name] + self.reg * self.params[name]
        return [loss + 0.5 * self.reg * penalty, self.grads]


def in_style(style, *exercises):
    return {exercise: globals()[f"{exercise}_{style}"] for exercise in exercises}


SIGMOID, TANH = ("sigmoid_forward", "sigmoid_backward"), ("tanh_forward", "tanh_backward")
LEAKY, ELU = ("leaky_relu_forward", "leaky_relu_backward"), ("elu_forward", "elu_backward")

SOLUTIONS = {
    "activations by elements": BY_ELEMENTS,
    "activations as defined": in_style("as_defined", *SIGMOID, *TANH, *LEAKY, *ELU),
    "activations through each other": in_style("through_tanh", *SIGMOID) | in_style("through_sigmoid", *TANH),
    "activations by parts": in_style("by_the_larger", *LEAKY) | in_style("by_parts", *ELU),
    "losses by logaddexp and classes": {"softmax_loss": softmax_loss_by_logaddexp, "svm_loss": svm_loss_by_classes},
    "weights by scale": {"he_init": he_init_by_scale},
    "weights by factor": {"he_init": he_init_by_factor},
    "weights by columns": {"he_init": he_init_by_columns},
    "linear by loops": {
        "svm_loss_naive": svm_loss_by_scalars,
        "svm_loss_vectorized": linear(svm_loss_by_classes),
        "softmax_loss_naive": softmax_loss_by_examples,
        "softmax_loss_vectorized": linear(softmax_loss_by_logaddexp),
    },
    "linear by masks": {
        "svm_loss_naive": svm_loss_by_masks,
        "svm_loss_vectorized": svm_loss_by_masks,
        "softmax_loss_naive": softmax_loss_by_masks,
        "softmax_loss_vectorized": softmax_loss_by_masks,
    },
    "linear by scores": {
        "svm_loss_naive": linear(svm_loss_by_classes),
        "svm_loss_vectorized": svm_loss_by_scalars,  # slower than asked for, and right
        "softmax_loss_naive": linear(softmax_loss_by_logaddexp),
        "softmax_loss_vectorized": softmax_loss_by_examples,
    },
    "neighbors by loops": {"KNearestNeighbor": NeighborsByLoops},
    "neighbors by lists": {"KNearestNeighbor": NeighborsByLists},
    "neighbors by arrays": {"KNearestNeighbor": NeighborsByArrays},
    "a net of layers": {"TwoLayerNet": NetOfLayers},
    "a net of formulas": {"TwoLayerNet": NetOfFormulas},
    "a net by einsum": {"TwoLayerNet": NetByEinsum},
}
