"""Follow-through: a backward pass that is the right gradient of a forward pass that is not right itself.

The forward pass of the student is differentiated numerically, through the subject, and compared with what the
student's backward pass returns. So a mistake is paid for once, not twice.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.judge import UNFIT
from autograder.core.question import Case, Check
from autograder.core.subject import Formed, Subject, SubjectError
from autograder.core.values import private_copy

STEP = 1e-5
TOLERANCE = 1e-5  # relative to the largest gradient: central differences give no more
MOST_ELEMENTS = 8  # of an array, twice: a wrong formula is wrong in more than it is right in

Array = npt.NDArray[Any]


class Tape:
    """A subject that keeps what its forward and its backward pass were given and gave.

    Parameters
    ----------
    subject : Subject
        Answers for everything.
    forward, backward : str
        The names of the two functions.
    """

    def __init__(self, subject: Subject, forward: str, backward: str) -> None:
        self._subject = subject
        self._names = {forward: "forward", backward: "backward"}
        self.given: dict[str, tuple[Any, ...]] = {}
        self.gave: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Keep the arguments as they were before the call, and the answer."""
        function: Callable[..., Any] = getattr(self._subject, name)
        role = self._names.get(name)
        if role is None:
            return function

        def call(*args: Any) -> Any:
            self.given[role] = tuple(_kept(arg) for arg in args)
            self.gave[role] = function(*args)
            return self.gave[role]

        return call


def is_own_gradient(check: Check, case: Case, subject: Subject) -> bool:
    """Tell whether a backward pass is the gradient of the subject's own forward pass.

    A gradient of zeros is not: a forward pass that ignores its input would earn it for nothing.

    Parameters
    ----------
    check : Check
        With `gradient_of`.
    case : Case
    subject : Subject
    """
    tape = Tape(subject, check.gradient_of, check.exercise)
    try:
        check.question(Formed(tape, check.returns), **case.params)
        inputs, upstream = tape.given["forward"], np.asarray(tape.given["backward"][0])
        gave = tape.gave["backward"]
        gradients = gave if isinstance(gave, tuple) else (gave,)
        forward = getattr(Formed(subject, check.returns), check.gradient_of)

        def loss(*args: Any) -> float:
            out, _ = forward(*(_kept(arg) for arg in args))
            return float(np.sum(_of_shape(out, upstream.shape) * upstream))

        return all(
            np.any(gradient) and _agree(gradient, _differences(loss, inputs, number, _telling(gradient)))
            for number, gradient in enumerate(gradients)
        )
    except (SubjectError, *UNFIT):
        return False


def _telling(gradient: Array) -> Array:
    """Choose elements of a gradient: the largest ones, and some of all."""
    largest = np.argsort(-np.abs(gradient), axis=None)[:MOST_ELEMENTS]
    spaced = np.linspace(0, gradient.size - 1, num=min(gradient.size, MOST_ELEMENTS)).astype(int)
    return np.union1d(largest, spaced)


def _differences(loss: Callable[..., float], inputs: Sequence[Any], number: int, places: Array) -> dict[int, float]:
    """Differentiate a loss with respect to some elements of one input."""
    x = np.asarray(inputs[number], np.float64)
    differences = {}
    for place in map(int, places):
        sides = []
        for step in (STEP, -STEP):
            moved = x.copy()
            moved.flat[place] += step
            sides.append(loss(*inputs[:number], moved, *inputs[number + 1 :]))
        differences[place] = (sides[0] - sides[1]) / (2 * STEP)
    return differences


def _agree(gradient: Any, differences: dict[int, float]) -> bool:
    got = np.asarray(gradient, np.float64).flat[list(differences)]
    numeric = np.asarray(list(differences.values()))
    return bool(np.max(np.abs(got - numeric)) <= TOLERANCE * max(1.0, np.abs(got).max()))


def _of_shape(array: Any, shape: tuple[int, ...]) -> Array:
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise ValueError("the output does not have the shape of the upstream gradient")
    return array


def _kept(arg: Any) -> Any:
    """Copy an argument, but for what is opaque, which is only handed back."""
    return private_copy(arg) if isinstance(arg, np.ndarray | dict) else arg
