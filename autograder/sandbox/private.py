"""The private folder of a worker without a file system of its own: made, watched, removed, whatever is in it."""

import atexit
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread

from autograder.sandbox.limits import MIB, Limits

PREFIX = "cs231n-worker-"
GLANCE_SECONDS = 0.02  # between two looks at a folder; a disk takes some 50 MiB in that time
BLOCK = 512  # bytes, in which the system tells what a file takes


@contextmanager
def private_folder(account: int | None) -> Iterator[Path]:
    """Make an empty folder and remove it at the end; if its maker is killed, another one does.

    Parameters
    ----------
    account : int or None
        The account of another user that is to write into it.
    """
    _sweep_first_and_last()
    folder = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = folder.rename(folder.with_name(folder.name[1:]))  # nobody sees it without its lock
        home = folder / "home"  # beside the links to our own files, never above them
        home.mkdir()
        if account is not None:
            for path, mode in ((folder, 0o750), (home, 0o770)):
                os.chown(path, -1, account)
                path.chmod(mode)
        yield home
    finally:
        remove(folder)
        os.close(lock)


@cache
def _sweep_first_and_last() -> None:
    sweep()
    atexit.register(sweep)


def sweep() -> None:
    """Remove the folders of graders that were killed: nobody holds their locks."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(descriptor).st_uid == os.geteuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove(folder)
            finally:
                os.close(descriptor)


def remove(folder: Path) -> None:
    """Remove a folder with whatever is in it, however deep: folders are moved up, so that no path gets long."""
    number = 0
    with suppress(OSError):  # what cannot be removed is left to the next start, or to a person
        while inner := _emptied(folder):
            for path in inner:
                for below in _emptied(path):
                    number += 1
                    below.rename(folder / f".{number}")
                path.rmdir()
        folder.rmdir()


def _emptied(folder: Path) -> list[Path]:
    """Remove the files of a folder and return its folders."""
    folder.chmod(0o700)
    with os.scandir(folder) as entries:
        found = [(Path(entry.path), entry.is_dir(follow_symlinks=False)) for entry in entries]
    for path, is_folder in found:
        if not is_folder:
            path.unlink()
    return [path for path, is_folder in found if is_folder]


@contextmanager
def watched(home: Path, limits: Limits, end: Callable[[str], None]) -> Iterator[None]:
    """Watch a folder, and call `end` with a sentence once it holds more than it may.

    Parameters
    ----------
    home : Path
    limits : Limits
    end : callable
        ``end(sentence)`` is called from another thread.
    """
    over = Event()

    def watch() -> None:
        while not over.wait(GLANCE_SECONDS):
            sentence = excess(home, limits)
            if sentence:
                end(sentence)
                return

    thread = Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def excess(home: Path, limits: Limits) -> str:
    """Say what a folder holds too much of, or nothing.

    Examples
    --------
    >>> excess(Path("/no/such/folder"), Limits())
    ''
    """
    size = count = 0
    folders = [str(home)]
    try:
        while folders:
            for entry, status in _entries(folders.pop()):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                count += 1
                size += BLOCK * status.st_blocks
                if count > limits.folder_files:
                    return f"makes more than the {limits.folder_files} files and folders it may."
    except OSError as error:
        return f"makes a folder that cannot be looked into ({error.strerror})."
    if size > limits.folder_size:
        return f"writes more than the {limits.folder_size // MIB} MiB that all its files may take."
    return ""


def _entries(folder: str) -> Iterator[tuple["os.DirEntry[str]", os.stat_result]]:
    """Yield what stands in a folder, without what is removed while we look."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                yield entry, entry.stat(follow_symlinks=False)
