"""Slip days are shared by assignments, also where nbgrader's own commands grade."""

import shutil

import pytest
from classroom import HOME, NOTEBOOK, copy_small_course, worked
from nbformat import write
from nbgrader.api import Gradebook

pytestmark = pytest.mark.integration

POLICY = """
c.AssignLatePenalties.plugin_class = "autograder.course.late.LatePolicy"
c.LatePolicy.per_day = 0.1
c.LatePolicy.slip_days = 1
"""
SENT = {"assignment1": "2026-03-02 06:00:00 UTC", "assignment2": "2026-04-02 06:00:00 UTC"}


@pytest.fixture
def course(tmp_path, nbgrader):
    """Make a course of two assignments, each handed in 18 hours late."""
    copy_small_course(tmp_path)
    shutil.copytree(tmp_path / "solutions" / "assignment1", tmp_path / "solutions" / "assignment2")
    config = (HOME / "nbgrader_config.py").read_text(encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(config + POLICY, encoding="utf-8")
    for name, sent in SENT.items():
        nbgrader(tmp_path, "generate_assignment", name, "--force")
        folder = tmp_path / "submitted" / "ada" / name
        folder.mkdir(parents=True)
        write(worked(), folder / f"{NOTEBOOK}.ipynb")
        (folder / "timestamp.txt").write_text(sent)
    return tmp_path


def due(course, nbgrader, name, moment):
    nbgrader(course, "db", "assignment", "add", name, "--duedate", moment)


def penalties(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
        return [gradebook.find_submission(name, "ada").late_submission_penalty for name in SENT]


def test_a_deadline_that_moves_frees_the_slip_day_for_another_assignment(course, nbgrader):
    for name in SENT:
        due(course, nbgrader, name, SENT[name].replace("-02 06", "-01 12"))
        nbgrader(course, "autograde", name)
    both_late = penalties(course)

    due(course, nbgrader, "assignment1", "2026-03-03 12:00:00 UTC")
    nbgrader(course, "autograde", "assignment1", "--force")

    assert both_late == [0.0, pytest.approx(1.3)]
    assert penalties(course) == [0.0, 0.0]
