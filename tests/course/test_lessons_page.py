"""The pages on the lessons name every notebook, and no time or picture that is not there."""

import re

import pytest
from released_course import ROOT, WORKED, name_of

PAGE = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
WORKED_PAGE = (ROOT / "docs" / "worked-notebooks.md").read_text(encoding="utf-8")
PICTURES = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
TIMES = (ROOT / "docs" / "self-learners.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` .* \| ([^|]+) \|$", PAGE, re.MULTILINE))


def test_every_notebook_has_one_row():
    assert sorted(ROWS) == sorted(path.stem for path in WORKED)


@pytest.mark.parametrize("path", WORKED, ids=name_of)
def test_a_notebook_takes_as_long_as_the_way_for_self_learners_says(path):
    (time,) = re.findall(rf"/{path.stem}\.ipynb\) .* \| ([^|]+) \|$", TIMES, re.MULTILINE)

    assert ROWS[path.stem] == time


@pytest.mark.parametrize("path", WORKED, ids=name_of)
def test_a_notebook_builds_on_notebooks_above_it(path):
    above = list(ROWS)[: list(ROWS).index(path.stem)]
    (needed,) = re.findall(rf"^\| `{path.stem}` \|[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", needed)) <= set(above)


def test_the_site_lists_every_worked_notebook():
    assert sorted(re.findall(r"^worked/(.+)$", WORKED_PAGE, re.MULTILINE)) == sorted(name_of(path) for path in WORKED)


def test_the_page_of_pictures_shows_every_notebook_and_every_picture():
    folder = ROOT / "docs" / "images" / "lessons"

    assert re.findall(r"^\*\*`(\w+)`\*\*", PICTURES, re.MULTILINE) == list(ROWS)
    assert set(re.findall(r"\]\(images/lessons/([^)]+)\)", PICTURES)) == {path.name for path in folder.iterdir()}
