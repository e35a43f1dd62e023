"""Pictures of windows that slide over an image."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import frame
from cs231n_lib.plots.arrays import matrices


def convolution_windows(image, kernel, out):
    """Draw an image, a filter and their convolution, with the first window framed.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    kernel : ndarray of shape (HH, WW)
    out : ndarray of shape (H', W')
    """
    matrices({"image x": image, "filter w": kernel, "out": out})
    axes = plt.gcf().axes
    frame(axes[0], 0, 0, kernel.shape)
    frame(axes[2], 0, 0, (1, 1))


def pooling_windows(image, out, size, stride):
    """Draw an image and its pooled version, with every window framed.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    out : ndarray of shape (H', W')
    size : tuple of int
        Height and width of a window.
    stride : int
    """
    matrices({"image x": image, "out": out})
    axes = plt.gcf().axes
    for i, j in np.ndindex(out.shape):
        frame(axes[0], i * stride, j * stride, size)
        frame(axes[1], i, j, (1, 1))
