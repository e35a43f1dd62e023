"""The unit of work: from the bytes of a submission to its result. It is a pure function, so anybody may do it."""

import hashlib
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from autograder.core.diagnosis import OURS
from autograder.core.judge import JudgeError
from autograder.core.verdict import GradedCheck, NotebookReport, Outcome, SubmissionReport
from autograder.course.assignment import Assignment, parse_assignment
from autograder.grading.grade import Own, Prepared, grader_of, modules_of, prepare, whole, with_results
from autograder.grading.marks import marks_of
from autograder.grading.results import Result, hash_of
from autograder.nodes import written
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier
from autograder.submission import File, Submitted, read_folder
from autograder.submission.earlier import EMPTY, Earlier, Shelf, own_notebooks

PACKAGES = (Path(__file__).parents[1], Path(__file__).parents[2] / "cs231n_lib")
NOT_GRADING = ("*.pyc", "*.html")  # files of a package that decide no result


PackedFile = tuple[bytes, bytes, str]  # path, data, trouble


class Packed(msgspec.Struct):
    """A submission as it travels: its files, and the earlier notebooks that it imports (see `Earlier`)."""

    files: list[PackedFile]
    earlier: list[tuple[str, list[PackedFile], tuple[str, ...], str]]


@dataclass(frozen=True)
class Plan:
    """How the submissions of an assignment are graded. It decides every result, and it travels.

    Parameters
    ----------
    assignment : str
    released : tuple of (name, bytes)
        The notebooks as they were given out, by name.
    tier : Tier
    secret : bytes
    limits : Limits
    """

    assignment: str
    released: tuple[tuple[str, bytes], ...]
    tier: Tier
    secret: bytes
    limits: Limits


@dataclass(frozen=True)
class Done:
    """What came of one task.

    Parameters
    ----------
    result : Result
    notebooks : dict
        The files of the graded notebooks, by name.
    seconds : float
        How long it took.
    """

    result: Result
    notebooks: dict[str, bytes]
    seconds: float = 0.0


def plan_of(folder: Path, tier: Tier, secret: bytes, limits: Limits) -> Plan:
    """Plan the grading of a released assignment, which is a folder of notebooks."""
    released = tuple((path.stem, path.read_bytes()) for path in sorted(folder.glob("*.ipynb")))
    return Plan(folder.name, released, tier, secret, limits)


def pack(submitted: Submitted, limits: Limits, shelf: Shelf = EMPTY) -> bytes:
    """Return all that matters of a submission as bytes; the same content gives the same bytes.

    Parameters
    ----------
    submitted : Submitted
    limits : Limits
    shelf : Shelf
        Where the student's notebooks are that it may import.
    """
    files = read_folder(submitted.folder, limits)
    earlier = shelf.find(submitted, files, limits)
    return msgspec.msgpack.encode(
        Packed(_closed(files), [(one.name, _closed(one.files), one.defines, one.absence) for one in earlier])
    )


def key_of(plan: Plan, submission: bytes) -> str:
    """Return the name of a result: a hash of all that decides it.

    Parameters
    ----------
    plan : Plan
    submission : bytes
        See `pack`.
    """
    return hash_of(f"{_digest(plan)} {hash_of(submission)}".encode())


def perform(plan: Plan, submission: bytes) -> Done:
    """Grade a submission; whatever goes wrong on our side is a broken verdict.

    Parameters
    ----------
    plan : Plan
    submission : bytes
        See `pack`.

    Returns
    -------
    Done
    """
    start = time.perf_counter()
    assignment = read(plan)
    try:
        prepared, own = _prepared(plan, submission)
    except Exception as error:  # one submission must not end the run of the others
        return unhandled(plan, error)
    try:
        report = grader_of(plan.tier, plan.secret, plan.limits).grade_submission(assignment, prepared, own)
    except Exception as error:  # what was handed in stays as it is: people grade some of it
        report = _broken(plan, error)
    return _done(prepared, report, round(time.perf_counter() - start, 3))


def rendered(plan: Plan, submission: bytes, result: Result) -> dict[str, bytes]:
    """Return the files of the graded notebooks again, from a result that is known."""
    prepared, _ = _prepared(plan, submission)
    return _done(prepared, result.report).notebooks


def unhandled(plan: Plan, error: Exception) -> Done:
    """Return what came of a task that could not be done: broken verdicts, in the notebooks as they were released."""
    released = [Prepared(notebook.name, notebook.node) for notebook in read(plan).notebooks]
    return _done(released, _broken(plan, error))


@cache
def read(plan: Plan) -> Assignment:
    """Return the assignment of a plan."""
    return parse_assignment(plan.assignment, plan.released)


def _prepared(plan: Plan, submission: bytes) -> tuple[list[Prepared], Own]:
    assignment = read(plan)
    packed = msgspec.msgpack.decode(submission, type=Packed)
    files = _opened(packed.files)
    earlier = [
        Earlier(name, tuple(_opened(found)), defines, absence) for name, found, defines, absence in packed.earlier
    ]
    prepared = [prepare(files, notebook, assignment, plan.limits) for notebook in assignment.notebooks]
    return prepared, Own(modules_of(files, assignment, plan.limits), own_notebooks(earlier, plan.limits))


def _closed(files: Iterable[File]) -> list[PackedFile]:
    return [(os.fsencode(file.path), file.data, file.trouble) for file in files]


def _opened(files: Iterable[PackedFile]) -> list[File]:
    return [File(PurePosixPath(os.fsdecode(path)), data, trouble) for path, data, trouble in files]


def _done(prepared: list[Prepared], report: SubmissionReport, seconds: float = 0.0) -> Done:
    pairs = list(zip(prepared, report.notebooks, strict=True))
    files = {own.name: written(with_results(own, graded)) for own, graded in pairs}
    marks = {own.name: marks_of(own.node, graded) for own, graded in pairs}
    return Done(Result(report, marks, {name: hash_of(data) for name, data in files.items()}), files, seconds)


def _broken(plan: Plan, error: Exception) -> SubmissionReport:
    detail = str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
    notebooks = tuple(
        NotebookReport(
            notebook.name,
            tuple(
                GradedCheck(cell.grade_id, cell.points, whole(cell.check, Outcome.BROKEN, OURS, detail))
                for cell in notebook.check_cells
            ),
        )
        for notebook in read(plan).notebooks
    )
    return SubmissionReport("", plan.assignment, str(plan.tier), notebooks)


@cache
def _digest(plan: Plan) -> str:
    secret = hashlib.sha256(plan.secret).hexdigest()
    released = [(name, hash_of(data)) for name, data in plan.released]
    parts = (engine(), plan.assignment, released, str(plan.tier), secret, asdict(plan.limits))
    return hash_of(msgspec.json.encode(parts))


@cache
def engine() -> str:
    """Hash the code that grades, and the versions of what it stands on."""
    digest = hashlib.sha256(f"{platform.python_version()} {np.__version__}".encode())
    for package in PACKAGES:
        for path in sorted(package.rglob("*.*")):
            if not any(path.match(pattern) for pattern in NOT_GRADING):
                digest.update(str(path.relative_to(package)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
