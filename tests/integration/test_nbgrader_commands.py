import csv
import json
import shutil

import nbformat
import pytest
from gradebooks import comments, grades, scores
from nbgrader.apps import NbGraderAPI
from small_class import of_students, small_class

from autograder.course.course import Course

pytestmark = pytest.mark.integration

ASSIGNMENT, NOTEBOOK = "assignment1", "affine_layers"
PLAIN = """
c = get_config()
c.CourseDirectory.course_id = "cs231n"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
"""


@pytest.fixture(scope="module")
def autograded(sample, nbgrader, tmp_path_factory):
    """Grade a small class of the sample course with nbgrader's own command."""
    at = small_class(sample, tmp_path_factory.mktemp("nbgrader") / "course")
    nbgrader(at, "generate_assignment", ASSIGNMENT, "--force")
    nbgrader(at, "autograde", ASSIGNMENT)
    return at


def test_nbgrader_autograde_writes_the_same_grades(sample, autograded):
    ours = of_students(grades(sample[0], ASSIGNMENT), autograded)

    theirs = grades(autograded, ASSIGNMENT)

    assert theirs == ours
    assert len({student for student, _, _ in theirs}) == len(Course(autograded).submissions(ASSIGNMENT)) > 20


def test_nbgrader_autograde_writes_the_same_comments(sample, autograded):
    assert comments(autograded, ASSIGNMENT) == of_students(comments(sample[0], ASSIGNMENT), autograded)


def test_nbgrader_autograde_writes_the_same_notebooks(sample, autograded):
    for path in (autograded / "autograded").rglob("*.ipynb"):
        theirs = nbformat.read(path, as_version=4)
        ours = nbformat.read(sample[0] / path.relative_to(autograded), as_version=4)
        marked = [cell for cell in ours.cells if "nbgrader" in cell.metadata]

        assert [cell for cell in theirs.cells if "nbgrader" in cell.metadata] == marked


def test_nbgrader_makes_feedback_of_what_we_graded(course, nbgrader):
    shutil.rmtree(course / "feedback")

    nbgrader(course, "generate_feedback", ASSIGNMENT)

    students = {path.name for path in (course / "submitted").iterdir() if (path / ASSIGNMENT).is_dir()}
    pages = {path.parts[-3]: path for path in (course / "feedback").rglob(f"{NOTEBOOK}.html")}
    assert set(pages) == students
    assert "is not finished: it raises NotImplementedError" in pages["unfinished"].read_text(encoding="utf-8")


def test_nbgrader_exports_what_we_graded(sample, course, nbgrader):
    nbgrader(course, "export", "--to", str(course / "grades.csv"))

    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["assignment"], row["student_id"]): float(row["score"]) for row in csv.DictReader(file)}
    for run in sample[1]:
        for report in run.run.reports:
            assert rows[run.run.assignment, report.student] == pytest.approx(report.score)


def test_formgrader_sees_every_submission_as_autograded(course):
    place = Course(course)
    api = NbGraderAPI(place.directory, config=place.config)

    submissions = api.get_submissions(ASSIGNMENT)

    assert {one["student"] for one in submissions} == {one.student for one in place.submissions(ASSIGNMENT)}
    assert all(one["autograded"] for one in submissions)
    assert all(one["submitted"] for one in submissions)


def test_formgrader_sees_every_notebook(sample, course):
    place = Course(course)
    api = NbGraderAPI(place.directory, config=place.config)

    notebooks = api.get_notebook_submissions(ASSIGNMENT, NOTEBOOK)

    reports = {report.student: report.score for report in sample[1][0].run.reports}
    assert {one["student"]: one["score"] for one in notebooks} == pytest.approx(reports)
    assert {one["max_score"] for one in notebooks} == {28.0}  # 16 for checks, 12 for questions


def test_formgrader_sees_a_submission_that_came_in_again_as_not_graded(course):
    place = Course(course)
    stamp = place.submitted(ASSIGNMENT, "perfect") / "timestamp.txt"
    stamp.write_text("2026-01-02 03:04:05 UTC")
    api = NbGraderAPI(place.directory, config=place.config)

    seen = {one["student"]: one["autograded"] for one in api.get_submissions(ASSIGNMENT)}

    assert seen.pop("perfect") is False
    assert all(seen.values())


def test_plain_nbgrader_gives_a_perfect_notebook_full_marks_and_a_stub_none(ungraded, nbgrader):
    (ungraded / "nbgrader_config.py").write_text(PLAIN)
    for folder in (ungraded / "submitted").iterdir():
        if folder.name not in ("perfect", "unfinished"):
            shutil.rmtree(folder)
    nbgrader(ungraded, "generate_assignment", ASSIGNMENT, "--force")

    nbgrader(ungraded, "autograde", ASSIGNMENT)

    assert scores(ungraded, ASSIGNMENT) == {"perfect": 16.0, "unfinished": 0.0}


def test_the_results_are_json_that_anybody_can_read(sample):
    at, runs = sample

    for report in runs[0].run.reports:
        kept = json.loads((at / "results" / ASSIGNMENT / f"{report.student}.json").read_text(encoding="utf-8"))
        assert kept["student"] == report.student
