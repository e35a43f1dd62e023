"""Many images in one: grids of filters, of examples, of nearest neighbors."""

import math

import numpy as np

__all__ = ["vis_grid", "vis_nn", "visualize_grid"]


def visualize_grid(Xs, ubound=255.0, padding=1):
    """Put images into a square grid, each in its own range of brightness.

    Parameters
    ----------
    Xs : ndarray of shape (N, H, W, C)
        Images, or filters, with any range of values.
    ubound : float
        The largest number of each image becomes this, the smallest 0. An image of one value becomes 0.
    padding : int
        Black pixels between the images.

    Returns
    -------
    grid : ndarray of shape (rows * H + (rows - 1) * padding, rows * W + (rows - 1) * padding, C)
        In reading order, with as many rows as columns; places without an image are black.

    Examples
    --------
    >>> import numpy as np
    >>> visualize_grid(np.array([[[[-1.0], [1.0]]], [[[5.0], [5.0]]]]))[:, :, 0]
    array([[  0., 255.,   0.,   0.,   0.],
           [  0.,   0.,   0.,   0.,   0.],
           [  0.,   0.,   0.,   0.,   0.]])
    """
    Xs = _images("Xs", Xs, "N, H, W, C")
    scaled = ubound * np.array([_between_0_and_1(image) for image in Xs])
    grid = _square(scaled, padding, 0.0)
    return grid[: grid.shape[0] - padding, : grid.shape[1] - padding]


def vis_grid(Xs):
    """Put images into a square grid, all in one range of brightness.

    Parameters
    ----------
    Xs : ndarray of shape (N, H, W, C)

    Returns
    -------
    grid : ndarray of shape (rows * (H + 1), rows * (W + 1), C)
        From 0 to 1. The lines between the images and the places without one are as dark as the darkest pixel.

    Examples
    --------
    >>> import numpy as np
    >>> vis_grid(np.arange(1.0, 5.0).reshape(4, 1, 1, 1))[::2, ::2, 0].round(2)
    array([[0.  , 0.33],
           [0.67, 1.  ]])
    """
    Xs = _images("Xs", Xs, "N, H, W, C")
    return _between_0_and_1(_square(Xs, 1, Xs.min()))


def vis_nn(rows):
    """Put rows of images below each other, all in one range of brightness: a query, say, and its neighbors.

    Parameters
    ----------
    rows : array_like of shape (N, D, H, W, C)
        N rows of D images.

    Returns
    -------
    grid : ndarray of shape (N * (H + 1), D * (W + 1), C)
        From 0 to 1. The lines between the images are as bright as the brightest pixel.

    Examples
    --------
    >>> import numpy as np
    >>> vis_nn([np.zeros((3, 8, 8, 1)), np.ones((3, 8, 8, 1))]).shape
    (18, 27, 1)
    """
    rows = _images("rows", rows, "N, D, H, W, C")
    return _between_0_and_1(_tile(rows, 1, rows.max()))


def _images(name, images, letters):
    images = np.asarray(images)
    if images.ndim != len(letters.split(", ")) or not images.size:
        raise ValueError(
            f"`{name}` must hold images of shape ({letters}) (got shape {images.shape}). "
            "The channels come last: transpose the filters of a network, `w.transpose(0, 2, 3, 1)`."
        )
    return images


def _square(Xs, padding, line):
    side = math.ceil(math.sqrt(len(Xs)))
    missing = side * side - len(Xs)
    Xs = np.pad(Xs, ((0, missing), (0, 0), (0, 0), (0, 0)), constant_values=line)
    return _tile(Xs.reshape(side, side, *Xs.shape[1:]), padding, line)


def _tile(images, padding, line):
    """Lay out images of shape (rows, columns, H, W, C), each with a line below and to the right of it."""
    images = np.pad(images, ((0, 0), (0, 0), (0, padding), (0, padding), (0, 0)), constant_values=line)
    rows, columns, H, W, C = images.shape
    return images.transpose(0, 2, 1, 3, 4).reshape(rows * H, columns * W, C)


def _between_0_and_1(image):
    image = image.astype(float)
    low, high = image.min(), image.max()
    return (image - low) / (high - low or 1.0)
