"""Checks of the nearest neighbours: three ways to the distances, and the vote."""

from typing import Any

import numpy as np

from autograder.checks._models import Model
from autograder.core.inputs import Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

DISTANCES: list[dict[str, Any]] = [
    {"fill": spread, "n": 2, "train": 5, "d": 3},
    {"fill": waves, "n": 4, "train": 3, "d": 6},
    {"fill": waves, "n": 1, "train": 2, "d": 1},
]
VOTES: list[dict[str, Any]] = [
    {"fill": spread, "n": 3, "labels": (2, 0, 1, 1, 2, 0), "k": 1},
    {"fill": waves, "n": 5, "labels": (3, 1, 1, 3, 3, 0, 2), "k": 3},
    {"fill": waves, "n": 4, "labels": (7, 4, 2, 7, 4, 2, 9, 2), "k": 4},  # votes tie: the smaller label wins
    {"fill": waves, "n": 2, "labels": (5, 6, 5), "k": 3},  # all of them vote
    {"fill": waves, "n": 6, "labels": (3, 1, 1, 2), "k": None},  # one neighbour, if nobody says how many
]


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples and features: more of the one kind of example, and more of the other."""
    few, many = int(rng.integers(2, 5)), int(rng.integers(6, 9))
    n, train = (few, many) if number % 2 else (many, few)
    return {"fill": waves_from(rng), "n": n, "train": train, "d": int(rng.integers(1, 8))}


def draw_votes(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw labels and how many neighbours vote: some, an even number so that votes tie, and all."""
    labels = tuple(int(label) for label in rng.integers(1, 5, size=rng.integers(6, 12)))
    return {"fill": waves_from(rng), "n": 8, "labels": labels, "k": (3, 4, len(labels))[number - 1]}


def _distances(subject: Subject, method: str, fill: Fill, n: int, train: int, d: int) -> dict[str, Any]:
    model = Model(subject, "KNearestNeighbor")
    model.call("train", fill(train, d, between=(-1.0, 1.0)), np.arange(train))
    return {"dists": model.call(method, fill(n, d, between=(0.2, 1.7), start=4))}


@check(tolerance=1e-7, public=DISTANCES, hidden=draw, exercise="KNearestNeighbor")
def k_nearest_neighbor_two_loops(subject: Subject, fill: Fill, n: int, train: int, d: int) -> dict[str, Any]:
    """KNearestNeighbor gives the distance of each example to each training example, in two loops."""
    return _distances(subject, "compute_distances_two_loops", fill, n, train, d)


@check(tolerance=1e-7, public=DISTANCES, hidden=draw, exercise="KNearestNeighbor")
def k_nearest_neighbor_one_loop(subject: Subject, fill: Fill, n: int, train: int, d: int) -> dict[str, Any]:
    """KNearestNeighbor gives the same distances in one loop."""
    return _distances(subject, "compute_distances_one_loop", fill, n, train, d)


@check(tolerance=1e-7, public=DISTANCES, hidden=draw, exercise="KNearestNeighbor")
def k_nearest_neighbor_no_loops(subject: Subject, fill: Fill, n: int, train: int, d: int) -> dict[str, Any]:
    """KNearestNeighbor gives the same distances without a loop."""
    return _distances(subject, "compute_distances_no_loops", fill, n, train, d)


@check(tolerance=1e-9, public=VOTES, hidden=draw_votes, exercise="KNearestNeighbor")
def k_nearest_neighbor_labels(
    subject: Subject, fill: Fill, n: int, labels: tuple[int, ...], k: int | None
) -> dict[str, Any]:
    """KNearestNeighbor gives the label that most of the k nearest training examples have, of several the smallest."""
    model = Model(subject, "KNearestNeighbor")
    model.call("train", fill(len(labels), 2), np.array(labels))
    dists = fill(n, len(labels), between=(0.1, 5.0), start=2)
    predicted = model.call("predict_labels", dists, *([] if k is None else [k]))
    return {"labels": _as_floats(predicted)}


def _as_floats(labels: Any) -> Any:
    """Let integers pass where the official course has floats."""
    return labels.astype(float) if isinstance(labels, np.ndarray) else labels
