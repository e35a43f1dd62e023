"""What all pictures share: colors, labels, and small things to draw."""

import numpy as np
from matplotlib.patches import Rectangle

# The Okabe-Ito palette and the ``cividis`` map: safe for color-blind readers, readable in gray.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
INK = "#333333"


def label(ax, title, xlabel, ylabel):
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)


def legend_above(figure, ax):
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize="small")


def draw_matrix(ax, matrix, low, high):
    spread = high - low or 1.0
    ax.imshow(matrix, cmap="cividis", vmin=low - 1.3 * spread, vmax=high)  # light: black ink shows
    for (i, j), number in np.ndenumerate(matrix):
        ax.text(j, i, f"${number:.3g}$", ha="center", va="center")
    ax.set_xticks(range(matrix.shape[1]))
    ax.set_yticks(range(matrix.shape[0]))


def frame(ax, row, column, size):
    height, width = size
    corner = (column - 0.44, row - 0.44)
    ax.add_patch(Rectangle(corner, width - 0.12, height - 0.12, fill=False, ec="black", lw=2, ls="--"))


def grouped_bars(ax, groups):
    width = 0.8 / len(groups)
    styles = zip(groups.items(), (BLUE, ORANGE, GREEN), ("", "//", ".."), strict=False)
    for k, ((name, values), color, hatch) in enumerate(styles):
        places = np.arange(len(values)) + (k - (len(groups) - 1) / 2) * width
        ax.bar(places, values, width, color=color, hatch=hatch, edgecolor="white", label=name)
    ax.axhline(0, color=INK, linewidth=0.8)
