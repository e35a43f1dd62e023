"""The built site: every link on it leads somewhere, every picture is there, nothing is left over."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.docs

SITE = Path(__file__).parents[2] / "build" / "site"
PAGES = sorted(page for page in SITE.rglob("*.html") if "_static" not in page.parts)


class Reader(HTMLParser):
    """Collects where a page links to, which pictures it shows, and what can be linked to on it."""

    def __init__(self):
        super().__init__()
        self.links, self.anchors = [], set()

    def handle_starttag(self, _, attributes):
        named = dict(attributes)
        self.anchors |= {named[key] for key in ("id", "name") if named.get(key)}
        self.links += [named[key] for key in ("href", "src") if named.get(key)]


@cache
def read(page):
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def targets(page):
    for link in read(page).links:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc:
            yield link, (page.parent / unquote(parts.path)).resolve() if parts.path else page, unquote(parts.fragment)


def test_the_site_was_built():
    assert SITE / "index.html" in PAGES, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(SITE)))
def test_every_link_of_a_page_leads_to_a_file_and_a_place_that_are_there(page):
    broken = [
        link
        for link, file, place in targets(page)
        if not file.exists() or (place and file.suffix == ".html" and place not in read(file).anchors)
    ]

    assert broken == []


@pytest.mark.parametrize("page", sorted((SITE / "worked").rglob("*.html")), ids=lambda page: page.stem)
def test_a_worked_notebook_has_its_pictures_and_no_marks_of_solutions(page):
    text = page.read_text(encoding="utf-8")

    assert "SOLUTION" not in text
    assert re.search(r'<img [^>]*src="[^"]*_images/', text)


def test_the_site_loads_nothing_from_elsewhere():
    foreign = {
        link
        for page in PAGES
        for link in re.findall(r'<(?:script|img|link)\b[^>]*?(?:src|href)="(https?:[^"]+)"', page.read_text("utf-8"))
    }

    assert foreign == set()
