"""What is written when: new work at once, moved grades only when nobody loses or somebody says yes."""

import io
import json
import shutil
from dataclasses import replace

import msgspec
import pytest
from classroom import NOTEBOOK, with_cell, with_points, worked
from nbgrader.api import Gradebook
from rich.console import Console
from rich.progress import Progress
from sample_course import NAME, copy_of, entries, hand_in, make_course, rows

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, Verdict
from autograder.course.course import CourseError
from autograder.course.release import release
from autograder.grading import batch, screen, task, verify
from autograder.grading.grade import Grader
from autograder.grading.marking import Order, mark
from autograder.grading.results import writing_alone
from autograder.grading.task import perform
from autograder.sandbox.protection import Tier

WORKED = worked()
ORDER = Order(NAME, sandbox=Tier.RLIMITS)
QUIET = Progress(disable=True)


class Crew:
    """Does the tasks of these tests in this process."""

    def __init__(self, plan, places):
        self.plan, self.places = plan, places

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, submission):
        return perform(self.plan, submission)


class Checks:
    """The checks of these tests: who passes what share of which, and which of them are broken."""

    def __init__(self):
        self.shares, self.broken = {}, set()

    def grade(self, _, prepared, cells, *_rest):
        text = "".join(cell.source for cell in prepared.node.cells)
        return NotebookReport(prepared.name, tuple(self.check(cell, text) for cell in cells))

    def check(self, cell, text):
        name = cell.check.name
        share = next((share for (mark, check), share in self.shares.items() if mark in text and check == name), 1.0)
        outcome = Outcome.PASSED if share == 1.0 else Outcome.FAILED
        if name in self.broken:
            outcome = Outcome.BROKEN
        verdict = Verdict(
            "a case", hidden=False, outcome=outcome, message="so it is", share=share, detail="our fault"
        )
        return GradedCheck(cell.grade_id, cell.points, CheckReport(name, "It works.", name, (verdict,)))


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def course(released, tmp_path, monkeypatch, checks):  # noqa: ARG001  nothing is asked of anybody
    monkeypatch.setenv("CS231N_SECRET", "of these tests")
    return copy_of(released, tmp_path / "course")


@pytest.fixture
def checks(monkeypatch):
    """Replace the checks; what they say can be changed, and the grader is then another one."""
    ours = Checks()
    monkeypatch.setattr(batch, "Crew", Crew)
    monkeypatch.setattr(verify, "Crew", Crew)
    monkeypatch.setattr(Grader, "grade", lambda self, *args: ours.grade(self, *args))
    monkeypatch.setattr(task, "engine", lambda: repr((ours.shares, ours.broken)))
    task._digest.cache_clear()

    def change(share=None, student="", check="relu_forward", broken=None):
        if share is not None:
            ours.shares[f"# {student}", check] = share
        if broken is not None:
            ours.broken = set(broken)
        task._digest.cache_clear()

    yield change
    task._digest.cache_clear()


def submit(course, *students, words=""):
    for student in students:
        hand_in(course, student, with_cell(WORKED, f"# {student}\n{words}"))


def scores(course, grade_id="check-relu-forward"):
    """Return what the gradebook holds of one cell, by student."""
    found = {}
    for entry in map(eval, entries(course)):
        if entry[2] == grade_id:
            found[entry[0]] = entry[3]
    return found


def shown(run):
    console = Console(width=120, file=io.StringIO())
    screen.show(run, console)
    return console.file.getvalue()


def graded_files(course):
    return {path.parts[-3]: path.read_bytes() for path in course.autograded(NAME, "*").parent.parent.rglob("*.ipynb")}


def test_what_is_new_is_written(course, checks):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob")

    run = mark(course, ORDER, QUIET)

    assert scores(course) == {"ada": 2.0, "bob": 1.0}
    assert (run.changed, run.held, list(run.regraded)) == (10, False, [])
    assert [row.student for row in run.graded] == ["ada", "bob"]
    assert set(graded_files(course)) == {"ada", "bob"}


def test_a_second_run_changes_no_byte(course, checks):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}

    run = mark(course, ORDER, QUIET)

    assert (run.known, run.changed) == (2, 0)
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


def test_a_regrade_in_which_nobody_loses_is_written_and_shown(course, checks):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    checks(share=1.0, student="bob")

    run = mark(course, ORDER, QUIET)

    assert scores(course) == {"ada": 2.0, "bob": 2.0}
    assert [(move.student, move.before, move.after) for move in run.regraded] == [("bob", 1.0, 2.0)]
    assert (run.held, run.changed) == (False, 1)


def test_a_regrade_in_which_somebody_loses_is_shown_and_not_written(course, checks):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob", "cy")
    mark(course, ORDER, QUIET)
    before = entries(course), graded_files(course)
    checks(share=1.0, student="bob")
    checks(share=0.0, student="cy")

    run = mark(course, ORDER, QUIET)

    assert run.held
    assert {(move.student, move.before, move.after) for move in run.regraded} == {("bob", 1.0, 2.0), ("cy", 2.0, 0.0)}
    assert (entries(course), graded_files(course)) == before


def test_with_yes_it_is_written(course, checks):
    submit(course, "ada", "cy")
    mark(course, ORDER, QUIET)
    checks(share=0.0, student="cy")
    mark(course, ORDER, QUIET)

    run = mark(course, replace(ORDER, yes=True), QUIET)

    assert not run.held
    assert scores(course) == {"ada": 2.0, "cy": 0.0}
    assert run.changed == 1
    assert mark(course, ORDER, QUIET).changed == 0


def test_what_was_handed_in_anew_is_written_though_a_regrade_is_held(course, checks):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    checks(share=0.5, student="ada")
    checks(share=0.5, student="bob")
    submit(course, "bob", words="another try")
    submit(course, "new")

    run = mark(course, ORDER, QUIET)

    assert run.held
    assert scores(course) == {"ada": 2.0, "bob": 1.0, "new": 2.0}


def test_changed_points_are_a_regrade(course):
    submit(course, "ada")
    mark(course, ORDER, QUIET)
    for folder in ("solutions", "assignments"):
        path = course.root / folder / NAME / f"{NOTEBOOK}.ipynb"
        node = json.loads(path.read_text())
        for cell in node["cells"]:
            mark_of = cell["metadata"].get("nbgrader", {})
            if mark_of.get("grade_id") == "check-relu-forward":
                mark_of["points"] = 1
        path.write_text(json.dumps(node))
    from autograder.course.release import release

    release(course, NAME)

    run = mark(course, ORDER, QUIET)

    assert [(move.before, move.after) for move in run.regraded] == [(2.0, 1.0)]
    assert scores(course) == {"ada": 2.0}
    mark(course, replace(ORDER, yes=True), QUIET)
    assert scores(course) == {"ada": 1.0}


def test_a_grade_of_which_nothing_is_known_is_not_lowered_without_yes(course, checks):
    submit(course, "ada")
    mark(course, ORDER, QUIET)
    shutil.rmtree(course.root / "results")
    checks(share=0.5, student="ada")

    assert mark(course, ORDER, QUIET).held
    assert scores(course) == {"ada": 2.0}


def grade_by_hand(course, score, student="ada", grade_id="question-relu-forward"):
    """Give points as formgrader does."""
    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        grade = gradebook.find_grade(grade_id, NOTEBOOK, NAME, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def test_what_people_graded_stays_and_is_not_asked_of_them_again(course):
    submit(course, "ada")
    mark(course, ORDER, QUIET)
    grade_by_hand(course, 1.5)
    before = entries(course)

    assert mark(course, ORDER, QUIET).changed == 0
    assert entries(course) == before


def test_what_people_graded_waits_for_them_again_once_something_else_was_handed_in(course):
    submit(course, "ada")
    mark(course, ORDER, QUIET)
    grade_by_hand(course, 1.5)
    submit(course, "ada", words="again")

    mark(course, ORDER, QUIET)

    held = [entry[3:] for entry in map(eval, entries(course)) if entry[2] == "question-relu-forward"]
    assert (None, 1.5, None, 1) in held


def test_a_run_says_how_many_answers_wait_for_points_by_hand(course):
    with_points(course.root, "question-relu-forward", 2)
    release(course, NAME)
    submit(course, "ada", "bob")

    first = mark(course, ORDER, QUIET)
    grade_by_hand(course, 1.5)
    second = mark(course, ORDER, QUIET)

    assert "2 answers wait for points by hand: Formgrader, Manual Grading." in shown(first)
    assert "1 answer waits for points by hand" in shown(second)
    assert json.loads("".join(second.as_json()))["answers_waiting"] == 1


def test_a_run_is_silent_of_answers_that_are_worth_nothing(course):
    submit(course, "ada")

    run = mark(course, ORDER, QUIET)

    assert run.waiting == 0
    assert "by hand" not in shown(run)


def test_what_is_broken_costs_nothing_comes_first_and_is_written_once_mended(course, checks):
    checks(share=0.5, student="zoe")
    checks(broken=["relu_forward"])
    submit(course, "ada", "zoe")

    run = mark(course, ORDER, QUIET)

    assert scores(course) == {"ada": 2.0, "zoe": 2.0}
    assert {report.student for report in run.broken} == {"ada", "zoe"}
    checks(broken=[])
    mended = mark(course, ORDER, QUIET)
    assert not mended.held
    assert scores(course) == {"ada": 2.0, "zoe": 1.0}


def test_what_is_broken_replaces_no_grade_that_stands(course, checks):
    checks(share=0.5, student="ada")
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    before = entries(course), graded_files(course)
    checks(broken=["relu_forward"])

    run = mark(course, ORDER, QUIET)

    assert len(run.broken) == 2
    assert (entries(course), graded_files(course)) == before


def test_broken_submissions_stand_first_in_every_output(course, checks):
    submit(course, "ada", "zoe")
    mark(course, ORDER, QUIET)
    checks(broken=["relu_forward"])
    submit(course, "zoe", words="again")
    order = replace(ORDER, student="zoe")

    rows_of = mark(course, ORDER, QUIET).graded
    run = mark(course, order, QUIET)

    assert [row.broken is None for row in rows_of] == sorted(row.broken is None for row in rows_of)
    text = shown(run)
    assert text.startswith("broken zoe, relu_forward: our fault")
    assert "1 submission met a failure of ours, listed first: no point is lost by it." in text


def test_asked_again_a_result_is_made_anew_and_nothing_moves(course, monkeypatch):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    asked = []
    perform_ = batch.Crew.ask
    monkeypatch.setattr(Crew, "ask", lambda self, submission: asked.append(1) or perform_(self, submission))

    run = mark(course, replace(ORDER, student="ada", again=True), QUIET)

    assert len(asked) == 1
    assert (run.known, run.changed) == (0, 0)


def test_there_is_one_grader_at_a_time(course):
    submit(course, "ada")
    with writing_alone(course.root / "results"), pytest.raises(CourseError) as caught:
        mark(course, ORDER, QUIET)

    assert str(caught.value) == (f"`{course.root}` must have one grader at a time (another is at work). Wait for it.")


def test_a_lost_graded_notebook_is_written_again_from_the_result(course):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    before = graded_files(course)
    shutil.rmtree(course.autograded(NAME, "ada"))
    (course.autograded(NAME, "bob") / f"{NOTEBOOK}.ipynb").write_text("{}")

    run = mark(course, ORDER, QUIET)

    assert run.known == 2
    assert graded_files(course) == before


def test_a_lost_gradebook_is_made_again_from_the_results(course, checks):
    submit(course, "ada", "bob")
    checks(share=0.5, student="bob")
    mark(course, ORDER, QUIET)
    before = entries(course)
    (course.root / "gradebook.db").unlink()

    run = mark(course, ORDER, QUIET)

    assert run.known == 2
    assert entries(course) == before


@pytest.mark.usefixtures("checks")
def test_the_rows_of_a_gradebook_do_not_depend_on_the_order_of_grading(released, tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_SECRET", "of these tests")
    found = []
    for name, students in (("one", ["ada", "bob", "cy"]), ("other", ["cy", "ada", "bob"])):
        course = copy_of(released, tmp_path / name)
        submit(course, "ada", "bob", "cy")
        for student in students:
            mark(course, replace(ORDER, student=student), QUIET)
        found.append(rows(course))

    assert found[0] == found[1]


def test_seconds_are_kept_beside_the_results(course):
    submit(course, "ada")
    mark(course, ORDER, QUIET)

    seconds = msgspec.json.decode(course.seconds(NAME).read_bytes())

    assert set(seconds) == {"ada"}
    assert "seconds" not in course.result(NAME, "ada").read_text()


def test_the_json_is_one_document_however_large_the_class(course, checks):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob")

    found = json.loads("".join(mark(course, ORDER, QUIET).as_json()))

    assert [one["student"] for one in found["submissions"]] == ["ada", "bob"]
    assert [one["score"] for one in found["submissions"]] == [13.0, 12.0]
    assert found["regraded"] == []
    assert found["regraded_written"] is True
    assert found["grades_changed"] == 10


def test_the_json_of_a_held_regrade_has_the_new_results(course, checks):
    submit(course, "ada")
    mark(course, ORDER, QUIET)
    checks(share=0.5, student="ada")

    found = json.loads("".join(mark(course, ORDER, QUIET).as_json()))

    assert found["regraded"] == [
        {"student": "ada", "notebook": NOTEBOOK, "grade_id": "check-relu-forward", "before": 2.0, "after": 1.0}
    ]
    assert found["regraded_written"] is False
    assert found["submissions"][0]["score"] == 12.0


def test_a_held_regrade_is_shown_as_a_table_that_says_what_to_do(course, checks):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    checks(share=0.5, student="ada")
    run = mark(course, ORDER, QUIET)

    text = " ".join(shown(run).split())

    assert "Grades that would move" in text
    assert "│ ada │ affine_layers │ check-relu-forward │ 2 │ 1 │" in text
    assert (
        "1 grade would move though the same was handed in, 1 of them down: none of these is written. "
        "Say --yes to write them."
    ) in text


@pytest.mark.parametrize(("width", "whole"), [(70, True), (40, False)])
def test_where_signs_have_no_room_they_are_counted_and_scores_are_never_cut(course, checks, width, whole):
    checks(share=0.5, student="bob")
    submit(course, "ada", "bob")
    run = mark(course, ORDER, QUIET)
    many = [replace(row, outcomes=row.outcomes * 4) for row in run.graded]
    console = Console(width=width, file=io.StringIO())

    screen.show(replace(run, graded=many), console)

    text = console.file.getvalue()
    assert (("│ " + " ".join("✓" * 20)) in text) == whole
    assert ("✓ 16  ✗  4" in text) == (not whole)
    assert "13/13" in text
    assert "12/13" in text
    assert ("affine_forward" in text) == whole


def test_a_large_class_is_shown_in_part(course, monkeypatch):
    monkeypatch.setattr(screen, "MOST_ROWS", 2)
    submit(course, "ada", "bob", "cy", "di")
    run = mark(course, ORDER, QUIET)

    table = screen.table(run, 120)

    assert table.row_count == 2
    assert "… and 2 more: `cs231n report` shows everybody." in table.caption


def test_verified_results_hold(course):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    before = rows(course)

    found = verify.verify(course, ORDER, 20, QUIET)

    assert found.holds
    assert found.looked_at == ["ada", "bob"]
    assert rows(course) == before


def test_a_verdict_that_is_not_as_before_is_told(course, monkeypatch):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    checks_said = Checks.check

    def moody(self, cell, text):
        one = checks_said(self, cell, text)
        if cell.check.name != "relu_forward" or "# bob" not in text:
            return one
        (verdict,) = one.report.verdicts
        return replace(
            one, report=replace(one.report, verdicts=(replace(verdict, outcome=Outcome.FAILED, share=0.0),))
        )

    monkeypatch.setattr(Checks, "check", moody)
    found = verify.verify(course, ORDER, 20, QUIET)

    assert not found.holds
    assert found.differences == [
        verify.Difference("bob", "check-relu-forward", "2 of 2, passed: so it is", "0 of 2, failed: so it is")
    ]


def test_what_was_not_graded_as_it_is_cannot_be_verified(course):
    submit(course, "ada", "bob")
    mark(course, ORDER, QUIET)
    submit(course, "bob", words="another try")

    found = verify.verify(course, ORDER, 20, QUIET)

    assert not found.holds
    assert found.unknown == ["bob"]


def test_a_sample_is_as_large_as_wanted_and_always_the_same(course):
    students = [f"student-{number}" for number in range(9)]
    submit(course, *students)

    first, second = (verify.verify(course, ORDER, 3, QUIET).looked_at for _ in range(2))

    assert first == second
    assert len(first) == 3
    assert set(first) <= set(students)
