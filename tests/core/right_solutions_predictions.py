"""Right predictions about layers: by running what is predicted, and by other ways of thinking."""

import itertools
import math

import numpy as np

from cs231n_lib import fast_layers, layers

FAMILY = {
    "batch": lambda x: layers.spatial_batchnorm_forward(x, np.ones(4), np.zeros(4), {"mode": "train"})[0],
    "layer": lambda x: layers.layernorm_forward(x.reshape(3, -1), np.ones(36), np.zeros(36), {})[0].reshape(x.shape),
    "instance": lambda x: layers.instancenorm_forward(x, np.ones(4), np.zeros(4), {})[0],
    "group": lambda x: layers.spatial_groupnorm_forward(x, np.ones((1, 4, 1, 1)), np.zeros((1, 4, 1, 1)), 2, {})[0],
}
PARTS = {
    "the batch": np.s_[:],
    "an image": np.s_[0],
    "a group": np.s_[0, :2],
    "a channel": np.s_[:, 0],
    "a map": np.s_[0, 0],
    "a pixel": np.s_[0, 0, 0, 0],
}
NAMED = {
    (): "no layer",
    ("batch", "instance"): "batch and instance",
    ("instance",): "instance",
    ("instance", "group"): "instance and group",
    ("layer", "instance", "group"): "all but batch",
    tuple(FAMILY): "all",
}


# ---- by running ----------------------------------------------------------------------------------------------------


def outlier_run(n, size):
    x = np.zeros((n, 1))
    x[0] = size
    return layers.batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"})[0][0, 0]


def undone_run(scaled, factor):
    x = np.random.default_rng(0).normal(size=(3, 4, 3, 3)) + 2
    changed = x.copy()
    changed[PARTS[scaled]] *= factor
    return NAMED[tuple(name for name, layer in FAMILY.items() if np.allclose(layer(x), layer(changed), atol=1e-3))]


def dropout_variance_run(p, mean, std):
    """Two examples, one deviation above and below the mean, and both values of the mask, weighed."""
    outcomes = [
        ((mean + sign * std) * mask, chance / 2) for sign in (-1, 1) for mask, chance in ((0, 1 - p), (1 / p, p))
    ]
    center = sum(value * chance for value, chance in outcomes)
    return sum((value - center) ** 2 * chance for value, chance in outcomes)


def saving_counted(filters, channels, window):
    outputs = filters * 10 * 10
    convolution = outputs * channels * window * window
    return outputs / (outputs + convolution)


def padded_run(size, field):
    same = {"stride": 1, "pad": (field - 1) // 2}
    x, w = np.ones((1, 1, size, size)), np.ones((1, 1, field, field))
    out, _ = fast_layers.conv_forward_fast(x, w, np.zeros(1), same)
    return np.sum(out < field**2 - 0.5)


def copies_run(row, column, size, window, stride):
    numbered = np.arange(size * size).reshape(1, 1, size, size)
    cols = layers.im2col(numbered, window, window, {"stride": stride, "pad": 0})
    return (cols == numbered[0, 0, row, column]).sum()


def bright_by_listing_counts(share, window):
    pixels = window**2
    chances = (math.comb(pixels, k) * share**k * (1 - share) ** (pixels - k) for k in range(1, pixels + 1))
    return round(sum(chances), 3)


def receptive_field_run(window, strides):
    seen = {0}
    for stride in list(strides)[::-1]:
        seen = {place * stride + tap for place in seen for tap in range(window)}
    return max(seen) - min(seen) + 1


def unevenness_run(filter_size, stride):
    x, w = np.ones((1, 1, 20, 20)), np.ones((1, 1, filter_size, filter_size))
    counts, _ = layers.conv_transpose_forward(x, w, np.zeros(1), {"stride": stride, "pad": 0})
    middle = counts[0, 0, filter_size:-filter_size, filter_size:-filter_size]
    return middle.max() / middle.min()


def iou_run(size, border):
    place = np.indices((size + 20, size + 20)) - (size + 19) / 2
    truth, guess = (np.abs(place).max(axis=0) < side / 2 for side in (size, size + 2 * border))
    return (truth & guess).sum() / (truth | guess).sum()


# ---- by thinking ---------------------------------------------------------------------------------------------------


def outlier_thought(n, size):
    return math.copysign((n - 1) ** 0.5, size)


def undone_by_a_chain(scaled, factor):
    if factor < 0 or scaled == "a pixel":
        return "no layer"
    if scaled == "the batch":
        return "all"
    if scaled == "an image":
        return "all but batch"
    if scaled == "a map":
        return "instance"
    return "batch and instance" if scaled == "a channel" else "instance and group"


def dropout_variance_in_parts(p, mean, std):
    return std**2 + (1 - p) / p * (std**2 + mean**2)


def saving_thought(_filters, channels, window):
    return np.float32(1) * np.float64(1 / (1 + channels * window * window))


def padded_as_a_frame(size, field):
    inner = size - (field - 1)
    return size * size if inner < 0 else (size - inner) * (size + inner)


def copies_listed(row, column, size, window, stride):
    corners = itertools.product(range(0, size + 1 - window, stride), repeat=2)
    return sum(0 <= row - i < window and 0 <= column - j < window for i, j in corners)


def bright_thought(share, window):
    return -math.expm1(window * window * math.log1p(-share))


def receptive_field_forward(window, strides):
    pixels, step = 1, 1
    for stride in strides:
        pixels += (window - 1) * step
        step *= stride
    return pixels


def unevenness_thought(filter_size, stride):
    return (-(-filter_size // stride)) ** 2 / (filter_size // stride) ** 2


def iou_of_areas(size, border):
    areas = size**2, (size + 2 * border) ** 2
    return min(areas) / max(areas)


SOLUTIONS = {
    "layers predicted by running": {
        "predict_outlier": outlier_run,
        "predict_undone": undone_run,
        "predict_dropout_variance": dropout_variance_run,
        "predict_saving": saving_counted,
        "predict_padded": padded_run,
        "predict_copies": copies_run,
        "predict_bright": bright_by_listing_counts,
        "predict_receptive_field": receptive_field_run,
        "predict_unevenness": unevenness_run,
        "predict_iou": iou_run,
    },
    "layers predicted by thinking": {
        "predict_outlier": outlier_thought,
        "predict_undone": undone_by_a_chain,
        "predict_dropout_variance": dropout_variance_in_parts,
        "predict_saving": saving_thought,
        "predict_padded": padded_as_a_frame,
        "predict_copies": copies_listed,
        "predict_bright": bright_thought,
        "predict_receptive_field": receptive_field_forward,
        "predict_unevenness": unevenness_thought,
        "predict_iou": iou_of_areas,
    },
}
