"""The oracle is nbgrader: its own gradebook and its own preprocessors on the same cells."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from classroom import NOTEBOOK, marked_cell, worked
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from sample_course import NAME, copy_of, entries, make_course
from traitlets.config import Config

from autograder.core.verdict import NotebookReport
from autograder.grading.ledger import Ledger, Line, Move
from autograder.grading.marks import Marks, marks_of
from autograder.nodes import result

HANDED_IN = datetime(2026, 1, 2, 3, 4, 5)
SCORES = {
    "check-affine-forward": 2.0,
    "check-affine-backward": 1.5,
    "check-relu-forward": 0.0,
    "check-relu-backward": 2.0,
    "check-softmax-loss": 3.3333,
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def course(released, tmp_path):
    return copy_of(released, tmp_path / "ours")


@pytest.fixture
def ledger(course):
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        yield Ledger(gradebook, NAME, course.config)


def graded(**changed):
    """Return a worked notebook with scores, and its marks."""
    node = worked()
    scores = SCORES | {name.replace("_", "-"): score for name, score in changed.items()}
    for grade_id, score in scores.items():
        marked_cell(node, grade_id).outputs = [result({"text/plain": repr(float(score))})]
    marks = marks_of(node, NotebookReport(NOTEBOOK, ()))
    return node, {NOTEBOOK: Marks({**marks.scores, **scores}, marks.comments)}


def line(student, timestamp=None, **changed):
    return Line(student, timestamp, graded(**changed)[1])


def enter(ledger, *lines):
    found = ledger.compare(lines)
    ledger.enter(found)
    return [move for entry in found.values() for move in entry.moves]


def by_nbgrader(course, student, timestamp=None, **changed):
    """Enter a graded notebook as ``nbgrader autograde`` does."""
    resources = {
        "nbgrader": {
            "notebook": NOTEBOOK,
            "assignment": NAME,
            "student": student,
            "db_url": course.directory.db_url,
        }
    }
    with Gradebook(course.directory.db_url, "cs231n") as gradebook, gradebook.db.no_autoflush:
        gradebook.update_or_create_student(student)
        if timestamp is None:
            gradebook.update_or_create_submission(NAME, student)
        else:
            gradebook.update_or_create_submission(NAME, student, timestamp=timestamp)
    for preprocessor in (SaveAutoGrades(), AssignLatePenalties(config=course.config)):
        preprocessor.preprocess(graded(**changed)[0], resources)


def due(course, when):
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=when)


pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")  # nbgrader's own


def test_what_is_entered_is_what_nbgrader_enters(released, course, ledger, tmp_path):
    theirs = copy_of(released, tmp_path / "theirs")

    for student, timestamp in (("ada", None), ("bob", HANDED_IN)):
        enter(ledger, line(student, timestamp))
        by_nbgrader(theirs, student, timestamp)

    assert entries(course) == entries(theirs)
    assert len(entries(course)) > 20


def test_what_is_entered_a_second_time_is_what_nbgrader_enters(released, course, ledger, tmp_path):
    theirs = copy_of(released, tmp_path / "theirs")
    for scores in ({}, {"check_relu_forward": 1.0, "check_softmax_loss": 0.5}):
        enter(ledger, line("ada", HANDED_IN, **scores))
        by_nbgrader(theirs, "ada", HANDED_IN, **scores)

    assert entries(course) == entries(theirs)


def test_a_page_of_students_is_entered_as_one_by_one(released, course, ledger, tmp_path):
    other = copy_of(released, tmp_path / "other")
    lines = [line(student, check_relu_forward=number) for number, student in enumerate("cab")]
    enter(ledger, *lines)
    with Gradebook(other.directory.db_url, "cs231n") as gradebook:
        for one in reversed(lines):
            enter(Ledger(gradebook, NAME, other.config), one)

    assert entries(course) == entries(other)


def test_the_moves_are_the_grades_that_change(ledger):
    first = enter(ledger, line("ada"))
    second = enter(ledger, line("ada"))
    third = enter(ledger, line("ada", check_relu_forward=1.0))

    assert {(move.grade_id, move.before, move.after) for move in first} >= {("check-softmax-loss", None, 3.3333)}
    assert second == []
    assert third == [Move("ada", NOTEBOOK, "check-relu-forward", 0.0, 1.0)]


def test_nothing_is_written_where_nothing_changes(ledger):
    enter(ledger, line("ada", HANDED_IN))

    entry = ledger.compare([line("ada", HANDED_IN)])["ada"]

    assert (entry.new, entry.changed, entry.moves) == ([], [], [])


def test_what_people_entered_stays(released, course, ledger, tmp_path):
    theirs = copy_of(released, tmp_path / "theirs")
    for place in (course, theirs):
        if place is course:
            enter(ledger, line("ada"))
        else:
            by_nbgrader(place, "ada")
        with Gradebook(place.directory.db_url, "cs231n") as gradebook:
            grade = gradebook.find_grade("check-relu-forward", NOTEBOOK, NAME, "ada")
            grade.manual_score, grade.extra_credit = 1.5, 0.5
            gradebook.find_comment("relu-forward", NOTEBOOK, NAME, "ada").manual_comment = "Nearly."
            gradebook.find_submission_notebook(NOTEBOOK, NAME, "ada").flagged = True
            gradebook.find_student("ada").first_name = "Ada"
            gradebook.db.commit()

    enter(ledger, line("ada", HANDED_IN, check_relu_forward=2.0))
    by_nbgrader(theirs, "ada", HANDED_IN, check_relu_forward=2.0)

    assert entries(course) == entries(theirs)
    assert any("Nearly." in entry for entry in entries(course))


def by_hand(course, score, grade_id="question-relu-forward"):
    """Give points as formgrader does."""
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        grade = gradebook.find_grade(grade_id, NOTEBOOK, NAME, "ada")
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def waiting(course):
    """Return the cells of ada that wait for a person."""
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        notebook = gradebook.find_submission_notebook(NOTEBOOK, NAME, "ada")
        return {grade.name for grade in notebook.grades if grade.needs_manual_grade}


@pytest.mark.parametrize(
    ("is_new", "scores", "again"),
    [
        (False, {}, set()),
        (True, {}, {"question-relu-forward", "check-relu-forward"}),
        (False, {"check_relu_forward": 1.0}, {"check-relu-forward"}),
    ],
)
def test_what_people_graded_waits_for_them_again_only_where_it_is_another_answer(
    course, ledger, is_new, scores, again
):
    enter(ledger, line("ada"))
    others = waiting(course) - {"question-relu-forward"}
    by_hand(course, 1.5)
    by_hand(course, 1.0, "check-relu-forward")

    enter(ledger, replace(line("ada", **scores), is_new=is_new))

    assert waiting(course) == others | again
    assert len(others) > 1


@pytest.mark.parametrize("method", ["none", "zero"])
@pytest.mark.parametrize("extension", [None, 1, 48])
@pytest.mark.parametrize("late", [-1, 1, 30])
def test_late_submissions_cost_what_nbgrader_takes_off(released, tmp_path, method, extension, late):
    ours, theirs = (copy_of(released, tmp_path / name) for name in ("ours", "theirs"))
    for place in (ours, theirs):
        place.config.merge(Config({"LateSubmissionPlugin": {"penalty_method": method}}))
        due(place, HANDED_IN - timedelta(hours=late))
    with Gradebook(ours.directory.db_url, "cs231n") as gradebook:
        ledger = Ledger(gradebook, NAME, ours.config)
        enter(ledger, line("ada", HANDED_IN))
    by_nbgrader(theirs, "ada", HANDED_IN)
    if extension is not None:
        for place in (ours, theirs):
            with Gradebook(place.directory.db_url, "cs231n") as gradebook:
                gradebook.grant_extension(NAME, "ada", hours=extension)

    with Gradebook(ours.directory.db_url, "cs231n") as gradebook:
        enter(Ledger(gradebook, NAME, ours.config), line("ada", HANDED_IN))
    by_nbgrader(theirs, "ada", HANDED_IN)

    assert entries(ours) == entries(theirs)


def test_the_same_class_gives_the_same_keys(released, tmp_path):
    keys = []
    for name, students in (("one", "abc"), ("other", "cba")):
        course = copy_of(released, tmp_path / name)
        with Gradebook(course.directory.db_url, "cs231n") as gradebook:
            ledger = Ledger(gradebook, NAME, course.config)
            for student in students:
                enter(ledger, line(student))
            submission = gradebook.find_submission(NAME, "b")
            keys.append((submission.id, [notebook.id for notebook in submission.notebooks]))

    assert keys[0] == keys[1]


def test_what_nbgrader_entered_is_changed_in_its_place(course, ledger):
    by_nbgrader(course, "ada", HANDED_IN)
    count = len(entries(course))

    enter(ledger, line("ada", HANDED_IN, check_relu_forward=1.0))

    assert len(entries(course)) == count
    assert enter(ledger, line("ada", HANDED_IN, check_relu_forward=1.0)) == []
