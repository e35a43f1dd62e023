"""Section 7 of the table in docs/security.md: leaving the sandbox."""

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from classroom import HOME, NOTEBOOK, graded, hand_in, job
from hostile import CANARY, FOUND_NOTHING, LIMITS, TARGET, WORKED, function, one_tier, threat

from autograder.grading.batch import grade_one
from autograder.sandbox import seccomp

pytestmark = pytest.mark.security


def attempts(calls):
    """Return statements that try calls, each an expression, and tell which of them succeeded."""
    tried = ", ".join(f"({name!r}, lambda: {call})" for name, call in calls.items())
    return f"""
import ctypes, fcntl, os, resource, socket
libc = ctypes.CDLL(None, use_errno=True)
open("x", "w").close()
found = []
for name, attempt in [{tried}]:
    try:
        result = attempt()
    except (OSError, AttributeError, ValueError):
        continue
    if not isinstance(result, int) or result >= 0:
        found.append(name)
raise LookupError("found " + (str(found) if found else "nothing"))
"""


PLACES = ("/", "/usr", "/usr/bin", "/bin", "/etc", "/dev", "/sandbox", "/sandbox/autograder", "/proc/self", "/run")
PLACES += ("/var/tmp", "/dev/shm/../..", "/sys/fs/cgroup")  # noqa: S108  where others can write
MAKES = (
    "open({!r}, 'w')",
    "os.mkdir({!r})",
    "os.mkfifo({!r})",
    "os.mknod({!r})",
    "os.symlink('/', {!r})",
    "os.link('/etc/passwd', {!r})",
    "os.rename('x', {!r})",
)


@threat("7.1")
def test_nothing_outside_can_be_written(attack, tmp_path):
    name = f"planted-{os.getpid()}"
    folders = [*PLACES, sys.base_prefix, os.path.dirname(os.__file__), tmp_path, HOME, Path.home()]  # noqa: PTH120
    paths = [f"{folder}/{name}" for folder in folders]
    before = snapshot()

    outcome = attack(
        {
            "new files": attempts({make.format(path): make.format(path) for path in paths for make in MAKES}),
            "our own files": attempts(
                {
                    "append": "open(__import__('autograder.core.values').values.__file__, 'a')",
                    "numpy": "open(np.__file__, 'a')",
                    "remove": "os.remove(np.__file__)",
                    "rename": "os.rename(np.__file__, 'x')",
                    "cut": "os.truncate(np.__file__, 0)",
                    "cut by opening": "os.open(np.__file__, os.O_RDONLY | os.O_TRUNC)",
                    "mode": "os.chmod(np.__file__, 0o777)",
                    "time": "os.utime(np.__file__)",
                    "owner": "os.chown(np.__file__, os.getuid(), -1)",
                    "bytecode": "open(os.path.dirname(np.__file__) + '/__pycache__/x.pyc', 'w')",
                }
            ),
            "the grader's files": attempts(
                {
                    f"{make} {path}": f"{make}({str(path)!r}{more})"
                    for path in (HOME / "nbgrader_config.py", HOME / "autograder", tmp_path)
                    for make, more in (
                        ("os.chmod", ", 0"),
                        ("os.utime", ""),
                        ("os.rename", ", 'x'"),
                        ("os.open", ", 2"),
                    )
                }
            ),
        }
    )

    assert all(FOUND_NOTHING in message for message in outcome.messages.values())
    assert not [path for path in paths if Path(path).exists()]
    assert snapshot() == before


def snapshot():
    """Return what our own files are: their bytes, times and modes."""
    files = [*(HOME / "autograder" / "sandbox").glob("*.py"), HOME / "nbgrader_config.py", Path(os.__file__)]
    return {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in files}


@threat("7.2")
def test_no_connection_leaves_the_sandbox(attack):
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(type=socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        datagrams.bind(("127.0.0.1", 0))
        unix.bind(f"\0cs231n-test-{os.getpid()}")
        unix.listen()
        tcp, udp = listener.getsockname()[1], datagrams.getsockname()[1]
        for waiting in (listener, datagrams, unix):
            waiting.settimeout(0.2)

        outcome = attack(
            {
                "sockets": attempts(
                    {
                        "TCP": f"socket.create_connection(('127.0.0.1', {tcp}), 0.1)",
                        "UDP": f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'hidden', ('127.0.0.1', {udp}))",
                        "IPv6": f"socket.create_connection(('::1', {tcp}), 0.1)",
                        "abstract": f"socket.socket(socket.AF_UNIX).connect('\\0cs231n-test-{os.getpid()}') or 0",
                        "the bus": "socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket') or 0",
                        "outside": "socket.create_connection(('192.0.2.1', 80), 0.1)",
                        "names": "socket.getaddrinfo('example.org', 80) and 0",
                        "a pair": "socket.socketpair()",
                        "raw": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
                        "packets": "socket.socket(17, socket.SOCK_RAW)",
                        "netlink": "socket.socket(16, socket.SOCK_RAW, 0)",
                    }
                ),
                "a server": attempts(
                    {"TCP": "socket.create_server(('', 0))", "UDP": "socket.socket(2, 2).bind(('', 0)) or 0"}
                ),
                "a request": attempts(
                    {"HTTP": f"__import__('urllib.request').request.urlopen('http://127.0.0.1:{tcp}', timeout=0.1)"}
                ),
            }
        )

        assert all(FOUND_NOTHING in message for message in outcome.messages.values())
        for receive in (listener.accept, unix.accept, lambda: datagrams.recv(10)):
            with pytest.raises(TimeoutError):
                receive()


CALLS = seccomp.numbered(" ".join((*seccomp.FORBIDDEN.values(), seccomp.DECIDED)), platform.machine())
RIGHTS = {
    "namespaces": {
        **{
            name: f"libc.unshare({flag})"
            for name, flag in {"user": 1 << 28, "mount": 1 << 17, "pid": 1 << 29}.items()
        },
        "a thread in one": "libc.syscall({clone}, 0x10010000, 0, 0, 0, 0)",
        "another's": f"libc.setns(os.open('/proc/{os.getpid()}/ns/mnt', 0), 0)",
        "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "unmount": "libc.umount2(b'/tmp', 2)",
        "the new mount calls": "libc.syscall({fsopen}, b'tmpfs', 0)",
        "a tree": "libc.syscall({open_tree}, -100, b'/', 1)",
        "chroot": "libc.chroot(b'/tmp')",
        "pivot": "libc.syscall({pivot_root}, b'.', b'.')",
    },
    "accounts": {
        "root": "libc.setuid(0)",
        "all of root": "libc.setresuid(0, 0, 0)",
        "the group": "libc.setresgid(0, 0, 0)",
        "groups": "libc.setgroups(1, (ctypes.c_uint * 1)(0))",
        "hostname": "libc.sethostname(b'x', 1)",
        "the clock": "libc.clock_settime(0, (ctypes.c_long * 2)(0, 0))",
        "setuid program": "os.posix_spawn('/bin/su', ['su'], {})",
        "being root": "-1 if os.getuid() else 0",
        "capabilities": "libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[2**32 - 1] * 6))",
        "new privileges": "-libc.prctl(39, 0, 0, 0, 0)",
    },
    "the kernel": {
        "a key": "libc.syscall({add_key}, b'user', b'x', b'y', 1, -4)",
        "the session's keys": "libc.syscall({keyctl}, 0, -3, 0)",
        "bpf": "libc.syscall({bpf}, 0, ctypes.create_string_buffer(64), 64)",
        "io_uring": "libc.syscall({io_uring_setup}, 8, ctypes.create_string_buffer(120))",
        "perf": "libc.syscall({perf_event_open}, ctypes.create_string_buffer(112), 0, -1, -1, 0)",
        "userfaultfd": "libc.syscall({userfaultfd}, 0)",
        "a file handle": "libc.syscall({name_to_handle_at}, -100, b'/', ctypes.create_string_buffer(b'\\x40' + bytes(200)), ctypes.byref(ctypes.c_int()), 0)",
        "a module": "libc.syscall({init_module}, b'', 0, b'')",
        "the log": "libc.syscall({syslog}, 3, ctypes.create_string_buffer(64), 64)",
        "personality": "libc.personality(0x0040000)",
        "32 bits": "libc.syscall(0x40000000 + 39)",
        "a device": "os.mknod('x', 0o20666, os.makedev(1, 1))",
        "memory": "os.open('/dev/mem', 0)",
        "settings": "os.open('/proc/sys/kernel/core_pattern', 1)",
        "control groups": "os.open('/sys/fs/cgroup/cgroup.procs', 1)",
    },
}


def numbered(calls):
    """Put the numbers of system calls in the place of their names."""
    return {name: re.sub(r"\{(\w+)\}", lambda found: str(CALLS[found[1]]), call) for name, call in calls.items()}


@threat("7.3")
def test_no_further_rights_can_be_had(attack):
    outcome = attack({name: attempts(numbered(calls)) for name, calls in RIGHTS.items()})

    assert {name: message for name, message in outcome.messages.items() if FOUND_NOTHING not in message} == {}


LINKS = {
    "a link to a file": lambda place, secret: (place / f"{NOTEBOOK}.ipynb").symlink_to(secret),
    "a link to a folder": lambda place, secret: (place / f"{NOTEBOOK}.ipynb").symlink_to(secret.parent),
    "a link to a device": lambda place, _: (place / f"{NOTEBOOK}.ipynb").symlink_to("/dev/zero"),
    "a link to itself": lambda place, _: (place / f"{NOTEBOOK}.ipynb").symlink_to(place / f"{NOTEBOOK}.ipynb"),
    "a fifo": lambda place, _: os.mkfifo(place / f"{NOTEBOOK}.ipynb"),
    "a folder": lambda place, _: (place / f"{NOTEBOOK}.ipynb").mkdir(),
    "a module that is a link": lambda place, secret: (place / "answers.py").symlink_to(secret),
}


@threat("7.4")
@one_tier
@pytest.mark.parametrize("plant", LINKS.values(), ids=LINKS)
def test_what_is_no_file_is_not_followed(tmp_path, tier, plant):
    secret = tmp_path / "elsewhere" / "secret.py"
    secret.parent.mkdir()
    secret.write_text(f"CANARY = {CANARY!r}\n")
    submitted = hand_in(tmp_path, "", name="notes.txt")
    plant(submitted.folder, secret)

    result = grade_one(job(tmp_path, tier, LIMITS), submitted)

    assert result.report.score == 0
    assert not result.report.broken
    assert result.report.notebooks[0].problems
    assert CANARY not in "".join(result.notebooks.values())


@threat("7.4")
@one_tier
@pytest.mark.parametrize("name", ["../escaped.py", "PLACE/escaped.py", "a/../../escaped.py", "C:\\escaped.py"])
def test_names_in_an_archive_lead_nowhere(tmp_path, tier, name):
    place = tmp_path / "submitted" / "ada"
    place.mkdir(parents=True)
    with zipfile.ZipFile(place / "submission.zip", "w") as archive:
        archive.writestr(name.replace("PLACE", str(tmp_path)), "ESCAPED = True\n")

    result = graded(tmp_path, WORKED, tier, LIMITS)

    assert not list(tmp_path.rglob("*escaped*"))
    assert not result.report.broken


# An account without rights, to which the interpreter is visible even if it stands in /root.
AS_USER = """
set -e
base=$1; shift
keep=$(mktemp -d)
mount --bind "$base" "$keep"
mount -t tmpfs -o mode=755 none /root
mkdir -p "$base"
mount --bind "$keep" "$base"
exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
"""

GRADE = """
import json, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from autograder.sandbox.protection import probe
from classroom import Tier, earned, graded, no_worker_left, with_function
from hostile import LIMITS, WORKED
tier = Tier(sys.argv[2])
node = WORKED
for slot, source in json.loads(sys.argv[3]).items():
    node = with_function(node, slot, source)
with no_worker_left():
    result = graded(Path(sys.argv[1]), node, tier, LIMITS)
messages = {{check.report.check: check.report.message for check in result.report.checks}}
print(json.dumps([probe(tier), earned(result.report), messages]))
"""
can_become_a_user = pytest.mark.skipif(
    os.geteuid() != 0
    or None in (shutil.which("setpriv"), shutil.which("unshare"))
    or subprocess.run([shutil.which("unshare"), "-m", "true"], check=False).returncode != 0,  # noqa: S603  ours
    reason="only root becomes somebody else",
)


@threat("7.3")
@can_become_a_user
def test_for_an_ordinary_user_the_same_holds_as_for_root(open_folder, tier):
    own = open_folder / "own"
    own.mkdir()
    os.chown(own, 65534, 65534)
    base = str(Path(sys.base_prefix).parents[1]) if sys.base_prefix.startswith("/root") else sys.base_prefix
    attacks = {
        TARGET: attempts(numbered(RIGHTS["namespaces"] | RIGHTS["accounts"] | RIGHTS["the kernel"])),
        "relu_backward": attempts(
            {
                "the grader's end": "os.kill(os.getppid(), 9)",
                "a process": "os.fork()",
                "everybody": "os.kill(-1, 0)",
                "a signal of a file": "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid())",
                "any signal of a file": "fcntl.fcntl(os.pipe()[0], 10, 9)",
                "a lease": "fcntl.fcntl(os.open('x', os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
                "a limit": "resource.prlimit(max(os.getppid(), 2), resource.RLIMIT_CPU)",
                "a priority": "os.setpriority(os.PRIO_USER, 0, 19)",
                "a processor": "os.sched_setaffinity(os.getppid(), {0})",
            }
        ),
        "affine_backward": attempts(
            {
                "home": f"open({str(own / 'x')!r}, 'w')",
                "list": f"os.listdir({str(own)!r})",
                "mode": f"os.chmod({str(own)!r}, 0)",
            }
        ),
    }
    sources = {slot: function(slot, source) for slot, source in attacks.items()}
    code = GRADE.format(paths=[str(HOME / "tests"), str(HOME / "tests/security")])
    command = ["unshare", "-m", "sh", "-c", AS_USER, "sh", base, "env", f"HOME={own}", f"TMPDIR={own}"]
    command += [sys.executable, "-c", code, str(own), str(tier), json.dumps(sources)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=HOME)  # noqa: S603

    assert ended.returncode == 0, ended.stderr
    trouble, scores, messages = json.loads(ended.stdout)
    assert trouble == ""
    assert scores == {"affine_forward": 2.0, "relu_forward": 2.0} | dict.fromkeys(attacks, 0.0)
    assert {name: messages[name] for name in attacks if FOUND_NOTHING not in messages[name]} == {}
