"""Pictures of the lesson on activations."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, label, legend_above

_STYLES = tuple(zip((BLUE, ORANGE, GREEN, INK), ("-", "--", ":", "-."), strict=True))
_SHOWN = 4  # layers that get a histogram of their own


def function_and_slope(x, functions, slopes):
    """Draw functions of one number, and beside them their slopes.

    Parameters
    ----------
    x : ndarray of shape (n,)
    functions, slopes : dict of str to ndarray of shape (n,)
        At most four names, the same in both.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.1), layout="constrained")
    for ax, series, title in zip(axes, (functions, slopes), ("function", "slope"), strict=True):
        for (name, values), (color, style) in zip(series.items(), _STYLES, strict=False):
            ax.plot(x, values, style, color=color, linewidth=2, label=name)
        ax.axhline(0, color=INK, linewidth=0.6)
        ax.grid(alpha=0.3)
        label(ax, title, "x", "out" if title == "function" else "d out / dx")
    legend_above(figure, axes[0])


def output_means(outputs):
    """Draw the outputs of activations as histograms, and mark the mean of each.

    Parameters
    ----------
    outputs : dict of str to ndarray of any shape
        Titles, and numbers.
    """
    width = 2.9 * len(outputs)
    _, axes = plt.subplots(1, len(outputs), figsize=(width, 2.9), squeeze=False, layout="constrained")
    for ax, (name, values) in zip(axes[0], outputs.items(), strict=True):
        ax.hist(np.ravel(values), 40, color=BLUE, alpha=0.75)
        ax.axvline(np.mean(values), color=ORANGE, linewidth=2.5, linestyle="--")
        label(ax, f"{name}\nmean {np.mean(values):.2f} (dashed)", "output", "how often")


def signals_by_depth(outputs, gradients, title=""):
    """Draw what becomes of a signal on its way up, and of a gradient on its way down.

    Parameters
    ----------
    outputs, gradients : list of ndarray of shape (N, D)
        The output of each layer, from the first to the last, and the gradient of the loss with respect to it.
    title : str
        What is said above the histograms.
    """
    figure = plt.figure(figsize=(9.5, 7.2), layout="constrained")
    figure.suptitle(title)
    above, below = figure.subfigures(2, 1, height_ratios=(1.45, 1))
    shown = np.unique(np.linspace(0, len(outputs) - 1, _SHOWN).round().astype(int))
    rows = above.subplots(2, len(shown), squeeze=False)
    for row, arrays, name in zip(rows, (outputs, gradients), ("outputs", "gradients"), strict=True):
        for ax, k in zip(row, shown, strict=True):
            _draw_histogram(ax, arrays[k])
            label(ax, f"{name}, layer {k + 1}", "value", "how often" if k == 0 else "")
    for ax, arrays, name in zip(below.subplots(1, 2), (outputs, gradients), ("outputs", "gradients"), strict=True):
        _draw_spread(ax, arrays)
        label(ax, f"size of {name}, on a logarithmic axis", "layer", "absolute value")


def training_losses(losses, every):
    """Draw how the loss of several networks falls, each as a mean over some steps.

    Parameters
    ----------
    losses : dict of str to ndarray of shape (steps,)
        At most four names, and the loss of each step.
    every : int
        Steps that are averaged.
    """
    figure, ax = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
    for (name, values), (color, style) in zip(losses.items(), _STYLES, strict=False):
        means = np.asarray(values)[: len(values) // every * every].reshape(-1, every).mean(axis=1)
        ax.plot(every * np.arange(1, len(means) + 1), means, style, color=color, linewidth=2, label=name)
    ax.grid(alpha=0.3)
    legend_above(figure, ax)
    label(ax, "training", "steps", "loss")


def _draw_histogram(ax, array):
    ax.hist(array.ravel(), 40, color=BLUE)
    ax.ticklabel_format(axis="x", scilimits=(-2, 3))
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.set_yticks([])


def _draw_spread(ax, arrays):
    """Draw the median of the numbers that are not zero, and the middle 80 % of them, layer by layer."""
    layers = 1 + np.arange(len(arrays))
    sizes = [np.abs(array[array != 0]) if np.any(array) else np.array([np.nan]) for array in arrays]
    low, middle, high = (np.array([np.quantile(size, share) for size in sizes]) for share in (0.1, 0.5, 0.9))
    ax.fill_between(layers, low, high, color=BLUE, alpha=0.25, label="middle 80 %")
    ax.plot(layers, middle, "o-", color=BLUE, markersize=4, label="median")
    ax.set_yscale("log")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(alpha=0.3)
    ax.legend(fontsize="small")
