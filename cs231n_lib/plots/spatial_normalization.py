"""Pictures of the lesson on spatial normalization."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, draw_matrix, label


def pixel_rows(images, rows):
    """Draw a batch of images channel by channel, and the table that was made of it, in the same shades.

    Parameters
    ----------
    images : ndarray of shape (N, C, H, W)
        At most three channels are told apart.
    rows : ndarray of shape (N * H * W, C)
        The same numbers.
    """
    N, C = images.shape[:2]
    figure = plt.figure(figsize=(7.5, 0.42 * len(rows) + 1.2), layout="constrained")
    pictures, table = figure.subfigures(1, 2, width_ratios=(3, 1.4))
    channel_of = {value: channel for channel in range(C) for value in images[:, channel].ravel()}
    for (n, c), ax in np.ndenumerate(pictures.subplots(N, C, squeeze=False)):
        _draw_shaded(ax, images[n, c], channel_of)
        label(ax, f"image {n}, channel {c}", "column", "row")
    ax = table.subplots()
    _draw_shaded(ax, rows, channel_of)
    label(ax, "table", "channel?", "example")


def _draw_shaded(ax, matrix, channel_of):
    shades = np.vectorize(channel_of.get)(matrix)
    ax.imshow(shades, cmap="cividis", vmin=-2.5, vmax=2, aspect="auto")
    for (i, j), value in np.ndenumerate(matrix):
        ax.text(j, i, f"{value:g}", ha="center", va="center", fontsize="small")
    ax.set_xticks(range(matrix.shape[1]))
    ax.set_yticks(range(matrix.shape[0]))


def noise_of_means(sizes, series):
    """Draw how much the mean of a batch varies from batch to batch.

    Parameters
    ----------
    sizes : sequence of int
        Images in a batch.
    series : dict of str to sequence of float
        Names for the legend, and the standard deviation of the mean for each size.
    """
    _, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    styles = zip(series.items(), (BLUE, ORANGE, GREEN), ("o-", "s--", "^:"), strict=False)
    for (name, values), color, style in styles:
        ax.loglog(sizes, values, style, color=color, linewidth=2, label=name)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.legend(fontsize="small")
    label(ax, "How sure is a batch of its mean?", "images in the batch", "standard deviation of the mean")


def images_on_one_scale(panels):
    """Draw images side by side, all with the same range of brightness, which a bar explains.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (H, W)
        Titles and images, from left to right.
    """
    size = (2.6 * len(panels) + 0.8, 3.0)
    figure, axes = plt.subplots(1, len(panels), figsize=size, squeeze=False, layout="constrained")
    low, high = min(map(np.min, panels.values())), max(map(np.max, panels.values()))
    for ax, (title, image) in zip(axes[0], panels.items(), strict=True):
        drawn = ax.imshow(image, cmap="gray", vmin=low, vmax=high)
        label(ax, title, "column", "row")
    bar = figure.colorbar(drawn, ax=axes[0], shrink=0.8)
    label(bar.ax, "value", "scale", "value")


def channel_gradients(dx):
    """Draw the gradient of every pixel of a batch, one row of panels for each image.

    Parameters
    ----------
    dx : ndarray of shape (N, C, H, W)
    """
    N, C, H, W = dx.shape
    size = ((0.75 * W + 0.9) * C, (0.6 * H + 1.0) * N)
    _, axes = plt.subplots(N, C, figsize=size, squeeze=False, layout="constrained")
    for (n, c), ax in np.ndenumerate(axes):
        draw_matrix(ax, dx[n, c], dx.min(), dx.max())
        label(ax, f"dx of image {n}, channel {c}", "column", "row")


def folded_layers(two, one, milliseconds):
    """Draw the outputs of two layers against those of the one they were folded into, and what each costs.

    Parameters
    ----------
    two, one : ndarray of one shape
    milliseconds : dict of str to float
        What was timed.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    left.plot([two.min(), two.max()], [two.min(), two.max()], "-", color=INK, linewidth=1)
    left.plot(two.ravel()[::7], one.ravel()[::7], ".", color=BLUE, markersize=4)
    difference = np.abs(two - one).max()
    label(left, f"Largest difference: {difference:.1g}", "output of the two layers", "output of the folded one")
    right.barh(list(milliseconds), list(milliseconds.values()), color=[BLUE, ORANGE], hatch="//", edgecolor="white")
    right.invert_yaxis()
    label(right, "Time for one batch", "milliseconds", "")
    right.set_ylabel("layers")
