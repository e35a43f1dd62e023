"""Recognizing a misconception by its answer: the same wrong numbers to the same question."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.examiner import Examiner
from autograder.core.judge import FLOOR, Arrays
from autograder.core.prediction import ASKED
from autograder.core.question import Case, Check
from autograder.core.subject import Subject, SubjectError
from autograder.core.verdict import Outcome
from autograder.misconceptions import CATALOG, Misconception
from autograder.reference import ReferenceAnswers, with_solution

UNUSABLE = (SubjectError, TypeError, ValueError, LookupError, AttributeError)


def explain(check: Check, case: Case, answer: Arrays) -> str:
    """Return the sentence of the misconception that gives this wrong answer, or nothing.

    Parameters
    ----------
    check : Check
    case : Case
        Hidden ones get no explanation.
    answer : mapping
        What the student's code answered.
    """
    if case.hidden:
        return ""
    for misconception in CATALOG:
        if misconception.exercise == check.exercise and _same(
            check, case, answer, _answer(misconception, check, case)
        ):
            return misconception.help
    return ""


def wrong_predictions(check: Check, case: Case) -> dict[str, float]:
    """Return what the misconceptions about a prediction answer where they are wrong, by their sentences."""
    right = _expected(check, case)
    wrong = {one.help: _answer(one, check, case) for one in CATALOG if one.exercise == check.exercise}
    return {
        words: float(answer[ASKED]) for words, answer in wrong.items() if answer and _differs(check, answer, right)
    }


def subject_of(misconception: Misconception) -> Subject:
    """Return the reference with one solution replaced by the wrong one."""
    return with_solution(misconception.exercise, misconception.solution)


def lost_checks(misconception: Misconception, checks: Sequence[Check], secret: bytes | None = None) -> frozenset[str]:
    """Return the checks that do not pass, by name, when the reference has one function replaced by this one."""
    with warnings.catch_warnings(action="ignore"):  # wrong solutions may complain
        reports = Examiner(subject_of(misconception), ReferenceAnswers()).examine(checks, secret)
    return frozenset(report.check for report in reports if report.outcome is not Outcome.PASSED)


def _same(check: Check, case: Case, answer: Arrays, wrong: Arrays | None) -> bool:
    """Tell whether an answer is that of a misconception.

    Of arrays that chance decides the shape is enough if the misconception is wrong whatever chance decides.
    """
    if wrong is None:
        return False
    free = check.random if check.random and _differs(check, wrong, _expected(check, case)) else frozenset()
    return all(
        isinstance(answer.get(name), np.ndarray)
        and answer[name].shape == array.shape
        and (name in free or _close(check, answer[name], array))
        for name, array in wrong.items()
    )


def _close(check: Check, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> bool:
    return np.allclose(x, y, rtol=check.tolerance, atol=FLOOR * check.tolerance, equal_nan=True)


def _differs(check: Check, wrong: Arrays, expected: Arrays) -> bool:
    """Tell whether an answer is wrong whatever chance decides."""
    for name, array in expected.items():
        got = wrong.get(name)
        if got is None or got.shape != array.shape or not (name in check.random or _close(check, got, array)):
            return True
    return False


_known: dict[tuple[str, str, str], Arrays | None] = {}  # misconceptions answer public cases, which are fixed
_expected = ReferenceAnswers()


def _answer(misconception: Misconception, check: Check, case: Case) -> Arrays | None:
    key = (misconception.name, check.name, case.label)
    if key not in _known:
        _known[key] = _ask(misconception, check, case)
    return _known[key]


def _ask(misconception: Misconception, check: Check, case: Case) -> Arrays | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return check.question(subject_of(misconception), **case.params)
    except UNUSABLE:
        return None  # this mistake has no answer to this question, so no answer is like it
