"""Right solutions of optimizers and of the network of any depth, as students write them."""

import math
from itertools import pairwise

import numpy as np

# ruff: noqa: NPY002  students draw as the course does


# ---- in place, as the official course allows -----------------------------------------------------------------------


def sgd_momentum_in_place(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v = config["momentum"] * v - config["learning_rate"] * dw
    w += v
    config["velocity"] = v
    return w, config


def rmsprop_in_place(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] *= config["decay_rate"]
    config["cache"] += (1 - config["decay_rate"]) * dw * dw
    w -= config["learning_rate"] * dw / (config["cache"] ** 0.5 + config["epsilon"])
    return w, config


def adam_in_place(w, dw, config=None):
    if config is None:
        config = {}
    for key, value in {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0}.items():
        config.setdefault(key, value)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config["t"] += 1
    config["m"] *= config["beta1"]
    config["m"] += (1 - config["beta1"]) * dw
    config["v"] *= config["beta2"]
    config["v"] += (1 - config["beta2"]) * np.square(dw)
    m_hat = config["m"] / (1 - np.power(config["beta1"], config["t"]))
    v_hat = config["v"] / (1 - np.power(config["beta2"], config["t"]))
    w -= config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    return w, config


def adamw_in_place(w, dw, config=None):
    config = {} if config is None else config
    decay = config.setdefault("weight_decay", 0.01) * config.setdefault("learning_rate", 1e-3)
    before = w.copy()
    w, config = adam_in_place(w, dw, config)
    w -= decay * before
    return w, config


# ---- with a new dictionary, and everything under a name of its own -------------------------------------------------


def sgd_momentum_anew(w, dw, config=None):
    eta, mu, v = (get(config, *pair) for pair in (("learning_rate", 0.01), ("momentum", 0.9), ("velocity", 0.0)))
    v = mu * v - eta * dw
    return w + v, {"learning_rate": eta, "momentum": mu, "velocity": v}


def rmsprop_anew(w, dw, config=None):
    eta, rho, eps, s = (
        get(config, *pair)
        for pair in (("learning_rate", 0.01), ("decay_rate", 0.99), ("epsilon", 1e-8), ("cache", 0.0))
    )
    s = s + (1 - rho) * (np.abs(dw) ** 2 - s)
    return w - eta * np.divide(dw, eps + np.sqrt(s)), {
        "learning_rate": eta,
        "decay_rate": rho,
        "epsilon": eps,
        "cache": s,
    }


def moments(w, dw, config):
    new = {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "m": 0.0 * w, "v": 0.0 * w, "t": 0}
    new.update(config or {})
    new["t"] = new["t"] + 1.0  # the same number
    new["m"] = new["m"] - (1 - new["beta1"]) * (new["m"] - dw)
    new["v"] = new["v"] - (1 - new["beta2"]) * (new["v"] - dw**2)
    return new


def adam_anew(w, dw, config=None):
    new = moments(w, dw, config)
    first, second = 1 - new["beta1"] ** new["t"], 1 - new["beta2"] ** new["t"]
    return w - new["learning_rate"] * (new["m"] / first) / ((new["v"] / second) ** 0.5 + new["epsilon"]), new


def adamw_anew(w, dw, config=None):
    after, new = adam_anew(w, dw, config)
    new.setdefault("weight_decay", 1e-2)
    return after - w * new["weight_decay"] * new["learning_rate"], new


def get(config, key, default):
    return default if config is None else config.get(key, default)


# ---- element by element --------------------------------------------------------------------------------------------


def sgd_momentum_by_elements(w, dw, config=None):
    config = config or {}
    eta, mu = config.setdefault("learning_rate", 1e-2), config.setdefault("momentum", 0.9)
    v = np.array(config.get("velocity", np.zeros(w.shape)))
    out = np.empty(w.shape)
    for place in np.ndindex(w.shape):
        v[place] = mu * v[place] - eta * dw[place]
        out[place] = w[place] + v[place]
    config["velocity"] = v
    return out, config


def rmsprop_by_elements(w, dw, config=None):
    config = config or {}
    eta, rho = config.setdefault("learning_rate", 1e-2), config.setdefault("decay_rate", 0.99)
    eps = config.setdefault("epsilon", 1e-8)
    s, out = np.array(config.get("cache", np.zeros(w.shape))), np.empty(w.shape)
    for place in np.ndindex(w.shape):
        s[place] = rho * s[place] + (1 - rho) * dw[place] ** 2
        out[place] = w[place] - eta * dw[place] / (math.sqrt(s[place]) + eps)
    config["cache"] = s
    return out, config


def adam_by_elements(w, dw, config=None, decay=0.0):
    config = config or {}
    defaults = (("learning_rate", 1e-3), ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-8))
    eta, b1, b2, eps = (config.setdefault(*pair) for pair in defaults)
    t = config.get("t", 0) + 1
    m, v = (np.array(config.get(key, np.zeros(w.shape))) for key in "mv")
    out = np.empty(w.shape)
    for place in np.ndindex(w.shape):
        m[place] = b1 * m[place] + (1 - b1) * dw[place]
        v[place] = b2 * v[place] + (1 - b2) * dw[place] ** 2
        step = eta * (m[place] / (1 - b1**t)) / (math.sqrt(v[place] / (1 - b2**t)) + eps)
        out[place] = w[place] - step - eta * decay * w[place]
    config.update(m=m, v=v, t=t)
    return out, config


def adamw_by_elements(w, dw, config=None):
    config = config or {}
    return adam_by_elements(w, dw, config, config.setdefault("weight_decay", 1e-2))


# ---- networks ------------------------------------------------------------------------------------------------------


def softmax(scores, y):
    log_p = scores - scores.max(1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(1, keepdims=True))
    p = np.exp(log_p)
    p[range(len(y)), y] -= 1
    return -log_p[range(len(y)), y].mean(), p / len(y)


def normalized(z, axis):
    mean, var = z.mean(axis, keepdims=True), z.var(axis, keepdims=True)
    return (z - mean) / np.sqrt(var + 1e-5), np.sqrt(var + 1e-5), mean, var


def normalized_back(d, hat, std, axis):
    return (d - d.mean(axis, keepdims=True) - hat * (d * hat).mean(axis, keepdims=True)) / std


class NetOfListsOfCaches:
    """As in the official course: loops over the layers, caches in lists, options by if."""

    def __init__(
        self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, dropout_keep_ratio=1, normalization=None,
        reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None,
    ):  # fmt: skip
        self.normalization, self.use_dropout = normalization, dropout_keep_ratio != 1
        self.reg, self.num_layers, self.dtype, self.params = reg, 1 + len(hidden_dims), dtype, {}
        dims = [input_dim] + hidden_dims + [num_classes]  # noqa: RUF005  as students write it: it must be a list
        for i in range(self.num_layers):
            self.params["W" + str(i + 1)] = np.random.normal(0, weight_scale, (dims[i], dims[i + 1]))
            self.params["b" + str(i + 1)] = np.zeros(dims[i + 1])
            if normalization is not None and i != self.num_layers - 1:
                self.params["gamma" + str(i + 1)] = np.ones(dims[i + 1])
                self.params["beta" + str(i + 1)] = np.zeros(dims[i + 1])
        self.dropout_param = {"mode": "train", "p": dropout_keep_ratio, "seed": seed}
        self.bn_params = [{"mode": "train"} for _ in hidden_dims]
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = "test" if y is None else "train"
        out, caches = X.reshape(X.shape[0], -1), []
        for i in range(1, self.num_layers):
            z = out @ self.params[f"W{i}"] + self.params[f"b{i}"]
            hat, std, a = None, None, z
            if self.normalization:
                hat, std = self.normalize(z, self.bn_params[i - 1], mode)
                a = self.params[f"gamma{i}"] * hat + self.params[f"beta{i}"]
            h, mask = np.maximum(a, 0), None
            if self.use_dropout and mode == "train":
                np.random.seed(self.dropout_param["seed"])
                mask = (np.random.rand(*h.shape) < self.dropout_param["p"]) / self.dropout_param["p"]
                h = h * mask
            caches.append((out, hat, std, a, mask))
            out = h
        L = self.num_layers
        scores = out @ self.params[f"W{L}"] + self.params[f"b{L}"]
        if mode == "test":
            return scores
        loss, dscores = softmax(scores, y)
        grads = {f"W{L}": out.T @ dscores, f"b{L}": np.sum(dscores, axis=0)}
        dout = dscores @ self.params[f"W{L}"].T
        for i in range(L - 1, 0, -1):
            x, hat, std, a, mask = caches.pop()
            if mask is not None:
                dout = dout * mask
            dout = dout * (a > 0)
            if self.normalization:
                grads[f"gamma{i}"], grads[f"beta{i}"] = (dout * hat).sum(0), dout.sum(0)
                axis = 0 if self.normalization == "batchnorm" else 1
                dout = normalized_back(dout * self.params[f"gamma{i}"], hat, std, axis)
            grads[f"W{i}"], grads[f"b{i}"] = x.T @ dout, dout.sum(0)
            dout = dout @ self.params[f"W{i}"].T
        for i in range(1, L + 1):
            loss += 0.5 * self.reg * np.sum(np.square(self.params[f"W{i}"]))
            grads[f"W{i}"] += self.reg * self.params[f"W{i}"]
        return loss, grads

    def normalize(self, z, bn_param, mode):
        if self.normalization == "layernorm":
            return normalized(z, 1)[:2]
        mean, var = bn_param.get("running_mean", 0), bn_param.get("running_var", 0)
        if mode == "test":
            return (z - mean) / np.sqrt(var + 1e-5), None
        hat, std, batch_mean, batch_var = normalized(z, 0)
        bn_param["running_mean"] = 0.9 * mean + 0.1 * batch_mean[0]
        bn_param["running_var"] = 0.9 * var + 0.1 * batch_var[0]
        return hat, std


class NetOfObjects:
    """Layers are objects that keep what they need; the penalty is part of an affine layer."""

    def __init__(self, *given, **named):
        names = ("hidden", "input_dim", "num_classes", "keep", "norm", "reg", "scale", "dtype", "seed")
        defaults = [None, 3072, 10, 1, None, 0.0, 1e-2, np.float32, None]
        settings = dict(zip(names, [*given, *defaults[len(given) :]], strict=True)) | named
        self.reg, self.dtype, self.params, self.grads, self.layers = settings["reg"], settings["dtype"], {}, {}, []
        sizes = (settings["input_dim"], *settings["hidden"], settings["num_classes"])
        for number, (before, after) in enumerate(pairwise(sizes), 1):
            weights = np.random.default_rng().standard_normal((before, after)) * settings["scale"]
            self.add(Affine, number, W=weights, b=np.zeros(after))
            if number < len(sizes) - 1:
                if settings["norm"]:
                    kind = BatchNorm if settings["norm"] == "batchnorm" else LayerNorm
                    self.add(kind, number, gamma=np.ones(after), beta=np.zeros(after))
                self.add(Relu, number)
                if settings["keep"] < 1:
                    self.add(Dropout, number)
                    self.layers[-1].keep, self.layers[-1].seed = settings["keep"], settings["seed"]

    def add(self, kind, number, **arrays):
        self.params.update({f"{name}{number}": array.astype(self.dtype) for name, array in arrays.items()})
        self.layers.append(kind(self, number))

    def loss(self, X, y=None):
        X = np.asarray(X, self.dtype)
        for layer in self.layers:
            X = layer.forward(X, y is not None)
        if y is None:
            return X
        value, d = softmax(X, y)
        for layer in self.layers[::-1]:
            d = layer.backward(d)
        squares = [np.vdot(W, W) for name, W in self.params.items() if name.startswith("W")]
        return value + self.reg / 2 * sum(squares), self.grads


class Layer:
    def __init__(self, net, number):
        self.net, self.number = net, number

    def get(self, name):
        return self.net.params[f"{name}{self.number}"]

    def give(self, name, gradient):
        self.net.grads[f"{name}{self.number}"] = gradient


class Affine(Layer):
    def forward(self, x, _train):
        self.x = x.reshape(len(x), -1)
        return np.einsum("nd,dm->nm", self.x, self.get("W")) + self.get("b")

    def backward(self, d):
        self.give("W", np.einsum("nd,nm->dm", self.x, d) + self.net.reg * self.get("W"))
        self.give("b", np.ones(len(d)) @ d)
        return np.einsum("nm,dm->nd", d, self.get("W"))


class Relu(Layer):
    def forward(self, x, _train):
        self.positive = x > 0
        return np.where(self.positive, x, 0)

    def backward(self, d):
        return np.where(self.positive, d, 0)


class LayerNorm(Layer):
    axis = 1

    def statistics(self, x, _train):
        return x.mean(self.axis, keepdims=True), x.var(self.axis, keepdims=True)

    def forward(self, x, train):
        mean, var = self.statistics(x, train)
        self.std = (var + 1e-5) ** 0.5
        self.hat = (x - mean) / self.std
        return self.hat * self.get("gamma") + self.get("beta")

    def backward(self, d):
        self.give("gamma", (d * self.hat).sum(0))
        self.give("beta", d.sum(0))
        return normalized_back(d * self.get("gamma"), self.hat, self.std, self.axis)


class BatchNorm(LayerNorm):
    axis = 0
    mean = var = 0.0

    def statistics(self, x, train):
        if not train:
            return self.mean, self.var
        mean, var = super().statistics(x, train)
        self.mean, self.var = 0.9 * self.mean + 0.1 * mean, 0.9 * self.var + 0.1 * var
        return mean, var


class Dropout(Layer):
    def forward(self, x, train):
        if not train:
            return x
        rng = np.random.RandomState(self.seed)
        self.mask = rng.binomial(1, self.keep, size=x.shape) / self.keep
        return x * self.mask

    def backward(self, d):
        return d * self.mask


class NetByRecursion:
    """The layers behind the first are a network, too; nobody keeps a list."""

    def __init__(self, sizes, D=3072, C=10, p=1, norm=None, reg=0.0, std=0.01, dtype=np.float32, seed=None):
        self.L, self.p, self.norm, self.reg, self.dtype, self.seed = len(sizes) + 1, p, norm, reg, dtype, seed
        self.params, self.averages = {}, {}
        widths = [D, *sizes, C]
        for l in range(1, self.L + 1):  # noqa: E741  as a student writes it
            self.params[f"W{l}"] = dtype_of(dtype)(std * np.random.randn(widths[l - 1], widths[l]))
            self.params[f"b{l}"] = np.zeros(widths[l], dtype=dtype)
            if norm and l < self.L:
                self.params[f"gamma{l}"] = np.ones(widths[l], dtype=dtype)
                self.params[f"beta{l}"] = np.zeros(widths[l], dtype=dtype)

    def loss(self, X, y=None):
        x = dtype_of(self.dtype)(X).reshape(len(X), -1)
        if y is None:
            return self.rest(x, 1, None)[0]
        loss, _, grads = self.rest(x, 1, y)
        for name in [name for name in grads if "W" in name]:
            loss = loss + (self.params[name] ** 2).sum() * self.reg * 0.5
            grads[name] = grads[name] + self.params[name] * self.reg
        return loss, grads

    def rest(self, x, l, y):  # noqa: E741
        W, b = self.params[f"W{l}"], self.params[f"b{l}"]
        a = z = x.dot(W) + b
        if l == self.L:
            if y is None:
                return z, None, None
            loss, dz = softmax(z, y)
            return loss, dz.dot(W.T), {f"W{l}": x.T.dot(dz), f"b{l}": dz.sum(0)}
        if self.norm:
            hat, std = self.standard(z, l, y is None)
            a = hat * self.params[f"gamma{l}"] + self.params[f"beta{l}"]
        mask = (a > 0) * 1.0
        if y is not None and self.p != 1:
            if self.seed is not None:
                np.random.seed(self.seed)
            mask *= np.random.uniform(size=a.shape) < self.p
            mask /= self.p
        value, da, grads = self.rest(a * mask, l + 1, y)
        if y is None:
            return value, None, None
        dz = da * mask
        if self.norm:
            grads[f"gamma{l}"], grads[f"beta{l}"] = np.sum(dz * hat, 0), np.sum(dz, 0)
            dz = normalized_back(dz * self.params[f"gamma{l}"], hat, std, int(self.norm == "layernorm"))
        grads[f"W{l}"], grads[f"b{l}"] = x.T.dot(dz), np.sum(dz, 0)
        return value, dz.dot(W.T), grads

    def standard(self, z, l, test):  # noqa: E741
        if self.norm == "layernorm":
            return normalized(z, 1)[:2]
        old = self.averages.get(l, np.zeros((2, z.shape[1])))
        if test:
            return (z - old[0]) / np.sqrt(old[1] + 1e-5), None
        self.averages[l] = 0.9 * old + 0.1 * np.array([z.mean(0), z.var(0)])
        return normalized(z, 0)[:2]


def dtype_of(dtype):
    return lambda array: np.array(array, dtype=dtype)


# ---- predictions ---------------------------------------------------------------------------------------------------


def predict_first_loss_by_softmax(num_classes):
    p = np.exp(np.zeros(num_classes)) / np.exp(np.zeros(num_classes)).sum()
    return -np.log(p[0])


def predict_first_loss_rounded(num_classes):
    return round(math.log(num_classes), 2)


def predict_effect_by_running(normalization, change):
    rng = np.random.default_rng(0)
    X, W, b = rng.normal(size=(6, 5)), rng.normal(size=(5, 4)), np.zeros(4)
    axis = {"batchnorm": 0, "layernorm": 1, None: None}[normalization]
    ends = []
    for step in (0, 1):
        b[0] += step * (change == "one bias")
        b += step * (change == "all biases")
        W[:, 0] *= 1 + step * (change == "one column")
        W *= 1 + step * (change == "all weights")
        X[0] *= 1 + step * (change == "one image")
        a = X @ W + b
        ends.append(a if axis is None else (a - a.mean(axis, keepdims=True)) / a.std(axis, keepdims=True))
    return "stays" if np.allclose(ends[0][0], ends[1][0]) else "changes"


def predict_effect_by_cases(normalization, change):
    if normalization is None:
        return "changes"
    if change in ("all biases", "all weights"):
        return "stays"
    if normalization == "layernorm":
        return "stays" if change == "one image" else "changes"
    return "changes" if change == "one image" else "stays"


def predict_step_factor_by_running(rule, factor):
    steps = []
    for scale in (1, factor):
        moved, _ = {"sgd": sgd, "rmsprop": rmsprop_anew, "sgd_momentum": sgd_momentum_anew, "adam": adam_anew}[rule](
            np.zeros(1), np.array([float(scale)])
        )
        steps.append(moved[0])
    return round(steps[1] / steps[0], 6)


def sgd(w, dw):
    return w - 0.01 * dw, {}


def predict_step_factor_by_cases(rule, factor):
    if rule.startswith("s"):
        return int(factor)
    return 1


# ---- steps and choices ---------------------------------------------------------------------------------------------


def network_forward_by_while(params, x):
    k, out, kept = 1, np.reshape(x, (x.shape[0], -1)), {}
    while f"W{k}" in params:
        kept[k] = (out, params[f"W{k}"])
        out = np.dot(out, params[f"W{k}"]) + params[f"b{k}"]
        k += 1
        if f"W{k}" in params:
            out = out * (out > 0)
    return out, kept


def network_backward_by_while(dscores, kept):
    k, grads, d = len(kept), {}, dscores
    while k:
        x, W = kept[k]
        grads.update({f"W{k}": x.T @ d, f"b{k}": np.sum(d, 0)})
        d = (d @ W.T) * (x > 0)
        k -= 1
    return grads


def network_forward_by_einsum(params, x):
    names = sorted((name for name in params if name[0] == "W"), key=lambda name: int(name[1:]))
    outs = [x.reshape(len(x), -1)]
    for name in names:
        outs.append(np.einsum("nd,dm->nm", np.maximum(outs[-1], 0) if len(outs) > 1 else outs[0], params[name]))
        outs[-1] += params[name.replace("W", "b")]
    return outs[-1], [outs, [params[name] for name in names]]


def network_backward_by_einsum(dscores, caches):
    outs, weights = caches
    grads = {}
    for number in reversed(range(len(weights))):
        x = outs[number] if number == 0 else np.maximum(outs[number], 0)
        grads[f"W{number + 1}"] = np.einsum("nd,nm->dm", x, dscores)
        grads[f"b{number + 1}"] = np.einsum("nm->m", dscores)
        dscores = np.where(outs[number] > 0, np.einsum("nm,dm->nd", dscores, weights[number]), 0)
    return grads


def overfitting_settings_by_he(_num_layers):
    return [0.25, np.sqrt(2 / 50)]


def overfitting_settings_by_table(num_layers):
    return {3: (1.0, 0.15), 5: (0.3, 0.15)}[num_layers]


def read_digits_by_momentum(X_train, y_train, X_new):
    net = NetByRecursion([60, 40], X_train.shape[1], 10, std=0.15, dtype=np.float64)
    memory = {}
    for _ in range(150):
        _, grads = net.loss(X_train, y_train)
        for name in net.params:
            config = memory.get(name, {"learning_rate": 0.1})
            net.params[name], memory[name] = sgd_momentum_in_place(net.params[name], grads[name], config)
    return np.argmax(net.loss(X_new), axis=1)


def read_digits_in_a_list(X_train, y_train, X_new):
    np.random.seed(1)
    net = NetOfListsOfCaches([40], X_train.shape[1], 10, reg=1e-3, weight_scale=0.1)
    configs = {name: {"learning_rate": 0.01} for name in net.params}
    for step in range(300):
        rows = np.arange(30 * step, 30 * step + 30) % len(y_train)
        _, grads = net.loss(X_train[rows], y_train[rows])
        for name in net.params:
            net.params[name], configs[name] = adam_anew(net.params[name], grads[name], configs[name])
    return [int(label) for label in net.loss(X_new).argmax(1)]


def rules(style):
    return {rule: globals()[f"{rule}_{style}"] for rule in ("sgd_momentum", "rmsprop", "adam", "adamw")}


SOLUTIONS = {
    "rules in place": rules("in_place"),
    "rules with a new dictionary": rules("anew"),
    "rules element by element": rules("by_elements"),
    "predictions by running": {
        "predict_first_loss": predict_first_loss_by_softmax,
        "predict_step_factor": predict_step_factor_by_running,
        "predict_effect": predict_effect_by_running,
    },
    "predictions by thinking": {
        "predict_first_loss": predict_first_loss_rounded,
        "predict_step_factor": predict_step_factor_by_cases,
        "predict_effect": predict_effect_by_cases,
    },
    "steps by while": {
        "network_forward": network_forward_by_while,
        "network_backward": network_backward_by_while,
        "read_digits": read_digits_by_momentum,
    },
    "steps by einsum": {
        "network_forward": network_forward_by_einsum,
        "network_backward": network_backward_by_einsum,
        "read_digits": read_digits_in_a_list,
    },
    "settings by He": {
        "FullyConnectedNet": NetOfListsOfCaches,
        "overfitting_settings": overfitting_settings_by_he,
    },
    "settings by a table": {
        "FullyConnectedNet": NetByRecursion,
        "overfitting_settings": overfitting_settings_by_table,
    },
    "a deep net with lists of caches": {"FullyConnectedNet": NetOfListsOfCaches},
    "a deep net of objects": {"FullyConnectedNet": NetOfObjects},
    "a deep net by recursion": {"FullyConnectedNet": NetByRecursion},
}
