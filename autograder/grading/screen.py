"""What a run of grading shows in a terminal."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.core.render import SIGN, STYLE
from autograder.core.verdict import Outcome
from autograder.grading.ledger import Move
from autograder.grading.run import Row, Run
from autograder.sandbox.protection import Tier
from autograder.terminal import escape

WIDEST_NAME = 40  # characters of a student's name
FRAME = 3  # characters of the lines and spaces of one more column
FRAMES = 3 * FRAME + 1
LEAST_ROOM = 20  # characters, below which a sentence says nothing
MOST_ROWS = 100  # of a table that anybody reads


def show(run: Run, console: Console) -> None:
    """Print a run: what is ours to mend, a row for each student, grades that move, a summary."""
    for report in run.broken:
        for check in report.broken:
            text = f"{report.student}, {check.report.check}: {check.report.detail}"
            console.print(f"[bold magenta]broken[/] {escape(text)}")
    console.print(table(run, console.width))
    if run.regraded:
        console.print(moves(run))
    for sentence in _summary(run):
        console.print(sentence)
    console.print(f"Protection: {escape(run.tier.sentence)}.", style=loudness(run.tier))
    console.print(f"[dim]Hidden cases are drawn from {escape(run.secret_origin)}.[/]")


def table(run: Run, width: int) -> Table:
    """Return a run as a table that fits a terminal of so many columns: a sign for each check, or how many of each."""
    rows = run.graded[:MOST_ROWS]
    scores = [f"{row.score:.4g}/{row.max_score:g}" for row in rows]
    signs = [_signs(row) for row in rows]
    names = min(_widest([row.student for row in rows]), WIDEST_NAME)
    beside = names + _widest(scores, "score") + FRAMES
    is_narrow = beside + _widest(map(str, signs), "checks") > width
    if is_narrow:
        signs = [_counts(row) for row in rows]
    room = width - beside - _widest(map(str, signs), "checks") - FRAME
    shown = Table(title=run.assignment, caption=_caption(run, names=not is_narrow), caption_justify="left")
    shown.add_column("student", no_wrap=True, max_width=WIDEST_NAME)
    shown.add_column("score", justify="right", no_wrap=True)
    shown.add_column("checks", no_wrap=True)
    if room >= LEAST_ROOM:
        shown.add_column("first thing to read", no_wrap=True)
    for row, score, checks in zip(rows, scores, signs, strict=True):
        message = [escape(_cut(row.message, room))] if room >= LEAST_ROOM else []
        shown.add_row(escape(row.student), score, checks, *message)
    return shown


def _widest(texts: Iterable[str], head: str = "student") -> int:
    return max(map(cell_len, (head, *texts)))


def _caption(run: Run, *, names: bool) -> str:
    """Say which checks the signs are of, if there is one for each, what the signs mean, and who is left out."""
    signs = "  ".join(f"{SIGN[outcome]} {outcome}" for outcome in Outcome)
    more = len(run.graded) - MOST_ROWS
    rest = f"\n… and {more} more: `cs231n report` shows everybody." if more > 0 else ""
    return f"{', '.join(run.checks)}\n{signs}{rest}" if names else f"{signs}{rest}"


def _signs(row: Row) -> Text:
    return Text(" ").join(Text(SIGN[outcome], STYLE[outcome]) for outcome in row.outcomes)


def _counts(row: Row) -> Text:
    counts = ((outcome, row.outcomes.count(outcome)) for outcome in Outcome)
    return Text("  ").join(Text(f"{SIGN[outcome]} {count:2}", STYLE[outcome]) for outcome, count in counts if count)


def moves(run: Run) -> Table:
    """Return the grades that are not what they were though the same was handed in, those that go down first."""
    several = sorted(run.regraded, key=lambda move: (not goes_down(move), move.student, move.notebook, move.grade_id))
    title = "Grades that would move" if run.held else "Grades that moved"
    more = len(several) - MOST_ROWS
    shown = Table(title=title, caption=f"… and {more} more." if more > 0 else None, caption_justify="left")
    for name in ("student", "notebook", "cell"):
        shown.add_column(name, no_wrap=True)
    for name in ("before", "after"):
        shown.add_column(name, justify="right", no_wrap=True)
    for move in several[:MOST_ROWS]:
        style = "red" if goes_down(move) else "green"
        texts = (move.student, move.notebook, move.grade_id, _number(move.before), _number(move.after))
        shown.add_row(*map(escape, texts), style=style)
    return shown


def goes_down(move: Move) -> bool:
    """Tell whether a grade is less than it was."""
    return (move.after or 0.0) < (move.before or 0.0)


def loudness(tier: Tier) -> str:
    """Return the style in which to say how student code is contained: weak protection is said loudly."""
    return "bold red" if tier is Tier.RLIMITS else "dim"


def counted(number: int, noun: str) -> str:
    """Say how many there are.

    Examples
    --------
    >>> counted(1, "grade"), counted(2, "grade")
    ('1 grade', '2 grades')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _summary(run: Run) -> Iterator[str]:
    graded = f"{counted(len(run.graded), 'submission')} graded, {run.known} of them known already"
    yield f"{graded}; {counted(run.changed, 'grade')} changed in the gradebook."
    if run.broken:
        yield (
            f"[bold magenta]{counted(len(run.broken), 'submission')} met a failure of ours, listed first: no point "
            "is lost by it. Mend it, and run the same command again."
        )
    if run.held:
        down = sum(map(goes_down, run.regraded))
        yield (
            f"[bold red]{counted(len(run.regraded), 'grade')} would move though the same was handed in, {down} of "
            "them down: none of these is written.[/] Say --yes to write them."
        )
    if run.waiting:
        verb = "waits" if run.waiting == 1 else "wait"
        yield f"{counted(run.waiting, 'answer')} {verb} for points by hand: Formgrader, Manual Grading."


def _number(score: float | None) -> str:
    return "none" if score is None else f"{score:.4g}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"
