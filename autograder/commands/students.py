"""The commands of students. Their kit has these, and nothing else of the program."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.options import FAILED, JsonOption, out, print_json, run

app = typer.Typer(
    help="Check your notebooks, and see how far you are.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.command(epilog="Example: cs231n check affine_layers.ipynb")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="NOTEBOOK...", help="Notebooks or Python files.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask the public checks of notebooks, from the files as they are saved."""
    from autograder.student import selfcheck

    reports = {str(path): selfcheck.check_file(path) for path in files}
    if as_json:
        print_json(reports)
    else:
        selfcheck.show(reports, out)
    raise typer.Exit(0 if selfcheck.all_passed(reports) else FAILED)


@app.command(epilog="Example: cs231n progress")
def progress(
    folder: Annotated[Path, typer.Argument(help="Your course, or one assignment of it.")] = Path(),
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what is done, what is left, in which notebook, and how long that takes."""
    from autograder.student import standing, standing_view

    parts = standing.survey(folder)
    if as_json:
        print_json(standing_view.as_dict(parts))
    else:
        standing_view.show(parts, out)


def main() -> None:
    """Run the student's program."""
    run(app)
