"""Recognizing a misconception by its answer: the same wrong numbers to the same question."""

import warnings
from collections.abc import Sequence

import numpy as np

from autograder.core.examiner import Examiner
from autograder.core.fingerprints import Fingerprint, fingerprint, is_same
from autograder.core.judge import Arrays, compare
from autograder.core.question import Case, Check
from autograder.core.subject import Subject, SubjectError
from autograder.core.verdict import Outcome
from autograder.misconceptions import CATALOG, Misconception
from autograder.reference import ReferenceAnswers, with_solution

UNUSABLE = (SubjectError, TypeError, ValueError, LookupError, AttributeError)


def wrong_answers(check: Check) -> dict[str, list[Fingerprint]]:
    """Return what the misconceptions about a check answer, by their sentences: a fingerprint for each public case.

    It is empty where the answer is right, or where chance may make it right, and where there is none.
    """
    about = (one for one in CATALOG if one.exercise == check.exercise)
    answers = {one.help: [_fingerprint(one, check, case) for case in check.public] for one in about}
    return {words: fingerprints for words, fingerprints in answers.items() if any(fingerprints)}


def subject_of(misconception: Misconception) -> Subject:
    """Return the reference with one solution replaced by the wrong one."""
    return with_solution(misconception.exercise, misconception.solution)


def lost_checks(misconception: Misconception, checks: Sequence[Check], secret: bytes | None = None) -> frozenset[str]:
    """Return the checks that do not pass, by name, when the reference has one function replaced by this one."""
    with warnings.catch_warnings(action="ignore"):  # wrong solutions may complain
        reports = Examiner(subject_of(misconception), ReferenceAnswers()).examine(checks, secret)
    return frozenset(report.check for report in reports if report.outcome is not Outcome.PASSED)


def _fingerprint(misconception: Misconception, check: Check, case: Case) -> Fingerprint:
    """Return the fingerprint of a wrong answer; of one that is another each time there is none.

    Of arrays that chance decides the shape is enough if the misconception is wrong whatever chance decides.
    """
    first, second = (_print(_answer(misconception, check, case), check, case) for _ in range(2))
    return first if first == second else []


def _print(answer: Arrays | None, check: Check, case: Case) -> Fingerprint:
    expected = _expected(check, case)
    if answer is None or _is_lost_in_a_sum(check, answer, expected):
        return []
    is_wrong = _differs(check, answer, expected) or _breaks_a_law(check, case, answer)
    return fingerprint(answer, check.random if is_wrong else ()) if is_wrong or check.random else []


def _is_lost_in_a_sum(check: Check, wrong: Arrays, expected: Arrays) -> bool:
    """Tell whether the right answer has the same fingerprint: it would be taken for this mistake.

    An answer that has the right numbers as floats where integers are asked for is told by that.
    """
    is_alike = all(name in wrong and wrong[name].dtype.kind == array.dtype.kind for name, array in expected.items())
    return is_alike and is_same(expected, fingerprint(wrong), check.tolerance)


def _differs(check: Check, wrong: Arrays, expected: Arrays) -> bool:
    """Tell whether an answer is wrong whatever chance decides."""
    return any(
        not compare(name, wrong.get(name), array, np.inf if name in check.random else check.tolerance).passed
        for name, array in expected.items()
    )


def _breaks_a_law(check: Check, case: Case, answer: Arrays) -> bool:
    """Tell whether an answer breaks a law although chance has no part in it."""
    laws = check.laws(answer, case.params) if check.laws and not check.random else ()
    return any(not law.holds for law in laws)


_expected = ReferenceAnswers()


def _answer(misconception: Misconception, check: Check, case: Case) -> Arrays | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return check.question(subject_of(misconception), **case.params)
    except UNUSABLE:
        return None  # this mistake has no answer to this question, so no answer is like it
