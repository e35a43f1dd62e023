"""Pictures of the lesson on batch normalization."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, grouped_bars, label, legend_above

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
        label(ax, title, "value", "examples")
    legend_above(figure, axes[0])


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
        label(ax, name, "training batches seen", "value")
    axes[1].axhline(batch_variance, color=INK, linestyle=":", linewidth=1.5, label="average over batches")
    legend_above(figure, axes[1])


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
    label(ax, "Batch normalization as a graph", "forward: left to right      backward: right to left", "")


def gradient_parts(parts):
    """Draw gradients of the same examples as grouped bars.

    Parameters
    ----------
    parts : dict of str to ndarray of shape (N,) or (N, 1)
        Names for the legend, and the gradient of each example.
    """
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    grouped_bars(ax, {name: np.ravel(values) for name, values in parts.items()})
    ax.set_xticks(range(max(np.size(values) for values in parts.values())))
    ax.legend(fontsize="small")
    label(ax, "What batch normalization removes", "example", "gradient")


def batchnorm_noise(outputs, batch_size):
    """Draw what batch normalization in training makes of one example, in the company of many others.

    Parameters
    ----------
    outputs : ndarray of shape (draws,)
        Of an example whose output at test time is 1.
    batch_size : int
        For the title.
    """
    _, ax = plt.subplots(figsize=(6.5, 3.1), layout="constrained")
    ax.hist(outputs, np.linspace(-2.5, 3.5, 61), color=BLUE)
    ax.axvline(1, color=ORANGE, linewidth=2, linestyle="--", label="at test time")
    ax.legend()
    title = f"one example in batches of {batch_size}: standard deviation {outputs.std():.2f}"
    label(ax, title, "output", "how often")
