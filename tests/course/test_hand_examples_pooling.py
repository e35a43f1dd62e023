"""The numbers of the lesson on pooling, computed and compared."""

from itertools import product

import numpy as np
from printed import assert_printed, windows

POOLING = "assignment3/pooling"
POOLED_IMAGE = np.array([[1, 3, 2, 0], [4, 6, 1, 8], [3, 1, 0, 2], [2, 2, 7, 5]])


def pooled(size, stride):
    return np.array([POOLED_IMAGE[window].max() for window in windows((4, 4), size, stride)])


def test_the_pooling_examples_keep_the_largest_entries():
    overlapping, narrow = pooled((2, 2), 1).reshape(3, 3), pooled((1, 2), 2).reshape(2, 2)

    examples = (POOLED_IMAGE, pooled((2, 2), 2).reshape(2, 2), overlapping, narrow)

    assert_printed(POOLING, "math-max-pool-forward-naive", *examples)


def test_taking_the_last_entry_of_each_window_passes_on_increasing_numbers_only():
    def passes(image):
        places = windows((4, 4), (2, 2), 2)
        return all(image[place].max() == image[place][-1, -1] for place in places)

    increasing = np.arange(16.0).reshape(4, 4)

    assert passes(increasing)
    assert not passes(increasing[::-1, ::-1])
    assert not passes(POOLED_IMAGE)
    assert POOLED_IMAGE[1::2, 1::2].ravel().tolist() == [6, 8, 2, 5]


def pooling_gradient(stride, dout):
    dx = np.zeros((4, 4))
    for (rows, cols), d in zip(windows((4, 4), (2, 2), stride), dout, strict=True):
        winner = max(
            product(range(rows.start, rows.stop), range(cols.start, cols.stop)),
            key=lambda at: POOLED_IMAGE[at],
        )
        dx[winner] += d
    return dx


def test_the_pooling_gradients_go_to_the_winners_and_add_up():
    disjoint, overlapping = pooling_gradient(2, [1, 2, 3, 4]), pooling_gradient(1, [1] * 9)

    assert_printed(POOLING, "math-max-pool-backward-naive", [[1, 2], [3, 4]], disjoint, overlapping)
    assert overlapping.sum() == 9
    assert np.count_nonzero(overlapping) == 4
