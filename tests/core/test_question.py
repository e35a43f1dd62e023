"""Checks and their cases."""

import numpy as np
import pytest
from toy_checks import double, double_backward

from autograder.core.inputs import spread, waves
from autograder.core.question import HIDDEN_CASES, check

SECRET = b"a course secret"


def parameters(cases):
    return [dict(case.params) for case in cases]


def test_the_name_and_the_first_line_of_the_docstring_are_those_of_the_check():
    assert double.name == "double"
    assert double.title == "double gives twice its input."


def test_a_check_is_about_the_function_of_its_name_unless_it_says_otherwise():
    @check(tolerance=1e-7, public=[{}], exercise="double")
    def double_of_zero(subject):
        """double of zero is zero."""
        return {"out": subject.double(np.zeros(1))[0]}

    assert double.exercise == "double"
    assert double_of_zero.exercise == "double"


def test_a_check_is_still_the_question():
    answer = double.question(type("Subject", (), {"double": lambda _, x: (2 * x, x)})(), n=3)

    assert answer["out"].tolist() == [2, 4, 6]


def test_a_question_without_a_docstring_is_refused():
    def silent(subject):
        return {"out": subject.silent()}

    with pytest.raises(
        ValueError, match=r"^`silent` must have a docstring \(got none\)\. Its first line is the title\.$"
    ):
        check(tolerance=1e-7, public=[{}])(silent)


def test_a_question_without_a_public_case_is_refused():
    def secretive(subject):
        """secretive has nothing to check against."""
        return {"out": subject.secretive()}

    with pytest.raises(
        ValueError, match=r"^`secretive` must have a public case \(got none\)\. Students check against it\.$"
    ):
        check(tolerance=1e-7, public=[])(secretive)


def test_a_label_shows_the_parameters_and_functions_by_their_names():
    @check(tolerance=1e-7, public=[{"fill": spread, "n": 2, "shape": (4, 5)}, {"fill": waves, "n": 1, "shape": ()}])
    def labelled(_subject, fill, n, shape):
        """labelled does nothing."""
        return {"out": fill(n, *shape)}

    assert [case.label for case in labelled.public] == ["fill=spread, n=2, shape=(4, 5)", "fill=waves, n=1, shape=()"]
    assert not any(case.hidden for case in labelled.public)


def test_public_cases_are_those_that_are_written_down():
    assert parameters(double.public) == [{"n": 3}, {"n": 2}]


def test_public_cases_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        double.public[0].params["n"] = 7


def test_the_same_secret_draws_the_same_hidden_cases():
    assert double.hidden(SECRET) == double.hidden(SECRET)


def test_hidden_cases_have_numbers_for_labels_and_say_that_they_are_hidden():
    cases = double.hidden(SECRET)

    assert [case.label for case in cases] == ["hidden 1", "hidden 2", "hidden 3"]
    assert len(cases) == HIDDEN_CASES
    assert all(case.hidden for case in cases)


def drawn(check_name, secret):
    """Draw a large number per hidden case, so that two draws are seldom equal by chance."""

    def question(_subject, number):
        """question has a number."""
        return {"out": np.array(number)}

    question.__name__ = check_name
    drawing = check(
        tolerance=1e-7, public=[{"number": 0}], hidden=lambda rng, _: {"number": int(rng.integers(2**60))}
    )
    return [case.params["number"] for case in drawing(question).hidden(secret)]


def test_another_secret_draws_other_hidden_cases():
    assert not set(drawn("question", SECRET)) & set(drawn("question", b"another secret"))


def test_another_check_draws_other_hidden_cases():
    assert not set(drawn("question", SECRET)) & set(drawn("another_question", SECRET))


def test_the_hidden_cases_of_a_check_differ():
    assert len(set(drawn("question", SECRET))) == HIDDEN_CASES


def test_a_check_without_a_draw_has_no_hidden_case():
    @check(tolerance=1e-7, public=[{}])
    def public_only(_subject):
        """public_only has no hidden case."""
        return {"out": np.zeros(1)}

    assert public_only.hidden(SECRET) == ()


def test_a_documented_cache_is_a_function_of_the_forward_arguments():
    x = np.arange(3.0)

    assert double_backward.documented_caches["double"](x) is x
