"""Random layers are judged by laws, and answers that change or come in another order are told so."""

import numpy as np

from autograder.core.examiner import Examiner
from autograder.core.judge import ask
from autograder.core.question import Law, check
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome


def laws(answer, params):
    share = float(np.mean(answer["out"] != 0))
    yield Law("share kept", abs(share - params["p"]) < 0.1, f"`out` keeps {share:.2g} of its elements.")


@check(
    tolerance=1e-9,
    public=[{"p": 0.75}],
    hidden=lambda rng, _number: {"p": float(rng.uniform(0.3, 0.7))},
    random=["out"],
    laws=laws,
)
def thin(subject, p):
    """thin drops elements at random."""
    return {"out": subject.thin(np.ones(1000), p), "sum of test": subject.thin_test(np.ones(3))}


def right(x, p):
    return x * (np.random.default_rng(0).random(x.shape) < p)


def expected(_check, _case):
    return {"out": np.ones(1000), "sum of test": np.array(3.0)}


def verdict_of(function, case=thin.public[0]):
    subject = NamespaceSubject({"thin": function, "thin_test": np.sum})
    return ask(thin, case, subject, expected)


def test_a_random_answer_passes_by_its_laws_whatever_it_is():
    assert verdict_of(right).outcome is Outcome.PASSED


def test_a_law_that_does_not_hold_fails_with_its_sentence_and_a_row():
    verdict = verdict_of(lambda x, p: right(x, 1 - p))

    assert verdict.outcome is Outcome.FAILED
    assert verdict.message.startswith("`out` keeps 0.2")
    assert [(row.array, row.passed) for row in verdict.comparisons] == [
        ("out", True),
        ("sum of test", True),
        ("share kept", False),
    ]
    assert verdict.comparisons[-1].tolerance is None


def test_a_law_that_does_not_hold_in_a_hidden_case_shows_no_number():
    (case, *_) = thin.hidden(b"secret")

    assert (
        verdict_of(lambda x, _: x, case).message == "A law of this layer does not hold in a hidden case: share kept."
    )


def test_laws_are_not_asked_of_what_has_another_form():
    verdict = verdict_of(lambda x, p: right(x, p)[:5])

    assert verdict.message.startswith("`out` must have shape (1000,) (got (5,)).")
    assert len(verdict.comparisons) == 2


def test_a_random_answer_that_is_not_finite_fails():
    assert "NaN" in verdict_of(lambda x, p: right(x, p) * np.nan).message


@check(tolerance=1e-9, public=[{"n": 3}])
def pair(subject, n):
    """pair gives two arrays."""
    first, second = subject.pair(np.arange(1.0, n + 1))
    return {"double": first, "square": second}


def ask_pair(function):
    answers = {"double": np.array([2.0, 4.0, 6.0]), "square": np.array([1.0, 4.0, 9.0])}
    return ask(pair, pair.public[0], NamespaceSubject({"pair": function}), lambda *_: answers)


def test_results_in_the_other_order_are_told():
    assert ask_pair(lambda x: (x**2, 2 * x)).message == (
        "`double` is what `square` should be. Look at the order in which they are returned."
    )


def test_an_answer_that_changes_from_call_to_call_is_told():
    calls = []

    def growing(x):
        calls.append(x)
        return len(calls) * x, x**2

    assert ask_pair(growing).message == (
        "`pair` answers the same question differently from call to call. "
        "Is something drawn at random, or kept from one call to the next?"
    )


def in_place(x):
    x *= 2
    return x, (x / 2) ** 2


def answers_of_pair(_check, _case):
    return {"double": np.array([2.0, 4.0, 6.0]), "square": np.array([1.0, 4.0, 9.0])}


def test_an_argument_that_is_changed_in_place_is_remarked_though_the_answer_is_right():
    (report,) = Examiner(NamespaceSubject({"pair": in_place}), answers_of_pair).examine([pair])

    assert report.outcome is Outcome.PASSED
    assert report.credit == 1
    assert report.sentences == (
        "`pair` changes its first argument in place: its caller may still need it. Work on a copy.",
    )


def test_where_the_course_allows_it_changing_an_argument_is_not_remarked():
    @check(tolerance=1e-9, public=[{"n": 3}], exercise="pair", in_place=True)
    def update(subject, n):
        """update may work in place."""
        first, second = subject.pair(np.arange(1.0, n + 1))
        return {"double": first, "square": second}

    (report,) = Examiner(NamespaceSubject({"pair": in_place}), answers_of_pair).examine([update])

    assert report.sentences == ()
