"""The lessons themselves, handed in as a good student does, go through the grader as it is run for a class."""

import shutil

import nbformat
import pytest
from classroom import SECRET
from released_course import RELEASED, ROOT, WORKED

from autograder.course.course import Course
from autograder.grading.batch import Job, grade_one
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import PROTECTED, Tier, probe
from autograder.submission import Submitted

TIER = next((tier for tier in PROTECTED if not probe(tier)), Tier.RLIMITS)
ASSIGNMENTS = sorted({path.parent.name for path in RELEASED})
NEEDS = (
    "`{}` needs your earlier notebook. `{}.ipynb` was not handed in for {}. "
    "Hand it in there, or beside this notebook."
)


TRAINING = (
    "def draw_losses(name='losses'):\n    return [name, losses]",
    "losses = []\nwhile True:\n    losses.append(len(losses))",
)


def handed_in(path):
    """Fill the stubs of a released notebook with the worked solutions."""
    sources = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    node = nbformat.read(ROOT / "assignments" / path.parent.name / path.name, as_version=4)
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = sources[cell.id]
    return nbformat.writes(node)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make the course, and a student who handed in all of it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for step in ("solutions", "assignments"):
        (root / step).symlink_to(ROOT / step)
    course = Course(root)
    for path in WORKED:
        folder = course.submitted(path.parent.name, "ada")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_text(handed_in(path), encoding="utf-8")
    return course


def graded(course, assignment, student="ada"):
    job = Job(course.released(assignment), course.results, TIER, SECRET, Limits(), course.shelf(assignment))
    return grade_one(job, Submitted(student, course.submitted(assignment, student))).report


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_good_student_has_full_marks_and_reads_no_complaint(course, assignment):
    report = graded(course, assignment)

    assert {one.report.check: one.report.message for one in report.checks if one.score < one.points} == {}
    assert {one.notebook: one.problems for one in report.notebooks if one.problems} == {}
    assert {one.report.check: one.report.sentences for one in report.checks if one.report.sentences} == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_helper_that_draws_what_was_trained_does_not_bring_the_training_into_grading(course, assignment):
    for path in WORKED:
        folder = course.submitted(path.parent.name, "tess")
        folder.mkdir(parents=True, exist_ok=True)
        node = nbformat.reads(handed_in(path), as_version=4)
        node.cells += [nbformat.v4.new_code_cell(source) for source in TRAINING]
        (folder / path.name).write_text(nbformat.writes(node), encoding="utf-8")

    report = graded(course, assignment, "tess")

    assert report.score == report.max_score
    assert {one.notebook: one.problems for one in report.notebooks if one.problems} == {}


def test_who_did_not_hand_in_an_earlier_notebook_reads_which_one_wherever_it_is_needed(course):
    folder = course.submitted("assignment3", "nils")
    shutil.copytree(course.submitted("assignment3", "ada"), folder)

    report = graded(course, "assignment3", "nils")

    said = {one.report.check: one.report.message for one in report.checks if one.score < one.points}
    sandwich = NEEDS.format("conv_relu_pool_forward", "affine_layers", "assignment1")
    network = NEEDS.format("ThreeLayerConvNet.loss", "affine_layers", "assignment1")
    norm = NEEDS.format("spatial_batchnorm_forward", "batch_normalization", "assignment2")
    assert said == {
        "conv_relu_pool_forward": sandwich,
        "conv_relu_pool_backward": sandwich,
        "three_layer_conv_net_scores": network,
        "three_layer_conv_net_loss": network,
        "spatial_batchnorm_forward": norm,
        "spatial_batchnorm_forward_test_mode": norm,
        "spatial_batchnorm_backward": norm,
    }
    assert {one.notebook: one.problems for one in report.notebooks if one.problems} == {}
