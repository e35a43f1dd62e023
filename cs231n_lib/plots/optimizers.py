"""Pictures of the lesson on optimizers."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, label, legend_above

_STYLES = tuple(zip((BLUE, ORANGE, GREEN, INK), ("o-", "s--", "^:", "d-."), strict=True))
_GRID = 80  # points along each side of a surface
_HEIGHTS = 12


def descents(height, paths, reach=(9.0, 3.0)):
    """Draw the paths of update rules on a loss surface of two parameters, from above.

    Parameters
    ----------
    height : callable
        ``height(a, b)`` is the loss; it works on arrays.
    paths : dict of str to ndarray of shape (steps + 1, 2)
        At most four names, and where each rule was.
    reach : tuple of float
        How far the picture goes to both sides of the middle, in a and in b.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
    a, b = np.meshgrid(*(np.linspace(-side, side, _GRID) for side in reach))
    heights = height(a, b)
    levels = heights.min() + (heights.max() - heights.min()) * np.linspace(0.03, 1, _HEIGHTS) ** 2
    ax.contour(a, b, heights, levels, colors="0.75", linewidths=0.8)
    for (name, path), (color, style) in zip(paths.items(), _STYLES, strict=False):
        ax.plot(*path.T, style, color=color, markersize=3.5, linewidth=1.4, label=name)
    ax.set_xlim(-reach[0], reach[0])
    ax.set_ylim(-reach[1], reach[1])
    legend_above(figure, ax)
    label(ax, "seen from above: each point is a step", "a", "b")
