"""Checks for the course: put a question to your function and read the verdict.

>>> from autograder import check
>>> check("affine_forward")  # doctest: +SKIP
"""

from autograder.notebook import CheckFailed, check, hint

__all__ = ["CheckFailed", "check", "hint"]
