"""What students receive is made from the worked notebooks, and holds none of the answers."""

import re
import shutil

import pytest
from released_course import (
    RELEASED,
    ROOT,
    WORKED,
    cells_of,
    check_cells_of,
    definitions,
    earlier_imports,
    exercises_of,
    mark_of,
    name_of,
)

from autograder.checks import BANK
from autograder.core.examiner import Examiner
from autograder.core.subject import NamespaceSubject, Trouble
from autograder.core.verdict import Outcome
from autograder.course.assignment import read_assignment
from autograder.reference import ReferenceAnswers, with_solution

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
TELLING = 12  # characters; a shorter line, such as `return dx`, may stand anywhere
every_release = pytest.mark.parametrize("path", RELEASED, ids=name_of)
every_worked = pytest.mark.parametrize("path", WORKED, ids=name_of)


def checks_of(path):
    names = [re.fullmatch(r'check\("(\w+)"\)', cell["source"])[1] for cell in check_cells_of(path)]
    return [BANK[name] for name in names]


def text_of(path):
    return "\n".join(cell["source"] for cell in cells_of(path))


def solution_lines(path):
    bodies = SOLUTION.findall(text_of(path))
    lines = {line.split("  #")[0].strip() for body in bodies for line in body.splitlines()}
    return {line for line in lines if len(line) >= TELLING}


def test_every_worked_notebook_is_released():
    assert [name_of(path) for path in RELEASED] == [name_of(path) for path in WORKED]
    assert RELEASED


@pytest.mark.integration
@pytest.mark.parametrize("assignment", sorted({path.parent.name for path in WORKED}))
def test_nbgrader_generates_what_is_committed(assignment, tmp_path, monkeypatch):
    from autograder.course.course import Course
    from autograder.course.release import release

    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)

    release(Course(tmp_path), assignment)

    generated = {path.name: path.read_bytes() for path in (tmp_path / "assignments" / assignment).iterdir()}
    committed = {path.name: path.read_bytes() for path in (ROOT / "assignments" / assignment).iterdir()}
    assert generated == committed


@every_worked
def test_no_line_of_a_solution_is_released(path):
    released = text_of(ROOT / "assignments" / path.parent.name / path.name)

    assert solution_lines(path)
    assert not {line for line in solution_lines(path) if line in released}


@every_release
def test_no_mark_of_a_solution_is_released(path):
    raw = path.read_text(encoding="utf-8")

    assert "SOLUTION" not in raw
    assert "Marking notes" not in raw
    assert "HIDDEN TESTS" not in raw


@every_release
def test_every_stub_raises_not_implemented_and_fails_its_check(path):
    stubs = exercises_of(path)

    for check in checks_of(path):
        subject = with_solution(check.exercise, stubs[check.exercise])
        (report,) = Examiner(subject, ReferenceAnswers()).examine([check], b"a course secret")
        assert {verdict.outcome for verdict in report.verdicts} == {Outcome.FAILED}
        assert {verdict.trouble for verdict in report.verdicts} == {Trouble.UNFINISHED}


@every_release
def test_every_exercise_is_released_as_a_stub(path):
    exercises = [cell["source"] for cell in cells_of(path, "code") if mark_of(cell).get("solution")]

    assert exercises
    assert all("raise NotImplementedError()" in source for source in exercises)


@every_release
def test_a_released_notebook_is_graded_by_the_checks_that_it_shows(path):
    (notebook,) = [notebook for notebook in read_assignment(path.parent).notebooks if notebook.name == path.stem]

    assert [cell.check for cell in notebook.check_cells] == checks_of(path)
    assert notebook.exercises == set(exercises_of(path))
    assert all(cell.points > 0 for cell in notebook.check_cells)


@every_worked
@pytest.mark.parametrize("secret", [b"one secret", b"another secret"], ids=bytes.decode)
def test_every_worked_solution_passes_all_checks_hidden_ones_included(path, secret):
    solutions = NamespaceSubject(exercises_of(path))

    reports = Examiner(solutions, ReferenceAnswers()).examine(checks_of(path), secret)

    assert reports
    assert {report.check: report.message for report in reports if report.outcome is not Outcome.PASSED} == {}
    assert all(any(verdict.hidden for verdict in report.verdicts) for report in reports)


@every_release
def test_what_a_lesson_imports_is_defined_in_an_earlier_lesson(path):
    released = {other.stem: other for other in RELEASED}

    for notebook, names in earlier_imports(path).items():
        assert released[notebook].parent.name <= path.parent.name
        assert set(names) <= definitions(released[notebook])
