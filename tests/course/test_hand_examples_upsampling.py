"""The numbers of the lesson on upsampling, computed and compared."""

import numpy as np
import pytest
from released_course import WORKED, cells_of, exercises_of

from cs231n_lib import layers, plots

(PATH,) = [path for path in WORKED if path.stem == "upsampling"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
OWN = exercises_of(PATH)
ROW = np.array([1.0, 2.0, 3.0])
X, W = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [0.0, -1.0]])
DOUT = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0], [3.0, 0.0, 1.0]])
SMALL = np.array([[1.0, 5.0, 8.0, 2.0], [7.0, 6.0, 0.0, 3.0]])
WINDOW = {"pool_height": 2, "pool_width": 2, "stride": 2}


def matrix(array):
    """Write a matrix as the lesson does."""
    rows = ("&".join(f"{value:g}" for value in row) for row in np.atleast_2d(array))
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def vector(array):
    """Write a row as the lesson does in running text."""
    return "(" + ", ".join(f"{value:g}" for value in np.ravel(array)) + ")"


def transposed(x, w, stride, pad=0):
    x, w = np.atleast_2d(x), np.atleast_2d(w)
    param = {"stride": stride, "pad": pad}
    return layers.conv_transpose_forward(x[None, None], w[None, None], np.zeros(1), param)[0][0, 0]


def test_the_table_of_sizes():
    rows = [line.split("|")[1:6] for line in TEXT["math-conv-transpose-forward"].splitlines() if line[:4] == "| 16"]
    sizes = [[int(cell) for cell in row] for row in rows]

    assert len(sizes) == 4
    for H, HH, S, P, enlarged in sizes:
        assert enlarged == transposed(np.ones((H, 1)), np.ones((HH, 1 + 2 * P)), S, P).shape[0]


def test_the_row_by_hand():
    out = transposed([1, 10], ROW, stride=2)

    assert out.tolist() == [[1, 2, 13, 20, 30]]
    assert r"1 & 2 & 13 & 20 & 30 & \text{out}" in TEXT["math-conv-transpose-forward"]


def test_the_image_by_hand():
    out = transposed(X, W, stride=1)

    assert all(matrix(array) in TEXT["math-conv-transpose-forward"] for array in (X, W, out))
    assert transposed(X, W, stride=1, pad=1).tolist() == [[9]]
    assert 1 * -1 + 2 * 0 + 3 * 2 + 4 * 1 == 9


def test_the_matrix_of_a_convolution_and_its_transpose():
    A = np.array([[1, 2, 3, 0, 0], [0, 0, 1, 2, 3]])
    param = {"stride": 2, "pad": 0}
    y = np.ones((1, 1, 1, 5))

    convolved, _ = layers.conv_forward_naive(y, ROW[None, None, None], np.zeros(1), param)

    assert matrix(A) in TEXT["math-conv-transpose-forward"]
    assert (A @ y[0, 0, 0]).tolist() == convolved.ravel().tolist() == [6, 6]
    back = transposed([6, 6], ROW, stride=2)
    assert back.ravel().tolist() == (A.T @ [6, 6]).tolist()
    assert f"= {vector(back)}$" in TEXT["math-conv-transpose-forward"]


def test_the_answers_about_strides_and_sizes():
    answer = TEXT["question-conv-transpose-forward"]

    assert vector(transposed([1, 10], ROW, stride=3)) in answer
    assert vector(transposed([1, 10], ROW, stride=4)) in answer
    for size in (7, 8):
        out, _ = layers.conv_forward_naive(
            np.ones((1, 1, 1, size)), np.ones((1, 1, 1, 3)), np.zeros(1), {"stride": 2, "pad": 0}
        )
        assert out.shape[3] == 3
    assert transposed(np.ones(3), ROW, stride=2).shape[1] == 7


@pytest.mark.parametrize(("size", "stride", "counts"), [(3, 2, {1, 2}), (5, 2, {2, 3}), (6, 3, {2}), (4, 2, {2})])
def test_how_many_stamps_a_pixel_gets(size, stride, counts):
    out = transposed(np.ones(12), np.ones(size), stride)[0, size:-size]

    assert set(out.tolist()) == counts


def test_stamps_in_an_image_are_one_two_and_four():
    out = transposed(np.ones((8, 8)), np.ones((3, 3)), stride=2)[3:-3, 3:-3]

    assert set(out.flat) == {1, 2, 4}


def test_the_backward_pass_by_hand():
    param = {"stride": 1, "pad": 0}
    out, cache = layers.conv_transpose_forward(X[None, None], W[None, None], np.zeros(1), param)
    dx, dw, db = layers.conv_transpose_backward(DOUT[None, None], cache)

    for array in (X, W, DOUT, dx[0, 0], dw[0, 0], DOUT[:2, 1:]):
        assert matrix(array) in TEXT["math-conv-transpose-backward"]
    assert r"\mathtt{db} = 8" in TEXT["math-conv-transpose-backward"]
    assert db == [8]
    assert np.sum(out * DOUT) == np.sum(X * dx) == np.sum(W * dw) == 14
    assert "$1 + 8 + 9 - 4 = 14$, $8 + 6 = 14$, $5 + 14 + 0 - 5 = 14$" in TEXT["math-conv-transpose-backward"]


def test_pooling_and_unpooling_by_hand():
    pooled, places = layers.max_pool_places(SMALL[None, None], WINDOW)
    unpooled, cache = layers.max_unpool_forward(pooled, places, (2, 4))
    dx = layers.max_unpool_backward(np.arange(1.0, 9).reshape(1, 1, 2, 4), cache)

    assert matrix(SMALL) in TEXT["math-max-pool-places"]
    assert matrix(pooled[0, 0]) in TEXT["math-max-pool-places"]
    assert matrix(places[0, 0]) in TEXT["math-max-pool-places"]
    assert matrix(unpooled[0, 0]) in TEXT["math-max-unpool-forward"]
    assert matrix(dx[0, 0]) in TEXT["math-max-unpool-backward"]
    np.testing.assert_array_equal(layers.max_pool_places(unpooled, WINDOW)[0], pooled)


def test_the_place_1234():
    assert divmod(1234, 60) == (20, 34)
    assert divmod(1234, 100) == (12, 34)
    assert 2**12 < 100 * 60 <= 2**13


def test_an_unpooled_photograph_has_about_a_quarter_of_its_brightness():
    photograph = plots.photograph()[None, None]

    unpooled, _ = layers.max_unpool_forward(*layers.max_pool_places(photograph, WINDOW), (120, 128))

    assert 0.25 < unpooled.mean() / photograph.mean() < 0.3
    assert (unpooled == 0).mean() >= 0.75


def test_the_backward_pass_of_max_pooling_is_unpooling():
    x = np.random.default_rng(0).permutation(np.arange(64.0)).reshape(1, 2, 4, 8)
    out, cache = layers.max_pool_forward_naive(x, WINDOW)
    dout = np.random.default_rng(1).normal(size=out.shape)

    _, places = OWN["max_pool_places"](x, WINDOW)

    np.testing.assert_array_equal(
        OWN["max_unpool_forward"](dout, places, (4, 8))[0], layers.max_pool_backward_naive(dout, cache)
    )
