"""The expected arrays of the public cases, as numbers: a student's kit has these and no reference layer.

``python -m autograder.bank.publish`` writes them anew from the reference library.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.core.judge import Arrays, JudgeError
from autograder.core.question import Case, Check

FILE = Path(__file__).parents[1] / "checks" / "answers.json"
WRONG = FILE.with_name("wrong_predictions.json")


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


def published_explanation(check: Check, case: Case, answer: Arrays) -> str:
    """Return the sentence about a wrong prediction of a public case, if it is a known one.

    Other misconceptions are close to solutions, and stay with the instructor.
    """
    known: dict[str, float] = {} if case.hidden else _wrong().get(check.name, {}).get(case.label, {})
    said = {name: float(array) for name, array in answer.items()} if known else {}
    return next((words for words, wrong in known.items() if _is_said(said, wrong, check.tolerance)), "")


def _is_said(said: dict[str, float], wrong: float, tolerance: float) -> bool:
    return bool(np.isclose(list(said.values()), wrong, rtol=tolerance).all())


def _array(values: Any) -> npt.NDArray[Any]:
    """Return an array as it was written; of what chance decides only the form was, and any numbers will do."""
    return np.zeros(values["shape"], values["dtype"]) if isinstance(values, dict) else np.asarray(values)


@cache
def _read() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return answers


@cache
def _wrong() -> dict[str, Any]:
    wrong: dict[str, Any] = json.loads(WRONG.read_text(encoding="utf-8"))
    return wrong
