"""Checks for the course: put a question to your function and read the verdict.

>>> from autograder import check
>>> check("affine_forward")  # doctest: +SKIP

With it comes that notebooks can be imported by name: see `autograder.sandbox.own_notebooks`.
"""

from autograder.sandbox import own_notebooks
from autograder.student.notebook import CheckFailed, check, hint, progress, show_solution

__all__ = ["CheckFailed", "check", "hint", "progress", "show_solution"]

own_notebooks.install()
