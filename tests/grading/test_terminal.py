import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.terminal import CleanConsole, escape, plain_json

HOSTILE = (
    *(
        "\x1b[2J\x1b[31m",
        "\x1b]0;title\x07",
        "\x9b31m",
        "a\rb",
        "a\bb",
        "\u202eright to left",
        "zero\u200bwidth",
        "\u2066x",
    ),
    *("[red]x[/red]", "[link=http://x]y[/link]", "[bold", "\\[red]", "[/]", "\0", "\x7f", "\u2028", "\ud800"),
)


def printed(*objects, width=60, **options):
    """Return what a console that can do everything writes of it."""
    file = io.StringIO()
    CleanConsole(file=file, width=width, force_terminal=True, color_system="truecolor").print(*objects, **options)
    return file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_an_escaped_text_is_shown_as_it_is_in_one_line(text):
    console = Console(file=io.StringIO(), width=500)

    console.print(escape(text), highlight=False)

    shown = console.file.getvalue()
    visible = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    assert shown == f"{visible}\n"


@pytest.mark.parametrize("text", [text for text in HOSTILE if "[" not in text.replace("\x1b[", "")])
def test_no_control_character_of_a_text_passes_the_console(text):
    table = Table(title=text, caption=text)
    table.add_column(text)
    table.add_row(text)

    shown = printed(table, text, markup=False) + printed(text, markup=False, soft_wrap=True)

    for own in (
        "\x1b[1m",
        "\x1b[2m",
        "\x1b[3m",
        "\x1b[2;3m",
        "\x1b[1;36m",
        "\x1b[32m",
        "\x1b[36m",
        "\x1b[35m",
        "\x1b[0m",
        "\n",
    ):
        shown = shown.replace(own, "")
    assert shown.isprintable(), ascii(shown)


def test_styles_of_our_own_stay():
    assert printed(f"[red]{escape('[blue]')}[/]", highlight=False) == "\x1b[31m[blue]\x1b[0m\n"


def test_progress_still_moves_the_cursor():
    file = io.StringIO()
    console = CleanConsole(file=file, force_terminal=True, width=60)

    with Progress(console=console, auto_refresh=False) as progress:
        progress.add_task("\x1b[31mgo", total=1)

    assert "\x1b[?25l" in file.getvalue()
    assert r"\x1b[3" in file.getvalue()


@given(st.text())
def test_json_says_the_same_afterwards_and_holds_nothing_invisible(text):
    plain = plain_json(json.dumps({text: [text]}, ensure_ascii=False, indent=1))

    assert json.loads(plain) == {text: [text]}
    assert plain.replace("\n", "").isprintable()


def test_what_can_be_read_in_json_stays_readable():
    assert plain_json('{"name": "Łukasz 漢字"}') == '{"name": "Łukasz 漢字"}'
