"""Checks of update rules: what a parameter becomes, and what is remembered, after one step or several."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.checks._models import entries
from autograder.core.inputs import Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

Sizes = tuple[int, ...]
Ranges = Mapping[str, tuple[float, float]]

# In the published case the memory is not empty: the ranges are those of the official course.
VELOCITY: Ranges = {"velocity": (0.6, 0.9)}
CACHE: Ranges = {"cache": (0.6, 0.9)}
MOMENTS: Ranges = {"m": (0.6, 0.9), "v": (0.7, 0.5)}
TINY = 1e-7  # a gradient beside which epsilon matters
RETURNS = ("next_w", "config")


def _cases(published: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the published case, the defaults, tiny gradients, and settings of one's own."""
    return [
        {"fill": spread, "shape": (4, 5), "steps": 1, "size": 1.0, "config": published, "begun": True},
        {"fill": waves, "shape": (7,), "steps": 3, "size": 1.0, "config": None, "begun": False},
        {"fill": waves, "shape": (2, 3, 2), "steps": 2, "size": TINY, "config": None, "begun": False},
        {"fill": waves, "shape": (3, 4), "steps": 2, "size": 2.0, "config": other, "begun": True},
    ]


def _draw(**ranges: tuple[float, float]) -> Callable[[np.random.Generator, int], dict[str, Any]]:
    def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
        """Draw settings, and some steps: from the start, from the start with tiny gradients, or later on."""
        shape = tuple(int(size) for size in rng.integers(2, 5, size=number))
        settings: dict[str, Any] = {name: float(rng.uniform(*between)) for name, between in ranges.items()}
        if number == 3 and "beta1" in ranges:
            settings["t"] = int(rng.integers(2, 9))
        size = TINY if number == 2 else float(rng.uniform(0.5, 3.0))
        steps = int(rng.integers(2, 5))
        return {
            "fill": waves_from(rng),
            "shape": shape,
            "steps": steps,
            "size": size,
            "config": settings,
            "begun": number == 3,
        }

    return draw


def _steps(
    subject: Subject,
    rule: str,
    memory: Ranges,
    fill: Fill,
    shape: Sizes,
    steps: int,
    size: float,
    config: Mapping[str, Any] | None,
    *,
    begun: bool,
) -> dict[str, Any]:
    """Take some steps along gradients that change, and return the parameter and what is remembered of the steps."""
    turn = 0 if fill is spread else 5  # the published case rises everywhere
    w: Any = fill(*shape, between=(-0.4, 0.6))
    kept: Any = None if config is None else dict(config)
    if kept is not None and begun:
        for number, (name, between) in enumerate(memory.items(), start=2):
            kept[name] = fill(*shape, between=between, start=number * turn)
    for step in range(1, steps + 1):
        dw = size * fill(*shape, between=(-0.6, 0.4), start=step * turn)
        w, kept = getattr(subject, rule)(w, dw, *(() if kept is None else (kept,)))
    names = [*memory, "t"] if "m" in memory else list(memory)
    memories = entries(subject, rule, "config", kept, names)  # first: a wrong step may come of a wrong memory
    return {**memories, "next_w": w}


@check(
    tolerance=1e-9,
    public=_cases({"learning_rate": 1e-3}, {"learning_rate": 0.3, "momentum": 0.5}),
    hidden=_draw(learning_rate=(0.01, 0.5), momentum=(0.3, 0.95)),
    returns={"sgd_momentum": RETURNS},
    in_place=True,
)
def sgd_momentum(subject: Subject, **case: Any) -> dict[str, Any]:
    """sgd_momentum takes the steps, and keeps the velocity, of gradient descent with momentum."""
    return _steps(subject, "sgd_momentum", VELOCITY, **case)


@check(
    tolerance=1e-9,
    public=_cases({"learning_rate": 1e-2}, {"learning_rate": 0.3, "decay_rate": 0.6, "epsilon": 0.2}),
    hidden=_draw(learning_rate=(0.01, 0.5), decay_rate=(0.5, 0.98), epsilon=(1e-8, 1e-7)),
    returns={"rmsprop": RETURNS},
    in_place=True,
)
def rmsprop(subject: Subject, **case: Any) -> dict[str, Any]:
    """rmsprop divides each step by the recent size of its own gradient."""  # noqa: D403  the name of the exercise
    return _steps(subject, "rmsprop", CACHE, **case)


@check(
    tolerance=1e-9,
    public=_cases(
        {"learning_rate": 1e-2, "t": 5},
        {"learning_rate": 0.3, "beta1": 0.6, "beta2": 0.8, "epsilon": 0.2, "t": 2},
    ),
    hidden=_draw(learning_rate=(0.01, 0.5), beta1=(0.5, 0.95), beta2=(0.7, 0.99), epsilon=(1e-8, 1e-7)),
    returns={"adam": RETURNS},
    in_place=True,
)
def adam(subject: Subject, **case: Any) -> dict[str, Any]:
    """adam combines momentum and RMSProp, both corrected for their start at zero."""  # noqa: D403  the name of the exercise
    return _steps(subject, "adam", MOMENTS, **case)


@check(
    tolerance=1e-9,
    public=_cases(
        {"learning_rate": 1e-2, "weight_decay": 0.5, "t": 5},
        {"learning_rate": 0.3, "beta1": 0.6, "beta2": 0.8, "epsilon": 0.2, "weight_decay": 0.4, "t": 2},
    ),
    hidden=_draw(
        learning_rate=(0.01, 0.5),
        beta1=(0.5, 0.95),
        beta2=(0.7, 0.99),
        epsilon=(1e-8, 1e-7),
        weight_decay=(0.05, 0.8),
    ),
    returns={"adamw": RETURNS},
    in_place=True,
)
def adamw(subject: Subject, **case: Any) -> dict[str, Any]:
    """adamw takes a step of Adam and lets the parameter decay beside it."""  # noqa: D403  the name of the exercise
    return _steps(subject, "adamw", MOMENTS, **case)
