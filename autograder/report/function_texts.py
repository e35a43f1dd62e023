"""The functions of what was handed in, as text: found by where lines begin, not by parsing what a student wrote."""

import re
from collections.abc import Iterable

from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment

from autograder.course.course import Course
from autograder.grading.grade import modules_of, prepare
from autograder.sandbox.limits import Limits
from autograder.submission import Submitted, code_cells, read_notebook
from autograder.submission.folder import read_folder

Texts = dict[str, str]  # by the name of the function or class
BEGINS = re.compile(r"^(?:def|class)\s+(\w+)")
LONGEST = 20_000  # characters of a function that anybody compares or reads
TRIPLE = re.compile(r"(\"{3}|'{3}).*?(\1|\Z)", re.DOTALL)
ONLY_TEXT = re.compile(r"\s*[rbfuRBFU]*(\"[^\"]*\"|'[^']*')\s*")  # a line that is nothing but a string
STUB = re.compile(r"^\s+raise NotImplementedError(?:\(\))?\s*\Z", re.MULTILINE)


def of_class(course: Course, assignment: str) -> dict[str, Texts]:
    """Return the functions of every submission, by student; nothing of what cannot be read.

    Parameters
    ----------
    course : Course
    assignment : str
    """
    limits = course.limits()
    return {one.student: _of_submission(course, assignment, one, limits) for one in course.submissions(assignment)}


def of_course(course: Course, assignment: str) -> list[Texts]:
    """Return the functions that nobody has to think of: those given out, and the worked ones."""
    folders = (course.released(assignment), course.source(assignment))
    paths = [path for folder in folders for path in sorted(folder.glob("*.ipynb"))]
    return [functions(source for _, source in code_cells(read_notebook(path, Limits()))) for path in paths]


def functions(sources: Iterable[str]) -> Texts:
    r"""Return the functions and classes of some cells; of several with one name the last that is no stub.

    Examples
    --------
    >>> functions(["def f(x):\n    return x\n\ny = f(3)", "def f(x):\n    raise NotImplementedError()"])
    {'f': 'def f(x):\n    return x'}
    """
    found: Texts = {}
    for source in sources:
        for name, text in _blocks(source):
            if name not in found or not STUB.search(text):
                found[name] = text[:LONGEST]
    return found


def without_comments(text: str) -> str:
    r"""Take out comments and docstrings, where names of people may be.

    Examples
    --------
    >>> without_comments('def f(x):\n    "By Ada."\n    return x  # Ada')
    'def f(x):\n    return x'
    """
    short = TRIPLE.sub('""', text)
    kept = "".join(value for kind, value in lex(short, PythonLexer()) if kind not in Comment)
    return "\n".join(line.rstrip() for line in kept.splitlines() if line.strip() and not ONLY_TEXT.fullmatch(line))


def _of_submission(course: Course, assignment: str, submitted: Submitted, limits: Limits) -> Texts:
    try:
        read, files = course.read(assignment), read_folder(submitted.folder, limits)
        nodes = [prepare(files, notebook, read, limits).node for notebook in read.notebooks]
        modules = list(modules_of(files, read, limits).values())
    except Exception:  # a report of a class does not end with one submission
        return {}
    return functions([*modules, *(source for node in nodes for _, source in code_cells(node))])


def _blocks(source: str) -> Iterable[tuple[str, str]]:
    """Yield each function or class that begins at the margin, with the lines that belong to it."""
    name, lines = "", list[str]()
    for line in [*source.splitlines(), "end"]:
        begins = BEGINS.match(line)
        if name and line and not line[0].isspace() and line[0] not in ")]}#":
            yield name, "\n".join(lines).rstrip()
            name = ""
        if begins:
            name, lines = begins[1], []
        if name:
            lines.append(line)
