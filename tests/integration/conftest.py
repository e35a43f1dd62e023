"""One sample course, made once, which every test copies before it changes anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import Progress

from autograder import demo

LEFT_OUT = ("gradebook.db", "autograded", "feedback", "results", "report")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """Run the demo once; return its folder and what it said."""
    at = tmp_path_factory.mktemp("demo") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CS231N_SECRET", raising=False)
        return at, demo.run(at, 2, Progress(disable=True))


@pytest.fixture
def course(sample, tmp_path):
    """Copy the graded sample course."""
    return Path(shutil.copytree(sample[0], tmp_path / "course"))


@pytest.fixture
def ungraded(sample, tmp_path):
    """Copy the sample course as it was before anything was graded."""
    return Path(shutil.copytree(sample[0], tmp_path / "ungraded", ignore=shutil.ignore_patterns(*LEFT_OUT)))


@pytest.fixture(scope="session")
def nbgrader():
    """Run a command of nbgrader in a course."""
    folder = Path(sys.executable).parent
    environment = {name: value for name, value in os.environ.items() if name != "CS231N_SECRET"}
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"

    def nbgrader(course, *arguments):
        ended = subprocess.run(  # noqa: S603  nbgrader's own command
            [folder / "nbgrader", *arguments],
            cwd=course,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout + ended.stderr

    return nbgrader
