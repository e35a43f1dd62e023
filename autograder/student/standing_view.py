"""How progress looks: in a terminal, in a notebook, and as data."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.core.render import CELL, COLOR, marked_up
from autograder.core.verdict import Outcome
from autograder.course.durations import told
from autograder.student.standing import Part, State, next_step, total_left
from autograder.terminal import escape as as_line

SIGN = {State.DONE: "✓", State.WRONG: "✗", State.TODO: "·"}
STYLE = {State.DONE: "green", State.WRONG: "red", State.TODO: "dim"}
BAR = 10  # characters of a bar
DONE, TODO = COLOR[Outcome.PASSED], "#8886"


def show(parts: Sequence[Part], console: Console) -> None:
    """Print a line for each notebook, what is left in those that were begun, and what to do next."""
    console.print(_overview(parts))
    for part in parts:
        if part.is_touched and part.done < len(part.steps):
            console.print(f"\n[bold]{as_line(part.file)}[/]", highlight=False)
            console.print(_steps(part))
    console.print()
    for sentence in summary(parts):
        console.print(as_line(sentence), highlight=False, soft_wrap=not console.is_terminal)


def html(parts: Sequence[Part]) -> str:
    """Render the same for a notebook; all text is escaped."""
    names = ("notebook", "", "checks", "questions", "time left")
    head = "".join(f'<th scope="col" style="{CELL}">{name}</th>' for name in names)
    rows = "".join(_row(part) for part in parts)
    sentences = "".join(f"<p>{marked_up(sentence)}</p>" for sentence in summary(parts))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{sentences}"


def text(parts: Sequence[Part]) -> str:
    """Render the same for where there is neither a browser nor a terminal."""
    width = max(len(part.file) for part in parts)
    lines = [f"{part.file.ljust(width)}  {_checks(part)}  {told(part.minutes_left)}".rstrip() for part in parts]
    return "\n".join([*lines, "", *summary(parts)])


def as_dict(parts: Sequence[Part]) -> dict[str, Any]:
    """Return progress as data."""
    following = next_step(parts)
    return {
        "checks": {"done": _done(parts), "all": _all(parts)},
        "minutes_left": total_left(parts),
        "next": following and {"file": following[0].file, "check": following[1].check},
        "notebooks": [
            {
                "file": part.file,
                "questions": {"answered": part.answered, "all": part.questions},
                "minutes": part.minutes,
                "minutes_left": part.minutes_left,
                "checks": part.steps,
            }
            for part in parts
        ],
    }


def summary(parts: Sequence[Part]) -> Iterator[str]:
    """Say how much is done, how long the rest takes, and what comes next."""
    time = told(total_left(parts))
    rest = f" About {time} of work are left." if time else ""
    yield f"{_done(parts)} of {_all(parts)} checks pass.{rest}"
    following = next_step(parts)
    if following is None:
        yield "Every function is right. Grading asks hidden cases, too: other sizes and settings."
        return
    part, step = following
    where = f"{part.file}, section {step.section}" if step.section else part.file
    yield f"Next: `{step.check}`, in {where}"


def _overview(parts: Sequence[Part]) -> Table:
    """Return a line for each notebook, by folder; only names are cut where there is little room."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("notebook", no_wrap=True)
    for name in ("", "checks", "questions"):
        table.add_column(name, no_wrap=True, min_width=max(len(name), BAR if not name else 0))
    table.add_column("time left", justify="right", no_wrap=True, min_width=len("time left"))
    for folder, inside in groupby(parts, key=lambda part: part.file.rpartition("/")[0]):
        if folder:
            table.add_row(f"[bold]{as_line(folder)}[/]")
        for part in inside:
            name = "  " * bool(folder) + as_line(Path(part.file).stem)
            table.add_row(name, _bar(part), _checks(part), _questions(part), told(part.minutes_left))
    return table


def _done(parts: Sequence[Part]) -> int:
    return sum(part.done for part in parts)


def _all(parts: Sequence[Part]) -> int:
    return sum(len(part.steps) for part in parts)


def _checks(part: Part) -> str:
    return f"{part.done} of {len(part.steps)}"


def _questions(part: Part) -> str:
    return f"{part.answered} of {part.questions}" if part.questions else ""


def _bar(part: Part) -> Text:
    full = BAR * part.done // len(part.steps)
    return Text.assemble(("━" * full, "green"), ("─" * (BAR - full), "dim"))


def _steps(part: Part) -> Table:
    """Return what is left in a notebook: a sign, the check, and what is wrong with it or where it is."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for step in part.steps:
        if step.state is not State.DONE:
            words = step.message or f"{step.state}, section {step.section}"
            table.add_row(Text(f"  {SIGN[step.state]} {step.check}", style=STYLE[step.state]), as_line(words))
    return table


def _row(part: Part) -> str:
    left = ", ".join(_short(step.check, step.state) for step in part.steps if step.state is not State.DONE)
    detail = f"<br><small>{left}</small>" if part.is_touched and left else ""
    return (
        f'<tr><td style="{CELL}">{escape(part.file)}{detail}</td>'
        f'<td style="{CELL}">{_html_bar(part)}</td>'
        f'<td style="{CELL};white-space:nowrap">{_checks(part)}</td>'
        f'<td style="{CELL};white-space:nowrap">{_questions(part)}</td>'
        f'<td style="{CELL};white-space:nowrap">{told(part.minutes_left)}</td></tr>'
    )


def _short(check: str, state: State) -> str:
    return f"{SIGN[state]} <code>{escape(check)}</code>"


def _html_bar(part: Part) -> str:
    share = 100 * part.done / len(part.steps)
    return (
        f'<div aria-hidden="true" style="width:8em;height:0.6em;border-radius:0.3em;background:{TODO}">'
        f'<div style="width:{share:.0f}%;height:100%;border-radius:0.3em;background:{DONE}"></div></div>'
    )
