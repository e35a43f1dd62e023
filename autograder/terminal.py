"""The terminal: nothing of a student's steers it, forges a line, or is read as markup."""

import json
from collections.abc import Iterable

from rich import markup
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autograder.sandbox.wire import clean


def escape(text: str) -> str:
    r"""Make any text one line of what is shown as it is, also where the console reads markup.

    Examples
    --------
    >>> escape("[red]Eve\n\x1b[2J")
    '\\[red]Eve\\n\\x1b[2J'
    """
    return markup.escape(clean(text, len(text)))


def plain_json(text: str) -> str:
    r"""Spell out what is invisible in JSON, which says the same afterwards.

    Examples
    --------
    >>> plain_json('["é‮"]')
    '["é\\u202e"]'
    """
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


class CleanConsole(Console):
    """A console that lets no control character of a text through, whoever forgot to escape it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as ever, and make what text there is harmless; the console's own controls stay."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else _clean_lines(text), style, control)


def _clean_lines(text: str) -> str:
    return "\n".join(clean(line, len(line)) for line in text.split("\n"))
