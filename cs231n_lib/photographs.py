"""Two photographs that scikit-learn ships, for image processing without a download."""

import numpy as np
from PIL import Image, ImageOps

from cs231n_lib.features import rgb2gray

__all__ = ["NAMES", "photograph"]

NAMES = ("china", "flower")


def photograph(name, size=None, grey=False):
    """Load a photograph.

    Parameters
    ----------
    name : str
        'china', a temple in Beijing with its lawns, or 'flower', a dahlia: 427 by 640 pixels.
    size : int or tuple of int, optional
        Height and width to cut out of the middle and shrink to; one number for a square. Nothing is distorted.
    grey : bool
        Mix the three colors as the eye weighs them.

    Returns
    -------
    image : ndarray of shape (3, H, W), or (1, H, W) if grey
        float64, from 0 to 1; red, green, blue.

    Raises
    ------
    ValueError
        If there is no photograph of that name, or ``size`` is less than a pixel.

    Notes
    -----
    Both come from Flickr under the license CC BY 2.0: 'china' by danielbuechele, 'flower' by vultilion.

    Examples
    --------
    >>> photograph("china").shape, photograph("flower", size=64, grey=True).shape
    ((3, 427, 640), (1, 64, 64))
    """
    from sklearn.datasets import load_sample_image  # here: it takes a second, and only this function needs it

    if name not in NAMES:
        raise ValueError(f"`name` must be one of {', '.join(NAMES)} (got {name!r}). Other images: load_image.")
    image = Image.fromarray(load_sample_image(f"{name}.jpg"))
    if size is not None:
        H, W = (size, size) if np.ndim(size) == 0 else size
        if min(H, W) < 1:
            raise ValueError(f"`size` must be 1 pixel or more on each side (got {size}). Pass height and width.")
        image = ImageOps.fit(image, (W, H), Image.Resampling.LANCZOS)
    pixels = np.asarray(image) / 255.0  # (H, W, 3)
    return rgb2gray(pixels)[None] if grey else pixels.transpose(2, 0, 1)
