"""What an instructor may get wrong in the course itself is named, before anything is released or graded."""

import pytest
from classroom import NOTEBOOK, worked
from nbformat import read, write
from rich.progress import Progress
from sample_course import NAME, copy_of, hand_in, make_course

from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, CourseError
from autograder.course.release import release
from autograder.grading.marking import Order, mark

UNKNOWN = (
    "`affine_layers.ipynb` must ask checks of the bank. "
    "`name` must be the name of a check (got 'relu_forwrd'). Did you mean 'relu_forward'?"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def course(made, tmp_path):
    return copy_of(made, tmp_path / "course")


def misspell(path):
    node = read(path, as_version=4)
    for cell in node.cells:
        cell.source = cell.source.replace('check("relu_forward")', 'check("relu_forwrd")')
    write(node, path)


def test_a_source_that_asks_an_unknown_check_is_not_released(course):
    before = (course.released(NAME) / f"{NOTEBOOK}.ipynb").read_bytes()
    misspell(course.source(NAME) / f"{NOTEBOOK}.ipynb")

    with pytest.raises(AssignmentError) as caught:
        release(course, NAME)

    assert str(caught.value) == UNKNOWN
    assert (course.released(NAME) / f"{NOTEBOOK}.ipynb").read_bytes() == before


def test_a_release_that_asks_an_unknown_check_is_not_graded(course):
    hand_in(course, "ada", worked())
    misspell(course.released(NAME) / f"{NOTEBOOK}.ipynb")

    with pytest.raises(AssignmentError) as caught:
        mark(course, Order(NAME), Progress(disable=True))

    assert str(caught.value) == UNKNOWN


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}'])
def test_a_source_that_is_no_notebook_is_named(course, text):
    path = course.source(NAME) / "broken.ipynb"
    path.write_text(text)

    with pytest.raises(CourseError) as caught:
        release(course, NAME)

    assert str(caught.value).startswith(f"`{path}` must be a notebook (got ")
    assert str(caught.value).endswith("Save it again in JupyterLab, or take it from version control.")


@pytest.mark.parametrize(
    ("line", "got"),
    [("c.Foo(", "SyntaxError: '(' was never closed"), ("import nosuch", "ModuleNotFoundError: No module")],
)
def test_a_configuration_that_does_not_run_is_named(course, line, got):
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"{line}\n")

    with pytest.raises(CourseError) as caught:
        Course(course.root)

    assert f"nbgrader_config.py` must be a configuration that runs (got {got}" in str(caught.value)
    assert str(caught.value).endswith("Mend that line.")
