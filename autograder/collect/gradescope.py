"""Gradescope: a folder for each submission, and a list that says whose it is and when it came."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from autograder.collect.sent import Sent, Wanted
from autograder.collect.source import Entry
from autograder.errors import CourseError
from autograder.submission import SubmissionError

LISTING = "submission_metadata.yml"


def is_gradescope(entries: Sequence[Entry]) -> bool:
    """Tell whether Gradescope's list of submissions is there, around all that students wrote: theirs is not."""
    listing = _listing(entries)
    return listing is not None and all(
        entry.path.is_relative_to(listing.path.parent) for entry in entries if entry.is_work
    )


def of_gradescope(entries: Sequence[Entry], _: Wanted) -> list[Sent]:
    """Look up in the list whose folder each file is in; what a group sent is of each of its students.

    Raises
    ------
    CourseError
        If the list is not there, or cannot be read.
    """
    listing = _listing(entries)
    if listing is None:
        raise CourseError(
            f"`SOURCE` must hold Gradescope's list {LISTING} (got none). "
            "Take the zip of Export Submissions as it is, or name another --layout."
        )
    submissions = _read_listing(listing)
    top = listing.path.parent
    return [
        one
        for entry in entries
        if entry.path != listing.path and entry.path.is_relative_to(top)
        for one in _of_submission(entry, entry.path.relative_to(top), submissions)
    ]


def _listing(entries: Sequence[Entry]) -> Entry | None:
    """Return the outermost list: a student may hand in a file of that name, which lies deeper."""
    lists = (entry for entry in entries if entry.path.name == LISTING)
    return min(lists, key=lambda entry: len(entry.path.parts), default=None)


def _of_submission(entry: Entry, path: PurePosixPath, submissions: Mapping[str, Any]) -> Iterator[Sent]:
    """Yield a file once for each student of the group that sent it."""
    about = submissions.get(path.parts[0])
    if not isinstance(about, dict) or len(path.parts) < 2:
        return
    people = about.get(":submitters")
    for person in people if isinstance(people, list) else []:
        known = person if isinstance(person, dict) else {}
        keys = tuple(str(known[key]) for key in (":sid", ":email", ":name") if known.get(key))
        if keys:
            name = str(known.get(":name") or keys[0])
            inner = PurePosixPath(*path.parts[1:])
            moment = _moment(about.get(":created_at"))
            yield Sent(keys[0], keys, name, inner, entry, (_number(path.parts[0]),), moment=moment)


def _read_listing(listing: Entry) -> dict[str, Any]:
    try:
        content = yaml.safe_load(listing.read())
    except (SubmissionError, yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())  # YAML says where in lines of its own
        raise CourseError(f"`{listing.path}` must be Gradescope's list of submissions (got {why}).") from error
    if not isinstance(content, dict):
        raise CourseError(f"`{listing.path}` must be Gradescope's list of submissions (got something else).")
    return {str(key): value for key, value in content.items()}


def _moment(value: Any) -> datetime | None:
    """Return a time as YAML reads it: in UTC; one of another form, as text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _number(name: str) -> int:
    digits = re.search(r"\d{1,18}", name)
    return int(digits[0]) if digits else 0
