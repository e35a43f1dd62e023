import json
import os
import platform
import select
import shutil
import subprocess
import sys

import pytest

from autograder.sandbox import seccomp
from autograder.sandbox.confinement import Rules

NOBODY = 65534
READ_EVERYTHING = 4  # CAP_DAC_READ_SEARCH, the only right that may be left
REPORT = """
import json, os, resource, sys
from autograder.sandbox.confinement import confine

confine(json.loads(sys.argv[1]))
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "ids": os.getresuid() + os.getresgid() + tuple(os.getgroups()),
    "rights": [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")],
    "filtered": int(status["Seccomp"]),
    "memory": resource.getrlimit(resource.RLIMIT_AS),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
}))
"""
UNKNOWN_TO_OTHERS = ("unshare", "--user", "--map-root-user")  # a namespace that has no account but root
NOTHING = Rules(limits={}, account=None, needed=[], files=None, filtered=False)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
on_linux = pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="there is no filter for this machine"
)


def confined(*before, **changes):
    """Confine a Python of its own, since that is for good, and return what it says of itself."""
    ended = subprocess.run(  # noqa: S603  our own interpreter and code
        [*before, sys.executable, "-c", REPORT, json.dumps(NOTHING | changes)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_limits_are_set():
    told = confined(limits={"AS": 2**32, "CORE": 0})

    assert told["memory"] == [2**32, 2**32]
    assert told["core"] == [0, 0]


def test_a_limit_that_is_lower_already_stays():
    told = confined("/bin/sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", limits={"AS": 2**32})

    assert told["memory"] == [2_048_000_000] * 2


@as_root
def test_root_becomes_an_account_without_rights():
    told = confined(account=NOBODY, needed=["/"])

    assert told["ids"] == [NOBODY] * 6
    assert told["rights"] == [0, 0, 0, 0]


@as_root
def test_root_keeps_the_right_to_read_where_it_is_needed(tmp_path):
    tmp_path.chmod(0o700)

    told = confined(account=NOBODY, needed=[str(tmp_path)])

    assert told["ids"] == [NOBODY] * 6
    assert told["rights"] == [READ_EVERYTHING, READ_EVERYTHING, 0, 0]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="there is no program to make a namespace")
def test_a_container_that_knows_only_root_still_takes_its_rights():
    told = confined(*UNKNOWN_TO_OTHERS, account=NOBODY)

    assert told["ids"] == [0] * 6
    assert told["rights"] == [0, 0, 0, 0]


@on_linux
def test_system_calls_are_filtered_where_that_is_told():
    assert confined(filtered=True)["filtered"] == 2
    assert confined(filtered=False)["filtered"] == 0


@on_linux
def test_a_confined_process_ends_with_its_parent():
    code = (
        "import os, subprocess, sys, time\n"
        f"worker = subprocess.Popen([sys.executable, '-c', {(REPORT + 'import time; time.sleep(60)')!r}, sys.argv[1]],"
        " stdout=subprocess.PIPE)\n"
        "worker.stdout.readline()\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    rules = json.dumps(NOTHING | {"filtered": True})
    with subprocess.Popen([sys.executable, "-c", code, rules], stdout=subprocess.PIPE) as parent:  # noqa: S603  ours
        worker = int(parent.stdout.readline())
        watch = os.pidfd_open(worker)
        parent.kill()

    ended, _, _ = select.select([watch], [], [], 10)
    os.close(watch)
    assert ended
