"""Zip archives: their notebooks and Python files, read in memory. Nothing is ever extracted to a folder."""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from autograder.sandbox.limits import Limits
from autograder.submission.file import (
    ARCHIVES,
    NOTEBOOKS,
    File,
    SubmissionError,
    is_leftover,
    kind_of,
    require_size,
    shown,
)

ENTRY = b"PK\x01\x02"  # begins the entry of each member in the table of contents
ENCRYPTED = 0x2041  # the flags: with a password, with a certificate, the names too
LEADS_OUT = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)", re.DOTALL)  # from the beginning of a name
# What reading an enemy's archive may raise.
DAMAGED = (
    BadZipFile,
    EOFError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


def unpack(archive: File, limits: Limits) -> Iterator[File]:
    """Read the notebooks and Python files of a zip.

    Parameters
    ----------
    archive : File
    limits : Limits
        Of the number of members, and of the size of one and of all.

    Yields
    ------
    File
        What cannot be read has its trouble. The archive itself, with its trouble, if it cannot be opened.
    """
    try:
        _require_few(archive, limits)  # before a table of millions is read
        with ZipFile(BytesIO(archive.data)) as opened:
            members = {info.filename.replace("\\", "/"): info for info in opened.infolist()}  # the last of a name
            looked_at = {name: info for name, info in members.items() if _is_looked_at(name)}
            sizes = [info.file_size for info in looked_at.values() if info.file_size <= limits.member_size]
            require_size(archive.path, sum(sizes), limits.upload_size, " unpacked")
            for name, info in looked_at.items():
                yield _member(opened, info, PurePosixPath(f"{archive.path}/{name}"), limits)
    except SubmissionError as error:
        yield replace(archive, trouble=str(error))
    except DAMAGED:
        rule = "must be a zip that can be opened (got a damaged one, or something else)"
        yield replace(archive, trouble=f"{archive.name} {rule}. Zip your files again, or hand them in as they are.")


def _require_few(archive: File, limits: Limits) -> None:
    number = archive.data.count(ENTRY)
    if number > limits.zip_members:
        raise SubmissionError(
            f"{archive.name} must hold at most {limits.zip_members} files (got {number}). "
            "Zip your notebooks and your own modules only."
        )


def _is_looked_at(name: str) -> bool:
    path = PurePosixPath(name)
    if name.endswith("/"):  # a folder; `ZipInfo.is_dir` fails if there is no name
        return False
    return kind_of(path) in NOTEBOOKS + ARCHIVES and not any(map(is_leftover, set(path.parts) - {".."}))


def _member(opened: ZipFile, info: ZipInfo, path: PurePosixPath, limits: Limits) -> File:
    try:
        _require_plain(path, info)
        require_size(path, info.file_size, limits.member_size, " unpacked")
    except SubmissionError as error:
        return File(path, trouble=str(error))
    try:
        return File(path, opened.read(info), cost=info.file_size)
    except DAMAGED:
        trouble = f"{shown(path)} must be a whole file (got a damaged one). Zip it again."
        return File(path, trouble=trouble, cost=info.file_size)


def _require_plain(path: PurePosixPath, info: ZipInfo) -> None:
    """Refuse a member that is not simply a file inside its archive."""
    if kind_of(path) in ARCHIVES and not LEADS_OUT.match(info.filename.replace("\\", "/")):
        rule = "must be a notebook or a Python file (got an archive in a zip). Zip the files themselves."
        raise SubmissionError(f"{shown(path)} {rule}")
    require_inside(path, info)


def require_inside(path: PurePosixPath, info: ZipInfo) -> None:
    """Refuse a member that is no file, leads out of its archive, or cannot be read in the usual way.

    Parameters
    ----------
    path : PurePosixPath
        What people are shown.
    info : ZipInfo

    Raises
    ------
    SubmissionError
        If it is refused.
    """
    if LEADS_OUT.match(info.filename.replace("\\", "/")):
        rule = "must be named as a file in its zip (got a name that leads out of it). Zip the folder that it is in."
    elif stat.S_ISLNK(info.external_attr >> 16):
        rule = "must be a file (got a symbolic link). Zip the file itself."
    elif info.flag_bits & ENCRYPTED:
        rule = "must open without a password (got an encrypted file). Zip it again without one."
    elif info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        rule = "must be compressed in the usual way (got another one). Zip it with what your system comes with."
    else:
        return
    raise SubmissionError(f"{shown(path)} {rule}")
