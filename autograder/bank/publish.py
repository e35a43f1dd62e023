"""Publishing: what students get of the bank in place of the reference library, written anew.

``python -m autograder.bank.publish`` writes the expected arrays of the public cases, fingerprints of the wrong
answers that are known, with a sentence for each, where each check stands in the worked notebooks, and the way through
the course in docs/self-learners.md.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.checks import BANK
from autograder.core import lessons
from autograder.core.published import FILE, WRONG
from autograder.course import course_map
from autograder.misconceptions.recognition import wrong_answers
from autograder.reference import ReferenceAnswers


def _form(array: npt.NDArray[Any]) -> dict[str, Any]:
    return {"shape": list(array.shape), "dtype": array.dtype.name}


def _lines(wrong: Mapping[str, Mapping[str, Any]]) -> str:
    """Write a line for each sentence: one for each number would be very many."""
    checks = (
        f"{json.dumps(name)}: {{\n "
        + ",\n ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in known.items())
        + "\n}"
        for name, known in wrong.items()
    )
    return "{\n" + ",\n".join(checks) + "\n}\n"


def publish() -> None:
    """Write all that is published of the bank."""
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
    wrong = {name: wrong_answers(check) for name, check in BANK.items()}
    WRONG.write_text(_lines(wrong), encoding="utf-8")
    solutions = FILE.parents[2] / "solutions"
    lessons.PLACES.write_text(json.dumps(lessons.find_places(solutions, BANK), indent=1) + "\n", encoding="utf-8")
    page = course_map.PAGE.read_text(encoding="utf-8")
    course_map.PAGE.write_text(course_map.with_table(page, solutions), encoding="utf-8")


if __name__ == "__main__":
    publish()
