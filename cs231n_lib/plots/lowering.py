"""Pictures of the lesson on im2col: windows as columns, matrices to scale, times and memory."""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, frame, grouped_bars, label, legend_above
from cs231n_lib.plots.arrays import matrices

_SHORTEST = 0.05  # seconds; what is faster is repeated, for the clock's sake


def window_and_column(image, cols, window, place, number):
    """Draw an image and its matrix of windows, with one window framed in both.

    Parameters
    ----------
    image : ndarray of shape (H, W)
        With its frame of zeros, if it has one.
    cols : ndarray of shape (HH WW, H' W')
    window : tuple of int
        (HH, WW).
    place : tuple of int
        Row and column of the image where the window begins.
    number : int
        The column of the matrix that the window became.
    """
    matrices({"image, framed: one window": image, f"cols, framed: column {number}": cols})
    left, right = plt.gcf().axes
    frame(left, *place, window)
    frame(right, 0, number, (len(cols), 1))
    label(right, right.get_title(), "number of the window", "place in the window")


def matrix_product(left, right):
    """Draw two matrices and their product, all to one scale.

    Parameters
    ----------
    left, right : tuple of (str, int, int)
        Name, rows and columns.
    """
    (_, rows, _), (_, _, columns) = left, right
    boxes = [left, right, ("product", rows, columns)]
    gap = 0.06 * sum(box[2] for box in boxes)
    figure, ax = plt.subplots(figsize=(9, 1.9), layout="constrained")
    at, styles = 0, ((ORANGE, "//"), (BLUE, ""), (GREEN, ".."))
    for (name, height, width), (color, hatch), sign in zip(boxes, styles, ("@", "=", ""), strict=True):
        ax.add_patch(Rectangle((at, -height / 2), width, height, fc=color, ec=INK, hatch=hatch, alpha=0.45))
        ax.text(at + width / 2, -max(right[1], rows) * 0.62, f"{name}\n{height} × {width}", ha="center", va="top")  # noqa: RUF001
        ax.text(at + width + gap / 2, 0, sign, ha="center", va="center", fontsize=14)
        at += width + gap
    ax.set(xlim=(-gap / 2, at), ylim=(-max(right[1], rows) * 1.45, max(right[1], rows) * 0.6), yticks=[])
    ax.set_xticks([])
    ax.spines[:].set_visible(False)
    label(
        ax,
        "a layer as one product of matrices, drawn to scale",
        "as wide as it has columns, as high as it has rows",
        "",
    )
    figure.get_layout_engine().set(h_pad=0.02)


def memory_bars(layers):
    """Draw how much memory the images of some layers take, and how much their columns.

    Parameters
    ----------
    layers : dict of str to tuple of float
        Megabytes of the images, and of the columns that im2col makes of them.
    """
    _, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
    images, columns = np.array(list(layers.values())).T
    grouped_bars(ax, {"images": images, "columns": columns})
    for k, (small, large) in enumerate(layers.values()):
        ax.text(k + 0.2, large, f"{large / small:.1f} times", ha="center", va="bottom", fontsize="small")
    ax.set_xticks(range(len(layers)), list(layers))
    ax.set_yscale("log")
    ax.margins(y=0.15)
    label(ax, "what the windows cost (each line is ten times the one below)", "layer", "megabytes for one image")
    ax.grid(axis="y", alpha=0.3)
    ax.legend(loc="upper left")


def convolution_times(pairs, x, w, b, conv_param):
    """Time convolutions, forward and backward, and draw the times; PyTorch's too, if it is installed.

    Parameters
    ----------
    pairs : dict of str to tuple of callable
        By name, the forward and the backward function of a convolution.
    x, w, b : ndarray
        Images of shape (N, C, H, W), filters (F, C, HH, WW) and biases (F,).
    conv_param : dict
        ``stride`` and ``pad``.
    """
    times = {name: _times_of(*pair, x, w, b, conv_param) for name, pair in pairs.items()}
    theirs = _pytorch(conv_param)
    if theirs is not None:
        times["PyTorch"] = _times_of(*theirs, x, w, b, conv_param)
    figure, ax = plt.subplots(figsize=(7.5, 0.9 + 0.75 * len(times)), layout="constrained")
    for shift, what, color, hatch in ((-0.2, "forward", BLUE, ""), (0.2, "backward", ORANGE, "//")):
        values = [1000 * pair[shift > 0] for pair in times.values()]
        bars = ax.barh(np.arange(len(times)) + shift, values, 0.38, color=color, hatch=hatch, ec="white", label=what)
        ax.bar_label(bars, [f"{_rounded(value)} ms" for value in values], padding=3, fontsize="small")
    ax.set_yticks(range(len(times)), list(times))
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.margins(x=0.12)
    label(ax, "one layer, one batch", "milliseconds (each line is ten times the one before)", "who")
    ax.grid(axis="x", alpha=0.3)
    legend_above(figure, ax)


def _rounded(number):
    return np.format_float_positional(number, precision=3, fractional=False, trim="-")


def _times_of(forward, backward, x, w, b, conv_param):
    """Return the seconds that a forward and a backward pass take."""
    out, cache = forward(x, w, b, conv_param)
    dout = np.ones(out.shape, dtype=x.dtype)
    return _seconds(lambda: forward(x, w, b, conv_param)), _seconds(lambda: backward(dout, cache))


def _seconds(action):
    """Return the shortest of three times; quick actions are repeated until the clock can tell."""
    repeats, best = 1, np.inf
    for _ in range(3):
        start = perf_counter()
        for _ in range(repeats):
            action()
        took = perf_counter() - start
        best = min(best, took / repeats)
        repeats = max(1, int(_SHORTEST / best))
        if took > 20 * _SHORTEST:  # a slow one has said enough
            break
    return best


def _pytorch(conv_param):
    """Return PyTorch's convolution in the form of the course, or nothing where it is not installed."""
    try:
        import torch  # here: it takes seconds, and is needed nowhere else
    except ImportError:
        return None

    def forward(x, w, b, _):
        leaves = [torch.tensor(array, requires_grad=True) for array in (x, w, b)]
        stride, padding = conv_param["stride"], conv_param["pad"]
        out = torch.nn.functional.conv2d(*leaves, stride=stride, padding=padding)
        return out.detach().numpy(), (out, leaves)

    def backward(dout, cache):
        out, leaves = cache
        gradients = torch.autograd.grad(out, leaves, torch.tensor(dout), retain_graph=True)
        return tuple(gradient.numpy() for gradient in gradients)

    return forward, backward
