"""What people gave in formgrader reaches the page of feedback; the oracle of the sums is nbgrader's own gradebook."""

import re
import shutil

import pytest
from classroom import NOTEBOOK, marked_cell, released, with_points, worked
from nbgrader.api import Gradebook
from rich.progress import Progress
from sample_course import NAME, hand_in, make_course

from autograder.course.course import Course
from autograder.course.release import release
from autograder.grading.marking import Order, mark
from autograder.report.by_hand import by_hand
from autograder.report.pages import write_feedback
from autograder.sandbox.protection import Tier

QUESTION, OTHER, WORTHLESS = "question-relu-forward", "question-relu-backward", "question-softmax-loss"
HOSTILE = "<script>alert(1)</script> {{ 7*7 }}\n\nsee `mask`"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a course with two written questions that are worth points, and grade ada, who answers, and bo, who does not."""
    course = make_course(tmp_path_factory.mktemp("by hand") / "course")
    for question in (QUESTION, OTHER):
        with_points(course.root, question, 2)
    release(course, NAME)
    hand_in(course, "ada", worked())
    empty = released()
    for cell in (cell for cell in worked().cells if cell.metadata.get("nbgrader", {}).get("solution")):
        if cell.cell_type == "code":
            marked_cell(empty, cell.metadata.nbgrader.grade_id).source = cell.source
    hand_in(course, "bo", empty)
    mark(course, Order(NAME, sandbox=Tier.RLIMITS), Progress(disable=True))
    return course


@pytest.fixture
def course(made, tmp_path):
    return Course(shutil.copytree(made.root, tmp_path / "course"))


def give(course, cell, score=None, extra=None, comment="", student="ada"):
    """Give points as formgrader does."""
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        if comment:
            gradebook.find_comment(cell, NOTEBOOK, NAME, student).manual_comment = comment
        if score is not None or extra is not None:
            grade = gradebook.find_grade(cell, NOTEBOOK, NAME, student)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = score, extra, False
        gradebook.db.commit()


def page(course, student="ada"):
    """Return the text of a student's page, and its source."""
    write_feedback(course, NAME)
    source = (course.feedback(NAME, student) / f"{NOTEBOOK}.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", source[source.index("<body>") :])
    return re.sub(r" ([.,;:])", r"\1", " ".join(text.split())), source


def test_answers_wait_until_a_person_gave_points(course):
    before = page(course)[0]
    give(course, QUESTION, 1.5, comment="Half of it.\n\nWhy?")
    after = page(course)[0]

    assert "13 of 17 points so far; 2 answers wait to be graded." in before
    assert "3. ReLU, forward: your answer not graded yet" in before
    assert "14.5 of 17 points so far; 1 answer waits to be graded." in after
    assert "3. ReLU, forward: your answer 1.5 of 2 Half of it. Why?" in after


def test_a_comment_is_only_text(course):
    give(course, QUESTION, 2.0, comment=HOSTILE)

    text, source = page(course)

    assert "<script" not in source
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in text
    assert "<code>mask</code>" in source


def test_points_by_hand_in_the_place_of_a_check_and_extra_points_are_shown(course):
    give(course, "check-relu-forward", 0.5, 1.0)
    give(course, WORTHLESS, 0.0, 0.25, "Well seen.")
    give(course, "relu-forward", comment="Use `np.maximum`.")

    text, source = page(course)

    names = re.findall(r' id="([^"]+)"', source)
    assert len(names) == len(set(names))
    assert "3. ReLU, forward: your code 1.5 of 2" in text
    assert "3. ReLU, forward: your code Use np.maximum." in text
    assert "5. Softmax loss: your answer 0.25 extra Well seen." in text


def test_a_question_without_points_waits_for_nobody(course):
    assert "5. Softmax loss: your answer" not in page(course)[0]


def test_questions_without_an_answer_are_listed(course):
    text = page(course, "bo")[0]

    assert (
        "Questions without an answer: 1. Affine layer, forward, 2. Affine layer, backward, 3. ReLU, forward" in text
    )
    assert "3. ReLU, forward: your answer 0 of 2 No response." in text
    assert "Questions without an answer" not in page(course)[0]


def test_the_sum_is_that_of_nbgrader(course):
    give(course, QUESTION, 1.5, 0.5)
    give(course, "check-relu-forward", 0.5)
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        notebook = gradebook.find_submission_notebook(NOTEBOOK, NAME, "ada")
        notebook.late_submission_penalty = 1.25
        gradebook.db.commit()
        expected = (notebook.score - 1.25, notebook.max_score)

    found = by_hand(course, NAME)["ada"][NOTEBOOK]

    assert (found.score, found.max_score) == expected == (12.25, 17.0)
    assert "With what people gave, less 1.25 for being late: 12.25 of 17 points so far" in page(course)[0]


def test_without_a_gradebook_the_page_says_where_such_points_are(course):
    (course.root / "gradebook.db").unlink()

    text = page(course)[0]

    assert "Points given by hand and late penalties are in the gradebook." in text
    assert "Graded by people" not in text
