import json
import subprocess
import sys

import pytest

from autograder.sandbox import landlock

needs_landlock = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")

ATTEMPTS = """
import json, os, sys
sys.path.append(sys.argv[1])
from autograder.sandbox import landlock

folder, known = sys.argv[2], int(sys.argv[3])
landlock.version = lambda: known
attempts = {
    "read what is named": lambda: open(f"{folder}/read/file").close(),
    "list what is named": lambda: os.listdir(f"{folder}/listed"),
    "write what is named": lambda: open(f"{folder}/write/file", "w").write("x"),
    "make a folder": lambda: os.mkdir(f"{folder}/write/folder"),
    "rename in it": lambda: os.rename(f"{folder}/write/file", f"{folder}/write/other"),
    "remove in it": lambda: os.remove(f"{folder}/write/other"),
    "read what is not named": lambda: open(f"{folder}/secret").close(),
    "list what is not named": lambda: os.listdir(folder),
    "list what may only be read as a file": lambda: os.listdir(f"{folder}/read/.."),
    "read what is only listed": lambda: open(f"{folder}/listed/file").close(),
    "write what is only read": lambda: open(f"{folder}/read/file", "a").close(),
    "make what is not named": lambda: open(f"{folder}/new", "w").close(),
    "write what is not named": lambda: open(f"{folder}/secret", "a").close(),
    "remove what is not named": lambda: os.remove(f"{folder}/secret"),
    "rename what is not named": lambda: os.rename(f"{folder}/secret", f"{folder}/write/secret"),
    "link what is not named": lambda: os.link(f"{folder}/secret", f"{folder}/write/secret"),
    "make a link": lambda: os.symlink("/", f"{folder}/write/link"),
    "make a pipe": lambda: os.mkfifo(f"{folder}/write/pipe"),
    "run a program": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
}
landlock.restrict([f"{folder}/read", f"{folder}/not there"], [f"{folder}/listed"], [f"{folder}/write"])
worked = []
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError:
        continue
    worked.append(name)
print(json.dumps(worked))
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("read", "listed", "write"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / "secret").write_text("x")
    return tmp_path


@needs_landlock
@pytest.mark.parametrize("known", [1, 2, 3, 4, 5, 6, 7])
def test_only_what_is_named_is_there(folder, known):
    if known > landlock.version():
        pytest.skip(f"this kernel has version {landlock.version()}")

    ended = subprocess.run(  # noqa: S603  our own interpreter and code
        [
            sys.executable,
            "-c",
            ATTEMPTS,
            str(landlock.__file__).partition("/autograder/")[0],
            str(folder),
            str(known),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        "read what is named",
        "list what is named",
        "write what is named",
        "make a folder",
        "rename in it",
        "remove in it",
    ]
    assert (folder / "secret").read_text() == "x"


@pytest.mark.parametrize(
    ("known", "size", "files", "tcp", "scopes"),
    [
        (1, 8, 0x1FFF, 0, 0),
        (2, 8, 0x3FFF, 0, 0),
        (3, 8, 0x7FFF, 0, 0),
        (4, 16, 0x7FFF, 3, 0),
        (5, 16, 0xFFFF, 3, 0),
        (6, 24, 0xFFFF, 3, 3),
        (9, 24, 0xFFFF, 3, 3),
    ],
)
def test_each_version_is_asked_for_all_that_it_knows(monkeypatch, known, size, files, tcp, scopes):
    asked = []
    monkeypatch.setattr(landlock, "version", lambda: known)
    monkeypatch.setattr(landlock, "_call", lambda number, *rest: asked.append((number, rest)) or OSError())

    with pytest.raises(TypeError):  # an OSError is no descriptor to be closed
        landlock.restrict([], [], [])

    number, (attributes, length, flags) = asked[0]
    assert (number, length.value, flags) == (444, size, 0)
    assert [int.from_bytes(attributes[i : i + 8], "little") for i in (0, 8, 16)] == [files, tcp, scopes]


def test_a_kernel_without_landlock_is_told(monkeypatch):
    class Library:
        @staticmethod
        def syscall(*_):
            landlock.ctypes.set_errno(38)
            return -1

    monkeypatch.setattr(landlock, "_libc", Library)

    assert landlock.version() == 0
    with pytest.raises(OSError, match=r"Landlock does not work here \(Function not implemented\)"):
        landlock.restrict([], [], [])
