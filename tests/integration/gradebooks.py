"""What stands in a gradebook of nbgrader, as plain data."""

import sqlite3
from contextlib import closing

from nbgrader.api import Gradebook


def grades(course, assignment, url=None):
    """Return automatic score and need of a person, by student, notebook and cell."""
    with Gradebook(url or f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
        return {
            (submission.student.id, notebook.name, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.find_assignment(assignment).submissions
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def comments(course, assignment):
    """Return automatic comments, by student, notebook and cell."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
        return {
            (submission.student.id, notebook.name, comment.name): comment.auto_comment
            for submission in gradebook.find_assignment(assignment).submissions
            for notebook in submission.notebooks
            for comment in notebook.comments
        }


def scores(course, assignment):
    """Return the scores by student."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
        return {one.student.id: one.score for one in gradebook.find_assignment(assignment).submissions}


ENTRIES = """
    select s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade
    from grade g join submitted_notebook sn on sn.id = g.notebook_id join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = g.cell_id
    union all
    select s.student_id, n.name, c.name, k.auto_comment, k.manual_comment, s.timestamp, sn.late_submission_penalty
    from comment k join submitted_notebook sn on sn.id = k.notebook_id join notebook n on n.id = sn.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id join base_cell c on c.id = k.cell_id
"""


def everything(course):
    """Return every row, by table, its keys included."""
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(map(repr, database.execute(f"select * from {name}"))) for name in tables}  # noqa: S608


def logical(course):
    """Return all that is entered of submissions, without the keys, which nbgrader draws by lot."""
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        return sorted(map(repr, database.execute(ENTRIES)))
