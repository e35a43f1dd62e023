"""nbgrader's gradebook: the one place that writes grades, and the files that formgrader looks for."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import msgspec
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from autograder.course.course import Course, CourseError, put_tools_on_path
from autograder.course.late import require_policy
from autograder.course.release import differences, make_gradebook, release
from autograder.files import write_whole
from autograder.grading.batch import Graded
from autograder.grading.ledger import Entry, Ledger, Line
from autograder.grading.results import says
from autograder.submission import SubmissionError, Submitted, read_text

TIMESTAMP = "timestamp.txt"  # nbgrader's name for when a submission came in


class _Entered(msgspec.Struct):
    """What is read back of `_entered`."""

    submission: str | None = None


class GradebookWriter:
    """Writes graded submissions of one assignment, some at a time.

    Parameters
    ----------
    course : Course
    assignment : str
        Released into this gradebook if it is not there yet.

    Raises
    ------
    CourseError
        If the gradebook knows other graded cells or points than the released notebooks have.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        put_tools_on_path()
        require_policy(course.config)
        self._course = course
        self._assignment = assignment
        try:
            make_gradebook(course)
            self._gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        except OperationalError as error:
            raise CourseError(f"The gradebook {course.directory.db_url} cannot be opened: {error.orig}.") from error
        with ExitStack() as stack:
            stack.callback(self._gradebook.close)
            self._require_current()
            self._ledger = Ledger(self._gradebook, assignment, course.config)
            stack.pop_all()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def compare(self, page: Collection[Graded]) -> dict[str, Entry]:
        """Return what writing some submissions would change in the gradebook, by student."""
        lines = [
            Line(one.submitted.student, _timestamp(one.submitted), one.result.marks, self._is_new(one))
            for one in page
        ]
        try:
            return self._ledger.compare(lines)
        except SQLAlchemyError as error:
            raise self._unwritable(error) from error

    def is_graded(self, graded: Graded) -> bool:
        """Tell whether the grades in the gradebook are those of what was handed in, and of nothing older.

        Grades of which nothing is known are taken for such; those that were given for a failure of ours are not.
        """
        return self._graded_for(graded) in (None, graded.fingerprint)

    def _is_new(self, graded: Graded) -> bool:
        return self._graded_for(graded) != graded.fingerprint

    def _graded_for(self, graded: Graded) -> str | None:
        """Return the hash of what the grades in the gradebook were given for, None if nothing is known of it."""
        try:
            file = self._course.result(self._assignment, graded.submitted.student).read_bytes()
            return msgspec.json.decode(file, type=_Entered).submission
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, page: Collection[Graded], entries: Mapping[str, Entry]) -> None:
        """Write some submissions: their notebooks as files, then their grades, all at once.

        Parameters
        ----------
        page : collection of Graded
        entries : mapping
            By student: see `compare`.
        """
        for graded in page:
            self._write_files(graded)
        try:
            try:
                self._ledger.enter({graded.submitted.student: entries[graded.submitted.student] for graded in page})
            except IntegrityError:  # formgrader entered a row of ours meanwhile: look again
                self._gradebook.db.rollback()
                self._ledger.enter(self.compare(page))
        except SQLAlchemyError as error:
            raise self._unwritable(error) from error
        for graded in page:
            write_whole(self._course.result(self._assignment, graded.submitted.student), _entered(graded))

    def waiting(self) -> int:
        """Return how many answers of the assignment wait for points by hand."""
        return self._ledger.waiting()

    def _unwritable(self, error: SQLAlchemyError) -> CourseError:
        self._gradebook.db.rollback()
        return CourseError(
            f"The gradebook cannot be written ({getattr(error, 'orig', error)}). Close what else uses it, and "
            "run the same command again: what was graded is kept."
        )

    def _require_current(self) -> None:
        """See to it that the gradebook has the assignment as it was released."""
        different = self._differences()
        if different is None or (different and not self._gradebook.find_assignment(self._assignment).submissions):
            release(self._course, self._assignment)  # not there yet, or not wholly because that was interrupted
            self._gradebook.db.expire_all()
            different = self._differences()
        if different:
            raise CourseError(
                f"The gradebook must have the cells of the release (they differ in {', '.join(different)}). "
                f"Run `cs231n release {self._assignment}`."
            )

    def _differences(self) -> list[str] | None:
        """Return the cells that differ, or None if the gradebook does not know the assignment at all."""
        try:
            return differences(self._gradebook, self._course.read(self._assignment))
        except MissingEntry:
            return None

    def _write_files(self, graded: Graded) -> None:
        folder = self._course.autograded(self._assignment, graded.submitted.student)
        files = {name: folder / f"{name}.ipynb" for name in graded.result.notebooks}
        if not all(says(file, graded.result.notebooks[name]) for name, file in files.items()):
            for name, data in graded.render().items():
                write_whole(files[name], data)
        stamp = folder / TIMESTAMP
        if _timestamp(graded.submitted) is not None:
            write_whole(stamp, read_text(graded.submitted.folder / TIMESTAMP).encode())
        else:
            stamp.unlink(missing_ok=True)


def _entered(graded: Graded) -> bytes:
    """Return what is kept of a submission whose grades are in the gradebook: its report, and its hash."""
    report: dict[str, Any] = msgspec.to_builtins(graded.report)
    submission = "" if graded.report.broken else graded.fingerprint
    return msgspec.json.format(msgspec.json.encode({"submission": submission, **report}))


def _timestamp(submitted: Submitted) -> datetime | None:
    """Return when a submission came in; None if nobody wrote it down so that it can be read."""
    try:
        return _parsed(read_text(submitted.folder / TIMESTAMP).strip())
    except (SubmissionError, ValueError, ArithmeticError):  # the last for numbers that are no date
        return None


@lru_cache
def _parsed(text: str) -> datetime:
    time: datetime = parse_utc(text)
    return time
