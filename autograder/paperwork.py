"""The commands of what goes out to students and comes in from them: kits."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.options import AssignmentArgument, CourseOption, out
from autograder.terminal import escape

app = typer.Typer()


@app.command(epilog="Example: cs231n kit assignment1")
def kit(
    assignment: AssignmentArgument,
    *,
    to: Annotated[Path | None, typer.Option(help="The zip; kits/ASSIGNMENT.zip if not given.")] = None,
    course: CourseOption = Path(),
) -> None:
    """Make the zip that students are given: notebooks, checks with public answers, environment; no answer."""
    from autograder import kit as kits
    from autograder.course import Course

    place = Course(course)
    written = kits.write_kit(place, assignment, to or place.kit(assignment))
    out.print(f"{escape(str(written))}: {len(kits.files_of(place, assignment))} files, no solution, no hidden case")
