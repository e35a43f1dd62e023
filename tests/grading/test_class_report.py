"""The class report as data, as tables for spreadsheets, and its pictures."""

import csv
import shutil

import msgspec
import pytest
from classroom import ASSIGNMENT, HOME, NOTEBOOK, SOLUTIONS, with_function, worked
from nbformat import write as write_notebook

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, SubmissionReport, Verdict
from autograder.course.course import Course
from autograder.grading.results import add_seconds
from autograder.report import class_tables, pages, pictures
from autograder.report.class_report import class_report

MISCONCEPTION = "The bias is left out."


def check(outcome=Outcome.PASSED, name="relu_forward", points=2.0, **fields):
    message = "" if outcome is Outcome.PASSED else f"`{name}` is wrong."
    verdict = Verdict("n=2", hidden=False, outcome=outcome, message=message, **fields)
    return GradedCheck(f"check-{name}", points, CheckReport(name, "It works.", name, (verdict,)))


def failed(**fields):
    return check(Outcome.FAILED, misconceptions=(MISCONCEPTION,), **fields)


@pytest.fixture
def course(tmp_path):
    shutil.copy(HOME / "nbgrader_config.py", tmp_path)
    shutil.copytree(SOLUTIONS, tmp_path / "solutions" / "assignment1")
    shutil.copytree(ASSIGNMENT, tmp_path / "assignments" / "assignment1")
    (tmp_path / "solutions" / "assignment2").mkdir()
    return Course(tmp_path)


@pytest.fixture
def write(course):
    """Write down what the gradebook holds."""

    def write(assignment, **checks):
        for student, own in checks.items():
            report = SubmissionReport(student, assignment, "bubblewrap", (NotebookReport("layers", own),))
            file = course.result(assignment, student)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(msgspec.json.encode(report))

    return write


def hand_in(course, student, function=""):
    folder = course.submitted("assignment1", student)
    folder.mkdir(parents=True)
    node = with_function(worked(), "relu_forward", function) if function else worked()
    write_notebook(node, folder / f"{NOTEBOOK}.ipynb")


def test_a_check_has_a_pass_rate_and_what_it_costs(course, write):
    write("assignment1", ada=(check(),), bo=(failed(),), cy=(check(Outcome.BLOCKED),), di=(check(),))

    (row,) = class_report(course, "assignment1").checks

    assert row.pass_rate == 0.5
    assert row.lost == 1.0
    assert [row.outcomes[outcome] for outcome in Outcome] == [2, 1, 1, 0]


def test_misconceptions_are_ranked_by_who_shares_them(course, write):
    other = check(Outcome.FAILED, misconceptions=("ReLU of the wrong side.",))
    write("assignment1", ada=(other,), bo=(failed(),), cy=(failed(),))

    first, second = class_report(course, "assignment1").misconceptions

    assert (first.what, first.students) == (MISCONCEPTION, ("bo", "cy"))
    assert (second.is_single, first.is_single) == (True, False)


def test_a_misconception_has_one_example_without_a_name(course, write):
    write("assignment1", ada=(failed(),), bo=(failed(),))
    hand_in(course, "ada", "def relu_forward(x):  # by Ada\n    y = abs(x)\n    return y, x")
    hand_in(course, "bo", 'def relu_forward(x):\n    """Bo wrote this."""\n    return abs(x), x  # Bo')

    (shared,) = class_report(course, "assignment1").misconceptions

    assert shared.code == "def relu_forward(x):\n    return abs(x), x"
    assert shared.message == "`relu_forward` is wrong."


def test_without_what_was_handed_in_there_is_a_report_all_the_same(course, write):
    write("assignment1", ada=(failed(),))

    report = class_report(course, "assignment1")

    assert report.misconceptions[0].code == ""
    assert report.alike_in_code == ()


def test_the_slowest_are_those_that_are_in_the_class(course, write):
    write("assignment1", ada=(check(),), bo=(check(),))
    add_seconds(course.seconds("assignment1"), {"ada": 2.0, "bo": 4.0, "gone": 9.0})

    report = class_report(course, "assignment1")

    assert report.slowest == [("bo", 4.0), ("ada", 2.0)]
    assert report.usual_seconds == 3.0


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ({"ada": 2.0}, "The time of 1 of 2 submissions is known. Half of those took less than 2 seconds."),
        ({"ada": 2.0, "bo": 4.0}, "Half of the submissions took less than 3 seconds."),
        ({}, "No time was taken: all results were known before."),
    ],
)
def test_the_report_says_of_how_many_submissions_the_time_is_known(course, write, taken, said):
    write("assignment1", ada=(check(),), bo=(check(),))
    add_seconds(course.seconds("assignment1"), taken)

    assert said in pages.write_class_report(course, "assignment1")[0].read_text(encoding="utf-8")


def test_the_trend_ends_with_this_assignment_and_names_who_fell(course, write):
    write("assignment1", ada=(check(),), bo=(check(),), cy=(failed(),))
    write("assignment2", ada=(failed(),), bo=(check(),), di=(failed(),))

    first, second = class_report(course, "assignment1"), class_report(course, "assignment2")

    assert [one.assignment for one in first.trend] == ["assignment1"]
    assert [(one.assignment, one.submissions, one.middle) for one in second.trend] == [
        ("assignment1", 3, 1.0),
        ("assignment2", 3, 0.0),
    ]
    assert second.fell == (("ada", 1.0, 0.0),)


def test_an_assignment_that_was_not_graded_is_not_in_the_trend(course, write):
    write("assignment2", ada=(check(),))

    assert [one.assignment for one in class_report(course, "assignment2").trend] == ["assignment2"]


def test_the_tables_say_the_same_and_are_no_formulas(course, write):
    write("assignment1", **{"=ada": (failed(points=3.0),), "bo": (check(points=3.0),)})

    page, *tables = pages.write_class_report(course, "assignment1")

    rows = {
        path.stem.removeprefix("assignment1-"): list(csv.reader(path.read_text().splitlines())) for path in tables
    }
    assert page.name == "assignment1.html"
    assert list(rows) == ["submissions", "checks", "misconceptions", "look-alikes", "trend"]
    assert rows["submissions"][1:] == [["'=ada", "0.0", "3.0", "0.0", "failed", "", ""], ["bo", *_of_bo()]]
    assert rows["checks"][1] == ["relu_forward", "3.0", "1", "1", "0", "0", "0.5", "1.5"]
    assert rows["misconceptions"][1][:5] == ["misconception", "relu_forward", MISCONCEPTION, "1", "'=ada"]
    assert rows["trend"][1] == ["assignment1", "2", "0.0", "0.25", "0.5", "0.75", "1.0"]


def _of_bo():
    return ["3.0", "3.0", "3.0", "passed", "", ""]


def test_look_alikes_are_in_the_page_and_in_a_table(course, write):
    write("assignment1", ada=(check(),), bo=(check(),))
    for student in ("ada", "bo"):
        hand_in(course, student, "def relu_forward(x):\n" + "".join(f"    y{i} = x * {i} + {i}\n" for i in range(30)))

    page = pages.write_class_report(course, "assignment1")[0].read_text(encoding="utf-8")
    table = class_tables.tables(class_report(course, "assignment1"))["look-alikes"]

    assert '<p class="exercise">ada, bo</p>' in page
    assert "100 % of what is their own agrees" in page
    assert '"code","relu_forward",1.0,2,"ada; bo",""' in table


def test_pictures_take_their_colors_from_the_page_and_share_no_names(course, write):
    write("assignment1", ada=(check(),), bo=(failed(),))
    report = class_report(course, "assignment1")

    for picture in (pictures.scores(report), pictures.checks(report), pictures.trend(report)):
        wide, narrow = picture.split('<div class="narrow"')
        assert "currentColor" in wide
        assert "var(--blue)" in narrow
        assert "#000000" not in picture
        assert not any(color in picture for color in pictures.OF_PAGE)
        assert not _ids(wide) & _ids(narrow) - {"figure_1", "axes_1", "axes_2", "patch_1"} - _structural(wide)


def _ids(svg):
    return {part.partition('"')[0] for part in svg.split(' id="')[1:]}


def _structural(svg):
    """Return the names of groups, to which nothing refers."""
    return {name for name in _ids(svg) if f"url(#{name})" not in svg and f'href="#{name}"' not in svg}


def test_an_assignment_without_points_has_a_report(course, write):
    write("assignment1", ada=(check(points=0.0),))

    report = class_report(course, "assignment1")

    assert pictures.scores(report)
    assert report.trend[0].middle == 1.0
