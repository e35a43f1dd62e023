"""The forms in which grades leave the course."""

from enum import StrEnum


class Format(StrEnum):
    """A form of grades."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    JUNIT = "junit"
