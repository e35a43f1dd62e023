"""What the checks of the exercises about images promise beyond what all checks do."""

import numpy as np
import pytest
import right_solutions_images as right

from autograder.checks import BANK
from autograder.checks._windows import fitting
from autograder.checks.pooling_random import ALIKE, _windows, laws_of_backward, laws_of_forward
from autograder.core.judge import ask
from autograder.core.patterns import pattern
from autograder.core.published import published_explanation
from autograder.core.subject import NamespaceSubject, Substituted
from autograder.core.verdict import Outcome
from autograder.misconceptions import CATALOG
from autograder.misconceptions.recognition import subject_of
from autograder.reference import REFERENCE, ReferenceAnswers, with_solution
from cs231n_lib import layer_utils
from cs231n_lib.layers import relu_forward

SECRETS = [f"secret {number}".encode() for number in range(5)]
every_secret = pytest.mark.parametrize("secret", SECRETS, ids=bytes.decode)
POOLINGS = ["max_pool_forward_naive", "max_pool_backward_naive", "max_pool_places", "kmax_pool_forward"]


def cases_of(name):
    return [*BANK[name].public, *(case for secret in SECRETS for case in BANK[name].hidden(secret))]


def first_arguments(name, case):
    """Return what the question hands to the functions it calls first: the images, or the sequences."""
    seen = []

    class Noting:
        def __getattr__(self, called):
            return lambda *args: (seen.append(args[0]), getattr(REFERENCE, called)(*args))[1]

    BANK[name].question(Noting(), **case.params)
    return seen[0]


def verdict_of(name, solution, case=None):
    check = BANK[name]
    return ask(check, case or check.public[0], with_solution(name, solution), ReferenceAnswers())


@pytest.mark.parametrize("name", POOLINGS)
def test_no_image_to_be_pooled_has_a_tie(name):
    for case in cases_of(name):
        x = first_arguments(name, case)
        assert len(np.unique(x)) == x.size


def test_no_window_of_stochastic_pooling_holds_a_positive_number_twice():
    for case in cases_of("stochastic_pool_forward"):
        x = first_arguments("stochastic_pool_forward", case)
        pixels = np.sort(_windows(x, case.params["window"], case.params["stride"]))
        assert not np.any((np.diff(pixels) == 0) & (pixels[..., 1:] > 0))


@every_secret
@pytest.mark.parametrize("name", ["conv_backward_naive", "im2col", "avg_pool_backward", "max_pool_places"])
def test_hidden_windows_are_not_square_and_see_the_image(name, secret):
    for case in BANK[name].hidden(secret):
        params = case.params
        window = params["filters"][2:] if "filters" in params else params["window"]
        assert window[0] != window[1]
        assert all(side >= size for side, size in zip(params["image"][2:], window, strict=True))


@every_secret
def test_hidden_costs_try_both_padding_and_a_remainder(secret):
    cases = [case.params for case in BANK["conv_output_size"].hidden(secret)]
    over = [(params["size"] + 2 * params["pad"] - params["field"]) % params["stride"] for params in cases]

    assert over[0] == 0
    assert min(over[1:]) > 0
    assert [params["pad"] > 0 for params in cases] == [False, False, True]


@every_secret
def test_hidden_stamps_touch_overlap_and_leave_gaps(secret):
    cases = [case.params for case in BANK["conv_transpose_backward"].hidden(secret)]

    assert [params["stride"] for params in cases] == [1, 2, 3]
    assert [params["pad"] for params in cases] == [0, 1, 0]
    assert all(max(params["filters"][2:]) > 2 for params in cases[:2])
    assert min(cases[2]["filters"][2:]) < 3


def test_an_image_that_windows_tile_shows_more_than_its_frame():
    assert fitting(2, 3, 1) == 4
    assert fitting(2, 3, 3, 2) == 5  # not the 2 pixels that two windows would need
    assert fitting(1, 1, 3, 0) == 4


@pytest.mark.parametrize("kind", [float, np.float64])
def test_a_size_that_is_a_float_fails_and_is_told_why(kind):
    verdict = verdict_of("conv_output_size", lambda *args: kind(right.conv_output_size_in_one_line(*args)))

    assert verdict.outcome is Outcome.FAILED
    assert verdict.message == (
        "`output size` is the right number, but a float: no array can be made of that size. Divide whole numbers."
    )


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint16])
def test_places_may_be_integers_of_any_width(kind):
    def narrow(x, pool_param):
        out, places = right.max_pool_places_by_loops(x, pool_param)
        return out, places.astype(kind)

    assert verdict_of("max_pool_places", narrow).outcome is Outcome.PASSED


def test_places_that_are_floats_fail_and_are_told_why():
    def floats(x, pool_param):
        out, places = right.max_pool_places_by_loops(x, pool_param)
        return out, places.astype(float)

    assert verdict_of("max_pool_places", floats).message == (
        "`places` holds the right numbers, but floats, and a float is no index. Which dtype was the array made with?"
    )


def test_the_320_that_circulates_is_refused_with_its_reason():
    (rounded,) = [one for one in CATALOG if one.name == "conv_output_size_rounded"]
    (case,) = [case for case in BANK["conv_output_size"].public if case.params["size"] == 640]

    verdict = ask(BANK["conv_output_size"], case, subject_of(rounded), ReferenceAnswers())

    assert verdict.message.startswith("`output size` is wrong: output size is 320, expected 319 ")


def test_the_stamps_of_transposed_convolutions_are_not_spoken_of_as_windows():
    cases = [case.params for case in BANK["conv_transpose_forward"].public]

    for failing in cases:
        passing = [case for case in cases if case is not failing]
        assert "row or column over" not in pattern([failing], passing)


# ---- the laws of stochastic pooling --------------------------------------------------------------------------------

FORWARD = BANK["stochastic_pool_forward"]
BACKWARD = BANK["stochastic_pool_backward"]
STYLE = right.SOLUTIONS["stochastic pooling by cumulative sums"]


def laws_that_fail(check, laws, subject, params):
    answer = check.question(subject, **params)
    return [law for law in laws(answer, params) if not law.holds]


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_a_right_solution_keeps_every_law_whatever_the_seed(start):
    subject = NamespaceSubject(STYLE)  # draws from the global generator and ignores the seed it is given

    for seed in range(start, start + 20):
        np.random.seed(seed)  # noqa: NPY002  as the solution draws
        for case in [*FORWARD.public, *FORWARD.hidden(str(seed).encode())]:
            assert laws_that_fail(FORWARD, laws_of_forward, subject, case.params) == []
        for case in [*BACKWARD.public, *BACKWARD.hidden(str(seed).encode())]:
            assert laws_that_fail(BACKWARD, laws_of_backward, subject, case.params) == []


def sentences(name, case_number, misconception):
    """Return the sentences of the laws that a misconception breaks in a public case."""
    (wrong,) = [one for one in CATALOG if one.name == misconception]
    check, laws = (FORWARD, laws_of_forward) if name == "forward" else (BACKWARD, laws_of_backward)
    params = check.public[case_number].params
    subject = Substituted(REFERENCE, {wrong.exercise: getattr(subject_of(wrong), wrong.exercise)})
    return [law.sentence for law in laws_that_fail(check, laws, subject, params)]


def test_a_number_that_is_not_in_its_window_is_told():
    assert sentences("forward", 1, "stochastic_pool_forward_scales")[0] == (
        "`out` holds a number that is not in its window: of each window one number is kept, as it is."
    )


def test_a_zero_that_should_have_had_no_chance_is_told():
    assert "A zero is kept though its window holds something larger: a number of zero has no chance." in sentences(
        "forward", 1, "stochastic_pool_forward_uniform"
    )


def test_wrong_probabilities_are_told_with_the_share_and_how_often():
    (sentence,) = sentences("forward", 1, "stochastic_pool_forward_keeps_the_largest")

    assert sentence.startswith(
        "The number of rank 1 of a window is kept in 100% of the windows, and its share of the "
    )
    assert sentence.endswith("% on average: that is the probability with which it is drawn.")


def test_draws_that_are_shared_are_told_with_those_who_share_them():
    assert sentences("forward", 3, "stochastic_pool_forward_draws_once_for_all_channels") == [
        "The same pixel is drawn in all channels: each window of each channel has a draw of its own."
    ]


def test_a_few_draws_that_happen_to_agree_are_no_evidence():
    params = ALIKE | {"image": (3, 1, 2, 2)}

    for seed in range(30):
        np.random.seed(seed)  # noqa: NPY002  as the solution draws
        assert laws_that_fail(FORWARD, laws_of_forward, NamespaceSubject(STYLE), params) == []


def test_gradient_where_nothing_was_drawn_is_told():
    assert sentences("backward", 1, "stochastic_pool_backward_shares")[0] == (
        "A pixel that no window drew has a gradient: it had no influence on the output."
    )


def test_gradient_that_is_missing_is_told_with_how_much_of_it():
    (sentence,) = sentences("backward", 1, "stochastic_pool_backward_assigns")

    assert sentence.partition(" of ")[2] == (
        "320 elements of `dx` do not follow the output: each window sends all of its gradient to the pixel it drew, "
        "and a pixel that several windows drew collects from each."
    )


# ---- sandwiches and networks -----------------------------------------------------------------------------------------

SANDWICHES = [f"{kind}_backward" for kind in ("affine_relu", "conv_relu", "conv_relu_pool")]
NETWORKS = ["three_layer_conv_net_loss", "all_conv_net_loss"]


def inputs_of_relu(name, case, monkeypatch):
    """Return what reaches a ReLU while the reference answers."""
    seen = []

    def noting(x):
        seen.append(x)
        return relu_forward(x)

    monkeypatch.setattr(layer_utils, "relu_forward", noting)
    BANK[name].question(REFERENCE, **case.params)
    return seen


@pytest.mark.parametrize("name", [*SANDWICHES, *NETWORKS])
def test_no_relu_of_a_sandwich_or_a_network_is_near_its_kink(name, monkeypatch):
    for case in cases_of(name):
        for x in inputs_of_relu(name, case, monkeypatch):
            assert np.abs(x).min() > 1e-7


@pytest.mark.parametrize("name", ["conv_relu_pool_backward", "three_layer_conv_net_loss"])
def test_no_positive_number_that_is_pooled_ties(name, monkeypatch):
    for case in cases_of(name):
        maps = inputs_of_relu(name, case, monkeypatch)[0]
        for channel in maps.reshape(-1, *maps.shape[2:]):
            positive = np.sort(channel[channel > 0])
            assert np.all(np.diff(positive) > 1e-9)


def test_some_scores_of_a_network_are_negative_and_some_hidden_numbers_are_cut_off(monkeypatch):
    for case in cases_of("three_layer_conv_net_scores"):
        answer = BANK["three_layer_conv_net_scores"].question(REFERENCE, **case.params)
        assert answer["scores"].min() < 0
    gates = [
        {
            bool(gate)
            for x in inputs_of_relu("three_layer_conv_net_loss", case, monkeypatch)
            for gate in np.ravel(x > 0)
        }
        for case in BANK["three_layer_conv_net_loss"].public
    ]
    assert gates == [{False, True}] * len(gates)


@every_secret
def test_hidden_networks_see_images_that_are_not_square_and_filters_of_every_odd_size(secret):
    cases = [case.params for case in BANK["three_layer_conv_net_loss"].hidden(secret)]

    assert [params["filter_size"] for params in cases] == [3, 5, 1]
    assert all(params["image"][2] != params["image"][3] for params in cases)
    assert [params["reg"] > 0 for params in cases] == [False, True, True]


@every_secret
def test_hidden_folded_layers_try_the_default_epsilon_and_filters_that_are_not_square(secret):
    cases = [case.params for case in BANK["fold_into_convolution"].hidden(secret)]

    assert [params["eps"] is None for params in cases] == [True, False, False]
    assert [params["filters"][3] - params["filters"][2] for params in cases] == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("takes_images_for_square", 480),
        ("forgets_the_pooling", 1620),
        ("takes_a_quarter", 405),
        ("forgets_the_filters", 12),
    ],
)
def test_a_first_affine_layer_of_the_wrong_size_is_told_why_though_weights_are_random(name, features):
    (wrong,) = [one for one in CATALOG if one.name == f"ThreeLayerConvNet_{name}"]
    check = BANK["three_layer_conv_net_parameters"]

    verdict = ask(check, check.public[0], subject_of(wrong), ReferenceAnswers(), published_explanation)

    assert verdict.message.startswith(f"`W2` must have shape (360, 40) (got ({features}, 40)).")
    assert verdict.misconceptions == (wrong.help,)
