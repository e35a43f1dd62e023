"""Verdicts add up to reports, and reports to scores."""

import itertools

import pytest

from autograder.core.verdict import (
    CheckReport,
    Comparison,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)

PASSED, FAILED, BLOCKED, BROKEN = Outcome.PASSED, Outcome.FAILED, Outcome.BLOCKED, Outcome.BROKEN


def report(public=(), hidden=(), check="double"):
    cases = [*((outcome, False) for outcome in public), *((outcome, True) for outcome in hidden)]
    verdicts = tuple(
        Verdict(f"case {number}", is_hidden, outcome, f"message {number}")
        for number, (outcome, is_hidden) in enumerate(cases)
    )
    return CheckReport(check, "A title.", check, verdicts)


def graded(points, **cases):
    return GradedCheck("check-double", points, report(**cases))


def submission(*notebooks):
    return SubmissionReport("ada", "assignment1", "bubblewrap", notebooks)


@pytest.mark.parametrize("order", list(itertools.permutations([PASSED, BLOCKED, FAILED, BROKEN])))
def test_the_outcome_of_a_check_is_the_gravest_of_its_verdicts(order):
    ranked = [PASSED, BLOCKED, FAILED, BROKEN]

    for length in range(1, 5):
        gravest = max(order[:length], key=ranked.index)
        assert report(public=order[:length]).outcome is gravest


def test_the_message_is_that_of_the_first_verdict_as_grave_as_the_whole():
    assert report(public=[PASSED, BLOCKED, FAILED, FAILED]).message == "In the case case 2: message 2"


def failed(*known, **fields):
    return Verdict("case", **({"hidden": False, "outcome": FAILED} | fields), misconceptions=known)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ([failed("First.", "Second.")], "First."),
        ([failed("First.", "Second."), failed("Second.", "Third.")], "Second."),
        ([failed(), failed("Second.", "First."), failed("First.", "Third.")], "First."),
        ([failed("First."), failed("Second.")], ""),
        ([failed("First."), failed()], ""),
        ([failed("First."), failed("First."), failed(), failed()], ""),
        ([failed("First."), failed(trouble="raised"), failed(hidden=True), failed(outcome=PASSED)], "First."),
        ([failed("First.", outcome=BLOCKED)], ""),
        ([failed(trouble="raised")], ""),
    ],
)
def test_a_misconception_is_told_that_explains_most_wrong_answers(verdicts, told):
    assert CheckReport("double", "A title.", "double", tuple(verdicts)).misconception == told


@pytest.mark.parametrize(("known", "second"), [(("The idea.",), "The idea."), ((), "The pattern.")])
def test_what_wrong_cases_share_is_told_where_the_idea_behind_them_is_not_known(known, second):
    verdict = Verdict("case", False, FAILED, "It is wrong.", misconceptions=known)

    sentences = CheckReport("double", "A title.", "double", (verdict,), pattern="The pattern.").sentences

    assert sentences == ("It is wrong.", second)


@pytest.mark.parametrize(
    ("public", "hidden", "credit"),
    [
        ([PASSED, PASSED], [PASSED, PASSED], 1),
        ([PASSED, FAILED], [PASSED, FAILED], 1 / 2),
        ([PASSED, PASSED], [PASSED, BLOCKED], 3 / 4),
        ([FAILED, FAILED], [FAILED, PASSED], 1 / 4),
        ([PASSED, PASSED], [FAILED, FAILED], 0),  # it knows the printed numbers and nothing else
        ([PASSED, PASSED], [FAILED, BLOCKED], 0),
        ([PASSED, FAILED], [], 1 / 2),
        ([PASSED, PASSED], [], 1),
        ([FAILED], [], 0),
        ([BROKEN, BROKEN], [BROKEN, BROKEN], 1),
        ([PASSED, FAILED], [BROKEN, BROKEN], 3 / 4),
        ([PASSED, BROKEN], [], 1),
        ([PASSED, PASSED], [BROKEN, FAILED], 3 / 4),
    ],
)
def test_credit_is_the_share_of_cases_that_passed_or_are_our_fault(public, hidden, credit):
    assert report(public=public, hidden=hidden).credit == credit


def test_a_broken_check_costs_nothing():
    assert graded(3.0, public=[BROKEN], hidden=[BROKEN]).score == 3


def test_points_are_earned_by_the_share_of_the_cases():
    assert graded(3.0, public=[PASSED, FAILED], hidden=[PASSED, PASSED]).score == 2.25


def test_a_score_is_a_plain_float_of_four_decimals():
    score = graded(2, public=[PASSED, FAILED], hidden=[PASSED]).score

    assert score == 1.3333
    assert type(score) is float


def test_scores_add_up_over_checks_and_notebooks():
    all_right, half_right = graded(2.0, public=[PASSED]), graded(4.0, public=[PASSED, FAILED])
    whole = submission(NotebookReport("first", (all_right, half_right)), NotebookReport("second", (half_right,)))

    assert [notebook.score for notebook in whole.notebooks] == [4, 2]
    assert (whole.score, whole.max_score) == (6, 10)
    assert whole.checks == (all_right, half_right, half_right)


def test_the_sum_is_that_of_the_scores_as_they_are_shown():
    third = graded(1.0, public=[PASSED, FAILED, FAILED])

    assert NotebookReport("first", (third,) * 3).score == 0.9999


def test_a_notebook_that_could_not_be_read_earns_nothing_and_says_why():
    notebook = NotebookReport("first", (), ("The file is no notebook.",))

    assert (notebook.score, notebook.max_score) == (0, 0)
    assert notebook.problems == ("The file is no notebook.",)


def test_a_submission_lists_what_is_broken():
    right, broken = graded(1.0, public=[PASSED]), graded(1.0, public=[PASSED, BROKEN])

    assert submission(NotebookReport("first", (right, broken))).broken == (broken,)


def test_a_comparison_passes_when_there_is_nothing_to_say():
    assert Comparison("dx", (2,), (2,), 0.0, 1e-7).passed
    assert not Comparison("dx", (2,), (2,), 0.5, 1e-7, "`dx` is wrong.").passed
