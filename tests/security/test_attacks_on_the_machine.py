"""Section 5 of the table in docs/security.md: using up the machine."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from classroom import HOME, MIB, descendants, seen, with_function
from hostile import LIMITS, SLOTS, WORKED, crowd, function, one_tier, threat, together

pytestmark = pytest.mark.security

HOARDS = {
    "memory": "hoard = []\nwhile True: hoard.append(np.ones(2**18))",
    "memory at once": "return np.ones(2**31)",
    "memory that is mapped": "import mmap\nhoard = [mmap.mmap(-1, 2**27) for _ in range(99)]",
    "a file of memory": "import os; f = os.memfd_create('x'); [os.write(f, bytes(2**20)) for _ in range(4096)]; WRONG",
    "a disk in memory": "f = open('/dev/shm/x', 'wb')\nwhile True: f.write(bytes(2**20))",
    "shared memory": "from multiprocessing.shared_memory import SharedMemory\n[SharedMemory(create=True, size=2**27) for _ in range(99)]",
    "the disk": "f = open('x', 'wb')\nwhile True: f.write(bytes(2**20))",
    "many large files": "for i in range(10**6): open(str(i), 'wb').write(bytes(2**20))",
    "files that are deleted": "import os\nfor i in range(10**6):\n    f = os.open('x', 66); os.write(f, bytes(2**20)); os.unlink('x')",
    "many files": "for i in range(10**6): open(str(i), 'w').close()",
    "many folders": "import os\nwhile True: os.mkdir('d'); os.chdir('d')",
    "a sparse file": "import os; f = open('x', 'wb'); os.ftruncate(f.fileno(), 2**40); WRONG",
    "reserved space": "import os; f = open('x', 'wb'); os.posix_fallocate(f.fileno(), 0, 2**30); WRONG",
    "many descriptors": "hoard = [open('/dev/null') for _ in range(10**6)]",
    "many pipes": "import os; hoard = [os.pipe() for _ in range(10**6)]",
    "many threads": "from threading import Event, Thread\nwhile True: Thread(target=Event().wait).start()",
    "many small threads": (
        "import threading\nthreading.stack_size(32768)\n"
        "while True: threading.Thread(target=threading.Event().wait).start()"
    ),
    "many processes": "import os\nwhile True: os.fork()",
    "many programs": "import subprocess\nhoard = [subprocess.Popen(['/bin/sleep', '60']) for _ in range(10**4)]",
    "many spawned": "from multiprocessing import Pool\nPool(99).map(abs, range(99))",
    "every core": "from threading import Thread\nfor _ in range(20): Thread(target=lambda: exec('while True: pass')).start()\nwhile True: pass",
    "locked memory": "import ctypes; c = ctypes.CDLL(None); c.mlockall(3) and exec('raise OSError(1, \"refused\")'); WRONG",
    "the priority": "import os; os.nice(-20); WRONG",
    "a higher limit": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); WRONG",
}


@threat("5.1")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@together(HOARDS)
def test_what_uses_up_the_machine_ends_that_exercise_only(attack, attacks):
    disk = free_disk()

    with Peak() as peak:
        attack(attacks, limits=replace(LIMITS, memory=256 * MIB))

    assert peak.tasks < 1000
    assert peak.memory < 600 * MIB  # a zygote, a worker and the rest of what 256 MiB of addresses are made of
    assert disk - free_disk() < 500 * MIB
    assert not descendants_with("sleep")


class Peak:
    """The most tasks and memory that all workers had together at any moment."""

    def __enter__(self):
        self.tasks = self.memory = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._over.wait(0.03):
            told = "".join(seen(f"/proc/{number}/status") for number in descendants())
            self.tasks = max(self.tasks, total("Threads", told))
            self.memory = max(self.memory, 1024 * total("VmRSS", told))

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def total(name, told):
    """Add up what the system says of processes under a name."""
    return sum(map(int, re.findall(rf"^{name}:\s+(\d+)", told, re.MULTILINE)))


def descendants_with(name):
    return [number for number in descendants() if name in seen(f"/proc/{number}/comm")]


def free_disk():
    status = os.statvfs("/tmp")  # noqa: S108  where folders are made
    return status.f_bavail * status.f_frsize


FLOODS = {
    "megabytes": "import os\nfor _ in range(300): os.write(1, b'x' * 2**20); os.write(2, b'y' * 2**20)\nWRONG",
    "an endless line": "import sys\nwhile True: sys.stdout.write('z' * 2**16)",
    "escapes": "print('\\x1b]0;title\\x07\\x1b[2J\\x1b[31m' * 10**5); import sys; sys.stderr.write('\\x1bc'); WRONG",
    "warnings": "import warnings\nfor i in range(10**4): warnings.warn('x' * 1000 + str(i))\nWRONG",
    "a terminal": "import fcntl, termios\nfor c in b'reboot\\n': fcntl.ioctl(0, termios.TIOCSTI, bytes([c]))\nWRONG",
    "every descriptor": "import os\nfor d in range(5, 256):\n    try: os.write(d, b'x' * 2**20)\n    except OSError: continue\nWRONG",
}


@threat("5.2")
@together(FLOODS)
def test_a_flood_of_output_is_thrown_away(attack, attacks, capfd):
    attack(attacks)

    assert capfd.readouterr() == ("", "")


MEMORY = """
import json, resource, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from classroom import QUICK, Tier, graded, with_function, with_last_cell
from hostile import WORKED, function
from test_attacks_on_the_judge import FORGERY
node = with_last_cell(WORKED, FORGERY)
for slot, source in json.loads(sys.argv[3]).items():
    node = with_function(node, slot, function(slot, source))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report = graded(Path(sys.argv[1]), node, Tier(sys.argv[2]), QUICK).report
print(report.score, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
HEAVY = {
    "softmax_loss": "raw(number(), b'\\xdd\\x01\\xc0\\0\\0' + b'\\x80' * (7 * 2**20)); WRONG",
    "relu_backward": "return np.zeros(2**20 - 100)",
    "affine_backward": "for _ in range(500): os.write(1, b'x' * 2**20)\nraise ValueError('x' * 10**8)",
}


@threat("5.2")
@one_tier
def test_the_graders_memory_stays_flat(tmp_path, tier):
    code = MEMORY.format(paths=[str(HOME / "tests"), str(HOME / "tests/security")])

    ended = subprocess.run(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code, str(tmp_path), str(tier), json.dumps(HEAVY)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    score, mebibytes = map(float, ended.stdout.split())
    assert score == 4  # of the two exercises that are not attacked
    assert mebibytes < 250


@threat("5.1")
def test_many_slow_calls_are_bounded_for_the_exercise_and_for_the_submission(hand_in_and_grade):
    node = WORKED
    for slot in SLOTS:
        node = with_function(node, slot, function(slot, "import time; time.sleep(0.35); WRONG"))
    limits = replace(LIMITS, exercise_seconds=1.0, submission_seconds=2.0)
    start = time.monotonic()

    report = hand_in_and_grade(node, limits=limits).report

    assert time.monotonic() - start < 8 * crowd()
    assert report.score >= 0
    assert "seconds" in next(c.report for c in report.checks if c.report.check == "softmax_loss").message
