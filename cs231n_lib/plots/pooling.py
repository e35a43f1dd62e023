"""Pictures of the lesson on pooling."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, INK, ORANGE, label, legend_above


def pooled_picture(image, out, name):
    """Draw an image and its pooled version equally large, on one scale of gray.

    Parameters
    ----------
    image : ndarray of shape (H, W)
        From 0 (black) to 1 (white).
    out : ndarray of shape (H', W')
    name : str
        What was done.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for ax, panel, title in zip(axes, (image, out), ("before", name), strict=True):
        ax.imshow(panel, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        ax.spines[:].set_color("lightgray")  # a white picture has an end, too
        height, width = panel.shape
        label(ax, f"{title}: {height} × {width} pixels, mean {panel.mean():.2f}", "column", "row")  # noqa: RUF001
        for axis in (ax.xaxis, ax.yaxis):
            axis.get_major_locator().set_params(integer=True)


def kept_steps(sequence, places):
    """Draw a sequence, and which of its numbers are kept.

    Parameters
    ----------
    sequence : ndarray of shape (T,)
    places : sequence of int
        Of what is kept.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3), layout="constrained")
    steps, kept = np.arange(len(sequence)), np.isin(np.arange(len(sequence)), places)
    for which, color, hatch, name in ((kept, BLUE, "", "kept"), (~kept, ORANGE, "//", "left out")):
        ax.bar(steps[which], sequence[which], color=color, hatch=hatch, ec="white", label=name)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set_xticks(steps)
    in_order = ", ".join(f"{value:g}" for value in sequence[kept])
    label(ax, f"the {kept.sum()} largest, in their order: {in_order}", "step", "number")
    legend_above(figure, ax)


def draws(window, counts):
    """Draw how often each number of a window was drawn, beside its probability.

    Parameters
    ----------
    window : ndarray of shape (HH, WW)
        Not negative, not all zero.
    counts : ndarray of shape (HH, WW)
        How often each number was drawn.
    """
    figure, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
    numbers, places = window.ravel(), np.arange(window.size)
    bars = {"probability": numbers / numbers.sum(), "share of the draws": counts.ravel() / counts.sum()}
    for shift, (name, values), color, hatch in zip(
        (-0.2, 0.2), bars.items(), (BLUE, ORANGE), ("", "//"), strict=True
    ):
        drawn = ax.bar(places + shift, values, 0.38, color=color, hatch=hatch, ec="white", label=name)
        ax.bar_label(drawn, [f"{value:.2f}" for value in values], fontsize="small")
    ax.set_xticks(places, [f"{value:g}" for value in numbers])
    ax.margins(y=0.15)
    label(ax, f"one window, {counts.sum():g} draws", "number in the window", "share")
    legend_above(figure, ax)
