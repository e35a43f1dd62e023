"""The features see edges and hues, and count what a careful reader counts."""

import colorsys
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs231n_lib.features import color_histogram_hsv, extract_features, hog_feature, rgb2gray


def photo(H=32, W=32, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (H, W, 3))


def hog_one_by_one(image):
    """Count the gradients pixel after pixel, by their angle in degrees."""
    H, W = image.shape
    histograms = np.zeros((H // 8, W // 8, 9))
    for i, j in np.ndindex(H // 8 * 8, W // 8 * 8):
        gx = image[i, j + 1] - image[i, j] if j + 1 < W else 0.0
        gy = image[i + 1, j] - image[i, j] if i + 1 < H else 0.0
        angle = np.degrees(np.arctan2(gy, gx)) % 180
        histograms[i // 8, j // 8, min(int(angle // 20), 8)] += np.sqrt(gx**2 + gy**2) / 64
    return histograms.ravel()


# Edges


@pytest.mark.parametrize(("H", "W"), [(32, 32), (8, 24), (17, 9)])
def test_the_gradients_are_counted_in_their_cells_by_their_orientation(H, W):
    image = photo(H, W)[:, :, 0]

    np.testing.assert_allclose(hog_feature(image), hog_one_by_one(image), rtol=1e-9)


def test_an_image_of_cifar10_has_144_numbers():
    assert hog_feature(photo()).shape == (144,)


def test_colors_are_mixed_to_gray_first():
    np.testing.assert_array_equal(hog_feature(photo()), hog_feature(rgb2gray(photo())))


def test_a_flat_image_has_no_edges():
    assert not hog_feature(np.full((16, 16, 3), 200.0)).any()


def test_light_and_dark_may_change_places():
    negative = 255.0 - photo()

    np.testing.assert_allclose(hog_feature(negative), hog_feature(photo()), atol=1e-9)


@pytest.mark.parametrize(("degrees", "bin_"), [(5, 0), (30, 1), (90, 4), (110, 5), (170, 8), (190, 0), (350, 8)])
def test_a_slope_falls_into_the_bin_of_its_angle(degrees, bin_):
    y, x = np.mgrid[:8, :8].astype(float)

    feature = hog_feature(np.cos(np.radians(degrees)) * x + np.sin(np.radians(degrees)) * y)

    assert feature.argmax() == bin_


@pytest.mark.parametrize("shape", [(7, 32, 3), (32, 7)])
def test_an_image_smaller_than_a_cell_is_refused(shape):
    message = f"`im` must have at least 8 by 8 pixels (got shape {shape}). Enlarge it first."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        hog_feature(np.ones(shape))


def test_integers_are_taken_as_numbers():
    image = photo().astype(np.uint8)

    np.testing.assert_array_equal(hog_feature(image), hog_feature(image.astype(float)))


def test_gray_is_the_luma_and_ignores_a_fourth_channel():
    rgba = np.array([[[100.0, 50.0, 200.0, 7.0]]])

    np.testing.assert_allclose(rgb2gray(rgba), [[0.299 * 100 + 0.587 * 50 + 0.114 * 200]])


# Hues


@given(nbin=st.integers(1, 30), seed=st.integers(0, 5))
def test_each_pixel_counts_in_the_bin_of_its_hue(nbin, seed):
    image = photo(4, 5, seed)
    hues = [colorsys.rgb_to_hsv(*(pixel / 255))[0] for pixel in image.reshape(-1, 3)]
    expected = np.bincount((np.array(hues) * nbin).astype(int), minlength=nbin)

    np.testing.assert_array_equal(color_histogram_hsv(image, nbin, normalized=False), expected)
    np.testing.assert_allclose(color_histogram_hsv(image, nbin), expected / 20)


def test_a_normalized_histogram_adds_up_to_one():
    assert color_histogram_hsv(photo()).shape == (10,)
    assert color_histogram_hsv(photo()).sum() == pytest.approx(1)


def test_brightness_does_not_change_the_hues():
    np.testing.assert_array_equal(color_histogram_hsv(photo() / 2), color_histogram_hsv(photo()))


def test_another_largest_value_is_only_another_unit():
    unit = color_histogram_hsv(photo() / 255, xmax=1)

    np.testing.assert_array_equal(unit, color_histogram_hsv(photo()))


def test_hues_out_of_range_are_not_counted():
    blue = np.array([[[0, 0, 255]]])

    assert color_histogram_hsv(blue, nbin=2, xmin=200).tolist() == [0, 0]


@pytest.mark.parametrize(("low", "high"), [(-20, 100), (0, 256)])
def test_colors_out_of_range_are_refused(low, high):
    message = (
        f"`im` must lie between 0 and `xmax`, 255 (got {low} to {high}). Take the hues before the mean is subtracted."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        color_histogram_hsv(np.array([[[low, 0, high]]]))


# Both


def test_the_features_of_an_image_stand_in_its_row_one_function_after_the_other():
    imgs = np.stack([photo(seed=seed) for seed in range(3)])

    features = extract_features(imgs, [hog_feature, lambda img: color_histogram_hsv(img, nbin=25)])

    assert features.shape == (3, 144 + 25)
    np.testing.assert_array_equal(features[2, :144], hog_feature(imgs[2]))
    np.testing.assert_array_equal(features[2, 144:], color_histogram_hsv(imgs[2], nbin=25))


def test_images_of_one_channel_have_edges():
    imgs = np.stack([photo()[:, :, :1], photo()[:, :, 1:2]])

    features = extract_features(imgs, [hog_feature])

    np.testing.assert_array_equal(features[1], hog_feature(photo()[:, :, 1]))


def test_the_progress_is_printed_on_demand(capsys):
    imgs = np.zeros((2000, 1, 1, 3))

    extract_features(imgs, [np.mean])
    assert capsys.readouterr().out == ""

    extract_features(imgs, [np.mean], verbose=True)
    assert capsys.readouterr().out == (
        "Features of 1000 of 2000 images are done.\nFeatures of 2000 of 2000 images are done.\n"
    )


@pytest.mark.parametrize(("images", "functions"), [(0, 1), (1, 0)])
def test_without_images_or_functions_there_are_no_features(images, functions):
    message = (
        f"`imgs` and `feature_fns` must not be empty (got {images} images and {functions} functions). "
        "Without them there are no features."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        extract_features(np.zeros((images, 8, 8, 3)), [hog_feature] * functions)
