"""Choices: what a student sets or trains is tried out, and judged by what comes of it.

The network is the student's own, and answers like any other function. First weights, steps and labels that decide are
on the judge's side.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checks._digits import Labels, digits
from autograder.checks._models import Model
from autograder.core.diagnosis import wrong_return
from autograder.core.inputs import Array
from autograder.core.question import Law, check
from autograder.core.subject import Subject, SubjectError, Trouble
from autograder.core.values import Opaque

FEW, STEPS, WIDTH, CLASSES = 50, 100, 50, 10
LOST = 1e6  # a loss from which no training returns
TRAINED, NEW = 300, 200  # digits with labels and without
WELL_READ = 0.85  # the share of new digits: a plain network reads 0.9 or more, and one letter in ten is luck
NAME, SETTINGS = "overfitting_settings", ("learning_rate", "weight_scale")
LEARNED = ["loss at first", "loss at last", "accuracy"]


def draw_layers(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw other digits and other first weights, for three layers or for five."""
    return {"num_layers": (3, 5, 5)[number - 1], "seed": int(rng.integers(1000, 10**6))}


def laws_of_overfitting(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what became of the training, the gravest first; after what does not hold, no more."""
    first, last, accuracy = (float(answer[name]) for name in LEARNED)
    layers = params["num_layers"]
    known = (
        (
            first < 10 * math.log(CLASSES),
            f"The loss is {first:.3g} before the first step, far above log 10 = 2.3: the first weights are too "
            "large.",
        ),
        (last < 2 * first, "The loss grows instead of falling: the steps are too long for these first weights."),
        (
            last < 0.9 * first,
            f"After {STEPS} steps the loss has hardly moved, from {first:.3g} to {last:.3g}: either the steps are "
            "too short, or the first weights so small that nothing comes through the layers.",
        ),
        (
            accuracy == 1,
            f"The network of {layers} layers knows {accuracy:.0%} of its {FEW} digits after {STEPS} steps: it is on "
            "its way, and too slow, or jumps about.",
        ),
    )
    for name, (holds, sentence) in zip(("start", "stability", "progress", "all digits known"), known, strict=True):
        yield Law(name, bool(holds), sentence)
        if not holds:
            return


@check(
    tolerance=1e-6,
    public=[{"num_layers": 3, "seed": 0}, {"num_layers": 5, "seed": 0}],
    hidden=draw_layers,
    random=LEARNED,
    laws=laws_of_overfitting,
)
def overfitting_settings(subject: Subject, num_layers: int, seed: int) -> dict[str, Any]:
    """overfitting_settings lets your network learn 50 digits by heart in 100 steps."""
    learning_rate, scale = _settings(subject.overfitting_settings(num_layers))
    x, y = digits(FEW, seed)
    model = Model(subject, "FullyConnectedNet", [WIDTH] * (num_layers - 1), x.shape[1], CLASSES)
    with np.errstate(all="ignore"):  # of settings that lead nowhere
        params = _first_params(num_layers, scale, seed)
        first, last = _trained(model, params, x, y, learning_rate)
        accuracy = _accuracy(model.call("loss", x), y) if last < LOST else 0.0
    return {name: np.asarray(value) for name, value in zip(LEARNED, (first, last, accuracy), strict=True)}


def _settings(answer: Any) -> tuple[float, float]:
    """Read two positive numbers."""
    pair = tuple(answer) if isinstance(answer, np.ndarray) and answer.shape == (2,) else answer
    if not isinstance(pair, tuple) or len(pair) != len(SETTINGS):
        raise SubjectError(NAME, Trouble.MISFIT, wrong_return(NAME, SETTINGS, pair))
    if not all(np.shape(one) == () and not isinstance(one, Opaque) and 0 < float(one) < np.inf for one in pair):
        rule = f"`{NAME}` must return two positive numbers, the learning rate and the weight scale."
        raise SubjectError(NAME, Trouble.MISFIT, rule)
    return float(pair[0]), float(pair[1])


def _first_params(num_layers: int, scale: float, seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    sizes = [digits(1, seed)[0].shape[1], *[WIDTH] * (num_layers - 1), CLASSES]
    weights = {f"W{k}": scale * rng.standard_normal((sizes[k - 1], sizes[k])) for k in range(1, num_layers + 1)}
    return weights | {f"b{k}": np.zeros(sizes[k]) for k in range(1, num_layers + 1)}


def _trained(
    model: Model, params: dict[str, Array], x: Array, y: Labels, learning_rate: float
) -> tuple[float, float]:
    """Take steps along the gradients of the student's network; return the first loss and the last."""
    losses: list[float] = []
    for _ in range(STEPS):
        model.set_params(params)
        loss, grads = model.call("loss", x, y)
        losses.append(min(float(np.nan_to_num(loss, nan=LOST, posinf=LOST)), LOST))
        if losses[-1] >= LOST:
            break
        slopes = model.entries("grads", grads, params)
        params = {name: array - learning_rate * slopes[name] for name, array in params.items()}
    model.set_params(params)
    return losses[0], losses[-1]


def _accuracy(scores: Any, y: Labels) -> float:
    return float(np.mean(np.argmax(scores, axis=1) == y))


def draw_digits(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw other digits, with their pixels shuffled in another way."""
    return {"seed": number * 10**6 + int(rng.integers(10**6))}


def laws_of_reading(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Compare with labels that the student's code never sees."""
    _, y = digits(TRAINED + NEW, params["seed"])
    share = float(np.mean(answer["labels of new digits"] == y[TRAINED:]))
    yield Law(
        "share of new digits read",
        share >= WELL_READ,
        f"Your network reads {share:.0%} of {NEW} digits that it has not seen; {WELL_READ:.0%} are asked for.",
    )


@check(
    tolerance=1e-6,
    public=[{"seed": 0}, {"seed": 1}],
    hidden=draw_digits,
    random=["labels of new digits"],
    laws=laws_of_reading,
)
def read_digits(subject: Subject, seed: int) -> dict[str, Any]:
    """read_digits trains a network on 300 digits and reads 200 others, whose labels stay with the judge."""
    x, y = digits(TRAINED + NEW, seed)
    labels = subject.read_digits(x[:TRAINED], y[:TRAINED], x[TRAINED:])
    return {"labels of new digits": labels.astype(np.float64) if isinstance(labels, np.ndarray) else labels}
