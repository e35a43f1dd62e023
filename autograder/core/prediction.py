"""Predictions: small questions that are answered by a number or a word before anything is run.

A prediction is a check like any other. What differs is what a student reads: never the right answer, and for each
wrong one that is known a sentence that helps, at once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.core.question import Check, Draw, check
from autograder.core.subject import Subject, SubjectError, Trouble

ASKED = "prediction"  # the name of the one array
EXACT = 1e-6
Asking = Callable[..., Any]


def prediction(
    *, public: list[dict[str, Any]], hidden: Draw, words: tuple[str, ...] = (), tolerance: float = EXACT
) -> Callable[[Asking], Check]:
    """Turn a question that returns what the subject predicts into a `Check`.

    Parameters
    ----------
    public : list of dict
        The cases that students see, which must not have the answer 0.
    hidden : callable
        Draws other cases: an answer that is printed somewhere is worth no point.
    words : tuple of str
        The words to choose from, empty where the answer is a number. "none" is no good one: a function without
        `return` would say it.
    tolerance : float
        Of a number, relative: 0.01 where an estimate is asked for.
    """

    def decorate(asking: Asking) -> Check:
        name = asking.__name__

        def question(subject: Subject, **case: Any) -> dict[str, Any]:
            answer = asking(subject, **case)
            return {ASKED: _place(subject, name, answer, words) if words else _number(name, answer)}

        question.__name__, question.__doc__ = name, asking.__doc__
        return check(tolerance=tolerance, public=public, hidden=hidden, words=words, is_prediction=True)(question)

    return decorate


def _number(name: str, answer: Any) -> Any:
    if not isinstance(answer, np.ndarray) or answer.shape != ():
        raise SubjectError(name, Trouble.MISFIT, f"`{name}` must return one number. The docstring says of what.")
    return answer.astype(np.float64)


def _place(subject: Subject, name: str, answer: Any, words: tuple[str, ...]) -> Any:
    """Return the place of a word among those to choose from."""
    try:
        return getattr(subject, ":place")(answer, *words).astype(np.float64)
    except SubjectError as error:
        choice = ", ".join(map(repr, words[:-1])) + f" or {words[-1]!r}"
        raise SubjectError(name, Trouble.MISFIT, f"`{name}` must return one of the words {choice}.") from error
