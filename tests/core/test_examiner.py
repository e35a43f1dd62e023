"""The examiner: in which order it asks, whom it asks again, and whom it blames."""

import numpy as np
import pytest
from toy_checks import CHECKS, RIGHT, double, double_backward, expected, quadruple, stub, subject_with

from autograder.core.examiner import Examiner
from autograder.core.judge import JudgeError
from autograder.core.subject import NamespaceSubject, Substituted
from autograder.core.verdict import Outcome

SECRET = b"a course secret"


def examine(checks=CHECKS, secret=SECRET, fresh=None, **functions):
    reports = Examiner(subject_with(**functions), expected, fresh).examine(checks, secret)
    return {report.check: report for report in reports}


def outcomes(reports):
    return {name: str(report.outcome) for name, report in reports.items()}


def wrong(x):
    return 3 * x, x


class FreshSubjects:
    """Gives new subjects and counts them."""

    def __init__(self, **functions):
        self.given = 0
        self._functions = functions

    def __call__(self):
        self.given += 1
        return subject_with(**self._functions)


def test_right_functions_pass_every_check():
    assert outcomes(examine()) == {"double": "passed", "double_backward": "passed", "quadruple": "passed"}


def test_reports_come_in_the_order_of_the_checks_with_their_titles():
    reports = Examiner(subject_with(), expected).examine([quadruple, double])

    assert [report.check for report in reports] == ["quadruple", "double"]
    assert [report.title for report in reports] == [quadruple.title, double.title]


def test_without_a_secret_no_hidden_case_is_asked():
    reports = examine(secret=None)

    assert [verdict.case for verdict in reports["double"].verdicts] == ["n=3", "n=2"]


def test_with_a_secret_the_hidden_cases_come_after_the_public_ones():
    reports = examine()

    assert [verdict.case for verdict in reports["double"].verdicts] == [
        "n=3",
        "n=2",
        "hidden 1",
        "hidden 2",
        "hidden 3",
    ]
    assert [verdict.hidden for verdict in reports["double"].verdicts] == [False, False, True, True, True]


def test_the_public_cases_of_all_checks_are_asked_before_any_hidden_case():
    sizes = []

    def double_and_note(x):
        sizes.append(len(x))
        return 2 * x, x

    examine(double=double_and_note)

    public = [3, 2, 3, 3, 2]  # double, double_backward, quadruple
    assert sizes[:5] == public
    assert min(sizes[5:]) >= 4


def test_the_calls_of_a_check_are_recorded_without_its_own_function():
    examiner = Examiner(subject_with(), expected)

    examiner.examine(CHECKS)

    assert {check.name: examiner.calls(check) for check in CHECKS} == {
        "double": set(),
        "double_backward": {"double"},
        "quadruple": {"double"},
    }


def test_nothing_is_recorded_of_a_check_that_was_not_asked():
    assert Examiner(subject_with(), expected).calls(quadruple) == set()


def test_a_wrong_first_answer_is_not_held_against_a_fresh_right_one():
    fresh = FreshSubjects()

    reports = examine([double], fresh=fresh, double=wrong)

    assert reports["double"].outcome is Outcome.PASSED
    assert fresh.given == 1


def test_a_failure_is_given_only_when_a_fresh_subject_fails_too():
    fresh = FreshSubjects(double=wrong)

    reports = examine([double], secret=None, fresh=fresh, double=wrong)

    assert reports["double"].outcome is Outcome.FAILED
    assert fresh.given == 1


def test_what_an_exercise_leaves_behind_does_not_cost_another():
    def untidy():
        left_behind = []

        def backward(dout, _):
            left_behind.append(dout)
            return 2 * dout

        def quadruple(doubled):
            return doubled if left_behind else 2 * doubled

        return subject_with(double_backward=backward, quadruple=quadruple)

    reports = Examiner(untidy(), expected, fresh=untidy).examine(CHECKS)

    assert {report.outcome for report in reports} == {Outcome.PASSED}


def test_hidden_cases_are_confirmed_in_a_fresh_subject_too():
    def wrong_on_large_inputs(x):
        return (wrong if len(x) > 3 else RIGHT["double"])(x)

    fresh = FreshSubjects()

    reports = examine([double], fresh=fresh, double=wrong_on_large_inputs)

    assert reports["double"].outcome is Outcome.PASSED
    assert fresh.given == 1


def test_a_subject_that_passes_is_kept():
    fresh = FreshSubjects()

    examine(fresh=fresh)

    assert fresh.given == 0


@pytest.mark.parametrize("function", [stub, None], ids=["unfinished", "missing"])
def test_what_is_missing_or_unfinished_is_not_asked_again(function):
    fresh = FreshSubjects()

    reports = examine([double], fresh=fresh, double=function)

    assert reports["double"].outcome is Outcome.FAILED
    assert fresh.given == 0


def test_without_fresh_subjects_the_first_answer_counts():
    assert examine([double], fresh=None, double=wrong)["double"].outcome is Outcome.FAILED


def test_an_exercise_that_needs_a_wrong_one_is_blocked_not_failed():
    reports = examine(double=wrong)

    assert outcomes(reports) == {"double": "failed", "double_backward": "passed", "quadruple": "blocked"}
    assert reports["quadruple"].message == (
        "`quadruple` needs `double`, which is not right yet. Get that one right first."
    )


@pytest.mark.parametrize("function", [stub, None, wrong, lambda _: None], ids=["stub", "missing", "wrong", "none"])
def test_the_documented_cache_stands_in_when_the_forward_pass_is_not_right(function):
    assert examine(double=function)["double_backward"].outcome is Outcome.PASSED


def test_the_documented_cache_stands_in_for_a_forward_pass_whose_cache_is_of_no_use():
    reports = examine(double=lambda x: (3 * x, "no cache"))

    assert reports["double_backward"].outcome is Outcome.PASSED


def test_a_wrong_backward_pass_fails_on_the_documented_cache():
    reports = examine(double=stub, double_backward=lambda dout, _: dout)

    assert reports["double_backward"].outcome is Outcome.FAILED
    assert reports["double_backward"].message.startswith("`dx` is wrong")


def test_a_backward_pass_may_use_a_cache_of_its_own_form():
    reports = examine(
        double=lambda x: (2 * x, {"twos": 2 + 0 * x}), double_backward=lambda dout, cache: dout * cache["twos"]
    )

    assert reports["double_backward"].outcome is Outcome.PASSED


def test_the_documented_cache_is_not_asked_of_a_backward_pass_that_passes():
    caches = []

    def backward(dout, cache):
        caches.append(cache)
        return 2 * dout

    reports = examine(double=lambda x: (3 * x, "my cache"), double_backward=backward, secret=None)

    assert reports["double_backward"].outcome is Outcome.PASSED
    assert caches == ["my cache"]


def test_the_documented_cache_is_tried_in_a_fresh_subject():
    fresh = FreshSubjects(double=stub)

    reports = examine([double, double_backward], secret=None, fresh=fresh, double=stub)

    assert reports["double_backward"].outcome is Outcome.PASSED
    assert fresh.given == 1


def test_a_wrong_exercise_whose_earlier_exercise_is_right_fails():
    reports = examine(quadruple=lambda doubled: doubled)

    assert outcomes(reports) == {"double": "passed", "double_backward": "passed", "quadruple": "failed"}


def test_an_earlier_exercise_that_was_not_examined_blames_nobody():
    reports = examine([quadruple], double=wrong)

    assert reports["quadruple"].outcome is Outcome.FAILED


def test_a_blocked_check_keeps_the_cases_that_passed():
    def wrong_for_two(x):
        return (wrong if len(x) == 2 else RIGHT["double"])(x)

    reports = examine(double=wrong_for_two)

    assert [str(verdict.outcome) for verdict in reports["quadruple"].verdicts] == ["passed", "blocked"]


def test_what_is_broken_stays_broken_beside_a_wrong_exercise():
    def broken_for_quadruple(check, case):
        if check is quadruple:
            raise JudgeError("no answer")
        return expected(check, case)

    reports = Examiner(subject_with(double=wrong), broken_for_quadruple).examine([double, quadruple])

    assert [str(report.outcome) for report in reports] == ["failed", "broken"]


def test_explanations_reach_the_report():
    examiner = Examiner(subject_with(double=wrong), expected, explain=lambda *_: ("Three is not two.",))

    (report,) = examiner.examine([double])

    assert report.misconception == "Three is not two."


def test_the_documented_forward_answers_nothing_but_the_cache():
    asked = []

    def backward(dout, cache):
        asked.append(cache)
        return 2 * dout if isinstance(cache, np.ndarray) else None

    subject = Substituted(NamespaceSubject({"double": stub, "double_backward": backward}), {})

    Examiner(subject, expected).examine([double, double_backward])

    np.testing.assert_array_equal(asked[0], [1, 2, 3])
