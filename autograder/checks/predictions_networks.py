"""Predictions about networks and update rules."""

from typing import Any

import numpy as np

from autograder.core.prediction import prediction
from autograder.core.subject import Subject

RULES = ("sgd", "rmsprop", "sgd_momentum", "adam")


def draw_classes(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw few, some or many classes."""
    low, high = ((3, 9), (11, 99), (101, 2000))[number - 1]
    return {"num_classes": int(rng.integers(low, high))}


@prediction(public=[{"num_classes": 10}, {"num_classes": 2}], hidden=draw_classes, tolerance=0.01)
def predict_first_loss(subject: Subject, num_classes: int) -> Any:
    """predict_first_loss says how large the loss is before a network has learned anything."""
    return subject.predict_first_loss(num_classes)


def draw_factor(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw a rule and a factor."""
    return {"rule": RULES[number % 4], "factor": float(rng.integers(2, 50))}


@prediction(public=[{"rule": rule, "factor": 10.0} for rule in RULES], hidden=draw_factor)
def predict_step_factor(subject: Subject, rule: str, factor: float) -> Any:
    """predict_step_factor says by which factor the first step grows with the gradient."""
    return subject.predict_step_factor(rule, factor)
