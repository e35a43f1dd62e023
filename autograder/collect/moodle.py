"""Moodle: a folder for each student, or all files in one, with name and number of the student before each."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from autograder.collect.sent import Sent, Wanted
from autograder.collect.source import Entry

# Ada Lovelace_12345_assignsubmission_file_/affine_layers.ipynb, or the file's name behind the last underscore.
# The first number counts: what stands behind it is the student's to choose, and may look like another student's.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")


def is_moodle(entries: Sequence[Entry]) -> bool:
    """Tell whether more than half of what students wrote, or else of all files, is named as Moodle does it."""
    files = [entry for entry in entries if entry.is_work] or entries
    named = sum(_moodle_part(entry.path) is not None for entry in files)
    return 2 * named > len(files)


def of_moodle(entries: Sequence[Entry], _: Wanted) -> list[Sent]:
    """Read the student from the folder or the name of each file; two of one name are told by their numbers."""
    found = []
    for entry in entries:
        part = _moodle_part(entry.path)
        if part is None or part[1]["kind"] != "file":
            continue
        place, match = part
        rest = entry.path.parts[place + 1 :] or (match["file"] or "",)
        path = PurePosixPath(*rest)
        if path.name:
            found.append(Sent(match["name"], (match["number"], match["name"]), match["name"], path, entry))
    numbers = {(one.student, one.keys[0]) for one in found}
    shared = {name for name, times in Counter(name for name, _ in numbers).items() if times > 1}
    return [replace(one, student=f"{one.student}_{one.keys[0]}") if one.student in shared else one for one in found]


def _moodle_part(path: PurePosixPath) -> tuple[int, re.Match[str]] | None:
    """Return which part of a path Moodle named, and how it reads."""
    matches = ((place, MOODLE.fullmatch(part)) for place, part in enumerate(path.parts))
    return next(((place, match) for place, match in matches if match), None)
