"""Layouts: which platform named the files of a download, and whose each file is by that."""

from collections.abc import Callable, Sequence

from autograder.collect.canvas import is_canvas, of_canvas
from autograder.collect.gradescope import is_gradescope, of_gradescope
from autograder.collect.layout import Layout
from autograder.collect.moodle import is_moodle, of_moodle
from autograder.collect.plain import of_folders
from autograder.collect.sent import Sent, Wanted
from autograder.collect.source import Entry


def recognized(entries: Sequence[Entry]) -> Layout:
    """Tell by the names of the files where they come from."""
    if is_gradescope(entries):
        return Layout.GRADESCOPE
    if is_moodle(entries):
        return Layout.MOODLE
    return Layout.CANVAS if is_canvas(entries) else Layout.PLAIN


def sent(entries: Sequence[Entry], layout: Layout, wanted: Wanted) -> tuple[list[Sent], list[Entry]]:
    """Tell whose each file is.

    Parameters
    ----------
    entries : sequence of Entry
    layout : Layout
    wanted : Wanted

    Returns
    -------
    files : list of Sent
    strays : list of Entry
        Work of nobody that can be told.

    Raises
    ------
    CourseError
        If a list of Gradescope's cannot be read.
    """
    ways: dict[Layout, Callable[[Sequence[Entry], Wanted], list[Sent]]] = {
        Layout.CANVAS: of_canvas,
        Layout.MOODLE: of_moodle,
        Layout.GRADESCOPE: of_gradescope,
        Layout.PLAIN: of_folders,
    }
    files = ways[layout](entries, wanted)
    taken = {one.entry.path for one in files}
    strays = [entry for entry in entries if entry.is_work and entry.path not in taken]
    return files, strays
