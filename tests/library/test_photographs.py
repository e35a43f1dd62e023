"""The photographs load without a network, whole or cut to size."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from cs231n_lib.photographs import NAMES, photograph


@pytest.mark.parametrize("name", NAMES)
def test_a_photograph_is_in_color_and_between_0_and_1(name):
    image = photograph(name)

    assert (image.shape, image.dtype) == ((3, 427, 640), np.float64)
    assert 0 <= image.min() < 0.1
    assert 0.9 < image.max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_its_pixels_are_those_of_the_file(name):
    pixels = load_sample_image(f"{name}.jpg")

    np.testing.assert_array_equal((255 * photograph(name)).round(), pixels.transpose(2, 0, 1))


def test_grey_is_the_mix_of_the_colors():
    red, green, blue = photograph("flower")

    grey = photograph("flower", grey=True)

    assert grey.shape == (1, 427, 640)
    np.testing.assert_allclose(grey[0], 0.299 * red + 0.587 * green + 0.114 * blue, atol=1e-12)


@pytest.mark.parametrize(("size", "shape"), [(64, (64, 64)), ((50, 90), (50, 90)), ([90, 20], (90, 20))])
def test_a_size_is_cut_out_and_shrunk_to(size, shape):
    assert photograph("china", size=size).shape == (3, *shape)
    assert photograph("china", size=size, grey=True).shape == (1, *shape)


def test_shrinking_cuts_the_middle_and_does_not_distort():
    small = photograph("china", size=61)  # a seventh of 427

    middle = photograph("china")[:, :, 106:533].reshape(3, 61, 7, 61, 7).mean(axis=(2, 4))
    assert np.abs(small - middle).mean() < 0.02
    assert np.abs(small - middle[:, :, ::-1]).mean() > 0.1


def test_another_name_is_refused():
    message = "`name` must be one of china, flower (got 'cat'). Other images: load_image."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        photograph("cat")


@pytest.mark.parametrize("size", [0, (5, 0), -3])
def test_a_size_without_pixels_is_refused(size):
    message = f"`size` must be 1 pixel or more on each side (got {size}). Pass height and width."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        photograph("china", size=size)
