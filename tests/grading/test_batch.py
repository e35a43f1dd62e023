"""Grading a class: what is known is not asked again, what fails costs nobody else, nothing is lost."""

import dataclasses
import json
import threading

import pytest
from classroom import QUICK, graded, hand_in, job, lost, no_worker_left, released, with_cell, with_function, worked

from autograder.core.judge import JudgeError
from autograder.core.verdict import Outcome
from autograder.grading import batch, task
from autograder.grading.batch import ask_all, grade_all, grade_one
from autograder.grading.crew import LostError
from autograder.grading.grade import Grader
from autograder.grading.task import perform
from autograder.submission import Submitted

WORKED = worked()
WRONG = with_function(WORKED, "relu_forward", "def relu_forward(x):\n    return x, x")


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    with no_worker_left():
        yield


class Engine:
    """Does tasks in this process, and counts them."""

    def __init__(self, plan, places=1, lose=()):
        self.plan, self.places, self.lose = plan, places, lose
        self.asked = 0
        self.threads = set()

    def ask(self, submission):
        self.asked += 1
        self.threads.add(threading.get_ident())
        if any(name.encode() in submission for name in self.lose):
            raise LostError("the process that graded it ended with status -9")
        return perform(self.plan, submission)


def results(folder):
    return sorted((folder / "results").glob("*"))


def test_a_result_is_kept_as_one_file_of_plain_json(tmp_path):
    one = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    (file,) = results(tmp_path)
    kept = json.loads(file.read_text())
    assert not one.known
    assert file.name == f"{one.key}.json"
    assert kept["report"]["assignment"] == "assignment1"
    assert kept["report"]["student"] == ""
    assert kept["marks"]["affine_layers"]["scores"]["check-relu-forward"] == 0.0


def test_an_unchanged_submission_is_not_asked_again(tmp_path, monkeypatch):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))
    monkeypatch.setattr(Grader, "grade", lambda *_: pytest.fail("asked"))

    second = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert second.known
    assert (second.result, second.notebooks) == (first.result, first.notebooks)


def test_a_result_does_not_tell_how_long_it_took_so_that_it_can_be_made_again(tmp_path):
    grade_one(job(tmp_path), hand_in(tmp_path, WRONG))
    (file,) = results(tmp_path)
    first = file.read_bytes()
    file.unlink()

    grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert file.read_bytes() == first


def test_a_result_is_the_same_when_it_is_read_again(tmp_path):
    node = with_function(
        WORKED, "softmax_loss", "def softmax_loss(x, y):\n    return np.nan, np.full_like(x, np.nan)"
    )

    first, second = (grade_one(job(tmp_path), hand_in(tmp_path, node)) for _ in range(2))

    assert (first.result, first.notebooks) == (second.result, second.notebooks)


def test_of_identical_submissions_the_first_result_stays(tmp_path):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="ada"))
    other = dataclasses.replace(first.result, report=dataclasses.replace(first.result.report, sandbox="other"))

    stays = batch._kept(job(tmp_path), dataclasses.replace(first, result=other, known=False), again=False)

    assert stays.result == first.result
    assert stays.notebooks == first.notebooks
    assert len(results(tmp_path)) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"student": 3}', b"[]", b"\xff\xfe", b"null"])
def test_a_corrupt_result_is_made_anew(tmp_path, content):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))
    (file,) = results(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(content)

    second = grade_one(job(tmp_path), hand_in(tmp_path, WRONG))

    assert not second.known
    assert second.result == first.result
    assert file.read_bytes() == whole


def test_an_identical_submission_of_another_student_is_known(tmp_path):
    grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="ada"))

    other = grade_one(job(tmp_path), hand_in(tmp_path, WRONG, student="bob"))

    assert other.known
    assert other.report.student == "bob"
    assert lost(other.report) == {"relu_forward"}


def test_what_is_beside_the_notebooks_changes_no_result(tmp_path):
    grade_one(job(tmp_path), hand_in(tmp_path, WORKED))
    hand_in(tmp_path, "2026-01-02 03:04:05 UTC", name="timestamp.txt")

    again = grade_one(job(tmp_path), hand_in(tmp_path, b"an essay", name="essay.pdf"))

    assert again.known


def test_changed_words_are_a_new_submission(tmp_path):
    first = grade_one(job(tmp_path), hand_in(tmp_path, WORKED))
    words = worked()
    words.cells[0].source += " And my own words."

    second = grade_one(job(tmp_path), hand_in(tmp_path, words))

    assert not second.known
    assert second.fingerprint != first.fingerprint
    assert "And my own words." in second.notebooks["affine_layers"]


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
    task._digest.cache_clear()
    monkeypatch.setattr(task, "engine", lambda: "another")

    again = grade_one(job(tmp_path), hand_in(tmp_path, WORKED))

    task._digest.cache_clear()
    assert not again.known


def test_a_changed_helper_module_makes_its_result_anew(tmp_path):
    submitted = hand_in(tmp_path, WORKED)
    grade_one(job(tmp_path), submitted)
    hand_in(tmp_path, "ONE = 1", name="helpers.py")

    assert not grade_one(job(tmp_path), submitted).known


def test_what_is_known_is_asked_again_when_that_is_wanted(tmp_path):
    submitted = hand_in(tmp_path, WRONG)
    first = grade_one(job(tmp_path), submitted)

    (again,) = grade_all(job(tmp_path), [submitted], jobs=1, again=True)

    assert not again.known
    assert again.result == first.result
    assert len(results(tmp_path)) == 1


@pytest.mark.parametrize("error", [JudgeError("the reference is gone"), RuntimeError("the disk is full")])
def test_a_broken_result_costs_nothing_and_is_not_kept(tmp_path, monkeypatch, error):
    def refuse(*_args):
        raise error

    monkeypatch.setattr(Grader, "grade", refuse)

    one = grade_one(job(tmp_path), hand_in(tmp_path, released()))

    assert one.report.score == 13
    assert {check.report.outcome for check in one.report.checks} == {Outcome.BROKEN}
    assert str(error) in one.report.checks[0].report.verdicts[0].detail
    assert results(tmp_path) == []


def test_a_broken_submission_keeps_what_was_handed_in(tmp_path, monkeypatch):
    def refuse(*_args):
        raise RuntimeError

    monkeypatch.setattr(Grader, "grade", refuse)

    one = grade_one(job(tmp_path), hand_in(tmp_path, with_cell(WORKED, "mine = 'handed in'")))

    assert "mine = 'handed in'" in one.notebooks["affine_layers"]


@pytest.mark.parametrize(("module", "name"), [(task, "prepare"), (batch, "pack")])
def test_a_submission_that_cannot_even_be_prepared_is_broken_and_does_not_end_the_run(
    tmp_path, monkeypatch, module, name
):
    def refuse(*_args):
        raise RuntimeError("out of descriptors")

    monkeypatch.setattr(module, name, refuse)

    one = grade_one(job(tmp_path), hand_in(tmp_path, WORKED))

    assert {check.report.outcome for check in one.report.checks} == {Outcome.BROKEN}
    assert set(one.notebooks) == {"affine_layers"}


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

    found = {one.submitted.student: one.report for one in grade_all(job(tmp_path), class_, jobs=2)}

    assert {name: report.score for name, report in found.items()} == {
        "ada": 13,
        "bob": 0,
        "cy": 11,
        "di": 11,
        "eve": 0,
    }
    assert not any(report.broken for report in found.values())


def test_nobody_handed_in_and_nothing_is_started(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.crew._Member", lambda _: pytest.fail("started"))

    assert list(grade_all(job(tmp_path), [], jobs=2)) == []


def test_nothing_is_started_for_what_is_known(tmp_path, monkeypatch):
    submitted = hand_in(tmp_path, WRONG)
    grade_one(job(tmp_path), submitted)
    monkeypatch.setattr("autograder.grading.crew._Member", lambda _: pytest.fail("started"))

    (one,) = grade_all(job(tmp_path), [submitted], jobs=2)

    assert one.known


def test_what_crashes_for_one_submission_leaves_the_others(tmp_path):
    class_ = [hand_in(tmp_path, with_cell(WRONG, f"# {name}"), student=name) for name in ("ada", "bob", "cy")]
    engine = Engine(job(tmp_path).plan, lose=["# bob"])

    found = {one.submitted.student: one.report for one in ask_all(engine, job(tmp_path), class_)}

    assert [bool(found[name].broken) for name in ("ada", "bob", "cy")] == [False, True, False]
    assert "status -9" in found["bob"].checks[0].report.detail


def test_any_engine_with_places_may_do_the_tasks_and_is_asked_from_as_many_threads(tmp_path):
    class_ = [hand_in(tmp_path, with_cell(released(), f"# {name}"), student=name) for name in "abcdef"]
    engine = Engine(job(tmp_path).plan, places=3)

    found = list(ask_all(engine, job(tmp_path), class_))

    assert {one.submitted.student for one in found} == set("abcdef")
    assert engine.asked == 6
    assert len(engine.threads) <= 3
    assert results(tmp_path) == []  # whoever asked keeps them


def test_a_task_is_a_function_of_bytes(tmp_path):
    submitted = hand_in(tmp_path, WRONG)
    plan = job(tmp_path).plan
    packed = task.pack(submitted, QUICK)
    (submitted.folder / "affine_layers.ipynb").unlink()

    done = perform(plan, packed)

    assert done.result == perform(plan, packed).result
    assert lost(done.result.report) == {"relu_forward"}
    assert graded(tmp_path, WRONG).result == done.result
