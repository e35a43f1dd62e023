"""What nbgrader runs in place of its own: see ``nbgrader_config.py``.

Only three things change. A submission is read and put right by us, so that no file aborts a batch; its functions
are asked in the sandbox, so that no student code runs in a kernel of the instructor's account; and late penalties
are assigned in all assignments of a student at a time, because slip days are shared by them. Everything else, the
scores in the cells, the gradebook, the plugin that says what being late costs, feedback, stays nbgrader's.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor
from traitlets import Enum
from traitlets.config import Config

from autograder.core.verdict import GradedCheck
from autograder.course.assignment import Assignment, check_cells
from autograder.course.course import Course
from autograder.grading.grade import (
    NAMESPACE,
    Own,
    Prepared,
    grader_of,
    modules_of,
    prepare,
    with_results,
    with_siblings,
)
from autograder.sandbox.protection import Tier, choose
from autograder.sandbox.wire import clean
from autograder.submission import read_folder
from autograder.submission.earlier import own_notebooks

Resources = dict[str, Any]
Converted = tuple[nbformat.NotebookNode, Resources]


def find_notebooks(assignment: str, student: str, notebooks: list[str]) -> None:  # noqa: ARG001  patterns
    """Let nbgrader look for every notebook of the assignment, whatever a student called the files.

    It is nbgrader's ``pre_convert_hook`` and changes the list of files in place.

    Parameters
    ----------
    assignment, student : str
        nbgrader's patterns, which may stand for many: the one at hand is told by the files.
    notebooks : list of str
        The paths that nbgrader found for one student.
    """
    folder = Path(notebooks[0]).parent
    course = Course(Path.cwd())
    names = course.read(course.assignment_of(folder)).notebook_names
    notebooks[:] = [str(folder / f"{name}.ipynb") for name in names]


class SubmissionExporter(NotebookExporter):
    """Reads a submission as `cs231n grade` does: any file gives a notebook that nbgrader can work with."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Read a submitted notebook, or one that was read before, and convert it.

        Parameters
        ----------
        filename : str
        resources : dict
            nbgrader's: assignment, student, notebook.
        """
        path = Path(filename)
        course = Course(Path.cwd())
        marks = resources["nbgrader"]
        if course.autograded(marks["assignment"], marks["student"]) == path.parent.resolve():
            return super().from_filename(filename, resources, **kw)
        assignment = course.read(marks["assignment"])
        notebook = next(n for n in assignment.notebooks if n.name == marks["notebook"])
        prepared = prepare(read_folder(path.parent, course.limits()), notebook, assignment, course.limits())
        node = prepared.node
        node.metadata[NAMESPACE] = {"problems": list(prepared.problems), "gradable": prepared.gradable}
        resources["metadata"] = {"name": prepared.name, "path": str(path.parent)}
        return self.from_notebook_node(node, resources, **kw)


class AskInSandbox(NbGraderPreprocessor):
    """Stands where nbgrader executes a notebook: asks its functions in the sandbox and writes the scores."""

    sandbox = Enum(
        [str(tier) for tier in Tier],
        None,
        allow_none=True,
        help="The protection by name: the best if there is none, 'rlimits' for code you trust.",
    ).tag(config=True)

    def preprocess(self, nb: nbformat.NotebookNode, resources: Resources) -> Converted:
        """Grade one notebook.

        Parameters
        ----------
        nb : NotebookNode
            Restored by `SubmissionExporter`.
        resources : dict
        """
        marks = resources["nbgrader"]
        course = Course(Path.cwd())
        assignment = course.read(marks["assignment"])
        secret, origin = course.secret()
        tier = choose(Tier(self.sandbox) if self.sandbox else None)
        self.log.info("Hidden cases are drawn from %s; %s", origin, tier.sentence)
        told = nb.metadata.pop(NAMESPACE, {})
        prepared = Prepared(
            marks["notebook"], nb, tuple(told.get("problems", ())), gradable=told.get("gradable", True)
        )
        report = grader_of(tier, secret, course.limits()).grade(
            prepared, check_cells(nb), _own(course, marks, assignment, prepared)
        )
        for check in report.checks:
            self.log.info("%s: %s of %s points. %s", check.grade_id, check.score, check.points, _line(check))
        return with_results(prepared, report), resources


def _line(check: GradedCheck) -> str:
    """Return what is said of a check as one line of a log, which forges no other."""
    message = check.report.message
    return clean(message, len(message))


def _own(course: Course, marks: Resources, assignment: Assignment, one: Prepared) -> Own:
    """Return what one notebook of a submission may import."""
    (submitted,) = course.submissions(marks["assignment"], marks["student"])
    limits = course.limits()
    files = read_folder(submitted.folder, limits)
    earlier = course.shelf(marks["assignment"]).find(submitted, files, limits)
    prepared = [prepare(files, notebook, assignment, limits) for notebook in assignment.notebooks]
    return with_siblings(Own(modules_of(files, assignment, limits), own_notebooks(earlier, limits)), prepared, one)


class AssignAllLatePenalties(AssignLatePenalties):
    """Stands where nbgrader assigns late penalties: those of the student's other assignments follow."""

    def preprocess(self, nb: nbformat.NotebookNode, resources: Resources) -> Converted:
        """Assign them, once the notebook's scores are in the gradebook.

        Parameters
        ----------
        nb : NotebookNode
        resources : dict
        """
        marks = resources["nbgrader"]
        with Gradebook(marks["db_url"]) as gradebook:
            penalize(self.config, gradebook, marks["student"])
            gradebook.db.commit()
        return nb, resources


def penalize(config: Config, gradebook: Gradebook, student: str) -> None:
    """Let nbgrader's plugin take off what late submissions cost: slip days of one are missing for another.

    Parameters
    ----------
    config : Config
        The course's.
    gradebook : Gradebook
        Is not committed.
    student : str
    """
    for submission in gradebook.find_student(student).submissions:
        for notebook in submission.notebooks:
            penalty = _late_penalty(config, gradebook, submission, notebook)
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty


def _late_penalty(config: Config, gradebook: Gradebook, submission: Any, notebook: Any) -> float | None:
    """Return what nbgrader's plugin takes off one notebook, None if it is in time."""
    late = submission.total_seconds_late
    if late <= 0:
        return None
    penalties = AssignLatePenalties(config=config)
    penalties.assignment_id, penalties.gradebook = submission.assignment.name, gradebook  # as nbgrader has them there
    penalties.init_plugin()
    penalty = penalties.plugin_inst.late_submission_penalty(submission.student.id, notebook.score, late)
    return None if penalty is None else float(penalties._check_late_penalty(notebook, penalty))
