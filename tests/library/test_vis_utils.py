"""Grids show every image, once, in reading order."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs231n_lib.vis_utils import vis_grid, vis_nn, visualize_grid

sizes = st.integers(1, 4)


def numbered(*shape):
    return np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)


@given(N=st.integers(1, 10), H=sizes, W=sizes, C=sizes, padding=st.integers(0, 3))
def test_each_image_stands_in_its_place_in_its_own_range(N, H, W, C, padding):
    Xs = numbered(N, H, W, C)
    side = int(np.ceil(np.sqrt(N)))

    grid = visualize_grid(Xs, ubound=255.0, padding=padding)

    assert grid.shape == (side * (H + padding) - padding, side * (W + padding) - padding, C)
    seen = np.zeros(grid.shape, bool)
    for n, image in enumerate(Xs):
        top, left = n // side * (H + padding), n % side * (W + padding)
        scaled = 255 * (image - image.min()) / max(np.ptp(image), 1e-300)
        np.testing.assert_allclose(grid[top : top + H, left : left + W], scaled)
        seen[top : top + H, left : left + W] = True
    assert not grid[~seen].any()


def test_the_upper_bound_can_be_chosen():
    assert visualize_grid(numbered(1, 2, 2, 1), ubound=1.0)[:, :, 0].tolist() == pytest.approx(
        np.array([[0, 1 / 3], [2 / 3, 1]])
    )


def test_an_image_of_one_value_is_black_and_not_nan():
    assert visualize_grid(np.full((1, 2, 2, 3), 7.0)).tolist() == np.zeros((2, 2, 3)).tolist()


def test_bytes_do_not_overflow():
    grid = visualize_grid(np.array([[[[0], [100], [200]]]], np.uint8))

    np.testing.assert_allclose(grid[0, :, 0], [0, 127.5, 255])


def test_the_images_are_not_changed():
    Xs = numbered(2, 3, 3, 1)

    visualize_grid(Xs)
    vis_grid(Xs)
    vis_nn(Xs[None])

    np.testing.assert_array_equal(Xs, numbered(2, 3, 3, 1))


def test_a_grid_in_one_range_keeps_the_order_of_brightness():
    grid = vis_grid(numbered(3, 2, 1, 1))

    expected = np.zeros((6, 4))
    expected[[0, 1, 0, 1, 3, 4], [0, 0, 2, 2, 0, 0]] = np.arange(6) / 5
    np.testing.assert_allclose(grid[:, :, 0], expected)


def test_rows_of_images_stand_below_each_other_between_bright_lines():
    grid = vis_nn([[np.zeros((1, 1, 1)), np.full((1, 1, 1), 5.0)], [np.full((1, 1, 1), 10.0), np.zeros((1, 1, 1))]])

    assert grid[:, :, 0].tolist() == [[0, 1, 0.5, 1], [1, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("draw", "name", "axes", "shape"),
    [
        (visualize_grid, "Xs", "N, H, W, C", (3, 32, 32)),
        (visualize_grid, "Xs", "N, H, W, C", (0, 32, 32, 3)),
        (vis_grid, "Xs", "N, H, W, C", (3, 3)),
        (vis_nn, "rows", "N, D, H, W, C", (3, 32, 32, 3)),
    ],
)
def test_what_is_no_images_is_refused(draw, name, axes, shape):
    message = (
        f"`{name}` must hold images of shape ({axes}) (got shape {shape}). "
        "The channels come last: transpose the filters of a network, `w.transpose(0, 2, 3, 1)`."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw(np.ones(shape))
