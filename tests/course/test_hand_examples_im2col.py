"""The numbers of the lesson on im2col, computed and compared. Windows are cut out here one by one."""

import numpy as np
from released_course import WORKED, cells_of

(PATH,) = [path for path in WORKED if path.stem == "im2col"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
X = np.array([[1, 5, 2, 8], [7, 3, 9, 4], [6, 0, 11, 10]])
CORNERS = [(i, j) for i in range(2) for j in range(3)]
COLS = np.array([X[i : i + 2, j : j + 2].ravel() for i, j in CORNERS]).T
FILTERS = np.array([[[1, 0], [0, -1]], [[0, 1], [2, 0]]])
ROWS = np.array([[1, 0, 0, -1], [0, 1, 2, 0]])
D = np.array([[1, 0, 0, 0, 2, 0], [0, 1, 0, 0, 0, 0]])


def matrix(array):
    """Write a matrix as the lesson does."""
    rows = (r"&".join(f"{value:g}" for value in row) for row in array)
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def assert_printed(cell, *arrays):
    assert [array for array in map(matrix, arrays) if array not in TEXT[cell]] == []


def stamped(columns):
    """Add columns up in the windows they come from."""
    image = np.zeros(X.shape, int)
    for column, (i, j) in zip(columns.T, CORNERS, strict=True):
        image[i : i + 2, j : j + 2] += column.reshape(2, 2)
    return image


def windows_over(length, window, stride):
    """Return in how many windows each pixel of a line lies."""
    counts = np.zeros(length, int)
    for start in range(0, length - window + 1, stride):
        counts[start : start + window] += 1
    return counts


def test_the_windows_become_columns():
    assert_printed("math-im2col", X, COLS)
    assert COLS[:, 0].tolist() == [1, 5, 7, 3]
    assert COLS[:, 3].tolist() == [7, 3, 6, 0]
    assert "$1, 5, 7, 3$" in TEXT["math-im2col"]
    assert "$7, 3, 6, 0$" in TEXT["math-im2col"]


def test_rows_of_the_matrix_are_pieces_of_the_image():
    assert COLS[0].tolist() == X[:2, :3].ravel().tolist() == [1, 5, 2, 7, 3, 9]
    assert COLS[3].tolist() == X[1:, 1:].ravel().tolist() == [3, 9, 4, 0, 11, 10]
    assert "$3, 9, 4$ and $0, 11, 10$" in TEXT["math-im2col"]


def test_sent_back_a_pixel_is_multiplied_by_the_windows_it_lies_in():
    counts = stamped(np.ones_like(COLS))

    np.testing.assert_array_equal(stamped(COLS), X * counts)
    assert_printed("math-col2im", stamped(COLS), counts)


def test_the_first_layer_of_alexnet():
    out = len(range(0, 227 - 11 + 1, 4))

    assert (out, out**2, 11 * 11 * 3, 96 * out**2) == (55, 3025, 363, 290_400)
    assert (363 * 3025, 227 * 227 * 3, round(363 * 3025 / (227 * 227 * 3), 1)) == (1_098_075, 154_587, 7.1)
    for number in (r"1{,}098{,}075", r"154{,}587", "7.1 times", "(363, 3025)"):
        assert number in TEXT["question-im2col"]
    for number in (r"363 \times 3025", r"96 \times 363", r"96 \times 3025", r"55 \times 55 \times 96", "290,400"):
        assert number in TEXT["math-conv-forward-im2col"]


def test_the_seven_stands_in_four_windows_and_the_thirteen_in_one():
    padded = np.pad(np.arange(1, 26).reshape(5, 5), 1)

    windows = [padded[i : i + 3, j : j + 3] for i in (0, 2, 4) for j in (0, 2, 4)]

    assert sum(7 in window for window in windows) == 4
    assert sum(13 in window for window in windows) == 1
    assert (
        "the 7: it stands in four windows, so it stands in four columns. The 13 stands in one." in TEXT["look-im2col"]
    )


def test_how_often_a_pixel_of_a_seven_by_seven_image_is_seen():
    counts = {stride: np.outer(*2 * [windows_over(7, 3, stride)]) for stride in (1, 2, 3)}

    assert {stride: (count.max(), count.min()) for stride, count in counts.items()} == {
        1: (9, 1),
        2: (4, 1),
        3: (1, 0),
    }
    assert "Stride 1: 9 in the middle" in TEXT["question-col2im"]
    assert "the largest number is $2 \\cdot 2 = 4$, the smallest 1" in TEXT["question-col2im"]


def test_the_product_holds_what_each_filter_makes_of_each_window():
    product = np.array(
        [[np.sum(X[i : i + 2, j : j + 2] * w) + b for i, j in CORNERS] for w, b in zip(FILTERS, (2, 0), strict=True)]
    )

    np.testing.assert_array_equal(product, ROWS @ COLS + np.array([[2], [0]]))
    assert_printed("math-conv-forward-im2col", *FILTERS, ROWS, product, *product.reshape(2, 2, 3))


def test_the_gradients_of_the_product():
    dcols = ROWS.T @ D

    assert_printed("math-conv-backward-im2col", D, D @ COLS.T, dcols, stamped(dcols))
    np.testing.assert_array_equal(D @ COLS.T, [COLS[:, 0] + 2 * COLS[:, 4], COLS[:, 1]])
    assert D.sum(axis=1).tolist() == [3, 1]
    assert (dcols[3, 0], dcols[2, 1], dcols[0, 4]) == (-1, 2, 2)


def test_what_the_columns_of_vgg_cost():
    image = 4 * 64 * 224**2 / 1e6

    assert (round(image, 1), round(9 * image, 1), round(32 * 9 * image / 1000, 1)) == (12.8, 115.6, 3.7)
    assert "115.6$ MB for one image, 3.7 GB for 32" in TEXT["question-memory"]


def test_three_pixels_win_two_windows_each():
    winners = COLS.max(axis=0)

    assert sorted(winners.tolist()) == [7, 7, 9, 9, 11, 11]
    assert "The 7, the 9 and the 11 win two windows each" in TEXT["math-max-pool-backward-im2col"]


def test_the_columns_of_pooling_and_their_gradient():
    rows = COLS.argmax(axis=0)
    dcols = np.zeros_like(COLS)
    dcols[rows, np.arange(6)] = 1

    assert (COLS.max(axis=0).tolist(), rows.tolist()) == ([7, 9, 9, 7, 11, 11], [2, 3, 2, 0, 3, 2])
    assert (
        "are $7, 9, 9, 7, 11, 11$, and they stand in rows 2, 3, 2, 0, 3 and 2" in TEXT["math-max-pool-forward-im2col"]
    )
    assert_printed("math-max-pool-forward-im2col", COLS.max(axis=0).reshape(2, 3))
    assert_printed("math-max-pool-backward-im2col", dcols, stamped(dcols))
