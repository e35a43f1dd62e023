"""What runs in Gradescope's container: grade ``submission/``, write ``results/results.json``.

``python -m autograder.export.container /autograder``. If something of ours fails there is no result, and the exit
status says so: Gradescope shows that the autograder failed, and nobody loses a point.
"""

import autograder.quickstart  # noqa: F401  it acts by being imported

# isort: split

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from autograder.export.gradescope import as_json, results
from autograder.files import write_whole
from autograder.grading.batch import Job, grade_one
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import SandboxError, Tier, choose
from autograder.submission import Submitted


class Settings(msgspec.Struct):
    """What the zip of the autograder says."""

    assignment: str
    sandbox: Tier | None
    limits: Limits
    version: str = ""


def main(root: Path) -> int:
    """Grade the one submission in a container.

    Parameters
    ----------
    root : Path
        ``/autograder``: it holds ``source``, ``submission`` and ``results``.

    Returns
    -------
    int
        The exit status.
    """
    source = root / "source"
    settings = msgspec.json.decode((source / "settings.json").read_bytes(), type=Settings)
    try:
        tier = choose(settings.sandbox)
    except SandboxError as error:
        print(f"For the instructor: {error}", file=sys.stderr)
        return 1
    begin = time.monotonic()
    with TemporaryDirectory(prefix="cs231n-results-") as kept:
        released = source / "assignments" / settings.assignment
        secret = (source / "secret").read_bytes()
        job = Job(released, Path(kept), tier, secret, settings.limits)
        report = grade_one(job, Submitted("student", root / "submission")).report
    for check in report.broken:
        print(f"For the instructor: {check.report.check}: {check.report.detail}", file=sys.stderr)
    write_whole(root / "results" / "results.json", as_json(results(report, time.monotonic() - begin)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
