"""What commands cost: the CPU time of all processes, the time by the clock, the memory of the first process."""

import ctypes
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU, seconds by the clock, and MiB that the first process took at most."""

    cpu: float
    wall: float
    memory: float


def adopt_orphans() -> None:
    """Make whoever is orphaned from now on ours, and its time, too."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def cost_of(command: list[str], folder: Path) -> Cost:
    """Run a command in a folder, wait for all that it started, and return what it cost."""
    before, start, memory = _ended(), time.monotonic(), 0.0
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        os.set_blocking(process.stderr.fileno(), False)
        said = b""
        while process.poll() is None:
            memory = max(memory, _memory(process.pid))
            said += process.stderr.read() or b""
            time.sleep(0.02)
        wall = time.monotonic() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}:\n{said.decode()[-2000:]}")
    _wait_for_orphans()
    return Cost(_ended() - before, wall, memory)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, of all that it started, and of what those started."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = sum(sum(map(int, fields[11:15])) for fields in _family(os.getpid()))
    return own.ru_utime + own.ru_stime + _ended() + ticks / TICKS


def _family(process: int) -> Iterator[list[str]]:
    """Yield what the system says of all living processes that one started, or that one of those did."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            yield from _family(child)


def _wait_for_orphans() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def _ended() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _memory(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
