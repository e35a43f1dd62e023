"""The judge: what passes, what fails, and whose fault it is."""

import numpy as np
import pytest
from toy_checks import RIGHT, double, double_backward, expected, stub, subject_with

from autograder.core.judge import JudgeError, ask, compare, relative_errors
from autograder.core.question import Case
from autograder.core.subject import SubjectError, Substituted, Trouble
from autograder.core.values import Opaque
from autograder.core.verdict import Outcome

PUBLIC = double.public[0]
HIDDEN = double.hidden(b"a course secret")[0]


def raise_this(error):
    def function(*_args):
        raise error

    return function


def ask_double(function, case=PUBLIC):
    return ask(double, case, subject_with(double=function), expected)


def accepts(got, array, tolerance=1e-7):
    return compare("x", np.array(got), np.array(array), tolerance).passed


@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        (1.0, 3.0, 2 / 4),
        (-1.0, 1.0, 2 / 2),
        (0.0, 5.0, 5 / 5),
        (2.0, 2.0, 0.0),
        (0.0, 0.0, 0.0),
        (1e-9, -1e-9, 2e-9 / 1e-8),  # below the floor a difference counts absolutely
        (3e-9, 0.0, 3e-9 / 1e-8),
        (1e-8, 0.0, 1e-8 / 1e-8),
    ],
)
def test_the_relative_error_is_the_difference_over_the_sum_of_sizes(x, y, error):
    assert relative_errors(np.array(x), np.array(y)) == pytest.approx(error, rel=1e-12)
    assert relative_errors(np.array(y), np.array(x)) == pytest.approx(error, rel=1e-12)


def test_relative_errors_come_for_each_element():
    errors = relative_errors(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 6.0], [5.0, 4.0]]))

    np.testing.assert_allclose(errors, [[0, 0.5], [0.25, 0]])


def test_relative_errors_of_unequal_shapes_are_refused():
    with pytest.raises(
        ValueError, match=r"^`x` must have the shape of `y`, \(2, 3\) \(got \(3,\)\)\. Compare like with like\.$"
    ):
        relative_errors(np.ones(3), np.ones((2, 3)))


def test_relative_errors_of_small_unsigned_integers_do_not_wrap_around():
    errors = relative_errors(np.array([1], np.uint8), np.array([3], np.uint8))

    assert errors.tolist() == [0.5]


@pytest.mark.parametrize("got", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("array", [1.0, np.nan, np.inf])
def test_nan_and_infinity_never_pass(got, array):
    assert not accepts([1.0, got], [1.0, array], tolerance=1e9)


def test_an_error_of_the_tolerance_passes_and_a_larger_one_does_not():
    assert accepts([1.0], [3.0], tolerance=0.5)
    assert not accepts([1.0], [3.0], tolerance=0.4999)


def test_one_wrong_element_is_enough():
    assert not accepts([1.0] * 999 + [1.001], [1.0] * 1000)


def test_two_ways_of_writing_zero_are_equal():
    assert accepts([0.0, 1e-16], [-0.0, 0.0])


def test_empty_arrays_of_the_same_shape_are_equal():
    assert accepts(np.zeros((2, 0)), np.zeros((2, 0)))
    assert not accepts(np.zeros((2, 0)), np.zeros((0, 2)))


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (1, 2, 3)])
def test_broadcasting_never_helps(shape):
    comparison = compare("x", np.ones(shape), np.ones((2, 3)), tolerance=1.0)

    assert not comparison.passed
    assert comparison.error is None
    assert comparison.shape == shape


def test_the_shape_is_judged_before_the_error():
    comparison = compare("x", np.full((3, 1), np.nan), np.ones(3), 1e-7)

    assert comparison.message.startswith("`x` must have shape (3,) (got (3, 1)).")


def test_the_kind_is_judged_before_the_error():
    comparison = compare("x", np.array([1, 2]), np.array([1.0, 2.0]), 1e-7)

    assert comparison.message.startswith("`x` must hold floats")
    assert comparison.error is None


def test_single_precision_is_not_enough_whatever_the_error():
    assert not accepts(np.array([0.5], np.float32), [0.5])


def test_integers_are_as_good_as_floats_where_integers_are_expected():
    assert accepts([1.0, 2.0], [1, 2])
    assert accepts([1, 2], [1, 2])


def test_booleans_can_be_expected():
    assert accepts([True, False], [True, False])
    assert not accepts([True, True], [True, False])


def test_a_comparison_holds_the_numbers_of_the_table():
    comparison = compare("dx", np.array([1.0, 1.0]), np.array([1.0, 3.0]), 1e-7)

    assert (comparison.array, comparison.expected_shape, comparison.shape) == ("dx", (2,), (2,))
    assert (comparison.error, comparison.tolerance) == (0.5, 1e-7)


def test_the_right_answer_passes_and_there_is_nothing_to_say():
    verdict = ask_double(RIGHT["double"])

    assert verdict.outcome is Outcome.PASSED
    assert (verdict.message, verdict.trouble, verdict.misconceptions) == ("", "", ())
    assert [comparison.array for comparison in verdict.comparisons] == ["out"]


def test_a_wrong_answer_fails_with_a_sentence():
    verdict = ask_double(lambda x: (x, x))

    assert verdict.outcome is Outcome.FAILED
    assert verdict.message.startswith("`out` is wrong: out[0] is 1, expected 2")
    assert verdict.trouble == ""


def test_the_sentence_is_that_of_the_first_array_that_is_wrong():
    def two_arrays(_check, _case):
        return {"out": np.array([2.0, 4.0, 6.0]), "forgotten": np.zeros(2)}

    verdict = ask(double, PUBLIC, subject_with(), two_arrays)

    assert [comparison.passed for comparison in verdict.comparisons] == [True, False]
    assert verdict.message.startswith("`forgotten` must be an array (got None).")


def test_a_wrong_answer_may_be_explained():
    def explain(check, case, answer):
        return (f"{check.name} {case.label} {answer['out'].tolist()}",)

    verdict = ask(double, PUBLIC, subject_with(double=lambda x: (x, x)), expected, explain)

    assert verdict.misconceptions == ("double n=3 [1.0, 2.0, 3.0]",)


def test_a_right_answer_is_not_explained():
    verdict = ask(double, PUBLIC, subject_with(), expected, explain=lambda *_: ("a misconception",))

    assert verdict.misconceptions == ()


@pytest.mark.parametrize(
    ("function", "trouble", "message"),
    [
        (None, Trouble.MISSING, "`double` is not defined."),
        (stub, Trouble.UNFINISHED, "`double` is not finished: it raises NotImplementedError."),
        (raise_this(RuntimeError("too hot")), Trouble.RAISED, "`double` raises RuntimeError: too hot in line "),
        (lambda x: 2 * x, Trouble.MISFIT, "What `double` returns does not have the documented form ("),
        (lambda _: None, Trouble.MISFIT, "What `double` returns does not have the documented form ("),
    ],
)
def test_whatever_the_function_does_instead_of_answering_fails(function, trouble, message):
    verdict = ask_double(function)

    assert verdict.outcome is Outcome.FAILED
    assert verdict.trouble == trouble
    assert verdict.message.startswith(message)
    assert verdict.comparisons == ()


@pytest.mark.parametrize("trouble", [Trouble.TIMEOUT, Trouble.MEMORY, Trouble.CRASHED, Trouble.REFUSED])
def test_what_only_a_sandbox_notices_is_the_students_doing_too(trouble):
    subject = Substituted(subject_with(), {"double": raise_this(SubjectError("double", trouble, "The sentence."))})

    verdict = ask(double, PUBLIC, subject, expected)

    assert (verdict.outcome, verdict.trouble, verdict.message) == (Outcome.FAILED, trouble, "The sentence.")


def test_the_grader_failing_is_nobodys_fault_but_ours():
    subject = Substituted(subject_with(), {"double": raise_this(JudgeError("the sandbox does not start"))})

    verdict = ask(double, PUBLIC, subject, expected)

    assert verdict.outcome is Outcome.BROKEN
    assert verdict.detail == "the sandbox does not start"


@pytest.mark.parametrize(
    "error",
    [
        SubjectError("double", Trouble.RAISED, "no"),
        ValueError("no"),
        TypeError("no"),
        KeyError("no"),
        AttributeError("no"),
        ZeroDivisionError("no"),
        FileNotFoundError("no"),
    ],
)
@pytest.mark.parametrize("function", [RIGHT["double"], lambda x: (x, x), stub])
def test_an_expected_answer_that_is_not_to_be_had_is_ours(error, function):
    verdict = ask(double, PUBLIC, subject_with(double=function), raise_this(error))

    assert verdict.outcome is Outcome.BROKEN
    assert verdict.detail.startswith("there is no answer to double (n=3): ")


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (np.full_like(x, 777.25), x),
        lambda _: (np.full((7, 7, 5), 777.25), None),
        lambda x: (np.full_like(x, np.nan), x),
        lambda x: (x.astype(int), x),
        lambda x: (None, x),
        lambda x: ("777.25", x),
        lambda x: x,
        lambda _: None,
        stub,
        None,
        raise_this(RuntimeError("777.25 (7, 7, 5)")),
        raise_this(KeyError("777.25")),
    ],
)
def test_a_hidden_case_reveals_no_values_no_shapes_and_no_messages(function):
    verdict = ask_double(function, HIDDEN)

    assert verdict.outcome is Outcome.FAILED
    assert verdict.message in (
        "`out` has wrong values in a hidden case. Which sizes and settings do the public cases not try?",
        "`out` has the wrong shape or type in a hidden case. Which sizes and settings do the public cases not try?",
        "A hidden case gets no answer: the function raises, hangs or ends there.",
    )
    assert "777" not in repr(verdict)
    assert str(HIDDEN.params["n"]) not in repr(verdict).replace("1e-07", "").replace("hidden 1", "")


def test_a_hidden_case_does_not_show_the_shape_of_what_passes_either():
    verdict = ask_double(RIGHT["double"], HIDDEN)

    (comparison,) = verdict.comparisons
    assert verdict.outcome is Outcome.PASSED
    assert (comparison.expected_shape, comparison.shape, comparison.error) == ((), None, None)


def test_the_wrong_shape_and_wrong_values_are_told_apart_in_hidden_cases():
    wrong_shape = ask_double(lambda x: (2 * x[None], x), HIDDEN)
    wrong_values = ask_double(lambda x: (x, x), HIDDEN)

    assert "has the wrong shape or type" in wrong_shape.message
    assert "has wrong values" in wrong_values.message


def test_an_opaque_answer_is_not_an_array():
    comparison = compare("out", Opaque("Tensor", 3), np.ones(2), 1e-7)

    assert not comparison.passed
    assert comparison.shape is None


def test_a_question_that_calls_a_missing_forward_function_names_that_function():
    verdict = ask(double_backward, double_backward.public[0], subject_with(double=None), expected)

    assert verdict.message.startswith("`double` is not defined.")


def test_the_verdict_carries_the_label_of_its_case():
    case = Case("n=2", {"n": 2})

    verdict = ask(double, case, subject_with(), expected)

    assert (verdict.case, verdict.hidden) == ("n=2", False)
