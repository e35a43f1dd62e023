"""Solutions about convolutional networks as students hand them in, and the slips that are made in them.

Each slip is one edit of a right solution, with words that the sentence for it has to hold. The right solutions are of other
styles than the misconceptions, so that a slip is not recognized for looking alike.
"""

CONV_BACKWARD = """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    dw[f] += x_pad[n, :, h:h + HH, v:v + WW] * dout[n, f, i, j]
                    dx_pad[n, :, h:h + HH, v:v + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db
"""

MAX_POOL_BACKWARD = """
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    N, C, H, W = x.shape
    HH, WW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H_out, W_out = 1 + (H - HH) // stride, 1 + (W - WW) // stride
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    window = x[n, c, i * stride:i * stride + HH, j * stride:j * stride + WW]
                    k = np.argmax(window)
                    row, col = k // WW, k % WW
                    dx[n, c, i * stride + row, j * stride + col] += dout[n, c, i, j]
    return dx
"""

SPATIAL_BATCHNORM = """
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean, running_var = bn_param.get("running_mean", np.zeros(D)), bn_param.get("running_var", np.zeros(D))
    if bn_param["mode"] == "train":
        mu, var = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    else:
        mu, var = running_mean, running_var
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    m = len(dout)
    dx_hat = dout * gamma
    dx = (m * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0)) / (m * std)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    flat = np.moveaxis(x, 1, 3).reshape(-1, C)
    out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
    return np.moveaxis(out.reshape(N, H, W, C), 3, 1), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dflat, dgamma, dbeta = batchnorm_backward(np.moveaxis(dout, 1, 3).reshape(-1, C), cache)
    return np.moveaxis(dflat.reshape(N, H, W, C), 3, 1), dgamma, dbeta
"""

GROUPNORM = """
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N * G, -1)
    mu, var = groups.mean(axis=1, keepdims=True), groups.var(axis=1, keepdims=True)
    hat = ((groups - mu) / np.sqrt(var + eps)).reshape(N, C, H, W)
    return hat * gamma + beta, (hat, gamma, np.sqrt(var + eps), G)


def spatial_groupnorm_backward(dout, cache):
    hat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dgamma = np.sum(dout * hat, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dhat, flat = (dout * gamma).reshape(N * G, -1), hat.reshape(N * G, -1)
    m = dhat.shape[1]
    dx = (m * dhat - dhat.sum(axis=1, keepdims=True) - flat * (dhat * flat).sum(axis=1, keepdims=True)) / (m * std)
    return dx.reshape(N, C, H, W), dgamma, dbeta
"""

THREE_LAYERS = """
class ThreeLayerConvNet(object):
    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100, num_classes=10,
                 weight_scale=1e-3, reg=0.0, dtype=np.float32):
        self.params, self.reg, self.dtype = {}, reg, dtype
        C, H, W = input_dim
        self.params["W1"] = weight_scale * np.random.randn(num_filters, C, filter_size, filter_size)
        self.params["b1"] = np.zeros(num_filters)
        self.params["W2"] = weight_scale * np.random.randn(num_filters * (H // 2) * (W // 2), hidden_dim)
        self.params["b2"] = np.zeros(hidden_dim)
        self.params["W3"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b3"] = np.zeros(num_classes)
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        W1, b1, W2, b2, W3, b3 = [self.params[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3")]
        conv_param = {"stride": 1, "pad": (W1.shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        a1, conv_cache = conv_forward(X, W1, b1, conv_param)
        r1 = np.maximum(0, a1)
        p1, pool_cache = pool_forward(r1, pool_param)
        a2 = p1.reshape(len(X), -1) @ W2 + b2
        r2 = np.maximum(0, a2)
        scores = r2 @ W3 + b3
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2) + np.sum(W3 ** 2))
        grads = {}
        grads["W3"] = r2.T @ dscores + self.reg * W3
        grads["b3"] = dscores.sum(axis=0)
        da2 = (dscores @ W3.T) * (a2 > 0)
        grads["W2"] = p1.reshape(len(X), -1).T @ da2 + self.reg * W2
        grads["b2"] = da2.sum(axis=0)
        dr1 = pool_backward((da2 @ W2.T).reshape(p1.shape), pool_cache)
        da1 = dr1 * (a1 > 0)
        _, dW1, grads["b1"] = conv_backward(da1, conv_cache)
        grads["W1"] = dW1 + self.reg * W1
        return loss, grads
"""

RIGHT = {
    "conv_backward_naive": CONV_BACKWARD,
    "max_pool_backward_naive": MAX_POOL_BACKWARD,
    "spatial_batchnorm": SPATIAL_BATCHNORM,
    "spatial_groupnorm": GROUPNORM,
    "ThreeLayerConvNet": THREE_LAYERS,
}

# What was handed in, what it should have been, what was written instead, and words of the sentence that name the mistake.
SLIPS = [
    ("conv_backward_naive", "pad:pad + H, pad:pad + W]", "pad:-pad, pad:-pad]", ["[pad:-pad]", "empty"]),
    ("conv_backward_naive", "pad:pad + H, pad:pad + W]", "1:-1, 1:-1]", ["border of one"]),
    ("conv_backward_naive", "pad:pad + H, pad:pad + W]", "1:H + 1, 1:W + 1]", ["border of one"]),
    ("conv_backward_naive", "pad:pad + H, pad:pad + W]", "pad:pad + H, pad:pad + H]", ["as wide as it is high"]),
    ("conv_backward_naive", "dx_pad[:, :, pad:pad + H, pad:pad + W]", "dx_pad", ["frame of the padding"]),
    ("conv_backward_naive", "i * stride, j * stride", "i, j", ["windows move by one"]),
    ("conv_backward_naive", "v:v + WW] += w[f]", "v:v + WW] = w[f]", ["`dx` is assigned"]),
    ("conv_backward_naive", "dw[f] += x_pad", "dw[f] = x_pad", ["`dw` is assigned"]),
    ("conv_backward_naive", "axis=(0, 2, 3))", "axis=0)", ["images only"]),
    ("conv_backward_naive", "return dx, dw, db", "return dx, dw / N, db / N", ["divided by the number of images"]),
    ("conv_backward_naive", "+= w[f] *", "+= w[f, :, ::-1, ::-1] *", ["flipped"]),
    (
        "conv_backward_naive",
        "return dx, dw, db",
        "return dw, dx, db",
        ["what `dw` should be", "`dx` must have shape"],
    ),
    ("conv_backward_naive", "    return dx, dw, db", "    return dx, dw", ["must return `dx`, `dw` and `db`"]),
    (
        "conv_backward_naive",
        "for j in range(W_out)",
        "for j in range(H_out)",
        ["square"],
    ),
    ("conv_backward_naive", "+= w[f] * dout[n, f, i, j]", "-= w[f] * dout[n, f, i, j]", ["wrong sign"]),
    ("max_pool_backward_naive", "+= dout", "= dout", ["assigned"]),
    (
        "max_pool_backward_naive",
        "dx[n, c, i * stride + row, j * stride + col] += dout[n, c, i, j]",
        "dx[n, c, i*stride:i*stride+HH, j*stride:j*stride+WW] = dout[n, c, i, j] * (window == window.max())",
        ["overwrites"],
    ),
    ("max_pool_backward_naive", "k // WW, k % WW", "k // HH, k % HH", ["split by the height"]),
    (
        "max_pool_backward_naive",
        "dx[n, c, i * stride + row, j * stride + col] += dout[n, c, i, j]",
        "dx[n, c, i*stride:i*stride+HH, j*stride:j*stride+WW] += dout[n, c, i, j] / (HH * WW)",
        ["shared by the window"],
    ),
    (
        "max_pool_backward_naive",
        "dx[n, c, i * stride + row, j * stride + col] += dout[n, c, i, j]",
        "dx[n, c, i*stride:i*stride+HH, j*stride:j*stride+WW] += dout[n, c, i, j]",
        ["Every pixel of a window"],
    ),
    ("max_pool_backward_naive", "np.argmax(window)", "np.argmin(window)", ["The smallest number"]),
    ("max_pool_backward_naive", "i * stride + row, j * stride + col]", "row, col]", ["add its corner"]),
    ("max_pool_backward_naive", "+= dout[n, c, i, j]", "+= 1", ["what arrives from above is missing"]),
    ("max_pool_backward_naive", "(H - HH) // stride", "(H - HH) / stride", ["In Python 3, / gives a float"]),
    ("spatial_batchnorm", "np.moveaxis(x, 1, 3).reshape(-1, C)", "x.reshape(-1, C)", ["mixes the channels"]),
    (
        "spatial_batchnorm",
        "np.moveaxis(out.reshape(N, H, W, C), 3, 1)",
        "out.reshape(N, C, H, W)",
        ["mixes the channels"],
    ),
    (
        "spatial_batchnorm",
        "np.moveaxis(dflat.reshape(N, H, W, C), 3, 1)",
        "dflat.reshape(N, C, H, W)",
        ["wrong order"],
    ),
    ("spatial_batchnorm", "m = len(dout)", "m = 2", ["counts as N"]),
    (
        "spatial_batchnorm",
        'bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu',
        'bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mu',
        ["momentum is reversed", "needs `batchnorm_forward`"],
    ),
    ("spatial_batchnorm", "np.sqrt(var + eps)", "np.sqrt(var) + eps", ["epsilon, stand in the wrong place"]),
    (
        "spatial_batchnorm",
        "x.var(axis=0)",
        "x.std(axis=0)",
        ["standard deviation stands", "needs `batchnorm_forward`"],
    ),
    ("spatial_groupnorm", "x.reshape(N * G, -1)", "x.reshape(N, -1)", ["groups are left out"]),
    (
        "spatial_groupnorm",
        "np.sqrt(var + eps)).reshape",
        "(np.sqrt(var) + eps)).reshape",
        ["epsilon, stand in the wrong place"],
    ),
    ("spatial_groupnorm", "keepdims=True)\n    dbeta", ")\n    dbeta", ["axis of length 1", "lose their axes"]),
    ("spatial_groupnorm", "(dout * gamma).reshape", "dout.reshape", ["gamma is left out"]),
    (
        "ThreeLayerConvNet",
        "scores = r2 @ W3 + b3",
        "scores = np.maximum(0, r2 @ W3 + b3)",
        ["scores go through ReLU"],
    ),
    ("ThreeLayerConvNet", "loss += 0.5 * self.reg", "loss += self.reg", ["The half is missing"]),
    ("ThreeLayerConvNet", "(np.sum(W1 ** 2) + np.sum(W2 ** 2)", "(np.sum(W2 ** 2)", ["leaves the filters out"]),
    ("ThreeLayerConvNet", "dW1 + self.reg * W1", "dW1", ["gradient of the filters lacks the penalty"]),
    ("ThreeLayerConvNet", "dscores + self.reg * W3", "dscores", ["last weights lacks the penalty"]),
    ("ThreeLayerConvNet", "(H // 2) * (W // 2)", "(H // 2) * (H // 2)", ["taken for square"]),
    ("ThreeLayerConvNet", "(H // 2) * (W // 2)", "H * W", ["whole image"]),
    (
        "ThreeLayerConvNet",
        "weight_scale * np.random.randn(num_filters,",
        "np.random.randn(num_filters,",
        ["not scaled"],
    ),
    (
        "ThreeLayerConvNet",
        "weight_scale * np.random.randn(hidden_dim",
        "weight_scale * np.random.rand(hidden_dim",
        ["around zero"],
    ),
    ("ThreeLayerConvNet", "np.zeros(hidden_dim)", "np.zeros((1, hidden_dim))", ["row", "axis of length 1"]),
    ("ThreeLayerConvNet", '["b1"] = np.zeros', '["B1"] = np.zeros', ["must hold `b1`"]),
    ("ThreeLayerConvNet", "r1 = np.maximum(0, a1)", "r1 = a1", ["no ReLU after the convolution"]),
    ("ThreeLayerConvNet", "r2 = np.maximum(0, a2)", "r2 = a2", ["no ReLU between"]),
    ("ThreeLayerConvNet", "return loss, grads", "return loss", ["must return `loss` and `grads`"]),
    ("ThreeLayerConvNet", "da1 = dr1 * (a1 > 0)", "da1 = dr1", ["past the first ReLU"]),
    ("ThreeLayerConvNet", 'grads["b2"] = da2.sum(axis=0)', "pass", ["must hold `b2`"]),
]
