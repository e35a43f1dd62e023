"""The pictures of the lessons: every function draws one figure from arrays or functions it is given.

Colors are the Okabe-Ito palette and the ``cividis`` map: safe for color-blind readers, readable in gray.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import cbook
from matplotlib.patches import Rectangle

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
INK = "#333333"

# Where the nodes of the batch normalization graph stand: label, column, row.
_NODES = {
    "x": ("$x$\n(N, D)", 0, 0),
    "mu": ("$\\mu$\nmean of $x$\n(D,)", 1, 1),
    "c": ("$c = x - \\mu$\n(N, D)", 2, 0),
    "var": ("$\\sigma^2$\nmean of $c^2$\n(D,)", 3, 1),
    "s": ("$s$\n$\\sqrt{\\sigma^2+\\epsilon}$\n(D,)", 4, 1),
    "x_hat": ("$\\hat{x} = c / s$\n(N, D)", 5, 0),
    "gamma": ("$\\gamma$\n(D,)", 6, 1),
    "scaled": ("$\\gamma\\,\\hat{x}$\n(N, D)", 6, 0),
    "beta": ("$\\beta$\n(D,)", 7, 1),
    "out": ("out\n(N, D)", 7, 0),
}
_ARROWS = "x-mu x-c mu-c c-var c-x_hat var-s s-x_hat x_hat-scaled gamma-scaled scaled-out beta-out"


def matrices(panels, xlabel="column", ylabel="row"):
    """Draw small matrices side by side, with their numbers, on one scale of colors.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (rows, columns) or (columns,)
        Titles and matrices, from left to right. A vector is drawn as one row, without an axis of rows.
    xlabel, ylabel : str
    """
    matrices = [np.atleast_2d(matrix).astype(float) for matrix in panels.values()]
    widths = [max(matrix.shape[1], 2) for matrix in matrices]
    height = max(matrix.shape[0] for matrix in matrices)
    size = (
        0.55 * sum(widths) + 0.75 * len(widths),
        0.55 * height + 1.0,
    )  # inches: cells, and room for labels
    _, axes = plt.subplots(1, len(matrices), figsize=size, width_ratios=widths, squeeze=False, layout="constrained")
    low, high = min(matrix.min() for matrix in matrices), max(matrix.max() for matrix in matrices)
    for ax, (title, panel), matrix in zip(axes[0], panels.items(), matrices, strict=True):
        _draw_matrix(ax, matrix, low, high)
        _label(ax, title, *((xlabel, ylabel) if np.ndim(panel) > 1 else ("entry", "")))
        if np.ndim(panel) == 1:
            ax.set_yticks([])


def curves(x, series, title, xlabel, ylabel):
    """Draw functions of one variable over each other.

    Parameters
    ----------
    x : ndarray of shape (n,)
    series : dict of str to ndarray of shape (n,)
        Names for the legend, and values.
    title, xlabel, ylabel : str
    """
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    styles = zip(series.items(), (BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=False)
    for (name, values), color, style in styles:
        ax.plot(x, values, style, color=color, label=name, linewidth=2)
    ax.legend()
    _label(ax, title, xlabel, ylabel)


def step_sizes(loss, w, dw):
    """Draw the error of the central difference against its step, in two precisions.

    Parameters
    ----------
    loss : callable
        Takes an array like ``w``, returns a number.
    w, dw : ndarray of the same shape
        Where to differentiate, and the gradient of the loss there.
    """
    steps = 10.0 ** np.arange(-12, 0.5, 0.5)
    _, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
    for dtype, color, style in ((np.float32, ORANGE, "s--"), (np.float64, BLUE, "o-")):
        errors = [np.abs(_central_differences(loss, w, h, dtype) - dw).max() / np.abs(dw).max() for h in steps]
        ax.loglog(steps, np.maximum(errors, 1e-16), style, color=color, label=dtype.__name__, markersize=4)
    ax.axvline(1e-5, color=INK, linestyle=":", label="h = 1e-5")
    ax.legend()
    _label(ax, "How good is a numeric gradient?", "step h", "relative error")


def softmax_bars(dx, y):
    """Draw the probabilities of each example beside the gradient of its scores.

    Parameters
    ----------
    dx : ndarray of shape (N, C)
        Gradient of the mean softmax loss.
    y : ndarray of shape (N,)
        True classes.
    """
    N, C = dx.shape
    truth = np.eye(C)[y]  # (N, C)
    figure, axes = plt.subplots(1, N, figsize=(3.4 * N, 3.3), sharey=True, squeeze=False, layout="constrained")
    for n, ax in enumerate(axes[0]):
        bars = {
            "truth": truth[n],
            "probability p": N * dx[n] + truth[n],
            "N · dx, that is p minus truth": N * dx[n],
        }
        _grouped_bars(ax, bars)
        ax.set_xticks(range(C))
        _label(ax, f"example {n}, true class {y[n]}", "class", "value")
    _legend_above(figure, axes[0, 0])


def batchnorm_distributions(x, out):
    """Draw histograms of each feature before and after normalization.

    Parameters
    ----------
    x, out : ndarray of shape (N, D)
        Input and output; at most three features are told apart.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    for ax, values, title in zip(axes, (x, out), ("before: x", "after: out"), strict=True):
        bins = np.linspace(values.min(), values.max(), 41)
        for d, (color, style) in enumerate(zip((BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=True)):
            ax.hist(
                values[:, d],
                bins,
                histtype="step",
                color=color,
                linestyle=style,
                linewidth=1.8,
                label=f"feature {d}",
            )
        ax.yaxis.get_major_locator().set_params(integer=True)
        _label(ax, title, "value", "examples")
    _legend_above(figure, axes[0])


def running_averages(history, mean, variance, batch_variance):
    """Draw batch statistics and their running averages against the truth.

    Parameters
    ----------
    history : ndarray of shape (steps, 4)
        Batch mean, batch variance, running mean, running variance.
    mean, variance : float
        Of the population.
    batch_variance : float
        What the variance of a batch is on average: a little less.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    steps = np.arange(1, len(history) + 1)
    for k, (ax, name, truth) in enumerate(zip(axes, ("mean", "variance"), (mean, variance), strict=True)):
        ax.plot(steps, history[:, k], "o", markersize=4, color=ORANGE, label="batch")
        ax.plot(steps, history[:, k + 2], "-", color=BLUE, linewidth=2, label="running average")
        ax.axhline(truth, color=INK, linestyle="--", linewidth=1, label="population")
        _label(ax, name, "training batches seen", "value")
    axes[1].axhline(batch_variance, color=INK, linestyle=":", linewidth=1.5, label="average over batches")
    _legend_above(figure, axes[1])


def batchnorm_graph():
    """Draw the computation graph of batch normalization."""
    _, ax = plt.subplots(figsize=(9.5, 3.1), layout="constrained")
    boxes = {
        name: ax.text(
            1.3 * column,
            row,
            label,
            ha="center",
            va="center",
            bbox={"boxstyle": "round", "fc": "white", "ec": INK},
        )
        for name, (label, column, row) in _NODES.items()
    }
    for arrow in _ARROWS.split():
        tail, head = (boxes[name] for name in arrow.split("-"))
        arrowprops = {
            "arrowstyle": "-|>",
            "color": BLUE,
            "patchA": tail.get_bbox_patch(),
            "patchB": head.get_bbox_patch(),
        }
        ax.annotate("", head.get_position(), tail.get_position(), arrowprops=arrowprops)
    ax.set(xlim=(-0.7, 9.8), ylim=(-0.5, 1.5), xticks=[], yticks=[])
    _label(ax, "Batch normalization as a graph", "forward: left to right      backward: right to left", "")


def gradient_parts(parts):
    """Draw gradients of the same examples as grouped bars.

    Parameters
    ----------
    parts : dict of str to ndarray of shape (N,) or (N, 1)
        Names for the legend, and the gradient of each example.
    """
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    _grouped_bars(ax, {name: np.ravel(values) for name, values in parts.items()})
    ax.set_xticks(range(max(np.size(values) for values in parts.values())))
    ax.legend(fontsize="small")
    _label(ax, "What batch normalization removes", "example", "gradient")


def convolution_windows(image, kernel, out):
    """Draw an image, a filter and their convolution, with the first window framed.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    kernel : ndarray of shape (HH, WW)
    out : ndarray of shape (H', W')
    """
    matrices({"image x": image, "filter w": kernel, "out": out})
    axes = plt.gcf().axes
    _frame(axes[0], 0, 0, kernel.shape)
    _frame(axes[2], 0, 0, (1, 1))


def pooling_windows(image, out, size, stride):
    """Draw an image and its pooled version, with every window framed.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    out : ndarray of shape (H', W')
    size : tuple of int
        Height and width of a window.
    stride : int
    """
    matrices({"image x": image, "out": out})
    axes = plt.gcf().axes
    for i, j in np.ndindex(out.shape):
        _frame(axes[0], i * stride, j * stride, size)
        _frame(axes[1], i, j, (1, 1))


def images(panels):
    """Draw gray images side by side, each in its own range of brightness, with its size below its title.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (H, W)
        Titles and images, from left to right.
    """
    _, axes = plt.subplots(1, len(panels), figsize=(2.5 * len(panels), 3.2), squeeze=False, layout="constrained")
    for ax, (title, image) in zip(axes[0], panels.items(), strict=True):
        ax.imshow(image, cmap="gray")
        ax.spines[:].set_visible(False)  # a border would hide the outermost pixels
        height, width = image.shape
        _label(ax, f"{title}\n{height} × {width} pixels", "column", "row")  # noqa: RUF001  a multiplication sign


def photograph():
    """Load the photograph that ships with matplotlib, small and gray.

    Returns
    -------
    image : ndarray of shape (120, 128)
        Brightness between 0 (black) and 1 (white): Rear Admiral Grace Hopper.
    """
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        color = plt.imread(file)[:480] / 255  # (480, 512, 3): head and shoulders
    gray = color @ np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601
    return gray.reshape(120, 4, 128, 4).mean(axis=(1, 3))  # blocks of 4 x 4 pixels


def _label(ax, title, xlabel, ylabel):
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)


def _legend_above(figure, ax):
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize="small")


def _draw_matrix(ax, matrix, low, high):
    spread = high - low or 1.0
    ax.imshow(matrix, cmap="cividis", vmin=low - 1.3 * spread, vmax=high)  # light: black ink shows
    for (i, j), number in np.ndenumerate(matrix):
        ax.text(j, i, f"${number:.3g}$", ha="center", va="center")
    ax.set_xticks(range(matrix.shape[1]))
    ax.set_yticks(range(matrix.shape[0]))


def _frame(ax, row, column, size):
    height, width = size
    corner = (column - 0.44, row - 0.44)
    ax.add_patch(Rectangle(corner, width - 0.12, height - 0.12, fill=False, ec="black", lw=2, ls="--"))


def _grouped_bars(ax, groups):
    width = 0.8 / len(groups)
    styles = zip(groups.items(), (BLUE, ORANGE, GREEN), ("", "//", ".."), strict=False)
    for k, ((name, values), color, hatch) in enumerate(styles):
        places = np.arange(len(values)) + (k - (len(groups) - 1) / 2) * width
        ax.bar(places, values, width, color=color, hatch=hatch, edgecolor="white", label=name)
    ax.axhline(0, color=INK, linewidth=0.8)


def _central_differences(loss, w, h, dtype):
    """Differentiate in the given precision: steps and losses are rounded to it."""
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.astype(dtype), w.astype(dtype)
        up[index] += dtype(h)
        down[index] -= dtype(h)
        gradient[index] = (float(dtype(loss(up))) - float(dtype(loss(down)))) / (2 * h)
    return gradient
