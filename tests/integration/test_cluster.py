"""Grading on a real Dask scheduler with two workers, one of which is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import gradebooks
import pytest
from distributed import Client
from rich.progress import Progress
from small_class import of_students

from autograder.course.course import Course, CourseError
from autograder.grading.marking import Order, mark

pytestmark = pytest.mark.integration

ASSIGNMENT = "assignment1"
PROGRAM = Path(sys.executable).with_name("dask")
ALONE = {**os.environ, "PYTHONWARNINGS": "ignore", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


def started(*arguments):
    return subprocess.Popen(  # noqa: S603  our own arguments
        [PROGRAM, *map(str, arguments)], env=ALONE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers; return the address and the workers."""
    file = tmp_path / "scheduler.json"
    scheduler = started("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    options = ("--scheduler-file", file, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "120")
    workers = [started("worker", *options, "--local-directory", tmp_path / f"worker{number}") for number in (1, 2)]
    try:
        while not file.exists():
            assert scheduler.poll() is None
            time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def results_of(course):
    return {path.name: path.read_bytes() for path in (course / "results" / "by-hash").glob("*")}


def test_a_cluster_that_loses_a_worker_grades_as_one_machine_does(cluster, course, ungraded):
    address, workers = cluster
    victim = workers[0]
    progress = Progress(disable=True)
    killed = []

    class Killing(Progress):
        def advance(self, *arguments, **options):
            super().advance(*arguments, **options)
            if not killed:
                killed.append(os.kill(victim.pid, signal.SIGKILL))

    run = mark(Course(ungraded), Order(ASSIGNMENT, jobs=1, cluster=address), Killing(disable=True))

    assert killed
    assert not run.broken
    assert len(run.graded) > 20
    alone = mark(Course(course), Order(ASSIGNMENT, jobs=2), progress)
    scores = {row.student: row.score for row in alone.graded}
    assert [row.score for row in run.graded] == [scores[row.student] for row in run.graded]
    assert gradebooks.grades(ungraded, ASSIGNMENT) == of_students(gradebooks.grades(course, ASSIGNMENT), ungraded)
    assert results_of(ungraded).keys() <= results_of(course).keys()


def test_an_address_at_which_nobody_answers_is_told(ungraded, monkeypatch):
    monkeypatch.setattr("autograder.grading.cluster.CONNECT_SECONDS", 1.0)
    with pytest.raises(
        CourseError, match=r"^`--cluster` must be the address of a running Dask scheduler \(got 'tcp://127"
    ):
        mark(Course(ungraded), Order(ASSIGNMENT, cluster="tcp://127.0.0.1:9"), Progress(disable=True))
