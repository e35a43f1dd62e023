"""Images in and out: from files and the web, and to and from the range that pretrained networks expect."""

import io
import urllib.request
from http.client import HTTPException

import numpy as np
from PIL import Image

__all__ = [
    "SQUEEZENET_MEAN",
    "SQUEEZENET_STD",
    "blur_image",
    "deprocess_image",
    "image_from_url",
    "load_image",
    "preprocess_image",
]

SQUEEZENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)  # of ImageNet: red, green, blue from 0 to 1
SQUEEZENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
TIMEOUT = 30  # seconds


def load_image(filename, size=None):
    """Read an image file.

    Parameters
    ----------
    filename : str or Path
    size : int, optional
        Scale the image until its shorter side has this many pixels.

    Returns
    -------
    img : ndarray of shape (H, W, 3)
        Bytes: red, green, blue.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    with Image.open(filename) as image:
        image = image.convert("RGB")
    if size is not None:
        scale = size / min(image.size)
        image = image.resize([round(scale * length) for length in image.size])
    return np.array(image)


def image_from_url(url):
    """Read an image from the web.

    Parameters
    ----------
    url : str
        Beginning with http:// or https://.

    Returns
    -------
    img : ndarray of shape (H, W, 3)
        Bytes: red, green, blue.

    Raises
    ------
    ConnectionError
        If it cannot be fetched.
    ValueError
        If ``url`` begins otherwise.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"`url` must begin with http:// or https:// (got {url!r}). Use load_image for files.")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 - checked above
            return load_image(io.BytesIO(response.read()))
    except (OSError, HTTPException) as error:
        raise ConnectionError(
            f"`url` must lead to an image (got {url}: {error}). Go online, or use load_image with a file, "
            "or cs231n_lib.photographs, which needs no network."
        ) from error


def preprocess_image(img):
    """Standardize an image as pretrained networks expect it.

    Parameters
    ----------
    img : ndarray of shape (H, W, 3)
        From 0 to 255.

    Returns
    -------
    standardized : ndarray of shape (H, W, 3)
        float32; over ImageNet, each color has mean 0 and standard deviation 1.
    """
    return (np.asarray(img, np.float32) / 255.0 - SQUEEZENET_MEAN) / SQUEEZENET_STD


def deprocess_image(img, rescale=False):
    """Undo `preprocess_image`.

    Parameters
    ----------
    img : ndarray of shape (H, W, 3)
    rescale : bool
        Stretch the range from the darkest to the brightest value to all of 0 to 255. Otherwise what is out of
        range is clipped.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Bytes.

    Examples
    --------
    >>> import numpy as np
    >>> img = np.array([[[0, 128, 255]]], dtype=np.uint8)
    >>> deprocess_image(preprocess_image(img))
    array([[[  0, 128, 255]]], dtype=uint8)
    """
    image = img * SQUEEZENET_STD + SQUEEZENET_MEAN
    if rescale:
        low, high = image.min(), image.max()
        image = (image - low) / (high - low or 1.0)
    return np.clip(255.0 * image, 0.0, 255.0).round().astype(np.uint8)


def blur_image(X):
    """Blur images very gently: a regularizer when images are generated.

    Parameters
    ----------
    X : ndarray of shape (N, C, H, W)

    Returns
    -------
    blurred : ndarray of shape (N, C, H, W)
        Each pixel keeps 94 % of itself and takes 1 % of each neighbor beside it, 0.5 % of each at a corner.
        Beyond the edge all is 0.
    """
    kernel = np.array([[1, 2, 1], [2, 188, 2], [1, 2, 1]]) / 200.0
    H, W = X.shape[2:]
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return sum(kernel[i, j] * padded[:, :, i : i + H, j : j + W] for i, j in np.ndindex(3, 3))
