"""Pictures of the lesson on dropout."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, label, legend_above

_STYLES = tuple(zip((BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=True))


def dropout_masks(mask, means):
    """Draw one mask, and how the mean of many outputs settles.

    Parameters
    ----------
    mask : ndarray of shape (N, D)
    means : dict of str to ndarray of shape (draws,)
        At most three names, and the mean of all outputs so far.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.3), layout="constrained")
    left.imshow(mask > 0, cmap="cividis", vmin=-0.6, vmax=1)
    for row, column in np.argwhere(mask == 0):
        left.text(column, row, "×", ha="center", va="center", color="white")  # noqa: RUF001  a cross
    label(left, "one mask: × is dropped", "feature", "example")  # noqa: RUF001
    for (name, values), (color, style) in zip(means.items(), _STYLES, strict=False):
        right.plot(np.arange(1, len(values) + 1), values, style, color=color, label=name)
    right.axhline(1, color=INK, linewidth=0.8)
    label(right, "the mean of all outputs so far", "draws", "mean")
    legend_above(figure, right)


def dropout_gradient(out, dx):
    """Draw an output beside the gradient that comes back: both are empty in the same places.

    Parameters
    ----------
    out, dx : ndarray of shape (N, D)
    """
    _, axes = plt.subplots(1, 2, figsize=(8.5, 3.0), layout="constrained")
    for ax, values, title in zip(axes, (out, dx), ("forward: out", "backward: dx"), strict=True):
        ax.imshow(np.where(values == 0, np.nan, values), cmap="cividis")
        ax.set_facecolor("white")
        for row, column in np.argwhere(values == 0):
            ax.text(column, row, "0", ha="center", va="center", color=INK)
        label(ax, title, "feature", "example")


def dropout_training(histories, every):
    """Draw the accuracy on training and on new data while networks with and without dropout train.

    Parameters
    ----------
    histories : dict of float to ndarray of shape (measurements, 2)
        By the probability of keeping, at most three: accuracy on training data and on new data.
    every : int
        Steps between two measurements.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.3), sharey=True, layout="constrained")
    for column, (ax, title) in enumerate(zip(axes, ("training digits", "new digits"), strict=True)):
        for (p, history), (color, style) in zip(histories.items(), _STYLES, strict=False):
            steps = every * np.arange(len(history))
            name = "no dropout" if p == 1 else f"keep {p}"
            ax.plot(steps, history[:, column], style, color=color, linewidth=1.8, label=name)
        label(ax, title, "steps", "accuracy")
        ax.set_ylim(0, 1.02)
        ax.grid(alpha=0.3)
    legend_above(figure, axes[0])
