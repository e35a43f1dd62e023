import os
import signal
import textwrap
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from classroom import MIB, QUICK, no_worker_left, tiers, workers

from autograder.core.judge import JudgeError
from autograder.core.subject import SubjectError, Trouble
from autograder.sandbox import launch, warm
from autograder.sandbox.launch import PACKAGE
from autograder.sandbox.own_notebooks import OwnNotebooks
from autograder.sandbox.protection import Tier
from autograder.sandbox.remote import SandboxSubject

LIMITS = replace(QUICK, memory=512 * MIB)
IMPATIENT = replace(LIMITS, call_seconds=0.4)


@pytest.fixture(params=tiers)
def tier(request):
    return request.param


@pytest.fixture
def submitted(tier):
    """Put cells into a sandbox; whatever they do, no process of theirs outlives the test."""
    subjects = []

    def put(*cells, limits=LIMITS, modules=None, notebooks=OwnNotebooks(), asked=()):  # noqa: B008  it is frozen
        labelled = [(f"cell {i}", textwrap.dedent(cell).strip()) for i, cell in enumerate(cells, start=1)]
        subjects.append(SandboxSubject(labelled, modules or {}, tier, limits, asked, notebooks=notebooks))
        return subjects[-1]

    with no_worker_left():
        yield put
        for subject in subjects:
            subject.__exit__(None, None, None)


def trouble_of(call, *args):
    """Call a function that gives no answer, and return why."""
    with pytest.raises(SubjectError) as caught:
        call(*args)
    return caught.value


def test_numbers_and_arrays_come_back_as_arrays(submitted):
    subject = submitted("import numpy as np\ndef f(x, n):\n    return 2 * x, n + 1, np.float32(0.5), None, True")

    doubled, number, single, nothing, boolean = subject.f(np.arange(6.0).reshape(2, 3), 4)

    np.testing.assert_array_equal(doubled, [[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]])
    assert (number, number.shape, single.dtype, nothing, boolean) == (5, (), np.float32, None, True)


def test_a_list_of_results_comes_back_as_a_tuple(submitted):
    subject = submitted("import numpy as np\n\ndef f(x):\n    return [x, np.ones(2)]")

    assert isinstance(subject.f(1.0), tuple)


def test_a_list_of_numbers_comes_back_as_an_array(submitted):
    subject = submitted("def f(x):\n    return [[x, 2], [3, 4]]")

    np.testing.assert_array_equal(subject.f(1.5), [[1.5, 2.0], [3.0, 4.0]])


def test_a_class_answers_by_its_methods_and_its_parameters_can_be_read_and_set(submitted):
    subject = submitted(
        """
        import numpy as np

        class Net:
            def __init__(self, size):
                self.params = {"W": np.zeros(size)}
            def loss(self, x):
                return (self.params["W"] * x).sum()
        """
    )
    net = subject.Net(2)
    params = getattr(subject, ":attribute")(net, "params")

    getattr(subject, ":update")(params, {"W": np.array([1.0, 2.0])})
    getattr(subject, ":items")(params, read := {})

    np.testing.assert_array_equal(read["W"], [1.0, 2.0])
    assert getattr(subject, "Net.loss")(net, np.array([3.0, 4.0])) == 11.0


def test_a_method_that_is_not_there_is_missing(submitted):
    subject = submitted("class Net:\n    pass")

    assert trouble_of(getattr(subject, "Net.loss"), 1).trouble is Trouble.MISSING


def test_an_argument_changed_in_place_is_remarked_once(submitted):
    subject = submitted("def f(dout, cache):\n    dout *= 2\n    return dout")

    subject.f(np.ones(2), None)
    subject.f(np.ones(2), None)

    assert subject.take_remarks() == (
        "`f` changes its first argument in place: its caller may still need it. Work on a copy.",
    )
    assert subject.take_remarks() == ()


def test_arguments_keep_their_kinds(submitted):
    subject = submitted(
        """
        def f(array, number, text, pair, options):
            assert array.dtype == float and type(number) is int and type(text) is str
            assert type(pair) is tuple and type(options) is dict and type(options["pair"]) is tuple
            return 1.0
        """
    )

    assert subject.f(np.zeros(2), 3, "train", (1, 2), {"pair": (3, 4)}) == 1.0


def test_a_cache_is_handed_back_as_the_very_thing_it_was(submitted):
    subject = submitted(
        """
        class Cache:
            pass

        def forward(x):
            forward.last = Cache(), lambda: x
            return x, forward.last

        def backward(dout, cache):
            return dout * (cache is forward.last)
        """,
        "def whole(x):\n    return x, {'x': x}\n\ndef part(cache):\n    return cache['x']",
    )

    _, cache = subject.forward(np.ones(3))
    _, mapping = subject.whole(np.full(2, 7.0))

    assert cache.type == "tuple"
    np.testing.assert_array_equal(subject.backward(np.ones(3), cache), np.ones(3))
    np.testing.assert_array_equal(subject.part(mapping), [7.0, 7.0])


def test_a_parameter_dictionary_is_updated_as_the_call_did(submitted):
    subject = submitted(
        """
        def f(x, options):
            options["running_mean"] = 0.5 * x
            options["mode"] = "test"
            return x
        """
    )
    options = {"mode": "train", "eps": 1e-5}

    subject.f(np.ones(2), options)

    np.testing.assert_array_equal(options["running_mean"], [0.5, 0.5])
    assert (options["mode"], options["eps"]) == ("test", 1e-5)


def test_a_call_cannot_touch_its_callers_arrays(submitted):
    subject = submitted("def f(x):\n    x[:] = 0\n    return x")
    x = np.ones(3)

    subject.f(x)

    np.testing.assert_array_equal(x, np.ones(3))


def test_prints_and_warnings_are_discarded(submitted, capfd):
    subject = submitted(
        """
        import os, sys, warnings

        def f(x):
            print("loud " * 100_000)
            warnings.warn("careful")
            sys.stderr.write("louder")
            os.write(1, b"loudest")
            os.system("echo from a shell")
            return x
        """
    )

    assert subject.f(1.0) == 1.0
    assert capfd.readouterr() == ("", "")


def test_reading_the_standard_input_finds_its_end(submitted):
    subject = submitted("def f(x):\n    return input()")

    assert trouble_of(subject.f, 1.0).message == (
        "`f` raises EOFError: EOF when reading a line in cell 1, line 2: return input()."
    )


def test_an_exception_is_told_with_its_cell_and_line(submitted):
    subject = submitted("EPS = 1", "def g(x):\n    y = x['a']\n    return y", "def f(x):\n    return g(x)")

    trouble = trouble_of(subject.f, {"b": 1})

    assert (trouble.trouble, trouble.function) == (Trouble.RAISED, "f")
    assert trouble.message == "`f` raises KeyError: 'a' in cell 2, line 2: y = x['a']."


def test_control_characters_of_a_message_are_escaped(submitted):
    subject = submitted("def f(x):\n    raise ValueError('\\x1b[31mred\\r\\n\\u202eback\\0')  # \x1b[2J")

    message = trouble_of(subject.f, 1).message

    assert message.isprintable()
    assert r"ValueError: \x1b[31mred\r\n\u202eback\x00 in cell 1, line 2" in message
    assert r"# \x1b[2J" in message


def test_a_long_message_is_cut(submitted):
    subject = submitted("def f(x):\n    raise ValueError('x' * 10_000_000)")

    assert len(trouble_of(subject.f, 1).message) < 600


@pytest.mark.parametrize(
    "body",
    ["raise SystemExit", "sys.exit(3)", "quit()", "raise KeyboardInterrupt", "raise Own('no')", "raise Silent"],
)
def test_any_exception_is_only_an_exception(submitted, body):
    subject = submitted(
        f"""
        import sys

        class Own(BaseException):
            pass

        class Silent(BaseException):
            def __str__(self):
                raise SystemExit

            __repr__ = __str__

        def f(x):
            {body}

        def g(x):
            return x
        """
    )

    assert trouble_of(subject.f, 1).trouble is Trouble.RAISED
    assert subject.g(1.0) == 1.0


def test_leaving_by_exit_is_told_in_words(submitted):
    subject = submitted("import sys\n\ndef f(x):\n    sys.exit(0)")

    assert trouble_of(subject.f, 1).message == (
        "`f` raises SystemExit: a layer returns, it does not exit in cell 1, line 4: sys.exit(0)."
    )


def test_a_missing_function_is_told(submitted):
    subject = submitted("f = 3")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.MISSING
    assert trouble.message == "`f` is not defined. Keep the name of the function as it was given, and run its cell."


def test_a_function_that_another_one_removed_is_not_missing(submitted):
    subject = submitted("def f(x):\n    del globals()['g']\n    return x\n\ndef g(x):\n    return x")
    subject.f(1.0)

    trouble = trouble_of(subject.g, 1.0)

    assert trouble.trouble is Trouble.REFUSED  # so that a fresh worker is asked, too
    assert trouble.message == "`g` is defined no more: another function removed it."
    assert subject.fresh().g(2.0) == 2.0


def test_a_missing_function_names_the_cell_that_could_not_be_loaded(submitted):
    subject = submitted("def f(x):\n    return (")

    assert trouble_of(subject.f, 1).message == (
        "`f` is not defined. A cell could not be loaded (cell 1, line 2: SyntaxError: '(' was never closed). "
        "Fix it first."
    )


def test_an_unfinished_function_is_told(submitted):
    subject = submitted("def f(x):\n    raise NotImplementedError()")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.UNFINISHED
    assert trouble.message == "`f` is not finished: it raises NotImplementedError."


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "time.sleep(60)",
        "os.kill(os.getpid(), signal.SIGSTOP)\n    time.sleep(60)",  # a process that is the first cannot stop itself
    ],
)
def test_a_function_that_never_ends_is_ended(submitted, body):
    subject = submitted(f"import itertools, os, signal, threading, time\n\ndef f(x):\n    {body}", limits=IMPATIENT)
    start = time.monotonic()

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.TIMEOUT
    assert trouble.message == "`f` takes longer than 0.4 seconds: is there a loop that never ends?"
    assert time.monotonic() - start < 4


def test_a_function_that_ends_two_workers_is_not_asked_again(submitted):
    subject = submitted("import time\n\ndef f(x):\n    time.sleep(60)", limits=IMPATIENT)
    trouble_of(subject.f, 1)
    trouble_of(subject.f, 1)
    start = time.monotonic()

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.TIMEOUT
    assert time.monotonic() - start < 0.2


def test_definitions_that_never_end_are_not_loaded_a_third_time(submitted):
    stubborn = """class Net:
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass"""
    subject = submitted(stubborn, limits=replace(LIMITS, load_seconds=0.5))
    trouble_of(subject.f, 1)
    trouble_of(subject.g, 1)
    start = time.monotonic()

    trouble = trouble_of(subject.h, 1)

    assert trouble.message == (
        "The notebook cannot be loaded: executing its definitions takes longer than 0.5 seconds: "
        "is there a loop that never ends?"
    )
    assert time.monotonic() - start < 0.2


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("os._exit(3)", "ends the whole Python process (status 3): a layer returns, it does not exit."),
        (
            "ctypes.string_at(0)",
            "crashes the whole Python process (a segmentation fault): does a recursion never end?",
        ),
    ],
)
def test_a_function_that_ends_its_process_is_told(submitted, body, ending):
    subject = submitted(f"import ctypes, os\n\ndef f(x):\n    {body}\n\ndef g(x):\n    return x")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.CRASHED
    assert trouble.message == f"`f` {ending}"
    assert subject.g(2.0) == 2.0


def test_abort_ends_the_process(submitted):
    subject = submitted("import os\n\ndef f(x):\n    os.abort()\n\ndef g(x):\n    return x")

    assert trouble_of(subject.f, 1).trouble is Trouble.CRASHED
    assert subject.g(2.0) == 2.0


def test_a_worker_that_is_killed_from_outside_is_told_from_one_that_ends_itself(submitted):
    subject = submitted("import time\n\ndef f(x):\n    time.sleep(60)\n\ndef g(x):\n    return x")
    killer = threading.Timer(0.3, lambda: [os.kill(number, signal.SIGKILL) for number in workers()])
    subject.g(1.0)
    killer.start()

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.KILLED
    assert subject.g(2.0) == 2.0


def test_a_recursion_to_the_end_of_the_stack_is_a_failure(submitted):
    subject = submitted(
        "import sys\n\ndef f(x):\n    sys.setrecursionlimit(10**9)\n    return f(x)\n\ndef g(x):\n    return x"
    )

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble in (Trouble.CRASHED, Trouble.MEMORY, Trouble.RAISED, Trouble.TIMEOUT)
    assert subject.g(2.0) == 2.0


@pytest.mark.parametrize(
    "body", ["return np.ones(2**31)", "return [np.ones(2**20) for _ in range(10**6)]", "return 'x' * 2**40"]
)
def test_memory_beyond_the_limit_is_told(submitted, body):
    subject = submitted(f"import numpy as np\n\ndef f(x):\n    {body}\n\ndef g(x):\n    return x")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.MEMORY
    assert trouble.message.startswith("`f` needs more memory than the 512 MiB it may use in cell 1, line 4")
    assert subject.g(2.0) == 2.0


def test_an_answer_that_is_too_large_is_refused_by_the_worker(submitted):
    subject = submitted("import numpy as np\n\ndef f(x):\n    return np.zeros(2**23)")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.REFUSED
    assert trouble.message.startswith("`f` returns what cannot be passed on: An answer must be at most 8388608 bytes")


def test_an_answer_of_very_many_things_is_refused(submitted):
    subject = submitted("def f(x):\n    return (1.0,) * 5000")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble is Trouble.REFUSED
    assert trouble.message.startswith("`f` returns what cannot be passed on. A reply must be a well-formed message")


@pytest.mark.parametrize(
    "answer",
    [
        "np.zeros(3, dtype=object)",
        "np.zeros(3, dtype=complex)",
        "np.zeros(3, dtype=np.longdouble)",
        "np.zeros(3, dtype='M8[s]')",
        "'text'",
        "{'out': x}",
        "1j",
        "(i for i in itertools.count())",
        "Lazy()",
        "f",
        "10**400",
    ],
)
def test_what_is_no_array_comes_back_as_an_opaque_thing(submitted, answer):
    subject = submitted(
        f"""
        import itertools
        import numpy as np

        class Lazy:
            def __array__(self, *args, **kwargs):
                raise RuntimeError("asked")

        def f(x):
            return {answer}
        """
    )

    assert type(subject.f(1.0)).__name__ == "Opaque"


def test_subclasses_arrive_as_plain_arrays(submitted):
    subject = submitted(
        """
        import numpy as np

        class Agreeable(np.ndarray):
            def __eq__(self, other):
                return True

        class Number(float):
            def __sub__(self, other):
                return 0.0

        def f(x):
            return np.zeros(3).view(Agreeable), Number(2.0), np.ma.masked_array(x, mask=True), np.matrix([[1.0]])
        """
    )

    assert [type(item) for item in subject.f(np.ones(2))] == [np.ndarray] * 4


def test_a_cyclic_list_comes_back_without_following_it(submitted):
    subject = submitted("def f(x):\n    x = [1.0]\n    x.append(x)\n    return x")

    first, second = subject.f(1)

    assert (first, second.type) == (1.0, "list")


@pytest.mark.parametrize(
    "body",
    [
        "os.closerange(0, 100)",
        "[os.dup2(os.open('/dev/null', os.O_RDWR), i) for i in range(3, 10)]",
        "[os.close(i) for i in (3, 4)]",
    ],
)
def test_a_function_that_closes_the_channel_fails_alone(submitted, body):
    subject = submitted(f"import os\n\ndef f(x):\n    {body}\n    return x\n\ndef g(x):\n    return x")

    trouble = trouble_of(subject.f, 1)

    assert trouble.trouble in (Trouble.CRASHED, Trouble.TIMEOUT)
    assert subject.g(2.0) == 2.0


def test_a_closed_channel_is_told_in_words():
    cells = [("cell 1", "import os, time\n\ndef f(x):\n    os.closerange(0, 100)\n    time.sleep(60)")]

    with SandboxSubject(cells, {}, Tier.RLIMITS, LIMITS) as subject:  # bubblewrap keeps its own end open
        trouble = trouble_of(subject.f, 1)

    assert trouble.message == "`f` closes the channel to the grader."


FORGED = """
import os, struct, threading, time
import msgspec

def send(data):
    for descriptor in range(1, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass

def frame(**message):
    body = msgspec.msgpack.encode(message)
    return struct.pack("<I", len(body)) + body

def g(x):
    return x
"""


@pytest.mark.parametrize(
    "data",
    [
        "frame(type='returned', number=99, answer=None, updated={})",
        "frame(type='returned', number=3, answer={'outcome': 'passed'}, updated={})",
        "frame(type='returned', number=3, answer=[[[]]], updated={})",
        "struct.pack('<I', 2**32 - 1)",
        "struct.pack('<I', 100) + b'half'",
        "struct.pack('<I', 0)",
    ],
)
def test_a_forged_reply_is_refused(submitted, data):
    subject = submitted(FORGED, f"def f(x):\n    send({data})\n    time.sleep(0.1)\n    return x")
    subject.g(1.0)

    trouble = trouble_of(subject.f, 1.0)

    assert trouble.trouble in (Trouble.REFUSED, Trouble.TIMEOUT, Trouble.CRASHED)
    assert trouble.message.isprintable()
    assert subject.g(2.0) == 2.0


def test_a_second_reply_is_no_answer_to_the_next_question(submitted):
    subject = submitted(
        FORGED, "def f(x):\n    send(frame(type='returned', number=2, answer=None, updated={}))\n    return x"
    )
    subject.f(1.0)

    trouble = trouble_of(subject.g, 1.0)

    assert trouble.trouble is Trouble.REFUSED
    assert trouble.message == "`g` answers another question than the one asked."


def test_a_reply_that_trickles_in_is_not_waited_for(submitted):
    subject = submitted(
        FORGED,
        """
        def f(x):
            send(struct.pack('<I', 1000))
            while True:
                send(b'x')
                time.sleep(0.05)
        """,
    )
    start = time.monotonic()

    trouble = trouble_of(subject.f, 1.0)

    assert trouble.trouble is Trouble.TIMEOUT
    assert time.monotonic() - start < 4


def test_forged_notes_are_cut_and_escaped(submitted):
    note = "'\\x1b[31m' + 'x' * 1_000_000"
    subject = submitted(
        FORGED, f"class Net:\n    send(frame(type='loaded', number=1, names=[], notes=[{note}]))", "def f(:"
    )

    subject.names()

    assert len(subject.notes[0]) < 420
    assert subject.notes[0].isprintable()


def test_forged_updates_that_are_nested_are_refused(submitted):
    deep = "body.replace(b'DEEP', b'\\x91' * 400 + b'\\xc0')"
    subject = submitted(
        FORGED,
        f"""
        def f(x, options):
            body = msgspec.msgpack.encode(dict(type='returned', number=2, answer=None, updated={{1: dict(a='DEEP')}}))
            body = body.replace(b'\\xa4DEEP', b'DEEP')
            body = {deep}
            send(struct.pack('<I', len(body)) + body)
            time.sleep(0.1)
        """,
    )
    options = {}

    trouble = trouble_of(subject.f, 1.0, options)

    assert trouble.trouble is Trouble.REFUSED
    assert options == {}


def test_a_fresh_worker_remembers_nothing(submitted):
    subject = submitted(
        """
        import os
        calls = []

        def f(x):
            calls.append(x)
            open("remembered", "a").write("x")
            return len(calls), os.path.getsize("remembered")
        """,
        asked=["f"],
    )
    first = [tuple(map(int, subject.f(1.0))) for _ in range(2)]

    again = subject.fresh().f(1.0)

    assert first == [(1, 1), (2, 2)]
    assert tuple(map(int, again)) == (1, 1)


def test_the_working_directory_can_be_written_to_and_is_gone_afterwards(submitted):
    subject = submitted(
        "import os\n\ndef f(x):\n    open('a', 'w').write('b' * 1000)\n    return os.path.getsize('a')"
    )

    assert subject.f(1) == 1000


def test_modules_of_the_submission_can_be_imported(submitted):
    subject = submitted(
        "import mine\nfrom mine import half",
        "def f(x):\n    return half(x) + mine.ONE",
        modules={"mine.py": "ONE = 1\ndef half(x):\n    return x / 2"},
    )

    assert subject.f(4.0) == 3.0


def test_names_are_those_of_functions(submitted):
    subject = submitted("import numpy as np\nEPS = 1\n\ndef f(x):\n    return x")

    assert {"f"} <= subject.names()
    assert "EPS" not in subject.names()


def test_a_notebook_that_ends_its_process_while_loading_is_told(submitted):
    subject = submitted("import os\n\nclass Net:\n    os._exit(4)")

    assert trouble_of(subject.f, 1).message == (
        "The notebook cannot be loaded: executing its definitions ends the whole Python process (status 4): "
        "a layer returns, it does not exit."
    )


def test_the_environment_of_the_grader_is_not_seen(submitted, monkeypatch):
    monkeypatch.setenv("CS231N_SECRET", "canary")
    subject = submitted(
        "import os\n\ndef f(x):\n    return float('canary' in str(os.environ)), float(len(os.environ))"
    )

    seen, size = subject.f(1)

    assert seen == 0.0
    assert size < 20


def test_nothing_of_the_grader_can_be_imported(submitted):
    subject = submitted(
        """
        import importlib

        def f(x):
            found = 0
            for name in ("cs231n_lib", "autograder.core.judge", "autograder.checks", "scipy", "IPython"):
                try:
                    importlib.import_module(name)
                    found += 1
                except ImportError:
                    pass
            return found
        """
    )

    assert subject.f(1) == 0


def test_a_sandbox_that_does_not_start_is_ours_to_mend(tier, monkeypatch):
    warm.end_all()
    monkeypatch.setattr(launch, "_interpreter", lambda: "/no/such/python")
    subject = SandboxSubject([], {}, tier, LIMITS)

    with pytest.raises(JudgeError, match=rf"the sandbox \({tier}\) does not start: "):
        subject.f(1)


def test_a_worker_that_is_not_needed_is_not_started(monkeypatch):
    monkeypatch.setattr(launch, "_interpreter", lambda: pytest.fail("started"))

    with SandboxSubject([], {}, Tier.RLIMITS, LIMITS) as subject:
        assert subject.notes == []


def test_a_module_of_the_submission_replaces_no_file_of_ours(submitted):
    hostile = dict.fromkeys(("inside/autograder/core/values.py", "autograder/core/values.py"), "HACKED = 1")
    subject = submitted("def f(x):\n    return x", modules=hostile)

    assert subject.f(1.0) == 1.0
    assert "HACKED" not in (PACKAGE / "core" / "values.py").read_text()


def test_of_an_own_notebook_nothing_is_executed_that_only_an_experiment_needs(submitted):
    cells = ["def double(x):\n    return 2 * x", "trained = 1 / 0", "def show():\n    return trained"]
    earlier = {"affine_layers": [(f"affine_layers, cell {i}", cell) for i, cell in enumerate(cells)]}

    def asked(imports):
        return submitted(f"{imports}\ndef f(x):\n    return double(x)", notebooks=OwnNotebooks(earlier), asked=["f"])

    assert asked("from affine_layers import double").f(1.0) == 2.0
    assert asked("from affine_layers import *").f(1.0) == 2.0
    message = trouble_of(asked("from affine_layers import double, shown").f, 1.0).message
    assert "cannot be loaded" not in message


def test_functions_of_an_own_notebook_are_imported(submitted):
    earlier = {"affine_layers": [("affine_layers, cell 1", "def double(x):\n    return 2 * x")]}

    subject = submitted(
        "from affine_layers import double\ndef quadruple(x):\n    return double(double(x))",
        notebooks=OwnNotebooks(earlier),
    )

    assert subject.quadruple(1.0) == 4.0


def test_an_unfinished_function_that_another_calls_is_named(submitted):
    subject = submitted("def inner(x):\n    raise NotImplementedError\ndef outer(x):\n    return inner(x)")

    error = trouble_of(subject.outer, 1.0)

    assert error.trouble is Trouble.UNFINISHED
    assert error.message == "`outer` calls `inner`, which is not finished: it raises NotImplementedError."
