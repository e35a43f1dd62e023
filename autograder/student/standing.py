"""How far somebody is: what is done, what is left, in which notebook, and how long that takes.

The public checks are asked of the notebooks as they are saved. A notebook in which no function is written yet is
not asked at all, and what is known of one that did not change is not asked again.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nbformat import NotebookNode as Node

from autograder.checks import BANK, UnknownCheckError
from autograder.core import lessons
from autograder.core.question import Check
from autograder.core.subject import Trouble
from autograder.core.verdict import CheckReport, Outcome
from autograder.course.assignment import asked_checks
from autograder.course.durations import Span, minutes_of
from autograder.errors import CourseError
from autograder.sandbox.selection import UNPARSABLE
from autograder.student import known, selfcheck
from autograder.submission import code_cells

FOLDERS = ("*.ipynb", "*/*.ipynb", "assignments/*/*.ipynb")  # where the notebooks of a course are
UNANSWERED = ("", "*Write your answer here.*", "YOUR ANSWER HERE")
TAKES = re.compile(r"\*\*It takes:\*\* (.+?)(?:\.\s|\.?$)", re.MULTILINE)  # in the first cell of a notebook
AT_ONCE = 4  # notebooks that are asked at a time


class State(StrEnum):
    """How far an exercise is."""

    DONE = "done"
    WRONG = "wrong"
    TODO = "to do"


@dataclass(frozen=True)
class Step:
    """One check of a notebook.

    Parameters
    ----------
    check : str
    section : str
        The heading below which it stands.
    state : State
    message : str
        The sentence to read first, if it is wrong.
    """

    check: str
    section: str
    state: State
    message: str = ""


@dataclass(frozen=True)
class Part:
    """One notebook.

    Parameters
    ----------
    file : str
        Relative to the folder that was looked at.
    steps : tuple of Step
    answered, questions : int
        Questions with an answer in words, and all of them.
    minutes : tuple of (int, int) or None
        How long the whole notebook takes, as it says itself.
    left : float
        The share of its points that is still to be earned.
    """

    file: str
    steps: tuple[Step, ...]
    answered: int
    questions: int
    minutes: Span | None
    left: float

    @property
    def done(self) -> int:
        """How many checks pass."""
        return sum(step.state is State.DONE for step in self.steps)

    @property
    def is_touched(self) -> bool:
        """Whether anything was written in it."""
        return self.answered > 0 or any(step.state is not State.TODO for step in self.steps)

    @property
    def minutes_left(self) -> Span | None:
        """How long the rest takes, if every point takes the same time."""
        return self.minutes and (round(self.minutes[0] * self.left), round(self.minutes[1] * self.left))


def survey(folder: Path) -> list[Part]:
    """Look at all notebooks of a course.

    Parameters
    ----------
    folder : Path
        The course, its ``assignments``, or one assignment.

    Returns
    -------
    list of Part
        In the order of the course.

    Raises
    ------
    CourseError
        If there is no notebook with a check in it, or one cannot be read.
    """
    paths = list(_notebooks(folder))
    notebooks = [(path, selfcheck.read(path)) for path in paths]
    asked = [(path, node, checks) for path, node in notebooks if (checks := _checks(node))]
    if not asked:
        raise CourseError(f"`{folder}` must hold notebooks of the course (got none). Go to your course, or name it.")
    with known.reports() as remembered, ThreadPoolExecutor(AT_ONCE) as threads:
        parts = threads.map(lambda one: _part(folder, one[0], one[1], one[2], remembered), asked)
        return sorted(parts, key=_in_course)


def next_step(parts: Iterable[Part]) -> tuple[Part, Step] | None:
    """Return what to do next: the first exercise that is not done, in the order of the course."""
    return next(((part, step) for part in parts for step in part.steps if step.state is not State.DONE), None)


def total_left(parts: Iterable[Part]) -> Span:
    """Return how many minutes all the rest takes, at least and at most."""
    spans = [part.minutes_left for part in parts if part.minutes_left]
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _notebooks(folder: Path) -> Iterator[Path]:
    """Yield the notebooks of a course, none of what Jupyter keeps in hidden folders."""
    for pattern in FOLDERS:
        for path in sorted(folder.glob(pattern)):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield path


def _checks(node: Node) -> list[Check]:
    try:
        return asked_checks(node)
    except UnknownCheckError:  # of another edition of the course: `cs231n check` tells
        return []


def _part(folder: Path, path: Path, node: Node, checks: list[Check], remembered: known.Memory) -> Part:
    reports = _reports(path, node, checks, remembered)
    steps = [_step(check, report) for check, report in zip(checks, reports, strict=True)]
    questions = [cell for cell in node.cells if cell.cell_type == "markdown" and _mark(cell).get("grade")]
    answered = [cell for cell in questions if cell.source.strip() not in UNANSWERED]
    done = {step.check for step in steps if step.state is State.DONE}
    earned = [cell for cell in node.cells if cell in answered or any(f'"{name}"' in cell.source for name in done)]
    points = sum(map(_points, node.cells))
    return Part(
        path.relative_to(folder).as_posix(),
        tuple(steps),
        len(answered),
        len(questions),
        _minutes(node),
        1 - sum(map(_points, earned)) / points if points else 0.0,
    )


def _reports(path: Path, node: Node, checks: list[Check], remembered: known.Memory) -> list[CheckReport | None]:
    if not _written(code_cells(node)) & {check.exercise for check in checks}:
        return [None] * len(checks)
    return list(remembered.ask(path, node))


def _step(check: Check, report: CheckReport | None) -> Step:
    place = lessons.places().get(check.name)
    section = place.heading if place else ""
    if report is None or report.verdicts[0].trouble in (Trouble.UNFINISHED, Trouble.MISSING):
        return Step(check.name, section, State.TODO)
    if report.outcome is Outcome.PASSED:
        return Step(check.name, section, State.DONE)
    return Step(check.name, section, State.WRONG, report.message)


def _written(cells: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names that cells define or bind, without the functions that end as a stub does."""
    names: set[str] = set()
    for _, source in cells:
        try:
            body = ast.parse(source).body
        except UNPARSABLE:
            names |= set(re.findall(r"(?:def|class) (\w+)", source))  # the check will say what is wrong with it
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names |= set() if _ends_as_a_stub(node) else {node.name}
            elif isinstance(node, ast.Assign):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _ends_as_a_stub(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return isinstance(node.body[-1], ast.Raise) and "NotImplementedError" in ast.unparse(node.body[-1])


def _minutes(node: Node) -> Span | None:
    """Return how long a notebook says that it takes."""
    said = TAKES.search("\n".join(cell.source for cell in node.cells[:2]))
    return minutes_of(said[1]) if said else None


def _mark(cell: Node) -> Node:
    mark: Node = cell.metadata.get("nbgrader", {})
    return mark


def _points(cell: Node) -> float:
    mark = _mark(cell)
    points = mark.get("points") if mark.get("grade") else 0
    return float(points) if isinstance(points, int | float) else 0.0


def _in_course(part: Part) -> tuple[str, int]:
    """Sort by folder, and within it as the course goes: by the first check."""
    return part.file.rpartition("/")[0], min(list(BANK).index(step.check) for step in part.steps)
