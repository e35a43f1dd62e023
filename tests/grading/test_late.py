"""Late policies: what they cost, how they follow the dates, how they are explained, and that nbgrader takes the same."""

import re
import shutil
from datetime import datetime, timedelta

import pytest
from classroom import HOME, worked
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from rich.progress import Progress
from sample_course import NAME, hand_in, make_course
from traitlets import TraitError
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.course.course import Course, CourseError
from autograder.course.late import DAY, Charge, Delay, LatePolicy, explanations, policy_of, require_policy, told
from autograder.course.release import release
from autograder.grading import marking
from autograder.report.pages import write_feedback

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")  # nbgrader's own

SECOND = "assignment2"
DUE = {NAME: datetime(2026, 3, 1, 12), SECOND: datetime(2026, 4, 1, 12)}
CHOICE = """
c.AssignLatePenalties.plugin_class = "autograder.course.late.LatePolicy"
c.LatePolicy.per_day = 0.1
c.LatePolicy.grace_minutes = 15
c.LatePolicy.slip_days = 2
c.LatePolicy.most = 0.5
"""


def delay(days, name="a", due=DUE[NAME]):
    return Delay(name, due, days * DAY)


def test_each_day_begun_costs_its_share_of_the_score():
    policy = LatePolicy(per_day=0.1)

    assert [policy.charges([delay(days)])["a"].share for days in (0.1, 1, 1.1)] == pytest.approx([0.1, 0.1, 0.2])


def test_it_never_costs_more_than_the_most():
    assert LatePolicy(per_day=0.4, most=0.5).charges([delay(9)])["a"].share == 0.5


def test_grace_costs_nothing_and_ends():
    policy = LatePolicy(grace_minutes=15)

    assert policy.charges([delay(15 / 1440)]) == {}
    assert policy.charges([delay(16 / 1440)])["a"].days == 1


def test_slip_days_are_used_in_the_order_of_the_deadlines():
    policy = LatePolicy(per_day=0.1, slip_days=3)

    charges = policy.charges([delay(2, "later", DUE[SECOND]), delay(1.5, "earlier")])

    assert charges["earlier"] == Charge(2, 2, 1, 0.0)
    assert charges["later"] == Charge(2, 1, 0, 0.1)


@given(st.lists(st.floats(0, 30), max_size=6), st.integers(0, 10), st.floats(0, 1), st.floats(0, 1))
def test_shares_stay_between_nothing_and_the_most_and_slips_are_not_used_twice(days, slips, per_day, most):
    policy = LatePolicy(slip_days=slips, per_day=per_day, most=most)

    charges = policy.charges([delay(late, str(number)) for number, late in enumerate(days)])

    assert all(0 <= charge.share <= most for charge in charges.values())
    assert sum(charge.slipped for charge in charges.values()) <= slips
    assert min((charge.left for charge in charges.values()), default=0) >= 0


@pytest.mark.parametrize(("name", "value"), [("per_day", 1.1), ("per_day", -0.1), ("slip_days", -1), ("most", 2)])
def test_settings_that_make_no_sense_are_refused(name, value):
    with pytest.raises(TraitError, match=name):
        LatePolicy(config=Config(LatePolicy={name: value}))


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (
            Config(LatePolicy={"perday": 0.1}),
            "`c.LatePolicy.perday` must be a setting (got none of that name). "
            "There are: grace_minutes, most, per_day, slip_days.",
        ),
        (
            Config(LatePolicy={"per_day": 10}),
            "`c.LatePolicy` in nbgrader_config.py must make sense. The value of the 'per_day' trait of a LatePolicy "
            "instance should not be greater than 1, but a value of 10.0 was specified.",
        ),
        (
            Config(AssignLatePenalties={"plugin_class": "late.LatePolicy"}),
            "`c.AssignLatePenalties.plugin_class` must be a class that can be imported (got 'late.LatePolicy'). "
            "That of this course is 'autograder.course.late.LatePolicy'.",
        ),
    ],
)
def test_a_policy_that_there_is_not_is_refused_with_the_remedy(config, told):
    with pytest.raises(CourseError) as caught:
        require_policy(config)

    assert str(caught.value) == told


def test_a_policy_that_makes_no_sense_is_refused_before_anybody_is_graded_or_told(course):
    send(course, NAME, timedelta(days=1))
    course.config.LatePolicy.slip_days = -1

    with pytest.raises(CourseError, match="must make sense"):
        grade(course)
    with pytest.raises(CourseError, match="must make sense"):
        explanations(course, NAME)

    assert not course.result(NAME, "ada").exists()


def test_only_our_policy_is_ours():
    assert policy_of(Config()) is None
    assert policy_of(Config(AssignLatePenalties={"plugin_class": LatePolicy})) is not None


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a course of two assignments with deadlines and a late policy."""
    course = make_course(tmp_path_factory.mktemp("late") / "course")
    for part in ("solutions", "assignments"):
        shutil.copytree(course.root / part / NAME, course.root / part / SECOND)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + CHOICE)
    course = Course(course.root)
    release(course, SECOND)
    for name in DUE:
        due(course, name, DUE[name])
    return course


@pytest.fixture
def course(made, tmp_path):
    return Course(shutil.copytree(made.root, tmp_path / "course"))


def due(course, name, moment):
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.find_assignment(name).duedate = moment
        gradebook.db.commit()


def send(course, name, late, student="ada"):
    folder = course.submitted(name, student)
    hand_in(course, student, worked())
    if name != NAME:
        shutil.copytree(course.submitted(NAME, student), folder, dirs_exist_ok=True)
    (folder / "timestamp.txt").write_text(f"{DUE[name] + late} UTC")


def grade(course):
    for name in DUE:
        if course.students(name):
            marking.mark(course, marking.Order(name), Progress(disable=True))


def penalties(course, student="ada"):
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        return {
            one.assignment.name: one.late_submission_penalty for one in gradebook.find_student(student).submissions
        }


def test_penalties_follow_deadlines_and_extensions_that_move(course):
    send(course, SECOND, timedelta(days=1.5))
    send(course, NAME, timedelta(hours=20))
    grade(course)
    first = penalties(course)

    due(course, NAME, DUE[NAME] + timedelta(days=1))  # nothing of it is late any more: its slip day is free
    grade(course)
    moved = penalties(course)

    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.find_submission(SECOND, "ada").extension = timedelta(days=1)
        gradebook.db.commit()
    due(course, NAME, DUE[NAME] - timedelta(days=5))
    grade(course)

    assert first == {NAME: 0.0, SECOND: pytest.approx(1.3)}
    assert moved == {NAME: 0.0, SECOND: 0.0}
    assert penalties(course) == {NAME: pytest.approx(5.2), SECOND: pytest.approx(1.3)}


def test_nbgrader_takes_off_the_same(course):
    send(course, SECOND, timedelta(days=2.5))
    send(course, NAME, timedelta(days=1.5))
    grade(course)
    ours = penalties(course)

    for name in DUE:
        marks = {"notebook": "affine_layers", "assignment": name, "student": "ada", "db_url": course.directory.db_url}
        AssignLatePenalties(config=course.config).preprocess(worked(), {"nbgrader": marks})

    assert penalties(course) == ours == {NAME: 0.0, SECOND: pytest.approx(3.9)}


def by_nbgrader(course, name):
    """Assign penalties as ``nbgrader autograde`` does with our configuration."""
    chosen = [name for name in course.config.Autograde.autograde_preprocessors if "Penalties" in name]
    marks = {"notebook": "affine_layers", "assignment": name, "student": "ada", "db_url": course.directory.db_url}
    for preprocessor in map(import_item, chosen):
        preprocessor(config=course.config).preprocess(worked(), {"nbgrader": marks})


def test_nbgrader_assigns_what_follows_for_other_assignments_too(course):
    send(course, SECOND, timedelta(days=1.5))
    send(course, NAME, timedelta(hours=20))
    grade(course)
    before = penalties(course)

    due(course, NAME, DUE[NAME] + timedelta(days=1))  # nothing of it is late any more: its slip day is free
    by_nbgrader(course, NAME)
    free = penalties(course)
    due(course, NAME, DUE[NAME] - timedelta(days=5))
    by_nbgrader(course, NAME)

    assert before == {NAME: 0.0, SECOND: pytest.approx(1.3)}
    assert free == {NAME: 0.0, SECOND: 0.0}
    assert penalties(course) == {NAME: pytest.approx(5.2), SECOND: pytest.approx(2.6)}


def test_what_being_late_costs_is_explained_on_the_page_of_feedback(course):
    send(course, SECOND, timedelta(days=2.5))
    send(course, NAME, timedelta(days=1, minutes=30))
    send(course, NAME, timedelta(), student="bo")
    send(course, NAME, timedelta(minutes=10), student="cy")
    grade(course)

    pages = {path.parts[-3]: path.read_text() for path in write_feedback(course, NAME)}

    first, second = explanations(course, NAME), explanations(course, SECOND)
    assert first["ada"] == (
        "Handed in 1 d after the deadline (2026-03-01 12:00 UTC). "
        "2 days begun, 2 covered by slip days (0 of 2 left). It costs no points."
    )
    assert second["ada"] == (
        "Handed in 2 d 12 h after the deadline (2026-04-01 12:00 UTC). "
        "3 days begun, 0 covered by slip days (0 of 2 left); each costs 10% of the score. It costs 3.9 points."
    )
    assert first["cy"].endswith("That is within the 15 minutes of grace and costs nothing.")
    assert "bo" not in first
    assert first["ada"] in pages["ada"]
    stamps = [folder(NAME, "ada") / "timestamp.txt" for folder in (course.feedback, course.submitted)]
    assert stamps[0].read_text() == stamps[1].read_text()  # the exchange needs it
    assert "Late." not in pages["bo"]


def test_an_extension_and_the_most_are_explained(course):
    send(course, NAME, timedelta(days=12))
    grade(course)
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.find_submission(NAME, "ada").extension = timedelta(days=2)
        gradebook.db.commit()
    grade(course)

    assert explanations(course, NAME)["ada"] == (
        "Handed in 10 d after the deadline (2026-03-03 12:00 UTC, extended by 2 d). 10 days begun, 2 covered by slip "
        "days (0 of 2 left); each of the others costs 10% of the score, 50% at most. It costs 6.5 points."
    )


def test_an_extension_is_granted_as_the_page_on_running_a_course_says(course):
    send(course, NAME, timedelta(days=3.5))
    grade(course)
    before = penalties(course)
    page = (HOME / "docs" / "running-a-course.md").read_text(encoding="utf-8")
    (granting,) = (
        block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "grant_extension" in block
    )

    exec(granting.replace("sqlite:///gradebook.db", course.directory.db_url), {})  # noqa: S102  ours
    grade(course)

    assert before == {NAME: pytest.approx(2.6)}
    assert penalties(course) == {NAME: 0.0}


def test_without_our_policy_only_the_facts_are_told(course):
    send(course, NAME, timedelta(days=1))
    grade(course)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(CHOICE, 'c.LateSubmissionPlugin.penalty_method = "zero"\n'))
    plain = Course(course.root)
    marking.mark(plain, marking.Order(NAME), Progress(disable=True))

    assert explanations(plain, NAME)["ada"] == (
        "Handed in 1 d after the deadline (2026-03-01 12:00 UTC). It costs 13 points."
    )


def test_spans_are_told_as_people_read_them():
    assert [told(timedelta(hours=hours)) for hours in (0, 0.5, 25, 1.5)] == [
        "0 min",
        "30 min",
        "1 d 1 h",
        "1 h 30 min",
    ]


def test_without_a_gradebook_nothing_is_explained_and_none_is_made(tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    empty = Course(tmp_path)

    assert explanations(empty, NAME) == {}
    assert not (tmp_path / "gradebook.db").exists()
