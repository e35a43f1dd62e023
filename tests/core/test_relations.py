"""What can be said for certain of two arrays, and that nothing else is said."""

import numpy as np
import pytest

from autograder.core.inputs import spread, waves
from autograder.core.relations import relation, where

RIGHT = waves(3, 4)


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (0 * RIGHT, "All of it is zero."),
        (0 * RIGHT + 2.5, "All its elements are the same."),
        (-RIGHT, "It has the wrong sign."),
        (np.abs(RIGHT), "The sizes are right, some signs are not."),
        (1.5 * RIGHT, "It is 1.5 times what is expected, everywhere."),
        (3 * RIGHT, "It is 3 times what is expected, everywhere: that is the number of examples."),
        (
            RIGHT / 4,
            "It is 0.25 times what is expected, everywhere: that is one divided by the number of features.",
        ),
        (RIGHT[::-1], "It is reversed along axis 0."),
        (RIGHT[:, ::-1], "It is reversed along axis 1."),
        (RIGHT[::-1, ::-1], "It is turned by half a turn: rows and columns are both reversed."),
        (np.roll(RIGHT, 1), "All the right numbers are there, but in other places."),
        (RIGHT + 0.3, "It is off by the same amount everywhere, 0.3."),
        (
            RIGHT * (1 + 1e-5 * RIGHT),
            "It is close: what is wrong is small beside the rest, as epsilon is, or a single step.",
        ),
        (
            RIGHT + np.array([1, 2, 3, 4]),
            "Each column is right but for an amount of its own that is added: look at what is the same for all of it.",
        ),
        (
            RIGHT * [[1.5], [2], [3]],
            "Each row is right but for a factor of its own: look at what is the same for all of it.",
        ),
        (RIGHT + np.array([0, 2, 3, 4]), ""),
        (waves(3, 4, start=7), ""),
    ],
)
def test_the_plainest_relation_is_told(got, sentence):
    assert relation(got, RIGHT, {"examples": 3, "features": 4}) == sentence


@pytest.mark.parametrize(
    ("moved", "sentence"),
    [
        (lambda x: x.transpose(0, 1, 3, 2), "It is transposed: rows and columns are swapped."),
        (lambda x: x.transpose(1, 0, 2, 3), "The first two axes are swapped."),
        (lambda x: x[..., ::-1, ::-1], "It is turned by half a turn: rows and columns are both reversed."),
    ],
)
def test_an_array_in_another_order_is_recognized(moved, sentence):
    right = waves(2, 2, 3, 3)

    assert relation(moved(right), right) == sentence


@pytest.mark.parametrize(
    ("got", "word", "amount"),
    [
        (lambda x: x + waves(1, 3, 1, 1), "channel", "an amount of its own that is added"),
        (lambda x: x * waves(2, 1, 1, 1), "example", "a factor of its own"),
        (
            lambda x: x * waves(2, 3, 1, 1) + waves(2, 3, 1, 1, start=9),
            "channel of an example",
            "a factor and an amount of its own",
        ),
        (
            lambda x: x * waves(1, 3, 1, 1) + waves(1, 3, 1, 1, start=9),
            "channel",
            "a factor and an amount of its own",
        ),
    ],
)
def test_what_is_the_same_for_a_part_of_the_images_is_told(got, word, amount):
    right = waves(2, 3, 4, 4)

    assert relation(got(right), right).startswith(f"Each {word} is right but for {amount}: ")


def test_even_steps_are_too_plain_to_tell_two():
    right = spread(4, 3)

    assert relation(right * [1.5, 2, 3] + [1, 2, 3], right) == ""
    assert relation(right + np.arange(1, 4), right).startswith("Each column is right but for an amount of its own ")


def test_two_numbers_in_a_part_are_too_few_to_tell_two():
    right = waves(2, 3)

    assert relation(right * [1.5, 2, 3] + [1, 2, 3], right) == ""


def test_a_factor_that_is_two_counts_names_both():
    assert relation(4 * RIGHT, RIGHT, {"examples": 4, "features": 4}).endswith(
        "that is the number of examples or of features."
    )


def test_a_count_of_one_is_not_named():
    assert relation(2 * RIGHT, RIGHT, {"examples": 1}) == "It is 2 times what is expected, everywhere."


def test_a_relation_that_overflows_is_not_told():
    assert relation(np.array([1e308, -1e308]), np.array([1e-308, 1.0])) == ""


def wrong_at(shape, *places):
    wrong = np.zeros(shape, bool)
    for place in places:
        wrong[place] = True
    return wrong


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("x", wrong_at((3, 4), np.s_[:, 1]), "Only column 1 is wrong."),
        ("x", wrong_at((3, 4), np.s_[2]), "Only row 2 is wrong."),
        ("x", wrong_at((5, 4), np.s_[2], np.s_[4]), "Only rows 2 and 4 are wrong."),
        ("dx", wrong_at((2, 3, 4, 4), np.s_[1]), "Only example 1 is wrong."),
        ("dx", wrong_at((2, 3, 4, 4), np.s_[:, 2]), "Only channel 2 is wrong."),
        ("dw", wrong_at((2, 3, 4, 4), np.s_[1]), "Only filter 1 is wrong."),
        (
            "dx",
            wrong_at((2, 3, 4, 4), np.s_[..., [0, -1], :], np.s_[..., [0, -1]]),
            "Only pixels at the border are wrong.",
        ),
        ("dx", wrong_at((2, 3, 4, 4), np.s_[..., 1:3]), "Only columns 1 and 2 are wrong."),
        ("x", wrong_at((3, 4), np.s_[:]), ""),
        ("x", wrong_at((3, 4)), ""),
        ("x", wrong_at((3, 4), np.s_[0, 0], np.s_[1, 2], np.s_[2, 3]), ""),
        ("x", wrong_at((4,), np.s_[0]), ""),
    ],
)
def test_the_part_of_an_array_that_is_wrong_is_told_where_it_is_telling(name, wrong, sentence):
    assert where(name, wrong) == sentence
