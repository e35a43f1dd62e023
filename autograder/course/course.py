"""A course on disk: where its folders are, as nbgrader's own configuration says."""

import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course.assignment import Assignment, read_assignment, taught_notebooks
from autograder.errors import CourseError as CourseError  # the name by which most modules know it
from autograder.sandbox.limits import Limits, LimitsError, configured
from autograder.submission import Submitted
from autograder.submission.earlier import Shelf, shelf_of

CONFIG = "nbgrader_config.py"
SECRET_FILE = ".cs231n-secret"  # noqa: S105  a name
LONGEST_NAME = 150  # bytes; file systems allow 255
SECRET_VARIABLE = "CS231N_SECRET"  # noqa: S105  a name


class Course:
    """A course directory.

    Parameters
    ----------
    root : Path
        Where ``nbgrader_config.py`` is.

    Raises
    ------
    CourseError
        If it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not (self.root / CONFIG).is_file():
            raise CourseError(
                f"`--course` must be a folder with {CONFIG} (got {self.root}). Go to your course, or name it."
            )
        self.config = _load(self.root)
        self.directory = CourseDirectory(config=self.config)
        self.directory.root = str(self.root)

    def assignments(self) -> list[str]:
        """Return the names of all assignments that have a source, in order."""
        source = self.source("*").parent
        return sorted(path.name for path in source.iterdir() if path.is_dir()) if source.is_dir() else []

    def source(self, assignment: str) -> Path:
        """Return the folder of an assignment's worked notebooks."""
        return self._folder(self.directory.source_directory, ".", assignment)

    def submitted(self, assignment: str, student: str) -> Path:
        """Return the folder of what a student handed in."""
        return self._folder(self.directory.submitted_directory, student, assignment)

    def released(self, assignment: str) -> Path:
        """Return the folder of an assignment's student version."""
        return self._folder(self.directory.release_directory, ".", assignment)

    def autograded(self, assignment: str, student: str) -> Path:
        """Return the folder of a graded submission."""
        return self._folder(self.directory.autograded_directory, student, assignment)

    def feedback(self, assignment: str, student: str) -> Path:
        """Return the folder of a student's feedback pages."""
        return self._folder(self.directory.feedback_directory, student, assignment)

    def kit(self, assignment: str) -> Path:
        """Return the zip that students are given for an assignment."""
        return self.root / "kits" / f"{assignment}.zip"

    @property
    def results(self) -> Path:
        """The folder of results: one file for each different submission, named by its hash."""
        return self.root / "results" / "by-hash"

    def result(self, assignment: str, student: str) -> Path:
        """Return the file of what the gradebook holds of one submission, in full."""
        return self.root / "results" / assignment / f"{_short(student)}.json"

    def seconds(self, assignment: str) -> Path:
        """Return the file of how long the submissions of an assignment took."""
        return self.root / "results" / "seconds" / f"{assignment}.json"

    def report(self, assignment: str) -> Path:
        """Return the file of an assignment's class report."""
        return self.root / "report" / f"{assignment}.html"

    def read(self, assignment: str) -> Assignment:
        """Read an assignment as it was released.

        Raises
        ------
        CourseError
            If there is no such assignment.
        """
        self.require(assignment)
        return read_assignment(self.released(assignment))

    def require(self, assignment: str) -> None:
        """Refuse the name of what is no assignment of this course.

        Raises
        ------
        CourseError
            If there is no such assignment.
        """
        if assignment not in self.assignments():
            names = ", ".join(self.assignments()) or "none"
            raise CourseError(f"`assignment` must be one of this course (got {assignment!r}). There are: {names}.")

    def submissions(self, assignment: str, student: str = "*") -> list[Submitted]:
        """Return what was handed in for an assignment, by student.

        Raises
        ------
        CourseError
            If nothing was, or there is no such assignment.
        """
        self.require(assignment)
        found = list(self._submissions(assignment, student))
        if not found and student != "*":
            raise CourseError(f"`student` must have handed in {assignment} (got {student!r}). Look at the spelling.")
        if not found:
            folder = self.submitted(assignment, "STUDENT")
            raise CourseError(
                f"`{assignment}` must have submissions (got none). Put them into {folder.relative_to(self.root)} "
                f"of {self.root}, or name another course with --course."
            )
        return found

    def students(self, assignment: str) -> set[str]:
        """Return who handed in an assignment."""
        return {submitted.student for submitted in self._submissions(assignment, "*")}

    def assignment_of(self, folder: Path) -> str:
        """Return the assignment that a folder of a submission is for."""
        pattern = self.submitted("ASSIGNMENT", "STUDENT")
        return folder.resolve().parts[pattern.parts.index("ASSIGNMENT")]

    def shelf(self, assignment: str) -> Shelf:
        """Return where the notebooks are that the submissions of an assignment may import."""
        pattern = self.submitted("ASSIGNMENT", "STUDENT")
        level = pattern.parts.index("ASSIGNMENT")

        def folder(submitted: Submitted, other: str) -> Path:
            parts = list(submitted.folder.parts)
            parts[level] = other
            return Path(*parts)

        others = [name for name in self.assignments() if name != assignment]
        return shelf_of(self.released, assignment, others, folder, taught_notebooks())

    def _submissions(self, assignment: str, student: str) -> Iterator[Submitted]:
        pattern = self.submitted(assignment, "*")
        level = self.submitted(assignment, "STUDENT").parts.index("STUDENT")
        for folder in sorted(self.root.glob(str(pattern.relative_to(self.root)))):
            name = _as_text(folder.parts[level])
            is_stray = not folder.is_dir() and folder.name == folder.parts[level]  # a file beside students' folders
            if student in ("*", name) and not is_stray:
                yield Submitted(name, folder)

    def limits(self) -> Limits:
        """Return what a submission may use: the defaults, and what ``c.Limits`` of the configuration changes.

        Raises
        ------
        CourseError
            If it names no limit, or gives one no positive number.
        """
        try:
            return configured(self.config.Limits)
        except LimitsError as error:
            raise CourseError(str(error)) from error

    def lessons_address(self) -> str:
        """Return where students find the lessons, without a last slash: ``c.Feedback.lessons``, or nothing.

        Raises
        ------
        CourseError
            If it is no address of the web.
        """
        address = str(self.config.Feedback.get("lessons", ""))
        if address and not address.startswith(("https://", "http://")):
            raise CourseError(f"`c.Feedback.lessons` must begin with https:// or http:// (got {address!r}).")
        return address.rstrip("/")

    def secret(self) -> tuple[bytes, str]:
        """Return the course secret and where it was taken from; make one if there is none.

        Returns
        -------
        secret : bytes
        origin : str

        Raises
        ------
        CourseError
            If there is a file for it and nothing in it: everybody could draw such hidden cases.
        """
        if os.environ.get(SECRET_VARIABLE):
            return os.environ[SECRET_VARIABLE].encode(), f"the variable {SECRET_VARIABLE}"
        file = self.root / SECRET_FILE
        if not file.exists():
            _make_secret(file)
            return (
                file.read_bytes().strip(),
                f"{file}, made just now: keep it, and keep it out of version control",
            )
        secret = file.read_bytes().strip()
        if not secret:
            raise CourseError(f"`{file}` must hold the course secret (got nothing). Restore it, or delete it.")
        return secret, str(file)

    def _folder(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.directory.format_path(step, student, assignment))


def _load(root: Path) -> Config:
    """Execute a course's configuration, as nbgrader does."""
    try:
        config: Config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:  # it is Python: anything can go wrong in it
        told = f"{type(error).__name__}: {error}"
        raise CourseError(
            f"`{root / CONFIG}` must be a configuration that runs (got {told}). Mend that line."
        ) from error
    return config


def _make_secret(file: Path) -> None:
    """Write a new secret, whole and on the disk before it is used: nothing can make the same one again."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
        writing.write(secrets.token_hex(32).encode() + b"\n")
        writing.flush()
        os.fsync(writing.fileno())
    part.replace(file)


def _as_text(name: str) -> str:
    """Return a folder's name as text that can be stored, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _short(name: str) -> str:
    """Return a name that leaves room for what is added to it in a file's name."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"{name[:20]}-{hashlib.sha256(name.encode()).hexdigest()}"


def put_tools_on_path() -> None:
    """Let nbgrader find the programs of this environment, which it starts by name."""
    own = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if own not in path.split(os.pathsep):
        os.environ["PATH"] = own + os.pathsep + path
