"""The kit: all that a student is given for an assignment, in one zip.

It holds the released notebooks, the given modules, the questions and their public answers, and an environment. What
of the autograder a student needs is read from its imports, so it cannot be forgotten here; that nothing of it loads
an answer is a test. Kits of several assignments are unpacked over one another: they share everything but the
notebooks.
"""

import ast
import re
import stat
from collections.abc import Iterator
from importlib.metadata import metadata, requires, version
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.checks import BANK, _digits
from autograder.core import lessons, published
from autograder.course.assignment import Assignment, Notebook
from autograder.course.course import Course
from autograder.course.given import GIVEN, PACKAGES
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.submission.file import is_leftover

HERE = Path(__file__).parents[1]
PARENT = HERE.parent  # of both packages
FOLDER = "cs231n"  # the kit's own: all kits unpack to it
PROJECT = "cs231n-course-kit"
# What students use: in notebooks, and as a program, whose commands load the rest when they are called.
USED = (
    "autograder",
    "autograder.commands.students",
    "autograder.student.selfcheck",
    "autograder.student.standing",
    "autograder.student.standing_view",
)
DATA = (published.FILE, published.WRONG, lessons.PLACES, lessons.HINTS, _digits.FILE)
WRITTEN = ("START.md", "pyproject.toml", "requirements.txt", "environment.yml")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip: the same kit has the same bytes whenever it is made
TEMPLATES = Environment(  # noqa: S701  text, of names of our own
    loader=PackageLoader("autograder", "templates/kit"), undefined=StrictUndefined, keep_trailing_newline=True
)

Files = dict[str, bytes]  # by path in the kit


def write_kit(course: Course, assignment: str, to: Path) -> Path:
    """Write the kit of an assignment.

    Parameters
    ----------
    course : Course
    assignment : str
    to : Path
        The zip, which is replaced.

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    CourseError
        If the assignment was not released, or holds what is no file.
    """
    write_whole(to, zipped(files_of(course, assignment)))
    return to


def files_of(course: Course, assignment: str) -> Files:
    """Return what is in the kit of an assignment, by path.

    Raises
    ------
    CourseError
        If the assignment was not released, or holds what is no file.
    """
    released = course.read(assignment)
    notebooks = {f"{assignment}/{name}": data for name, data in _released(course.released(assignment)).items()}
    return dict(sorted({**notebooks, **given_modules(), **student_part(), **_written(released)}.items()))


def zipped(files: Files) -> bytes:
    """Return files as a zip that has the same bytes each time."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = ZipInfo(f"{FOLDER}/{name}", FIRST_DAY)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def given_modules() -> Files:
    """Return the given modules of the library."""
    return _sources({"cs231n_lib"} | {f"cs231n_lib.{name}" for name in GIVEN})


def student_part() -> Files:
    """Return what of the autograder students use, all that it loads, and the data it reads."""
    return _sources(set(USED)) | {_in_kit(path): path.read_bytes() for path in DATA}


def _sources(wanted: set[str]) -> Files:
    """Return the files of modules and of all that is loaded with them, the packages they are in included."""
    waiting, found = sorted(wanted), {}
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is not None and _in_kit(path) not in found:
            found[_in_kit(path)] = path.read_bytes()
            waiting += [*_imported(path), name.rpartition(".")[0]]
    return found


def _file(name: str) -> Path | None:
    """Return the file of one of our modules, None for anything else."""
    if not name or name.split(".")[0] not in ("autograder", "cs231n_lib"):
        return None
    path = PARENT.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imported(path: Path) -> Iterator[str]:
    """Yield what a module imports when it is loaded: what is imported in a function may be missing in a kit."""
    for node in _outside_functions(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _outside_functions(node)


def _in_kit(path: Path) -> str:
    return path.relative_to(PARENT).as_posix()


def _released(folder: Path) -> Files:
    """Read the released files, by path below their folder."""
    paths = sorted(path for path in folder.rglob("*") if not any(map(is_leftover, path.relative_to(folder).parts)))
    for path in paths:
        if not stat.S_ISREG(path.lstat().st_mode) and not stat.S_ISDIR(path.lstat().st_mode):
            raise CourseError(f"`{path}` must be a file (got a link, or something else). Put the file itself there.")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def _written(assignment: Assignment) -> Files:
    """Return what is written for a kit: its start page, and the environment in three forms."""
    about = {
        "assignment": assignment.name,
        "notebooks": [PurePosixPath(f"{notebook.name}.ipynb") for notebook in in_order(assignment)],
        "points": {n.name: sum(cell.points for cell in n.check_cells) for n in assignment.notebooks},
        "packages": packages(),
        "python": str(metadata(PROJECT)["Requires-Python"]),
        "version": version(PROJECT),
    }
    return {name: TEMPLATES.get_template(f"{name}.jinja").render(about).encode() for name in WRITTEN}


def in_order(assignment: Assignment) -> list[Notebook]:
    """Return the notebooks of an assignment in the order of the course, those without a check last."""
    order = {name: number for number, name in enumerate(BANK)}
    return sorted(
        assignment.notebooks,
        key=lambda notebook: min((order[cell.check.name] for cell in notebook.check_cells), default=len(order)),
    )


def packages() -> list[str]:
    """Return the packages of a kit with the versions that the course asks for."""
    asked = {re.split(r"[^\w.-]", line)[0]: line for line in requires(PROJECT) or () if ";" not in line}
    return [asked[name] for name in PACKAGES]
