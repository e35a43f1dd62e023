"""Pictures of any numbers: small matrices and curves."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from cs231n_lib.plots._style import BLUE, GREEN, ORANGE, draw_matrix, label


def matrices(panels, xlabel="column", ylabel="row", columns=(), rows=()):
    """Draw small matrices side by side, with their numbers, on one scale of colors.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (rows, columns) or (columns,)
        Titles and matrices, from left to right. A vector is drawn as one row, without an axis of rows.
    xlabel, ylabel : str
    columns, rows : sequence of str
        Names of the columns and of the rows, in place of their numbers.
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
        draw_matrix(ax, matrix, low, high)
        label(ax, title, *((xlabel, ylabel) if np.ndim(panel) > 1 else ("entry", "")))
        if np.ndim(panel) == 1:
            ax.set_yticks([])
        if columns:
            ax.set_xticks(range(len(columns)), columns, rotation=30, ha="right", rotation_mode="anchor")
        if rows:
            ax.set_yticks(range(len(rows)), rows)


def curves(x, series, title, xlabel, ylabel):
    """Draw functions of one variable over each other.

    Parameters
    ----------
    x : ndarray of shape (n,)
        The axis of whole numbers has ticks at whole numbers only.
    series : dict of str to ndarray of shape (n,)
        Names for the legend, and values.
    title, xlabel, ylabel : str
    """
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    styles = zip(series.items(), (BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=False)
    for (name, values), color, style in styles:
        ax.plot(x, values, style, color=color, label=name, linewidth=2)
    if np.issubdtype(np.asarray(x).dtype, np.integer):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    label(ax, title, xlabel, ylabel)
