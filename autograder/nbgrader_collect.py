"""What `nbgrader zip_collect` tells students by, as ``nbgrader_config.py`` says: the names of Canvas and Moodle.

Students get the names that `cs231n collect` gives them without a roster, so that a course may use both.
"""

from pathlib import Path, PurePosixPath

from nbgrader.plugins import FileNameCollectorPlugin

from autograder.collect.canvas import AGAIN, CANVAS
from autograder.collect.moodle import MOODLE
from autograder.collect.names import safe
from autograder.submission.file import NOTEBOOKS, is_leftover


class DownloadCollector(FileNameCollectorPlugin):  # type: ignore[misc]  # nbgrader has no types
    """Tells by the path of an extracted file whose it is; ``named_regexp`` comes first, if it is set."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return student and file, None for what is no work of anybody that can be told.

        Parameters
        ----------
        submitted_file : str
            The path of a file that nbgrader extracted.

        Returns
        -------
        dict or None
            ``student_id`` and ``file_id``. Of folders one in the other the outermost that tells a student counts:
            what lies in it has names that this student chose.
        """
        if self.named_regexp:
            found: dict[str, str] | None = super().collect(submitted_file)
            return found
        path = PurePosixPath(Path(submitted_file).as_posix())
        if path.suffix not in NOTEBOOKS:
            return None
        for place, part in self._from_outside(path):
            told = _told(part, path)
            if told:
                inside = (*path.parts[place + 1 :], path.name)
                return None if any(map(is_leftover, inside)) else told
        return None

    def _from_outside(self, path: PurePosixPath) -> list[tuple[int, str]]:
        """Return the parts below what was extracted; the first last, which is named like the archive."""
        extracted = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        archive, *below = list(enumerate(path.parts))[len(extracted.parts) :]
        return [*below, archive]


def _told(part: str, path: PurePosixPath) -> dict[str, str] | None:
    """Return what one part of a path tells, None if no platform named it."""
    canvas, moodle = CANVAS.fullmatch(part), MOODLE.fullmatch(part)
    is_file = part == path.name
    if canvas:
        name = AGAIN.sub("", canvas["file"]) if is_file else path.name
        return {"student_id": safe(f"{canvas['name']}_{canvas['user']}"), "file_id": name}
    if moodle and moodle["kind"] == "file":
        name = (moodle["file"] or path.name) if is_file else path.name
        return {"student_id": safe(moodle["name"]), "file_id": name}
    return None
