"""The question bank in figures: what each exercise is asked, and what its checks reject.

``python -m autograder.bank.bank_report`` writes docs/question-bank.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.bank.mutants import SECRET, survivors
from autograder.checks import BANK, of_exercises
from autograder.core.question import HIDDEN_CASES, Check
from autograder.misconceptions import CATALOG, Misconception
from autograder.misconceptions.recognition import lost_checks

PAGE = Path(__file__).parents[2] / "docs" / "question-bank.md"
WHY = {
    1e-2: "an estimate is asked for",
    1e-9: "rounding is a thousand times smaller, and every mistake larger",
    1e-8: "a sum of some hundred products rounds to about 1e-14 of its size, and cancellation costs a few digits",
    1e-7: "sums of products in another order differ by 1e-12 or less; cancellation near zero costs a few digits",
    1e-6: "the gradient is a difference of nearly equal terms, which costs digits",
}
HEAD = """# The question bank

Every exercise of the course, what it is asked, and what its checks reject. A *case* is one set of sizes and
settings; {hidden} hidden ones are drawn from the course secret for each check, in sizes and settings that differ in
kind. *Mutants* are machine-made: the reference solution with one thing changed (a sign, a term, an axis, an index),
without those that are still right. The score is the share of misconceptions and mutants that are rejected.

This page is written by `python -m autograder.bank.bank_report`.

| exercise | cases | misconceptions | mutants | score |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Score:
    """What the checks of an exercise reject.

    Parameters
    ----------
    misconceptions, mutants : int
        How many there are.
    survivors : tuple of str
        Those that are accepted, a misconception by its name, a mutant by its change.
    share : float
        Of all of them, the share that is rejected.
    """

    misconceptions: int
    mutants: int
    survivors: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Row:
    """One exercise of the bank.

    Parameters
    ----------
    exercise : str
    checks : tuple of str
    public_cases, hidden_cases : int
    tolerance : float
        The strictest of its checks.
    misconceptions : tuple of str
    score : Score or None
        None where it was not counted.
    mutation_score : float or None
        The share of wrong solutions that is rejected.
    """

    exercise: str
    checks: tuple[str, ...]
    public_cases: int
    hidden_cases: int
    tolerance: float
    misconceptions: tuple[str, ...]
    score: Score | None = None
    mutation_score: float | None = None


def exercises() -> list[str]:
    """Return the names of all exercises, in the order of the course."""
    return list(dict.fromkeys(check.exercise for check in BANK.values()))


def row(exercise: str, *, score: bool = False) -> Row:
    """Describe one exercise.

    Parameters
    ----------
    exercise : str
    score : bool
        Whether to count what its checks reject, which takes a second or two.
    """
    checks = of_exercises({exercise})
    counted = _score(exercise, checks) if score else None
    return Row(
        exercise,
        checks=tuple(check.name for check in checks),
        public_cases=sum(len(check.public) for check in checks),
        hidden_cases=sum(HIDDEN_CASES for check in checks if check.draw is not None),
        tolerance=min(check.tolerance for check in checks),
        misconceptions=tuple(wrong.name for wrong in _misconceptions(exercise)),
        score=counted,
        mutation_score=counted.share if counted else None,
    )


def _score(exercise: str, checks: list[Check]) -> Score:
    wrong = _misconceptions(exercise)
    accepted = [misconception.name for misconception in wrong if not lost_checks(misconception, checks, SECRET)]
    number, left = survivors(exercise, checks)
    accepted += [mutant.change for mutant in left]
    return Score(len(wrong), number, tuple(accepted), 1 - len(accepted) / max(1, len(wrong) + number))


def _misconceptions(exercise: str) -> list[Misconception]:
    return [misconception for misconception in CATALOG if misconception.exercise == exercise]


def show(rows: Iterable[Row], console: Console) -> None:
    """Print the table of the command line, and below it what is accepted and wrong."""
    rows = list(rows)
    table = Table(box=SIMPLE)
    for name in ("exercise", "cases", "misconceptions", "mutants", "rejected"):
        table.add_column(name, no_wrap=True, justify="left" if name == "exercise" else "right")
    for row in rows:
        score = (str(row.score.mutants), f"{row.score.share:.1%}") if row.score else ("", "")
        table.add_row(row.exercise, f"{row.public_cases}+{row.hidden_cases}", str(len(row.misconceptions)), *score)
    console.print(table)
    for row in rows:
        for survivor in row.score.survivors if row.score else ():
            console.print(Text(f"{row.exercise} accepts {survivor}"), soft_wrap=True)


def page(rows: Iterable[Row]) -> str:
    """Write the page of the docs."""
    rows = list(rows)
    table = "".join(
        f"| [`{row.exercise}`](#{row.exercise.lower()}) | {row.public_cases} + {row.hidden_cases} hidden "
        f"| {row.score.misconceptions} | {row.score.mutants} | {row.score.share:.1%} |\n"
        for row in rows
        if row.score is not None
    )
    return HEAD.format(hidden=HIDDEN_CASES) + table + "".join(_section(row) for row in rows)


def _section(row: Row) -> str:
    lines = [f"\n## {row.exercise}\n"]
    for check in of_exercises({row.exercise}):
        lines += [f"**{check.name}**: {check.title}\n", *_asked(check), ""]
    titles = ", ".join(name.removeprefix(f"{row.exercise}_").replace("_", " ") for name in row.misconceptions)
    lines.append(f"Misconceptions: {titles or 'none'}.\n")
    return "\n".join(lines)


def _asked(check: Check) -> Iterator[str]:
    yield from (f"- {case.label}" for case in check.public)
    if check.draw is not None:
        yield f"- hidden: {(check.draw.__doc__ or '').strip().splitlines()[0]}"
    if check.laws is not None:
        yield "- judged by laws, since chance decides the answer"
    if check.is_prediction:
        yield "- the right answer is not told; known wrong ones get their sentence at once"
    yield f"- tolerance {check.tolerance:.0e}: {WHY[check.tolerance]}"


if __name__ == "__main__":
    PAGE.write_text(page(row(exercise, score=True) for exercise in exercises()), encoding="utf-8")
