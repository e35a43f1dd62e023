"""What stands in a gradebook of nbgrader, as plain data."""

from nbgrader.api import Gradebook


def grades(course, assignment):
    """Return automatic score and need of a person, by student, notebook and cell."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
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
