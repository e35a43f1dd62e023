"""Seccomp: forbid a process the system calls that computing needs none of, for good and for all its threads.

No new process or program, no socket, no other process's memory, signals or priority, no namespace or mount, no
memory that resource limits do not count, no owner, mode or time of a file. Threads may be started.

The filter is a classic BPF program, made here; nothing but the kernel is needed. A process applies it to itself,
after it has forked whatever it needs. This file is also bound into the sandbox: it imports the standard library only.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from functools import cache

# Forbidden calls, by reason: name, number on x86-64, number on aarch64 if it has one there.
FORBIDDEN = {
    "new processes, programs, sessions and namespaces": """
        fork:57 vfork:58 execve:59:221 execveat:322:281 setsid:112:157 setpgid:109:154 unshare:272:97
        setns:308:268""",
    "sockets": """
        socket:41:198 socketpair:53:199 bind:49:200 connect:42:203 listen:50:201 accept:43:202 accept4:288:242""",
    "other processes": """
        ptrace:101:117 process_vm_readv:310:270 process_vm_writev:311:271 process_madvise:440:440
        process_mrelease:448:448 kcmp:312:272 pidfd_open:434:434 pidfd_getfd:438:438 pidfd_send_signal:424:424
        tkill:200:130 migrate_pages:256:238 move_pages:279:239 setpriority:141:140 ioprio_set:251:30
        sched_setparam:142:118 sched_setscheduler:144:119 sched_setattr:314:274 sched_setaffinity:203:122""",
    "keyrings, which outlive a process": "add_key:248:217 request_key:249:218 keyctl:250:219",
    "memory and messages that no limit counts, or that others can read": """
        memfd_create:319:279 memfd_secret:447:447 remap_file_pages:216:234
        shmget:29:194 shmat:30:196 shmctl:31:195 shmdt:67:197 semget:64:190 semop:65:193 semctl:66:191
        semtimedop:220:192 msgget:68:186 msgsnd:69:189 msgrcv:70:188 msgctl:71:187
        mq_open:240:180 mq_unlink:241:181 mq_timedsend:242:182 mq_timedreceive:243:183 mq_notify:244:184
        mq_getsetattr:245:185""",
    "mounts": """
        mount:165:40 umount2:166:39 pivot_root:155:41 chroot:161:51 move_mount:429:429 open_tree:428:428
        fsopen:430:430 fsconfig:431:431 fsmount:432:432 fspick:433:433 mount_setattr:442:442 quotactl:179:60
        quotactl_fd:443:443 swapon:167:224 swapoff:168:225 sync:162:81 syncfs:306:267""",
    "marks of files, which Landlock leaves alone": """
        chmod:90 fchmod:91:52 fchmodat:268:53 fchmodat2:452:452 chown:92 fchown:93:55 lchown:94 fchownat:260:54
        setxattr:188:5 lsetxattr:189:6 fsetxattr:190:7 removexattr:197:14 lremovexattr:198:15 fremovexattr:199:16
        utime:132 utimes:235 futimesat:261 utimensat:280:88 truncate:76:45 name_to_handle_at:303:264
        open_by_handle_at:304:265 inotify_init:253 inotify_init1:294:26 inotify_add_watch:254:27
        fanotify_init:300:262 fanotify_mark:301:263""",
    "the kernel's rarely used and often broken parts": """
        bpf:321:280 perf_event_open:298:241 userfaultfd:323:282 io_uring_setup:425:425 io_uring_enter:426:426
        io_uring_register:427:427 kexec_load:246:104 kexec_file_load:320:294 init_module:175:105
        finit_module:313:273 delete_module:176:106 reboot:169:142 syslog:103:116 acct:163:89 personality:135:92
        iopl:172 ioperm:173 modify_ldt:154 vhangup:153:58 sethostname:170:161 setdomainname:171:162
        settimeofday:164:170 clock_settime:227:112 clock_adjtime:305:266 adjtimex:159:171 lookup_dcookie:212:18
        uselib:134 statmount:457:457 listmount:458:458""",
}
NEWEST = 462  # mseal: what later kernels add is answered as by a kernel that does not have it yet
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the kernel names them to a filter
# Calls that are forbidden or not by their arguments, or made here.
DECIDED = """
    clone:56:220 clone3:435:435 kill:62:129 tgkill:234:131 rt_sigqueueinfo:129:138 rt_tgsigqueueinfo:297:240
    ioctl:16:29 fcntl:72:25 prctl:157:167 prlimit64:302:261 open:2 openat:257:56 openat2:437:437 seccomp:317:277"""

CLONE_THREAD, NEW_NAMESPACES = 0x10000, 0x7E020000
O_TRUNC, O_ACCMODE = 0o1000, 0o3
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # write into a terminal's input
FIOSETOWN, SIOCSPGRP = 0x8901, 0x8902  # let a file signal another process when it is ready
F_SETOWN, F_SETSIG, F_SETOWN_EX = 8, 10, 15  # the same, with any signal
F_SETLEASE, F_NOTIFY = 1024, 1026  # make those wait who open a file; tell of changes in a folder
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SET_MODE_FILTER, ALL_THREADS = 1, 1
EPERM, ENOSYS = 1, 38
ALLOW, REFUSE, UNKNOWN, KILL = 0x7FFF0000, 0x50000 | EPERM, 0x50000 | ENOSYS, 0x80000000
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where they stand in what a filter looks at
LOAD, AND, IF_EQUAL, IF_GREATER, RETURN = 0x20, 0x54, 0x15, 0x25, 0x06
_libc = ctypes.CDLL(None, use_errno=True)
Code = list[tuple[int, int, int, int]]  # operation, jump if true, jump if false, operand


def forbid() -> None:
    """Forbid this process, from now on, what `FORBIDDEN` lists, and any signal to others.

    Raises
    ------
    OSError
        If the kernel does not take the filter, or there is none for this machine.
    """
    machine = platform.machine()
    if machine not in MACHINES:
        raise OSError(ENOSYS, f"`machine` must be {' or '.join(MACHINES)} for the filter of system calls", machine)
    code = compiled(machine, os.getpid())
    filtering = _Program(len(code) // 8, code)
    numbers = (numbered(DECIDED, machine)["seccomp"], SET_MODE_FILTER, ALL_THREADS)
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "new privileges cannot be given up")
    if _libc.syscall(*map(ctypes.c_long, numbers), ctypes.byref(filtering)) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not take a filter of system calls (seccomp)")


@cache
def compiled(machine: str, process: int) -> bytes:
    """Return the filter as the kernel takes it; whoever is to fork may have it made before."""
    return assembled(program(machine, process))


def program(machine: str, process: int) -> Code:
    """Return the filter for a machine, with the number of the process that may signal itself."""
    call = numbered(DECIDED, machine)
    code: Code = [(LOAD, 0, 0, MACHINE), (IF_EQUAL, 1, 0, MACHINES[machine]), (RETURN, 0, 0, KILL)]
    code += [(LOAD, 0, 0, NUMBER), (IF_GREATER, 0, 1, NEWEST), (RETURN, 0, 0, UNKNOWN)]
    for number in numbered(" ".join(FORBIDDEN.values()), machine).values():
        code += [(IF_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    for name in ("clone3", "openat2"):  # their arguments cannot be seen; C libraries then use the older calls
        code += [(IF_EQUAL, 0, 1, call[name]), (RETURN, 0, 0, UNKNOWN)]
    code += _only_if(call["clone"], 0, [CLONE_THREAD], mask=CLONE_THREAD | NEW_NAMESPACES)
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        code += _only_if(call[name], 0, [process])
    code += _only_if(call["prlimit64"], 0, [0, process])
    code += _unless(call["prctl"], 0, [PR_SET_PDEATHSIG])
    code += _unless(call["ioctl"], 1, [TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP])
    code += _unless(call["fcntl"], 1, [F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY])
    # To open for reading and cut to nothing: Landlock takes that for reading before its third version.
    code += _unless(call["openat"], 2, [O_TRUNC], mask=O_TRUNC | O_ACCMODE)
    if "open" in call:
        code += _unless(call["open"], 1, [O_TRUNC], mask=O_TRUNC | O_ACCMODE)
    return [*code, (RETURN, 0, 0, ALLOW)]


def numbered(calls: str, machine: str) -> dict[str, int]:
    """Return the numbers of those calls that a machine has, by name."""
    column = 1 + list(MACHINES).index(machine)
    rows = (call.split(":") for call in calls.split())
    return {row[0]: int(row[column]) for row in rows if column < len(row)}


def assembled(code: Code) -> bytes:
    """Return a program in the form in which the kernel takes it."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _only_if(number: int, argument: int, values: Iterable[int], mask: int = 0xFFFFFFFF) -> Code:
    return _switch(number, argument, mask, values, ALLOW, REFUSE)


def _unless(number: int, argument: int, values: Iterable[int], mask: int = 0xFFFFFFFF) -> Code:
    return _switch(number, argument, mask, values, REFUSE, ALLOW)


def _switch(number: int, argument: int, mask: int, values: Iterable[int], then: int, otherwise: int) -> Code:
    """Decide a call by one of its arguments: the lower half, which is all that the kernel reads of these."""
    inner: Code = [(LOAD, 0, 0, FIRST_ARGUMENT + 8 * argument), (AND, 0, 0, mask)]
    for value in values:
        inner += [(IF_EQUAL, 0, 1, value), (RETURN, 0, 0, then)]
    inner.append((RETURN, 0, 0, otherwise))
    return [(IF_EQUAL, 0, len(inner), number), *inner]


class _Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))
