"""What the commands share: options, consoles, exit statuses."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from autograder.checks import UnknownCheckError
from autograder.core.judge import JudgeError
from autograder.course.assignment import AssignmentError
from autograder.errors import CourseError
from autograder.sandbox.protection import SandboxError, Tier
from autograder.terminal import CleanConsole, escape, plain_json

FAILED, USAGE, INTERRUPTED = 1, 2, 130  # exit status: something failed; bad usage; Ctrl-C

out = CleanConsole()
err = CleanConsole(stderr=True)

CourseOption = Annotated[
    Path,
    typer.Option("--course", help="The course folder: where nbgrader_config.py is.", envvar="CS231N_COURSE"),
]
SandboxOption = Annotated[
    Tier | None,
    typer.Option("--sandbox", help="The protection by name: bubblewrap, landlock, or rlimits for trusted code."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
JobsOption = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Processes; all cores if not given.")]
AssignmentArgument = Annotated[str, typer.Argument(help="Its name, for example assignment1.")]


def print_json(result: Any) -> None:
    """Print a result as JSON."""
    sys.stdout.write(plain_json(json.dumps(msgspec.to_builtins(result), indent=1, ensure_ascii=False) + "\n"))


def run(program: typer.Typer) -> None:
    """Run a program of commands; what a person can mend is a sentence, not a traceback."""
    try:
        program()
    except (CourseError, AssignmentError, SandboxError, UnknownCheckError) as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=not err.is_terminal)
        sys.exit(USAGE)
    except OSError as error:
        err.print(
            f"[bold red]error:[/] {escape(str(error.filename or 'a file'))} cannot be used: {error.strerror}. "
            "The course folder must be writable.",
            highlight=False,
            soft_wrap=not err.is_terminal,
        )
        sys.exit(USAGE)
    except JudgeError as error:
        err.print(f"[bold red]ours to mend:[/] {escape(str(error))}", highlight=False, soft_wrap=not err.is_terminal)
        sys.exit(FAILED)
