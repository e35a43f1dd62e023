"""Right sandwiches, convolutional networks and folded layers, in the styles of students. None shares code with the library."""

# ruff: noqa: NPY002  students draw as the course does

import numpy as np
import right_solutions as own
from numpy.lib.stride_tricks import sliding_window_view

# ---- sandwiches ----------------------------------------------------------------------------------------------------


def affine_relu_forward_of_layers(x, w, b):
    a, fc_cache = own.affine_forward_by_einsum(x, w, b)
    out, relu_cache = own.relu_forward_with_a_mask(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward_of_layers(dout, cache):
    fc_cache, relu_cache = cache
    da = own.relu_backward_with_a_mask(dout, relu_cache)
    return own.affine_backward_by_einsum(da, fc_cache)


def affine_relu_forward_in_one_line(x, w, b):
    out = np.maximum(x.reshape(len(x), -1).dot(w) + b, 0)
    return out, (x, w, out)


def affine_relu_backward_in_one_line(dout, cache):
    x, w, out = cache
    dout[out == 0] = 0  # overwrites the upstream gradient
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(0)


def affine_relu_forward_by_loops(x, w, b):
    out, cache = own.affine_forward_by_loops(x, w, b)
    for n, m in np.ndindex(*out.shape):
        if out[n, m] < 0:
            out[n, m] = 0
    return out, {"affine": cache, "out": out.copy()}


def affine_relu_backward_by_loops(dout, cache):
    gated = np.where(cache["out"] > 0, dout, 0)
    return own.affine_backward_by_loops(gated, cache["affine"])


def conv_relu_forward_of_layers(x, w, b, conv_param):
    a, conv_cache = own.conv_forward_by_im2col(x, w, b, conv_param)
    out, relu_cache = own.relu_forward_by_copy(a)
    return out, (conv_cache, relu_cache)


def conv_relu_backward_of_layers(dout, cache):
    conv_cache, relu_cache = cache
    return own.conv_backward_by_im2col(own.relu_backward_in_place(dout, relu_cache), conv_cache)


def conv_relu_forward_by_strides(x, w, b, conv_param):
    a, cache = own.conv_forward_by_strides(x, w, b, conv_param)
    return a * (a > 0), [cache, a > 0]


def conv_relu_backward_by_strides(dout, cache):
    return own.conv_backward_by_einsum(dout * cache[1], cache[0])


def conv_relu_forward_by_seven_loops(x, w, b, conv_param):
    a, conv_cache = own.conv_forward_by_seven_loops(x, w, b, conv_param)
    return a.clip(0), {"conv": conv_cache, "a": a}


def conv_relu_backward_by_seven_loops(dout, cache):
    return own.conv_backward_by_seven_loops(np.heaviside(cache["a"], 1) * dout, cache["conv"])


def conv_relu_pool_forward_of_layers(x, w, b, conv_param, pool_param):
    a, conv_cache = own.conv_forward_by_im2col(x, w, b, conv_param)
    s, relu_cache = own.relu_forward_with_a_mask(a)
    out, pool_cache = own.max_pool_forward_with_sliding_windows(s, pool_param)
    return out, (conv_cache, relu_cache, pool_cache)


def conv_relu_pool_backward_of_layers(dout, cache):
    conv_cache, relu_cache, pool_cache = cache
    ds = own.max_pool_backward_to_all_ties(dout, pool_cache)
    da = own.relu_backward_with_a_mask(ds, relu_cache)
    return own.conv_backward_by_im2col(da, conv_cache)


def conv_relu_pool_forward_of_a_sandwich(x, w, b, conv_param, pool_param):
    inner, cache = conv_relu_forward_by_strides(x, w, b, conv_param)
    out, pool_cache = own.max_pool_forward_with_an_argmax_mask(inner, pool_param)
    return out, (cache, pool_cache)


def conv_relu_pool_backward_of_a_sandwich(dout, cache):
    inner, pool_cache = cache
    return conv_relu_backward_by_strides(own.max_pool_backward_with_an_argmax_mask(dout, pool_cache), inner)


def conv_relu_pool_forward_relu_last(x, w, b, conv_param, pool_param):
    """Pool before ReLU: the largest number is the same, and there is less for ReLU to do."""
    a, conv_cache = own.conv_forward_by_seven_loops(x, w, b, conv_param)
    pooled, pool_cache = own.max_pool_forward_with_sliding_windows(a, pool_param)
    return np.maximum(pooled, 0), (conv_cache, pool_cache, pooled)


def conv_relu_pool_backward_relu_last(dout, cache):
    conv_cache, pool_cache, pooled = cache
    da = own.max_pool_backward_to_the_last_tie(dout * (pooled > 0), pool_cache)
    return own.conv_backward_by_seven_loops(da, conv_cache)


# ---- folding -------------------------------------------------------------------------------------------------------


def fold_into_convolution_in_two_lines(w, b, gamma, beta, mean, var, eps=1e-5):
    k = gamma / np.sqrt(var + eps)
    return w * k.reshape(-1, 1, 1, 1), k * (b - mean) + beta


def fold_into_convolution_filter_by_filter(w, b, gamma, beta, mean, var, eps=1e-5):
    new_w, new_b = np.empty_like(w), []
    for f in range(w.shape[0]):
        new_w[f] = w[f] * gamma[f] / (var[f] + eps) ** 0.5
        new_b.append((b[f] - mean[f]) * gamma[f] / (var[f] + eps) ** 0.5 + beta[f])
    return new_w, new_b


def fold_into_convolution_by_trying(w, b, gamma, beta, mean, var, eps=0.00001):
    """Ask the normalization about zero and one."""
    at = lambda x: (x - mean) / np.sqrt(var + eps) * gamma + beta  # noqa: E731  as a student writes it
    return np.einsum("fcij,f->fcij", w, at(1.0) - at(0.0)), at(b)


# ---- the network of three layers -----------------------------------------------------------------------------------


class ConvNetOfSandwiches:
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
        self.params = {}
        self.reg = reg
        self.dtype = dtype
        C, H, W = input_dim
        self.params["W1"] = np.random.normal(0, weight_scale, (num_filters, C, filter_size, filter_size))
        self.params["b1"] = np.zeros(num_filters)
        self.params["W2"] = np.random.normal(0, weight_scale, (num_filters * (H // 2) * (W // 2), hidden_dim))
        self.params["b2"] = np.zeros(hidden_dim)
        self.params["W3"] = np.random.normal(0, weight_scale, (hidden_dim, num_classes))
        self.params["b3"] = np.zeros(num_classes)
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        W3, b3 = self.params["W3"], self.params["b3"]
        conv_param = {"stride": 1, "pad": (W1.shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        out1, cache1 = conv_relu_pool_forward_of_layers(X, W1, b1, conv_param, pool_param)
        out2, cache2 = affine_relu_forward_of_layers(out1, W2, b2)
        scores, cache3 = own.affine_forward_by_einsum(out2, W3, b3)
        if y is None:
            return scores
        grads = {}
        loss, dscores = own.softmax_loss_with_one_hot(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3))
        dout2, grads["W3"], grads["b3"] = own.affine_backward_by_einsum(dscores, cache3)
        dout1, grads["W2"], grads["b2"] = affine_relu_backward_of_layers(dout2, cache2)
        _, grads["W1"], grads["b1"] = conv_relu_pool_backward_of_layers(dout1, cache1)
        grads["W1"] += self.reg * W1
        grads["W2"] += self.reg * W2
        grads["W3"] += self.reg * W3
        return loss, grads


class ConvNetStepByStep:
    """Casts the images to its dtype, and calls one layer after the other."""

    def __init__(self, input_dim, num_filters, filter_size, hidden_dim, num_classes, *rest):
        weight_scale, self.reg, self.dtype = (*rest, *(1e-3, 0.0, "float32")[len(rest) :])
        shapes = {
            1: (num_filters, input_dim[0], filter_size, filter_size),
            2: (num_filters * (input_dim[1] // 2) * (input_dim[2] // 2), hidden_dim),
            3: (hidden_dim, num_classes),
        }
        outputs = {1: num_filters, 2: hidden_dim, 3: num_classes}
        self.params = {
            f"W{i}": (weight_scale * np.random.randn(*shape)).astype(self.dtype) for i, shape in shapes.items()
        }
        self.params.update({f"b{i}": np.zeros(size, dtype=self.dtype) for i, size in outputs.items()})

    def loss(self, X, y=None):
        p, X = self.params, X.astype(self.dtype)
        layers = [
            (
                own.conv_forward_by_strides,
                own.conv_backward_by_einsum,
                "1",
                {"stride": 1, "pad": len(p["W1"][0, 0]) // 2},
            ),
            (own.relu_forward_by_copy, own.relu_backward_in_place, ""),
            (
                own.max_pool_forward_with_sliding_windows,
                own.max_pool_backward_to_all_ties,
                "",
                {"pool_height": 2, "pool_width": 2, "stride": 2},
            ),
            (own.affine_forward_with_a_ones_column, own.affine_backward_with_a_ones_column, "2"),
            (own.relu_forward_by_copy, own.relu_backward_in_place, ""),
            (own.affine_forward_with_a_ones_column, own.affine_backward_with_a_ones_column, "3"),
        ]
        caches, out = [], X
        for forward, _, number, *params in layers:
            weights = [p["W" + number], p["b" + number]] if number else []
            out, cache = forward(out, *weights, *params)
            caches.append(cache)
        if y is None:
            return out
        loss, d = own.softmax_loss_by_loops(out, y)
        grads = {}
        for (_, backward, number, *_), cache in zip(reversed(layers), reversed(caches), strict=True):
            d = backward(d, cache)
            if number:
                d, grads["W" + number], grads["b" + number] = d
                loss += self.reg / 2 * np.linalg.norm(p["W" + number].ravel()) ** 2
                grads["W" + number] = grads["W" + number] + self.reg * p["W" + number]
        return loss, grads


class ConvNetOfFormulas:
    def __init__(self, input_dim, F, size, hidden, classes, weight_scale=1e-3, reg=0.0, dtype=np.float32):
        C, H, W = input_dim
        rng = np.random.default_rng()
        weights = [
            rng.standard_normal(s) for s in [(F, C, size, size), (F * (H // 2) * (W // 2), hidden), (hidden, classes)]
        ]
        self.reg, self.params = reg, {"b1": np.zeros((F,)), "b2": np.zeros((hidden,)), "b3": np.zeros((classes,))}
        for k, w in enumerate(weights):
            self.params[f"W{k + 1}"] = np.asarray(weight_scale * w, dtype)

    def windows(self, X):
        size = self.params["W1"].shape[-1]
        framed = np.pad(X, [(0, 0), (0, 0), (size // 2,) * 2, (size // 2,) * 2])
        return sliding_window_view(framed, (size, size), axis=(2, 3))

    def loss(self, X, y=None):
        W1, W2, W3 = (self.params[f"W{k}"] for k in (1, 2, 3))
        maps = np.tensordot(self.windows(X), W1, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        maps = maps + self.params["b1"].reshape(1, -1, 1, 1)
        N, F, H, W = maps.shape
        whole = np.s_[:, :, : H - H % 2, : W - W % 2]
        blocks = maps[whole].reshape(N, F, H // 2, 2, W // 2, 2)
        pooled = np.maximum(blocks.max((3, 5)), 0)
        rows = pooled.reshape(N, -1)
        hidden = np.maximum(rows @ W2 + self.params["b2"], 0)
        scores = hidden @ W3 + self.params["b3"]
        if y is None:
            return scores
        total = np.logaddexp.reduce(scores, axis=1)
        loss = np.mean(total - scores[range(N), y]) + self.reg / 2 * sum(np.vdot(w, w) for w in (W1, W2, W3))
        dscores = (np.exp(scores - total[:, None]) - (y[:, None] == np.arange(scores.shape[1]))) / N
        dhidden = dscores @ W3.T * (hidden > 0)
        dpooled = (dhidden @ W2.T).reshape(pooled.shape) * (pooled > 0)
        dblocks = (blocks == pooled[:, :, :, None, :, None]) * dpooled[:, :, :, None, :, None]
        dmaps = np.zeros(maps.shape)
        dmaps[whole] = dblocks.reshape(maps[whole].shape)
        dW1 = np.tensordot(dmaps, self.windows(X), ([0, 2, 3], [0, 2, 3]))
        slopes = {"W1": dW1, "W2": rows.T @ dhidden, "W3": hidden.T @ dscores}
        biases = {"b1": dmaps.sum((0, 2, 3)), "b2": dhidden.sum(0), "b3": dscores.sum(0)}
        return loss, biases | {k: v + self.reg * self.params[k] for k, v in slopes.items()}


# ---- the network of convolutions -----------------------------------------------------------------------------------


def pixels(images):
    return np.moveaxis(images, 1, -1).reshape(-1, images.shape[1])


def images(rows, shape):
    return np.moveaxis(rows.reshape(shape[0], shape[2], shape[3], shape[1]), -1, 1)


class AllConvOfLayers:
    conv, conv_back = staticmethod(own.conv_forward_by_im2col), staticmethod(own.conv_backward_by_im2col)
    norm = staticmethod(own.batchnorm_forward_by_features)
    norm_back = staticmethod(own.batchnorm_backward_by_jacobian)

    def __init__(self, num_filters=(16, 32), input_channels=3, num_classes=10, reg=0.0, dtype=np.float32):
        self.reg, self.dtype, self.params, channels = reg, dtype, {}, input_channels
        sizes = [F for F in num_filters for _ in (1, 2)]
        for i, F in enumerate(sizes, start=1):
            self.params[f"W{i}"] = np.random.randn(F, channels, 3, 3) * np.sqrt(2.0 / (9 * channels))
            self.params[f"b{i}"], self.params[f"beta{i}"] = np.zeros(F), np.zeros(F)
            self.params[f"gamma{i}"] = np.ones(F)
            channels = F
        self.last = len(sizes) + 1
        self.params[f"W{self.last}"] = np.random.randn(num_classes, channels, 1, 1) * np.sqrt(2.0 / channels)
        self.params[f"b{self.last}"] = np.zeros(num_classes)
        self.params = {k: v.astype(dtype) for k, v in self.params.items()}
        self.bn_params = [{"mode": "train"} for _ in sizes]

    def weights(self, *names):
        return [self.params[name] for name in names]

    def loss(self, X, y=None):
        out, caches = X.astype(self.dtype), []
        for i in range(1, self.last):
            bn_param = self.bn_params[i - 1]
            bn_param["mode"] = "test" if y is None else "train"
            conv_param = {"stride": 1 if i % 2 else 2, "pad": 1}
            a, conv_cache = self.conv(out, *self.weights(f"W{i}", f"b{i}"), conv_param)
            rows, norm_cache = self.norm(pixels(a), *self.weights(f"gamma{i}", f"beta{i}"), bn_param)
            normal = images(rows, a.shape)
            out, caches = normal * (normal > 0), [*caches, (conv_cache, norm_cache, normal > 0)]
        maps, conv_cache = self.conv(out, *self.weights(f"W{self.last}", f"b{self.last}"), {"stride": 1, "pad": 0})
        scores = maps.mean(axis=-1).mean(axis=-1)
        if y is None:
            return scores
        loss, dscores = own.softmax_loss_with_one_hot(scores, y)
        dmaps = np.zeros(maps.shape) + (dscores / maps[0, 0].size)[:, :, None, None]
        return self.penalized(loss, self.gradients(dmaps, conv_cache, caches))

    def gradients(self, dmaps, conv_cache, caches):
        grads = {}
        d, grads[f"W{self.last}"], grads[f"b{self.last}"] = self.conv_back(dmaps, conv_cache)
        for i in range(self.last - 1, 0, -1):
            conv_cache, norm_cache, positive = caches[i - 1]
            rows, grads[f"gamma{i}"], grads[f"beta{i}"] = self.norm_back(pixels(d * positive), norm_cache)
            d, grads[f"W{i}"], grads[f"b{i}"] = self.conv_back(images(rows, positive.shape), conv_cache)
        return grads

    def penalized(self, loss, grads):
        for i in range(1, self.last + 1):
            loss += 0.5 * self.reg * (self.params[f"W{i}"] ** 2).sum()
            grads[f"W{i}"] = grads[f"W{i}"] + self.reg * self.params[f"W{i}"]
        return loss, grads


class AllConvByStrides(AllConvOfLayers):
    conv, conv_back = staticmethod(own.conv_forward_by_strides), staticmethod(own.conv_backward_by_einsum)
    norm = staticmethod(own.batchnorm_forward_step_by_step)
    norm_back = staticmethod(own.batchnorm_backward_step_by_step)


class AllConvWithoutOldBiases(AllConvOfLayers):
    """Leaves out what has no effect: the gradient of a bias before its normalization is zero."""

    conv, conv_back = staticmethod(own.conv_forward_by_seven_loops), staticmethod(own.conv_backward_by_seven_loops)

    def gradients(self, dmaps, conv_cache, caches):
        grads = super().gradients(dmaps, conv_cache, caches)
        return grads | {f"b{i}": np.zeros_like(self.params[f"b{i}"]) for i in range(1, self.last)}


def _in_style(style, *kinds):
    names = [f"{kind}_{direction}" for kind in kinds for direction in ("forward", "backward")]
    return {name: globals()[f"{name}_{style}"] for name in names}


SOLUTIONS = {
    "sandwiches of layers": _in_style("of_layers", "affine_relu", "conv_relu", "conv_relu_pool"),
    "affine sandwich in one line": _in_style("in_one_line", "affine_relu"),
    "affine sandwich by loops": _in_style("by_loops", "affine_relu"),
    "convolution sandwich by strides": _in_style("by_strides", "conv_relu"),
    "convolution sandwich by seven loops": _in_style("by_seven_loops", "conv_relu"),
    "pooling on top of a sandwich": _in_style("of_a_sandwich", "conv_relu_pool"),
    "pooling before relu": _in_style("relu_last", "conv_relu_pool"),
    "folded in two lines": {"fold_into_convolution": fold_into_convolution_in_two_lines},
    "folded filter by filter": {"fold_into_convolution": fold_into_convolution_filter_by_filter},
    "folded by trying": {"fold_into_convolution": fold_into_convolution_by_trying},
    "a convolutional net of sandwiches": {"ThreeLayerConvNet": ConvNetOfSandwiches},
    "a convolutional net step by step": {"ThreeLayerConvNet": ConvNetStepByStep},
    "a convolutional net of formulas": {"ThreeLayerConvNet": ConvNetOfFormulas},
    "all convolutions of layers": {"AllConvNet": AllConvOfLayers},
    "all convolutions by strides": {"AllConvNet": AllConvByStrides},
    "all convolutions without old biases": {"AllConvNet": AllConvWithoutOldBiases},
}
