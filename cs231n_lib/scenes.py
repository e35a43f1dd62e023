"""Scenes of discs, squares and triangles, to learn segmentation from.

A scene has a background with stripes and noise, and one to three shapes of random color, size, place and a little
turn, which hardly hide each other. Shapes of one size have equal areas, and colors say nothing about the class: a
network has to look at outlines.
"""

import numpy as np

__all__ = ["CLASSES", "make_scenes"]

CLASSES = ("background", "disc", "square", "triangle")
CORNERS = {2: 4, 3: 3}  # of each class; the background and the disc have none
RADII = 0.19, 0.3  # of a disc, as fractions of the image: 6.1 to 9.6 pixels of 32
TURN = 0.25  # radians, to either side
STRIPES = 0.1  # amplitude
ATTEMPTS = 8  # at placing a shape, at most
OVERLAP = 0.1  # most of a shape that may lie on earlier ones; it is left out otherwise
NOISE = 0.05  # standard deviation
CONTRAST = 0.35  # least distance of the color of a shape to that of the background; black to white is 1.73


def make_scenes(n, size=32, seed=0):
    """Draw random scenes, and say for each pixel what it shows.

    Parameters
    ----------
    n : int
        How many scenes.
    size : int
        Height and width in pixels.
    seed : int
        The same seed gives the same scenes; the first ones do not depend on ``n``.

    Returns
    -------
    images : ndarray of shape (n, 3, size, size)
        float64, from 0 to 1; red, green, blue.
    labels : ndarray of shape (n, size, size)
        Indices into `CLASSES`.

    Raises
    ------
    ValueError
        If ``n`` is negative, or ``size`` less than 8: too few pixels to tell a disc from a square.

    Examples
    --------
    >>> images, labels = make_scenes(5)
    >>> images.shape, labels.shape
    ((5, 3, 32, 32), (5, 32, 32))
    >>> [CLASSES[label] for label in np.unique(labels[0])]
    ['background', 'square']
    """
    if n < 0 or size < 8:
        raise ValueError(f"`n` must be 0 or more and `size` 8 or more (got {n} and {size}). Ask for more pixels.")
    images, labels = np.empty((n, 3, size, size)), np.empty((n, size, size), int)
    for i in range(n):
        images[i], labels[i] = _scene(np.random.default_rng((seed, i)), size)
    return images, labels


def _scene(rng, size):
    y, x = (np.mgrid[:size, :size] + 0.5) / size  # middles of the pixels
    background = rng.random(3)
    image = background[:, None, None] + _stripes(rng, y, x)  # (3, size, size)
    labels = np.zeros((size, size), int)
    for label in rng.integers(1, len(CLASSES), size=rng.integers(1, ATTEMPTS + 1)):
        inside = _inside(rng, y, x, CORNERS.get(label))
        if np.mean(labels[inside] > 0) > OVERLAP:
            continue
        labels[inside] = label
        image[:, inside] = _contrasting(rng, background)[:, None]
    return np.clip(image + rng.normal(0.0, NOISE, image.shape), 0.0, 1.0), labels


def _stripes(rng, y, x):
    direction, phase = rng.uniform(0.0, 2 * np.pi, 2)
    waves = rng.uniform(2.0, 8.0)  # across the image
    return STRIPES * np.sin(2 * np.pi * waves * (np.sin(direction) * y + np.cos(direction) * x) + phase)


def _inside(rng, y, x, corners):
    """Return the pixels of a disc, or of a regular polygon of the same area."""
    radius, turn = rng.uniform(*RADII), rng.uniform(-TURN, TURN)
    middle_y, middle_x = rng.uniform(radius, 1.0 - radius, 2)
    distance, angle = np.hypot(y - middle_y, x - middle_x), np.arctan2(y - middle_y, x - middle_x)
    if corners is None:
        return distance < radius
    wedge = 2 * np.pi / corners  # from the middle of a side to that of the next; one is below the middle, + turn
    to_side = (angle - np.pi / 2 - turn + wedge / 2) % wedge - wedge / 2
    apothem = radius * np.sqrt(wedge / 2 / np.tan(wedge / 2))  # area: corners * apothem**2 * tan(wedge / 2)
    return distance * np.cos(to_side) < apothem


def _contrasting(rng, background):
    while np.linalg.norm((color := rng.random(3)) - background) < CONTRAST:
        pass
    return color
