"""What one submission may use. All of it stands here."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """The limits of one worker.

    Parameters
    ----------
    call_seconds : float
        For one call; honest layers on the checks' small inputs take milliseconds.
    load_seconds : float
        For executing the definitions of all cells. Those that take long are given up in time for the others.
    cpu_seconds : int
        For all that one worker does: a last resort should its grader die.
    memory : int
        Bytes of address space, for each process.
    file_size : int
        Bytes of one file; the only place to write is a private, empty directory.
    open_files, processes : int
    """

    call_seconds: float = 5.0
    load_seconds: float = 10.0
    cpu_seconds: int = 600
    memory: int = 2048 * MIB
    file_size: int = 32 * MIB
    open_files: int = 64
    processes: int = 64

    def resources(self) -> dict[str, int]:
        """Return them as the resource limits that a worker sets for itself, by name."""
        return {
            "AS": self.memory,
            "CPU": self.cpu_seconds,
            "FSIZE": self.file_size,
            "NOFILE": self.open_files,
            "NPROC": self.processes,
            "CORE": 0,
        }
