"""The ways to run the course elsewhere: a container, a dev container, a notebook service."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from released_course import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BINDER = ROOT / ".binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = (3, 11)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own tools


def test_a_linter_finds_nothing_in_the_dockerfile():
    done = run(str(Path(sys.executable).parent / "hadolint"), str(ROOT / "Dockerfile"))

    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_dockerfile_copies_is_there_and_nothing_private_is():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert (ROOT / "requirements.lock").exists()
    assert {".cs231n-secret", "gradebook.db*", "submitted", ".venv"} <= set(ignored)


def test_no_container_runs_as_root():
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["1000"]


def test_the_dev_container_is_the_container():
    config = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))

    assert (ROOT / ".devcontainer" / config["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert config["remoteUser"] == "student"


@pytest.mark.parametrize(
    "python",
    [
        re.search(r"^FROM python:(\d+)\.(\d+)", DOCKERFILE, re.MULTILINE).groups(),
        re.match(r"python-(\d+)\.(\d+)", (BINDER / "runtime.txt").read_text(encoding="utf-8")).groups(),
    ],
    ids=["container", "notebook service"],
)
def test_every_place_has_a_python_the_project_takes(python):
    assert PROJECT["requires-python"] == ">=3.11"
    assert tuple(map(int, python)) >= OLDEST


def test_a_notebook_service_installs_the_lock_file():
    (line,) = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()

    assert (BINDER / line.removeprefix("-r ")).resolve() == ROOT / "requirements.lock"


def test_a_notebook_service_can_run_the_last_step():
    script = BINDER / "postBuild"

    assert script.stat().st_mode & 0o111
    assert run("bash", "-n", str(script)).returncode == 0
