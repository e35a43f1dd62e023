"""Marking an assignment: grade what was handed in, write the gradebook, tell what came of it.

New and changed submissions are written as they come. A grade that moves though the same was handed in, because a
check, a tolerance or points changed, waits for the end of the run: if any of those goes down, none of them is
written unless somebody says yes. A failure of ours never replaces a grade that stands.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from rich.progress import Progress

from autograder.course.assignment import require_known
from autograder.course.course import Course, CourseError
from autograder.grading.batch import Graded, Job, grade_all
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.ledger import Entry, Move
from autograder.grading.results import add_seconds, writing_alone
from autograder.grading.run import Row, Run, in_order, row_of
from autograder.grading.screen import goes_down
from autograder.grading.task import read
from autograder.sandbox.protection import Tier, choose
from autograder.submission import Submitted

PAGE = 32  # submissions that are entered at a time: a killed run has so many to enter again


@dataclass(frozen=True)
class Order:
    """What is to be marked, and how.

    Parameters
    ----------
    assignment : str
    student : str
        One student, or ``*``.
    jobs : int
        How many processes.
    sandbox : Tier or None
        The protection; None for the best.
    yes : bool
        Write grades that go down though the same was handed in.
    again : bool
        Ask again even what is known.
    cluster : str
        The address of a Dask scheduler, or nothing.
    """

    assignment: str
    student: str = "*"
    jobs: int = 1
    sandbox: Tier | None = None
    yes: bool = False
    again: bool = False
    cluster: str = ""


@dataclass
class Tally:
    """What was seen of a run so far.

    Attributes
    ----------
    rows : list of Row
    changed : int
        How many grades changed in the gradebook.
    regraded : list of Move
        Grades that move though the same was handed in.
    waiting : list of Submitted
        The submissions that they are of.
    """

    rows: list[Row] = field(default_factory=list)
    changed: int = 0
    regraded: list[Move] = field(default_factory=list)
    waiting: list[Submitted] = field(default_factory=list)


def mark(course: Course, order: Order, progress: Progress) -> Run:
    """Grade an assignment's submissions and write the gradebook.

    Parameters
    ----------
    course : Course
    order : Order
    progress : Progress

    Returns
    -------
    Run

    Raises
    ------
    CourseError
        If somebody else is grading in this course.
    AssignmentError
        If the release asks a check that is not in the bank.
    """
    submissions = course.submissions(order.assignment, order.student)
    require_known(course.read(order.assignment).notebooks)
    job, origin = job_of(course, order)
    tally = Tally()
    with writing_alone(course.root / "results") as alone:
        if not alone:
            raise CourseError(f"`{course.root}` must have one grader at a time (another is at work). Wait for it.")
        with GradebookWriter(course, order.assignment) as writer:
            task = progress.add_task(f"grading {order.assignment}", total=len(submissions))
            with closing(
                grade_all(job, submissions, order.jobs, again=order.again, cluster=order.cluster)
            ) as results:
                for page in _pages(results):
                    _write_new(writer, page, tally)
                    progress.advance(task, len(page))
            held = not order.yes and any(map(goes_down, tally.regraded))
            if not held:
                _write_waiting(writer, job, tally)
            waiting = writer.waiting()
        add_seconds(course.seconds(order.assignment), {r.student: r.seconds for r in tally.rows if not r.known})
    checks = [cell.check.name for notebook in read(job.plan).notebooks for cell in notebook.check_cells]
    rows = in_order(tally.rows)
    return Run(
        order.assignment, job.tier, origin, checks, rows, job.kept, tally.changed, tally.regraded, held, waiting
    )


def job_of(course: Course, order: Order) -> tuple[Job, str]:
    """Return what all tasks of a run have in common, and where the course secret was taken from."""
    tier = choose(order.sandbox)
    secret, origin = course.secret()
    assignment = course.released(order.assignment)
    return Job(assignment, course.results, tier, secret, course.limits(), course.shelf(order.assignment)), origin


def _pages(results: Iterable[Graded]) -> Iterator[list[Graded]]:
    iterator = iter(results)
    while page := list(islice(iterator, PAGE)):
        yield page


def _write_new(writer: GradebookWriter, page: list[Graded], tally: Tally) -> None:
    """Write what is new, and put by what moves grades of submissions that are not."""
    entries = writer.compare(page)
    new = []
    for graded in page:
        tally.rows.append(row_of(graded))
        entry = entries[graded.submitted.student]
        is_old = entry.graded and writer.is_graded(graded)
        if is_old and graded.report.broken:
            continue
        if is_old and entry.moves:
            tally.regraded += entry.moves
            tally.waiting.append(graded.submitted)
        else:
            new.append(graded)
    _write(writer, new, entries, tally)


def _write_waiting(writer: GradebookWriter, job: Job, tally: Tally) -> None:
    """Write the grades that waited; their results are known by now."""
    for page in _pages(grade_all(job, tally.waiting, 1)):
        _write(writer, page, writer.compare(page), tally)


def _write(writer: GradebookWriter, page: list[Graded], entries: dict[str, Entry], tally: Tally) -> None:
    writer.write(page, entries)
    tally.changed += sum(len(entries[graded.submitted.student].moves) for graded in page)
