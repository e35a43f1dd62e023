"""The way through the course that docs/self-learners.md shows."""

import re

from released_course import ROOT, WORKED

from autograder.course import course_map

SOLUTIONS = ROOT / "solutions"


def test_the_table_of_notebooks_is_up_to_date():
    page = course_map.PAGE.read_text(encoding="utf-8")

    assert page == course_map.with_table(page, SOLUTIONS), "run `python -m autograder.bank.publish`"


def test_every_notebook_is_on_the_way_and_says_how_long_it_takes_and_what_one_writes():
    stops = course_map.stops(SOLUTIONS)

    assert {(stop.assignment, stop.notebook) for stop in stops} == {(path.parent.name, path.stem) for path in WORKED}
    assert [stop.notebook for stop in stops if not stop.minutes or not stop.writes] == []


def test_the_course_begins_with_affine_layers():
    assert course_map.stops(SOLUTIONS)[0].notebook == "affine_layers"


def test_the_links_lead_to_notebooks():
    for link in re.findall(r"\((\S+\.ipynb)\)", course_map.PAGE.read_text(encoding="utf-8")):
        assert (course_map.PAGE.parent / link).is_file()
