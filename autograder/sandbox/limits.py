"""What one submission may use. All of it stands here; a course changes it by ``c.Limits`` of its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MIB = 2**20
MOST = {"answer_arrays": 1000, "output": 4000}  # a worker sends no more


class LimitsError(ValueError):
    """A limit that there is not, or that is no positive number."""


@dataclass(frozen=True)
class Limits:
    """The limits of one submission.

    Parameters
    ----------
    call_seconds : float
        For one call; honest layers on the checks' small inputs take milliseconds.
    load_seconds : float
        For executing the definitions of all cells. Those that take long are given up in time for the others.
    exercise_seconds : float
        For all calls of one function, those that confirm a verdict included.
    submission_seconds : float
        For all calls and all loading of one submission.
    cpu_seconds : int
        Of all cores, for one worker: a last resort should its grader die.
    memory : int
        Bytes of address space of a worker; it cannot start other processes.
    processes : int
        Threads of a worker, and processes where no filter of system calls forbids them.
    open_files : int
    file_size : int
        Bytes of one file; the only place to write is a private, empty folder.
    folder_size, folder_files : int
        Bytes and number of all files in that folder.
    answer_size : int
        Bytes of one answer.
    answer_arrays : int
        Things in one answer, up to 1000.
    output : int
        Characters, up to 4000, that are kept of what code says by an exception. What it prints is thrown away.
    upload_size, upload_files : int
        Bytes and number of all files of a submission.
    notebook_size : int
        Bytes of one file of it, outputs included.
    notebook_cells : int
    cell_size : int
        Characters of one cell's source.
    code_size : int
        Bytes of all cells of a notebook, and of all modules beside it.
    zip_size, zip_members, member_size : int
        Bytes of an archive, number of its members, and bytes of each when it is unpacked.
    """

    call_seconds: float = 5.0
    load_seconds: float = 10.0
    exercise_seconds: float = 60.0
    submission_seconds: float = 600.0
    cpu_seconds: int = 600
    memory: int = 2048 * MIB
    processes: int = 64
    open_files: int = 64
    file_size: int = 32 * MIB
    folder_size: int = 64 * MIB
    folder_files: int = 1000
    answer_size: int = 8 * MIB
    answer_arrays: int = 200
    output: int = 400
    upload_size: int = 100 * MIB
    upload_files: int = 1000
    notebook_size: int = 20 * MIB
    notebook_cells: int = 5000
    cell_size: int = MIB
    code_size: int = 8 * MIB
    zip_size: int = 50 * MIB
    zip_members: int = 1000
    member_size: int = 20 * MIB

    def resources(self) -> dict[str, int]:
        """Return them as the resource limits that a worker sets for itself, by name."""
        return {
            "AS": self.memory,
            "CPU": self.cpu_seconds,
            "FSIZE": self.file_size,
            "NOFILE": self.open_files,
            "NPROC": self.processes,
            "CORE": 0,
            "MEMLOCK": 0,
        }


def configured(section: Mapping[str, Any]) -> Limits:
    """Return the limits with those that a configuration changes.

    Parameters
    ----------
    section : mapping
        Numbers by the names of `Limits`.

    Raises
    ------
    LimitsError
        If there is no such limit, or it is no positive number, whole where the default is, or more than `MOST`.
    """
    for name, value in section.items():
        rule = _broken_rule(name, value)
        if rule:
            raise LimitsError(f"`Limits.{name}` must be {rule}.")
    return Limits(**section)


def _broken_rule(name: str, value: Any) -> str:
    """Return what a limit must be and is not, with the remedy, or nothing."""
    defaults = {field.name: field.default for field in fields(Limits)}
    if name not in defaults:
        return f"the name of a limit (got {name!r}). There are: {', '.join(defaults)}"
    whole = isinstance(defaults[name], int)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not value > 0:
        return f"a positive {'whole ' * whole}number (got {value!r}). The default is {defaults[name]}"
    if value > MOST.get(name, value):
        return f"at most {MOST[name]} (got {value!r}). The default is {defaults[name]}"
    return ""
