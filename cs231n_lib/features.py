"""Features of images, for classifiers that see no pixels: edges and colors.

A feature function takes one image, (H, W, 3) from 0 to 255, and returns a vector.
"""

import numpy as np
from matplotlib.colors import rgb_to_hsv

__all__ = ["color_histogram_hsv", "extract_features", "hog_feature", "rgb2gray"]

CELL = 8  # pixels on each side
ORIENTATIONS = 9


def extract_features(imgs, feature_fns, verbose=False):
    """Compute the features of many images, one after the other.

    Parameters
    ----------
    imgs : ndarray of shape (N, H, W, C)
    feature_fns : list of callable
        Each takes an image, (H, W, C) or, of one channel, (H, W), and returns an array of shape (F_k,).
    verbose : bool
        Print the progress, every 1000 images.

    Returns
    -------
    features : ndarray of shape (N, F_1 + F_2 + ...)
        Row n holds the features of image n.

    Raises
    ------
    ValueError
        If there is no image or no function.

    Examples
    --------
    >>> import numpy as np
    >>> imgs = np.full((2, 32, 32, 3), 255.0)
    >>> extract_features(imgs, [hog_feature, color_histogram_hsv]).shape
    (2, 154)
    """
    if not len(imgs) or not feature_fns:
        raise ValueError(
            f"`imgs` and `feature_fns` must not be empty (got {len(imgs)} images and {len(feature_fns)} functions). "
            "Without them there are no features."
        )
    features = []
    for n, image in enumerate(imgs, start=1):
        features.append(np.concatenate([np.ravel(feature(np.squeeze(image))) for feature in feature_fns]))
        if verbose and n % 1000 == 0:
            print(f"Features of {n} of {len(imgs)} images are done.")
    return np.array(features)


def rgb2gray(rgb):
    """Mix the colors as the eye weighs them.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3 or more)
        Red, green, blue; what follows is ignored.

    Returns
    -------
    gray : ndarray of shape (...)

    Notes
    -----
    The weights are those of ITU-R BT.601, 0.299, 0.587 and 0.114: white stays white. (The official function has
    0.144 for blue.)

    Examples
    --------
    >>> import numpy as np
    >>> rgb2gray(np.array([[255, 255, 255], [0, 0, 255]])).round(2)
    array([255.  ,  29.07])
    """
    return np.asarray(rgb)[..., :3] @ np.array([0.299, 0.587, 0.114])


def hog_feature(im):
    r"""Describe an image by its edges: histograms of oriented gradients.

    The image is cut into cells of 8 by 8 pixels. In each, the gradients :math:`(g_x, g_y)` are counted by their
    orientation, modulo 180 degrees, in 9 bins of 20; each counts with its length
    :math:`\sqrt{g_x^2 + g_y^2}`, averaged over the cell. Color plays no part, light and dark may change places.

    Parameters
    ----------
    im : ndarray of shape (H, W, 3) or (H, W)
        A remainder at the far edges that fills no cell is left out.

    Returns
    -------
    feature : ndarray of shape (H // 8 * (W // 8) * 9,)
        144 numbers for 32 by 32 pixels, cell after cell in reading order.

    Raises
    ------
    ValueError
        If the image is smaller than a cell.

    Notes
    -----
    The bin of 0 degrees comes first: its gradients point right or left, so its edges stand upright. (The official
    function leaves out the gradients that point left, and orders the cells by columns.)

    References
    ----------
    Dalal and Triggs, "Histograms of oriented gradients for human detection", 2005.

    Examples
    --------
    An upright edge of height 80: a whole column of a cell, 1 / 8 of its pixels, has the gradient 80.

    >>> import numpy as np
    >>> im = np.zeros((8, 8))
    >>> im[:, 4:] = 80.0
    >>> hog_feature(im)
    array([10.,  0.,  0.,  0.,  0.,  0.,  0.,  0.,  0.])
    """
    image = rgb2gray(im) if np.ndim(im) == 3 else np.asarray(im, float)
    rows, columns = (size // CELL for size in image.shape)
    if not rows or not columns:
        raise ValueError(
            f"`im` must have at least {CELL} by {CELL} pixels (got shape {np.shape(im)}). Enlarge it first."
        )
    gy, gx = np.zeros((2, *image.shape))
    gx[:, :-1] = np.diff(image, axis=1)
    gy[:-1] = np.diff(image, axis=0)
    turn = np.arctan2(gy, gx) / np.pi % 1.0  # 0 to 1 for 0 to 180 degrees
    bins = (ORIENTATIONS * turn).astype(int) % ORIENTATIONS  # rounding can turn just below 0 into 1
    histograms = np.hypot(gx, gy) * (bins == np.arange(ORIENTATIONS)[:, None, None])  # (9, H, W)
    cells = histograms[:, : rows * CELL, : columns * CELL].reshape(ORIENTATIONS, rows, CELL, columns, CELL)
    return cells.mean(axis=(2, 4)).transpose(1, 2, 0).ravel()


def color_histogram_hsv(im, nbin=10, xmin=0, xmax=255, normalized=True):
    """Describe an image by its hues.

    Parameters
    ----------
    im : ndarray of shape (H, W, 3)
        Red, green, blue from 0 to ``xmax``.
    nbin : int
        How many bins.
    xmin, xmax : float
        The range of the bins, on a scale on which the hues go from 0, red, over green and blue back to ``xmax``.
    normalized : bool
        Return fractions of the pixels in range, not numbers of pixels.

    Returns
    -------
    histogram : ndarray of shape (nbin,)

    Raises
    ------
    ValueError
        If a value is less than 0 or more than ``xmax``.

    Notes
    -----
    Gray pixels have no hue and count as red.

    Examples
    --------
    Three pixels of four are red, one is blue, at two thirds of the way round:

    >>> import numpy as np
    >>> im = np.array([[[255, 0, 0], [255, 0, 0]], [[90, 0, 0], [0, 0, 255]]])
    >>> color_histogram_hsv(im, nbin=3)
    array([0.75, 0.  , 0.25])
    """
    im = np.asarray(im)
    if im.min() < 0 or im.max() > xmax:
        raise ValueError(
            f"`im` must lie between 0 and `xmax`, {xmax} (got {im.min():g} to {im.max():g}). "
            "Take the hues before the mean is subtracted."
        )
    hues = rgb_to_hsv(im / xmax)[..., 0] * xmax
    counts, _ = np.histogram(hues, nbin, (xmin, xmax))
    return counts / max(counts.sum(), 1) if normalized else counts.astype(float)
