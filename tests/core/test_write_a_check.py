"""The page on writing checks is true: its example runs, and a student reads what it says."""

import re
from pathlib import Path

import numpy as np
import pytest

from autograder.examiner import Examiner
from autograder.subject import NamespaceSubject
from autograder.verdict import Outcome

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-check.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```(?:python|text) (\w+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def example():
    """Run the example and return its reference and its check."""
    reference, question = {}, {}
    exec(BLOCKS["reference"], reference)  # noqa: S102  our own page
    exec(BLOCKS["check"], question)  # noqa: S102  our own page
    return reference["hard_sigmoid_forward"], question["hard_sigmoid_forward"]


def report_on(function, example):
    reference, check = example

    def answers(check, case):
        return check.question(NamespaceSubject({"hard_sigmoid_forward": reference}), **case.params)

    subject = NamespaceSubject({"hard_sigmoid_forward": function})
    (report,) = Examiner(subject, answers).examine([check], b"a secret")
    return report


def test_the_reference_of_the_page_passes_its_check(example):
    report = report_on(example[0], example)

    assert report.outcome is Outcome.PASSED
    assert len(report.verdicts) == 5


def test_a_student_without_corners_reads_what_the_page_says(example):
    report = report_on(lambda x: (x / 6 + 0.5, x), example)

    assert "\n".join(report.sentences) + "\n" == BLOCKS["verdict"]


@pytest.mark.parametrize("wrong", [lambda x: (np.clip(x / 6, 0, 1), x), lambda x: (np.clip(x / 5 + 0.5, 0, 1), x)])
def test_other_wrong_solutions_fail_too(example, wrong):
    assert report_on(wrong, example).outcome is Outcome.FAILED


def test_the_line_in_the_lesson_asks_the_check(example):
    assert BLOCKS["lesson"] == f'check("{example[1].name}")\n'
