"""The judge: puts a question to a subject and compares the answer with the expected arrays."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from autograder.core import diagnosis
from autograder.core.heat_map import Levels, levels
from autograder.core.patterns import counted
from autograder.core.question import Case, Check
from autograder.core.relations import NOTHING
from autograder.core.subject import Formed, Subject, SubjectError, Trouble
from autograder.core.verdict import Comparison, Outcome, Verdict

Arrays = Mapping[str, npt.NDArray[Any]]

# What a question may raise over an answer that is not of the documented form.
UNFIT = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError)
FLOOR = 1e-8  # below it a difference counts absolutely: two ways of writing zero are equal


class Answers(Protocol):
    """Whoever knows the arrays that a case expects."""

    def __call__(self, check: Check, case: Case) -> Arrays:
        """Return the expected arrays by name."""


class Explain(Protocol):
    """Whoever knows the mistakes that students make, and what they answer."""

    def __call__(self, check: Check, case: Case, answer: Arrays) -> tuple[str, ...]:
        """Return a sentence for each mistake that gives this answer."""


class JudgeError(Exception):
    """Something of ours failed: the question, the reference, the sandbox. It never costs a point."""


def relative_errors(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return ``|x - y| / max(1e-8, |x| + |y|)`` for each element.

    Parameters
    ----------
    x, y : ndarray of one shape

    Returns
    -------
    ndarray of that shape

    Raises
    ------
    ValueError
        If the shapes differ: broadcasting never helps anyone.

    Examples
    --------
    >>> relative_errors(np.array([1.0, 2.0]), np.array([1.0, 6.0]))
    array([0. , 0.5])
    """
    if x.shape != y.shape:
        raise ValueError(f"`x` must have the shape of `y`, {y.shape} (got {x.shape}). Compare like with like.")
    x, y = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):  # infinities and NaN are judged, not warned about
        return np.asarray(np.abs(x - y) / np.maximum(FLOOR, np.abs(x) + np.abs(y)))


def ask(
    check: Check,
    case: Case,
    subject: Subject,
    answers: Answers,
    explain: Explain | None = None,
    *,
    glance: bool = False,
) -> Verdict:
    """Ask one case of a subject and judge the answer.

    Parameters
    ----------
    check : Check
    case : Case
    subject : Subject
    answers : callable
        ``answers(check, case)`` returns what the reference answered to the same question. So the question is
        sound, and whatever it raises with this subject comes from what the subject returned.
    explain : callable or None
        ``explain(check, case, answer)`` returns the sentences of the known mistakes that give this answer. It is
        asked of wrong answers only.
    glance : bool
        Only tell whether the case passes: a wrong answer is not looked into.

    Returns
    -------
    Verdict
    """
    try:
        expected = _expected(answers, check, case)
        answer = check.question(Formed(subject, check.returns), **case.params)
        comparisons = tuple(_compared(check, case, answer, expected))
    except SubjectError as error:
        return _failed(case, error.message, error.trouble)
    except JudgeError as error:
        return Verdict(case.label, case.hidden, Outcome.BROKEN, diagnosis.OURS, detail=str(error))
    except UNFIT as error:
        return _failed(case, diagnosis.misfit(check.exercise, error), Trouble.MISFIT)
    except Exception as error:  # nothing that a question was seen to raise: this case is ours, the others go on
        return Verdict(case.label, case.hidden, Outcome.BROKEN, diagnosis.OURS, detail=repr(error))
    message = next((row.message for row in comparisons if not row.passed), "")
    if not message:
        return Verdict(case.label, case.hidden, Outcome.PASSED, "", comparisons)
    if glance:
        return Verdict(case.label, case.hidden, Outcome.FAILED, message, comparisons)
    if not check.random and not _same_again(check, case, subject, answer):
        return Verdict(case.label, case.hidden, Outcome.FAILED, diagnosis.unsteady(check.exercise), comparisons)
    known = explain(check, case, answer) if explain is not None else ()
    return Verdict(case.label, case.hidden, Outcome.FAILED, message, comparisons, misconceptions=known)


def _compared(check: Check, case: Case, answer: Arrays, expected: Arrays) -> Iterator[Comparison]:
    """Compare array by array; if all random ones have the right form, the laws are asked, too."""
    rows = []
    for name, array in expected.items():
        tolerance = np.inf if name in check.random else check.tolerance
        row = compare(name, answer.get(name), array, tolerance, hidden=case.hidden, counts=counted(case.params))
        if check.is_prediction:
            row = _untold(check, case, row, answer[name])
        other = (
            "" if row.passed or check.is_prediction else _meant_for(name, answer.get(name), expected, check.tolerance)
        )
        if other and not case.hidden:
            row = replace(row, message=diagnosis.swapped(name, other))
        rows.append(replace(row, error=None, tolerance=None) if name in check.random else row)
    yield from rows
    if check.laws is not None and all(row.passed for row in rows):
        for law in check.laws(answer, case.params):
            sentence = diagnosis.hidden_law(law.name) if case.hidden else law.sentence
            yield Comparison(law.name, (), None, None, None, "" if law.holds else sentence)


def _untold(check: Check, case: Case, row: Comparison, got: npt.NDArray[Any]) -> Comparison:
    """Take out of a row what would tell the right prediction."""
    if row.passed:
        return row
    said = repr(check.words[int(got)]) if check.words else f"{float(got):.6g}"
    return replace(row, error=None, message=row.message if case.hidden else diagnosis.wrong_prediction(said))


def _meant_for(name: str, got: Any, expected: Arrays, tolerance: float) -> str:
    """Return the name of another array of the answer that this one equals, or nothing."""
    for other, array in expected.items():
        if other != name and array.size > 1 and np.any(array) and compare(other, got, array, tolerance).passed:
            return other
    return ""


def _same_again(check: Check, case: Case, subject: Subject, answer: Arrays) -> bool:
    """Ask once more: a wrong answer that changes from call to call has a cause of its own."""
    try:
        again = check.question(Formed(subject, check.returns), **case.params)
    except (SubjectError, JudgeError, *UNFIT):
        return False
    return answer.keys() == again.keys() and all(
        not isinstance(array, np.ndarray)
        or (isinstance(again[name], np.ndarray) and np.array_equal(array, again[name], equal_nan=True))
        for name, array in answer.items()
    )


def compare(
    name: str,
    got: Any,
    expected: npt.NDArray[Any],
    tolerance: float,
    *,
    hidden: bool = False,
    counts: Mapping[str, int] = NOTHING,
) -> Comparison:
    """Compare one array with the expected one: kind and shape first, then error.

    Parameters
    ----------
    name : str
        The array's name, for the sentence.
    got : object
        An ndarray, or whatever else the subject returned.
    expected : ndarray
    tolerance : float
        The largest relative error that passes. NaN does not.
    hidden : bool
        Say the kind of failure only, and no values.
    counts : mapping
        What is counted in the question, for the sentence: see `autograder.core.relations.relation`.

    Returns
    -------
    Comparison
    """
    shape = got.shape if isinstance(got, np.ndarray) else None
    error: float | None = None
    where: Levels = ()
    form = message = diagnosis.wrong_form(name, got, expected)
    if not message:
        errors = relative_errors(got, expected)
        error = float(np.max(errors, initial=0.0))
        if not error <= tolerance:
            message = diagnosis.wrong_values(name, got, expected, errors, tolerance, counts)
            where = levels(errors, tolerance)
    if hidden:
        return Comparison(
            name, (), None, None, tolerance, message and diagnosis.hidden_failure(name, form=bool(form))
        )
    if error is not None and np.isnan(error):
        error = None  # JSON, in which reports are kept, has no NaN
    return Comparison(name, expected.shape, shape, error, tolerance, message, where)


def _expected(answers: Answers, check: Check, case: Case) -> Arrays:
    """Return the expected arrays; whatever goes wrong here is ours."""
    try:
        return answers(check, case)
    except (SubjectError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError, OSError) as error:
        raise JudgeError(f"there is no answer to {check.name} ({case.label}): {error}") from error


def _failed(case: Case, message: str, trouble: Trouble) -> Verdict:
    if case.hidden:
        message = diagnosis.HIDDEN_TROUBLE
    return Verdict(case.label, case.hidden, Outcome.FAILED, message, trouble=trouble)
