"""The gradebook on a real PostgreSQL server, read as formgrader reads it while it is written."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import gradebooks
import pytest
from nbgrader.api import Gradebook
from rich.progress import Progress
from small_class import of_students

from autograder.course.course import Course
from autograder.grading.marking import Order, mark

pytestmark = pytest.mark.integration

ASSIGNMENT = "assignment1"
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def as_postgres(*command):
    """Run a command as an account that the server accepts: it refuses to be started by root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, cwd="/")  # noqa: S603  our own


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """Start a server with a database; return its address."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL's server is not installed")
    programs = PROGRAMS[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's own folders are closed to other accounts
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    as_postgres(programs / "initdb", "--auth=trust", "--username=grader", "-D", data)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    as_postgres(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        as_postgres(programs / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "grader", "gradebook")
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/gradebook"
    finally:
        as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_the_gradebook_may_be_on_postgresql_and_be_read_while_it_is_written(server, course, ungraded):
    config = ungraded / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text(encoding='utf-8')}\nc.CourseDirectory.db_url = {server!r}\n", encoding="utf-8"
    )
    (ungraded / "gradebook.db").unlink(missing_ok=True)
    over, seen, troubles = threading.Event(), [], []

    def read_as_formgrader_does():
        while not over.is_set():
            try:
                with Gradebook(server, "cs231n") as gradebook:
                    seen.append(len(gradebook.submission_dicts(ASSIGNMENT)))
            except Exception as error:  # whatever it is, the test tells it
                troubles.append(error)
            over.wait(0.2)

    mark(Course(ungraded), Order(ASSIGNMENT, student="perfect", jobs=1), Progress(disable=True))  # makes the tables
    reader = threading.Thread(target=read_as_formgrader_does)
    reader.start()
    try:
        run = mark(Course(ungraded), Order(ASSIGNMENT, jobs=2), Progress(disable=True))
    finally:
        over.set()
        reader.join()

    assert troubles == []
    assert len(seen) > 1
    assert not run.broken
    assert not (ungraded / "gradebook.db").exists()
    ours = of_students(gradebooks.grades(course, ASSIGNMENT), ungraded)
    assert gradebooks.grades(ungraded, ASSIGNMENT, server) == ours
