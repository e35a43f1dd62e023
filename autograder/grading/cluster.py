"""A cluster that does tasks: the same unit of work, sent to a Dask scheduler.

Workers need this package, of the same version, and the protection that is asked for; no course, no gradebook, no
shared disk. Submissions travel as bytes, results come back to the one writer. Dask is an optional extra.
"""

from concurrent.futures import CancelledError
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from autograder.core.judge import JudgeError
from autograder.course.course import CourseError
from autograder.grading.crew import MOST_LOST, LostError
from autograder.grading.task import Done, Plan, engine, perform, unhandled

CONNECT_SECONDS = 10.0
AT_ONCE = 2  # tasks for each thread of the cluster: while one comes back, the next is there


class Cluster:
    """The tasks of one plan, done by the workers of a scheduler.

    A worker that is lost loses nothing: Dask gives its tasks to another one.

    Parameters
    ----------
    plan : Plan
    address : str
        Of the scheduler, for example ``tcp://10.0.0.5:8786``.

    Raises
    ------
    CourseError
        If Dask is not installed, or nobody answers at the address, or there is no worker.
    """

    def __init__(self, plan: Plan, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(
                "`--cluster` needs Dask (got an installation without it). Install the extra: "
                "pip install 'cs231n-course-kit[cluster]'."
            ) from error
        self._plan = plan
        self._over = False
        try:
            client: Any = Client  # Dask has half of its types
            self._client = client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:  # ValueError: an address of no known form
            raise CourseError(
                f"`--cluster` must be the address of a running Dask scheduler (got {address!r}: {error}). "
                "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
            ) from error
        threads = sum(self._client.nthreads().values())
        if not threads:
            self._client.close()
            raise CourseError(
                f"`--cluster` must have workers (got none at {address}). "
                f"Start some: dask worker {address} --nthreads 1."
            )
        self.places = AT_ONCE * threads

    def __enter__(self) -> Self:
        """Return itself; the connection is closed when the block is, and what is still asked for is forgotten."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster to others."""
        self._over = True
        self._client.close()

    def ask(self, submission: bytes) -> Done:
        """Have a task done, and wait for it. Any thread may ask.

        Parameters
        ----------
        submission : bytes
            See `autograder.grading.task.pack`.

        Raises
        ------
        LostError
            If the connection to the scheduler is lost again and again.
        """
        for _ in range(MOST_LOST):
            with suppress(CancelledError):  # the connection was lost, and all that was asked for with it
                done: Done = self._client.submit(do, engine(), self._plan, submission, pure=False).result()
                return done
            if self._over:
                break
        raise LostError("the connection to the scheduler was lost")


def do(version: str, plan: Plan, submission: bytes) -> Done:
    """Do a task on a worker, unless its code is not that of whoever asks.

    Parameters
    ----------
    version : str
        What `autograder.grading.task.engine` says where it is asked.
    plan : Plan
    submission : bytes
    """
    if engine() != version:
        return unhandled(plan, JudgeError("a worker of the cluster has another version of the course kit; update it"))
    return perform(plan, submission)
