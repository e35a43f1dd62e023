"""The command line: one program, whose commands are the jobs people do."""

import autograder.quickstart  # noqa: F401  it acts by being imported

# isort: split

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.assignment import AssignmentError
from autograder.checks import UnknownCheckError
from autograder.course import CourseError
from autograder.judge import JudgeError
from autograder.sandbox.protection import SandboxError, Tier

FAILED, USAGE, INTERRUPTED = 1, 2, 130  # exit status: something failed; bad usage; Ctrl-C

app = typer.Typer(
    help="Check, release, grade and report the course's notebooks.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

CourseOption = Annotated[
    Path,
    typer.Option("--course", help="The course folder: where nbgrader_config.py is.", envvar="CS231N_COURSE"),
]
SandboxOption = Annotated[
    Tier | None,
    typer.Option("--sandbox", help="The protection by name: bubblewrap, or rlimits for code that you trust."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
JobsOption = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Processes; all cores if not given.")]
AssignmentArgument = Annotated[str, typer.Argument(help="Its name, for example assignment1.")]


@app.command(epilog="Example: cs231n check affine_layers.ipynb")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="NOTEBOOK...", help="Notebooks or Python files.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask the public checks of notebooks, from the files as they are saved."""
    from autograder import selfcheck

    reports = {str(path): selfcheck.check_file(path) for path in files}
    if as_json:
        _print_json(reports)
    else:
        selfcheck.show(reports, out)
    raise typer.Exit(0 if selfcheck.all_passed(reports) else FAILED)


@app.command(epilog="Example: cs231n release assignment1")
def release(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT...]")] = None,
    *,
    course: CourseOption = Path(),
) -> None:
    """Make the student version of assignments from solutions/, through nbgrader. All, if none is named."""
    from autograder import gradebook
    from autograder.course import Course

    place = Course(course)
    for name in assignments or place.assignments():
        gradebook.release(place, name)
        out.print(f"released [bold]{escape(name)}[/] to {escape(str(place.released(name)))}")


@app.command(epilog="Example: cs231n grade assignment1 --jobs 4")
def grade(
    assignment: AssignmentArgument,
    *,
    student: Annotated[str, typer.Option(help="Only this student.")] = "*",
    jobs: JobsOption = None,
    sandbox: SandboxOption = None,
    as_json: JsonOption = False,
    course: CourseOption = Path(),
) -> None:
    """Grade the submissions of an assignment and write nbgrader's gradebook.

    What did not change since the last run is not asked again. The exit status is 1 if something of ours was
    broken; that never costs a student a point.
    """
    from autograder import marking
    from autograder.course import Course

    with _progress(quiet=as_json) as progress, _interruptible():
        run = marking.mark(Course(course), assignment, student, jobs or os.cpu_count() or 1, sandbox, progress)
    if as_json:
        _print_json(run.as_dict())
    else:
        marking.show(run, out)
    raise typer.Exit(FAILED if run.broken else 0)


@app.command(epilog="Example: cs231n feedback assignment1")
def feedback(
    assignment: AssignmentArgument,
    *,
    course: CourseOption = Path(),
) -> None:
    """Write a page for each graded student. It shows no hidden value and no solution."""
    from autograder import pages
    from autograder.course import Course

    place = Course(course)
    written = pages.write_feedback(place, assignment)
    out.print(f"{len(written)} pages in {escape(str(place.feedback(assignment, 'STUDENT')))}")


@app.command(epilog="Example: cs231n report assignment1")
def report(
    assignment: AssignmentArgument,
    *,
    course: CourseOption = Path(),
) -> None:
    """Write the class report: scores, checks and misconceptions, as one HTML file."""
    from autograder import pages
    from autograder.course import Course

    out.print(escape(str(pages.write_class_report(Course(course), assignment))))


@app.command(epilog="Example: cs231n demo --at demo")
def demo(
    at: Annotated[Path, typer.Option(help="Where the sample course is made.")] = Path("demo"),
    *,
    jobs: JobsOption = None,
) -> None:
    """Grade a sample class end to end: submissions, gradebook, feedback and report."""
    from autograder import demo as sample

    with _progress(quiet=False) as progress:
        runs = sample.run(at, jobs or os.cpu_count() or 1, progress)
    sample.show(runs, at, out)
    raise typer.Exit(FAILED if any(run.broken for run in runs) else 0)


def main() -> None:
    """Run the program; what a person can mend is a sentence, not a traceback."""
    try:
        app()
    except (CourseError, AssignmentError, SandboxError, UnknownCheckError) as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(USAGE)
    except OSError as error:
        err.print(
            f"[bold red]error:[/] {escape(str(error.filename or 'a file'))} cannot be used: {error.strerror}. "
            "The course folder must be writable.",
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(USAGE)
    except JudgeError as error:
        err.print(f"[bold red]ours to mend:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(FAILED)


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


def _print_json(result: Any) -> None:
    sys.stdout.write(json.dumps(msgspec.to_builtins(result), indent=1, ensure_ascii=False) + "\n")
