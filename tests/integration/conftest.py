"""One sample course, made once, which every test copies before it changes anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import Progress
from small_class import small_class

from autograder.course.course import CONFIG
from autograder.sample import demo


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Make the course that the demo copies, in which an endless loop is given up sooner."""
    home = tmp_path_factory.mktemp("home")
    config = (demo.HOME / CONFIG).read_text(encoding="utf-8")
    (home / CONFIG).write_text(f"{config}\nc.Limits.call_seconds = 1.5\n", encoding="utf-8")
    (home / "solutions").symlink_to(demo.HOME / "solutions")
    return home


@pytest.fixture(scope="session")
def run_demo(home):
    """Return what runs the demo in a folder."""

    def run_demo(at):
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("CS231N_SECRET", raising=False)
            patch.setattr(demo, "HOME", home)
            return demo.run(at, 2, Progress(disable=True))

    return run_demo


@pytest.fixture(scope="session")
def sample(run_demo, tmp_path_factory):
    """Run the demo once; return its folder and what it said."""
    at = tmp_path_factory.mktemp("demo") / "course"
    return at, run_demo(at)


@pytest.fixture
def course(sample, tmp_path):
    """Copy the graded sample course."""
    return Path(shutil.copytree(sample[0], tmp_path / "course"))


@pytest.fixture
def ungraded(sample, tmp_path):
    """Copy a small class of the sample course as it was before anything was graded."""
    return small_class(sample, tmp_path / "ungraded")


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
