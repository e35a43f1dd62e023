"""Gradescope: results in its form, and an autograder that runs this course's engine in its container."""

import json
import stat
from importlib.metadata import metadata, requires, version
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from autograder.core import render
from autograder.core.verdict import GradedCheck, Outcome, SubmissionReport
from autograder.course.course import Course
from autograder.course.kit import FIRST_DAY, PROJECT
from autograder.sandbox.protection import Tier
from autograder.sandbox.wire import clean

PACKAGES = (Path(__file__).parents[1], Path(__file__).parents[2] / "cs231n_lib")
WORDS = {Outcome.BLOCKED: "blocked by an earlier exercise", Outcome.BROKEN: "ours to mend: it costs nothing"}
SCRIPTS = {
    "setup.sh": """\
#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image. Python {python} or newer, and what keeps student code apart.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq bubblewrap python3-venv || apt-get install -y -qq python3-venv
python=python3
if ! $python -c 'import sys; sys.exit(sys.version_info < ({major}, {minor}))'; then
    apt-get install -y -qq python{python} python{python}-venv
    python=python{python}
fi
$python -m venv /autograder/venv
/autograder/venv/bin/python -m pip install --quiet -r /autograder/source/requirements.txt
""",
    "run_autograder": """\
#!/usr/bin/env bash
# Gradescope runs this for each submission, and reads /autograder/results/results.json.
root=${{AUTOGRADER_ROOT:-/autograder}}
python=$root/venv/bin/python
[ -x "$python" ] || python=python3
cd "$root/source" && exec "$python" -m autograder.export.container "$root"
""",
}


def results(report: SubmissionReport, seconds: float = 0.0) -> dict[str, Any]:
    """Return a report in the form of Gradescope's ``results.json``: hidden cases show their verdict only.

    Parameters
    ----------
    report : SubmissionReport
    seconds : float
        How long grading took.
    """
    problems = [problem for notebook in report.notebooks for problem in notebook.problems]
    return {
        "score": report.score,
        "execution_time": round(seconds, 2),
        "output": _plain("\n".join(problems)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(f"{place}.{number}", notebook.notebook, check)
            for place, notebook in enumerate(report.notebooks, start=1)
            for number, check in enumerate(notebook.checks, start=1)
        ],
        "extra_data": {"assignment": report.assignment, "max_score": report.max_score, "protection": report.sandbox},
    }


def _test(number: str, notebook: str, check: GradedCheck) -> dict[str, Any]:
    outcome = check.report.outcome
    more = f" ({WORDS[outcome]})" if outcome in WORDS else ""
    return {
        "score": check.score,
        "max_score": check.points,
        "status": "passed" if outcome in (Outcome.PASSED, Outcome.BROKEN) else "failed",
        "name": f"{notebook}: {check.report.check}{more}",
        "number": number,
        "output": _plain(render.text(check.report)),
        "output_format": "text",
        "tags": [notebook, check.report.exercise, str(outcome)],
        "visibility": "visible",
    }


def _plain(text: str) -> str:
    return "\n".join(clean(line, len(line)) for line in text.split("\n"))


def as_json(result: dict[str, Any]) -> bytes:
    """Return a result as the bytes of its file."""
    return (json.dumps(result, indent=1, ensure_ascii=False) + "\n").encode()


def autograder(course: Course, assignment: str, tier: Tier | None) -> bytes:
    """Return the zip of an autograder for Gradescope. It holds the course secret: it is for instructors only.

    Parameters
    ----------
    course : Course
    assignment : str
    tier : Tier or None
        The protection in the container; None for the best that works there.
    """
    course.read(assignment)
    python = str(metadata(PROJECT)["Requires-Python"]).removeprefix(">=")
    major, minor = python.split(".")[:2]
    about = {"python": python, "major": major, "minor": minor}
    files = {name: text.format(**about).encode() for name, text in SCRIPTS.items()}
    files["requirements.txt"] = "".join(f"{line}\n" for line in requires(PROJECT) or () if ";" not in line).encode()
    settings = {"assignment": assignment, "sandbox": None if tier is None else str(tier), "version": version(PROJECT)}
    files["settings.json"] = as_json({**settings, "limits": msgspec.to_builtins(course.limits())})
    files["secret"] = course.secret()[0]
    for path in sorted(course.released(assignment).glob("*.ipynb")):
        files[f"assignments/{assignment}/{path.name}"] = path.read_bytes()
    for package in PACKAGES:
        for path in sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            files[path.relative_to(package.parent).as_posix()] = path.read_bytes()
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = ZipInfo(name, FIRST_DAY)
            entry.compress_type = ZIP_DEFLATED
            rights = 0o755 if name in SCRIPTS else 0o600 if name == "secret" else 0o644
            entry.external_attr = (stat.S_IFREG | rights) << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
