"""What there is of each notebook of the assignment, seen as grading will see it."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from autograder.collect.collection import Notebooks
from autograder.course.assignment import Notebook
from autograder.sandbox.limits import Limits
from autograder.submission import find_notebook, read_folder
from autograder.submission.file import NOTEBOOKS, File, shown
from autograder.submission.search import not_there

MOST_NAMED = 3  # files of a student who handed in something else


def look_at(folder: Path, notebooks: Iterable[Notebook], limits: Limits) -> tuple[dict[str, Notebooks], list[str]]:
    """Look at a submission as grading does: what there is of each notebook, and what else a student will be told."""
    files = read_folder(folder, limits)
    notebooks = list(notebooks)
    taken = {notebook.name for notebook in notebooks}
    states: dict[str, Notebooks] = {}
    problems: list[str] = []
    for notebook in notebooks:
        found = find_notebook(files, notebook.name, notebook.exercises, taken, limits)
        states[notebook.name] = _state(files, notebook.name, found.node is not None)
        problems += [problem for problem in found.problems if problem != not_there(notebook.name)]
    if not problems and set(states.values()) == {Notebooks.MISSING}:
        there = [shown(PurePosixPath(path.name)) for path in sorted(folder.rglob("*")) if path.is_file()]
        names = ", ".join(there[:MOST_NAMED]) or "none that could be read"
        problems.append(f"None of the files is a notebook of the assignment (got {names}).")
    return states, list(dict.fromkeys(problems))


def _state(files: list[File], name: str, is_there: bool) -> Notebooks:
    named = [file for file in files if file.path.stem == name and file.kind in NOTEBOOKS and not file.trouble]
    if not is_there:
        return Notebooks.MISSING
    if len(named) > 1:
        return Notebooks.DUPLICATE
    return Notebooks.FOUND if named else Notebooks.RENAMED
