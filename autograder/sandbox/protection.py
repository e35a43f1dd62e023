"""Protection: how a worker is kept from everything but its pipe.

The best tier is bubblewrap. Whether it works here is found by starting a worker with it, not by looking for
a program: kernels and containers forbid it in many ways.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from autograder.sandbox.limits import Limits

PACKAGE = Path(__file__).parent.parent
INSIDE = Path("/sandbox")  # where the worker's files stand inside
OWN_FILES = ("values.py", "sandbox/wire.py", "sandbox/selection.py", "sandbox/loading.py", "sandbox/worker.py")
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/libx32", "/etc/ld.so.cache")
FOREIGN_PACKAGES = ("usr/lib/python3*/dist-packages", "usr/local/lib/python3*/*-packages")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108  the private directory of the sandbox
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
BOOTSTRAP = (
    "import sys, runpy; root = sys.argv.pop(1); sys.path.append(root); "
    "runpy.run_module('autograder.sandbox.worker', run_name='__main__')"
)


class Tier(StrEnum):
    """How well student code is contained."""

    BUBBLEWRAP = "bubblewrap"
    RLIMITS = "rlimits"

    @property
    def sentence(self) -> str:
        """What this tier does, for every report."""
        return {
            Tier.BUBBLEWRAP: "student code runs in a bubblewrap sandbox: no network, no files, its own processes",
            Tier.RLIMITS: (
                "WARNING: student code runs with resource limits only. It can read and write the files of this "
                "account and use the network. Install bubblewrap before you grade code you do not trust"
            ),
        }[self]


class SandboxError(Exception):
    """The wanted protection does not work here: the instructor's to mend, never a student's doing."""


@cache
def probe() -> str:
    """Start a worker in bubblewrap and return what went wrong, or nothing if it works."""
    if shutil.which("bwrap") is None:
        return "the program bwrap is not installed"
    with start(Tier.BUBBLEWRAP, Limits()) as process:
        stdout, stderr = process.communicate(timeout=60)
    if stdout:
        return ""
    return stderr.decode(errors="replace").strip() or f"bwrap ends with status {process.returncode}"


def choose(wanted: Tier | None) -> Tier:
    """Choose the tier: the best there is, or the one that is asked for by name.

    Parameters
    ----------
    wanted : Tier or None
        None for the best.

    Raises
    ------
    SandboxError
        If bubblewrap does not work here and nobody asked for less by name.
    """
    if wanted is Tier.RLIMITS:
        return Tier.RLIMITS
    trouble = probe()
    if trouble:
        raise SandboxError(
            f"`--sandbox` must be a tier that works here (bubblewrap does not: {trouble}). Install bubblewrap, "
            "or say `--sandbox rlimits` if you trust the code: it can then reach your files and the network."
        )
    return Tier.BUBBLEWRAP


def best() -> Tier:
    """Return the best tier that works here, whatever it is: for code that its own author runs."""
    return Tier.RLIMITS if probe() else Tier.BUBBLEWRAP


@contextmanager
def start(tier: Tier, limits: Limits) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker; it, and all it started, is killed at the end.

    Parameters
    ----------
    tier : Tier
    limits : Limits

    Yields
    ------
    subprocess.Popen
        Its standard input and output are the channel.
    """
    with _home(tier) as home:
        command = _bubblewrap() if tier is Tier.BUBBLEWRAP else _bare(home.parent / "inside")
        process = subprocess.Popen(  # noqa: S603  the command is ours to the last word
            [*command, json.dumps(limits.resources())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            cwd=home,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _kill(process)


@contextmanager
def _home(tier: Tier) -> Iterator[Path]:
    """Give a worker its own empty folder; in bubblewrap that is a folder in memory, made inside."""
    if tier is Tier.BUBBLEWRAP:
        yield Path("/")
        return
    with tempfile.TemporaryDirectory(prefix="cs231n-worker-", ignore_cleanup_errors=True) as private:
        home = Path(private) / "home"  # beside the links to our own files, never above them
        home.mkdir()
        yield home


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a worker's whole process group; bubblewrap takes its namespace along."""
    with suppress(ProcessLookupError):  # it has ended, and so has its group
        os.killpg(process.pid, 9)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):  # unsent bytes of a request to a worker that is gone
                stream.close()
    process.wait()


def _python(root: Path) -> list[str]:
    return [_interpreter(), "-I", "-S", "-B", "-c", BOOTSTRAP, str(root)]


def _interpreter() -> str:
    """Return the interpreter itself, not the link to it in a virtual environment."""
    return os.path.realpath(sys.executable)


def _packages() -> dict[str, Path]:
    """Return what a worker may import besides the standard library: numpy, and msgspec for the channel."""
    found = {name: Path(module.__file__ or "").parent for name, module in (("numpy", np), ("msgspec", msgspec))}
    shared = found["numpy"].parent / "numpy.libs"
    return found | ({"numpy.libs": shared} if shared.is_dir() else {})


def _bubblewrap() -> list[str]:
    base = os.path.realpath(sys.base_prefix)
    system = [path for path in SYSTEM if Path(path).exists()]
    binds = [part for path in system for part in _bind_system(path)]
    if not base.startswith("/usr"):
        binds += ["--ro-bind", base, base]
    for path in _foreign_packages(base):
        binds += ["--tmpfs", str(path)]
    for name in OWN_FILES:
        binds += ["--ro-bind", str(PACKAGE / name), str(INSIDE / "autograder" / name)]
    for name, path in _packages().items():
        binds += ["--ro-bind", str(path), str(INSIDE / name)]
    return [
        "bwrap",
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
        *("--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "sandbox"),
        *("--size", str(64 * 2**20), "--tmpfs", "/tmp"),  # noqa: S108  private
        *binds,
        *("--dev", "/dev", "--size", str(2**20), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108
        *("--remount-ro", "/", "--chdir", "/tmp", "--clearenv"),  # noqa: S108
        *(part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)),
        "--",
        *_python(INSIDE),
    ]


def _foreign_packages(base: str) -> set[Path]:
    """Return where other packages stand, to be hidden: one of them may do the student's job."""
    found = {path for pattern in FOREIGN_PACKAGES for path in Path("/").glob(pattern)}
    return found | set(Path(base).glob("lib/python3*/site-packages"))


def _bind_system(path: str) -> list[str]:
    """Bind a system path, or make the link that it is (/bin is one to usr/bin on most systems)."""
    if Path(path).is_symlink():
        return ["--symlink", os.readlink(path), path]  # noqa: PTH115  the text of the link
    return ["--ro-bind", path, path]


def _bare(root: Path) -> list[str]:
    """Start without bubblewrap: the same files, linked into a folder."""
    for name in OWN_FILES:
        target = root / "autograder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(PACKAGE / name)
    for name, path in _packages().items():
        (root / name).symlink_to(path)
    return _python(root)
