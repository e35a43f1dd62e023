"""``cs231n check``: the public checks of a student's own files, as they are saved."""

from pathlib import Path

from nbformat import NotebookNode as Node
from rich.console import Console
from rich.markup import escape

from autograder.checks import EXERCISES
from autograder.core import render
from autograder.core.examiner import Examiner
from autograder.core.lessons import places
from autograder.core.published import published_answers, published_explanation
from autograder.core.question import Check
from autograder.core.subject import SubjectError
from autograder.core.verdict import CheckReport, Outcome
from autograder.course.assignment import asked_checks
from autograder.errors import CourseError
from autograder.sandbox.limits import Limits
from autograder.sandbox.own_notebooks import Cells, OwnNotebooks
from autograder.sandbox.protection import best
from autograder.sandbox.remote import SandboxSubject
from autograder.student.notebook import MORE
from autograder.student.taught import checks_of
from autograder.submission import SubmissionError, code_cells, read_notebook
from autograder.submission.earlier import beside, own_notebooks

Reports = dict[str, list[CheckReport]]


def check_file(path: Path) -> list[CheckReport]:
    """Ask the public checks of one file.

    Parameters
    ----------
    path : Path
        A notebook, whose check cells say what is asked, or a Python file, of which everything is asked whose
        functions it defines.

    Returns
    -------
    list of CheckReport

    Raises
    ------
    CourseError
        If it cannot be read, or nothing in it is asked by a check.
    """
    return ask(path, read(path))


def read(path: Path) -> Node:
    """Read a notebook or a Python file.

    Raises
    ------
    CourseError
        If it cannot be read.
    """
    if not path.exists():
        raise CourseError(f"There is no file {path}. Look at its name and its folder.")
    if path.is_dir():
        raise CourseError(f"`{path}` must be a notebook (got a folder). Name a notebook in it.")
    if path.suffix not in (".ipynb", ".py"):
        raise CourseError(f"`{path}` must be a notebook or a Python file (got {path.suffix or 'no ending'}).")
    try:
        return read_notebook(path, Limits())
    except SubmissionError as error:
        raise CourseError(str(error)) from error


def ask(path: Path, notebook: Node) -> list[CheckReport]:
    """Ask the public checks of a notebook that was read; see `check_file`."""
    cells = code_cells(notebook)
    # Their own code on their own machine: the sandbox guards against accidents, so any tier will do.
    with SandboxSubject(cells, {}, best(), Limits(), EXERCISES, notebooks=others(path, cells)) as subject:
        checks = asked_checks(notebook) or _of_file(path, _names(subject))
        if not checks and subject.notes:
            raise CourseError(f"`{path}` cannot be loaded: {subject.notes[0]}.")
        if not checks:
            raise CourseError(
                f"`{path}` must hold check cells or functions of the course (got neither). Name a notebook of it."
            )
        return Examiner(subject, published_answers, subject.fresh, published_explanation).examine(checks)


def others(path: Path, cells: Cells) -> OwnNotebooks:
    """Return the notebooks in the neighborhood of a file that its cells import."""
    known = {place.notebook for place in places().values()}
    return own_notebooks(beside(path, cells, known, Limits()), Limits())


def show(reports: Reports, console: Console) -> None:
    """Print what there is to mend, and how much is done; a terminal breaks lines between words."""
    for path, checks in reports.items():
        passed = sum(check.outcome is Outcome.PASSED for check in checks)
        console.print(f"[bold]{escape(path)}[/]: {passed} of {len(checks)} checks pass", highlight=False)
        for before, check in zip((None, *checks), checks, strict=False):
            if any(one and one.outcome is not Outcome.PASSED for one in (before, check)):
                console.print()
            _show(check, console)
    console.print(f"\n{MORE if all_passed(reports) else 'Fix what failed, save, and check again.'}")


def _show(check: CheckReport, console: Console) -> None:
    """Print a check: its headline in color, and the rest if there is something to mend."""
    width = console.width if console.is_terminal else None
    title, _, rest = render.text(check, width).partition("\n")
    style = render.STYLE[check.outcome]
    console.print(f"[{style}]{escape(title)}[/]", highlight=False, soft_wrap=width is None)
    if check.outcome is not Outcome.PASSED:
        console.print(escape(rest), highlight=False, soft_wrap=width is None)


def all_passed(reports: Reports) -> bool:
    """Tell whether every check of every file passed."""
    return all(check.outcome is Outcome.PASSED for checks in reports.values() for check in checks)


def _of_file(path: Path, names: set[str]) -> list[Check]:
    """Return the checks of what a file defines; its name may tell which notebook it was."""
    return checks_of(names, written_in=dict.fromkeys(names, path.stem))


def _names(subject: SandboxSubject) -> set[str]:
    try:
        return subject.names()
    except SubjectError as error:
        raise CourseError(error.message) from error
