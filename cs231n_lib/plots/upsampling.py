"""Pictures of the lesson on upsampling."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from cs231n_lib.plots._style import BLUE, frame, label
from cs231n_lib.plots.arrays import matrices

MOST_NUMBERS = 17  # pixels a side: smaller ones have no room for a number


def stamp_counts(counts, title):
    """Draw how many stamps each pixel of an image gets, and the same along its middle row.

    Parameters
    ----------
    counts : ndarray of shape (H, W)
    title : str
        What was stamped.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.9), width_ratios=(1, 1.2), layout="constrained")
    left.imshow(counts, cmap="cividis", vmin=0)
    if max(counts.shape) <= MOST_NUMBERS:
        for (i, j), count in np.ndenumerate(counts):
            ink = "black" if count > counts.max() / 2 else "white"
            left.text(j, i, f"{count:g}", ha="center", va="center", color=ink, fontsize="small")
    label(left, f"stamps on each pixel\n{title}", "column", "row")
    middle = len(counts) // 2
    right.bar(np.arange(counts.shape[1]), counts[middle], color=BLUE, edgecolor="white")
    label(right, f"row {middle} of them", "column", "stamps")
    for axis in (left.xaxis, left.yaxis, right.xaxis, right.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))


def stamp_gradient(panels, size):
    """Draw a gradient of stamps, with the window of the first pixel framed.

    Parameters
    ----------
    panels : dict of str to ndarray
        The upstream gradient, the filter, the gradient of the image, the gradient of the filter.
    size : tuple of int
        Height and width of the filter.
    """
    matrices(panels)
    axes = plt.gcf().axes
    frame(axes[0], 0, 0, size)
    frame(axes[2], 0, 0, (1, 1))
