import sys
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

from sample_course import NAME, copy_of, make_course


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Make a course whose assignment is due on the first of March at noon."""
    course = make_course(tmp_path_factory.mktemp("made") / "course")
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.find_assignment(NAME).duedate = datetime(2026, 3, 1, 12)
        gradebook.db.commit()
    return course


@pytest.fixture
def course(made, tmp_path):
    return copy_of(made, tmp_path / "course")
