"""Confinement: what a worker does to itself before it sees any student code. It cannot be undone.

Limits of resources, an account without rights, only the files it needs (Landlock), only the system calls it needs
(seccomp), and an end with its grader. Inside bubblewrap the files are taken care of already. A process that is to
fork does so first. This file is also bound into the sandbox: it imports the standard library only, and the files
beside it.
"""

import ctypes
import os
import resource
from collections.abc import Iterable
from contextlib import suppress
from signal import SIGKILL
from typing import TypedDict

from autograder.sandbox import landlock, seccomp

CAPABILITIES = 0x20080522  # the version of the kernel's structures for 64 of them
READ_EVERYTHING = 1 << 2  # CAP_DAC_READ_SEARCH; what may be read, Landlock says
KEEP_CAPABILITIES = 8


_libc = ctypes.CDLL(None, use_errno=True)


class Rules(TypedDict):
    """What a worker is told to do to itself.

    ``limits``: by the names of the resource limits. ``account``: the number of one without rights, for a worker
    of root, or None. ``needed``: files that this account must read. ``files``: what may be read, listed and
    written, or None where that is taken care of. ``filtered``: whether system calls are forbidden.
    """

    limits: dict[str, int]
    account: int | None
    needed: list[str]
    files: dict[str, list[str]] | None
    filtered: bool


def confine(rules: Rules) -> None:
    """Confine this process.

    Raises
    ------
    OSError
        If the kernel does not let it: then no student code must run in it.
    """
    for name, value in rules["limits"].items():
        _limit(getattr(resource, f"RLIMIT_{name}"), value)
    if os.geteuid() == 0 and rules["account"] is not None:
        _drop_rights(rules["account"], rules["needed"])
    if rules["files"] is not None:
        landlock.restrict(**rules["files"])
    _end_with_parent()
    if rules["filtered"]:
        seccomp.forbid()


def _limit(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    with suppress(ValueError):  # systems that have no limit of this kind (macOS, of memory)
        resource.setrlimit(kind, (value, value))


def _drop_rights(account: int, needed: Iterable[str]) -> None:
    """Become an account without rights, but for that of reading where it could not read what is needed."""
    rights = 0 if _can_read(account, needed) else READ_EVERYTHING
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0)
    try:
        os.setresgid(account, account, account)
        os.setresuid(account, account, account)
    except OSError:  # a container that knows no account but root, whose rights end here
        rights = 0
    header, kept = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)(rights, rights)
    if libc.capset(header, kept) != 0:
        raise OSError(ctypes.get_errno(), "the rights of root cannot be given up")


def _can_read(account: int, needed: Iterable[str]) -> bool:
    try:
        os.setgroups([])
        os.setegid(account)
        os.seteuid(account)
    except OSError:
        return False
    try:
        return all(os.access(path, os.R_OK, effective_ids=True) for path in needed)
    finally:
        os.seteuid(0)
        os.setegid(0)


def _end_with_parent() -> None:
    """Let the kernel end this process when its grader ends, in whatever way. Student code cannot change that.

    If the grader has ended before, the channel is at its end, and nothing is ever executed.
    """
    with suppress(AttributeError):  # systems without it: the end of the channel is noticed between two calls
        _libc.prctl(seccomp.PR_SET_PDEATHSIG, int(SIGKILL), 0, 0, 0)
