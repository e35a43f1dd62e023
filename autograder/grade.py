"""Grading one submission: read it, ask its functions in the sandbox, write the scores into its notebooks."""

import html
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from autograder import render
from autograder.assignment import Assignment, CheckCell, Notebook
from autograder.examiner import Examiner
from autograder.misconceptions.recognition import explain
from autograder.question import Check
from autograder.reference import ReferenceAnswers
from autograder.restore import restore
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier
from autograder.sandbox.remote import SandboxSubject
from autograder.submission import SubmissionError, code_cells, find, read_modules, read_notebook
from autograder.verdict import (
    CheckReport,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)

NAMESPACE = "cs231n"  # of our own notebook metadata


@dataclass(frozen=True)
class Prepared:
    """A student's notebook, restored, ready to be graded.

    Parameters
    ----------
    name : str
    node : NotebookNode
        What nbgrader expects; the released notebook itself if there is nothing to grade.
    problems : tuple of str
        What was wrong with the file.
    gradable : bool
        Whether there was a notebook to read.
    """

    name: str
    node: nbformat.NotebookNode
    problems: tuple[str, ...] = ()
    gradable: bool = True


@dataclass(frozen=True)
class Grader:
    """How submissions are graded; all of it decides the result.

    Parameters
    ----------
    tier : Tier
    secret : bytes
        The course secret, from which hidden cases are drawn.
    limits : Limits
    """

    tier: Tier
    secret: bytes
    limits: Limits = field(default_factory=Limits)
    answers: ReferenceAnswers = field(default_factory=ReferenceAnswers, compare=False, repr=False)

    def grade(self, prepared: Prepared, cells: list[CheckCell], modules: Mapping[str, str]) -> NotebookReport:
        """Grade one notebook.

        Parameters
        ----------
        prepared : Prepared
        cells : list of CheckCell
            What is worth points in it.
        modules : mapping
            Other Python files of the submission.

        Returns
        -------
        NotebookReport
        """
        if not prepared.gradable:
            return _ungradable(prepared, cells)
        checks = [cell.check for cell in cells]
        asked = {check.exercise for check in checks}
        with SandboxSubject(code_cells(prepared.node), modules, self.tier, self.limits, asked) as subject:
            examiner = Examiner(subject, self.answers, fresh=subject.fresh, explain=explain)
            reports = examiner.examine(checks, self.secret)
            problems = prepared.problems + tuple(subject.notes)
        graded = (
            GradedCheck(cell.grade_id, cell.points, report) for cell, report in zip(cells, reports, strict=True)
        )
        return NotebookReport(prepared.name, tuple(graded), problems)

    def grade_submission(
        self, student: str, assignment: Assignment, prepared: list[Prepared], modules: Mapping[str, str]
    ) -> SubmissionReport:
        """Grade all notebooks of a submission."""
        start = time.perf_counter()
        notebooks = tuple(
            self.grade(own, notebook.check_cells, modules)
            for own, notebook in zip(prepared, assignment.notebooks, strict=True)
        )
        seconds = time.perf_counter() - start
        return SubmissionReport(student, assignment.name, str(self.tier), notebooks, round(seconds, 3))


@cache
def grader_of(tier: Tier, secret: bytes, limits: Limits) -> Grader:
    """Return the one grader of these settings: what the reference answers is asked once for a whole class."""
    return Grader(tier, secret, limits)


def prepare(folder: Path, notebook: Notebook, assignment: Assignment) -> Prepared:
    """Find, read and restore one notebook of a submission.

    Parameters
    ----------
    folder : Path
        What the student handed in.
    notebook : Notebook
    assignment : Assignment

    Returns
    -------
    Prepared
    """
    found = find(folder, notebook.name, notebook.exercises, assignment.notebook_names)
    if found.path is None:
        return Prepared(notebook.name, deepcopy(notebook.node), found.problems, gradable=False)
    try:
        node = read_notebook(found.path)
    except SubmissionError as error:
        return Prepared(notebook.name, deepcopy(notebook.node), (str(error),), gradable=False)
    return Prepared(notebook.name, restore(node, notebook.node), found.problems)


def modules_of(folder: Path, assignment: Assignment) -> dict[str, str]:
    """Return the other Python files of a submission, by path."""
    return read_modules(folder, assignment.notebook_names)


def with_results(prepared: Prepared, report: NotebookReport) -> nbformat.NotebookNode:
    """Return the notebook with a table and the score as the outputs of each graded cell.

    nbgrader reads the score from the ``text/plain`` of the first result: a plain float in range.
    """
    node = deepcopy(prepared.node)
    graded = {check.grade_id: check for check in report.checks}
    for cell in node.cells:
        check = graded.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if check is not None:
            cell.outputs = _outputs(check)
    if report.problems:
        node.cells.insert(0, _problems_cell(report.problems))
    return node


def _problems_cell(problems: tuple[str, ...]) -> nbformat.NotebookNode:
    """Make a block of HTML, in which nothing is read as Markdown: a problem may quote what a student wrote."""
    items = "".join(f"<li>{html.escape(problem)}</li>" for problem in problems)
    return nbformat.v4.new_markdown_cell(
        f"<div><b>About this file</b><ul>{items}</ul></div>",
        id="about-this-file",
        metadata={NAMESPACE: {"added": True}},
    )


def _outputs(check: GradedCheck) -> list[Any]:
    show = {"text/html": render.html(check.report), "text/plain": render.text(check.report)}
    return [
        nbformat.v4.new_output("display_data", show),
        nbformat.v4.new_output("execute_result", {"text/plain": repr(float(check.score))}, execution_count=None),
    ]


def _ungradable(prepared: Prepared, cells: list[CheckCell]) -> NotebookReport:
    message = "There was nothing to grade: see what is said about the file."
    return NotebookReport(
        prepared.name,
        tuple(GradedCheck(cell.grade_id, cell.points, whole(cell.check, Outcome.FAILED, message)) for cell in cells),
        prepared.problems,
    )


def whole(check: Check, outcome: Outcome, message: str, detail: str = "") -> CheckReport:
    """Give one verdict for all cases of a check."""
    verdict = Verdict("all cases", hidden=False, outcome=outcome, message=message, detail=detail)
    return CheckReport(check.name, check.title, check.exercise, (verdict,))
