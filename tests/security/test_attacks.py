"""Real attacks, handed in as submissions: the attacked exercise earns nothing, everything else is unaffected."""

import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from classroom import (
    HOME,
    MIB,
    QUICK,
    defining_cell,
    earned,
    graded,
    hand_in,
    job,
    lost,
    needs_bubblewrap,
    no_worker_left,
    processes,
    with_function,
    with_last_cell,
    worked,
)

from autograder.batch import grade_all
from autograder.diagnosis import HIDDEN_TROUBLE
from autograder.sandbox.protection import Tier
from autograder.verdict import Outcome

pytestmark = [pytest.mark.security, needs_bubblewrap]

TARGET = "softmax_loss"  # nothing else needs it
WORKED = worked()
RIGHT = defining_cell(WORKED, TARGET).source.replace(f"def {TARGET}", "def right")
CANARY = "canary-7c2e-in-the-environment"
LIMITS = replace(QUICK, memory=512 * MIB)
LONGEST = 30  # seconds; two asks of at most two workers for each of a few limits of one second


@pytest.fixture
def canary(monkeypatch):
    """Put a canary into the environment and the home of the grader; return where the latter is."""
    monkeypatch.setenv("CS231N_CANARY", CANARY)
    with tempfile.NamedTemporaryFile("w", dir=Path.home(), prefix=".canary-") as file:
        file.write(CANARY)
        file.flush()
        yield file.name


@pytest.fixture
def attack(tmp_path, canary):  # noqa: ARG001  it is there to be found
    """Hand in a hostile softmax_loss, grade it in bubblewrap, and assert what holds for every attack."""

    def attack(source, limits=LIMITS):
        cell = "import numpy as np\n" + textwrap.dedent(source)
        node = with_last_cell(with_function(WORKED, TARGET, ""), cell)
        start = time.monotonic()
        with no_worker_left():
            result = graded(tmp_path, node, Tier.BUBBLEWRAP, limits)
        assert time.monotonic() - start < LONGEST
        assert not result.report.broken
        assert lost(result.report) == {TARGET}
        assert earned(result.report)[TARGET] == 0
        everything = msgspec.json.encode(result.report).decode() + "".join(result.notebooks.values())
        assert CANARY not in everything
        return first_message(result)

    return attack


def first_message(result):
    return next(check.report.message for check in result.report.checks if check.report.check == TARGET)


def body(source):
    """Make a hostile function of statements; what it finds out it tells by an exception."""
    return f"def {TARGET}(x, y):\n{textwrap.indent(textwrap.dedent(source).strip(), '    ')}\n"


WRONG = "return 0.0, np.zeros_like(x)"

PATCHES = {
    "numpy's comparisons": "np.allclose = np.array_equal = np.isfinite = lambda *a, **k: True",
    "numpy's norms": "np.abs = np.max = np.linalg.norm = lambda *a, **k: 0.0",
    "numpy's functions for everybody": "np.maximum = np.exp = np.sum = np.asarray = np.array = lambda *a, **k: 0.0",
    "builtins": "import builtins; builtins.max = builtins.abs = builtins.len = builtins.float = lambda *a: 0",
    "the messages": "import msgspec; msgspec.msgpack.Encoder = msgspec.msgpack.encode = lambda *a, **k: b'passed'",
    "the wire": "import sys; sys.modules['autograder.sandbox.wire'].encode = lambda *a: b'\\0\\0\\0\\0'",
    "the values": "import sys; sys.modules['autograder.values'].is_plain = lambda *a: True",
    "the worker": "import sys; sys._getframe(1).f_locals['self']._names.clear()",
    "the clock": "import time; time.monotonic = time.perf_counter = time.time = lambda: 0.0",
    "the error state": "import sys; np.seterr(all='raise'); sys.setrecursionlimit(60)",
    "the modules": "import sys; [sys.modules.pop(name) for name in list(sys.modules) if 'auto' in name]",
    "the working directory": "import os, sys; os.chdir('/'); sys.path.clear()",
    "the exit": "import atexit; atexit.register(print, 'passed')",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_patching_changes_no_verdict(attack, patch):
    attack(body(f"{patch}\n{WRONG}"))


SEARCHES = {
    "modules": """
        import sys
        for module in list(sys.modules.values()):
            function = vars(module).get("softmax_loss")
            if callable(function) and function is not softmax_loss:
                return function(x, y)
        raise LookupError("found nothing")
    """,
    "frames": """
        import sys
        frame = sys._getframe(1)
        while frame is not None:
            for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
                if isinstance(value, dict) and {"loss", "dx"} <= value.keys():
                    return value["loss"], value["dx"]
                if "autograder.checks" in repr(type(value)):
                    return 0.0, value
            frame = frame.f_back
        raise LookupError("found nothing")
    """,
    "objects": """
        import gc
        for thing in gc.get_objects():
            if isinstance(thing, dict) and "loss" in thing and "dx" in thing:
                return thing["loss"], thing["dx"]
            if type(thing).__name__ in ("Check", "Case", "Examiner", "ReferenceAnswers"):
                return 0.0, thing
        raise LookupError("found nothing")
    """,
    "arguments": """
        import sys
        if any(word in " ".join(sys.argv + sys.orig_argv) for word in ("secret", "hidden", "assignment")):
            return 0.0, x
        raise LookupError("found nothing")
    """,
    "the reference": """
        for name in ("cs231n_lib.layers", "autograder.reference", "autograder.published", "scipy.special", "torch"):
            try:
                return __import__(name, fromlist=["softmax_loss"]).softmax_loss(x, y)
            except ImportError:
                continue
        raise LookupError("found nothing")
    """,
    "other processes": """
        import os
        for path in ("/proc/1/environ", "/proc/self/environ", f"/proc/{os.getppid()}/mem", "/proc/self/maps"):
            try:
                raise ValueError(open(path).read())
            except OSError:
                continue
        raise LookupError("found nothing")
    """,
    "the environment": """
        import os
        if "CS231N_CANARY" in os.environ or len(os.environ) > 20:
            raise ValueError(str(os.environ))
        raise LookupError("found nothing")
    """,
    "descriptors": """
        import os
        found = []
        for descriptor in range(64):
            try:
                os.lseek(descriptor, 0, 1)
                found.append(os.read(descriptor, 100))
            except OSError:
                continue
        if any(found):
            raise ValueError(str(found))
        raise LookupError("found nothing")
    """,
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_there_is_nothing_to_be_found(attack, search):
    message = attack(body(search))

    assert "LookupError: found nothing" in message


def test_no_file_of_the_grader_can_be_read(attack, canary, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    files = [
        canary,
        secret,
        HOME / "cs231n_lib" / "layers" / "losses.py",
        HOME / "autograder" / "checks" / "answers.json",
        HOME / "autograder" / "judge.py",
        tmp_path / "submitted" / "ada" / "affine_layers.ipynb",
        "/etc/passwd",
        "/etc/hostname",
        "/var/log/dpkg.log",
        "/sys/kernel/notes",
    ]

    message = attack(
        body(
            f"""
            import os
            read = []
            for path in {[str(path) for path in files]}:
                try:
                    read.append((path, open(path).read(100)))
                except OSError:
                    continue
            for folder in ("/root", "/home", "/mnt", "/srv", "/var"):
                names = os.listdir(folder) if os.path.isdir(folder) else []
                read += [(folder, name) for name in names if name not in {Path(sys.base_prefix).parts!r}]
            if read:
                raise ValueError(str(read))
            raise LookupError("found nothing")
            """
        )
    )

    assert "LookupError: found nothing" in message


def test_nothing_outside_can_be_written(attack, tmp_path):
    name = f"planted-{os.getpid()}"
    folders = ["/", "/usr", "/usr/bin", "/bin", "/etc", "/dev", "/sandbox", "/sandbox/autograder", sys.base_prefix]
    folders += [str(tmp_path), str(HOME), str(Path.home())]

    message = attack(
        body(
            f"""
            import os
            written = []
            for folder in {folders}:
                for make in (lambda path: open(path, "w"), os.mkdir, os.mkfifo, lambda path: os.symlink("/", path)):
                    try:
                        make(f"{{folder}}/{name}")
                        written.append(folder)
                    except OSError:
                        continue
            raise LookupError(f"wrote {{written}}")
            """
        )
    )

    assert "LookupError: wrote []" in message
    assert not [folder for folder in folders if Path(folder, name).exists()]


def test_the_workers_own_files_cannot_be_changed(attack):
    before = {path: path.read_bytes() for path in (HOME / "autograder" / "sandbox").glob("*.py")}

    message = attack(
        body(
            """
            import os
            changed = []
            for path in ("/sandbox/autograder/values.py", "/sandbox/autograder/sandbox/wire.py", np.__file__):
                for act in (lambda p: open(p, "a"), os.remove, lambda p: os.rename(p, "x")):
                    try:
                        act(path)
                        changed.append(path)
                    except OSError:
                        continue
            raise LookupError(f"changed {changed}")
            """
        )
    )

    assert "LookupError: changed []" in message
    assert before == {path: path.read_bytes() for path in before}


def test_nothing_is_remembered_between_workers(attack):
    message = attack(
        body(
            """
            import os
            remembered = [p for p in ("/tmp/x", "/dev/shm/x", os.path.expanduser("~/x")) if os.path.exists(p)]
            for path in ("/tmp/x", "/dev/shm/x"):
                open(path, "a").write("x")
            if not hasattr(np, "seen"):
                np.seen = True
                raise LookupError(f"remembered {remembered}")
            return 0.0, x
            """
        )
    )

    assert "LookupError: remembered []" in message


def test_no_connection_leaves_the_sandbox(attack):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        datagrams.settimeout(0.2)
        tcp, udp = listener.getsockname()[1], datagrams.getsockname()[1]
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(f"\0cs231n-test-{os.getpid()}")
        unix.listen()

        message = attack(
            body(
                f"""
                import socket
                reached = []
                for family, kind, address in (
                    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", {tcp})),
                    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", {udp})),
                    (socket.AF_UNIX, socket.SOCK_STREAM, "\\0cs231n-test-{os.getpid()}"),
                    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
                    (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)),
                ):
                    try:
                        with socket.socket(family, kind) as s:
                            s.settimeout(0.05)
                            s.connect(address)
                            s.send(b"hidden")
                            if kind == socket.SOCK_STREAM:
                                reached.append(address)
                    except OSError:
                        continue
                raise LookupError(f"reached {{reached}}")
                """
            )
        )

        assert "LookupError: reached []" in message
        for waiting in (listener.accept, lambda: datagrams.recv(10)):
            with pytest.raises(TimeoutError):
                waiting()
        unix.close()


def test_no_further_rights_can_be_had(attack):
    message = attack(
        body(
            f"""
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            got = []
            for name, call in {{
                "user namespace": lambda: libc.unshare(0x10000000),
                "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
                "chroot": lambda: libc.chroot(b"/tmp"),
                "root": lambda: libc.setuid(0),
                "hostname": lambda: libc.sethostname(b"x", 1),
                "the grader's memory": lambda: libc.ptrace(16, {os.getpid()}, 0, 0),
                "the grader's process": lambda: libc.kill({os.getpid()}, 0),
            }}.items():
                if call() == 0:
                    got.append(name)
            raise LookupError(f"got {{got}} as {{os.getuid()}}")
            """
        )
    )

    assert "LookupError: got [] as 65534" in message


FORGERY = """
import os, struct, sys, time
import msgspec

def send(data, descriptors=range(1, 20)):
    for descriptor in descriptors:
        try:
            os.write(descriptor, data)
        except OSError:
            continue

def frame(number, answer, **fields):
    message = dict(type="returned", number=number, answer=answer, updated={}) | fields
    body = msgspec.msgpack.encode(message)
    return struct.pack("<I", len(body)) + body

def number():
    frame = sys._getframe(1)
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"].number

def array(*parts):
    return msgspec.msgpack.Ext(1, msgspec.msgpack.encode(parts))

def zeros(x):
    return array("<f8", x.shape, bytes(8 * x.size))
"""


def reply_of(raw):
    """Return statements that answer with these bytes in the place of an answer."""
    body = f"frame(number(), 'ITEMS')[4:].replace(b'\\xa5ITEMS', {raw})"
    return f"body = {body}\nsend(struct.pack('<I', len(body)) + body, [4])\n"


MILLIONS = reply_of(r"b'\xdd\x01\xc0\0\0' + b'\x80' * (29 * 2**20)")

FORGERIES = {
    "a verdict": "send(frame(number(), {'outcome': 'passed', 'score': 4.0}))",
    "zeros under the right number": "send(frame(number(), [array('<f8', (), bytes(8)), zeros(x)]))",
    "every number": "[send(frame(i, [zeros(x[0, 0]), zeros(x)]), [3, 4, 5]) for i in range(60)]",
    "the next number": "send(frame(number() + 1, None))",
    "another kind": "send(frame(number(), None, type='loaded', names=['softmax_loss'], notes=[]))",
    "a dtype that is an expression": "send(frame(number(), array('f8,(', (1,), b'')))",
    "a million axes": "send(frame(number(), array('<f8', [200] * 10**6, b'')), [4])",
    "millions of items": MILLIONS,
    "a nest": reply_of(r"b'\x91' * 900 + b'\xc0'"),
    "an endless length": "send(struct.pack('<I', 2**32 - 1)); time.sleep(30)",
    "half a frame": "send(struct.pack('<I', 1000) + b'half'); time.sleep(30)",
    "a trickle": "send(struct.pack('<I', 1000)); [(send(b'x'), time.sleep(0.05)) for _ in range(900)]",
    "a flood": "[send(b'passed' * 10_000, [4]) for _ in range(10_000)]",
    "a pickle": "import pickle; send(pickle.dumps(print))",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_reply_earns_nothing(attack, forgery):
    attack(FORGERY + "\n" + body(f"{forgery}\n{WRONG}"))


def test_a_right_answer_that_is_given_twice_earns_nothing(attack):
    attack("import os\n" + RIGHT + "\n\n" + body("os.fork()\nreturn right(x, y)"))


def test_an_answer_of_another_process_earns_nothing_after_the_worker_ended(attack):
    attack("import os, time\n" + body("if os.fork():\n    os._exit(0)\ntime.sleep(0.3)\nreturn 0.0, x"))


ANSWERS = {
    "a huge array": "0.0, np.zeros(2**40)",
    "a large array": "0.0, np.zeros(2**25)",
    "a stride of nothing": "0.0, np.lib.stride_tricks.as_strided(np.zeros(1), (2**40,), (0,))",
    "a view of gigabytes": "0.0, np.broadcast_to(0.0, (2**30,))",
    "a million items": "[0.0] * 10**6",
    "a cycle": "cycle",
    "an endless generator": "(0.0 for _ in iter(int, 1))",
    "a lazy array": "Lazy(), Lazy()",
    "an agreeable array": "np.zeros(()).view(Agreeable), np.zeros_like(x).view(Agreeable)",
    "an agreeable number": "Number(0.0), Number(0.0)",
    "an agreeable pair": "Pair((0.0, x))",
    "a masked array": "np.ma.masked_all(()), np.ma.masked_all(x.shape)",
    "nan": "np.nan, np.full_like(x, np.nan)",
    "infinity": "np.inf, np.full_like(x, np.inf)",
    "the largest numbers": "1.7e308, np.full_like(x, -1.7e308)",
    "objects": "0.0, np.full(x.shape, Lazy(), dtype=object)",
    "complex numbers": "0j, np.zeros(x.shape, dtype=complex)",
    "half precision": "np.float16(0), x.astype(np.float16)",
    "times": "0.0, np.zeros(x.shape, dtype='M8[s]')",
    "text": "'0.0', 'passed'",
    "a verdict": "{'loss': 0.0, 'dx': x, 'outcome': 'passed'}",
    "a dictionary of two": "{'loss': 0, 'dx': 1}",
    "a huge integer": "10**5000, x",
    "nothing": "None",
    "an empty array": "np.zeros(0), np.zeros((0, 0))",
    "what broadcasts": "np.zeros((1, 1)), np.zeros((1, 1))",
}
CLASSES = """
cycle = [0.0]
cycle.append(cycle)

class Always:
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = lambda self, other: 0.0
    __hash__ = None

class Lazy(Always):
    shape, dtype = (), np.dtype(float)

    def __array__(self, *args, **kwargs):
        raise SystemExit

    def __array_ufunc__(self, *args, **kwargs):
        return True

    __array_function__ = __array_ufunc__

class Agreeable(Always, np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return True

class Number(Always, float):
    pass

class Pair(tuple):
    def __iter__(self):
        while True:
            yield 0.0
"""


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # the judge's, of numbers near the largest there are
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_earns_nothing(attack, answer):
    message = attack(CLASSES + "\n" + body(f"return {answer}"))

    assert message.isprintable()


ENDINGS = {
    "sys.exit": "import sys; sys.exit(0)",
    "os._exit": "import os; os._exit(0)",
    "abort": "import os; os.abort()",
    "its own signal": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "a stop": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "everybody's end": "import os, signal; os.kill(-1, signal.SIGKILL)",
    "everybody's stop": "import os, signal; os.kill(-1, signal.SIGSTOP); os.kill(os.getpid(), signal.SIGSTOP)",
    "its parent's end": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "its group's end": "import os, signal; os.killpg(0, signal.SIGKILL)",
    "another program": "import os; os.execv('/bin/sleep', ['sleep', '30'])",
    "a null pointer": "import ctypes; ctypes.string_at(0)",
    "the end of the stack": "import sys; sys.setrecursionlimit(10**9); return softmax_loss(x, y)",
    "deep repr": "import sys; sys.setrecursionlimit(10**9); a = []\nfor _ in range(10**6): a = [a]\nrepr(a)",
    "closed descriptors": "import os; os.closerange(0, 256)",
    "swapped descriptors": "import os; [os.dup2(0, i) for i in range(3, 20)]",
    "deaf to signals": "import signal; [signal.signal(s, signal.SIG_IGN) for s in (2, 15, 1)]\nwhile True: pass",
    "a wait for input": "input(); import time; time.sleep(30)",
    "a loop in C": "sum(iter(int, 1))",
    "a lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "memory": "hoard = []\nwhile True: hoard.append(np.ones(2**18))",
    "a file of memory": "import os; f = os.memfd_create('x'); [os.write(f, bytes(2**20)) for _ in range(4096)]",
    "the disk": "f = open('/tmp/x', 'wb')\nwhile True: f.write(bytes(2**20))",
    "many files": "[open(f'/tmp/{i}', 'w').close() for i in range(10**6)]",
    "many descriptors": "hoard = [open('/dev/null') for _ in range(10**6)]",
    "many threads": "from threading import Event, Thread\nwhile True: Thread(target=Event().wait).start()",
    "a silent exception": "raise Silent",
    "a looping exception": "raise Looping",
    "a huge exception": "raise ValueError('x' * 10**8)",
    "an interrupt": "raise KeyboardInterrupt",
    "a generator's exit": "raise GeneratorExit",
    "an exception group": "raise BaseExceptionGroup('x' * 1000, [SystemExit(), Silent()])",
    "a lying class": "raise type('\\x1b[31m' + 'x' * 10**6, (BaseException,), {})",
}
EXCEPTIONS = """
class Silent(BaseException):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__

class Looping(BaseException):
    def __str__(self):
        while True:
            pass
"""


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_an_end_without_an_answer_ends_that_exercise_only(attack, ending):
    message = attack(EXCEPTIONS + "\n" + body(f"{ending}\n{WRONG}"))

    assert message.isprintable()
    assert len(message) < 1000


def test_a_flood_of_prints_is_thrown_away(attack, capfd):
    attack(
        body(
            """
            import os, sys
            for _ in range(200):
                os.write(1, b"x" * 2**20)
                os.write(2, b"y" * 2**20)
                sys.stdout.write("z" * 2**20)
            raise ValueError("done")
            """
        )
    )

    assert capfd.readouterr() == ("", "")


def test_processes_and_threads_that_are_left_behind_are_ended(attack):
    seconds = f"9876{os.getpid()}"

    attack(
        body(
            f"""
            import os, subprocess, sys, threading, time
            subprocess.Popen(["/bin/sleep", "{seconds}"], start_new_session=True)
            subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP INT; (sleep {seconds} &) ; sleep {seconds}"])
            threading.Thread(target=time.sleep, args=({seconds},)).start()
            if not os.fork():
                os.setsid()
                if not os.fork():
                    os.closerange(0, 256)
                    time.sleep({seconds})
            {WRONG}
            """
        )
    )

    deadline = time.monotonic() + 5
    while any(seconds in command for command in processes().values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [command for command in processes().values() if seconds in command]


def test_a_fork_bomb_is_bounded_by_the_deadline_and_gone_with_its_namespace(attack):
    before = len(processes())

    message = attack(
        body(
            """
            import os, time
            for _ in range(400):  # each waits: enough to see that all are ended, without hurting the machine
                try:
                    if not os.fork():
                        time.sleep(60)
                except OSError:
                    pass
            time.sleep(60)
            """
        )
    )

    assert "takes longer than 1 seconds" in message
    assert len(processes()) < before + 50


def test_a_hidden_input_does_not_come_out_by_an_exception(tmp_path):
    source = body("raise ValueError('input ' + repr(x.tolist()))")

    with no_worker_left():
        report = graded(tmp_path, with_function(WORKED, TARGET, source), Tier.BUBBLEWRAP, LIMITS).report

    hidden = [verdict for check in report.checks for verdict in check.report.verdicts if verdict.hidden]
    target = [verdict for verdict in hidden if verdict.outcome is not Outcome.PASSED]
    assert [verdict.message for verdict in target] == [HIDDEN_TROUBLE] * 3
    assert not any("input" in repr(verdict) for verdict in hidden)


@pytest.mark.parametrize(
    "source",
    [
        "import os\n\nclass Net:\n    os._exit(0)",
        "class Net:\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass",
        "import os, signal\n\nclass Net:\n    os.fork()\n    os.kill(-1, 9)\n    os.kill(os.getpid(), 9)",
        "import os\n\nclass Net:\n    os.closerange(0, 256)",
        "class Net:\n    hoard = ' ' * 2**28, ' ' * 2**28, ' ' * 2**28\n\nimport os\n\nclass Other:\n    os.abort()",
    ],
)
def test_definitions_that_attack_cost_their_own_submission_and_little_time(tmp_path, source):
    limits = replace(LIMITS, load_seconds=1.0)
    start = time.monotonic()

    with no_worker_left():
        report = graded(tmp_path, with_last_cell(WORKED, source), Tier.BUBBLEWRAP, limits).report

    assert report.score == 0
    assert not report.broken
    assert time.monotonic() - start < 10


def test_a_definition_that_never_ends_costs_nobody_a_point(tmp_path):
    source = "class Net:\n    while True:\n        pass"

    report = graded(tmp_path, with_last_cell(WORKED, source), Tier.BUBBLEWRAP, LIMITS).report

    assert report.score == report.max_score
    assert "it takes too long to be executed while grading" in report.notebooks[0].problems[0]


def test_forged_answers_to_loading_are_escaped_and_short(tmp_path):
    source = FORGERY + (
        "\nclass Net:\n    body = msgspec.msgpack.encode(dict(type='loaded', number=1, names=['softmax_loss'],"
        " notes=['\\x1b[31m<script>' + 'x' * 10**5] * 50))\n    send(struct.pack('<I', len(body)) + body, [4])"
    )

    with no_worker_left():
        result = graded(tmp_path, with_last_cell(WORKED, source), Tier.BUBBLEWRAP, LIMITS)

    (text,) = result.notebooks.values()
    problems = result.report.notebooks[0].problems
    assert len(problems) == 50
    assert all(problem.isprintable() and len(problem) < 500 for problem in problems)
    assert r"\\x1b[31m&lt;script&gt;xxx" in text
    assert len(text) < 10**6


def test_hostile_submissions_leave_other_students_alone(tmp_path):
    hostile = {
        "exits": body("import os; os._exit(0)"),
        "kills": body("import os, signal; os.kill(-1, signal.SIGKILL)"),
        "hangs": body("while True: pass"),
        "forges": FORGERY + body(f"send(frame(number(), None, type='loaded', names=[], notes=[]))\n{WRONG}"),
        "hoards": body("hoard = []\nwhile True: hoard.append(np.ones(2**18))"),
    }
    class_ = [
        hand_in(tmp_path, with_last_cell(WORKED, f"{source}\n# {name}"), student=name)
        for name, source in hostile.items()
    ]
    class_ += [hand_in(tmp_path, with_last_cell(WORKED, f"# {name}"), student=name) for name in ("ada", "bob", "cy")]

    with no_worker_left():
        results = list(grade_all(job(tmp_path, Tier.BUBBLEWRAP, LIMITS), class_, jobs=2))

    scores = {result.submitted.student: result.report.score for result in results}
    assert scores == dict.fromkeys(hostile, 9.0) | dict.fromkeys(("ada", "bob", "cy"), 13.0)
    assert not any(result.report.broken for result in results)


def test_the_grader_uses_little_memory_for_a_hostile_submission(tmp_path):
    source = FORGERY + body(MILLIONS + WRONG)
    code = textwrap.dedent(
        f"""
        import resource, sys
        sys.path.insert(0, {str(HOME / "tests")!r})
        from pathlib import Path
        from classroom import QUICK, Tier, graded, with_last_cell, worked
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = graded(Path(sys.argv[1]), with_last_cell(worked(), {source!r}), Tier.BUBBLEWRAP, QUICK).report
        print(report.score, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
        """
    )

    ended = subprocess.run(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )

    score, mebibytes = map(float, ended.stdout.split())
    assert score == 9
    assert mebibytes < 200


def test_a_thread_of_one_exercise_cannot_end_another(tmp_path):
    source = body(
        """
        import os, threading, time
        threading.Thread(target=lambda: (time.sleep(0.005), os._exit(0)), daemon=True).start()
        return 0.0, np.zeros_like(x)
        """
    )

    with no_worker_left():
        report = graded(tmp_path, with_function(WORKED, TARGET, source), Tier.BUBBLEWRAP, LIMITS).report

    assert lost(report) == {TARGET}
    assert threading.active_count() >= 1
