"""Pictures of pictures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import cbook

from cs231n_lib.plots._style import label


def images(panels):
    """Draw images side by side, gray ones in their own range of brightness, with their sizes below their titles.

    Parameters
    ----------
    panels : dict of str to ndarray of shape (H, W) or (H, W, 3)
        Titles and images, gray or in color from 0 to 1, from left to right.
    """
    _, axes = plt.subplots(1, len(panels), figsize=(2.5 * len(panels), 3.2), squeeze=False, layout="constrained")
    for ax, (title, image) in zip(axes[0], panels.items(), strict=True):
        ax.imshow(image, cmap="gray")
        ax.spines[:].set_visible(False)  # a border would hide the outermost pixels
        height, width = image.shape[:2]
        label(ax, f"{title}\n{height} × {width} pixels", "column", "row")  # noqa: RUF001  a multiplication sign


def photograph():
    """Load the photograph that ships with matplotlib, small and gray.

    Returns
    -------
    image : ndarray of shape (120, 128)
        Brightness between 0 (black) and 1 (white): Rear Admiral Grace Hopper.
    """
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        color = plt.imread(file)[:480] / 255  # (480, 512, 3): head and shoulders
    gray = color @ np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601
    return gray.reshape(120, 4, 128, 4).mean(axis=(1, 3))  # blocks of 4 x 4 pixels
