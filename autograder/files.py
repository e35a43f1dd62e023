"""Files that are there whole, or not at all."""

from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; leave it alone if it says the same already.

    There is one writer (see `writing_alone`), so what a killed one left beside a file is written over.
    """
    with suppress(OSError):
        if file.read_bytes() == data:
            return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(data)
    part.replace(file)
