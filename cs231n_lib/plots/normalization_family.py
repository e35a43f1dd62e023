"""Pictures of the lesson on the relatives of batch normalization."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, label, legend_above

_BRIGHT = 2.5  # standard deviations that are shown, from black to white


def who_belongs(members):
    """Draw a batch of images as a grid of small maps, and mark the numbers that belong together.

    Parameters
    ----------
    members : dict of str to ndarray of shape (N, C, H, W)
        Titles, and whether each number belongs to them.
    """
    width = 2.7 * len(members)
    _, axes = plt.subplots(1, len(members), figsize=(width, 2.9), squeeze=False, layout="constrained")
    for ax, (name, mask) in zip(axes[0], members.items(), strict=True):
        N, C, H, W = mask.shape
        gapped = np.full((N, H + 1, C, W + 1), np.nan)
        gapped[:, :H, :, :W] = mask.transpose(0, 2, 1, 3)
        grid = gapped.reshape(N * (H + 1), C * (W + 1))[:-1, :-1]
        ax.pcolormesh(grid[::-1], cmap="cividis_r", vmin=-0.15, vmax=1.15, edgecolor="white", linewidth=0.4)
        ax.set_xticks((W + 1) * np.arange(C) + W / 2, range(C))
        ax.set_yticks((H + 1) * np.arange(N)[::-1] + H / 2, range(N))
        ax.set_aspect("equal")
        ax.spines[:].set_visible(False)
        label(ax, f"{name}\n{np.count_nonzero(mask)} numbers", "channel", "image")


def before_and_after(before, after):
    """Draw color images above what normalization makes of them.

    Parameters
    ----------
    before : dict of str to ndarray of shape (3, H, W)
        Titles and images, from 0 to 1.
    after : dict of str to ndarray of shape (3, H, W)
        The same names; around zero, with a standard deviation of about 1.
    """
    figsize = (2.6 * len(before), 4.6)
    _, axes = plt.subplots(2, len(before), figsize=figsize, squeeze=False, layout="constrained")
    shown = {name: image / (2 * _BRIGHT) + 0.5 for name, image in after.items()}
    for row, images, when in zip(axes, (before, shown), ("before", "after"), strict=True):
        for ax, (name, image) in zip(row, images.items(), strict=True):
            ax.imshow(np.clip(image, 0, 1).transpose(1, 2, 0))
            ax.spines[:].set_visible(False)
            label(ax, f"{name}, {when}", "column", "row")


def accuracy_by_size(sizes, accuracies, xlabel):
    """Draw accuracies against a size on a logarithmic axis.

    Parameters
    ----------
    sizes : sequence of float
    accuracies : dict of str to sequence of float
        At most four names.
    xlabel : str
    """
    figure, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
    styles = zip(accuracies.items(), (BLUE, ORANGE, GREEN, INK), ("o-", "s--", "^:", "v-."), strict=False)
    for (name, values), color, style in styles:
        ax.plot(sizes, values, style, color=color, linewidth=2, label=name)
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
    ax.minorticks_off()
    ax.set_ylim(top=1.02)
    ax.grid(alpha=0.3)
    legend_above(figure, ax)
    label(ax, "accuracy on new digits", xlabel, "accuracy")
