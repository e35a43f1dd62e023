"""Right solutions of the exercises about images, in the styles of students. None shares code with the library."""

import itertools
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# ---- costs ---------------------------------------------------------------------------------------------------------


def conv_output_size_in_one_line(size, field, stride, pad):
    return 1 + (size + 2 * pad - field) // stride


def conv_output_size_by_sliding(size, field, stride, pad):
    windows, start = 0, -pad
    while start + field <= size + pad:
        windows += 1
        start += stride
    return windows


def conv_output_size_by_floor(size, field, stride, pad):
    return int(np.floor((size - field + 2 * pad) / stride)) + 1


def conv_parameters_in_one_line(w_shape):
    return w_shape[0] * (w_shape[1] * w_shape[2] * w_shape[3] + 1)


def conv_parameters_by_product(w_shape):
    return np.prod(w_shape) + w_shape[0]


def conv_parameters_by_counting(w_shape):
    count = 0
    for _ in range(w_shape[0]):
        for _ in itertools.product(*map(range, w_shape[1:])):
            count += 1
        count += 1
    return count


def conv_multiply_adds_in_one_line(x_shape, w_shape, conv_param):
    (N, C, H, W), (F, _, HH, WW), s, p = x_shape, w_shape, conv_param["stride"], conv_param["pad"]
    return N * F * ((H + 2 * p - HH) // s + 1) * ((W + 2 * p - WW) // s + 1) * C * HH * WW


def conv_multiply_adds_by_product(x_shape, w_shape, conv_param):
    size = [
        1 + (x_shape[axis] + 2 * conv_param["pad"] - w_shape[axis]) // conv_param["stride"] for axis in range(2, 4)
    ]
    return float(x_shape[0] * np.prod(size) * np.prod(w_shape))


def conv_multiply_adds_by_starts(x_shape, w_shape, conv_param):
    def starts(axis):
        return range(-conv_param["pad"], x_shape[axis] + conv_param["pad"] - w_shape[axis] + 1, conv_param["stride"])

    return x_shape[0] * math.prod(w_shape) * len(starts(2)) * len(starts(3))


# ---- im2col --------------------------------------------------------------------------------------------------------


def sizes(conv_param, shape, HH, WW):
    stride, pad = conv_param["stride"], conv_param["pad"]
    return stride, pad, (shape[2] + 2 * pad - HH) // stride + 1, (shape[3] + 2 * pad - WW) // stride + 1


def im2col_by_six_loops(x, HH, WW, conv_param):
    N, C, H, W = x.shape
    stride, pad, rows, columns = sizes(conv_param, x.shape, HH, WW)
    cols = np.zeros((C * HH * WW, N * rows * columns))
    for n, i, j, c, h, v in itertools.product(*map(range, (N, rows, columns, C, HH, WW))):
        row, column = i * stride + h - pad, j * stride + v - pad
        if 0 <= row < H and 0 <= column < W:
            cols[(c * HH + h) * WW + v, (n * rows + i) * columns + j] = x[n, c, row, column]
    return cols


def col2im_by_six_loops(cols, x_shape, HH, WW, conv_param):
    N, C, H, W = x_shape
    stride, pad, rows, columns = sizes(conv_param, x_shape, HH, WW)
    x = np.zeros(x_shape)
    for n, i, j, c, h, v in itertools.product(*map(range, (N, rows, columns, C, HH, WW))):
        row, column = i * stride + h - pad, j * stride + v - pad
        if 0 <= row < H and 0 <= column < W:
            x[n, c, row, column] += cols[(c * HH + h) * WW + v, (n * rows + i) * columns + j]
    return x


def im2col_by_sliding_windows(x, HH, WW, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * HH * WW, -1)


def col2im_by_slices(cols, x_shape, HH, WW, conv_param):
    N, C, H, W = x_shape
    stride, pad, rows, columns = sizes(conv_param, x_shape, HH, WW)
    six = cols.reshape(C, HH, WW, N, rows, columns)
    padded = np.zeros((C, N, H + 2 * pad, W + 2 * pad))
    for h in range(HH):
        for v in range(WW):
            padded[:, :, h : h + stride * rows : stride, v : v + stride * columns : stride] += six[:, h, v]
    return padded[:, :, pad : H + pad, pad : W + pad].swapaxes(0, 1)


def im2col_by_tap(x, HH, WW, conv_param):
    stride, pad, rows, columns = sizes(conv_param, x.shape, HH, WW)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    lines = [
        padded[:, c, h : h + stride * rows : stride, v : v + stride * columns : stride].flatten()
        for c in range(x.shape[1])
        for h in range(HH)
        for v in range(WW)
    ]
    return np.array(lines)


def col2im_by_transposed_map(cols, x_shape, HH, WW, conv_param):
    """Read where im2col takes each number from off an image of numbers, and send it back there."""
    numbered = np.arange(1.0, math.prod(x_shape) + 1).reshape(x_shape)
    source = im2col_by_sliding_windows(numbered, HH, WW, conv_param).astype(int)
    return np.bincount(source.ravel(), cols.ravel(), minlength=numbered.size + 1)[1:].reshape(x_shape)


def conv_forward_with_im2col(x, w, b, conv_param):
    N, F = x.shape[0], w.shape[0]
    _, _, rows, columns = sizes(conv_param, x.shape, *w.shape[2:])
    cols = im2col_by_tap(x, w.shape[2], w.shape[3], conv_param)
    out = w.reshape(F, -1).dot(cols) + b.reshape(-1, 1)
    return out.reshape(F, N, rows, columns).transpose(1, 0, 2, 3), (x, w, b, conv_param, cols)


def conv_backward_with_col2im(dout, cache):
    x, w, b, conv_param, cols = cache
    F = w.shape[0]
    flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dx = col2im_by_slices(w.reshape(F, -1).T.dot(flat), x.shape, *w.shape[2:], conv_param)
    return dx, flat.dot(cols.T).reshape(w.shape), np.sum(dout, axis=(0, 2, 3)).reshape(b.shape)


def conv_forward_with_rows(x, w, b, conv_param):
    """Make each window a row, and keep the images apart."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(len(x), *windows.shape[2:4], -1)  # (N, H', W', C HH WW)
    return np.moveaxis(rows @ w.reshape(len(w), -1).T + b, -1, 1), {
        "rows": rows,
        "w": w,
        "shape": padded.shape,
        **conv_param,
    }


def conv_backward_with_rows(dout, cache):
    rows, w, stride, pad = cache["rows"], cache["w"], cache["stride"], cache["pad"]
    dout = np.moveaxis(dout, 1, -1)  # (N, H', W', F)
    dw = np.tensordot(dout, rows, axes=([0, 1, 2], [0, 1, 2])).reshape(w.shape)
    dwindows = (dout @ w.reshape(len(w), -1)).reshape(*dout.shape[:3], *w.shape[1:])
    dpadded = np.zeros(cache["shape"])
    for i in range(dout.shape[1]):
        for j in range(dout.shape[2]):
            top, left = i * stride, j * stride
            dpadded[:, :, top : top + w.shape[2], left : left + w.shape[3]] += dwindows[:, i, j]
    dx = np.delete(dpadded, [*range(pad), *range(dpadded.shape[2] - pad, dpadded.shape[2])], axis=2)
    dx = np.delete(dx, [*range(pad), *range(dpadded.shape[3] - pad, dpadded.shape[3])], axis=3)
    return dx, dw, dout.sum(axis=(0, 1, 2))


def conv_forward_image_by_image(x, w, b, conv_param):
    outs, all_cols = [], []
    _, _, rows, columns = sizes(conv_param, x.shape, *w.shape[2:])
    for image in x:
        cols = im2col_by_sliding_windows(image[None], *w.shape[2:], conv_param)
        outs.append((w.reshape(w.shape[0], -1) @ cols + b[:, None]).reshape(-1, rows, columns))
        all_cols.append(cols)
    return np.stack(outs), (all_cols, x.shape, w, conv_param)


def conv_backward_image_by_image(dout, cache):
    all_cols, x_shape, w, conv_param = cache
    dx, dw, db = np.zeros(x_shape), np.zeros(w.shape), np.zeros(len(w))
    for n, cols in enumerate(all_cols):
        flat = dout[n].reshape(len(w), -1)
        dw += (flat @ cols.T).reshape(w.shape)
        db += flat.sum(1)
        dcols = w.reshape(len(w), -1).T @ flat
        dx[n] = col2im_by_six_loops(dcols, (1, *x_shape[1:]), *w.shape[2:], conv_param)[0]
    return dx, dw, db


# ---- average pooling -----------------------------------------------------------------------------------------------


def pool_sizes(pool_param):
    return pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]


def avg_pool_forward_by_loops(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - height) // stride + 1, (W - width) // stride + 1))
    for n, c, i, j in np.ndindex(*out.shape):
        for h, v in np.ndindex(height, width):
            out[n, c, i, j] += x[n, c, i * stride + h, j * stride + v] / (height * width)
    return out, (x, pool_param)


def avg_pool_backward_by_loops(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_sizes(pool_param)
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        for h, v in np.ndindex(height, width):
            dx[n, c, i * stride + h, j * stride + v] += dout[n, c, i, j] / (height * width)
    return dx


def avg_pool_forward_by_sliding_windows(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.mean(windows, axis=(-2, -1)), {"shape": x.shape, "sizes": (height, width, stride)}


def avg_pool_backward_by_taps(dout, cache):
    height, width, stride = cache["sizes"]
    dx = np.zeros(cache["shape"])
    for h in range(height):
        for v in range(width):
            dx[:, :, h : h + stride * dout.shape[2] : stride, v : v + stride * dout.shape[3] : stride] += dout
    return dx / height / width


def averaging_matrix(size, window, stride):
    places = (size - window) // stride + 1
    return np.array([[i * stride <= k < i * stride + window for k in range(size)] for i in range(places)]) / window


def avg_pool_forward_by_matrices(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    rows, columns = averaging_matrix(x.shape[2], height, stride), averaging_matrix(x.shape[3], width, stride)
    return rows @ x @ columns.T, (rows, columns)


def avg_pool_backward_by_matrices(dout, cache):
    rows, columns = cache
    return np.einsum("ih,ncij,jw->nchw", rows, dout, columns)


def global_avg_pool_forward_by_reshape(x):
    return x.reshape(*x.shape[:2], -1).mean(-1), x


def global_avg_pool_backward_by_repeat(dout, cache):
    N, C, H, W = cache.shape
    return (dout / (H * W)).repeat(H * W).reshape(N, C, H, W)


def global_avg_pool_forward_by_loops(x):
    N, C, H, W = x.shape
    out = [[sum(x[n, c, h, w] for h in range(H) for w in range(W)) / (H * W) for c in range(C)] for n in range(N)]
    return out, (H, W)


def global_avg_pool_backward_by_loops(dout, cache):
    dx = np.empty((*dout.shape, *cache))
    for n, c in np.ndindex(*dout.shape):
        dx[n, c] = dout[n, c] / cache[0] / cache[1]
    return dx


def global_avg_pool_forward_by_einsum(x):
    return np.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3]), {"x": x}


def global_avg_pool_backward_by_broadcasting(dout, cache):
    x = cache["x"]
    return np.broadcast_to(dout[..., np.newaxis, np.newaxis], x.shape) / np.prod(x.shape[-2:])


# ---- k-max pooling -------------------------------------------------------------------------------------------------


def kmax_pool_forward_by_loops(x, k):
    N, C, _ = x.shape
    out, kept = np.zeros((N, C, k)), {}
    for n in range(N):
        for c in range(C):
            kept[n, c] = sorted(sorted(range(x.shape[2]), key=lambda t: -x[n, c, t])[:k])
            out[n, c] = [x[n, c, t] for t in kept[n, c]]
    return out, (kept, x.shape)


def kmax_pool_backward_by_loops(dout, cache):
    kept, shape = cache
    dx = np.zeros(shape)
    for (n, c), steps in kept.items():
        for j, t in enumerate(steps):
            dx[n, c, t] = dout[n, c, j]
    return dx


def kmax_pool_forward_by_partition(x, k):
    steps = np.sort(np.argpartition(x, -k, axis=-1)[..., -k:], axis=-1)
    n, c = np.ogrid[: x.shape[0], : x.shape[1]]
    return x[n[..., None], c[..., None], steps], (x, steps)


def kmax_pool_backward_by_one_hot(dout, cache):
    x, steps = cache
    return np.einsum("nck,nckt->nct", dout, np.eye(x.shape[-1])[steps])


def kmax_pool_forward_by_mask(x, k):
    mask = x >= np.sort(x, axis=2)[:, :, -k, None]
    return x[mask].reshape(*x.shape[:2], k), mask


def kmax_pool_backward_by_mask(dout, mask):
    dx = np.zeros(mask.shape)
    dx[mask] = dout.ravel()
    return dx


# ---- stochastic pooling --------------------------------------------------------------------------------------------


def stochastic_pool_forward_by_choice(x, pool_param):
    """Draw with the course's global generator, seeded as dropout is."""
    height, width, stride = pool_sizes(pool_param)
    if "seed" in pool_param:
        np.random.seed(pool_param["seed"])  # noqa: NPY002  as the course seeds dropout
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - height) // stride + 1, (W - width) // stride + 1))
    chosen = {}
    for n, c, i, j in np.ndindex(*out.shape):
        window = x[n, c, i * stride : i * stride + height, j * stride : j * stride + width].flatten()
        if window.sum() == 0:
            continue
        p = window / window.sum()
        if pool_param["mode"] == "test":
            out[n, c, i, j] = np.sum(p * window)
            continue
        k = np.random.choice(len(p), p=p)  # noqa: NPY002  as the course draws
        chosen[n, c, i, j] = (i * stride + k // width, j * stride + k % width)
        out[n, c, i, j] = window[k]
    return out, (chosen, x)


def stochastic_pool_backward_by_choice(dout, cache):
    chosen, x = cache
    dx = np.zeros_like(x)
    for (n, c, i, j), (row, column) in chosen.items():
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


def stochastic_pool_forward_by_cumulative_sums(x, pool_param):
    """Draw for all windows at once, and leave the seed out."""
    height, width, stride = pool_sizes(pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    windows = windows.reshape(*windows.shape[:4], -1)
    total = windows.sum(-1)
    if pool_param["mode"] == "test":
        return (windows**2).sum(-1) / np.where(total > 0, total, 1), None
    threshold = np.random.rand(*total.shape) * total  # noqa: NPY002  as the course draws
    index = (windows.cumsum(-1) <= threshold[..., None]).sum(-1).clip(max=height * width - 1)
    return np.take_along_axis(windows, index[..., None], -1)[..., 0], (index, total > 0, x.shape, pool_param)


def stochastic_pool_backward_by_indices(dout, cache):
    index, alive, shape, pool_param = cache
    _, width, stride = pool_sizes(pool_param)
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros(shape)
    np.add.at(dx, (n, c, i * stride + index // width, j * stride + index % width), dout * alive)
    return dx


def stochastic_pool_forward_by_races(x, pool_param):
    """Let exponential clocks race: the first to ring has its rate as its chance."""
    height, width, stride = pool_sizes(pool_param)
    rng = np.random.default_rng(pool_param.get("seed"))
    rows, columns = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out, masks = np.zeros((*x.shape[:2], rows, columns)), []
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            window = window.reshape(*x.shape[:2], -1)
            if pool_param["mode"] == "test":
                out[:, :, i, j] = np.nan_to_num(window * window / np.maximum(window.sum(-1), 1e-300)[..., None]).sum(
                    -1
                )
                continue
            rings = np.where(window > 0, rng.exponential(size=window.shape) / np.maximum(window, 1e-300), np.inf)
            mask = (np.arange(window.shape[-1]) == rings.argmin(-1)[..., None]) & (window > 0)
            out[:, :, i, j] = (window * mask).sum(-1)
            masks.append(mask)
    return out, (masks, x, pool_param)


def stochastic_pool_backward_by_masks(dout, cache):
    masks, x, pool_param = cache
    height, width, stride = pool_sizes(pool_param)
    dx = np.zeros_like(x)
    for k, (i, j) in enumerate(np.ndindex(*dout.shape[2:])):
        mask = masks[k].reshape(*x.shape[:2], height, width)
        dx[:, :, i * stride : i * stride + height, j * stride : j * stride + width] += (
            dout[:, :, i, j, None, None] * mask
        )
    return dx


# ---- transposed convolution ----------------------------------------------------------------------------------------


def conv_transpose_forward_by_eight_loops(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (_, F, HH, WW) = x.shape, w.shape
    out = np.zeros((N, F, (H - 1) * stride - 2 * pad + HH, (W - 1) * stride - 2 * pad + WW))
    for f in range(F):
        out[:, f] = b[f]
    for n, c, i, j, f, h, v in itertools.product(*map(range, (N, C, H, W, F, HH, WW))):
        row, column = i * stride + h - pad, j * stride + v - pad
        if 0 <= row < out.shape[2] and 0 <= column < out.shape[3]:
            out[n, f, row, column] += x[n, c, i, j] * w[c, f, h, v]
    return out, (x, w, b, conv_param)


def conv_transpose_backward_by_eight_loops(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for f in range(len(b)):
        db[f] = dout[:, f].sum()
    for n, c, i, j, f, h, v in itertools.product(*map(range, (*x.shape, *w.shape[1:]))):
        row, column = i * stride + h - pad, j * stride + v - pad
        if 0 <= row < dout.shape[2] and 0 <= column < dout.shape[3]:
            dx[n, c, i, j] += dout[n, f, row, column] * w[c, f, h, v]
            dw[c, f, h, v] += dout[n, f, row, column] * x[n, c, i, j]
    return dx, dw, db


def conv_transpose_forward_by_taps(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, _, H, W), (_, F, HH, WW) = x.shape, w.shape
    full = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for h in range(HH):
        for v in range(WW):
            taps = np.einsum("ncij,cf->nfij", x, w[:, :, h, v])
            full[:, :, h : h + H * stride : stride, v : v + W * stride : stride] += taps
    rows, columns = full.shape[2] - pad, full.shape[3] - pad
    return full[:, :, pad:rows, pad:columns] + b.reshape(1, -1, 1, 1), {"x": x, "w": w, "stride": stride, "pad": pad}


def conv_transpose_backward_by_taps(dout, cache):
    x, w, stride, pad = cache["x"], cache["w"], cache["stride"], cache["pad"]
    (_, _, H, W), (_, _, HH, WW) = x.shape, w.shape
    framed = np.pad(dout, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for h in range(HH):
        for v in range(WW):
            part = framed[:, :, h : h + H * stride : stride, v : v + W * stride : stride]
            dx += np.einsum("nfij,cf->ncij", part, w[:, :, h, v])
            dw[:, :, h, v] = np.einsum("nfij,ncij->cf", part, x)
    return dx, dw, dout.sum((0, 2, 3))


def conv_transpose_forward_by_zeros_between(x, w, b, conv_param):
    """Put zeros between the pixels and convolve with the flipped filters."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (_, _, HH, WW) = x.shape, w.shape
    wide = np.zeros((N, C, (H - 1) * stride + 1, (W - 1) * stride + 1))
    wide[:, :, ::stride, ::stride] = x
    wide = np.pad(wide, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    windows = sliding_window_view(wide, (HH, WW), axis=(2, 3))  # (N, C, H', W', HH, WW)
    full = np.tensordot(windows, w[:, :, ::-1, ::-1], axes=([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)
    out = full[:, :, pad : full.shape[2] - pad, pad : full.shape[3] - pad] + b[:, None, None]
    return out, [x, w, conv_param]


def conv_transpose_backward_by_windows(dout, cache):
    x, w, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    framed = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(framed, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    dx = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    return dx, np.tensordot(x, windows, axes=([0, 2, 3], [0, 2, 3])), np.sum(dout, axis=(0, 2, 3))


# ---- unpooling -----------------------------------------------------------------------------------------------------


def max_pool_places_by_loops(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    N, C, H, W = x.shape
    shape = N, C, (H - height) // stride + 1, (W - width) // stride + 1
    out, places = np.zeros(shape), np.zeros(shape, dtype=np.int32)
    for n, c, i, j in np.ndindex(*shape):
        best = -np.inf
        for row in range(i * stride, i * stride + height):
            for column in range(j * stride, j * stride + width):
                if x[n, c, row, column] > best:
                    best, places[n, c, i, j] = x[n, c, row, column], row * W + column
        out[n, c, i, j] = best
    return out, places


def max_pool_places_by_numbering(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    numbers = np.arange(x.shape[2] * x.shape[3]).reshape(x.shape[2:])
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    number = sliding_window_view(numbers, (height, width))[::stride, ::stride].reshape(*windows.shape[2:4], -1)
    windows = windows.reshape(*windows.shape[:4], -1)
    winners = windows.argmax(-1)[..., None]
    places = np.take_along_axis(np.broadcast_to(number, windows.shape), winners, -1)[..., 0]
    return windows.max(-1), places.astype(np.uint16)


def max_pool_places_by_lists(x, pool_param):
    height, width, stride = pool_sizes(pool_param)
    out, places = [], []
    for plane in x.reshape(-1, *x.shape[2:]):
        for i in range(0, x.shape[2] - height + 1, stride):
            for j in range(0, x.shape[3] - width + 1, stride):
                candidates = [(r, s) for r in range(i, i + height) for s in range(j, j + width)]
                winner = max(candidates, key=lambda place: plane[place])
                out.append(plane[winner])
                places.append(winner[0] * x.shape[3] + winner[1])
    shape = *x.shape[:2], (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    return np.reshape(out, shape), np.reshape(places, shape)


def max_unpool_forward_by_loops(x, places, output_size):
    H, W = output_size
    out = np.zeros((x.shape[0], x.shape[1], H, W))
    for n, c, i, j in np.ndindex(*x.shape):
        place = places[n, c, i, j]
        out[n, c, place // W, place % W] = x[n, c, i, j]
    return out, (places, output_size)


def max_unpool_backward_by_loops(dout, cache):
    places, (_, W) = cache
    dx = np.zeros(places.shape)
    for n, c, i, j in np.ndindex(*places.shape):
        dx[n, c, i, j] = dout[n, c, places[n, c, i, j] // W, places[n, c, i, j] % W]
    return dx


def max_unpool_forward_along_an_axis(x, places, output_size):
    N, C = x.shape[:2]
    out = np.zeros((N, C, output_size[0] * output_size[1]))
    np.put_along_axis(out, places.reshape(N, C, -1), x.reshape(N, C, -1), axis=2)
    return out.reshape((N, C, *output_size)), places


def max_unpool_backward_along_an_axis(dout, places):
    flat = dout.reshape(*dout.shape[:2], -1)
    return np.take_along_axis(flat, places.reshape(*places.shape[:2], -1), axis=2).reshape(places.shape)


def max_unpool_forward_by_flat_indices(x, places, output_size):
    N, C, H, W = x.shape[:2] + tuple(output_size)
    first = np.arange(N * C).reshape(N, C, 1, 1) * (H * W)
    out = np.zeros(N * C * H * W)
    out[(first + places).ravel()] = x.ravel()
    return out.reshape(N, C, H, W), {"where": first + places}


def max_unpool_backward_by_flat_indices(dout, cache):
    return np.take(dout, cache["where"])


# ---- max pooling by im2col -----------------------------------------------------------------------------------------


def _window_of(pool_param):
    return pool_param["pool_height"], pool_param["pool_width"], {"stride": pool_param["stride"], "pad": 0}


def max_pool_forward_one_channel_at_a_time(x, pool_param):
    HH, WW, conv_param = _window_of(pool_param)
    N, C, H, W = x.shape
    rows, columns = (H - HH) // conv_param["stride"] + 1, (W - WW) // conv_param["stride"] + 1
    matrices = [im2col_by_tap(x[:, c : c + 1], HH, WW, conv_param) for c in range(C)]
    out = np.stack([matrix.max(axis=0).reshape(N, rows, columns) for matrix in matrices], axis=1)
    return out, (x, pool_param, matrices)


def max_pool_backward_one_channel_at_a_time(dout, cache):
    x, pool_param, matrices = cache
    HH, WW, conv_param = _window_of(pool_param)
    dx = np.zeros(x.shape)
    for c, matrix in enumerate(matrices):
        sent = (matrix == matrix.max(axis=0)) * dout[:, c].ravel()
        dx[:, c : c + 1] = col2im_by_slices(sent, (len(x), 1, *x.shape[2:]), HH, WW, conv_param)
    return dx


def max_pool_forward_with_all_channels_in_a_column(x, pool_param):
    HH, WW, conv_param = _window_of(pool_param)
    N, C, H, W = x.shape
    shape = N, (H - HH) // conv_param["stride"] + 1, (W - WW) // conv_param["stride"] + 1
    cols = im2col_by_six_loops(x, HH, WW, conv_param).reshape(C, HH * WW, -1)
    winners = cols.argmax(axis=1)[:, None]  # (C, 1, N H' W')
    out = np.take_along_axis(cols, winners, axis=1).reshape(C, *shape)
    return out.swapaxes(0, 1), {"winners": winners, "shape": x.shape, "pool_param": pool_param}


def max_pool_backward_with_all_channels_in_a_column(dout, cache):
    HH, WW, conv_param = _window_of(cache["pool_param"])
    C = cache["shape"][1]
    dcols = np.zeros((C, HH * WW, dout.size // C))
    np.put_along_axis(dcols, cache["winners"], dout.swapaxes(0, 1).reshape(C, 1, -1), axis=1)
    return col2im_by_six_loops(dcols.reshape(C * HH * WW, -1), cache["shape"], HH, WW, conv_param)


SOLUTIONS = {
    "costs in one line each": {
        "conv_output_size": conv_output_size_in_one_line,
        "conv_parameters": conv_parameters_in_one_line,
        "conv_multiply_adds": conv_multiply_adds_in_one_line,
    },
    "costs by counting": {
        "conv_output_size": conv_output_size_by_sliding,
        "conv_parameters": conv_parameters_by_counting,
        "conv_multiply_adds": conv_multiply_adds_by_starts,
    },
    "costs with numpy": {
        "conv_output_size": conv_output_size_by_floor,
        "conv_parameters": conv_parameters_by_product,
        "conv_multiply_adds": conv_multiply_adds_by_product,
    },
    "im2col by six loops": {"im2col": im2col_by_six_loops, "col2im": col2im_by_six_loops},
    "im2col by sliding windows": {"im2col": im2col_by_sliding_windows, "col2im": col2im_by_slices},
    "im2col tap by tap": {"im2col": im2col_by_tap, "col2im": col2im_by_transposed_map},
    "convolution with im2col and col2im": {
        "conv_forward_im2col": conv_forward_with_im2col,
        "conv_backward_im2col": conv_backward_with_col2im,
    },
    "convolution with windows as rows": {
        "conv_forward_im2col": conv_forward_with_rows,
        "conv_backward_im2col": conv_backward_with_rows,
    },
    "convolution image by image": {
        "conv_forward_im2col": conv_forward_image_by_image,
        "conv_backward_im2col": conv_backward_image_by_image,
    },
    "max pooling by im2col, one channel at a time": {
        "max_pool_forward_im2col": max_pool_forward_one_channel_at_a_time,
        "max_pool_backward_im2col": max_pool_backward_one_channel_at_a_time,
    },
    "max pooling by im2col, all channels in a column": {
        "max_pool_forward_im2col": max_pool_forward_with_all_channels_in_a_column,
        "max_pool_backward_im2col": max_pool_backward_with_all_channels_in_a_column,
    },
    "average pooling by loops": {
        "avg_pool_forward": avg_pool_forward_by_loops,
        "avg_pool_backward": avg_pool_backward_by_loops,
    },
    "average pooling by sliding windows": {
        "avg_pool_forward": avg_pool_forward_by_sliding_windows,
        "avg_pool_backward": avg_pool_backward_by_taps,
    },
    "average pooling by two matrices": {
        "avg_pool_forward": avg_pool_forward_by_matrices,
        "avg_pool_backward": avg_pool_backward_by_matrices,
    },
    "global average pooling by reshape": {
        "global_avg_pool_forward": global_avg_pool_forward_by_reshape,
        "global_avg_pool_backward": global_avg_pool_backward_by_repeat,
    },
    "global average pooling by loops": {
        "global_avg_pool_forward": global_avg_pool_forward_by_loops,
        "global_avg_pool_backward": global_avg_pool_backward_by_loops,
    },
    "global average pooling by einsum": {
        "global_avg_pool_forward": global_avg_pool_forward_by_einsum,
        "global_avg_pool_backward": global_avg_pool_backward_by_broadcasting,
    },
    "k-max pooling by loops": {
        "kmax_pool_forward": kmax_pool_forward_by_loops,
        "kmax_pool_backward": kmax_pool_backward_by_loops,
    },
    "k-max pooling by partition": {
        "kmax_pool_forward": kmax_pool_forward_by_partition,
        "kmax_pool_backward": kmax_pool_backward_by_one_hot,
    },
    "k-max pooling by mask": {
        "kmax_pool_forward": kmax_pool_forward_by_mask,
        "kmax_pool_backward": kmax_pool_backward_by_mask,
    },
    "stochastic pooling by choice": {
        "stochastic_pool_forward": stochastic_pool_forward_by_choice,
        "stochastic_pool_backward": stochastic_pool_backward_by_choice,
    },
    "stochastic pooling by cumulative sums": {
        "stochastic_pool_forward": stochastic_pool_forward_by_cumulative_sums,
        "stochastic_pool_backward": stochastic_pool_backward_by_indices,
    },
    "stochastic pooling by races": {
        "stochastic_pool_forward": stochastic_pool_forward_by_races,
        "stochastic_pool_backward": stochastic_pool_backward_by_masks,
    },
    "transposed convolution by loops": {
        "conv_transpose_forward": conv_transpose_forward_by_eight_loops,
        "conv_transpose_backward": conv_transpose_backward_by_eight_loops,
    },
    "transposed convolution tap by tap": {
        "conv_transpose_forward": conv_transpose_forward_by_taps,
        "conv_transpose_backward": conv_transpose_backward_by_taps,
    },
    "transposed convolution as a convolution": {
        "conv_transpose_forward": conv_transpose_forward_by_zeros_between,
        "conv_transpose_backward": conv_transpose_backward_by_windows,
    },
    "unpooling by loops": {
        "max_pool_places": max_pool_places_by_loops,
        "max_unpool_forward": max_unpool_forward_by_loops,
        "max_unpool_backward": max_unpool_backward_by_loops,
    },
    "unpooling along an axis": {
        "max_pool_places": max_pool_places_by_numbering,
        "max_unpool_forward": max_unpool_forward_along_an_axis,
        "max_unpool_backward": max_unpool_backward_along_an_axis,
    },
    "unpooling by flat indices": {
        "max_pool_places": max_pool_places_by_lists,
        "max_unpool_forward": max_unpool_forward_by_flat_indices,
        "max_unpool_backward": max_unpool_backward_by_flat_indices,
    },
}
