"""A course on disk for tests: one assignment, released into a gradebook, and a way to hand it in."""

import shutil
import sqlite3
from contextlib import closing

from classroom import HOME, NOTEBOOK, copy_small_course
from nbformat import writes

from autograder.course.course import Course
from autograder.course.release import release

NAME = "assignment1"
OF_PEOPLE = ("manual_score", "extra_credit", "manual_comment", "flagged", "extension")
ENTRIES = """
    select s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade
    from grade g join submitted_notebook sn on sn.id = g.notebook_id join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = g.cell_id
    union all
    select s.student_id, n.name, c.name, k.auto_comment, k.manual_comment, '', ''
    from comment k join submitted_notebook sn on sn.id = k.notebook_id join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = k.cell_id
    union all
    select s.student_id, n.name, '', sn.flagged, sn.late_submission_penalty, '', ''
    from submitted_notebook sn join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id
    union all
    select s.student_id, '', '', s.timestamp, s.extension, t.first_name, t.email
    from submitted_assignment s join student t on t.id = s.student_id
"""


def make_course(root):
    """Make a course of one assignment and release that into a new gradebook."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(HOME / "nbgrader_config.py", root)
    copy_small_course(root)
    course = Course(root)
    release(course, NAME)
    return course


def copy_of(course, root):
    shutil.copytree(course.root, root, dirs_exist_ok=True)
    return Course(root)


def hand_in(course, student, node, timestamp=None):
    """Write what a student handed in."""
    folder = course.submitted(NAME, student)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NOTEBOOK}.ipynb").write_text(node if isinstance(node, str) else writes(node), encoding="utf-8")
    if timestamp is not None:
        (folder / "timestamp.txt").write_text(timestamp)


def entries(course):
    """Return all that a gradebook holds of submissions, in an order of its own and without its keys."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        return sorted(map(repr, database.execute(ENTRIES)))


def rows(course):
    """Return every row of a gradebook, by table, the keys included."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(map(repr, database.execute(f"select * from {name}"))) for name in tables}  # noqa: S608
