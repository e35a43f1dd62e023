"""Misconceptions: every one is caught by the printed cases, costs its own exercise only, and is recognized."""

import json
import re

import numpy as np
import pytest

from autograder.checks import BANK, of_exercises
from autograder.core.examiner import Examiner
from autograder.core.published import WRONG, published_answers, published_explanation
from autograder.core.subject import Recorder
from autograder.core.verdict import Outcome
from autograder.misconceptions import CATALOG
from autograder.misconceptions.catalog import Misconception
from autograder.misconceptions.recognition import lost_checks, subject_of, wrong_answers
from autograder.reference import REFERENCE, ReferenceAnswers, with_solution

CHECKS = tuple(BANK.values())
SECRETS = (b"one secret", b"another secret")
EXPECTED = {secret: ReferenceAnswers() for secret in (None, *SECRETS)}
every_misconception = pytest.mark.parametrize("misconception", CATALOG, ids=lambda one: one.name)


def called_by(check):
    """Return the functions that a question calls: what is wrong with any other is nothing to it."""
    recorder = Recorder(REFERENCE)
    for case in check.public:
        check.question(recorder, **case.params)
    return set(recorder.called)


CALLED = {check.name: called_by(check) for check in CHECKS}


def examine(misconception, secret=None, subject=None):
    """Ask all checks that may see the misconception."""
    concerned = [check for check in CHECKS if misconception.exercise in CALLED[check.name]]
    np.random.seed(0)  # noqa: NPY002  some misconceptions draw as the course does
    return Examiner(subject or subject_of(misconception), EXPECTED[secret], explain=published_explanation).examine(
        concerned, secret
    )


def own(reports, misconception):
    return [report for report in reports if report.exercise == misconception.exercise]


@every_misconception
def test_the_public_cases_alone_reject_it(misconception):
    checks = of_exercises({misconception.exercise})

    reports = Examiner(subject_of(misconception), published_answers).examine(checks)

    assert Outcome.FAILED in {report.outcome for report in reports}


@every_misconception
@pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
def test_it_costs_its_own_exercise_and_what_is_built_on_that(misconception, secret):
    reports = examine(misconception, secret)

    others = [report for report in reports if report.exercise != misconception.exercise]
    assert {report.outcome for report in others} <= {Outcome.PASSED, Outcome.BLOCKED}
    for report in others:
        if report.outcome is Outcome.BLOCKED:
            assert f"`{misconception.exercise}`, which is not right yet" in report.message


@every_misconception
@pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
def test_it_never_earns_all_the_points(misconception, secret):
    reports = examine(misconception, secret)

    assert min(report.credit for report in own(reports, misconception)) < 1


@every_misconception
def test_it_is_recognized_by_its_answer_and_gets_its_sentence(misconception):
    reports = examine(misconception)

    answered = [
        report
        for report in own(reports, misconception)
        if any(wrong_answer(v) for v in report.verdicts) and not draws_anew(misconception, BANK[report.check])
    ]
    assert {report.misconception for report in answered} <= {misconception.help}


@every_misconception
def test_a_student_reads_the_same_sentence_in_the_notebook_as_in_the_feedback(misconception):
    checks = [check for check in of_exercises({misconception.exercise}) if not draws_anew(misconception, check)]
    reports = Examiner(subject_of(misconception), published_answers, explain=published_explanation).examine(checks)

    graded = {report.check: report.sentences for report in own(examine(misconception), misconception)}
    assert {report.check: report.sentences for report in reports} == {
        check.name: graded[check.name] for check in checks
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_what_is_published_of_wrong_answers_is_up_to_date(check):
    published = json.loads(WRONG.read_text(encoding="utf-8"))[check.name]

    assert published == {
        words: [pytest.approx(known, rel=1e-9, abs=1e-9) for known in prints]
        for words, prints in wrong_answers(check).items()
    }


@pytest.mark.parametrize("check", [one for one in CHECKS if not one.random], ids=lambda check: check.name)
def test_the_right_answer_is_not_taken_for_a_mistake(check):
    for case in check.public:
        explained = published_explanation(check, case, published_answers(check, case))

        assert all("float" in words for words in explained)  # whole numbers as floats: told by their kind alone


def wrong_answer(verdict):
    return verdict.outcome is Outcome.FAILED and any(row.shape is not None for row in verdict.comparisons)


def draws_anew(misconception, check):
    """Tell whether each answer is another one: then the laws of the check say what is wrong with it."""
    if not check.random:
        return False
    one, other = (check.question(subject_of(misconception), **check.public[0].params) for _ in range(2))
    return any(not np.array_equal(one[name], other[name]) for name in check.random)


@every_misconception
def test_its_source_compiles_and_behaves_the_same(misconception):
    namespace = {"np": np}
    exec(compile(misconception.source, misconception.name, "exec"), namespace)  # noqa: S102  our own
    rewritten = with_solution(misconception.exercise, namespace[misconception.exercise])
    examine(misconception)  # the first time the reference is asked, too, and may draw from the same numbers

    as_written, as_source = examine(misconception), examine(misconception, subject=rewritten)

    assert without_lines(as_source) == without_lines(as_written)


def without_lines(reports):
    """Return reports as text, since NaN does not equal NaN, without the lines in which errors were raised."""
    return re.sub(r" in line \d+(: .*?|\.)'", "'", repr(reports))  # the text of a source is not kept


@every_misconception
def test_its_source_is_what_a_student_would_have_written(misconception):
    source = misconception.source

    assert re.search(rf"^(def|class) {misconception.exercise}\b", source, re.MULTILINE)
    assert "misconception" not in source


@every_misconception
def test_its_sentence_names_an_idea_and_shows_no_code(misconception):
    assert misconception.help.endswith(".")
    assert "np." not in misconception.help


@pytest.mark.parametrize("exercise", sorted({check.exercise for check in CHECKS}))
def test_every_exercise_has_a_misconception(exercise):
    assert any(misconception.exercise == exercise for misconception in CATALOG)


def test_names_and_sentences_are_different():
    assert len({misconception.name for misconception in CATALOG}) == len(CATALOG)
    assert len({misconception.help for misconception in CATALOG}) == len(CATALOG)


def test_every_misconception_is_about_an_exercise_of_the_course():
    assert {misconception.exercise for misconception in CATALOG} <= {check.exercise for check in CHECKS}


def test_an_answer_that_nobody_foresaw_is_not_explained():
    check = BANK["affine_forward"]
    case = check.public[0]

    assert published_explanation(check, case, {"out": np.full((2, 3), 17.0)}) == ()


@pytest.mark.parametrize("answer", [{}, {"out": None}, {"out": np.ones(3)}, {"out": np.array("text")}])
def test_an_answer_of_another_form_is_not_explained(answer):
    check = BANK["affine_forward"]

    assert published_explanation(check, check.public[0], answer) == ()


@every_misconception
def test_hidden_cases_get_no_explanation(misconception):
    reports = examine(misconception, SECRETS[0])

    assert not any(verdict.misconceptions for report in reports for verdict in report.verdicts if verdict.hidden)


def test_the_checks_that_a_misconception_loses_are_known():
    by_name = {misconception.name: misconception for misconception in CATALOG}

    affine = lost_checks(by_name["affine_backward_averages"], of_exercises({"affine_forward", "affine_backward"}))
    unbiased = lost_checks(by_name["batchnorm_forward_unbiased"], CHECKS)

    assert affine == {"affine_backward"}
    assert unbiased == {"batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"}


def test_a_misconception_must_be_a_function_or_a_class():
    wrong = lambda x: x  # noqa: E731  what it must not be

    with pytest.raises(TypeError, match=r"^`<lambda>` must be a function or a class \(got Assign\)\.$"):
        _ = Misconception("wrong", "relu_forward", "It is a lambda.", wrong).source
