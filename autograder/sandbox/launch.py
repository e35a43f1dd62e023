"""Launching: the commands that start workers, or zygotes that fork them, and what a worker is told."""

import json
import os
import pwd
import sys
import sysconfig
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from autograder.sandbox.confinement import Rules
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.zygote import Told

PACKAGE = Path(__file__).parent.parent
INSIDE = Path("/sandbox")  # where the worker's files stand in bubblewrap
OWN_FILES = (
    "core/values.py",
    "sandbox/own_notebooks.py",
    "sandbox/wire.py",
    "sandbox/selection.py",
    "sandbox/loading.py",
    "sandbox/seccomp.py",
    "sandbox/landlock.py",
    "sandbox/confinement.py",
    "sandbox/worker.py",
    "sandbox/zygote.py",
)
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/libx32", "/etc/ld.so.cache")
LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")
DEVICES = ("/dev/zero", "/dev/urandom", "/dev/random")
FOREIGN_PACKAGES = ("usr/lib/python3*/dist-packages", "usr/local/lib/python3*/*-packages")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",  # sets of strings come in the same order each time
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
HOME = "/tmp"  # noqa: S108  a private one, in bubblewrap
NOBODY = 65534
# What a zygote needs: to give each worker namespaces, and, of root, to make it nobody and to end it. The worker gives
# that up. Root gets no user namespace: a worker in it would be root to the outside, whose processes are not counted.
RIGHTS = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL")
OF_ROOT = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--cap-drop", "ALL", *(part for right in RIGHTS for part in ("--cap-add", right))),
)
OF_A_USER = (
    *("--unshare-all", "--unshare-user", "--disable-userns"),
    *("--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL", "--cap-add", RIGHTS[0]),
)
SHARED_MEMORY = MIB  # bytes of /dev/shm: enough for locks
BOOTSTRAP = (
    "import sys, runpy; root, module = sys.argv.pop(1), sys.argv.pop(1); sys.path.append(root); "
    "runpy.run_module(f'autograder.sandbox.{module}', run_name='__main__')"
)


def environment(home: str) -> dict[str, str]:
    """Return the whole environment of a worker with a folder of its own."""
    return ENVIRONMENT | {"HOME": home, "TMPDIR": home}


def account() -> int | None:
    """Return the account without rights that a worker started by root becomes; for others there is none."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY


def in_bubblewrap() -> list[str]:
    """Return the command for a zygote in bubblewrap, which gives each worker folders and namespaces of its own."""
    return [
        "bwrap",
        *(OF_ROOT if os.geteuid() == 0 else OF_A_USER),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--size", str(SHARED_MEMORY), "--tmpfs", HOME),
        *_binds(),
        *("--dev", "/dev", "--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME, "--clearenv"),
        *(part for name, value in environment(HOME).items() for part in ("--setenv", name, value)),
        "--",
        *_python("zygote", INSIDE, "apart"),
    ]


def told_in_bubblewrap(limits: Limits) -> Told:
    """Return what a worker in bubblewrap is told."""
    sizes = [limits.folder_size, SHARED_MEMORY]
    return Told(home=HOME, sizes=sizes, files=limits.folder_files, rules=rules(limits, INSIDE))


def in_landlock(root: Path) -> list[str]:
    """Return the command for a zygote whose workers confine themselves."""
    return _python("zygote", root, "together")


def told_in_landlock(limits: Limits, root: Path, home: Path) -> Told:
    """Return what a worker is told that confines itself to its home and the files it needs."""
    own = [str(PACKAGE / name) for name in OWN_FILES]
    files = {
        "read": [str(root), *own, *map(str, _packages().values()), *_libraries(), *DEVICES],
        "listed": [_standard_library()],
        "write": [str(home), os.devnull],
    }
    return Told(home=str(home), sizes=[], files=limits.folder_files, rules=rules(limits, root, files))


def in_nothing(limits: Limits, home: Path) -> list[str]:
    """Return the command for a worker with limits of resources only."""
    root = linked(home.parent)
    told = Rules(limits=resources(limits), account=None, needed=[], files=None, filtered=False)
    return _python("worker", root, json.dumps(told))


def rules(limits: Limits, root: Path, files: dict[str, list[str]] | None = None) -> Rules:
    """Return what a worker does to itself whose files stand beneath `root`."""
    needed = [_standard_library(), str(root / "numpy/__init__.py"), str(root / "autograder/core/values.py")]
    return Rules(limits=resources(limits), account=account(), needed=needed, files=files, filtered=True)


def resources(limits: Limits) -> dict[str, int]:
    """Return the resource limits; an account may be shared, so threads are allowed on top of all that run."""
    named = limits.resources()
    try:
        _, tasks = Path("/proc/loadavg").read_text(encoding="ascii").split()[3].split("/")
        return named | {"NPROC": named["NPROC"] + int(tasks)}
    except (OSError, ValueError, IndexError):  # not on Linux
        return {name: value for name, value in named.items() if name != "NPROC"}


def _python(module: str, root: Path, told: str) -> list[str]:
    return [_interpreter(), "-s", "-P", "-S", "-B", "-c", BOOTSTRAP, str(root), module, told]


def _interpreter() -> str:
    """Return the interpreter itself, not the link to it in a virtual environment."""
    return os.path.realpath(sys.executable)


def _standard_library() -> str:
    return os.path.realpath(sysconfig.get_path("stdlib"))


def _packages() -> dict[str, Path]:
    """Return what a worker may import besides the standard library: numpy, and msgspec for the channel."""
    found = {name: Path(module.__file__ or "").parent for name, module in (("numpy", np), ("msgspec", msgspec))}
    shared = found["numpy"].parent / "numpy.libs"
    return found | ({"numpy.libs": shared} if shared.is_dir() else {})


def _binds() -> list[str]:
    base = os.path.realpath(sys.base_prefix)
    binds = [part for path in SYSTEM if Path(path).exists() for part in _bind_system(path)]
    if not base.startswith("/usr"):
        binds += [*_open_folders(Path(base).parent), "--ro-bind", base, base]
    for name in sorted({str(Path(own).parent) for own in OWN_FILES}):
        binds += _open_folders(INSIDE / "autograder" / name)
    for path in _foreign_packages(base):
        binds += ["--tmpfs", str(path)]
    for name in OWN_FILES:
        binds += ["--ro-bind", str(PACKAGE / name), str(INSIDE / "autograder" / name)]
    for name, path in _packages().items():
        binds += ["--ro-bind", str(path), str(INSIDE / name)]
    return binds


def _open_folders(path: Path) -> list[str]:
    """Make a folder and those above it; of itself bubblewrap makes them for their owner only."""
    folders = [*reversed(path.parents), path][1:]
    return [part for folder in folders for part in ("--perms", "0755", "--dir", str(folder))]


def _bind_system(path: str) -> list[str]:
    """Bind a system path, or make the link that it is (/bin is one to usr/bin on most systems)."""
    if Path(path).is_symlink():
        return ["--symlink", os.readlink(path), path]  # noqa: PTH115  the text of the link
    return ["--ro-bind", path, path]


def _foreign_packages(base: str) -> set[Path]:
    """Return where other packages stand, to be hidden: one of them may do the student's job."""
    found = {path for pattern in FOREIGN_PACKAGES for path in Path("/").glob(pattern)}
    return found | set(Path(base).glob("lib/python3*/site-packages"))


@cache
def _libraries() -> list[str]:
    """Return the standard library and the system's shared libraries, without the packages that stand among them."""
    folders = {os.path.realpath(path) for path in (*LIBRARIES, f"{sys.base_prefix}/lib", f"{sys.base_prefix}/lib64")}
    found = [
        child for folder in sorted(folders) for child in _children(folder) if not child.name.startswith("python")
    ]
    found += [child for child in _children(_standard_library()) if not child.name.endswith("-packages")]
    return ["/etc/ld.so.cache", *map(str, found)]


def _children(folder: str) -> list[Path]:
    return sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []


def linked(folder: Path) -> Path:
    """Link the worker's files, and nothing else, into a folder there, from which it imports."""
    root = folder / "inside"
    for name in OWN_FILES:
        target = root / "autograder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(PACKAGE / name)
    for name, path in _packages().items():
        (root / name).symlink_to(path)
    return root
