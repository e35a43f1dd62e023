"""Misconceptions: plausible wrong solutions that run, each with one sentence of help.

The checks are tested with them, and the grader recognizes them by what they answer. They are close to
solutions, so they stay with the instructor.
"""

from autograder.misconceptions import (
    activations,
    affine,
    convolution,
    dropout,
    losses,
    normalization,
    normalization_family,
    pooling,
)
from autograder.misconceptions.catalog import Misconception

FAMILIES = (
    affine,
    activations,
    losses,
    normalization,
    normalization_family,
    dropout,
    convolution,
    pooling,
)

CATALOG: tuple[Misconception, ...] = tuple(
    value for family in FAMILIES for value in vars(family).values() if isinstance(value, Misconception)
)

__all__ = ["CATALOG", "Misconception"]
