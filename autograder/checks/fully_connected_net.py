"""Checks of the network of any depth: how it starts, what it predicts, and how it learns."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.checks._models import Model
from autograder.checks._normal import normal_laws
from autograder.checks.affine import affine_backward, affine_forward
from autograder.checks.losses import softmax_loss
from autograder.checks.relu import relu_backward, relu_forward
from autograder.core.diagnosis import wrong_return
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject, SubjectError, Trouble

Sizes = tuple[int, ...]

NAME = "FullyConnectedNet"
LAYERS = (affine_forward, affine_backward, relu_forward, relu_backward, softmax_loss)
RETURNS = ("loss", "grads")
FLOAT64 = "float64"  # numbers are asked in it, for there is no other way to tell a mistake from rounding

DEFAULT_SCALE = 1e-2
DEFAULT_DTYPE = "float32"
DIMS = (60, 50, 40, 50)  # enough weights in each layer to tell how they were drawn
STARTS: list[dict[str, Any]] = [
    {"weight_scale": None, "dtype": None},  # the defaults
    {"weight_scale": 0.05, "dtype": "float32"},
    {"weight_scale": 1.5, "dtype": FLOAT64},
]
BYTES = "bytes of a number"
NETS: list[dict[str, Any]] = [
    {"fill": spread, "n": 3, "shape": (5,), "hidden": (4, 6), "c": 3},
    {"fill": waves, "n": 4, "shape": (3,), "hidden": (6,), "c": 2},
    {"fill": waves, "n": 2, "shape": (2, 1, 3), "hidden": (5, 4, 6, 3), "c": 5},  # images are flattened
]
LABELS: tuple[Sizes, ...] = ((0, 2, 1), (1, 0, 0, 1), (4, 2))
LOSSES: list[dict[str, Any]] = [
    {**NETS[0], "labels": LABELS[0], "reg": None},  # the default: none
    {**NETS[0], "labels": LABELS[0], "reg": 3.14},
    {**NETS[1], "labels": LABELS[1], "reg": 0.3},
    {**NETS[2], "labels": LABELS[2], "reg": 0.7},
]


def draw_scale(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw how large the first weights are: small, middling or large; in either precision."""
    low, high = ((1e-4, 5e-4), (0.03, 0.1), (0.5, 2.0))[number - 1]
    return {"weight_scale": float(rng.uniform(low, high)), "dtype": (FLOAT64, "float32", FLOAT64)[number - 1]}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples of one to three axes, and a network of two to four layers."""
    return {
        "fill": waves_from(rng),
        "n": int(rng.integers(2, 6)),
        "shape": tuple(int(size) for size in rng.integers(2, 4, size=number)),
        "hidden": tuple(int(size) for size in rng.integers(3, 7, size=number)),
        "c": int(rng.integers(2, 6)),
    }


def draw_loss(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw examples, labels and a network; in one case there is no penalty."""
    case = draw(rng, number)
    labels = tuple(int(label) for label in rng.integers(case["c"], size=case["n"]))
    return {**case, "labels": labels, "reg": 0.0 if number == 1 else float(rng.uniform(0.1, 2.0))}


def laws_of_parameters(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the first weights, and for the precision of all parameters."""
    wanted = np.dtype(params["dtype"] or DEFAULT_DTYPE).itemsize
    wrong = [int(size) for size in answer[BYTES] if size != wanted]
    yield Law(
        "precision",
        not wrong,
        f"A parameter has {next(iter(wrong), wanted)} bytes for each number, and {wanted} are asked for: "
        "all are kept in the precision of dtype.",
    )
    std = DEFAULT_SCALE if params["weight_scale"] is None else params["weight_scale"]
    known = {"It does not depend on weight_scale.": DEFAULT_SCALE, "They are not scaled at all.": 1.0}
    for layer in range(1, len(DIMS)):
        yield from normal_laws(f"W{layer}", answer[f"W{layer}"], std, known)


@check(
    tolerance=1e-9,
    public=STARTS,
    hidden=draw_scale,
    random=[BYTES, *(f"W{layer}" for layer in range(1, len(DIMS)))],
    laws=laws_of_parameters,
    exercise=NAME,
)
def fully_connected_net_parameters(subject: Subject, weight_scale: float | None, dtype: str | None) -> dict[str, Any]:
    """FullyConnectedNet starts with random weights of the given scale and biases of zero, all of the given dtype."""
    D, *hidden, C = DIMS
    settings = [] if dtype is None else [1, None, 0.0, weight_scale, dtype]
    params = Model(subject, NAME, hidden, D, C, *settings).params(names(hidden))
    sizes = np.array([getattr(array, "itemsize", 0) for array in params.values()])
    return {BYTES: sizes} | {name: _in_float64(array) for name, array in params.items()}


def names(hidden: Sizes | list[int], kinds: tuple[str, ...] = ("W", "b")) -> list[str]:
    """Return the names of the parameters; the last layer has weights and biases only."""
    layers = range(1, len(hidden) + 2)
    return [f"{kind}{layer}" for layer in layers for kind in kinds if kind in "Wb" or layer <= len(hidden)]


def _in_float64(array: Any) -> Any:
    return array.astype(np.float64) if isinstance(array, np.ndarray) else array


def make(subject: Subject, fill: Fill, shape: Sizes, hidden: Sizes, c: int, *settings: Any) -> Model:
    """Construct a network whose parameters are known: scores of both signs, and no number near the kink of relu."""
    dims = [int(np.prod(shape)), *hidden, c]
    model = Model(subject, NAME, list(hidden), dims[0], c, *settings)
    model.set_params(
        {
            f"{kind}{layer}": fill(*size, between=between, start=layer)
            for layer, (D, M) in enumerate(pairwise(dims), start=1)
            for kind, size, between in (("W", (D, M), (-0.7, 0.8)), ("b", (M,), (-0.3, 0.5)))
        }
    )
    return model


def examples(fill: Fill, n: int, shape: Sizes) -> Array:
    """Return examples that are the same in single precision, which is the default of the network."""
    return np.asarray(np.round(64 * fill(*shape[::-1], n, between=(-1.5, 1.7)).T) / 64)


@check(tolerance=1e-8, public=NETS, hidden=draw, exercise=NAME, builds_on=LAYERS)
def fully_connected_net_scores(
    subject: Subject, fill: Fill, n: int, shape: Sizes, hidden: Sizes, c: int
) -> dict[str, Any]:
    """FullyConnectedNet gives a score to each class where no labels are given."""
    model = make(subject, fill, shape, hidden, c, 1, None, 0.5, DEFAULT_SCALE, FLOAT64)
    return {"scores": model.call("loss", examples(fill, n, shape))}


@check(tolerance=1e-8, public=LOSSES, hidden=draw_loss, exercise=NAME, builds_on=LAYERS)
def fully_connected_net_loss(
    subject: Subject, fill: Fill, n: int, shape: Sizes, hidden: Sizes, c: int, labels: Sizes, reg: float | None
) -> dict[str, Any]:
    """FullyConnectedNet gives the loss with half of the penalty on its weights, and a gradient for each parameter."""
    settings = [] if reg is None else [1, None, reg, DEFAULT_SCALE, FLOAT64]
    model = make(subject, fill, shape, hidden, c, *settings)
    return loss_and_gradients(model, examples(fill, n, shape), labels, names(hidden))


def loss_and_gradients(model: Model, x: Array, labels: Sizes, wanted: list[str]) -> dict[str, Any]:
    """Ask a network for its loss and for the gradients of these names."""
    answer = model.call("loss", x, np.array(labels))
    if not isinstance(answer, tuple) or len(answer) != len(RETURNS):
        raise SubjectError(NAME, Trouble.MISFIT, wrong_return(f"{NAME}.loss", RETURNS, answer))
    loss, grads = answer
    gradients = model.entries("grads", grads, wanted)
    return {"loss": loss, **{f"gradient of {name}": gradients[name] for name in wanted}}
