"""Each limit has a sentence of its own, and can be changed in one place."""

import re
from dataclasses import fields, replace
from fnmatch import fnmatchcase

import numpy as np
import pytest
from classroom import HOME, MIB, QUICK, no_worker_left, tiers
from traitlets.config import Config

from autograder.core.subject import SubjectError, Trouble
from autograder.course.course import Course, CourseError
from autograder.sandbox.allowance import Allowance, ending, excess
from autograder.sandbox.limits import Limits, LimitsError, configured
from autograder.sandbox.remote import SandboxSubject

LIMITS = replace(QUICK, memory=512 * MIB, file_size=MIB, folder_size=2 * MIB, open_files=20)

SENTENCES = {
    "call_seconds": (
        "while True: pass",
        {"call_seconds": 0.3},
        (Trouble.TIMEOUT, "`f` takes longer than 0.3 seconds: is there a loop that never ends?"),
    ),
    "exercise_seconds": (
        "time.sleep(0.3)",
        {"exercise_seconds": 0.1},
        (Trouble.TIMEOUT, "`f` takes longer than 0.1 seconds in all its calls together."),
    ),
    "submission_seconds": (
        "time.sleep(0.7)",
        {"submission_seconds": 0.6},
        (Trouble.TIMEOUT, "`f` comes too late: the 0.6 seconds of the whole submission are used up."),
    ),
    "memory": (
        "return np.ones(2**30)",
        {},
        (
            Trouble.MEMORY,
            "`f` needs more memory than the 512 MiB it may use in cell 1, line 4: return np.ones(2**30).",
        ),
    ),
    "processes": (
        "threading.stack_size(2**16); [threading.Thread(target=time.sleep, args=(9,)).start() for _ in range(10**4)]",
        {"call_seconds": 9, "memory": 2048 * MIB},
        (Trouble.EXCESS, "`f` starts more threads than it may in cell 1, line 4: *. A few are enough."),
    ),
    "open_files": (
        "return [open(os.devnull) for _ in range(100)]",
        {},
        (Trouble.EXCESS, "`f` opens more than the 20 files it may have open in cell *. Close a file after use."),
    ),
    "file_size": (
        "open('a', 'wb').write(bytes(2**21))",
        {},
        (Trouble.EXCESS, "`f` writes a file of more than the 1 MiB it may have in cell 1, line 4: *."),
    ),
    "answer_size": (
        "return np.zeros(2**20)",
        {"answer_size": MIB},
        (
            Trouble.REFUSED,
            "`f` returns what cannot be passed on: An answer must be at most 1048576 bytes (got 83886??).",
        ),
    ),
    "answer_arrays": (
        "return [None] * 12",
        {"answer_arrays": 10},
        (Trouble.REFUSED, "`f` returns 12 things, more than the 10 that may pass."),
    ),
    "output": (
        "raise ValueError('x' * 1000)",
        {"output": 20},
        (Trouble.RAISED, "`f` raises ValueError: xxxxxxxxxxxxxxxxxxxx in cell 1, line 4: *."),
    ),
}


@pytest.fixture(params=tiers)
def tier(request):
    return request.param


@pytest.fixture
def trouble_of(tier):
    """Put a function into a sandbox, call it once, and return why it gives no answer."""

    def trouble_of(body, limits):
        source = f"import os, threading, time\nimport numpy as np\ndef f(x):\n    {body}"
        with (
            no_worker_left(),
            SandboxSubject([("cell 1", source)], {}, tier, limits) as subject,
            pytest.raises(SubjectError) as caught,
        ):
            subject.f(np.ones(2))
        return caught.value

    return trouble_of


@pytest.mark.parametrize(("body", "changes", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_each_limit_has_a_sentence_of_its_own(trouble_of, body, changes, expected):
    trouble = trouble_of(body, replace(LIMITS, **changes))

    assert trouble.trouble is expected[0]
    assert fnmatchcase(trouble.message, expected[1])


def test_all_files_together_are_limited_too(trouble_of):
    body = "[open(str(i), 'wb').write(bytes(2**20)) for i in range(9)]; time.sleep(1)"

    trouble = trouble_of(body, replace(LIMITS, call_seconds=5))

    assert trouble.trouble in (Trouble.EXCESS, Trouble.CRASHED)
    assert trouble.message.startswith("`f` writes more than the 2 MiB")


def test_what_the_sandbox_forbids_has_a_sentence_of_its_own(trouble_of):
    trouble = trouble_of("os.fork()", LIMITS)

    assert trouble.trouble is Trouble.FORBIDDEN
    assert trouble.message == (
        "`f` does what the sandbox forbids: [Errno 1] Operation not permitted in cell 1, line 4: os.fork(). "
        "A layer computes, nothing else."
    )


def test_the_time_of_an_exercise_is_that_of_all_its_calls(tier):
    source = "import time\ndef f(x):\n    time.sleep(0.2)\n    return x\ndef g(x):\n    return x"

    with SandboxSubject([("cell 1", source)], {}, tier, replace(LIMITS, exercise_seconds=0.5)) as subject:
        subject.f(1.0)
        subject.f(1.0)
        with pytest.raises(SubjectError, match=r"takes longer than 0.5 seconds in all its calls together\."):
            subject.f(1.0)
        with pytest.raises(SubjectError, match=r"takes longer than 0.5 seconds in all its calls together\."):
            subject.f(1.0)
        assert subject.g(2.0) == 2.0


def test_notebooks_of_a_submission_share_its_time(tier):
    limits = replace(LIMITS, submission_seconds=0.6)
    allowance = Allowance(limits)
    cells = [("cell 1", "import time\ndef f(x):\n    time.sleep(0.4)\n    return x")]

    with SandboxSubject(cells, {}, tier, limits, allowance=allowance) as first:
        first.f(1.0)
    with (
        SandboxSubject(cells, {}, tier, limits, allowance=allowance) as second,
        pytest.raises(SubjectError, match=r"comes too late: the 0.6 seconds of the whole submission are used up"),
    ):
        second.f(1.0)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (3, "ends the whole Python process (status 3): a layer returns, it does not exit."),
        (-4, "crashes the whole Python process (an illegal instruction)."),
        (-6, "ends the whole Python process by abort."),
        (-7, "crashes the whole Python process (a bus error: a mapped file was cut)."),
        (-8, "crashes the whole Python process (an arithmetic error)."),
        (-9, "ends the whole Python process by a signal, or uses more than the system has."),
        (139, "crashes the whole Python process (a segmentation fault): does a recursion never end?"),
        (-24, "uses more processor time than a submission may."),
    ],
)
def test_an_end_is_told_by_its_status(status, sentence):
    assert ending(status) == sentence


def test_an_exception_of_no_limit_is_none():
    assert excess("ValueError", "x must be y", Limits()) is None
    assert excess("FileNotFoundError", "[Errno 2] No such file or directory: 'a'", Limits()) is None


def test_a_disk_that_is_full_is_told():
    full = excess("OSError", "[Errno 28] No space left on device", Limits())

    assert full.clause == "writes more than the 64 MiB, or 1000 files, that it may"


def test_without_a_configuration_the_defaults_hold():
    assert configured(Config().Limits) == Limits()


def test_a_configuration_changes_what_it_names():
    config = Config()
    config.Limits.call_seconds = 20
    config.Limits.memory = 4096 * MIB

    assert configured(config.Limits) == replace(Limits(), call_seconds=20, memory=4096 * MIB)


def test_a_limit_that_there_is_not_is_told():
    with pytest.raises(LimitsError) as caught:
        configured({"seconds": 3})

    assert str(caught.value).startswith(
        "`Limits.seconds` must be the name of a limit (got 'seconds'). There are: call_seconds, load_seconds, "
    )


@pytest.mark.parametrize("value", [0, -1, "5", None, True, float("nan")])
def test_a_limit_must_be_a_positive_number(value):
    with pytest.raises(LimitsError) as caught:
        configured({"call_seconds": value})

    assert str(caught.value) == (
        f"`Limits.call_seconds` must be a positive number (got {value!r}). The default is 5.0."
    )


def test_what_is_counted_must_be_a_whole_number():
    with pytest.raises(LimitsError, match=r"`Limits.memory` must be a positive whole number \(got 1.5\)"):
        configured({"memory": 1.5})


@pytest.mark.parametrize(("name", "most"), [("output", 4000), ("answer_arrays", 1000)])
def test_what_a_worker_never_sends_cannot_be_allowed(name, most):
    with pytest.raises(
        LimitsError, match=rf"`Limits.{name}` must be at most {most} \(got {most + 1}\). The default is"
    ):
        configured({name: most + 1})


@pytest.mark.parametrize("limit", [field.name for field in fields(Limits)])
def test_every_limit_is_documented(limit):
    assert re.search(rf"\b{limit}\b", Limits.__doc__)
    assert f"`{limit}`" in (HOME / "docs" / "security.md").read_text(encoding="utf-8")


def test_the_resource_limits_are_those_that_a_process_can_set():
    import resource

    for name, value in Limits().resources().items():
        assert hasattr(resource, f"RLIMIT_{name}")
        assert value >= 0


@pytest.fixture
def course(tmp_path):
    """Make a course with this line in its configuration."""

    def course(line):
        (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
        return Course(tmp_path)

    return course


def test_a_course_changes_limits_in_its_configuration(course):
    assert course("c.Limits.call_seconds = 20").limits() == replace(Limits(), call_seconds=20)


def test_a_course_that_changes_a_limit_that_there_is_not_is_told(course):
    with pytest.raises(CourseError, match=r"`Limits.calls` must be the name of a limit \(got 'calls'\)"):
        course("c.Limits.calls = 20").limits()
