"""Section 4 of the table in docs/security.md: ending the game."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from classroom import (
    HOME,
    hand_in,
    job,
    lost,
    no_worker_left,
    processes,
    seen,
    with_cell,
    with_function,
    with_last_cell,
)
from hostile import LIMITS, TARGET, WORKED, crowd, function, one_tier, threat, together

from autograder.grading.batch import grade_all
from autograder.sandbox.private import PREFIX

pytestmark = pytest.mark.security

EXCEPTIONS = """
class Silent(BaseException):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__

class Looping(BaseException):
    def __str__(self):
        while True:
            pass

class Undead:
    def __del__(self):
        raise SystemExit
"""
EXITS = {
    "sys.exit": "import sys; sys.exit(0)",
    "os._exit": "import os; os._exit(0)",
    "quit": "raise SystemExit('passed')",
    "a silent exception": "raise Silent",
    "a looping exception": "raise Looping",
    "a huge exception": "raise ValueError('x' * 10**8)",
    "an interrupt": "raise KeyboardInterrupt",
    "a generator's exit": "raise GeneratorExit",
    "an exception group": "raise BaseExceptionGroup('x' * 1000, [SystemExit(), Silent()])",
    "a lying class": "raise type('\\x1b[31m' + 'x' * 10**6, (BaseException,), {})",
    "a chain without an end": "a = ValueError(); b = ValueError(); a.__cause__ = b; b.__cause__ = a; raise a",
    "an exception of ours": "import sys; raise sys.modules['autograder.sandbox.wire'].WireError('passed')",
}


@threat("4.1")
@one_tier
@together(EXITS)
def test_an_exit_ends_that_exercise_only(attack, attacks):
    outcome = attack(attacks, EXCEPTIONS)

    assert all(message.isprintable() and len(message) < 1000 for message in outcome.messages.values())


SIGNALS = {
    "its own end": "import os, signal; os.kill(os.getpid(), signal.SIGKILL); WRONG",
    "its own stop": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP); WRONG",
    "everybody's end": "import os, signal; os.kill(-1, signal.SIGKILL); WRONG",
    "everybody's stop": "import os, signal; os.kill(-1, signal.SIGSTOP); WRONG",
    "its parent's end": "import os, signal; os.kill(os.getppid(), signal.SIGKILL); WRONG",
    "its group's end": "import os, signal; os.killpg(0, signal.SIGKILL); WRONG",
    "deaf to signals": """
        import signal
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                continue
        while True:
            pass
    """,
    "no end with the parent": "import ctypes; ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\nwhile True: pass",
    "an alarm": "import signal; signal.setitimer(signal.ITIMER_REAL, 0.01); import time; time.sleep(0.1); WRONG",
}


@threat("4.2")
@together(SIGNALS)
def test_a_signal_ends_nothing_but_its_sender(attack, attacks):
    attack(attacks)


HANGS = {
    "a loop": "while True: pass",
    "a loop in C": "sum(iter(int, 1))",
    "a sleep": "import time; time.sleep(30)",
    "a wait for input": "input(); import time; time.sleep(30)",
    "a lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "a pipe": "import os; os.read(os.pipe()[0], 1)",
    "a regular expression": "import re; re.match('(a*)*b', 'a' * 40)",
    "a huge power": "9 ** 9 ** 9",
    "a sort": "while True: sorted(range(10**5), key=lambda i: -i)",
}
CRASHES = {
    "a null pointer": "import ctypes; ctypes.string_at(0)",
    "abort": "import os; os.abort()",
    "a fault": "import faulthandler; faulthandler._sigsegv()",
    "the end of the stack": "import sys; sys.setrecursionlimit(10**9); return FUNCTION(*[x] * FUNCTION.__code__.co_argcount)",
    "a deep repr": "import sys; sys.setrecursionlimit(10**9); a = []\nfor _ in range(10**6): a = [a]\nrepr(a)",
    "code of garbage": "FUNCTION.__code__ = FUNCTION.__code__.replace(co_code=bytes([255] * 20)); WRONG",
}


@threat("4.3")
@one_tier
@together(HANGS)
def test_what_hangs_is_ended_and_told(attack, attacks):
    outcome = attack(attacks)

    for name, message in outcome.messages.items():
        assert "takes longer than 0.6 seconds" in message or "EOFError" in message, name


@threat("4.3")
@together(CRASHES)
def test_what_crashes_ends_that_exercise_only(attack, attacks):
    outcome = attack(attacks)

    assert all(message.isprintable() for message in outcome.messages.values())


@threat("4.3")
@one_tier
def test_no_core_file_is_written(attack, tmp_path):
    attack("import os, resource\nraise ValueError(str(resource.getrlimit(resource.RLIMIT_CORE)))")

    assert not list(tmp_path.rglob("core*"))


SURVIVORS = {
    "another program": "import os; os.execv('/bin/sleep', ['sleep', 'SECONDS'])",
    "processes": """
        import os, subprocess
        try:
            subprocess.Popen(["/bin/sleep", "SECONDS"], start_new_session=True)
        finally:
            if os.fork() == 0:
                os.setsid()
                os.execv("/bin/sleep", ["sleep", "SECONDS"])
    """,
    "a shell": "import os; os.system('(sleep SECONDS &) ; sleep SECONDS'); WRONG",
    "threads": "import threading, time; threading.Thread(target=time.sleep, args=(SECONDS,)).start(); WRONG",
    "daemons": "import os, pty; pty.fork(); WRONG",
    "an exit handler": "import atexit, time; atexit.register(time.sleep, SECONDS); WRONG",
    "a finalizer": "import sys; sys.undead = type('U', (), {'__del__': lambda self: exec('while True: pass')})(); WRONG",
    "closed descriptors": "import os; os.closerange(0, 256)",
    "swapped descriptors": "import os; [os.dup2(0, i) for i in range(3, 20)]; WRONG",
}


@threat("4.4")
@together(SURVIVORS)
def test_nothing_outlives_its_worker(attack, attacks):
    seconds = f"9876{os.getpid()}"

    attack({name: source.replace("SECONDS", seconds) for name, source in attacks.items()})

    deadline = time.monotonic() + 5
    while any(seconds in command for command in processes().values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [command for command in processes().values() if seconds in command]


@threat("4.4")
def test_a_thread_of_one_exercise_cannot_end_another(attack):
    attack(
        """
        import os, threading, time
        threading.Thread(target=lambda: (time.sleep(0.005), os._exit(0)), daemon=True).start()
        WRONG
        """
    )

    assert threading.active_count() >= 1


STATES = {
    "the error state": "import sys; np.seterr(all='raise'); sys.setrecursionlimit(60); WRONG",
    "warnings": "import warnings; warnings.simplefilter('error'); warnings.warn = None; WRONG",
    "the locale": "import locale; locale.setlocale(locale.LC_ALL, 'C'); np.set_printoptions(precision=1); WRONG",
    "the working directory": "import os, sys; os.chdir('/'); sys.path.clear(); WRONG",
    "the modules": "import sys; [sys.modules.pop(name) for name in list(sys.modules) if name != 'sys']; WRONG",
    "the other functions": "for name in list(globals()):\n    if name.startswith(('affine', 'relu')): del globals()[name]\nWRONG",
    "builtins": "import builtins; vars(builtins).clear(); WRONG",
    "the import": "import builtins; builtins.__import__ = None; WRONG",
    "the collector": "import gc; gc.disable(); gc.callbacks.append(lambda *a: exec('while True: pass')); WRONG",
}


@threat("4.5")
@one_tier
@together(STATES)
def test_a_poisoned_interpreter_costs_no_other_exercise(attack, attacks):
    attack(attacks)


LOADING = {
    "an exit": "import os\n\nclass Net:\n    os._exit(0)",
    "a loop that catches everything": (
        "class Net:\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass"
    ),
    "closed descriptors": "import os\n\nclass Net:\n    os.closerange(0, 256)",
    "memory, then an end": "class Net:\n    hoard = ' ' * 2**28, ' ' * 2**28, ' ' * 2**28\n\nimport os\n\nclass Other:\n    os.abort()",
}


@threat("4.1")
@pytest.mark.parametrize("source", LOADING.values(), ids=LOADING)
def test_definitions_that_attack_cost_their_own_submission_and_little_time(hand_in_and_grade, source):
    limits = replace(LIMITS, load_seconds=1.0)

    report = hand_in_and_grade(with_last_cell(WORKED, source), limits=limits, longest=15).report

    assert report.score == 0


@threat("4.3")
@one_tier
def test_a_definition_that_never_ends_costs_nobody_a_point(hand_in_and_grade):
    source = "class Net:\n    while True:\n        pass"

    report = hand_in_and_grade(with_last_cell(WORKED, source)).report

    assert report.score == report.max_score
    assert "it takes too long to be executed while grading" in report.notebooks[0].problems[0]


@threat("4.2")
def test_a_hang_takes_hardly_longer_than_its_limit(hand_in_and_grade):
    node = with_function(WORKED, TARGET, function(TARGET, "while True: pass"))
    limits = replace(LIMITS, call_seconds=1.0)
    hand_in_and_grade(WORKED, limits=limits)  # what is prepared once
    start = time.monotonic()

    report = hand_in_and_grade(node, limits=limits).report

    assert lost(report) == {TARGET}
    assert time.monotonic() - start < (2 * limits.call_seconds + 2) * crowd()  # two asks, each in a new worker


@threat("4.1")
def test_hostile_submissions_leave_other_students_alone(tmp_path, tier, temporary):
    hostile = {
        "exits": "import os; os._exit(0)",
        "kills": "import os, signal; os.kill(-1, signal.SIGKILL); os.kill(os.getpid(), signal.SIGKILL)",
        "hangs": "while True: pass",
        "hoards": "hoard = []\nwhile True: hoard.append(np.ones(2**18))",
    }
    class_ = [
        hand_in(tmp_path, with_function(WORKED, TARGET, function(TARGET, source)), student=name)
        for name, source in hostile.items()
    ]
    class_ += [hand_in(tmp_path, with_cell(WORKED, f"# {name}"), student=name) for name in ("ada", "bob", "cy")]

    with no_worker_left():
        results = list(grade_all(job(tmp_path, tier, LIMITS), class_, jobs=2))

    assert not [problem.report.detail for result in results for problem in result.report.broken]
    scores = {result.submitted.student: result.report.score for result in results}
    assert scores == dict.fromkeys(hostile, 9.0) | dict.fromkeys(("ada", "bob", "cy"), 13.0)
    assert not list(temporary.glob(f"{PREFIX}*"))


GRADER = """
import sys
sys.path.insert(0, {tests!r})
from dataclasses import replace
from pathlib import Path
from classroom import QUICK, Tier, graded, with_function, worked
print("ready", flush=True)
source = "import time\\n\\ndef softmax_loss(x, y):\\n    time.sleep(3600)"
limits = replace(QUICK, call_seconds=3600.0, exercise_seconds=3600.0, submission_seconds=3600.0)
graded(Path(sys.argv[1]), with_function(worked(), "softmax_loss", source), Tier(sys.argv[2]), limits)
"""


@threat("4.4")
def test_a_grader_that_is_killed_leaves_no_process_and_no_folder(tmp_path, tier, temporary):
    environment = os.environ | {"TMPDIR": str(temporary)}
    code = GRADER.format(tests=str(HOME / "tests"))
    with subprocess.Popen(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code, str(tmp_path), str(tier)], env=environment, stdout=subprocess.PIPE
    ) as grader:
        grader.stdout.readline()
        assert wait_for(lambda: family_of(grader.pid))
        time.sleep(2)  # by now it sleeps in the function; if it does not, it ends in another place
        family = family_of(grader.pid)
        grader.send_signal(signal.SIGKILL)

    assert family
    assert wait_for(lambda: not (family & processes().keys()))
    clean = "from autograder.sandbox.protection import probe, Tier; import sys; sys.exit(probe(Tier.LANDLOCK))"
    subprocess.run([sys.executable, "-c", clean], env=environment, timeout=60, check=False)  # noqa: S603  ours
    assert not list(temporary.glob(f"{PREFIX}*"))


def family_of(number):
    """Return the numbers of all processes that a process started, or that one of those did."""
    found, waiting = set(), [number]
    while waiting:
        parent = waiting.pop()
        children = {int(child) for child in seen(f"/proc/{parent}/task/{parent}/children").split()}
        found |= children
        waiting += children
    return found


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    return None
