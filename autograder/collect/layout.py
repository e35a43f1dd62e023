"""The ways in which downloads name their files."""

from enum import StrEnum


class Layout(StrEnum):
    """The way in which a download names its files."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    PLAIN = "plain"
