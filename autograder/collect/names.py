"""Names that students and platforms chose, made safe as names of folders and files."""

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 100  # bytes of one part of a path: file systems allow 255, and other names are made of it
DEEPEST = 12  # folders in one another that are kept
UNSAFE = re.compile(r"[^\w .@+,()~-]")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself


def safe(name: str) -> str:
    r"""Return a name as one part of a path: nothing hidden, nothing that leads elsewhere, never empty.

    Examples
    --------
    >>> safe("Ada Lovelace"), safe("../../etc"), safe("a/b\n"), safe("")
    ('Ada Lovelace', '_.._etc', 'a_b_', 'unnamed')
    """
    plain = UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" ").lstrip(".-~").rstrip(". ")
    if DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    if len(plain.encode()) > LONGEST:
        ending = PurePosixPath(plain).suffix[:8]
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        plain = f"{plain[:20]}-{digest}{ending}"
    return plain or "unnamed"


def safe_path(path: PurePosixPath) -> PurePosixPath:
    """Return a path of safe parts, which stays below where it is put.

    Examples
    --------
    >>> safe_path(PurePosixPath("/../work/a.ipynb")).as_posix()
    'work/a.ipynb'
    """
    parts = [safe(part) for part in path.parts if part not in ("/", "..", ".")]
    return PurePosixPath(*parts[-DEEPEST:]) if parts else PurePosixPath("unnamed")
