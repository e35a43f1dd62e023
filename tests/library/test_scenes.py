"""The scenes are reproducible, their labels are right, and neither place, color nor size tells the class."""

import re

import numpy as np
import pytest

from cs231n_lib.scenes import CLASSES, make_scenes


@pytest.fixture(scope="module")
def many():
    return make_scenes(400, size=32, seed=5)


def areas(labels, label):
    """Return the areas of the scenes that show this class and no other."""
    only = [set(scene.flat) <= {0, label} for scene in labels]
    sizes = (labels[only] == label).sum(axis=(1, 2))
    return sizes[sizes > 0]


def test_scenes_are_images_in_color_with_a_label_for_each_pixel(many):
    images, labels = many

    assert (images.shape, images.dtype) == ((400, 3, 32, 32), np.float64)
    assert (labels.shape, labels.dtype.kind) == ((400, 32, 32), "i")
    assert 0 <= images.min() < images.max() <= 1
    assert set(labels.flat) == set(range(len(CLASSES)))


@pytest.mark.parametrize("size", [8, 33, 64])
def test_scenes_come_in_any_size(size):
    images, labels = make_scenes(2, size=size)

    assert (images.shape, labels.shape) == ((2, 3, size, size), (2, size, size))
    assert all(len(set(scene.flat)) > 1 for scene in labels)


def test_the_same_seed_gives_the_same_scenes_however_many(many):
    images, labels = make_scenes(7, seed=5)

    np.testing.assert_array_equal(images, many[0][:7])
    np.testing.assert_array_equal(labels, many[1][:7])


def test_another_seed_gives_other_scenes(many):
    assert not np.array_equal(make_scenes(3, seed=6)[1], many[1][:3])


def test_the_global_generator_is_left_alone():
    before = str(np.random.get_state())  # noqa: NPY002 - the generator of the course

    make_scenes(2)

    assert str(np.random.get_state()) == before  # noqa: NPY002


def test_every_scene_shows_a_shape_and_the_background(many):
    shown = (many[1] > 0).mean(axis=(1, 2))

    assert shown.min() > 0.05
    assert shown.max() < 0.75


def test_no_class_is_rare(many):
    shares = np.bincount(many[1].ravel()) / many[1].size

    assert (shares[1:] > 0.05).all()
    assert (shares[1:] / shares[1:].mean()).round(1).tolist() == pytest.approx([1, 1, 1], abs=0.2)


def test_many_scenes_show_several_classes(many):
    assert np.mean([len(set(scene.flat)) > 2 for scene in many[1]]) > 0.2


def test_the_area_of_a_shape_does_not_tell_its_class(many):
    means = [areas(many[1], label).mean() for label in (1, 2, 3)]

    assert max(means) < 1.15 * min(means)  # corners that are cut off make triangles a little smaller


def test_colors_do_not_tell_the_class(many):
    images, labels = many

    colors = [images.transpose(0, 2, 3, 1)[labels == label].mean(axis=0) for label in range(4)]

    assert np.ptp(colors, axis=0).max() < 0.1


def test_a_shape_stands_out_from_the_background(many):
    images, labels = many

    for image, scene in zip(images[:100], labels[:100], strict=True):
        background, shapes = (np.median(image[:, part], axis=1) for part in (scene == 0, scene > 0))
        assert np.linalg.norm(background - shapes) > 0.2


def test_a_disc_is_round_a_square_square_and_a_triangle_pointed():
    _, labels = make_scenes(120, size=96)
    roundness = {1: [], 2: [], 3: []}
    for scene in labels:
        label = scene.max()
        y, x = np.nonzero(scene == label)
        whole = min(y.min(), x.min()) > 0 and max(y.max(), x.max()) < 95
        if whole and set(scene.flat) == {0, label}:
            reach = np.hypot(y - y.mean(), x - x.mean()).max() + 0.5
            roundness[label].append(len(y) / (np.pi * reach**2))

    # of the circle around it a disc fills all, a square 2 / pi, a triangle 3 sqrt(3) / (4 pi); two discs less
    for label, share in {1: 1.0, 2: 2 / np.pi, 3: np.sqrt(27) / (4 * np.pi)}.items():
        assert np.median(roundness[label]) == pytest.approx(share, abs=0.05)


def test_no_scenes_are_no_scenes():
    images, labels = make_scenes(0)

    assert (images.shape, labels.shape) == ((0, 3, 32, 32), (0, 32, 32))


@pytest.mark.parametrize(("n", "size"), [(-1, 32), (1, 7)])
def test_too_few_scenes_or_pixels_are_refused(n, size):
    message = f"`n` must be 0 or more and `size` 8 or more (got {n} and {size}). Ask for more pixels."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make_scenes(n, size=size)
