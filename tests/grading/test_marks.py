"""The oracle is nbgrader: what its own functions say of the same cells."""

from copy import deepcopy

import pytest
from classroom import marked_cell, released, worked
from nbformat import v4
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, Verdict
from autograder.grading.marks import is_untouched, marks_of
from autograder.nodes import result

ROLES = {
    "a check": {"grade": True, "solution": False, "locked": True, "points": 2},
    "an answer that a person grades": {"grade": True, "solution": True, "locked": False, "points": 3},
    "a solution": {"grade": False, "solution": True, "locked": False},
    "a locked text": {"grade": False, "solution": False, "locked": True},
    "a task": {"grade": False, "solution": False, "locked": True, "task": True, "points": 4},
}


def cell(kind, role, source="x = 1", touched=False):
    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}[kind]
    made = make(source, metadata={"nbgrader": {"schema_version": 3, "grade_id": "a-cell", "cell_type": kind, **role}})
    made.metadata.nbgrader.checksum = compute_checksum(made)
    if touched:
        made.source += " # mine"
    return made


def report(**scores):
    verdict = Verdict("all cases", hidden=False, outcome=Outcome.FAILED, share=1.0)
    return NotebookReport(
        "a",
        tuple(
            GradedCheck(grade_id.replace("_", "-"), points, CheckReport("c", "C.", "c", (verdict,)))
            for grade_id, points in scores.items()
        ),
    )


@pytest.mark.parametrize("touched", [False, True])
@pytest.mark.parametrize("kind", ["code", "markdown"])
@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_a_cell_without_a_check_is_marked_as_nbgrader_marks_it(role, kind, touched):
    one = cell(kind, role, touched=touched)

    marks = marks_of(v4.new_notebook(cells=[one]), report())

    if is_grade(one):
        assert marks.scores == {"a-cell": determine_grade(one)[0]}
    else:
        assert marks.scores == ({"a-cell": None} if is_task(one) else {})
    if is_solution(one):
        assert marks.comments == {
            "a-cell": "No response." if compute_checksum(one) == one.metadata.nbgrader.checksum else None
        }
    else:
        assert marks.comments == ({"a-cell": None} if is_task(one) else {})


@pytest.mark.parametrize("score", [0.0, 0.5, 1.3333, 2.0])
def test_a_checked_cell_has_the_score_that_nbgrader_reads_from_its_output(score):
    one = cell("code", ROLES["a check"])
    marks = marks_of(v4.new_notebook(cells=[one]), report(a_cell=score))
    one.outputs = [result({"text/plain": repr(marks.scores["a-cell"])})]

    assert marks.scores["a-cell"] == determine_grade(one)[0] == score


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_the_sum_that_tells_an_untouched_cell_is_nbgraders(role, kind):
    one = cell(kind, role)

    assert is_untouched(one)
    assert not is_untouched(cell(kind, role, touched=True))


def test_every_cell_of_a_real_notebook_is_marked_as_nbgrader_marks_it():
    for node in (released(), worked()):
        marks = marks_of(node, report())

        marked = [one for one in node.cells if "nbgrader" in one.metadata]
        assert marks.scores == {
            one.metadata.nbgrader.grade_id: determine_grade(one)[0] for one in marked if is_grade(one)
        }
        assert marks.comments == {
            one.metadata.nbgrader.grade_id: "No response." if is_untouched(one) else None
            for one in marked
            if is_solution(one)
        }


def test_marking_changes_nothing():
    node = worked()
    before = deepcopy(node)

    marks_of(node, report(check_relu_forward=1.0))

    assert node == before
    assert marked_cell(node, "check-relu-forward").outputs == []
