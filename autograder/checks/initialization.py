"""Checks of random initial weights, by the laws that every right draw keeps."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._normal import normal_laws
from autograder.core.question import Law, check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fan_in": 40, "fan_out": 200},
    {"fan_in": 120, "fan_out": 70},
    {"fan_in": 3, "fan_out": 2501},
]


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a layer that widens, one that keeps its width, and one that narrows."""
    narrow, wide = int(rng.integers(50, 70)), int(rng.integers(120, 150))
    return dict(zip(("fan_in", "fan_out"), ((narrow, wide), (wide, wide), (wide, narrow))[number - 1], strict=True))


def laws_of_he(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for weights for ReLU: a variance of 2 / fan_in."""
    fan_in, fan_out = params["fan_in"], params["fan_out"]
    known = {
        "That is 1 / fan_in: it forgets that ReLU sets half of the signal to zero.": math.sqrt(1 / fan_in),
        "That is 2 / (fan_in + fan_out), a compromise for layers without ReLU.": math.sqrt(2 / (fan_in + fan_out)),
        "It follows from the number of outputs: a sum grows with the number of its terms.": math.sqrt(2 / fan_out),
        "That is the variance that is asked for, taken for the standard deviation.": 2 / fan_in,
        "The weights are not scaled at all.": 1.0,
        "It grows with the number of inputs: the more terms a sum has, the smaller they must be.": math.sqrt(
            fan_in / 2
        ),
    }
    yield from normal_laws("w", answer["w"], math.sqrt(2 / fan_in), known)
    yield Law(
        "another call draws others",
        not np.array_equal(answer["w"], answer["w of another call"]),
        "Two calls give the same weights: layers that start alike learn alike, so each call draws anew.",
    )


@check(tolerance=1e-9, public=PUBLIC, hidden=draw, random=["w", "w of another call"], laws=laws_of_he)
def he_init(subject: Subject, fan_in: int, fan_out: int) -> dict[str, Any]:
    """he_init draws weights from a normal distribution around zero, with the variance that ReLU needs."""
    return {"w": subject.he_init(fan_in, fan_out), "w of another call": subject.he_init(fan_in, fan_out)}
