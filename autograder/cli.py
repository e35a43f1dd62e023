"""The command line: one program, whose commands are the jobs people do."""

import autograder.quickstart  # noqa: F401  it acts by being imported

# isort: split

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from typer.core import TyperGroup

from autograder.commands import paperwork, students
from autograder.commands.options import (
    FAILED,
    INTERRUPTED,
    AssignmentArgument,
    CourseOption,
    JobsOption,
    JsonOption,
    SandboxOption,
    err,
    out,
    print_json,
    run,
)
from autograder.terminal import escape, plain_json

ORDER = (
    *("check", "progress"),
    *("release", "kit", "collect", "grade", "feedback", "report", "export"),
    *("checks", "demo"),
)


class InOrder(TyperGroup):
    """Lists the commands as people need them: those of students, a course from first to last, the rest."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return their names; see `ORDER`."""
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    cls=InOrder,
    help="Check, release, grade and report the course's notebooks.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(students.app)
app.add_typer(paperwork.app)


@app.command(epilog="Example: cs231n release assignment1")
def release(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT...]")] = None,
    *,
    course: CourseOption = Path(),
) -> None:
    """Make the student version of assignments from solutions/, through nbgrader. All, if none is named."""
    from autograder.course import release as releasing
    from autograder.course.course import Course

    place = Course(course)
    for name in assignments or place.assignments():
        releasing.release(place, name)
        out.print(f"released [bold]{escape(name)}[/] to {escape(str(place.released(name)))}")


@app.command(epilog="Example: cs231n grade assignment1 --jobs 4")
def grade(
    assignment: AssignmentArgument,
    *,
    student: Annotated[str, typer.Option(help="Only this student.")] = "*",
    jobs: JobsOption = None,
    cluster: Annotated[str, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers grade.")] = "",
    sandbox: SandboxOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write grades that move down, too.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Ask again even what did not change.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Grade a sample again, compare, write nothing.")] = False,
    sample: Annotated[int, typer.Option(min=1, help="How many submissions --verify grades again.")] = 20,
    as_json: JsonOption = False,
    course: CourseOption = Path(),
) -> None:
    """Grade the submissions of an assignment and write nbgrader's gradebook.

    What did not change since the last run is not asked again. Grades that move though the same was handed in, because
    a check or its points changed, are shown; if any goes down, they are written with --yes only. The exit status is 1
    if something of ours was broken, which never costs a student a point, or if grades were not written.
    """
    from autograder.course.course import Course
    from autograder.grading import marking, screen
    from autograder.grading import verify as verifying

    order = marking.Order(assignment, student, jobs or os.cpu_count() or 1, sandbox, yes, again, cluster)
    place = Course(course)
    with _progress(quiet=as_json) as progress, _interruptible():
        if verify:
            found = verifying.verify(place, order, sample, progress)
        else:
            run = marking.mark(place, order, progress)
    if verify:
        print_json(found.as_dict()) if as_json else verifying.show(found, out)
        raise typer.Exit(0 if found.holds else FAILED)
    if as_json:
        sys.stdout.writelines(map(plain_json, run.as_json()))
    else:
        screen.show(run, out)
    raise typer.Exit(FAILED if run.broken or run.held else 0)


@app.command(epilog="Example: cs231n feedback assignment1")
def feedback(
    assignment: AssignmentArgument,
    *,
    course: CourseOption = Path(),
) -> None:
    """Write a page for each graded student. It shows no hidden value and no solution."""
    from autograder.course.course import Course
    from autograder.report import pages

    place = Course(course)
    written = pages.write_feedback(place, assignment)
    out.print(f"{len(written)} pages in {escape(str(place.feedback(assignment, 'STUDENT')))}")


@app.command(epilog="Example: cs231n report assignment1")
def report(
    assignment: AssignmentArgument,
    *,
    course: CourseOption = Path(),
) -> None:
    """Write the class report: one HTML file, and the same as tables for spreadsheets.

    It says how scores are distributed, what each check costs, which misconceptions are shared, whose code or wrong
    numbers look alike, what was slow or broken, and how scores move from assignment to assignment.
    """
    from autograder.course.course import Course
    from autograder.report import pages

    page, *tables = pages.write_class_report(Course(course), assignment)
    out.print(escape(str(page)), soft_wrap=True, highlight=False)
    out.print(
        f"[dim]and {len(tables)} tables beside it: {escape(page.stem)}-*.csv[/]", soft_wrap=True, highlight=False
    )


@app.command(epilog="Example: cs231n demo --at demo")
def demo(
    at: Annotated[Path, typer.Option(help="Where the sample course is made.")] = Path("demo"),
    *,
    jobs: JobsOption = None,
) -> None:
    """Grade a sample class end to end: submissions, gradebook, feedback and report."""
    from autograder.sample import demo as sample

    with _progress(quiet=False) as progress:
        runs = sample.run(at, jobs or os.cpu_count() or 1, progress)
    sample.show(runs, at, out)
    raise typer.Exit(FAILED if any(run.broken for run in runs) else 0)


@app.command(epilog="Example: cs231n checks --score")
def checks(
    *,
    score: Annotated[bool, typer.Option("--score", help="Count what the checks reject: a minute or two.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the question bank: exercises, cases, misconceptions, and the share of wrong solutions rejected.

    With --score the exit status is 1 if a wrong solution is accepted somewhere.
    """
    from rich.progress import track

    from autograder.bank import bank_report

    names = track(bank_report.exercises(), "Asking", console=err, disable=as_json or not score)
    rows = [bank_report.row(name, score=score) for name in names]
    if as_json:
        print_json(rows)
    else:
        bank_report.show(rows, out)
    raise typer.Exit(FAILED if any(row.score and row.score.survivors for row in rows) else 0)


def main() -> None:
    """Run the program."""
    run(app)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        err.print("\nStopped. What was graded is kept: run the same command again to go on.", highlight=False)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=quiet) as progress:
        yield progress
