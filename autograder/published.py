"""The expected arrays of the public cases, as numbers: a student's kit has these and no reference layer.

``python -m autograder.published`` writes them anew from the reference library, and with them where each
check stands in the worked notebooks, and the way through the course in docs/self-learners.md.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.judge import Arrays, JudgeError
from autograder.question import Case, Check

FILE = Path(__file__).parent / "checks" / "answers.json"
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


def _form(array: npt.NDArray[Any]) -> dict[str, Any]:
    return {"shape": list(array.shape), "dtype": array.dtype.name}


@cache
def _read() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return answers


@cache
def _wrong() -> dict[str, Any]:
    wrong: dict[str, Any] = json.loads(WRONG.read_text(encoding="utf-8"))
    return wrong


def _write_wrong(checks: Iterable[Check]) -> None:
    """Write what each misconception about a prediction predicts, where that is wrong."""
    from autograder.misconceptions.recognition import wrong_predictions

    wrong = {
        check.name: {case.label: wrong_predictions(check, case) for case in check.public}
        for check in checks
        if check.is_prediction
    }
    WRONG.write_text(json.dumps(wrong, indent=1) + "\n", encoding="utf-8")


def _write() -> None:
    from autograder import course_map, lessons
    from autograder.checks import BANK
    from autograder.reference import ReferenceAnswers

    expected = ReferenceAnswers()
    answers = {
        name: {
            case.label: {
                key: _form(array) if key in check.random else np.asarray(array).tolist()
                for key, array in expected(check, case).items()
            }
            for case in check.public
        }
        for name, check in BANK.items()
    }
    FILE.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
    _write_wrong(BANK.values())
    solutions = FILE.parents[2] / "solutions"
    lessons.PLACES.write_text(json.dumps(lessons.find_places(solutions), indent=1) + "\n", encoding="utf-8")
    page = course_map.PAGE.read_text(encoding="utf-8")
    course_map.PAGE.write_text(course_map.with_table(page, solutions), encoding="utf-8")


if __name__ == "__main__":
    _write()
