"""Grading a class: what is known is found, the rest is asked for, many at a time; one writer keeps the results."""

import autograder.quickstart  # noqa: F401  it acts by being imported

# isort: split

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autograder.core.verdict import SubmissionReport
from autograder.grading.crew import Crew
from autograder.grading.results import Result, Results, hash_of
from autograder.grading.task import Done, Plan, key_of, pack, perform, plan_of, rendered, unhandled
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier
from autograder.submission import Submitted
from autograder.submission.earlier import EMPTY, Shelf

if TYPE_CHECKING:
    from autograder.grading.cluster import Cluster  # Dask is loaded where it is asked for

AHEAD = 8  # submissions for each place that may wait for the writer: enough to keep all places busy, little memory


class Engine(Protocol):
    """Whoever does tasks: a crew of processes here, or a cluster.

    Attributes
    ----------
    places : int
        How many threads may ask at a time.
    """

    @property
    def places(self) -> int:
        """See above."""

    def ask(self, submission: bytes) -> Done:
        """Have a task done, and wait for it."""


@dataclass(frozen=True)
class Job:
    """What all tasks of one run have in common.

    Parameters
    ----------
    assignment : Path
        The folder of the released notebooks.
    results : Path
    tier : Tier
    secret : bytes
    limits : Limits
    shelf : Shelf
        Where the notebooks are that submissions may import.
    """

    assignment: Path
    results: Path
    tier: Tier
    secret: bytes
    limits: Limits
    shelf: Shelf = EMPTY

    @cached_property
    def plan(self) -> Plan:
        """What travels of it."""
        return plan_of(self.assignment, self.tier, self.secret, self.limits)

    def pack(self, submitted: Submitted) -> bytes:
        """Return all that matters of a submission as bytes."""
        return pack(submitted, self.limits, self.shelf)

    @property
    def kept(self) -> Results:
        """The results that are known."""
        return Results(self.results)


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    Parameters
    ----------
    submitted : Submitted
    key : str
        The name of its result.
    fingerprint : str
        The hash of what was handed in.
    result : Result
    render : callable
        Returns the files of the graded notebooks, by name.
    known : bool
        Whether the result was there already.
    seconds : float
        How long it took, if it was not.
    """

    submitted: Submitted
    key: str
    fingerprint: str
    result: Result
    render: Callable[[], dict[str, bytes]] = field(repr=False)
    known: bool = False
    seconds: float = 0.0

    @cached_property
    def report(self) -> SubmissionReport:
        """The report, with the student's name."""
        return replace(self.result.report, student=self.submitted.student)

    @property
    def notebooks(self) -> dict[str, str]:
        """The text of each graded notebook, by name."""
        return {name: data.decode() for name, data in self.render().items()}


def grade_all(
    job: Job, submissions: Sequence[Submitted], jobs: int, *, again: bool = False, cluster: str = ""
) -> Generator[Graded, None, None]:
    """Grade submissions with a crew of processes, or a cluster, and keep the results, in the order they are done.

    Parameters
    ----------
    job : Job
    submissions : sequence of Submitted
    jobs : int
        How many processes.
    again : bool
        Ask again even what is known.
    cluster : str
        The address of a Dask scheduler, whose workers grade instead of processes here.

    Yields
    ------
    Graded
    """
    with _engine(job.plan, max(1, min(jobs, len(submissions))), cluster) as engine:
        for graded in ask_all(engine, job, submissions, again=again):
            yield _kept(job, graded, again=again)


def _engine(plan: Plan, jobs: int, cluster: str) -> "Crew | Cluster":
    if not cluster:
        return Crew(plan, jobs)
    from autograder.grading.cluster import Cluster

    return Cluster(plan, cluster)


def grade_one(job: Job, submitted: Submitted) -> Graded:
    """Grade one submission in this process and keep its result."""
    return _kept(job, _grade(_Here(job.plan), job, submitted, again=False), again=False)


def ask_all(
    engine: Engine, job: Job, submissions: Iterable[Submitted], *, again: bool = False
) -> Generator[Graded, None, None]:
    """Find the results of submissions, or have them graded by an engine; keep nothing."""
    waiting = iter(submissions)
    running: set[Future[Graded]] = set()
    threads = ThreadPoolExecutor(engine.places, "grading")
    try:
        while True:
            room = AHEAD * engine.places - len(running)
            running |= {threads.submit(_grade, engine, job, one, again) for one in islice(waiting, room)}
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            while done:
                yield done.pop().result()  # none is held longer than needed
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class _Here:
    """The engine that does a task where it is asked."""

    plan: Plan
    places: int = 1

    def ask(self, submission: bytes) -> Done:
        return perform(self.plan, submission)


def _grade(engine: Engine, job: Job, submitted: Submitted, again: bool) -> Graded:
    key = fingerprint = ""
    try:
        submission = job.pack(submitted)
        key, fingerprint = key_of(job.plan, submission), hash_of(submission)
        result = None if again else job.kept.find(key)
        if result is not None:
            return Graded(submitted, key, fingerprint, result, _renderer(job, submitted, result), known=True)
        done = engine.ask(submission)
    except Exception as error:  # one submission must not end the run of the others
        done = unhandled(job.plan, error)
    return Graded(submitted, key, fingerprint, done.result, lambda: done.notebooks, seconds=done.seconds)


def _kept(job: Job, graded: Graded, *, again: bool) -> Graded:
    """Keep a new result, unless something of ours failed."""
    if graded.known or graded.report.broken:
        return graded
    if again:
        job.kept.forget(graded.key)
    result = job.kept.keep(graded.key, graded.result)
    if result == graded.result:
        return graded
    return replace(graded, result=result, render=_renderer(job, graded.submitted, result))


def _renderer(job: Job, submitted: Submitted, result: Result) -> Callable[[], dict[str, bytes]]:
    """Return what makes the graded notebooks of a known result, which are seldom asked for."""
    return lambda: rendered(job.plan, job.pack(submitted), result)
