"""Grading a class: many submissions in parallel, each result kept under the hash of what made it."""

import autograder.quickstart  # noqa: F401  it acts by being imported

# isort: split

import hashlib
import os
import platform
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import msgspec
import nbformat
import numpy as np

from autograder.assignment import Assignment, read_assignment
from autograder.diagnosis import OURS
from autograder.grade import Prepared, grader_of, modules_of, prepare, whole, with_results
from autograder.judge import JudgeError
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier
from autograder.submission import Submitted, code_cells
from autograder.verdict import GradedCheck, NotebookReport, Outcome, SubmissionReport

PACKAGES = (Path(__file__).parent, Path(__file__).parent.parent / "cs231n_lib")


@dataclass(frozen=True)
class Job:
    """What all tasks of one run have in common; it travels to other processes.

    Parameters
    ----------
    assignment : Path
        The folder of the released notebooks.
    results : Path
    tier : Tier
    secret : bytes
    limits : Limits
    """

    assignment: Path
    results: Path
    tier: Tier
    secret: bytes
    limits: Limits


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    Parameters
    ----------
    submitted : Submitted
    report : SubmissionReport
    notebooks : dict
        The text of each notebook, with results, by name.
    known : bool
        Whether the result was there already.
    """

    submitted: Submitted
    report: SubmissionReport
    notebooks: dict[str, str]
    known: bool


def grade_all(job: Job, submissions: Sequence[Submitted], jobs: int) -> Generator[Graded, None, None]:
    """Grade submissions in parallel, in the order in which they are done.

    Parameters
    ----------
    job : Job
    submissions : sequence of Submitted
    jobs : int
        How many processes.

    Yields
    ------
    Graded
    """
    waiting = list(submissions)
    while waiting:
        try:
            for graded in _grade_in_pool(job, waiting, jobs):
                waiting.remove(graded.submitted)
                yield graded
        except BrokenProcessPool as error:
            if jobs == 1:  # one at a time, in order: the first is to blame
                yield _unhandled(job, waiting.pop(0), error)
            jobs = 1


def _grade_in_pool(job: Job, submissions: Sequence[Submitted], jobs: int) -> Iterator[Graded]:
    context = get_context("forkserver")  # imports once; forks no thread of the caller
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(min(jobs, len(submissions)), mp_context=context)
    try:
        futures = [pool.submit(grade_one, job, submitted) for submitted in submissions]
        for future in as_completed(futures):
            yield future.result()
    finally:  # at the end nothing is left to do; on the way out whatever they are at can be done again
        processes = list(pool._processes.values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def grade_one(job: Job, submitted: Submitted) -> Graded:
    """Grade one submission, or find its result; whatever goes wrong on our side is a broken verdict."""
    assignment = _assignment(job.assignment)
    try:
        return _graded(job, submitted, assignment)
    except Exception as error:  # one submission must not end the run of the others
        return _unhandled(job, submitted, error)


def _unhandled(job: Job, submitted: Submitted, error: Exception) -> Graded:
    assignment = _assignment(job.assignment)
    report = _broken(submitted.student, assignment, job.tier, error)
    released = [Prepared(notebook.name, notebook.node) for notebook in assignment.notebooks]
    return Graded(submitted, report, _texts(released, report), known=False)


def _graded(job: Job, submitted: Submitted, assignment: Assignment) -> Graded:
    prepared = [prepare(submitted.folder, notebook, assignment) for notebook in assignment.notebooks]
    modules = modules_of(submitted.folder, assignment)
    file = job.results / f"{_key(job, assignment, prepared, modules)}.json"
    report = _known(file, submitted.student)
    known = report is not None
    if report is None:
        try:
            grader = grader_of(job.tier, job.secret, job.limits)
            report = grader.grade_submission(submitted.student, assignment, prepared, modules)
        except Exception as error:  # what was handed in stays as it is: people grade some of it
            report = _broken(submitted.student, assignment, job.tier, error)
        if not report.broken:
            report = _kept(file, report)
    return Graded(submitted, report, _texts(prepared, report), known)


def _texts(prepared: list[Prepared], report: SubmissionReport) -> dict[str, str]:
    return {
        own.name: nbformat.writes(with_results(own, result))
        for own, result in zip(prepared, report.notebooks, strict=True)
    }


@cache
def _assignment(folder: Path) -> Assignment:
    return read_assignment(folder)


def _key(job: Job, assignment: Assignment, prepared: list[Prepared], modules: dict[str, str]) -> str:
    """Hash all that decides a result."""
    parts = (
        engine(),
        assignment.name,
        str(job.tier),
        hashlib.sha256(job.secret).hexdigest(),
        asdict(job.limits),
        [(n.name, [(c.grade_id, c.points, c.check.name) for c in n.check_cells]) for n in assignment.notebooks],
        [(own.name, own.gradable, own.problems, code_cells(own.node)) for own in prepared],
        sorted(modules.items()),
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


@cache
def engine() -> str:
    """Hash the code that grades, and the versions of what it stands on."""
    digest = hashlib.sha256(f"{platform.python_version()} {np.__version__}".encode())
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            digest.update(str(path.relative_to(package)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _known(file: Path, student: str) -> SubmissionReport | None:
    try:
        report = msgspec.json.decode(file.read_bytes(), type=SubmissionReport)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        file.unlink(missing_ok=True)  # cut short by a crash of the disk, or older than the format: grade again
        return None
    return replace(report, student=student)


def _kept(file: Path, report: SubmissionReport) -> SubmissionReport:
    """Keep a result, and return it as every later run will read it.

    If an identical submission was graded at the same time and was faster, its result is the one that stays.
    """
    own = file.with_name(f"{file.name}.{os.getpid()}")
    write_whole(own, msgspec.json.format(msgspec.json.encode(replace(report, student=""))))
    try:
        os.link(own, file)
    except FileExistsError:
        own.unlink()
    except OSError:  # a file system without links
        own.replace(file)
    else:
        own.unlink()
    return _known(file, report.student) or report


def _broken(student: str, assignment: Assignment, tier: Tier, error: Exception) -> SubmissionReport:
    detail = str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
    notebooks = tuple(
        NotebookReport(
            notebook.name,
            tuple(
                GradedCheck(cell.grade_id, cell.points, whole(cell.check, Outcome.BROKEN, OURS, detail))
                for cell in notebook.check_cells
            ),
        )
        for notebook in assignment.notebooks
    )
    return SubmissionReport(student, assignment.name, str(tier), notebooks)


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; leave it alone if it says the same already."""
    if file.is_file() and file.read_bytes() == data:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(file)
