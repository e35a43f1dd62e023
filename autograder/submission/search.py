"""Finding what is asked for among the files of a submission: by name, or by the functions a file defines."""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from nbformat import NotebookNode as Node

from autograder.sandbox.limits import Limits
from autograder.submission.file import NOTEBOOKS, File, SubmissionError, require_size
from autograder.submission.notebook import parse
from autograder.submission.text import decode

ONE = "Hand in one of them."
MOST_TOLD = 10  # problems of one submission: a folder of broken links need not fill a page


@dataclass(frozen=True)
class Found:
    """What was found for a notebook of the assignment.

    Parameters
    ----------
    node : NotebookNode or None
        None if no file can be read as this notebook.
    problems : tuple of str
        What the student should know, a sentence or two each.
    """

    node: Node | None
    problems: tuple[str, ...] = ()


def find_notebook(
    files: list[File], name: str, functions: Collection[str], taken: Collection[str], limits: Limits
) -> Found:
    """Find a notebook of the assignment among the files of a submission, and read it.

    Parameters
    ----------
    files : list of File
    name : str
        The notebook's name in the assignment, without ending.
    functions : collection of str
        The functions that the exercises ask for.
    taken : collection of str
        The names of all notebooks of the assignment: files of these names are somebody else's.
    limits : Limits

    Returns
    -------
    Found
        The first that can be read: of that name, else with most of the functions. A notebook is preferred to a
        Python file of its name.
    """
    named = files_named(files, name)
    candidates = [*named, *files_defining(files, functions, taken)]
    problems = [file.trouble for file in files if file.trouble]
    if not candidates:
        problems += [not_there(name), *_unreadable(files, taken, limits)]
    for place, file in enumerate(candidates):
        if file.trouble:
            continue
        try:
            read = parse(file, limits)
        except SubmissionError as error:
            problems.append(str(error))
            continue
        if file not in named:
            taken_for = f"{file.name} was taken for {name}.ipynb, because it defines its functions"
            problems.append(f"{taken_for}. Keep the name that it was given.")
        problems += [*read.problems, *_not_looked_at(candidates[place + 1 :], named)]
        return Found(read.node, _few(problems))
    return Found(None, _few(problems))


def not_there(name: str) -> str:
    """Say that a notebook of the assignment was not handed in."""
    nothing = f"There is no file {name}.ipynb, and no other file defines its functions."
    return f"{nothing} Hand in the notebook that you were given."


def files_named(files: list[File], name: str) -> list[File]:
    """Return the files of a notebook's name, notebooks first."""
    named = (file for file in files if file.path.stem == name and file.kind in NOTEBOOKS)
    return sorted(named, key=lambda file: file.kind != ".ipynb")


def files_defining(files: list[File], functions: Collection[str], taken: Collection[str]) -> list[File]:
    """Return the files that define any of the functions, those with most of them first."""
    if not functions:
        return []
    # In a notebook's JSON a line may begin behind the two characters of an escaped line end or tab.
    pattern = re.compile(rf"(?:\b|\\[nrt])def\s+({'|'.join(map(re.escape, sorted(functions)))})\b")
    counts = [(len(set(pattern.findall(_text(file)))), file) for file in files if file.path.stem not in taken]
    return [file for count, file in sorted(counts, key=lambda pair: -pair[0]) if count]


def find_modules(files: list[File], taken: Collection[str], limits: Limits) -> tuple[dict[str, str], list[str]]:
    """Find the other Python files of a submission, which its notebooks may import.

    Parameters
    ----------
    files : list of File
    taken : collection of str
        The names of the assignment's notebooks.
    limits : Limits

    Returns
    -------
    sources : dict
        By path below the folder that all files have in common. Those that cannot be imported by name are left out.
    problems : list of str
        What was left out, and why.
    """
    whole = [file for file in files if not file.trouble]
    top = os.path.commonpath([file.path.parent for file in whole]) if whole else ""
    sources: dict[str, str] = {}
    problems: list[str] = []
    room = limits.code_size
    for file in whole:
        path = file.path.relative_to(top)
        if file.kind != ".py" or path.stem in taken or not _is_importable(path):
            continue
        try:
            require_size(file.path, len(file.data), min(room, limits.cell_size))
            sources[path.as_posix()] = decode(file)
        except SubmissionError as error:
            problems.append(str(error))
        else:
            room -= len(file.data)
    return sources, problems


def _text(file: File) -> str:
    try:
        return decode(file)
    except SubmissionError:
        return ""


def _unreadable(files: list[File], taken: Collection[str], limits: Limits) -> Iterator[str]:
    """Say of notebooks of other names that they cannot be read: one of them may be what was meant."""
    for file in files:
        if file.kind == ".ipynb" and file.path.stem not in taken and not file.trouble:
            try:
                parse(file, limits)
            except SubmissionError as error:
                yield str(error)


def _not_looked_at(files: list[File], named: list[File]) -> Iterator[str]:
    for file in files:
        if file in named:
            yield f"{file.name} has the name of the assignment's notebook, too, and was not looked at. {ONE}"
        elif file.kind == ".ipynb":
            yield f"{file.name} defines functions of the assignment, too, and was not looked at. {ONE}"


def _is_importable(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and all(part.isidentifier() for part in path.with_suffix("").parts)


def _few(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_TOLD
    return (*problems[:MOST_TOLD], *([f"There are {more} more problems of this kind."] if more > 0 else ()))
