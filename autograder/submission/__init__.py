"""Submissions: whatever a student handed in, read as data, once, and never executed here.

A notebook is nbformat 1 to 4 with any metadata, or a Python file, in a folder or in a zip there. What is wrong
with it becomes a sentence, not an exception.
"""

from autograder.submission.code import code_cells, plain_python
from autograder.submission.file import File, SubmissionError, read_text
from autograder.submission.folder import Submitted, read_folder
from autograder.submission.notebook import read_notebook
from autograder.submission.search import Found, files_defining, files_named, find_modules, find_notebook

__all__ = [
    "File",
    "Found",
    "SubmissionError",
    "Submitted",
    "code_cells",
    "files_defining",
    "files_named",
    "find_modules",
    "find_notebook",
    "plain_python",
    "read_folder",
    "read_notebook",
    "read_text",
]
