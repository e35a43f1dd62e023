import platform
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox import seccomp

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
ALLOWED, REFUSED, UNKNOWN, KILLED = "allowed", "refused", "unknown", "killed"
ACTIONS = {0x7FFF0000: ALLOWED, 0x50001: REFUSED, 0x50026: UNKNOWN, 0x80000000: KILLED}
OWN = 4321  # the process that the filters of these tests are made for
MINUS_ONE = 2**64 - 1
machines = pytest.mark.parametrize("machine", seccomp.MACHINES)
on_linux = pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="there is no filter for this machine"
)


def decide(machine, number, *arguments, architecture=None):
    """Run the filter as the kernel does, and return what becomes of a call."""
    architecture = architecture or seccomp.MACHINES[machine]
    words = [number, architecture, 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32]
    code, place, register = seccomp.program(machine, OWN), 0, 0
    while True:
        operation, if_true, if_false, operand = code[place]
        place += 1
        if operation == 0x20:
            register = words[operand // 4]
        elif operation == 0x54:
            register &= operand
        elif operation == 0x15:
            place += if_true if register == operand else if_false
        elif operation == 0x25:
            place += if_true if register > operand else if_false
        else:
            assert operation == 0x06
            return ACTIONS[operand]


def number_of(machine, name):
    return {**forbidden(machine), **seccomp.numbered(seccomp.DECIDED, machine)}[name]


def forbidden(machine):
    return seccomp.numbered(" ".join(seccomp.FORBIDDEN.values()), machine)


def run(code):
    """Run code in a Python of its own, since a filter is for good; return its standard output."""
    head = "import ctypes, os\nfrom autograder.sandbox import seccomp\n"
    ended = subprocess.run(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", head + textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernels_headers(machine):
    if not HEADERS[machine].is_file():
        pytest.skip("the kernel's headers are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text())
    known = {name: int(number) for name, number in found}
    ours = {**forbidden(machine), **seccomp.numbered(seccomp.DECIDED, machine)}

    assert {name: number for name, number in ours.items() if name in known} == {
        name: known[name] for name in ours if name in known
    }
    assert {name for name in ours if name not in known} <= {"fchmodat2", "statmount", "listmount"}  # newer


@machines
def test_every_forbidden_call_is_refused_whatever_its_arguments(machine):
    for number in forbidden(machine).values():
        assert decide(machine, number) == decide(machine, number, *[MINUS_ONE] * 6) == REFUSED


@machines
def test_what_computing_needs_is_allowed(machine):
    needed = {
        "x86_64": (0, 1, 3, 9, 11, 12, 202, 228, 60, 231),
        "aarch64": (63, 64, 57, 222, 215, 214, 98, 113, 93, 94),
    }

    assert {decide(machine, number) for number in needed[machine]} == {ALLOWED}


@machines
@pytest.mark.parametrize(
    ("name", "arguments", "action"),
    [
        ("clone", [0x3D0F00], ALLOWED),  # a thread, as C libraries start it
        ("clone", [0x11], REFUSED),  # a fork
        ("clone", [0x4111], REFUSED),  # a vfork
        ("clone", [0x10000000], REFUSED),  # a user namespace
        ("clone", [0x10010000], REFUSED),  # the same, as a thread
        ("clone", [0x20010000], REFUSED),  # a namespace of processes
        ("clone3", [], UNKNOWN),
        ("openat2", [], UNKNOWN),
        ("kill", [OWN, 9], ALLOWED),
        ("kill", [OWN + 1, 9], REFUSED),
        ("kill", [0, 9], REFUSED),
        ("kill", [MINUS_ONE, 9], REFUSED),
        ("tgkill", [OWN, 1, 6], ALLOWED),
        ("tgkill", [1, 1, 6], REFUSED),
        ("rt_sigqueueinfo", [1], REFUSED),
        ("prctl", [1], REFUSED),  # the end with the grader
        ("prctl", [15], ALLOWED),  # a name
        ("ioctl", [0, 0x5412], REFUSED),
        ("ioctl", [0, 0x541C], REFUSED),
        ("ioctl", [0, 0x5412 + 2**32], REFUSED),  # the kernel reads the lower half only
        ("ioctl", [0, 0x5401], ALLOWED),
        ("ioctl", [0, 0x8901], REFUSED),
        ("fcntl", [0, 8, 1], REFUSED),  # the owner of a file, who gets its signals
        ("fcntl", [0, 10, 9], REFUSED),
        ("fcntl", [0, 15], REFUSED),
        ("fcntl", [0, 1024], REFUSED),
        ("fcntl", [0, 1026], REFUSED),
        ("fcntl", [0, 4, 0o4000], ALLOWED),
        ("prlimit64", [0, 9], ALLOWED),
        ("prlimit64", [OWN], ALLOWED),
        ("prlimit64", [1], REFUSED),
        ("openat", [0, 0, 0o1000], REFUSED),
        ("openat", [0, 0, 0o1001], ALLOWED),
        ("openat", [0, 0, 0o0], ALLOWED),
    ],
)
def test_some_calls_are_decided_by_their_arguments(machine, name, arguments, action):
    assert decide(machine, number_of(machine, name), *arguments) == action


@machines
@pytest.mark.parametrize("number", [463, 600, 0x40000000, 0x40000039, 0xFFFFFFFF])
def test_newer_calls_and_those_of_another_interface_are_unknown(machine, number):
    assert decide(machine, number) == UNKNOWN


@machines
def test_calls_as_of_another_machine_end_the_process(machine):
    assert decide(machine, 1, architecture=0x40000003) == KILLED


@machines
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 2**64 - 1), max_size=6))
def test_every_call_is_decided(machine, number, arguments):
    assert decide(machine, number, *arguments) in ACTIONS.values()


@machines
def test_the_program_is_as_small_as_the_kernel_demands(machine):
    code = seccomp.program(machine, OWN)

    assert len(code) <= 4096
    assert len(seccomp.assembled(code)) == 8 * len(code)


@on_linux
def test_in_a_real_process_every_forbidden_call_fails():
    found = run(
        """
        machine = seccomp.platform.machine()
        numbers = seccomp.numbered(" ".join(seccomp.FORBIDDEN.values()), machine)
        seccomp.forbid()
        libc = ctypes.CDLL(None, use_errno=True)
        for name, number in numbers.items():
            if libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
                print(name)
        """
    )

    assert found == ""


@on_linux
def test_in_a_real_process_threads_and_computing_go_on():
    found = run(
        """
        from concurrent.futures import ThreadPoolExecutor
        import tempfile
        import numpy as np
        seccomp.forbid()
        with ThreadPoolExecutor(4) as pool:
            print(sum(pool.map(abs, range(10))))
        print(np.trace(np.eye(300) @ np.eye(300)))
        with tempfile.TemporaryDirectory() as folder:
            np.save(f"{folder}/a.npy", np.zeros(3))
            print(np.load(f"{folder}/a.npy").size)
        """
    )

    assert found.split() == ["45", "300.0", "3"]


@on_linux
def test_in_a_real_process_the_filter_holds_for_threads_that_run_already():
    found = run(
        """
        import threading
        ready, done = threading.Event(), threading.Event()

        def fork():
            ready.wait()
            try:
                os.fork()
            except PermissionError:
                print("refused")

        thread = threading.Thread(target=fork)
        thread.start()
        seccomp.forbid()
        ready.set()
        thread.join()
        """
    )

    assert found == "refused"


@on_linux
def test_in_a_real_process_the_filter_stays():
    found = run(
        """
        seccomp.forbid()
        seccomp.forbid()
        try:
            os.fork()
        except PermissionError:
            print("refused")
        """
    )

    assert found == "refused"


def test_a_machine_without_a_filter_is_told(monkeypatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")

    with pytest.raises(OSError, match="`machine` must be x86_64 or aarch64 for the filter of system calls"):
        seccomp.forbid()
