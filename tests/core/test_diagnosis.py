"""Every sentence a student may read about an answer, provoked by an answer."""

import numpy as np
import pytest
from toy_checks import double, expected, subject_with

from autograder.core.judge import ask, compare
from autograder.core.question import check
from autograder.core.subject import Formed, NamespaceSubject, SubjectError, Trouble
from autograder.core.values import Opaque

NAN = "NaN comes of what has no answer, such as 0/0 or infinity less infinity: print step by step what it is made of."


def sentence(got, array, name="dx", tolerance=1e-7, hidden=False):
    got = np.array(got) if isinstance(got, list | float | int) else got
    return compare(name, got, np.array(array), tolerance, hidden=hidden).message


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "`dx` must be an array (got None). Is there a return with all the results?"),
        (
            Opaque("tuple", 1),
            "`dx` must be an array of numbers (got tuple). Return what the docstring says, in its order.",
        ),
        (
            Opaque("array of complex128", 1),
            "`dx` must be an array of numbers (got array of complex128). "
            "Return what the docstring says, in its order.",
        ),
        ((np.ones(2), np.ones(2)), "`dx` must be an array (got tuple)."),
        (
            np.array([1, 2]),
            "`dx` must hold floats (got int64). Integers cut off what stands after the point.",
        ),
        (
            np.array([True, False]),
            "`dx` must hold floats (got bool). Integers cut off what stands after the point.",
        ),
    ],
)
def test_an_answer_of_the_wrong_kind_is_told_what_it_is(got, message):
    assert sentence(got, [1.0, 2.0]) == message


@pytest.mark.parametrize(
    ("got", "shape", "hint"),
    [
        ((3, 2), (2, 3), "The axes are in the opposite order."),
        ((4, 3, 2), (2, 3, 4), "The axes are in the opposite order."),
        ((1, 3), (3,), "An axis of length 1 is kept or lost: look at keepdims and reshape."),
        ((3,), (3, 1), "An axis of length 1 is kept or lost: look at keepdims and reshape."),
        ((), (1,), "An axis of length 1 is kept or lost: look at keepdims and reshape."),
        ((2, 12), (2, 3, 4), "The number of elements is right, so an axis is flattened, split or in another place."),
        (
            (4, 2, 3),
            (2, 3, 4),
            "The number of elements is right, so an axis is flattened, split or in another place.",
        ),
        ((2, 4, 3), (2, 3, 4), "Axes 1 and 2 have changed places."),
        ((4, 3, 2, 5), (2, 3, 4, 5), "Axes 0 and 2 have changed places."),
        ((2, 3, 5, 4), (2, 3, 4, 5), "Height and width have changed places."),
        ((2, 3, 5, 6), (2, 3, 4, 5), "Work out on paper which size each axis has."),
        ((5, 3), (3,), "An axis is left over: over which one must be summed?"),
        ((3,), (5, 3), "An axis is missing: is one summed over too many, or flattened?"),
        ((), (3,), "An axis is missing: is one summed over too many, or flattened?"),
        ((2, 4), (2, 3), "Work out on paper which size each axis has."),
        ((2, 0), (2, 3), "Work out on paper which size each axis has."),
    ],
)
def test_a_wrong_shape_comes_with_a_hint_how_it_may_have_come_about(got, shape, hint):
    message = sentence(np.ones(got), np.ones(shape))

    assert message == f"`dx` must have shape {shape} (got {got}). {hint}"


@pytest.mark.parametrize(
    ("got", "message"),
    [
        ([[1.0, 2.0], [np.nan, 4.0]], "`dx` holds NaN, first at [1, 0]. 1 of 4 elements are wrong. {NAN}"),
        ([[1.0, np.inf], [np.nan, 4.0]], "`dx` holds infinity, first at [0, 1]. 2 of 4 elements are wrong. {NAN}"),
        ([[1.0, 2.0], [3.0, -np.inf]], "`dx` holds infinity, first at [1, 1]. 1 of 4 elements are wrong."),
        ([[np.nan] * 2] * 2, "`dx` holds NaN, first at [0, 0]. All elements are wrong. {NAN}"),
    ],
)
def test_nan_and_infinity_are_located(got, message):
    assert sentence(got, [[1.0, 2.0], [3.0, 4.0]]) == message.format(NAN=NAN)


def test_a_single_number_that_is_nan_has_no_place():
    assert sentence(np.array(np.nan), 1.0, name="loss") == f"`loss` holds NaN. {NAN}"


def test_a_single_number_that_is_infinite_has_no_place():
    assert sentence(np.array(np.inf), 1.0, name="loss") == "`loss` holds infinity."


def test_a_wrong_number_is_shown_beside_the_expected_one():
    assert sentence(np.array(3.5), 1.0, name="loss") == (
        "`loss` is wrong: loss is 3.5, expected 1 (relative error 0.56, allowed 1e-07)."
    )


def test_the_element_that_is_shown_is_the_one_with_the_largest_error():
    got, array = [[1.0, 2.2], [3.0, 1.0]], [[1.0, 2.0], [3.0, 4.0]]

    assert sentence(got, array) == (
        "`dx` is wrong: dx[1, 1] is 1, expected 4 (relative error 0.6, allowed 1e-07). 2 of 4 elements are wrong. "
        "Only column 1 is wrong."
    )


def test_numbers_are_shown_with_eight_digits():
    assert "dx[0] is 1.2345679, expected 0.12345679 (relative error 0.82, allowed 1e-06)" in sentence(
        [1.23456789, 1.0], [0.123456789, 1.0], tolerance=1e-6
    )


def test_the_share_is_every_element_when_none_is_right():
    assert "(relative error 0.6, allowed 1e-07). All elements are wrong." in sentence([1.0, 3.0], [4.0, 5.0])


@pytest.mark.parametrize(
    ("got", "array", "hint"),
    [
        ([0.0, 0.0], [1.0, 2.0], "All of it is zero."),
        ([3.0, 3.0], [1.0, 2.0], "All its elements are the same."),
        ([-1.0, 2.0], [1.0, -2.0], "It has the wrong sign."),
        ([-1.0], [1.0], "It has the wrong sign."),
        ([3.0, 6.0, 0.0], [1.0, 2.0, 0.0], "It is 3 times what is expected, everywhere."),
        ([0.25, 0.5], [1.0, 2.0], "It is 0.25 times what is expected, everywhere."),
        ([-0.5, -1.0], [1.0, 2.0], "It is -0.5 times what is expected, everywhere."),
        ([5.0, 5.0], [2.0, 2.0], "It is 2.5 times what is expected, everywhere."),
        (
            [1.000001, 2.0],
            [1.0, 2.0],
            "It is close: what is wrong is small beside the rest, as epsilon is, or a single step.",
        ),
        (
            [1.0000005, 2.000001],
            [1.0, 2.0],
            "It is close: what is wrong is small beside the rest, as epsilon is, or a single step.",
        ),
    ],
)
def test_a_relation_that_holds_everywhere_is_named(got, array, hint):
    message = sentence(got, array)

    assert message.endswith(f" wrong. {hint}" if len(got) > 1 else f"). {hint}")


@pytest.mark.parametrize(("got", "array"), [([2.0], [3.0]), ([1.0, 5.0], [1.0, 2.0]), ([4.0, 5.0], [0.0, 0.0])])
def test_where_no_relation_is_certain_nothing_is_said(got, array):
    message = sentence(got, array)

    assert message.endswith(("allowed 1e-07).", "are wrong."))


def test_lost_precision_is_named():
    array = np.linspace(0.1, 0.7, 5)

    assert sentence(array.astype(np.float32), array) == (
        "`dx` must keep the precision of the input, float64 (got float32). Use its dtype."
    )


def test_several_numbers_for_one_are_told():
    assert sentence(np.ones(4), 1.0) == "`dx` must be one number (got shape (4,)). Is a sum or a mean missing?"


@pytest.mark.parametrize(
    ("got", "hint"),
    [(8.0, "It is 4 times what is expected."), (0.5, "It is 0.25 times what is expected."), (2.5, "allowed 1e-07).")],
)
def test_of_a_single_number_only_a_count_is_a_telling_factor(got, hint):
    assert sentence(got, 2.0).endswith(hint)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (np.ones((2, 3)), "(got one array of shape (2, 3)). Return all of them, in this order, separated by commas."),
        (None, "(got None). Is a return missing?"),
        ((np.ones(2),) * 3, "(got 3 things). Return all of them, in this order, separated by commas."),
        ({"out": 1}, "(got one dict). Return all of them, in this order, separated by commas."),
    ],
)
def test_another_number_of_results_is_told(answer, text):
    subject = Formed(NamespaceSubject({"layer": lambda: answer}), {"layer": ("out", "cache")})

    with pytest.raises(SubjectError) as caught:
        subject.layer()

    assert caught.value.message == f"`layer` must return `out` and `cache` {text}"
    assert caught.value.trouble is Trouble.MISFIT


@pytest.mark.parametrize(
    ("got", "array"),
    [
        ([1e300, 2e300], [1e-10, 2e-10]),
        ([1.7e308, 1.0], [-1.7e308, 1.0]),
        ([1e-300, 1.0], [1.0, 1e300]),
        ([1e-320], [1.0]),
        ([1e300], [1e-300]),
    ],
)
def test_enormous_answers_are_diagnosed_without_a_warning(got, array):
    assert sentence(got, array).startswith("`dx` is wrong: dx[")


def test_an_element_whose_error_cannot_be_computed_counts_as_wrong():
    message = sentence([1.7e308, 1.0], [-1.7e308, 1.0])

    assert message.startswith("`dx` is wrong: dx[0] is 1.7e+308, expected -1.7e+308 ")
    assert message.endswith(" 1 of 2 elements are wrong. The sizes are right, some signs are not.")


@pytest.mark.parametrize("dtype", [bool, np.uint8])
def test_wrong_answers_to_questions_of_yes_and_no_or_of_counts_are_diagnosed(dtype):
    message = sentence(np.array([1, 1, 0], dtype), np.array([1, 0, 0], dtype))

    assert message == (
        "`dx` is wrong: dx[1] is 1, expected 0 (relative error 1, allowed 1e-07). 1 of 3 elements are wrong."
    )


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (np.ones((1, 2)), "has the wrong shape or type"),
        (None, "has the wrong shape or type"),
        (np.array([1, 2]), "has the wrong shape or type"),
        (np.array([1.0, 3.0]), "has wrong values"),
        (np.array([1.0, np.nan]), "has wrong values"),
    ],
)
def test_a_hidden_case_says_the_kind_of_failure_only(got, kind):
    assert sentence(got, [1.0, 2.0], hidden=True) == (
        f"`dx` {kind} in a hidden case. Which sizes and settings do the public cases not try?"
    )


def test_an_answer_in_another_form_is_sent_back_to_the_docstring():
    verdict = ask(double, double.public[0], subject_with(double=lambda x: (x, x, x)), expected)

    assert verdict.message == (
        "What `double` returns does not have the documented form (too many values to unpack (expected 2)). "
        "Compare it with the docstring."
    )


def test_a_parameter_dictionary_that_lacks_a_result_is_named():
    @check(tolerance=1e-7, public=[{}])
    def average(subject):
        """average keeps a running mean."""
        param = {}
        subject.average(np.ones(2), param)
        return {"running_mean": param["running_mean"]}

    verdict = ask(
        average, average.public[0], subject_with(average=lambda x, _: x), lambda *_: {"running_mean": np.ones(2)}
    )

    assert verdict.message == (
        "`average` must store 'running_mean' in its parameter dictionary (got nothing). The docstring says when."
    )


def test_no_answer_to_a_hidden_case_is_said_in_general_words():
    verdict = ask(double, double.hidden(b"secret")[0], subject_with(double=lambda x: x / "2"), expected)

    assert verdict.message == "A hidden case gets no answer: the function raises, hangs or ends there."
