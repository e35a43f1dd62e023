"""Pictures of the lesson on networks with normalization and dropout."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import label

_SMALLEST = 1e-3  # what is less is shown as nothing


def effects(measured, predicted, rows, columns):
    """Draw by how much changes matter in some networks, and what was predicted.

    Parameters
    ----------
    measured : ndarray of shape (rows, columns)
        Not negative.
    predicted : sequence of sequence of str
        A word for each of them.
    rows, columns : sequence of str
        The networks, and the changes.
    """
    _, ax = plt.subplots(figsize=(1.5 * len(columns) + 1.2, 0.75 * len(rows) + 1.2), layout="constrained")
    ax.imshow(measured > _SMALLEST, cmap="cividis", vmin=-0.6, vmax=1.6, aspect="auto")
    for (i, j), value in np.ndenumerate(measured):
        ax.text(
            j,
            i,
            f"{value:.3f}\n{predicted[i][j]}",
            ha="center",
            va="center",
            color="white" if value <= _SMALLEST else "black",
        )
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    label(ax, "by how much a score changes, and what you predicted", "what is changed", "normalization")
