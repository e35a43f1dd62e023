"""Right solutions of the normalizations and of dropout, in the styles of students. None shares code with the library."""

import numpy as np

# ---- batch normalization, the rest ---------------------------------------------------------------------------------


def population_statistics_by_loops(batch_means, batch_variances, m):
    total_mean, total_var = 0.0, 0.0
    for mean, var in zip(batch_means, batch_variances, strict=True):
        total_mean = total_mean + mean
        total_var = total_var + var
    count = len(batch_means)
    return total_mean / count, (m / (m - 1)) * (total_var / count)


def population_statistics_by_lists(batch_means, batch_variances, m):
    means = [float(np.sum(column)) / len(batch_means) for column in np.transpose(batch_means)]
    variances = [float(np.sum(column)) / len(batch_means) * m / (m - 1) for column in np.transpose(batch_variances)]
    return means, variances


def fold_batchnorm_in_one_line(gamma, beta, mean, var, eps=1e-5):
    return gamma / (var + eps) ** 0.5, beta - gamma * mean / (var + eps) ** 0.5


def fold_batchnorm_by_two_points(gamma, beta, mean, var, eps=0.00001):
    at = lambda x: gamma * (x - mean) / np.sqrt(var + eps) + beta  # noqa: E731  as a student writes it
    return at(1.0) - at(0.0), at(0.0)


# ---- layer normalization -------------------------------------------------------------------------------------------


def layernorm_forward_by_examples(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    out, stats = np.zeros(x.shape), []
    for n in range(x.shape[0]):
        mu = sum(x[n]) / x.shape[1]
        var = sum((x[n] - mu) ** 2) / x.shape[1]
        out[n] = (x[n] - mu) / np.sqrt(var + eps) * gamma + beta
        stats.append((mu, var))
    return out, dict(x=x, gamma=gamma, stats=stats, eps=eps)  # noqa: C408  as a student writes it


def layernorm_backward_by_examples(dout, cache):
    x, gamma, eps = cache["x"], cache["gamma"], cache["eps"]
    D = x.shape[1]
    dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(D), np.zeros(D)
    for n, (mu, var) in enumerate(cache["stats"]):
        inv = 1 / np.sqrt(var + eps)
        xhat = (x[n] - mu) * inv
        dgamma += dout[n] * xhat
        dbeta += dout[n]
        dxhat = dout[n] * gamma
        dx[n] = inv / D * (D * dxhat - np.sum(dxhat) - xhat * np.sum(dxhat * xhat))
    return dx, dgamma, dbeta


def layernorm_forward_transposed(x, gamma, beta, ln_param):
    columns = x.T
    mean, var = np.mean(columns, axis=0), np.var(columns, axis=0)
    normal = (columns - mean) / np.sqrt(var + ln_param.get("eps", 1e-5))
    return (normal * gamma[:, np.newaxis] + beta[:, np.newaxis]).T, (normal, var + ln_param.get("eps", 1e-5), gamma)


def layernorm_backward_transposed(dout, cache):
    normal, variance, gamma = cache
    columns = dout.T
    dnormal = columns * gamma[:, np.newaxis]
    centered = normal * np.sqrt(variance)
    dvar = np.sum(dnormal * centered * -0.5 * variance**-1.5, axis=0)
    dmean = np.sum(-dnormal / np.sqrt(variance), axis=0) + dvar * np.mean(-2 * centered, axis=0)
    dcolumns = dnormal / np.sqrt(variance) + dvar * 2 * centered / len(normal) + dmean / len(normal)
    return dcolumns.T, np.sum(columns * normal, axis=1), np.sum(columns, axis=1)


def layernorm_forward_by_einsum(x, gamma, beta, ln_param):
    D = x.shape[-1]
    centered = x - np.einsum("nd->n", x)[:, None] / D
    inverse = (np.einsum("nd,nd->n", centered, centered) / D + ln_param.get("eps", 1e-5)) ** -0.5
    return np.einsum("nd,n,d->nd", centered, inverse, gamma) + beta, [centered, inverse, gamma]


def layernorm_backward_by_einsum(dout, cache):
    centered, inverse, gamma = cache
    D = centered.shape[1]
    g = dout * gamma
    xhat = centered * inverse[:, None]
    dx = (g - g.mean(1)[:, None] - xhat * (np.einsum("nd,nd->n", g, xhat) / D)[:, None]) * inverse[:, None]
    return dx, np.einsum("nd,nd->d", dout, xhat), np.einsum("nd->d", dout)


# ---- images: each student has one helper for all three -------------------------------------------------------------


def _rows_forward(rows, eps):
    mean, var = rows.mean(1, keepdims=True), rows.var(1, keepdims=True)
    return (rows - mean) / np.sqrt(var + eps), 1 / np.sqrt(var + eps)


def _rows_backward(drows, normal, inverse):
    size = normal.shape[1]
    return (
        inverse
        / size
        * (size * drows - drows.sum(1, keepdims=True) - normal * (drows * normal).sum(1, keepdims=True))
    )


def instancenorm_forward_by_rows(x, gamma, beta, in_param):
    N, C, H, W = x.shape
    normal, inverse = _rows_forward(x.reshape(N * C, H * W), in_param.get("eps", 1e-5))
    out = normal.reshape(x.shape) * gamma[None, :, None, None] + beta[None, :, None, None]
    return out, (normal, inverse, gamma, x.shape)


def instancenorm_backward_by_rows(dout, cache):
    normal, inverse, gamma, shape = cache
    scaled = (dout * gamma[None, :, None, None]).reshape(normal.shape)
    dgamma = np.sum(dout * normal.reshape(shape), axis=(0, 2, 3))
    return _rows_backward(scaled, normal, inverse).reshape(shape), dgamma, np.sum(dout, axis=(0, 2, 3))


def instancenorm_forward_by_loops(x, gamma, beta, in_param):
    out = np.empty_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane = x[n, c]
            out[n, c] = gamma[c] * (plane - plane.mean()) / np.sqrt(plane.var() + in_param.get("eps", 1e-5)) + beta[c]
    return out, (x, gamma, in_param.get("eps", 1e-5))


def instancenorm_backward_by_loops(dout, cache):
    x, gamma, eps = cache
    dx, dgamma, dbeta = np.empty_like(x), np.zeros(len(gamma)), np.zeros(len(gamma))
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane, size = x[n, c], x[n, c].size
            std = np.sqrt(plane.var() + eps)
            hat = (plane - plane.mean()) / std
            dgamma[c] += (dout[n, c] * hat).sum()
            dbeta[c] += dout[n, c].sum()
            dhat = dout[n, c] * gamma[c]
            dx[n, c] = (dhat - dhat.sum() / size - hat * (dhat * hat).sum() / size) / std
    return dx, dgamma, dbeta


def batchnorm_by_hand(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rmean, rvar = (
        bn_param.get("running_mean", np.zeros(x.shape[1])),
        bn_param.get("running_var", np.zeros(x.shape[1])),
    )
    if bn_param["mode"] == "train":
        mean, var = np.average(x, axis=0), np.average((x - np.average(x, axis=0)) ** 2, axis=0)
        bn_param["running_mean"], bn_param["running_var"] = (
            rmean * momentum + mean * (1 - momentum),
            rvar * momentum + var * (1 - momentum),
        )
    else:
        mean, var = rmean, rvar
    hat = (x - mean) * (var + eps) ** -0.5
    return gamma * hat + beta, (hat, (var + eps) ** -0.5, gamma)


def batchnorm_back_by_hand(dout, cache):
    hat, inverse, gamma = cache
    N = dout.shape[0]
    dx = gamma * inverse / N * (N * dout - dout.sum(axis=0) - hat * np.sum(dout * hat, axis=0))
    return dx, np.sum(dout * hat, axis=0), np.sum(dout, axis=0)


def spatial_batchnorm_forward_through_batchnorm(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_by_hand(np.moveaxis(x, 1, -1).reshape(-1, C), gamma, beta, bn_param)
    return np.moveaxis(out.reshape(N, H, W, C), -1, 1), cache


def spatial_batchnorm_backward_through_batchnorm(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_back_by_hand(np.moveaxis(dout, 1, -1).reshape(-1, C), cache)
    return np.moveaxis(dx.reshape(N, H, W, C), -1, 1), dgamma, dbeta


def spatial_batchnorm_forward_by_channels(x, gamma, beta, bn_param):
    out, caches, C = np.zeros(x.shape), [], x.shape[1]
    means, variances = np.zeros(C), np.zeros(C)
    for c in range(C):
        own = {key: value for key, value in bn_param.items() if not key.startswith("running")}
        if "running_mean" in bn_param:
            own["running_mean"], own["running_var"] = (
                bn_param["running_mean"][c : c + 1],
                bn_param["running_var"][c : c + 1],
            )
        flat, cache = batchnorm_by_hand(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], own)
        out[:, c] = flat.reshape(x[:, c].shape)
        caches.append(cache)
        means[c], variances[c] = own["running_mean"][0], own["running_var"][0]
    bn_param["running_mean"], bn_param["running_var"] = means, variances
    return out, caches


def spatial_batchnorm_backward_by_channels(dout, cache):
    parts = [batchnorm_back_by_hand(dout[:, c].reshape(-1, 1), own) for c, own in enumerate(cache)]
    dx = np.stack([part[0].reshape(dout[:, 0].shape) for part in parts], axis=1)
    return dx, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def spatial_groupnorm_forward_by_rows(x, gamma, beta, G, gn_param):
    N = x.shape[0]
    normal, inverse = _rows_forward(np.reshape(x, (N * G, -1)), gn_param.get("eps", 1e-5))
    return normal.reshape(x.shape) * gamma + beta, (normal, inverse, gamma, x.shape)


def spatial_groupnorm_backward_by_rows(dout, cache):
    normal, inverse, gamma, shape = cache
    dx = _rows_backward((dout * gamma).reshape(normal.shape), normal, inverse).reshape(shape)
    return dx, (dout * normal.reshape(shape)).sum((0, 2, 3), keepdims=True), dout.sum((0, 2, 3), keepdims=True)


def spatial_groupnorm_forward_by_groups(x, gamma, beta, G, gn_param):
    out = np.zeros_like(x)
    size = x.shape[1] // G
    for g in range(G):
        channels = slice(g * size, (g + 1) * size)
        part = x[:, channels]
        mean, var = part.mean(axis=(1, 2, 3), keepdims=True), part.var(axis=(1, 2, 3), keepdims=True)
        out[:, channels] = (part - mean) / np.sqrt(var + gn_param.get("eps", 1e-5))
    return gamma * out + beta, {"x": x, "hat": out, "gamma": gamma, "G": G, "eps": gn_param.get("eps", 1e-5)}


def spatial_groupnorm_backward_by_groups(dout, cache):
    x, hat, gamma, G = cache["x"], cache["hat"], cache["gamma"], cache["G"]
    dx, size = np.zeros_like(x), x.shape[1] // G
    for n in range(len(x)):
        for g in range(G):
            channels = slice(g * size, (g + 1) * size)
            dhat = (dout * gamma)[n, channels]
            h, count = hat[n, channels], dhat.size
            std = np.sqrt(np.var(x[n, channels]) + cache["eps"])
            dx[n, channels] = (count * dhat - dhat.sum() - h * (dhat * h).sum()) / (count * std)
    shape = (1, -1, 1, 1)
    return dx, (dout * hat).sum(axis=(0, 2, 3)).reshape(shape), dout.sum(axis=(0, 2, 3)).reshape(shape)


# ---- dropout -------------------------------------------------------------------------------------------------------


def dropout_forward_with_its_own_generator(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    keep = np.random.default_rng(dropout_param.get("seed")).uniform(size=x.shape) <= dropout_param["p"]
    return np.where(keep, x / dropout_param["p"], 0.0), (keep, dropout_param["p"])


def dropout_backward_with_its_own_generator(dout, cache):
    if cache is None:
        return dout
    keep, p = cache
    return np.where(keep, dout / p, 0.0)


def dropout_forward_by_choice(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] != "train":
        return np.array(x), ("test", 1.0)
    mask = np.random.choice([1 / p, 0.0], size=x.shape, p=[p, 1 - p])  # noqa: NPY002  as students do
    return mask * x, ("train", mask)


def dropout_backward_by_choice(dout, cache):
    return dout * cache[1]


def dropout_forward_by_binomial(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, [dropout_param]
    mask = np.random.binomial(1, dropout_param["p"], x.shape)  # noqa: NPY002  as students do
    out = x.copy()
    out[mask == 0] = 0
    out /= dropout_param["p"]
    return out, [dropout_param, mask]


def dropout_backward_by_binomial(dout, cache):
    if len(cache) == 1:
        return dout
    dropout_param, mask = cache
    dout = dout.copy()
    dout *= mask
    dout /= dropout_param["p"]
    return dout


def _called(name, *styles):
    """Return the functions above in some styles, under the names of their exercises."""
    found = {}
    for exercise in name:
        found[exercise] = next(
            globals()[f"{exercise}_{style}"] for style in styles if f"{exercise}_{style}" in globals()
        )
    return found


FOLDED = ("population_statistics", "fold_batchnorm")
LAYER = ("layernorm_forward", "layernorm_backward")
INSTANCE = ("instancenorm_forward", "instancenorm_backward")
SPATIAL = ("spatial_batchnorm_forward", "spatial_batchnorm_backward")
GROUP = ("spatial_groupnorm_forward", "spatial_groupnorm_backward")
DROPOUT = ("dropout_forward", "dropout_backward")

SOLUTIONS = {
    "statistics by loops": _called(FOLDED, "by_loops", "in_one_line"),
    "statistics by lists": _called(FOLDED, "by_lists", "by_two_points"),
    "layers by examples": _called(LAYER, "by_examples"),
    "layers transposed": _called(LAYER, "transposed"),
    "layers by einsum": _called(LAYER, "by_einsum"),
    "images by rows": _called(INSTANCE, "by_rows") | _called(GROUP, "by_rows"),
    "images by loops": _called(INSTANCE, "by_loops") | _called(GROUP, "by_groups"),
    "spatial through batch norm": _called(SPATIAL, "through_batchnorm"),
    "spatial by channels": _called(SPATIAL, "by_channels"),
    "dropout with its own generator": _called(DROPOUT, "with_its_own_generator"),
    "dropout by choice": _called(DROPOUT, "by_choice"),
    "dropout by binomial": _called(DROPOUT, "by_binomial"),
}
