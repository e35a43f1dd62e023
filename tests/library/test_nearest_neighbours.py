import re

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib.classifiers import KNearestNeighbor

WAYS = ["compute_distances_two_loops", "compute_distances_one_loop", "compute_distances_no_loops"]
every_way = pytest.mark.parametrize("way", WAYS)


def trained(X, y):
    classifier = KNearestNeighbor()
    classifier.train(X, y)
    return classifier


@every_way
def test_distances_are_euclidean(way):
    X_train, X = spread_out(5, 3), spread_out(4, 3, seed=1)

    dists = getattr(trained(X_train, np.arange(5)), way)(X)

    expected = np.linalg.norm(X[:, None] - X_train, axis=2)
    np.testing.assert_allclose(dists, expected, rtol=1e-12)


@every_way
def test_pixels_do_not_wrap_around(way):
    X_train, X = np.array([[255, 0]], np.uint8), np.array([[0, 255]], np.uint8)

    dists = getattr(trained(X_train, np.array([0])), way)(X)

    np.testing.assert_allclose(dists, [[255 * np.sqrt(2)]])


@every_way
def test_the_distance_to_oneself_is_nearly_zero(way):
    X = 1000 * spread_out(6, 40) + 1 / 3

    dists = getattr(trained(X, np.arange(6)), way)(X)

    np.testing.assert_allclose(np.diag(dists), 0, atol=1e-2)  # never NaN, the root of a square below zero


@every_way
def test_other_features_are_refused(way):
    message = "`X` must have shape (4, 3) (got (4, 1)). It has the features of the training examples."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(trained(spread_out(5, 3), np.arange(5)), way)(np.ones((4, 1)))


def test_the_majority_of_the_nearest_decides():
    classifier = trained(np.zeros((5, 1)), np.array([7, 4, 4, 9, 9]))
    dists = np.array([[1.0, 2.0, 3.0, 9.0, 9.0], [1.0, 8.0, 9.0, 2.0, 3.0]])

    np.testing.assert_array_equal(classifier.predict_labels(dists), [7, 7])
    np.testing.assert_array_equal(classifier.predict_labels(dists, k=3), [4, 9])


def test_of_labels_with_as_many_votes_the_smallest_wins():
    classifier = trained(np.zeros((4, 1)), np.array([9, 4, 9, 4]))

    np.testing.assert_array_equal(classifier.predict_labels(np.array([[1.0, 2.0, 3.0, 4.0]]), k=4), [4])


def test_of_neighbours_as_far_the_first_votes():
    classifier = trained(np.zeros((20, 1)), np.arange(20)[::-1])

    np.testing.assert_array_equal(classifier.predict_labels(np.zeros((1, 20))), [19])


@pytest.mark.parametrize("num_loops", [0, 1, 2])
@pytest.mark.parametrize("k", [1, 3])
def test_every_number_of_loops_predicts_the_same(num_loops, k):
    classifier = trained(spread_out(12, 3), np.arange(12) % 3)

    y_pred = classifier.predict(spread_out(5, 3, seed=1), k, num_loops)

    distances = np.linalg.norm(spread_out(5, 3, seed=1)[:, None] - spread_out(12, 3), axis=2)
    np.testing.assert_array_equal(y_pred, classifier.predict_labels(distances, k))
    assert y_pred.dtype == float


def test_another_number_of_loops_is_refused():
    message = "`num_loops` must be 0, 1 or 2 (got 3). All give the same; 0 is fastest."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        trained(np.ones((2, 1)), np.arange(2)).predict(np.ones((1, 1)), num_loops=3)


@pytest.mark.parametrize("k", [0, 3])
def test_more_neighbours_than_examples_are_refused(k):
    message = f"`k` must be from 1 to 2 (got {k}). Only training examples can vote."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        trained(np.ones((2, 1)), np.arange(2)).predict(np.ones((1, 1)), k=k)


def test_distances_to_other_examples_are_refused():
    with pytest.raises(ValueError, match=r"^`dists` must have shape \(4, 2\) \(got \(4, 3\)\)\. There is one column"):
        trained(np.ones((2, 1)), np.arange(2)).predict_labels(np.ones((4, 3)))


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones(3), np.arange(3), "`X` must have the axes (num_train, D) (got shape (3,))."),
        (np.ones((0, 3)), np.arange(0), "`X` must hold at least one example (got shape (0, 3))."),
        (
            np.ones((3, 2)),
            np.arange(2),
            "`y` must have shape (3,) (got (2,)). There is one label for each row of `X`.",
        ),
    ],
)
def test_training_examples_that_do_not_belong_together_are_refused(X, y, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        KNearestNeighbor().train(X, y)
