"""Images are read as they are, standardized and back."""

import re
import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

import numpy as np
import pytest
from PIL import Image

from cs231n_lib import image_utils

PIXELS = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3) * 10


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(PIXELS).save(path)
    return path


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_is_read_as_bytes_in_color(picture):
    image = image_utils.load_image(picture)

    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, PIXELS)


def test_a_gray_file_gets_three_equal_channels(tmp_path):
    Image.fromarray(PIXELS[:, :, 0]).save(tmp_path / "gray.png")

    image = image_utils.load_image(str(tmp_path / "gray.png"))

    np.testing.assert_array_equal(image, PIXELS[:, :, :1].repeat(3, axis=2))


@pytest.mark.parametrize(("size", "shape"), [(1, (1, 2, 3)), (5, (5, 10, 3))])
def test_the_shorter_side_gets_the_size(picture, size, shape):
    assert image_utils.load_image(picture, size=size).shape == shape


def test_an_image_is_read_from_the_web(site, picture):
    np.testing.assert_array_equal(image_utils.image_from_url(f"{site}/{picture.name}"), PIXELS)


@pytest.mark.parametrize("what", ["missing.png", "text.png"])
def test_an_address_without_an_image_is_refused_with_what_to_do(what, site, tmp_path):
    (tmp_path / "text.png").write_text("no image")
    message = f"`url` must lead to an image (got {site}/{what}: "
    remedy = "). Go online, or use load_image with a file, or cs231n_lib.photographs, which needs no network."

    with pytest.raises(ConnectionError, match=f"^{re.escape(message)}.*{re.escape(remedy)}$"):
        image_utils.image_from_url(f"{site}/{what}")


def test_an_address_that_is_a_file_is_refused(picture):
    message = f"`url` must begin with http:// or https:// (got 'file://{picture}'). Use load_image for files."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        image_utils.image_from_url(f"file://{picture}")


def test_a_standardized_image_has_the_statistics_of_imagenet_removed():
    mean = np.full((2, 2, 3), 255 * np.array([0.485, 0.456, 0.406]))

    standardized = image_utils.preprocess_image(mean)

    assert standardized.dtype == np.float32
    np.testing.assert_allclose(standardized, 0, atol=1e-6)
    np.testing.assert_allclose(
        image_utils.preprocess_image(mean + 255 * np.array([0.229, 0.224, 0.225])), 1, atol=1e-5
    )


def test_standardizing_can_be_undone():
    np.testing.assert_array_equal(image_utils.deprocess_image(image_utils.preprocess_image(PIXELS)), PIXELS)


def test_what_is_out_of_range_is_clipped_or_stretched():
    wide = image_utils.preprocess_image(np.array([[[-255.0] * 3, [0.0] * 3, [510.0] * 3]]))

    assert image_utils.deprocess_image(wide)[0, :, 0].tolist() == [0, 0, 255]
    assert image_utils.deprocess_image(wide, rescale=True)[0, :, 0].tolist() == [0, 85, 255]


def test_a_blurred_point_keeps_94_percent_and_gives_the_rest_to_its_neighbors():
    point = np.zeros((1, 1, 5, 5))
    point[0, 0, 2, 2] = 200.0

    blurred = image_utils.blur_image(point)

    assert blurred[0, 0, 1:4, 1:4].tolist() == [[1, 2, 1], [2, 188, 2], [1, 2, 1]]
    assert blurred.sum() == pytest.approx(200)


def test_channels_and_images_are_blurred_apart_and_the_outside_is_black():
    X = np.zeros((2, 3, 2, 2))
    X[1, 2] = 200.0

    blurred = image_utils.blur_image(X)

    np.testing.assert_allclose(blurred[1, 2], np.full((2, 2), 188 + 2 + 2 + 1))
    assert np.count_nonzero(blurred) == 4
