"""Parts whose numbers should add up to zero: told if that is certain, and no part of the answer does."""

import numpy as np
import pytest

from autograder.core.balance import balance
from autograder.core.inputs import waves
from autograder.core.relations import NOTHING, relation

COLUMNS = waves(4, 3) - waves(4, 3).mean(axis=0)
CHANNELS = waves(2, 3, 2, 3) - waves(2, 3, 2, 3).mean(axis=(0, 2, 3), keepdims=True)
MAPS = waves(2, 3, 2, 3) - waves(2, 3, 2, 3).mean(axis=(2, 3), keepdims=True)
SAID = "The numbers of each {} should add up to zero, and they do not."


@pytest.mark.parametrize(
    ("expected", "part"),
    [(COLUMNS, "column"), (COLUMNS.T, "row"), (CHANNELS, "channel"), (MAPS, "channel of an example")],
)
def test_numbers_that_should_add_up_to_zero_are_told(expected, part):
    wrong = expected + 0.1 * waves(*expected.shape, between=(0.2, 1.0), start=3)

    if part == "channel of an example":  # each channel of all examples adds up to zero, too
        part = "channel"
    assert relation(wrong, expected) == SAID.format(part)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.ones((4, 3)), waves(4, 3)),  # these need not add up to anything
        (COLUMNS[::-1] * [[1, 2, 3]], COLUMNS),  # these do
        (COLUMNS + np.array([1.0, 0, 0]), COLUMNS),  # some do
        (np.ones((4, 3)), np.zeros((4, 3))),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [-1.0, -2.0]])),  # two may cancel by chance
        (np.ones(4), np.array([1.0, -2.0, 3.0, -2.0])),  # one axis has no parts
        (np.full((4, 1), 2.0), COLUMNS[:, :1]),  # one column is all there is
    ],
)
def test_what_is_not_certain_is_not_told(got, expected):
    assert balance(got, expected, NOTHING) == ""
