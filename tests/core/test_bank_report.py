"""The bank in figures: every exercise has a row, and the page of the docs shows them all."""

import pytest
from rich.console import Console

from autograder.bank.bank_report import PAGE, exercises, page, row, show
from autograder.checks import BANK, of_exercises
from autograder.misconceptions import CATALOG


@pytest.mark.parametrize("exercise", exercises())
def test_a_row_counts_cases_and_misconceptions(exercise):
    checks = of_exercises({exercise})

    counted = row(exercise)

    assert counted.checks == tuple(check.name for check in checks)
    assert counted.public_cases == sum(len(check.public) for check in checks)
    assert len(counted.misconceptions) == sum(wrong.exercise == exercise for wrong in CATALOG)
    assert counted.mutation_score is None


def test_a_score_counts_what_is_rejected():
    counted = row("relu_forward", score=True)

    assert counted.score.mutants >= 3
    assert counted.score.survivors == ()
    assert counted.mutation_score == 1.0


def test_the_table_has_a_line_for_each_exercise(capsys):
    show([row(exercise) for exercise in exercises()], Console(width=100))

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.strip()][2:] == exercises()


@pytest.mark.parametrize("exercise", exercises())
def test_the_page_of_the_docs_is_up_to_date(exercise):
    text = PAGE.read_text(encoding="utf-8")

    section = page([row(exercise)]).partition(f"\n## {exercise}\n")[2]

    assert f"\n## {exercise}\n{section}" in text
    assert f"| [`{exercise}`](#{exercise.lower()}) |" in text


def test_the_exercises_come_in_the_order_of_the_bank():
    assert exercises() == list(dict.fromkeys(check.exercise for check in BANK.values()))
