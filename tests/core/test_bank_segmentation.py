"""What the checks of segmentation promise beyond what all checks do."""

import numpy as np
import pytest

from autograder.checks import BANK, segmentation
from autograder.core.judge import ask
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers, with_solution

SECRETS = [f"secret {number}".encode() for number in range(5)]
every_secret = pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)


def areas_of(case):
    params = {name: value for name, value in case.params.items() if name != "classes"}
    return segmentation._areas(**params)


@every_secret
def test_hidden_areas_have_the_classes_that_they_name(secret):
    for case in BANK["mean_iou"].hidden(secret):
        y_pred, y = areas_of(case)

        assert np.unique(y).tolist() == list(range(case.params["there"]))
        assert np.unique(y_pred).tolist() == list(range(case.params["predicted"]))
        assert 0.3 < np.mean(y_pred == y) < 1


def test_public_areas_lack_classes_in_either_and_in_both():
    kinds = set()
    for case in BANK["mean_iou"].public:
        y_pred, y = areas_of(case)
        missing = set(range(case.params["classes"]))
        kinds.add((bool(missing - set(y.flat)), bool(missing - set(y_pred.flat))))

    assert kinds == {(False, False), (True, False), (False, True), (True, True)}


@every_secret
def test_all_pixels_do_not_have_the_same_label(secret):
    for case in (*BANK["pixel_softmax_loss"].public, *BANK["pixel_softmax_loss"].hidden(secret)):
        _, y = segmentation._scores(**case.params)

        assert len(np.unique(y)) > 1


def test_a_gap_parts_the_classes_of_a_pixel():
    scores, _ = segmentation._scores(**BANK["pixel_softmax_loss"].public[-1].params)

    assert set(np.diff(np.sort(scores, axis=1), axis=1).flat) == {50.0}


def test_an_epsilon_in_the_logarithm_is_noticed():
    def pixel_softmax_loss(scores, y):
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        right = np.eye(scores.shape[1])[y].transpose(0, 3, 1, 2)
        return -np.log((p * right).sum(axis=1) + 1e-12).mean(), (p - right) / y.size

    check = BANK["pixel_softmax_loss"]
    verdicts = [
        ask(check, case, with_solution(check.exercise, pixel_softmax_loss), ReferenceAnswers())
        for case in check.public
    ]

    assert [verdict.outcome is Outcome.FAILED for verdict in verdicts] == [False] * 6 + [True]
