import dataclasses
import json

import msgspec
import pytest
from classroom import QUICK, hand_in, job, lost, no_worker_left, released, with_cell, with_function, worked

from autograder import batch
from autograder.batch import grade_all, grade_one, write_whole
from autograder.grade import Grader
from autograder.judge import JudgeError
from autograder.submission import Submitted
from autograder.verdict import Outcome, SubmissionReport

WORKED = worked()
WRONG = with_function(WORKED, "relu_forward", "def relu_forward(x):\n    return x, x")


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    with no_worker_left():
        yield


def results(folder):
    return sorted((folder / "results").glob("*"))


def test_a_result_is_kept_as_one_file_of_plain_json(tmp_path):
    graded = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    (file,) = results(tmp_path)
    kept = msgspec.json.decode(file.read_bytes(), type=SubmissionReport)
    assert not graded.known
    assert kept == dataclasses.replace(graded.report, student="")
    assert json.loads(file.read_text())["assignment"] == "assignment1"


def test_an_unchanged_submission_is_not_asked_again(tmp_path, monkeypatch):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))
    monkeypatch.setattr(Grader, "grade", lambda *_: pytest.fail("asked"))

    second = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert second.known
    assert (second.report, second.notebooks) == (first.report, first.notebooks)


def test_a_result_is_the_same_when_it_is_read_again(tmp_path):
    node = with_function(
        WORKED, "softmax_loss", "def softmax_loss(x, y):\n    return np.nan, np.full_like(x, np.nan)"
    )

    first, second = (grade_one(job(tmp_path), hand_in(tmp_path, node)) for _ in range(2))

    assert (first.report, first.notebooks) == (second.report, second.notebooks)


def test_of_identical_submissions_the_first_result_stays(tmp_path, monkeypatch):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="ada"))
    known, asked = batch._known, []
    monkeypatch.setattr(batch, "_known", lambda *args: known(*args) if asked else asked.append(args))

    twin = grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="bob"))

    assert not twin.known  # it was asked, as if both had begun at the same time
    assert twin.report.seconds == first.report.seconds
    assert len(results(tmp_path)) == 1


def test_a_file_system_without_links_keeps_results_too(tmp_path, monkeypatch):
    def refuse(*_args):
        raise PermissionError

    monkeypatch.setattr(batch.os, "link", refuse)
    grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert grade_one(job(tmp_path), hand_in(tmp_path, WRONG)).known
    assert len(results(tmp_path)) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"student": 3}', b"[]", b"\xff\xfe", b"null"])
def test_a_corrupt_result_is_made_anew(tmp_path, content):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))
    (file,) = results(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(content)

    second = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert not second.known
    assert second.report == first.report
    assert len(file.read_bytes()) == pytest.approx(len(whole), abs=10)  # but for the seconds it took


def test_an_identical_submission_of_another_student_is_known(tmp_path):
    grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="ada"))

    other = grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="bob"))

    assert other.known
    assert other.report.student == "bob"
    assert lost(other.report) == {"relu_forward"}


def test_a_changed_text_cell_is_known_and_changed_code_is_not(tmp_path):
    grade_one(job(tmp_path), hand_in(tmp_path, WORKED))
    words = worked()
    words.cells[0].source += " And my own words."

    same = grade_one(job(tmp_path), hand_in(tmp_path, words))
    other = grade_one(job(tmp_path), hand_in(tmp_path, with_cell(WORKED, "x = 1")))

    assert same.known
    assert not other.known


@pytest.mark.parametrize(
    "changed",
    [{"secret": b"another"}, {"limits": dataclasses.replace(QUICK, call_seconds=2.0)}],
    ids=["secret", "limits"],
)
def test_what_decides_a_result_makes_it_anew(tmp_path, changed):
    grade_one(job(tmp_path), hand_in(tmp_path, WORKED))

    again = grade_one(dataclasses.replace(job(tmp_path), **changed), hand_in(tmp_path, WORKED))

    assert not again.known
    assert len(results(tmp_path)) == 2


def test_a_changed_checker_makes_results_anew(tmp_path, monkeypatch):
    grade_one(job(tmp_path), hand_in(tmp_path, WORKED))
    monkeypatch.setattr(batch, "engine", lambda: "another")

    assert not grade_one(job(tmp_path), hand_in(tmp_path, WORKED)).known


def test_a_changed_helper_module_makes_its_result_anew(tmp_path):
    submitted = hand_in(tmp_path, WORKED)
    grade_one(job(tmp_path), submitted)
    hand_in(tmp_path, "ONE = 1", name="helpers.py")

    assert not grade_one(job(tmp_path), submitted).known


@pytest.mark.parametrize("error", [JudgeError("the reference is gone"), RuntimeError("the disk is full")])
def test_a_broken_result_costs_nothing_and_is_not_kept(tmp_path, monkeypatch, error):
    def refuse(*_args):
        raise error

    monkeypatch.setattr(Grader, "grade", refuse)

    graded = grade_one(job(tmp_path), hand_in(tmp_path, released()))

    assert graded.report.score == 13
    assert {check.report.outcome for check in graded.report.checks} == {Outcome.BROKEN}
    assert str(error) in graded.report.checks[0].report.verdicts[0].detail
    assert results(tmp_path) == []


def test_a_broken_submission_keeps_what_was_handed_in(tmp_path, monkeypatch):
    def refuse(*_args):
        raise RuntimeError

    monkeypatch.setattr(Grader, "grade", refuse)

    graded = grade_one(job(tmp_path), hand_in(tmp_path, with_cell(WORKED, "mine = 'handed in'")))

    assert "mine = 'handed in'" in graded.notebooks["affine_layers"]


def test_a_submission_that_cannot_even_be_prepared_is_broken_and_does_not_end_the_run(tmp_path, monkeypatch):
    def refuse(*_args):
        raise RuntimeError("out of descriptors")

    monkeypatch.setattr(batch, "prepare", refuse)

    graded = grade_one(job(tmp_path), hand_in(tmp_path, WORKED))

    assert {check.report.outcome for check in graded.report.checks} == {Outcome.BROKEN}
    assert set(graded.notebooks) == {"affine_layers"}


def test_a_class_is_graded_in_parallel_and_everybody_is_there(tmp_path):
    class_ = [
        hand_in(tmp_path, WORKED, student="ada"),
        hand_in(tmp_path, b"{", student="bob"),
        hand_in(tmp_path, WRONG, student="cy"),
        hand_in(
            tmp_path,
            with_function(WORKED, "relu_forward", "import os\ndef relu_forward(x):\n    os._exit(0)"),
            student="di",
        ),
        Submitted("eve", tmp_path / "no such folder"),
    ]

    graded = {one.submitted.student: one.report for one in grade_all(job(tmp_path), class_, jobs=2)}

    assert {name: report.score for name, report in graded.items()} == {
        "ada": 13,
        "bob": 0,
        "cy": 11,
        "di": 11,
        "eve": 0,
    }
    assert not any(report.broken for report in graded.values())


def test_what_crashes_for_one_submission_leaves_the_others(tmp_path, monkeypatch):
    grade = Grader.grade_submission

    def refuse_bob(self, student, *args):
        if student == "bob":
            raise MemoryError("too much")
        return grade(self, student, *args)

    monkeypatch.setattr(Grader, "grade_submission", refuse_bob)

    class_ = [hand_in(tmp_path, with_cell(WRONG, name), student=name) for name in ("ada", "bob", "cy")]
    reports = [grade_one(job(tmp_path), submitted).report for submitted in class_]

    assert [bool(report.broken) for report in reports] == [False, True, False]


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path):
    write_whole(tmp_path / "inner" / "a.json", b"one")
    write_whole(tmp_path / "inner" / "a.json", b"two")

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "inner").iterdir()] == [("a.json", b"two")]


def test_a_file_that_says_the_same_is_left_alone(tmp_path):
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    before = file.stat().st_ino

    write_whole(file, b"one")

    assert file.stat().st_ino == before
