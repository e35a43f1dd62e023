"""Landlock: confine a process, for good, to some files, without asking an administrator for anything.

What may be read, listed and written is named; the rest of the file system cannot be opened, nor anything be
executed. Where the kernel knows how, TCP, signals to others and abstract sockets are forbidden, too. What Landlock
leaves alone, such as modes and times of files, `seccomp` forbids. This file is also bound into the sandbox: it
imports the standard library only.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

CREATE, ADD, RESTRICT = 444, 445, 446  # the same system calls on all machines
ASK_VERSION, BENEATH_PATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
MAKE_DIR, MAKE_REGULAR, MOVE, TRUNCATE = 1 << 7, 1 << 8, 1 << 13, 1 << 14
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE  # rights that a rule for a single file may give
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REGULAR | MOVE | TRUNCATE
# All that a version can forbid: of files; of TCP; of signals and abstract sockets.
FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP, SCOPES = {4: 0b11}, {6: 0b11}
NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of Landlock that this kernel has, 0 for none."""
    return max(0, int(_libc.syscall(ctypes.c_long(CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(ASK_VERSION))))


def restrict(read: Iterable[str], listed: Iterable[str], write: Iterable[str]) -> None:
    """Forbid this process all files but those named, and what is beneath them.

    Parameters
    ----------
    read : iterable of str
        May be read and listed. Paths that cannot be found are left out.
    listed : iterable of str
        Folders whose names may be listed.
    write : iterable of str
        May be read and written; regular files and folders may be made and removed beneath.

    Raises
    ------
    OSError
        If the kernel has no Landlock.
    """
    known = version()
    files, tcp, scopes = (_newest(table, known) for table in (FILES, TCP, SCOPES))
    attributes = struct.pack("=QQQ", files, tcp, scopes)
    ruleset = _call(CREATE, attributes, ctypes.c_size_t(_size(known)), 0)
    try:
        for paths, rights in ((read, READ), (listed, READ_DIR), (write, WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & files)
        if _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "new privileges cannot be given up")
        _call(RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _newest(table: dict[int, int], known: int) -> int:
    return max((rights for since, rights in table.items() if since <= known), default=0)


def _size(known: int) -> int:
    """Return how many bytes of attributes a version takes: those it has a meaning for."""
    return 8 * (1 + (known >= min(TCP)) + (known >= min(SCOPES)))


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there, or nothing that this account can reach: what is not allowed is forbidden
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_FILES
        _call(ADD, ruleset, BENEATH_PATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: "int | bytes | ctypes.c_size_t") -> int:
    result = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock does not work here ({os.strerror(error)})")
    return result
