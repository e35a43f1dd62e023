"""The numbers of the lesson on dropout, computed and compared."""

import math

import numpy as np
from released_course import WORKED, cells_of

(PATH,) = [path for path in WORKED if path.stem == "dropout"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
P = 0.8
X = np.array([[4.0, 8.0], [-2.0, 6.0]])
U = np.array([[0.31, 0.92], [0.79, 0.05]])
MASK = (U < P) / P


def matrix(array):
    """Write a matrix as the lesson does."""
    rows = (r" & ".join(f"{value:g}" for value in row) for row in array)
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def test_the_forward_example():
    math_of_forward = TEXT["math-dropout-forward"]

    for array in (X, U, MASK, X * MASK):
        assert matrix(array) in math_of_forward
    assert (X.sum(), (X * MASK).sum()) == (16, 10)
    assert "The sum was 16 and is now 10" in math_of_forward
    assert math.isclose((1 - P) / P * X[0, 0] ** 2, 4)
    assert r"$0.2/0.8 \cdot 4^2 = 4$" in math_of_forward


def test_the_backward_example():
    dout = np.array([[2.0, 4.0], [-4.0, 0.8]])

    for array in (MASK, dout, dout * MASK):
        assert matrix(array) in TEXT["math-dropout-backward"]


def test_the_share_that_a_normal_draw_keeps():
    shares = {p: round(0.5 * (1 + math.erf(p / math.sqrt(2))), 2) for p in (0.2, 0.5, 0.9)}

    assert shares == {0.2: 0.58, 0.5: 0.69, 0.9: 0.82}
    for share in ("0.69", "58 %", "82 %"):
        assert share in TEXT["question-dropout-forward"]


def test_two_layers_without_the_scale_are_four_times_smaller():
    assert 1 / 0.5**2 == 4
    assert "$1/p^2 = 4$" in TEXT["question-dropout-forward"]
