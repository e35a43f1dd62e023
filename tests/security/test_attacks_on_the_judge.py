"""Section 2 of the table in docs/security.md: reaching the judge."""

import os
import sys
import textwrap

import nbformat
import pytest
from classroom import HOME, with_cell, with_function
from hostile import CANARY, FOUND_NOTHING, RIGHT, TARGET, WORKED, one_tier, threat, together

pytestmark = pytest.mark.security

PATCHES = {
    "numpy's comparisons": "np.allclose = np.array_equal = np.isfinite = lambda *a, **k: True\nWRONG",
    "numpy's norms": "np.abs = np.max = np.linalg.norm = lambda *a, **k: 0.0\nWRONG",
    "numpy's functions": "answer = x * 0\nnp.maximum = np.exp = np.sum = lambda *a, **k: 0.0\nreturn answer",
    "numpy's arrays": "np.asarray = np.array = np.ascontiguousarray = lambda *a, **k: 0.0\nWRONG",
    "builtins": "import builtins\nbuiltins.max = builtins.abs = builtins.len = lambda *a: 0\nWRONG",
    "rel_error": "import sys\nfor m in list(sys.modules.values()): m.rel_error = lambda *a: 0.0\nWRONG",
    "the messages": "import msgspec\nmsgspec.msgpack.Encoder = msgspec.msgpack.encode = lambda *a, **k: b'passed'\nWRONG",
    "json": "import json\njson.loads = json.dumps = lambda *a, **k: {'outcome': 'passed'}\nWRONG",
    "the wire": "import sys\nsys.modules['autograder.sandbox.wire'].encode = lambda *a: b'\\0\\0\\0\\0'\nWRONG",
    "the values": "import sys\nsys.modules['autograder.core.values'].is_plain = lambda *a: True\nWRONG",
    "the worker": "import sys\nsys._getframe(1).f_locals['self']._names.clear()\nWRONG",
    "the clock": "import time\ntime.monotonic = time.perf_counter = time.time = lambda: 0.0\nWRONG",
    "unittest and pytest": "import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\nWRONG",
    "IPython": "import sys\nsys.modules['IPython'] = sys.modules['nbgrader'] = sys\nWRONG",
    "its own name": "global FUNCTION\nFUNCTION.__eq__ = FUNCTION = lambda *a: 0.0\nWRONG",
}


@threat("2.1")
@one_tier
@together(PATCHES)
def test_patching_changes_no_verdict(attack, attacks):
    attack(attacks)


SEARCHES = {
    "modules": """
        import sys
        for module in list(sys.modules.values()):
            function = vars(module).get("FUNCTION")
            if callable(function) and function.__code__ is not FUNCTION.__code__:
                return function(*arguments)
    """,
    "frames": """
        import sys
        frame = sys._getframe(1)
        while frame is not None:
            for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
                if isinstance(value, dict) and {"loss", "dx", "dw"} & value.keys():
                    return tuple(value.values())
                if "autograder.checks" in repr(type(value)):
                    return 0.0, value
            frame = frame.f_back
    """,
    "objects": """
        import gc
        for thing in gc.get_objects():
            if isinstance(thing, dict) and {"loss", "dx", "dw"} & thing.keys():
                return tuple(thing.values())
            if type(thing).__name__ in ("Check", "Case", "Examiner", "ReferenceAnswers"):
                return 0.0, thing
    """,
    "a trace": """
        import sys, threading
        seen = []
        def trace(frame, event, arg):
            seen.append((frame.f_code.co_name, arg))
            return trace
        sys.settrace(trace); sys.setprofile(trace); threading.settrace(trace)
        sorted([3, 2, 1])
        sys.settrace(None); sys.setprofile(None); threading.settrace(None)
        if any("relative_error" in name or "tolerance" in name for name, _ in seen):
            raise ValueError(str(seen))
    """,
    "audit hooks": """
        import sys
        seen = []
        sys.addaudithook(lambda event, args: seen.append((event, repr(args)[:100])) if len(seen) < 50 else None)
        open("x", "w").close()
        if any(word in repr(seen) for word in ("checks", "reference", "expected", "secret")):
            raise ValueError(str(seen))
    """,
    "uninitialised memory": """
        found = np.empty(2**20)
        if (np.abs(found) > 0).sum() > 2**19:
            raise ValueError(str(found[:5]))
    """,
    "the heap": """
        import ctypes
        text = ctypes.string_at(id(x), 96) + ctypes.string_at(x.ctypes.data, x.nbytes)
        if b"expected" in text or b"tolerance" in text:
            raise ValueError(str(text))
    """,
    "arguments": """
        import sys
        if any(word in " ".join(sys.argv + sys.orig_argv) for word in ("secret", "hidden", "assignment")):
            raise ValueError(str(sys.orig_argv))
    """,
    "linecache": """
        import linecache
        if any(not label.startswith("cell ") for label in linecache.cache if "/usr" not in label and "<" not in label):
            raise ValueError(str(list(linecache.cache)))
    """,
}
SEARCHES = {
    name: textwrap.dedent(source).replace("arguments", "list(locals().values())[:2]")
    + "\nraise LookupError('found nothing')"
    for name, source in SEARCHES.items()
}


@threat("2.2")
@together(SEARCHES)
def test_nothing_of_the_judge_is_in_the_process(attack, attacks):
    outcome = attack(attacks)

    assert all(FOUND_NOTHING in message for message in outcome.messages.values())


def tell(found):
    """Return statements that tell what was found."""
    return f"{found}\nif found:\n    raise ValueError(str(found))\nraise LookupError('found nothing')"


@threat("2.3")
def test_no_file_of_the_grader_can_be_read(attack, canary, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    files = [
        *canary.iterdir(),
        secret,
        HOME / "cs231n_lib" / "layers" / "losses.py",
        HOME / "autograder" / "checks" / "answers.json",
        HOME / "autograder" / "core" / "judge.py",
        HOME / "solutions" / "assignment1" / "affine_layers.ipynb",
        HOME / "nbgrader_config.py",
        tmp_path / "submitted" / "ada" / "affine_layers.ipynb",
        *("/etc/passwd", "/etc/shadow", "/etc/hostname", "/var/log/dpkg.log", "/sys/kernel/notes", "/dev/mem"),
        *("/proc/self/environ", "/proc/1/environ", f"/proc/{os.getpid()}/environ", "/proc/self/maps", "/proc/keys"),
        *(f"/proc/{os.getpid()}/{name}" for name in ("mem", "maps", "cmdline", "fd/0", "root/etc/passwd")),
    ]
    folders = ["/root", "/home", "/mnt", "/srv", "/var", "/etc", "/proc", "/run", str(tmp_path), str(HOME)]

    outcome = attack(
        {
            "files": tell(
                f"""
found = []
for path in {[str(path) for path in files]}:
    try:
        found.append((path, open(path, "rb").read(100)))
    except OSError:
        continue"""
            ),
            "folders": tell(
                f"""
import os
found = []
known = {{*{os.path.realpath(sys.base_prefix)!r}.split("/"), "ld.so.cache"}}
for folder in {folders}:
    try:
        found += [(folder, name) for name in os.listdir(folder) if name not in known]
    except OSError:
        continue"""
            ),
            "the environment": tell(
                """
import os, sys
found = [name for name, value in os.environ.items() if "canary" in value or name.startswith(("CS231N", "JPY"))]
if len(os.environ) > 20:
    found.append(str(os.environ))"""
            ),
        }
    )

    assert all(FOUND_NOTHING in message for message in outcome.messages.values())


NEIGHBOURS = {
    "memory of others": tell(
        f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
buffer, found = ctypes.create_string_buffer(64), []
part = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
there = (ctypes.c_size_t * 2)(0x400000, 64)
for process in (os.getppid(), 1, 2, {os.getpid()}):
    if libc.ptrace(16, process, 0, 0) == 0:
        found.append(("ptrace", process))
    if libc.process_vm_readv(process, part, 1, there, 1, 0) >= 0:
        found.append(("process_vm_readv", process))
    for name in ("mem", "fd", "environ"):
        try:
            found.append((name, open(f"/proc/{{process}}/{{name}}", "rb").read(1)))
        except OSError:
            continue
if libc.syscall(434, {os.getpid()}, 0) >= 0:
    found.append("pidfd")"""
    ),
    "descriptors": tell(
        """
import os, stat
found = []
for descriptor in range(256):
    try:
        kind = os.fstat(descriptor).st_mode
    except OSError:
        continue
    if not stat.S_ISFIFO(kind) and not stat.S_ISCHR(kind):
        found.append((descriptor, kind))
    if stat.S_ISREG(kind):
        found.append(os.read(descriptor, 100))"""
    ),
    "signals": tell(
        f"""
import os
found = []
for process in ({os.getpid()}, {os.getppid()}, os.getppid(), 0, -1, 2):
    try:
        os.kill(process, 0)
        found.append(process)
    except OSError:
        continue"""
    ),
}


@threat("2.4")
@together(NEIGHBOURS)
def test_no_other_process_can_be_reached(attack, attacks):
    secret = os.open(HOME / "autograder" / "checks" / "answers.json", os.O_RDONLY)
    os.set_inheritable(secret, True)  # as a careless caller might leave one

    outcome = attack(attacks)

    os.close(secret)
    assert all(FOUND_NOTHING in message for message in outcome.messages.values())


FORGERY = """
import os, struct, sys, threading, time
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

def raw(number, items):
    body = frame(number, 'ITEMS')[4:].replace(b'\\xa5ITEMS', items)
    send(struct.pack('<I', len(body)) + body, [4])
"""
FORGERIES = {
    "a verdict": "send(frame(number(), {'outcome': 'passed', 'score': 4.0}))\nWRONG",
    "zeros under the right number": "send(frame(number(), [array('<f8', (), bytes(8)), zeros(x)]))\nWRONG",
    "every number": "[send(frame(i, [zeros(x[0]), zeros(x)]), [3, 4, 5]) for i in range(60)]\nWRONG",
    "the next number": "send(frame(number() + 1, None))\nWRONG",
    "another kind": "send(frame(number(), None, type='loaded', names=['relu_backward'], notes=[]))\nWRONG",
    "a kind that there is not": "send(frame(number(), None, type='verdict'))\nWRONG",
    "a dtype that is an expression": "send(frame(number(), array('f8,(', (1,), b'')))\nWRONG",
    "a million axes": "send(frame(number(), array('<f8', [200] * 10**6, b'')), [4])\nWRONG",
    "millions of items": "raw(number(), b'\\xdd\\x01\\xc0\\0\\0' + b'\\x80' * (7 * 2**20))\nWRONG",
    "a nest": "raw(number(), b'\\x91' * 900 + b'\\xc0')\nWRONG",
    "an endless length": "send(struct.pack('<I', 2**32 - 1)); time.sleep(30)",
    "half a frame": "send(struct.pack('<I', 1000) + b'half'); time.sleep(30)",
    "a trickle": "send(struct.pack('<I', 1000)); [(send(b'x'), time.sleep(0.05)) for _ in range(900)]",
    "a flood": "[send(b'passed' * 10_000, [4]) for _ in range(10_000)]\nWRONG",
    "a pickle": "import pickle; send(pickle.dumps(print))\nWRONG",
    "an empty frame": "send(struct.pack('<I', 0))\nWRONG",
    "a thread that answers": (
        "n = number()\nthreading.Thread(target=lambda: [send(frame(n + i, None), [4]) for i in range(99)]).start()\nWRONG"
    ),
    "reading the next question": "os.set_blocking(3, False); time.sleep(0.1); print(os.read(3, 100)); WRONG",
    "another channel": "r, w = os.pipe(); os.dup2(w, 4); os.dup2(r, 3)\nWRONG",
    "a replayed answer": "send(frame(number(), zeros(x))); send(frame(number(), zeros(x)))\nWRONG",
}


@threat("2.5")
@one_tier
@together(FORGERIES)
def test_a_forged_reply_earns_nothing(attack, attacks):
    outcome = attack(attacks, FORGERY)

    assert all(message.isprintable() for message in outcome.messages.values())


@threat("2.5")
@one_tier
def test_an_answer_that_is_given_twice_earns_nothing(attack):
    source = "send(frame(number(), None))\nloss, dx = right(x, y)\nreturn loss, dx"

    attack(source, FORGERY + "\n" + RIGHT)


@threat("2.5")
@one_tier
def test_forged_answers_to_loading_are_escaped_and_short(hand_in_and_grade):
    source = FORGERY + (
        "\nclass Net:\n    body = msgspec.msgpack.encode(dict(type='loaded', number=1, names=['softmax_loss'],"
        " notes=['\\x1b[31m<script>' + 'x' * 10**5] * 50))\n    send(struct.pack('<I', len(body)) + body, [4])"
    )

    result = hand_in_and_grade(with_cell(WORKED, source, at=len(WORKED.cells)))

    (text,) = result.notebooks.values()
    problems = result.report.notebooks[0].problems
    assert len(problems) == 50
    assert all(problem.isprintable() and len(problem) < 500 for problem in problems)
    assert r"\\x1b[31m&lt;script&gt;xxx" in text
    assert len(text) < 10**6


PRINTS = {
    "prints": 'print(\'all tests passed\'); print(\'{"outcome": "passed", "score": 4}\')\nWRONG',
    "a result file": """
        import os
        for name in ("result.json", "results.xml", "score.txt", "gradebook.db", ".otter_log", "report.xml"):
            open(name, "w").write('{"score": 4, "outcome": "passed"}')
        WRONG
    """,
    "an exit status": "import sys; print('OK'); sys.exit(0)",
}


@threat("2.6")
@together(PRINTS)
def test_what_is_printed_or_left_in_files_has_no_effect(attack, attacks):
    attack(attacks)


@threat("2.6")
@one_tier
def test_outputs_and_scores_that_are_handed_in_have_no_effect(hand_in_and_grade):
    node = with_function(
        WORKED, TARGET, f"import numpy as np\n\ndef {TARGET}(x, y):\n    return 0.0, np.zeros_like(x)"
    )
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "4.0"}}
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(result)]
            cell.metadata.get("nbgrader", {}).update(points=100, locked=False)

    report = hand_in_and_grade(node).report

    assert {c.report.check: (c.score, c.points) for c in report.checks}[TARGET] == (0, 4)
