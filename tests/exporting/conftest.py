import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

from classroom import SECRET, released, with_function, worked
from sample_course import NAME, hand_in, make_course

from autograder.grading.marking import Order, mark

WRONG = with_function(worked(), "relu_forward", "def relu_forward(x):\n    raise ValueError('<b>\\x1b[31m&\\x00')")


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Grade a class of three, one of whom has a name that is a formula."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_SECRET", SECRET.decode())
        course = make_course(tmp_path_factory.mktemp("graded") / "course")
        hand_in(course, "alovelace", worked())
        hand_in(course, "hoppergrace_1235", WRONG)
        hand_in(course, "=cmd|' 1", released())
        mark(course, Order(NAME), Progress(disable=True))
        with Gradebook(course.directory.db_url, "cs231n") as gradebook:
            gradebook.update_or_create_student(
                "alovelace", first_name="Ada", last_name="Lovelace", email="ada@example.edu", lms_user_id="1234"
            )
            gradebook.update_or_create_student("=cmd|' 1", first_name="=1+1", last_name="@x")
            submission = gradebook.find_submission(NAME, "hoppergrace_1235")
            submission.notebooks[0].late_submission_penalty = 1.5
            gradebook.db.commit()
        yield course
