"""Canvas: all files in one folder, with student, number and lateness in each name."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autograder.collect.sent import Sent, Wanted
from autograder.collect.source import Entry
from autograder.submission.file import kind_of

# lovelaceada_LATE_1234_567890_affine_layers-1.ipynb: name, late, user, submission, file, which upload of that name.
CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<user>\d{1,20})_(?P<submission>\d{1,20})_(?P<file>[^/]+)")
AGAIN = re.compile(r"-(?P<number>\d{1,4})(?=\.[^.]+$)")


def is_canvas(entries: Sequence[Entry]) -> bool:
    """Tell whether most of what students wrote is named as Canvas does it."""
    work = [entry for entry in entries if entry.is_work]
    named = sum(bool(CANVAS.fullmatch(entry.path.name)) for entry in work)
    return bool(work) and 2 * named >= len(work)


def of_canvas(entries: Sequence[Entry], wanted: Wanted) -> list[Sent]:
    """Read the student, the lateness and the attempt from the name of each file."""
    found = []
    for entry in entries:
        match = CANVAS.fullmatch(entry.path.name)
        if match:
            name, again = _without_number(match["file"], wanted)
            found.append(
                Sent(
                    f"{match['name']}_{match['user']}",
                    (match["user"],),
                    match["name"],
                    PurePosixPath(name),
                    entry,
                    (int(match["submission"]), again),
                    bool(match["late"]),
                )
            )
    return found


def _without_number(name: str, wanted: Wanted) -> tuple[str, int]:
    """Take away the number that Canvas gives a file that is handed in under the same name again."""
    match = AGAIN.search(name)
    plain = AGAIN.sub("", name)
    if match and (PurePosixPath(plain).stem in wanted.notebooks or kind_of(PurePosixPath(plain)) == ".zip"):
        return plain, int(match["number"])
    return name, 0
