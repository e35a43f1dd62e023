"""What commands cost: the CPU time of all processes, the time by the clock, the memory of the first process.

When the first process of a namespace is killed, as a sandbox is, Linux forgets what the others in it took. So the
processes that fork workers are looked at while they live.
"""

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
FORKS = "cs231n-zygote"  # the name of processes that fork workers; what the workers took is in their figures
POLL_SECONDS = 0.05
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
    forgotten: dict[int, float] = {}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        os.set_blocking(process.stderr.fileno(), False)
        said = b""
        while process.poll() is None:
            memory = max(memory, _memory(process.pid))
            said += process.stderr.read() or b""
            forgotten |= {one: spent for one, name, spent in _family(process.pid) if name == FORKS}
            time.sleep(POLL_SECONDS)
        wall = time.monotonic() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}:\n{said.decode()[-2000:]}")
    _wait_for_orphans()
    return Cost(_ended() - before + sum(forgotten.values()), wall, memory)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, of all that it started, and of what those started."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + _ended() + living_seconds()


def living_seconds() -> float:
    """Return the CPU seconds of all living processes that this one started, and of what those started."""
    return sum(spent for _, _, spent in _family(os.getpid()))


def _family(process: int) -> Iterator[tuple[int, str, float]]:
    """Yield number, name and CPU seconds of all living processes that one started, or that one of those did."""
    waiting = [process]
    while waiting:
        for children in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            for child in map(int, _read(children).split()):
                waiting.append(child)
                name, _, fields = _read(Path(f"/proc/{child}/stat")).partition("(")[2].rpartition(")")
                yield child, name, sum(map(int, fields.split()[11:15])) / TICKS


def _read(path: Path) -> str:
    """Return what the system says of a process; nothing once it has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


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
    found = re.search(r"VmHWM:\s*(\d+) kB", _read(Path(f"/proc/{process}/status")))
    return int(found[1]) / 1024 if found else 0.0
