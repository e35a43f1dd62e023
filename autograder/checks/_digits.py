"""Real handwritten digits for questions that train something.

Each question shuffles the pixels in its own way, the same in all its digits: to a fully connected network that is all
the same, and who knows the digits by heart does not know them again.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from autograder.core.inputs import Array

FILE = Path(__file__).with_name("digits.json")
Labels = npt.NDArray[np.int64]


def digits(count: int, seed: int) -> tuple[Array, Labels]:
    """Return some digits with shuffled pixels.

    Parameters
    ----------
    count : int
    seed : int
        Decides which digits, in which order, and how their pixels are shuffled.

    Returns
    -------
    x : ndarray of shape (count, 64)
        Pixels; the mean of each over these digits is 0, and black and white are 1 apart.
    y : ndarray of int of shape (count,)
    """
    pixels, labels = _all()
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(labels))[:count]
    x = pixels[rows][:, rng.permutation(pixels.shape[1])] / 16
    return x - x.mean(axis=0), labels[rows]


@cache
def _all() -> tuple[Array, Labels]:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    pixels = [[ord(letter) - ord("a") for letter in one] for one in kept["pixels"]]
    return np.array(pixels, np.float64), np.array([int(digit) for digit in kept["labels"]])
