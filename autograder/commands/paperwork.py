"""The commands of what goes out to students and comes in from them."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.collect.layout import Layout
from autograder.commands.options import (
    FAILED,
    AssignmentArgument,
    CourseOption,
    JsonOption,
    SandboxOption,
    out,
    print_json,
)
from autograder.export.format import Format
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
    from autograder.course import kit as kits
    from autograder.course.course import Course

    place = Course(course)
    written = kits.write_kit(place, assignment, to or place.kit(assignment))
    out.print(f"{escape(str(written))}: {len(kits.files_of(place, assignment))} files, no solution, no hidden case")


@app.command(epilog="Example: cs231n collect submissions.zip assignment1")
def collect(
    source: Annotated[Path, typer.Argument(help="What you downloaded: a zip or a folder.")],
    assignment: AssignmentArgument,
    *,
    layout: Annotated[
        Layout | None, typer.Option(help="How files are named; told by the names if not given.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="Who is who: Canvas' gradebook or Moodle's worksheet, as CSV.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put newer files in the place of others.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; write nothing.")] = False,
    as_json: JsonOption = False,
    course: CourseOption = Path(),
) -> None:
    """Put what Canvas, Moodle or Gradescope gave you, or any zip or folder of students, into submitted/.

    A table tells for each student what was found, renamed, duplicate or missing, and what came late. Nothing that
    is there already is overwritten without --replace. The exit status is 1 if somebody lacks a notebook, or if
    files were left as they are.
    """
    from autograder.collect import collecting, view
    from autograder.collect.collection import Collecting
    from autograder.collect.roster import Roster, read_roster
    from autograder.course.course import Course

    known = read_roster(roster) if roster else Roster()
    order = Collecting(source, assignment, layout, known, replace, dry_run)
    collected = collecting.collect(Course(course), order)
    if as_json:
        print_json(view.as_dict(collected))
    else:
        view.show(collected, out, dry=dry_run)
    raise typer.Exit(FAILED if any(row.needs_attention for row in collected.rows) else 0)


@app.command(epilog="Example: cs231n export assignment1 --to canvas --roster gradebook.csv")
def export(
    assignment: AssignmentArgument,
    *,
    form: Annotated[Format, typer.Option("--to", help="Who reads it.")],
    file: Annotated[Path | None, typer.Option(help="Where to write; below export/ if not given.")] = None,
    roster: Annotated[Path | None, typer.Option(help="Canvas' gradebook or Moodle's worksheet.")] = None,
    column: Annotated[str, typer.Option(help="What the assignment is called there, if otherwise.")] = "",
    sandbox: SandboxOption = None,
    as_json: JsonOption = False,
    course: CourseOption = Path(),
) -> None:
    """Write grades for spreadsheets, Canvas, Moodle, Gradescope or viewers of tests.

    Grades are those of the gradebook: points of the checks and of people, less late penalties. With --to gradescope
    an autograder is written, which runs this engine there, and a results.json for everybody who is graded here.
    """
    from autograder.collect.roster import Roster, read_roster
    from autograder.course.course import Course
    from autograder.export import exporting

    known = read_roster(roster) if roster else Roster()
    order = exporting.Order(assignment, form, file, known, column, sandbox)
    exported = exporting.export(Course(course), order)
    if as_json:
        print_json({"files": [str(path) for path in exported.paths], "notes": exported.notes})
        return
    more = f" and {len(exported.paths) - 1} more beside it" if len(exported.paths) > 1 else ""
    out.print(f"{escape(str(exported.paths[0]))}{more}", highlight=False, soft_wrap=True)
    for note in exported.notes:
        out.print(escape(note), highlight=False, soft_wrap=not out.is_terminal)
