"""Subjects in the judge's own process."""

import numpy as np
import pytest

from autograder.core.subject import (
    CERTAIN,
    NamespaceSubject,
    Recorder,
    SubjectError,
    Substituted,
    Trouble,
    missing,
    raised,
)
from autograder.core.values import Opaque


def raise_this(error):
    def function(*_args):
        raise error

    return function


def trouble_of(function):
    with pytest.raises(SubjectError) as caught:
        NamespaceSubject({"layer": function}).layer(np.ones(2))
    return caught.value


def test_a_subject_answers_with_plain_arrays():
    out, cache = NamespaceSubject({"layer": lambda x: [2 * x, {"x": x}]}).layer(np.ones(2).view(np.matrix))

    assert type(out) is np.ndarray
    assert isinstance(cache, Opaque)


def test_a_cache_comes_back_to_the_function_as_it_was():
    subject = NamespaceSubject(
        {"forward": lambda x: (x, [x, "note"]), "backward": lambda dout, cache: dout * cache[0]}
    )

    _, cache = subject.forward(np.array([2.0]))

    assert subject.backward(np.array([3.0]), cache).tolist() == [6]


def test_a_function_cannot_change_the_inputs_of_a_question():
    def overwrite(x, shapes):
        x[:] = 0
        shapes[0][:] = 0
        return x

    x, shapes = np.ones(2), [np.ones(2)]

    NamespaceSubject({"layer": overwrite}).layer(x, shapes)

    assert x.tolist() == [1, 1]
    assert shapes[0].tolist() == [1, 1]


def test_a_parameter_dictionary_is_updated_after_the_call():
    def train(_x, param):
        param["running_mean"] = np.array([5.0])
        param["mode"] = "test"

    param = {"mode": "train"}

    NamespaceSubject({"layer": train}).layer(np.ones(2), param)

    assert param == {"mode": "test", "running_mean": 5.0}


@pytest.mark.parametrize("names", [{}, {"layer": None}, {"layer": np.ones(2)}])
def test_a_name_that_is_no_function_is_missing(names):
    with pytest.raises(SubjectError) as caught:
        NamespaceSubject(names).layer(np.ones(2))

    assert caught.value.trouble is Trouble.MISSING
    assert caught.value.function == "layer"
    assert caught.value.message == (
        "`layer` is not defined. Keep the name of the function as it was given, and run its cell."
    )


def test_a_name_that_is_misspelled_is_told():
    with pytest.raises(
        SubjectError, match=r"`affine_forward` is not defined\. There is `affine_foward`: give it the name"
    ):
        NamespaceSubject({"affine_foward": len, "affine_backward": len}).affine_forward(1)


def test_another_function_of_the_course_is_no_misspelling():
    with pytest.raises(SubjectError, match=r"is not defined\. Keep the name"):
        NamespaceSubject({"affine_backward": len, "affine_forward": None}).affine_forward(1)


def test_a_missing_function_is_explained_by_the_cell_that_could_not_be_loaded():
    error = missing("layer", notes=["cell 3, line 2: SyntaxError: invalid syntax", "cell 5, line 1: another"])

    assert error.message == (
        "`layer` is not defined. "
        "A cell could not be loaded (cell 3, line 2: SyntaxError: invalid syntax). Fix it first."
    )


def test_a_stub_is_unfinished():
    error = trouble_of(raise_this(NotImplementedError()))

    assert error.trouble is Trouble.UNFINISHED
    assert error.message == "`layer` is not finished: it raises NotImplementedError."


def test_an_exception_is_told_with_its_class_and_text():
    error = trouble_of(raise_this(ValueError("operands could not be broadcast")))

    assert error.trouble is Trouble.RAISED
    assert error.message == str(error)
    assert error.message.startswith("`layer` raises ValueError: operands could not be broadcast in line ")
    assert error.function == "layer"


def test_an_exception_without_text_is_told_without_a_colon():
    assert raised("layer", "ZeroDivisionError", "") == "`layer` raises ZeroDivisionError."


def test_only_the_first_line_of_an_exception_is_told_and_without_its_point():
    assert raised("layer", "ValueError", "one.\ntwo") == "`layer` raises ValueError: one."


def test_a_float_as_a_size_has_a_sentence_of_its_own():
    text = "'float' object cannot be interpreted as an integer"

    assert raised("layer", "TypeError", text).endswith(
        "Python 3, / gives a float even where it divides evenly: sizes want //."
    )


def test_the_place_of_an_exception_stands_at_the_end():
    assert raised("layer", "TypeError", "no", " in cell 4, line 2: x + y") == (
        "`layer` raises TypeError: no in cell 4, line 2: x + y."
    )


def test_the_wrong_number_of_arguments_is_the_students_doing():
    error = trouble_of(lambda: None)

    assert error.trouble is Trouble.RAISED
    assert "takes 0 positional arguments but 1 was given" in error.message


def test_an_interrupt_is_not_taken_for_an_answer():
    subject = NamespaceSubject({"layer": raise_this(KeyboardInterrupt())})

    with pytest.raises(KeyboardInterrupt):
        subject.layer()


def test_a_substituted_function_is_asked_in_place_of_the_subjects_own():
    subject = Substituted(NamespaceSubject({"one": lambda: 1, "two": lambda: 2}), {"two": lambda: "another two"})

    assert subject.one() == 1
    assert subject.two() == "another two"


def test_a_recorder_notes_every_call_and_passes_it_on():
    recorder = Recorder(NamespaceSubject({"one": lambda: 1, "add": lambda x, y: x + y}))

    total = recorder.add(recorder.one(), recorder.one())

    assert total == 2
    assert recorder.called == ["add", "one", "one"]


def test_only_what_is_plain_to_see_needs_no_second_opinion():
    assert {Trouble.MISSING, Trouble.UNFINISHED, Trouble.ABSENT} == CERTAIN


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_for_the_instructor(trouble):
    assert trouble.sentence.split()[0] in ("is", "raises", "takes", "needs", "uses", "does", "ends", "returns")


def test_the_line_of_an_error_is_told_without_its_text_where_that_is_gone():
    names = {}
    exec(compile("def f(x):\n    return x / 0", "no such file", "exec"), names)  # noqa: S102  our own

    with pytest.raises(SubjectError) as caught:
        NamespaceSubject(names).f(1)

    assert caught.value.message == "`f` raises ZeroDivisionError: division by zero in line 2."
