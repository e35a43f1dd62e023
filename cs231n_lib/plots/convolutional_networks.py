"""Pictures of the lesson on convolutional networks."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, INK, ORANGE, label


def parameter_bars(counts):
    """Draw how many parameters each layer has, with the numbers beside the bars.

    Parameters
    ----------
    counts : dict of str to int
        From top to bottom.
    """
    _, ax = plt.subplots(figsize=(7, 0.5 * len(counts) + 1.2), layout="constrained")
    bars = ax.barh(list(counts), list(counts.values()), color=BLUE)
    ax.bar_label(bars, [f"{count:,}" for count in counts.values()], padding=3)
    ax.invert_yaxis()
    ax.set_xlim(right=1.18 * max(counts.values()))
    label(ax, "Where the parameters are", "parameters", "layer")


def gradients_on_a_line(gradients):
    """Draw gradients of formulas against numeric ones: they agree if all points lie on the line.

    Parameters
    ----------
    gradients : dict of str to tuple of two ndarrays of one shape
        By the name of the parameter: the one of the formula, the numeric one.
    """
    figsize = (2.7 * len(gradients), 3.0)
    _, axes = plt.subplots(1, len(gradients), figsize=figsize, squeeze=False, layout="constrained")
    for ax, (name, (formula, numeric)) in zip(axes[0], gradients.items(), strict=True):
        ends = [numeric.min(), numeric.max()]
        ax.plot(ends, ends, "-", color=INK, linewidth=1)
        ax.plot(numeric.ravel(), formula.ravel(), ".", color=BLUE, markersize=5)
        ax.locator_params(nbins=4)
        error = np.abs(formula - numeric).max() / np.abs(numeric).max()
        label(ax, f"{name}: within {error:.0e}", "numeric", "your formula")


def training_progress(losses, train, val):
    """Draw the loss of each step, and the accuracies after each epoch.

    Parameters
    ----------
    losses : sequence of float
    train, val : sequence of float
        From before the first epoch on, between 0 and 1.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.plot(losses, ".", color=BLUE, markersize=3)
    left.set_ylim(bottom=0)
    label(left, "Loss of each batch", "step", "loss")
    for name, values, color, style in (("training", train, BLUE, "o-"), ("validation", val, ORANGE, "s--")):
        right.plot(np.multiply(100, values), style, color=color, markersize=4, label=name)
    right.legend(loc="lower right")
    label(right, "Accuracy", "epoch", "percent right")


def filter_rows(rows):
    """Draw filters of one channel, one row for each name, each filter in its own range of gray around zero.

    Parameters
    ----------
    rows : dict of str to ndarray of shape (F, 1, HH, WW)
    """
    count = max(len(filters) for filters in rows.values())
    size = (0.85 * count + 0.8, 1.2 * len(rows) + 0.3)
    _, axes = plt.subplots(len(rows), count, figsize=size, squeeze=False, layout="constrained")
    for line, (name, filters) in zip(axes, rows.items(), strict=True):
        for f, (ax, taps) in enumerate(zip(line, filters[:, 0], strict=False)):
            reach = np.abs(taps).max()
            ax.imshow(taps, cmap="gray", vmin=-reach, vmax=reach)
            ax.set(xticks=[], yticks=[])
            label(ax, f"{f}", "" if f else name, "")
            ax.set_xlabel(name if f == 0 else " ", loc="left")


def digit_through_layers(panels):
    """Draw what becomes of a digit, layer by layer, negative numbers dark and positive ones light.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (H, W)
        Titles and maps, from left to right.
    """
    _, axes = plt.subplots(1, len(panels), figsize=(2.5 * len(panels), 2.9), squeeze=False, layout="constrained")
    for ax, (title, values) in zip(axes[0], panels.items(), strict=True):
        reach = np.abs(values).max() or 1.0
        ax.imshow(values, cmap="cividis", vmin=-reach, vmax=reach)
        height, width = values.shape
        label(ax, f"{title}\n{height} × {width}", "column", "row")  # noqa: RUF001  a multiplication sign
