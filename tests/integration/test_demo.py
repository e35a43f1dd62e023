import pytest
from gradebooks import grades, scores

pytestmark = pytest.mark.integration

WRITTEN = ("autograded", "feedback", "results", "report")


def contents(course):
    """Return the bytes of everything that grading writes, but the gradebook."""
    return {
        str(path.relative_to(course)): path.read_bytes()
        for folder in WRITTEN
        for path in (course / folder).rglob("*")
        if path.is_file()
    }


def test_every_sample_loses_exactly_what_it_should(sample):
    _, runs = sample

    assert len(runs) == 3
    assert [surprise for run in runs for surprise in run.surprises] == []


def test_nothing_is_broken(sample):
    _, runs = sample

    assert not any(run.run.broken or run.broken for run in runs)


def test_nobody_is_missing_from_the_gradebook(sample):
    at, runs = sample

    for run in runs:
        reports = {report.student: report.score for report in run.run.reports}
        assert set(reports) == {one.student for one in run.samples}
        assert scores(at, run.run.assignment) == pytest.approx(reports)


def test_everybody_has_feedback_and_a_graded_notebook(sample):
    at, runs = sample

    for run in runs:
        for report in run.run.reports:
            for notebook in report.notebooks:
                place = f"{report.student}/{report.assignment}/{notebook.notebook}"
                assert (at / "feedback" / f"{place}.html").is_file()
                assert (at / "autograded" / f"{place}.ipynb").is_file()


def test_no_hidden_number_and_no_solution_is_in_any_feedback(sample):
    at, _ = sample

    for path in (at / "feedback").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text
        assert "cs231n-secret" not in text
        assert (at / ".cs231n-secret").read_text().strip() not in text


def test_a_second_run_knows_everything_and_moves_nothing(course, run_demo):
    before = contents(course), {name: grades(course, name) for name in ("assignment1", "assignment2", "assignment3")}

    runs = run_demo(course)

    assert all(one.known for run in runs for one in run.run.graded)
    assert not any(run.run.changed for run in runs)
    assert not any(run.broken for run in runs)
    assert before == (contents(course), {name: grades(course, name) for name in before[1]})
