"""Warm workers: each is new, whatever the one before did, and costs little."""

import os
import signal
import textwrap
import time
from contextlib import suppress

import pytest
from classroom import QUICK, needs_bubblewrap, no_worker_left, protected_tiers, workers

from autograder.core.judge import JudgeError
from autograder.core.subject import SubjectError
from autograder.sandbox import warm
from autograder.sandbox.protection import Tier, start
from autograder.sandbox.remote import SandboxSubject


@pytest.fixture(params=protected_tiers)
def tier(request):
    return request.param


@pytest.fixture
def submitted(tier):
    """Put cells into a sandbox of their own."""

    def put(*cells):
        labelled = [(f"cell {i}", textwrap.dedent(cell).strip()) for i, cell in enumerate(cells, start=1)]
        return SandboxSubject(labelled, {}, tier, QUICK)

    with no_worker_left():
        yield put


def zygotes(tier):
    return warm._idle[tier, os.getpid()]


def test_one_zygote_forks_all_workers(submitted, tier):
    with submitted("def f(x):\n    return x") as subject:
        subject.f(1.0)
    first = list(zygotes(tier))
    with submitted("def f(x):\n    return x") as subject:
        subject.f(1.0)

    assert zygotes(tier) == first


def test_two_workers_at_a_time_have_two_zygotes(submitted, tier):
    warm.end_all()
    with submitted("def f(x):\n    return x") as one, submitted("def f(x):\n    return 2 * x") as other:
        assert (one.f(1.0), other.f(1.0)) == (1.0, 2.0)

    assert len(zygotes(tier)) == 2
    warm.end_all()
    assert zygotes(tier) == []


LEAVE = {
    "a patched numpy": "np.maximum = lambda *a: 13.0",
    "a patched interpreter": "builtins.len = lambda *a: 13",
    "a module": "sys.modules['left_behind'] = sys",
    "a random state": "np.random.seed(99); random.seed(99)",
    "an error state": "np.seterr(all='raise')",
    "a variable of the environment": "os.environ['LEFT'] = 'behind'",
    "a file": "open('left-behind', 'w').write('x')",
    "a file of memory": "open('/dev/shm/left-behind', 'w').write('x')",
    "a folder": "os.makedirs('a/b/c')",
    "a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10))",
    "a handler": "signal.signal(signal.SIGALRM, signal.SIG_IGN)",
    "a working directory": "os.chdir('/')",
    "a mask": "os.umask(0o777)",
}
IMPORTS = "import builtins, os, random, resource, signal, sys\nimport numpy as np"
LOOK = """
def look():
    seen = [np.maximum(1, 2), len([1]), "left_behind" in sys.modules, np.random.rand(), random.random()]
    seen += [np.geterr()["over"] == "raise", "LEFT" in os.environ, len(os.listdir(".")), os.umask(0o22)]
    try:
        seen.append(len(os.listdir("/dev/shm")))
    except OSError:
        pass
    seen += [resource.getrlimit(resource.RLIMIT_NOFILE)[0], signal.getsignal(signal.SIGALRM) is signal.SIG_IGN]
    return np.array(seen, dtype=float)
"""


@pytest.mark.parametrize("deed", LEAVE.values(), ids=LEAVE)
def test_nothing_passes_from_one_worker_to_the_next(submitted, deed):
    with submitted(IMPORTS, LOOK) as subject:
        before = subject.look()
    deeds = f"def leave():\n    {deed}\n    return 1.0"
    with submitted(IMPORTS, deeds) as subject, suppress(SubjectError):  # the sandbox may forbid it
        subject.leave()
    with submitted(IMPORTS, LOOK) as subject:
        after = subject.look()

    assert after.tolist() == before.tolist()


def test_sets_of_strings_and_random_numbers_are_the_same_in_every_zygote(submitted):
    cells = IMPORTS, "def f():\n    return [np.random.rand(), random.random(), float(hash('x')), hash('y') % 1000.0]"
    with submitted(*cells) as subject:
        first = [float(number) for number in subject.f()]
    warm.end_all()

    with submitted(*cells) as subject:
        assert [float(number) for number in subject.f()] == first


@needs_bubblewrap
def test_a_worker_in_bubblewrap_is_the_first_of_its_own_processes_and_has_no_rights():
    cells = [
        (
            "cell 1",
            textwrap.dedent(
                """
                import ctypes, os
                import numpy as np

                def f():
                    libc = ctypes.CDLL(None, use_errno=True)
                    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
                    libc.capget(header, data)
                    return np.array([os.getpid(), os.getppid(), os.getuid(), *data])
                """
            ),
        )
    ]
    with SandboxSubject(cells, {}, Tier.BUBBLEWRAP, QUICK) as subject:
        first, parent, user, *rights = subject.f().tolist()

    assert (first, parent, user) == (1, 0, 65534)
    assert rights == [0] * 6


def test_a_zygote_that_was_killed_is_replaced(submitted, tier):
    with submitted("def f(x):\n    return x") as subject:
        subject.f(1.0)
    os.killpg(zygotes(tier)[0]._process.pid, signal.SIGKILL)

    with submitted("def f(x):\n    return x") as subject:
        assert subject.f(1.0) == 1.0


def test_a_zygote_that_is_killed_takes_its_worker_along(tier):
    warm.end_all()
    with start(tier, QUICK) as child:
        child.stdout.read(1)
        assert workers() == {child.pid}
        os.killpg(os.getpgid(parent_of(child.pid)), signal.SIGKILL)
        deadline = time.monotonic() + 5
        while workers() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not workers()


def parent_of(process):
    with open(f"/proc/{process}/stat") as file:  # noqa: PTH123
        return int(file.read().rpartition(")")[2].split()[1])


def test_a_worker_cannot_be_started_where_no_zygote_starts(tier, monkeypatch):
    warm.end_all()
    monkeypatch.setattr("autograder.sandbox.launch._python", lambda *_: ["/bin/false"])

    with pytest.raises(JudgeError, match="does not start: it ends with status 1"):
        SandboxSubject([], {}, tier, QUICK).f(1.0)
