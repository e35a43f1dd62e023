"""The reference library as a subject: whoever grades asks it for the expected arrays."""

from collections.abc import Callable
from typing import Any

from autograder.core.judge import Arrays, JudgeError
from autograder.core.question import Case, Check
from autograder.core.subject import NamespaceSubject, SubjectError
from cs231n_lib import (
    costs,
    fast_layers,
    initialization,
    layer_utils,
    layers,
    lesson_answers,
    lesson_predictions,
    lesson_predictions_images,
    optim,
)
from cs231n_lib.classifiers import all_conv, cnn, fc_net, k_nearest_neighbor, linear_svm, segmentation, softmax

LAYERS = (layers, fast_layers, layer_utils, costs, initialization, optim)
LESSONS = (lesson_answers, lesson_predictions, lesson_predictions_images)
MODULES = (*LAYERS, *LESSONS, k_nearest_neighbor, linear_svm, softmax, fc_net, cnn, all_conv, segmentation)
FUNCTIONS: dict[str, Any] = {name: value for module in MODULES for name, value in vars(module).items()}
REFERENCE = NamespaceSubject(FUNCTIONS)


def with_solution(exercise: str, solution: Callable[..., Any]) -> NamespaceSubject:
    """Return the reference as a subject in which the solution of one exercise, a function or a class, is another."""
    return NamespaceSubject(FUNCTIONS | {exercise: solution})


class ReferenceAnswers:
    """What the reference library answers; each case is asked once.

    Raises
    ------
    JudgeError
        If the reference has no answer: the check or the library is broken.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Arrays] = {}

    def __call__(self, check: Check, case: Case) -> Arrays:
        """Return the expected arrays of a case."""
        key = (check.name, repr(case.params))  # not the label: each secret has a "hidden 1"
        if key not in self._known:
            self._known[key] = _ask(check, case)
        return self._known[key]


def _ask(check: Check, case: Case) -> dict[str, Any]:
    try:
        return check.question(REFERENCE, **case.params)
    except (SubjectError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        raise JudgeError(f"the reference does not answer {check.name} ({case.label}): {error}") from error
