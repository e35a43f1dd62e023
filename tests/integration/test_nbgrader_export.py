import csv
import shutil

import pytest
from classroom import HOME
from nbgrader.api import Gradebook

from autograder.course.course import put_tools_on_path

pytestmark = pytest.mark.integration

COLUMNS = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score"


@pytest.fixture
def course(tmp_path):
    """Make a gradebook of students with hostile names."""
    put_tools_on_path()
    shutil.copy(HOME / "nbgrader_config.py", tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "cs231n") as gradebook:
        gradebook.add_assignment("assignment1", duedate="2026-01-02 03:04:05 UTC")
        gradebook.add_student("=1+1", first_name='=HYPERLINK("http://x","y")', last_name="O'Neil, Ada", email="@x")
        gradebook.add_student("ada", first_name="Łukasz", last_name="-2+3", email="a@b.c")
        with gradebook.db.no_autoflush:  # nbgrader fills in a new row before it adds it
            gradebook.add_submission("assignment1", "ada")
    return tmp_path


def test_an_export_has_nbgraders_columns_and_no_formula(course, nbgrader):
    nbgrader(course, "export", "--to", str(course / "grades.csv"))

    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert ",".join(rows[0]) == COLUMNS
    assert [row["student_id"] for row in rows] == ["ada", "'=1+1"]
    assert [row["first_name"] for row in rows] == ["Łukasz", '\'=HYPERLINK("http://x","y")']
    assert [row["last_name"] for row in rows] == ["'-2+3", "O'Neil, Ada"]
    assert [row["email"] for row in rows] == ["a@b.c", "'@x"]
    assert [float(row["score"]) for row in rows] == [0.0, 0.0]
    assert rows[0]["duedate"] == "2026-01-02 03:04:05"


def test_students_and_assignments_are_chosen_as_with_nbgrader(course, nbgrader):
    path = course / "grades.csv"

    nbgrader(course, "export", "--to", str(path), "--student", "['ada']", "--assignment", "['assignment1']")
    chosen = path.read_text(encoding="utf-8").splitlines()
    nbgrader(course, "export", "--to", str(path), "--assignment", "['another']")
    nobody = path.read_text(encoding="utf-8").splitlines()

    assert len(chosen) == 2
    assert len(nobody) == 1
