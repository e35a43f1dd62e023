import os
import subprocess
import sys

import pytest

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, SubmissionReport, Verdict
from autograder.files import write_whole
from autograder.grading.marks import Marks
from autograder.grading.results import (
    Result,
    Results,
    add_seconds,
    hash_of,
    says,
    seconds_of,
    writing_alone,
)

REPORT = SubmissionReport(
    "",
    "assignment1",
    "bubblewrap",
    (
        NotebookReport(
            "layers",
            (
                GradedCheck(
                    "c", 2.0, CheckReport("c", "C.", "c", (Verdict("a", hidden=False, outcome=Outcome.PASSED),))
                ),
            ),
        ),
    ),
)
RESULT = Result(REPORT, {"layers": Marks({"c": 2.0, "question": None}, {"c": "No response."})}, {"layers": "0123"})


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "by-hash")


def test_what_is_kept_is_found_as_it_was(results):
    assert results.keep("key", RESULT) == RESULT
    assert results.find("key") == RESULT
    assert results.find("another") is None


def test_of_two_results_of_one_name_the_first_stays(results):
    results.keep("key", RESULT)

    assert results.keep("key", Result(REPORT, {}, {})) == RESULT
    assert results.find("key") == RESULT


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null", b'{"report": 3}'])
def test_what_is_no_result_is_removed(results, content):
    results.keep("key", RESULT)
    (file,) = results.folder.iterdir()
    file.write_bytes(content)

    assert results.find("key") is None
    assert list(results.folder.iterdir()) == []


def test_a_forgotten_result_is_not_found(results):
    results.keep("key", RESULT)

    results.forget("key")
    results.forget("key")

    assert results.find("key") is None


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path):
    write_whole(tmp_path / "inner" / "a.json", b"one")
    write_whole(tmp_path / "inner" / "a.json", b"two")

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "inner").iterdir()] == [("a.json", b"two")]


def test_what_a_killed_writer_left_is_written_over(tmp_path):
    (tmp_path / ".a.json.part").write_bytes(b"half of something long")

    write_whole(tmp_path / "a.json", b"one")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.json", b"one")]


def test_a_file_that_says_the_same_is_left_alone(tmp_path):
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    before = file.stat().st_ino

    write_whole(file, b"one")

    assert file.stat().st_ino == before


def test_a_file_is_known_by_its_hash(tmp_path):
    file = tmp_path / "a"
    assert not says(file, hash_of(b"one"))

    file.write_bytes(b"one")

    assert says(file, hash_of(b"one"))
    assert not says(file, hash_of(b"two"))
    assert not says(tmp_path, hash_of(b"one"))


def test_seconds_are_added_to_those_that_are_known(tmp_path):
    file = tmp_path / "seconds" / "assignment1.json"

    add_seconds(file, {"bob": 2.0, "ada": 1.0})
    add_seconds(file, {"bob": 3.0})
    add_seconds(file, {})

    assert seconds_of(file) == {"ada": 1.0, "bob": 3.0}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"ada": "long"}'])
def test_seconds_that_cannot_be_read_are_forgotten(tmp_path, content):
    file = tmp_path / "a.json"
    file.write_bytes(content)

    assert seconds_of(file) == {}


def test_there_is_one_writer_at_a_time(tmp_path):
    code = (
        "import sys; from pathlib import Path; from autograder.grading.results import writing_alone\n"
        "with writing_alone(Path(sys.argv[1])) as alone: print(alone, flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout.readline() == "True\n"
        with writing_alone(tmp_path) as alone:
            assert not alone
        os.kill(other.pid, 9)
    with writing_alone(tmp_path) as alone:
        assert alone
