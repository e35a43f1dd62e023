"""An answer is known again by a few numbers, and another one is not taken for it."""

import numpy as np
import pytest

from autograder.core.fingerprints import fingerprint, is_same
from autograder.core.inputs import waves

ANSWER = {"loss": np.array(2.5), "dx": waves(3, 4)}
TOLERANCE = 1e-7


def altered(**arrays):
    return ANSWER | arrays


def moved(by):
    dx = waves(3, 4)
    dx[1, 2] += by
    return altered(dx=dx)


@pytest.mark.parametrize("answer", [ANSWER, moved(1e-12), altered(loss=np.array(2.5, np.float32))])
def test_the_same_answer_is_known_again_but_for_rounding(answer):
    assert is_same(answer, fingerprint(ANSWER), TOLERANCE)


@pytest.mark.parametrize(
    "answer",
    [
        moved(1e-4),
        altered(loss=np.array(2.5001)),
        altered(dx=waves(3, 4).T.reshape(3, 4)),
        altered(dx=waves(3, 4)[::-1]),
        altered(dx=waves(4, 3)),
        altered(dx=waves(12)),
        altered(loss=np.array([2.5])),
        altered(dx=None),
        altered(dx=np.array("text")),
        altered(more=np.zeros(2)),
        {"loss": np.array(2.5)},
        moved(np.nan),
        moved(np.inf),
        {},
    ],
)
def test_another_answer_is_not_taken_for_it(answer):
    assert not is_same(answer, fingerprint(ANSWER), TOLERANCE)


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_known_again_by_its_kind_and_place(strange):
    known = fingerprint(moved(strange))

    assert is_same(moved(strange), known, TOLERANCE)
    assert sum(is_same(moved(other), known, TOLERANCE) for other in (np.nan, np.inf, -np.inf)) == 1
    assert not is_same(altered(dx=moved(strange)["dx"][::-1]), known, TOLERANCE)


def test_of_what_chance_decides_the_shape_is_enough():
    known = fingerprint(ANSWER, free={"dx"})

    assert is_same(moved(3.0), known, TOLERANCE, free={"dx"})
    assert not is_same(altered(dx=waves(4, 3)), known, TOLERANCE, free={"dx"})


def test_no_fingerprint_is_like_nothing():
    assert fingerprint(altered(dx=None)) == []
    assert not is_same(altered(dx=None), [], TOLERANCE)
    assert not is_same(ANSWER, [], TOLERANCE)


def test_zeros_and_what_is_rounded_to_nearly_zero_are_the_same():
    assert is_same({"dx": 1e-18 * waves(3)}, fingerprint({"dx": np.zeros(3)}), TOLERANCE)


def test_very_large_numbers_have_a_fingerprint():
    assert is_same({"dx": np.array([1e300, -1e308])}, fingerprint({"dx": np.array([1e300, -1e308])}), TOLERANCE)
