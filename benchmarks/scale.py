"""What a class of 100,000 would take: a simulation from numbers measured here, and where its bottleneck moves.

A small class is graded in this process, by one thread, so that the CPU time of the writer can be told from that of
grading and of the workers in the sandbox, and what is written can be counted. Two sizes take out what is paid once.
Then the slowest of these decides: cores that grade, the scheduler, the writer, the disk, the network.

    .venv/bin/python benchmarks/scale.py --json
"""

import argparse
import json
import os
import pickle
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from costs import living_seconds
from grading import LIGHT, make_class
from rich.progress import Progress

from autograder.course.course import Course, put_tools_on_path
from autograder.grading import batch
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.marking import Order, job_of, mark
from autograder.grading.task import Plan, perform
from autograder.sandbox import warm

CLASS = 100_000
LOOPS = 1.0  # CPU seconds of a submission's own arithmetic, where it has naive loops
CORES = (2, 8, 32, 128, 512, 2048)
SIZES = (20, 120)  # of the classes that are measured
TASKS = 300  # of nothing, which tell what the scheduler takes for each
DISK = 200e6  # bytes a second, of a disk in a data center
FILES = 2000.0  # new files a second on it
NETWORK = 125e6  # bytes a second: one gigabit


@dataclass(frozen=True)
class Each:
    """What one submission takes.

    Parameters
    ----------
    grading, writer, gradebook, scheduler : float
        CPU seconds: of who grades, of the one writer in all, in the gradebook alone, of Dask's scheduler.
    written, files : float
        Bytes and files on the disk.
    travels : float
        Bytes between the writer and who grades.
    """

    grading: float
    writer: float
    gradebook: float
    scheduler: float
    written: float
    files: float
    travels: float


def main() -> None:
    """Measure, simulate, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=CLASS, help="the class that is simulated")
    parser.add_argument("--cores", type=int, nargs="+", default=list(CORES))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    put_tools_on_path()
    with tempfile.TemporaryDirectory() as folder:
        each = measured(Path(folder))
    slow = replace(each, grading=each.grading + LOOPS)
    rows, slow_rows = (
        [simulated(one, arguments.students, cores) for cores in arguments.cores] for one in (each, slow)
    )
    found = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "students": arguments.students,
        "each": {name: round(value, 6) for name, value in asdict(each).items()},
        "disk_gib": round(each.written * arguments.students / 2**30, 1),
        "simulated": rows,
        f"simulated_with_{LOOPS:g}_seconds_of_own_arithmetic": slow_rows,
    }
    print(json.dumps(found, indent=1) if arguments.json else "\n".join(lines(found)))


def measured(folder: Path) -> Each:
    """Grade classes of two sizes and return what one more submission takes."""
    costs(folder / "first", 2)  # starts what is kept
    few, many = (costs(folder / str(size), size) for size in SIZES)
    each = {name: (many[name] - few[name]) / (SIZES[1] - SIZES[0]) for name in few}
    travel = travels(folder / str(SIZES[1]))
    warm.end_all()
    return Each(**each, scheduler=scheduler(), travels=travel)


def costs(folder: Path, students: int) -> dict[str, float]:
    """Grade a class here and return what that took."""
    course = Course(make_class(folder, students))
    before = contents(folder)
    gradebook, here = Watch(time.process_time), Here()
    own, workers = time.process_time(), living_seconds()
    with (
        mock.patch.object(batch, "Crew", here.start),
        mock.patch.object(GradebookWriter, "write", gradebook.around(GradebookWriter.write)),
        mock.patch.object(GradebookWriter, "compare", gradebook.around(GradebookWriter.compare)),
    ):
        mark(course, Order(LIGHT, jobs=1), Progress(disable=True))
    own, workers = time.process_time() - own, living_seconds() - workers
    after = contents(folder)
    return {
        "grading": here.watch.seconds + workers,
        "writer": own - here.watch.seconds,
        "gradebook": gradebook.seconds,
        "written": sum(after.values()) - sum(before.values()),
        "files": len(after) - len(before),
    }


class Here:
    """Does tasks in a thread of this process, and counts the seconds of that thread."""

    places = 1

    def __init__(self) -> None:
        self.watch = Watch(time.thread_time)

    def start(self, plan: Plan, _places: int) -> AbstractContextManager["Here"]:
        """Stand for a crew."""
        self.ask = self.watch.around(partial(perform, plan))
        return nullcontext(self)


class Watch:
    """Counts the CPU seconds that are spent in some functions.

    Parameters
    ----------
    clock : callable
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._clock = clock

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is counted."""

        def counted(*args: Any) -> Any:
            start = self._clock()
            try:
                return function(*args)
            finally:
                self.seconds += self._clock() - start

        return counted


def contents(folder: Path) -> dict[Path, int]:
    """Return the sizes of all files, as they fill a disk of blocks."""
    return {path: -(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file()}


def travels(folder: Path) -> float:
    """Return the bytes that go to a grader and come back for one submission."""
    course = Course(folder)
    job, _ = job_of(course, Order(LIGHT))
    submission = job.pack(course.submissions(LIGHT)[0])
    done = perform(job.plan, submission)
    return float(len(submission) + len(pickle.dumps(job.plan)) + len(pickle.dumps(done)))


def scheduler() -> float:
    """Return the CPU seconds of Dask's scheduler, and of who asks it, for a task of nothing."""
    from distributed import Client

    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        client.gather(client.map(abs, range(-TASKS, 0), pure=False))
        start = time.process_time()
        client.gather(client.map(abs, range(-TASKS, 0), pure=False))
        return (time.process_time() - start) / TASKS


def simulated(each: Each, students: int, cores: int) -> dict[str, Any]:
    """Return how long a class takes with so many cores that grade, and what decides it."""
    seconds = {
        "cores that grade": each.grading / cores,
        "the one writer": each.writer,
        "the scheduler": each.scheduler,
        "the disk": max(each.written / DISK, each.files / FILES),
        "the network": each.travels / NETWORK,
    }
    slowest = max(seconds, key=lambda name: seconds[name])
    return {
        "cores": cores,
        "minutes": round(students * seconds[slowest] / 60, 1),
        "bottleneck": slowest,
        "busy_percent": {name: round(100 * value / seconds[slowest]) for name, value in seconds.items()},
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what was found, as people read it."""
    yield f"A class of {found['students']:,}, from figures measured on {found['machine']}."
    for name, value in found["each"].items():
        unit = {"written": "bytes", "travels": "bytes", "files": "files"}.get(name, "CPU seconds")
        yield f"  {name:10} {value:12,.4f} {unit} for each submission"
    yield f"  {found['disk_gib']} GiB on the disk"
    for name, rows in found.items():
        if name.startswith("simulated"):
            yield f"{name.replace('_', ' ')}:"
            yield from map(line, rows)


def line(row: dict[str, Any]) -> str:
    """Return a row as people read it."""
    busy = ", ".join(f"{name} {share} %" for name, share in row["busy_percent"].items())
    return f"{row['cores']:6} cores: {row['minutes']:8.1f} minutes; what decides: {row['bottleneck']} ({busy})"


if __name__ == "__main__":
    main()
