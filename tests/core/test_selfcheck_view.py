"""What `cs231n check` prints: in a terminal no line is longer than that, elsewhere no sentence is broken."""

import doctest
import io

import pytest
from rich.console import Console

from autograder.core import plain_table
from autograder.core.verdict import CheckReport, Comparison, Outcome, Verdict
from autograder.student import selfcheck

CASE = "fill=waves, n=3, c=5, scale=1.0, offset=1000.0, apart=1000.0"
SENTENCE = "`dx` must have shape (3, 5) (got (5, 3)). The gradient has the shape of what it is the gradient of."
WRONG = Comparison("dx", (3, 5), (5, 3), None, 1e-7, SENTENCE)
REPORT = CheckReport(
    "softmax_loss", "It works.", "softmax_loss", (Verdict(CASE, False, Outcome.FAILED, SENTENCE, (WRONG,)),)
)
RIGHT = CheckReport("relu", "It works.", "relu", (Verdict("n=2", False, Outcome.PASSED),))


def shown(width, terminal):
    console = Console(width=width, file=io.StringIO(), force_terminal=terminal, color_system=None)
    selfcheck.show({"a.ipynb": [REPORT, RIGHT]}, console)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_in_a_terminal_lines_fit_and_words_are_whole(width):
    lines = shown(width, terminal=True)

    assert max(map(len, lines)) <= width
    assert SENTENCE in " ".join(" ".join(lines).split())
    assert CASE in [line.strip() for line in lines] if width == 80 else any(CASE in line for line in lines)


def test_a_failed_check_stands_apart_from_the_others():
    lines = shown(120, terminal=True)

    assert lines[:2] == ["a.ipynb: 1 of 2 checks pass", ""]
    assert lines[lines.index("✓ relu: It works.") - 1] == ""


def test_for_a_program_a_sentence_is_one_line():
    assert SENTENCE in shown(40, terminal=False)


def test_the_examples_of_the_table_hold():
    assert doctest.testmod(plain_table) == (0, 2)
