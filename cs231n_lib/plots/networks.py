"""Pictures of the lesson on fully connected networks."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, label, legend_above

_STYLES = tuple(zip((BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=True))
_MARKS = tuple(zip((BLUE, ORANGE, GREEN), "o^s", strict=True))


def gradient_agreement(numeric, analytic):
    """Draw numeric gradients against those of a backward pass: right ones lie on the diagonal.

    Parameters
    ----------
    numeric : dict of str to ndarray
        At most three names.
    analytic : dict of str to ndarray
        Those names, and perhaps others.
    """
    _, ax = plt.subplots(figsize=(4.2, 4.0), layout="constrained")
    largest = 1.1 * max(np.abs(values).max() for values in numeric.values())
    ax.plot([-largest, largest], [-largest, largest], color=INK, linewidth=0.8)
    for (name, values), (color, mark) in zip(numeric.items(), _MARKS, strict=False):
        ax.plot(values.ravel(), analytic[name].ravel(), mark, color=color, label=name, markersize=5, alpha=0.8)
    ax.legend()
    label(ax, "one point for each weight", "numeric gradient", "backward pass")


def class_regions(predicted):
    """Draw which class is predicted at each point of a square around zero.

    Parameters
    ----------
    predicted : dict of str to ndarray of shape (rows, columns)
        Titles, and numbers of classes from 0.
    """
    _, axes = plt.subplots(
        1, len(predicted), figsize=(3.2 * len(predicted), 3.2), squeeze=False, layout="constrained"
    )
    last = max(classes.max() for classes in predicted.values())
    for ax, (title, classes) in zip(axes[0], predicted.items(), strict=True):
        ax.imshow(classes, cmap="cividis", vmin=0, vmax=last, origin="lower", extent=(-1, 1, -1, 1))
        label(ax, title, "first number", "second number")


def sizes_by_depth(measured, factor):
    """Draw how large numbers are behind each layer, and what a factor for each layer gives.

    Parameters
    ----------
    measured : sequence of float
        At first that of the input.
    factor : float
    """
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    layers = np.arange(len(measured))
    ax.semilogy(
        layers, measured[0] * factor**layers, color=INK, linewidth=1, label=f"times {factor:.3g} in each layer"
    )
    ax.semilogy(layers, measured, "o", color=BLUE, label="measured")
    ax.set_ylim(1e-13, 1e5)
    ax.legend()
    ax.grid(alpha=0.3)
    label(ax, "the size of the hidden numbers", "layer", "root mean square")


def learning_by_heart(losses):
    """Draw how the loss of some networks falls on a few examples, on a logarithmic scale.

    Parameters
    ----------
    losses : dict of str to sequence of float
        At most three names, and the loss before each step.
    """
    figure, ax = plt.subplots(figsize=(6.0, 3.4), layout="constrained")
    for (name, values), (color, style) in zip(losses.items(), _STYLES, strict=False):
        ax.semilogy(values, style, color=color, linewidth=2, label=name)
    ax.set_ylim(1e-3, 1.5e3)
    ax.grid(alpha=0.3)
    legend_above(figure, ax)
    label(ax, "learning 50 digits by heart", "steps", "loss")


def known_shares(shares, rates, scales):
    """Draw which share of a few examples networks know, for learning rates and weight scales.

    Parameters
    ----------
    shares : dict of str to ndarray of shape (rates, scales)
    rates, scales : sequence of float
    """
    _, axes = plt.subplots(1, len(shares), figsize=(4.4 * len(shares), 3.6), squeeze=False, layout="constrained")
    for ax, (title, values) in zip(axes[0], shares.items(), strict=True):
        ax.imshow(values, cmap="cividis", vmin=0, vmax=1, origin="lower")
        for (i, j), share in np.ndenumerate(values):
            ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", color="black" if share > 0.5 else "white")
        ax.set_xticks(range(len(scales)), [f"{scale:g}" for scale in scales])
        ax.set_yticks(range(len(rates)), [f"{rate:g}" for rate in rates])
        label(ax, f"{title}: % known", "weight scale", "learning rate")


def epochs(histories):
    """Draw the accuracy of some networks on training and on validation data after each epoch.

    Parameters
    ----------
    histories : dict of str to ndarray of shape (epochs + 1, 2)
        At most three names.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.3), sharey=True, layout="constrained")
    for column, (ax, title) in enumerate(zip(axes, ("training images", "validation images"), strict=True)):
        for (name, history), (color, style) in zip(histories.items(), _STYLES, strict=False):
            ax.plot(history[:, column], style, color=color, linewidth=1.8, label=name)
        ax.set_ylim(0, 1.02)
        ax.grid(alpha=0.3)
        label(ax, title, "epochs", "accuracy")
    legend_above(figure, axes[0])
