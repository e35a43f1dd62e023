"""The question bank: every check is sound, strict, and fair. Generated over all checks."""

import inspect
import json

import numpy as np
import pytest

from autograder.checks import BANK, EXERCISES, UnknownCheckError, find, of_exercises
from autograder.core import lessons
from autograder.core.examiner import Examiner
from autograder.core.inputs import spread, waves
from autograder.core.judge import JudgeError
from autograder.core.published import FILE, published_answers
from autograder.core.question import Case
from autograder.core.subject import NamespaceSubject, Recorder, Trouble
from autograder.core.verdict import Outcome
from autograder.reference import FUNCTIONS, REFERENCE, ReferenceAnswers

SECRETS = [f"secret {number}".encode() for number in range(5)]
STATISTICAL = {  # chance alone decides: a hundred thousandth is nothing
    "he_init",
    "two_layer_net_parameters",
    "fully_connected_net_parameters",
    "overfitting_settings",
    "read_digits",
    "three_layer_conv_net_parameters",
}
ESTIMATE = 0.01  # the tolerance of a prediction that asks for one
every_check = pytest.mark.parametrize("check", BANK.values(), ids=BANK)
every_secret = pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)

# What the official notebooks print, by check and by the name of the array.
PUBLISHED = {
    "two_layer_net_scores": {
        "scores": [
            [11.53165108, 12.2917344, 13.05181771, 13.81190102, 14.57198434, 15.33206765, 16.09215096],
            [12.05769098, 12.74614105, 13.43459113, 14.1230412, 14.81149128, 15.49994135, 16.18839143],
            [12.58373087, 13.20054771, 13.81736455, 14.43418138, 15.05099822, 15.66781506, 16.2846319],
        ],
    },
    "two_layer_net_loss": {"loss": 3.4702243556},
    "affine_forward": {"out": [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]]},
    "relu_forward": {
        "out": [
            [0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.04545455, 0.13636364],
            [0.22727273, 0.31818182, 0.40909091, 0.5],
        ],
    },
    "conv_forward_naive": {
        "out": [
            [
                [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
                [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
                [[0.50813986, 0.54309974], [0.64082444, 0.67101435]],
            ],
            [
                [[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
                [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
                [[2.36270298, 2.36904306], [2.38090835, 2.38247847]],
            ],
        ],
    },
    "max_pool_forward_naive": {
        "out": [
            [
                [[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]],
                [[-0.14526316, -0.13052632], [-0.08631579, -0.07157895]],
                [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]],
            ],
            [
                [[0.09052632, 0.10526316], [0.14947368, 0.16421053]],
                [[0.20842105, 0.22315789], [0.26736842, 0.28210526]],
                [[0.32631579, 0.34105263], [0.38526316, 0.4]],
            ],
        ],
    },
}


def reference_with(**functions):
    return NamespaceSubject(FUNCTIONS | functions)


def altered(exercise, change):
    """Return the reference solution, a function or a class, with a change in every number that it gives."""
    right = FUNCTIONS[exercise]
    if not inspect.isclass(right):
        return lambda *args: changed(right(*args), change)

    def init(self, *args):
        right.__init__(self, *args)
        vars(self).update({name: changed(kept, change) for name, kept in vars(self).items() if name == "params"})

    def method(function):
        return lambda *args: changed(function(*args), change)

    methods = {name: method(function) for name, function in vars(right).items() if name[0] != "_"}
    return type(exercise, (right,), methods | {"__init__": init})


def changed(answer, change):
    if isinstance(answer, tuple):  # a tuple in it is a cache
        return tuple(part if isinstance(part, tuple) else changed(part, change) for part in answer)
    if isinstance(answer, dict):
        return {name: changed(part, change) for name, part in answer.items()}
    return None if answer is None else change(np.asarray(answer))


def ask_all(check, subject, secret=SECRETS[0]):
    (report,) = Examiner(subject, ReferenceAnswers()).examine([check], secret)
    return report


def inputs_of(check, case):
    """Return the arguments with which a question calls its functions, by name."""
    seen = {}

    class Noting(Recorder):
        def __getattr__(self, name):
            def call(*args):
                seen.setdefault(name, args)
                return getattr(REFERENCE, name)(*args)

            return call

    check.question(Noting(REFERENCE), **case.params)
    return seen


def every_case(check):
    return [*check.public, *(case for secret in SECRETS for case in check.hidden(secret))]


@every_check
@every_secret
def test_the_reference_passes_every_public_and_hidden_case(check, secret):
    report = ask_all(check, REFERENCE, secret)

    assert report.outcome is Outcome.PASSED
    assert len(report.verdicts) == len(check.public) + len(check.hidden(secret))


@every_check
def test_a_stub_fails_every_case(check):
    def stub(*_args):
        raise NotImplementedError

    report = ask_all(check, reference_with(**{check.exercise: stub}))

    assert {(verdict.outcome, verdict.trouble) for verdict in report.verdicts} == {
        (Outcome.FAILED, Trouble.UNFINISHED)
    }
    assert report.credit == 0


@every_check
def test_a_function_that_returns_none_fails_every_case(check):
    report = ask_all(check, reference_with(**{check.exercise: lambda *_: None}))

    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.FAILED}
    assert report.credit == 0


@every_check
def test_a_function_that_returns_zeros_of_the_right_shape_fails_every_case(check):
    zeros = altered(check.exercise, lambda array: np.zeros(array.shape))

    report = ask_all(check, reference_with(**{check.exercise: zeros}))

    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.FAILED}


@every_check
def test_an_answer_of_nan_fails_every_case(check):
    nan = altered(check.exercise, lambda array: np.full(array.shape, np.nan))

    report = ask_all(check, reference_with(**{check.exercise: nan}))

    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.FAILED}


@pytest.mark.parametrize(
    "check", [one for name, one in BANK.items() if name not in STATISTICAL and one.tolerance < ESTIMATE]
)
def test_an_error_of_a_hundred_thousandth_fails(check):
    nearly = altered(check.exercise, lambda array: array * (1 + 1e-5))

    report = ask_all(check, reference_with(**{check.exercise: nearly}))

    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.FAILED}


@every_check
def test_a_check_asks_about_ordered_and_about_wavy_inputs(check):
    fills = {case.params["fill"] for case in check.public if "fill" in case.params}  # sizes have no order

    assert fills in ({spread, waves}, set())


@every_check
def test_a_check_has_hidden_cases(check):
    assert len(check.hidden(SECRETS[0])) >= 3


@every_check
def test_a_title_is_one_sentence_about_the_exercise(check):
    assert check.title.startswith(f"{check.exercise} ")
    assert check.title.endswith(".")


@every_check
def test_a_tolerance_is_strict(check):
    assert 1e-9 <= check.tolerance <= 1e-6 or (check.is_prediction and check.tolerance <= ESTIMATE)


@every_check
def test_the_labels_of_public_cases_differ(check):
    labels = [case.label for case in check.public]

    assert len(set(labels)) == len(labels)


@every_check
def test_a_backward_check_with_a_documented_cache_gets_the_cache_of_the_reference(check):
    for name, documented in check.documented_caches.items():
        args = inputs_of(check, check.public[0])[name]

        cache, of_reference = documented(*args), FUNCTIONS[name](*args)[1]

        if isinstance(cache, tuple):
            np.testing.assert_equal(cache, of_reference)
        else:
            np.testing.assert_allclose(cache, of_reference, rtol=1e-14)


@every_check
def test_the_reference_passes_by_the_published_answers_too(check):
    (report,) = Examiner(REFERENCE, published_answers).examine([check])

    assert report.outcome is Outcome.PASSED


@every_check
def test_the_published_answers_are_what_the_reference_answers(check):
    expected = ReferenceAnswers()

    for case in check.public:
        published, answered = published_answers(check, case), expected(check, case)

        assert published.keys() == answered.keys()
        for name, array in published.items():
            assert array.shape == answered[name].shape
            if name not in check.random:
                np.testing.assert_allclose(array, answered[name], rtol=1e-12, atol=1e-15)


def test_answers_are_published_for_every_check_and_for_no_other():
    answers = json.loads(FILE.read_text(encoding="utf-8"))

    assert {name: list(cases) for name, cases in answers.items()} == {
        name: [case.label for case in check.public] for name, check in BANK.items()
    }


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_classic_case_has_the_published_numbers(name):
    check = BANK[name]

    answers = published_answers(check, check.public[0])

    for array, numbers in PUBLISHED[name].items():
        np.testing.assert_allclose(answers[array], numbers, rtol=0, atol=1e-8)


def test_a_public_case_without_an_answer_is_ours_to_mend():
    with pytest.raises(
        JudgeError, match=r"^there is no published answer to relu_forward \(n=9\); update the course files$"
    ):
        published_answers(BANK["relu_forward"], Case("n=9", {"n": 9}))


def test_a_question_that_the_reference_cannot_answer_is_ours_to_mend():
    impossible = Case("impossible", {"fill": spread, "image": (1, 1, 2, 2), "window": (3, 3), "stride": 1})

    with pytest.raises(JudgeError, match=r"^the reference does not answer max_pool_forward_naive \(impossible\): "):
        ReferenceAnswers()(BANK["max_pool_forward_naive"], impossible)


def test_the_reference_is_asked_each_case_once():
    answers, check = ReferenceAnswers(), BANK["relu_forward"]

    assert answers(check, check.public[0]) is answers(check, check.public[0])


def test_the_reference_does_not_mix_up_the_hidden_cases_of_two_secrets():
    shared, check = ReferenceAnswers(), BANK["affine_forward"]

    for secret in SECRETS:
        for case in check.hidden(secret):
            np.testing.assert_array_equal(shared(check, case)["out"], ReferenceAnswers()(check, case)["out"])


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "elu"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_no_input_of_an_activation_is_near_its_kink(kind, direction):
    check = BANK[f"{kind}_{direction}"]

    for case in every_case(check):
        x, *_ = inputs_of(check, case)[f"{kind}_forward"]
        assert np.abs(x).min() > 1e-7


@pytest.mark.parametrize("name", ["max_pool_forward_naive", "max_pool_backward_naive"])
def test_no_pooling_window_has_a_tie(name):
    check = BANK[name]

    for case in every_case(check):
        x, _ = inputs_of(check, case)["max_pool_forward_naive"]
        assert len(np.unique(x)) == x.size


@pytest.mark.parametrize("name", ["svm_loss", "svm_loss_naive", "svm_loss_vectorized"])
def test_no_margin_of_the_hinge_is_near_its_kink(name):
    check = BANK[name]

    for case in every_case(check):
        args = inputs_of(check, case)[name]
        scores, y = args if len(args) == 2 else (args[1] @ args[0], args[2])
        margins = scores - scores[np.arange(len(y)), y][:, None] + 1
        assert np.abs(margins).min() > 1e-9


def test_the_two_layer_net_has_the_published_loss_with_a_penalty():
    check = BANK["two_layer_net_loss"]

    answers = published_answers(check, check.public[1])

    np.testing.assert_allclose(answers["loss"], 26.5948426952, rtol=0, atol=1e-10)


def test_distances_are_far_from_zero_where_all_of_them_would_be_rounding():
    check = BANK["k_nearest_neighbor_no_loops"]
    expected = ReferenceAnswers()

    assert min(expected(check, case)["dists"].min() for case in every_case(check)) > 1e-3


def test_no_two_neighbors_are_at_the_same_distance():
    check = BANK["k_nearest_neighbor_labels"]

    for case in every_case(check):
        _, dists, *_ = inputs_of(check, case)["KNearestNeighbor.predict_labels"]
        assert all(len(np.unique(row)) == row.size for row in dists)


def softmax_with_log_of(epsilon):
    """Return a softmax loss that takes the logarithm of a probability, and something."""

    def softmax_loss(x, y):
        p = np.exp(x - x.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore"):
            loss = -np.log(p[np.arange(len(y)), y] + epsilon).mean()
        p[np.arange(len(y)), y] -= 1
        return loss, p / len(y)

    return softmax_loss


def test_the_log_of_a_probability_fails_for_a_hopeless_class_only():
    report = ask_all(BANK["softmax_loss"], reference_with(softmax_loss=softmax_with_log_of(0)))

    failed = [verdict.case for verdict in report.verdicts if verdict.outcome is Outcome.FAILED]
    assert failed == ["fill=waves, n=3, c=5, gap=1000.0"]
    assert report.credit == pytest.approx(8 / 9)


@pytest.mark.parametrize("epsilon", [1e-5, 1e-8, 1e-12, 1e-15, 1e-20, 1e-40])
def test_no_epsilon_is_small_enough_for_the_loss_of_a_confident_mistake(epsilon):
    report = ask_all(BANK["softmax_loss"], reference_with(softmax_loss=softmax_with_log_of(epsilon)))

    failed = {verdict.case for verdict in report.verdicts if verdict.outcome is Outcome.FAILED}
    assert {"fill=waves, n=3, c=5, gap=50.0", "hidden 2"} <= failed


@pytest.mark.parametrize("name", ["conv_forward_naive", "conv_backward_naive"])
def test_hidden_windows_of_a_convolution_leave_no_remainder(name):
    for case in BANK[name].hidden(b"a secret"):
        image, filters, stride, pad = (case.params[key] for key in ("image", "filters", "stride", "pad"))
        for axis in (2, 3):
            assert image[axis] + 2 * pad >= filters[axis]
            assert (image[axis] + 2 * pad - filters[axis]) % stride == 0


@pytest.mark.parametrize("name", ["conv_backward_naive", "max_pool_backward_naive"])
def test_some_public_windows_overlap_and_are_not_square(name):
    windows = [
        (case.params.get("filters") or case.params["window"], case.params["stride"]) for case in BANK[name].public
    ]

    assert any(window[-1] > stride for window, stride in windows)
    assert any(window[-1] != window[-2] for window, _ in windows)


@pytest.mark.parametrize("exercise", {check.exercise: None for check in BANK.values()} | lessons.hints())
def test_an_exercise_has_three_hints_in_words(exercise):
    hints = lessons.hints().get(exercise, [])

    assert len(hints) == 3
    assert all(hint.endswith((".", "?")) and "np." not in hint and "=" not in hint for hint in hints)
    assert hints[-1].endswith(".")  # the last one asks nothing any more


def test_hints_are_for_exercises_and_for_steps_of_them():
    assert lessons.hints().keys() <= {check.exercise for check in BANK.values()} | BANK.keys()


@every_check
def test_a_check_is_found_by_its_name(check):
    assert find(check.name) is check


def test_a_slip_of_the_finger_is_told():
    with pytest.raises(UnknownCheckError) as caught:
        find("afine_forward")

    assert str(caught.value) == (
        "`name` must be the name of a check (got 'afine_forward'). Did you mean 'affine_forward'?"
    )


def test_a_name_like_no_other_is_answered_by_three_names():
    with pytest.raises(UnknownCheckError) as caught:
        find("tea")

    suggested = str(caught.value).partition("Did you mean ")[2].rstrip("?").replace(" or ", ", ").split(", ")
    assert len(suggested) == 3
    assert {name.strip("'") for name in suggested} <= BANK.keys()


@pytest.mark.parametrize(
    ("name", "size"),
    [("conv_forward_naive", "filters"), ("max_pool_forward_naive", "window"), ("max_pool_backward_naive", "window")],
)
def test_a_public_case_leaves_a_row_over(name, size):
    remainders = [
        (case.params["image"][2] + 2 * case.params.get("pad", 0) - case.params[size][-2]) % case.params["stride"]
        for case in BANK[name].public
    ]

    assert any(remainders)


@pytest.mark.parametrize("secret", [b"a", b"b", b"c", b"d", b"e"])
def test_hidden_cases_differ_in_kind_whatever_the_secret(secret):
    convolutions = [case.params for case in BANK["conv_backward_naive"].hidden(secret)]
    pools = [case.params for case in BANK["max_pool_backward_naive"].hidden(secret)]

    assert {params["pad"] > 0 for params in convolutions} == {False, True}
    assert {params["stride"] > 1 for params in convolutions} == {False, True}
    assert {params["stride"] < max(params["window"]) for params in pools} == {False, True}
    assert all(params["window"][0] != params["window"][1] for params in pools)
    assert all(params["filters"][2] != params["filters"][3] for params in convolutions)


def test_the_checks_of_exercises_come_in_the_order_of_the_course():
    found = of_exercises({"batchnorm_forward", "affine_backward", "affine_forward", "unknown"})

    assert [check.name for check in found] == [
        "affine_forward",
        "affine_backward",
        "batchnorm_forward",
        "batchnorm_forward_test_mode",
    ]


@every_check
def test_a_question_calls_exercises_only(check):
    recorder = Recorder(REFERENCE)
    for case in check.public:
        check.question(recorder, **case.params)

    assert {name.partition(".")[0] for name in recorder.called if not name.startswith(":")} <= EXERCISES
