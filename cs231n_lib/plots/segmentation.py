"""Pictures of the lesson on segmentation: what every pixel shows, and how well that was found."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from cs231n_lib.plots._style import BLUE, GREEN, INK, ORANGE, grouped_bars, label, legend_above

PAPER = "#EEEEEE"
CLASS_COLORS = (PAPER, BLUE, ORANGE, INK)  # of falling and rising brightness: they differ in gray print, too
OVERLAP = {"neither": PAPER, "only right": BLUE, "only predicted": ORANGE, "both": INK}
GAP = 2  # white columns between two scenes
_STYLES = tuple(zip((BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=True))


def segmented(panels, classes):
    """Draw scenes, and what each of their pixels shows, one strip below the other.

    Parameters
    ----------
    panels : dict of str to ndarray
        Titles, and either images of shape (n, 3, H, W) from 0 to 1, or labels of shape (n, H, W), of at
        most four classes.
    classes : sequence of str
        Their names, in the order of the labels.
    """
    strips = [_strip(panel) for panel in panels.values()]
    height, width = strips[0].shape[:2]
    size = (8.5, len(strips) * (8.2 * height / width + 0.72) + 0.4)
    figure, axes = plt.subplots(len(strips), 1, figsize=size, squeeze=False, layout="constrained")
    for ax, title, strip in zip(axes[:, 0], panels, strips, strict=True):
        ax.imshow(strip, cmap=ListedColormap(CLASS_COLORS), vmin=0, vmax=len(CLASS_COLORS) - 1)
        ax.spines[:].set_visible(False)
        label(ax, title, "column", "row")
    patches = [Patch(facecolor=color, label=name) for color, name in zip(CLASS_COLORS, classes, strict=False)]
    figure.legend(handles=patches, loc="outside upper center", ncols=len(patches), fontsize="small")


def overlap(y_pred, y, name, title):
    """Draw where one class was predicted and where it is, and count the pixels.

    Parameters
    ----------
    y_pred, y : ndarray of bool of shape (H, W)
        Whether a pixel is of the class: as predicted, and in truth.
    name : str
        Of the class.
    title : str
        What the picture is about, above the counts.
    """
    kind = np.asarray(y, int) + 2 * np.asarray(y_pred, int)  # in the order of OVERLAP
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6), width_ratios=(1, 1.3), layout="constrained")
    left.imshow(kind, cmap=ListedColormap(list(OVERLAP.values())), vmin=0, vmax=3)
    label(left, name, "column", "row")
    counts = np.bincount(kind.ravel(), minlength=4)[1:]
    bars = right.barh(list(OVERLAP)[1:], counts, color=list(OVERLAP.values())[1:])
    right.bar_label(bars, padding=3)
    right.margins(x=0.12)
    label(right, title, "pixels", "where the class is")
    handles = [Patch(facecolor=color, label=text) for text, color in OVERLAP.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=4, fontsize="small")


def segmentation_training(histories, ious, classes):
    """Draw how networks learn to segment, and how well each of them finds each class in the end.

    Parameters
    ----------
    histories : dict of str to ndarray of shape (measurements, 2)
        By the name of a network, at most three: steps, and the mean IoU on new scenes after them.
    ious : dict of str to ndarray of shape (C,)
        By the same names, the IoU of each class.
    classes : sequence of str
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.3), sharey=True, layout="constrained")
    for (name, history), (color, style) in zip(histories.items(), _STYLES, strict=False):
        left.plot(*np.transpose(history), style, color=color, linewidth=1.8, label=name)
    label(left, "while training", "steps", "mean IoU on new scenes")
    left.set_ylim(0, 1)
    left.grid(alpha=0.3)
    grouped_bars(right, ious)
    right.set_xticks(range(len(classes)), classes)
    label(right, "in the end", "class", "IoU")
    legend_above(figure, right)


def _strip(panel):
    """Put scenes side by side, with white between them."""
    images = np.moveaxis(panel, 1, -1) if np.ndim(panel) == 4 else np.asarray(panel, float)
    gap = np.full((images.shape[1], GAP, *images.shape[3:]), 1.0 if images.ndim == 4 else np.nan)
    pieces = [piece for image in images for piece in (image, gap)]
    return np.concatenate(pieces[:-1], axis=1)
