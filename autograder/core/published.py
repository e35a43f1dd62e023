"""The expected arrays of the public cases, as numbers, and how wrong answers are known again.

A student's kit has these and no reference layer. ``python -m autograder.bank.publish`` writes them anew from the
reference library and the misconceptions.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.fingerprints import Fingerprint, is_same
from autograder.core.judge import Arrays, JudgeError
from autograder.core.question import Case, Check

FILE = Path(__file__).parents[1] / "checks" / "answers.json"
WRONG = FILE.with_name("wrong_answers.json")


def published_answers(check: Check, case: Case) -> Arrays:
    """Return the published arrays of a public case.

    Raises
    ------
    JudgeError
        If there are none: the file is older than the check.
    """
    try:
        arrays = _read()[check.name][case.label]
    except KeyError:
        raise JudgeError(
            f"there is no published answer to {check.name} ({case.label}); update the course files"
        ) from None
    return {name: _array(values) for name, values in arrays.items()}


def published_explanation(check: Check, case: Case, answer: Arrays) -> tuple[str, ...]:
    """Return the sentences of the misconceptions that give this answer to a public case.

    Their code is close to solutions and stays with the instructor; their answers are published as fingerprints.
    """
    if case.hidden:
        return ()
    number = [one.label for one in check.public].index(case.label)
    return tuple(
        words
        for words, known in _wrong().get(check.name, {}).items()
        if any(is_same(answer, known[number], check.tolerance, free) for free in {check.random, frozenset()})
    )


def _array(values: Any) -> npt.NDArray[Any]:
    """Return an array as it was written; of what chance decides only the form was, and any numbers will do."""
    return np.zeros(values["shape"], values["dtype"]) if isinstance(values, dict) else np.asarray(values)


@cache
def _read() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return answers


@cache
def _wrong() -> dict[str, dict[str, list[Fingerprint]]]:
    wrong: dict[str, dict[str, list[Fingerprint]]] = json.loads(WRONG.read_text(encoding="utf-8"))
    return wrong
