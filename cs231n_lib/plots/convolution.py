"""Pictures of the lesson on convolution: windows that fit, a filter at work, and what layers cost."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, draw_matrix, frame, label


def windows_on_a_line(size, field, stride, pad, count):
    """Draw one axis of an image, its padding, and the places that a window takes on it.

    Parameters
    ----------
    size, field, stride, pad : int
        Pixels of the image, of the window, of a step, and of the padding on each side.
    count : int
        How many places are claimed; a place that does not fit is drawn with a dashed outline.
    """
    places, end = max(0, int(count)), size + pad
    _, ax = plt.subplots(figsize=(8.5, 1.5 + 0.2 * (places + 1)), layout="constrained")
    for pixel in range(-pad, end):
        color = "white" if 0 <= pixel < size else "lightgray"
        ax.add_patch(Rectangle((pixel - 0.5, 0.1), 1, 0.8, fc=color, ec=INK, lw=0.8))
    for k in range(places):
        start = k * stride - pad
        style = {"fc": ORANGE, "ls": "--"} if start + field > end else {"fc": BLUE, "ls": "-"}
        ax.add_patch(Rectangle((start - 0.5, k + 1.15), field, 0.7, ec=INK, alpha=0.7, **style))
    last = (places - 1) * stride - pad + field if places else -pad  # the first pixel behind the windows
    ax.set(xlim=(-pad - 1, max(end, last)), ylim=(places + 1.2, -0.2), yticks=[])
    formula = rf"$\lfloor ({size} - {field} + 2 \cdot {pad}) / {stride} \rfloor + 1$"
    label(ax, f"{formula} = {count} windows; left over at the end: {max(0, end - last)}", "pixel (gray: padding)", "")


def moving_window(image, filters, bias, out, place, corner):
    """Draw one window of a padded image, a filter, their products channel by channel, and the sum in the output.

    Parameters
    ----------
    image : ndarray of shape (C, H + 2P, W + 2P)
    filters : ndarray of shape (C, HH, WW)
        One filter.
    bias : float
    out : ndarray of shape (H', W')
        What the filter gives.
    place : tuple of int
        (i, j), of the output.
    corner : tuple of int
        Row and column of the padded image where the window begins.
    """
    C, HH, WW = filters.shape
    rows, columns = slice(corner[0], corner[0] + HH), slice(corner[1], corner[1] + WW)
    products = image[:, rows, columns] * filters + 0.0  # -0 becomes 0
    figure = plt.figure(figsize=(9, 2.7 * C), layout="constrained")
    grid = figure.add_gridspec(C, 4, width_ratios=(1.3, 1, 1, 1))
    for c in range(C):
        panels = (f"image, channel {c}", image[c]), ("filter", filters[c]), ("products", products[c])
        axes = [figure.add_subplot(grid[c, k]) for k in range(3)]
        for ax, (title, panel) in zip(axes, panels, strict=True):
            draw_matrix(ax, panel, min(panel.min(), -2), max(panel.max(), 2))
            label(ax, title, "column", "row")
        axes[2].set_title(f"products: {products[c].sum():g}")
        frame(axes[0], *corner, (HH, WW))
    ax = figure.add_subplot(grid[:, 3])
    draw_matrix(ax, out, out.min(), out.max())
    frame(ax, *place, (1, 1))
    terms = " + ".join(f"({total:g})" if total < 0 else f"{total:g}" for total in products.sum(axis=(1, 2)))
    label(ax, f"output\n{terms}\n+ bias {bias:g} = {products.sum() + bias:g}", "column", "row")


def filtered(image, kernel, out):
    """Draw an image, a filter with its numbers, and what it makes of the image.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    kernel : ndarray of shape (HH, WW)
    out : ndarray of shape (H', W')
        Drawn from dark to bright whatever its range; one pixel in a hundred at either end may be cut off.
    """
    width = image.shape[1] / image.shape[0]
    _, axes = plt.subplots(1, 3, figsize=(11, 3.4), width_ratios=(width, 0.8, width), layout="constrained")
    for ax, panel, title in zip(axes[::2], (image, out), ("before", "after"), strict=True):
        low, high = np.percentile(panel, (1, 99))
        ax.imshow(panel, cmap="gray", vmin=low, vmax=high)
        ax.spines[:].set_visible(False)
        label(ax, f"{title}: {panel.min() + 0.0:.2g} to {panel.max() + 0.0:.2g}", "column", "row")
    draw_matrix(axes[1], kernel, kernel.min(), kernel.max())
    label(axes[1], "filter", "column", "row")


def amounts(bars, title, xlabel):
    """Draw numbers of very different sizes as bars, with each written out.

    Parameters
    ----------
    bars : dict of str to float
        All above 0.
    title, xlabel : str
    """
    _, ax = plt.subplots(figsize=(8, 0.9 + 0.45 * len(bars)), layout="constrained")
    drawn = ax.barh(range(len(bars)), list(bars.values()), color=BLUE, ec="white")
    ax.bar_label(drawn, [f"{value:,.0f}" for value in bars.values()], padding=3, fontsize="small")
    ax.set_yticks(range(len(bars)), list(bars))
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.margins(x=0.4)
    label(ax, title, f"{xlabel}, on a logarithmic axis", "layer")
    ax.grid(axis="x", alpha=0.3)


def shares(columns, layers):
    """Draw for each layer of a network its share of some totals, as groups of bars.

    Parameters
    ----------
    columns : dict of str to sequence of float
        At most three totals, and what each layer adds.
    layers : sequence of str
    """
    figure, ax = plt.subplots(figsize=(8.5, 3.2), layout="constrained")
    styles = zip(columns.items(), (BLUE, ORANGE, GREEN), ("", "//", ".."), strict=False)
    for k, ((name, values), color, hatch) in enumerate(styles):
        percent = 100 * np.array(values, float) / sum(values)
        places = np.arange(len(layers)) + 0.8 / len(columns) * (k - (len(columns) - 1) / 2)
        bars = ax.bar(places, percent, 0.8 / len(columns), color=color, hatch=hatch, ec="white", label=name)
        ax.bar_label(bars, [f"{value:.0f}" for value in percent], fontsize="small")
    ax.set_xticks(range(len(layers)), layers)
    ax.margins(y=0.12)
    label(ax, "where the parameters are, and where the work is", "layer", "percent of the total")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
