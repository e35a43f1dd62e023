"""Grading one submission: read it, ask its functions in the sandbox, write the scores into its notebooks."""

import html
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import nbformat

from autograder import nodes
from autograder.checks import EXERCISES
from autograder.core import render
from autograder.core.examiner import Examiner
from autograder.core.published import published_explanation
from autograder.core.question import Check
from autograder.core.verdict import (
    NOTHING_TO_GRADE,
    CheckReport,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)
from autograder.course.assignment import Assignment, CheckCell, Notebook
from autograder.grading.restore import restore
from autograder.reference import ReferenceAnswers
from autograder.sandbox.allowance import Allowance
from autograder.sandbox.limits import Limits
from autograder.sandbox.own_notebooks import Cells, OwnNotebooks
from autograder.sandbox.protection import Tier
from autograder.sandbox.remote import SandboxSubject
from autograder.submission import File, code_cells, find_modules, find_notebook
from autograder.submission.earlier import needed

NO_SIBLING = "cannot be read, or was not handed in. Hand it in with this notebook."
NAMESPACE = "cs231n"  # of our own notebook metadata
NO_MATHS = "tex2jax_ignore mathjax_ignore"  # a dollar sign in a student's words begins no formula


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
class Own:
    """What the notebooks of a submission may import of their author's.

    Parameters
    ----------
    modules : mapping
        Python files of the submission, source by path.
    notebooks : OwnNotebooks
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    notebooks: OwnNotebooks = field(default_factory=OwnNotebooks)


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

    def grade(
        self,
        prepared: Prepared,
        cells: list[CheckCell],
        own: Own,
        allowance: Allowance | None = None,
    ) -> NotebookReport:
        """Grade one notebook.

        Parameters
        ----------
        prepared : Prepared
        cells : list of CheckCell
            What is worth points in it.
        own : Own
            What it may import.
        allowance : Allowance or None
            The time that the submission has left; None for all of it.

        Returns
        -------
        NotebookReport
        """
        if not prepared.gradable:
            return _ungradable(prepared, cells)
        checks = [cell.check for cell in cells]
        code = code_cells(prepared.node)
        notebooks = needed(code, own.notebooks)
        with SandboxSubject(code, own.modules, self.tier, self.limits, EXERCISES, allowance, notebooks) as subject:
            examiner = Examiner(subject, self.answers, fresh=subject.fresh, explain=published_explanation)
            reports = examiner.examine(checks, self.secret)
            problems = prepared.problems + tuple(subject.notes)
        graded = (
            GradedCheck(cell.grade_id, cell.points, report) for cell, report in zip(cells, reports, strict=True)
        )
        return NotebookReport(prepared.name, tuple(graded), problems)

    def grade_submission(self, assignment: Assignment, prepared: list[Prepared], own: Own) -> SubmissionReport:
        """Grade all notebooks of a submission, whoever handed it in."""
        allowance = Allowance(self.limits)
        notebooks = tuple(
            self.grade(one, notebook.check_cells, with_siblings(own, prepared, one), allowance)
            for one, notebook in zip(prepared, assignment.notebooks, strict=True)
        )
        return SubmissionReport("", assignment.name, str(self.tier), notebooks)


@cache
def grader_of(tier: Tier, secret: bytes, limits: Limits) -> Grader:
    """Return the one grader of these settings: what the reference answers is asked once for a whole class."""
    return Grader(tier, secret, limits)


def prepare(files: list[File], notebook: Notebook, assignment: Assignment, limits: Limits) -> Prepared:
    """Find, read and restore one notebook of a submission.

    Parameters
    ----------
    files : list of File
        What the student handed in.
    notebook : Notebook
    assignment : Assignment
    limits : Limits
        Of the size of what was handed in.

    Returns
    -------
    Prepared
    """
    found = find_notebook(files, notebook.name, notebook.exercises, assignment.notebook_names, limits)
    if found.node is None:
        return Prepared(notebook.name, deepcopy(notebook.node), found.problems, gradable=False)
    _, left_out = find_modules(files, assignment.notebook_names, limits)
    return Prepared(notebook.name, restore(found.node, notebook.node), (*found.problems, *left_out))


def modules_of(files: list[File], assignment: Assignment, limits: Limits) -> dict[str, str]:
    """Return the other Python files of a submission, by path."""
    sources, _ = find_modules(files, assignment.notebook_names, limits)
    return sources


def with_siblings(own: Own, prepared: list[Prepared], one: Prepared) -> Own:
    """Add the other notebooks of a submission to what one of them may import."""
    others = [other for other in prepared if other.name != one.name]
    cells = {other.name: _labelled(other) for other in others if other.gradable}
    absent = {other.name: f"`{other.name}.ipynb` {NO_SIBLING}" for other in others if not other.gradable}
    return Own(own.modules, OwnNotebooks({**own.notebooks.cells, **cells}, {**own.notebooks.absent, **absent}))


def _labelled(prepared: Prepared) -> Cells:
    return [(f"{prepared.name}, {label}", source) for label, source in code_cells(prepared.node)]


def with_results(prepared: Prepared, report: NotebookReport) -> nbformat.NotebookNode:
    """Return the notebook with a table and the score as the outputs of each graded cell.

    nbgrader reads the score from the ``text/plain`` of the first result: a plain float in range.
    """
    graded = {check.grade_id: check for check in report.checks}
    cells = [_with_result(cell, graded) for cell in prepared.node.cells]
    if report.problems:
        cells.insert(0, _problems_cell(report.problems))
    return nbformat.NotebookNode(prepared.node, cells=cells)


def _with_result(cell: nbformat.NotebookNode, graded: Mapping[str, GradedCheck]) -> nbformat.NotebookNode:
    check = graded.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return cell if check is None else nbformat.NotebookNode(cell, outputs=_outputs(check))


def _problems_cell(problems: tuple[str, ...]) -> nbformat.NotebookNode:
    """Make a block of HTML, in which nothing is read as Markdown: a problem may quote what a student wrote."""
    items = "".join(f"<li>{html.escape(problem)}</li>" for problem in problems)
    text = f'<div class="{NO_MATHS}"><b>About this file</b><ul>{items}</ul></div>'
    return nodes.cell("markdown", text, {NAMESPACE: {"added": True}}, "about-this-file")


def _outputs(check: GradedCheck) -> list[Any]:
    page = f'<div class="{NO_MATHS}">{render.html(check.report)}</div>'
    show = {"text/html": page, "text/plain": render.text(check.report)}
    return [nodes.display(show), nodes.result({"text/plain": repr(float(check.score))})]


def _ungradable(prepared: Prepared, cells: list[CheckCell]) -> NotebookReport:
    return NotebookReport(
        prepared.name,
        tuple(
            GradedCheck(cell.grade_id, cell.points, whole(cell.check, Outcome.FAILED, NOTHING_TO_GRADE))
            for cell in cells
        ),
        prepared.problems,
    )


def whole(check: Check, outcome: Outcome, message: str, detail: str = "") -> CheckReport:
    """Give one verdict for all cases of a check."""
    verdict = Verdict("all cases", hidden=False, outcome=outcome, message=message, detail=detail)
    return CheckReport(check.name, check.title, check.exercise, (verdict,))
