"""What failing cases have in common."""

import pytest

from autograder.core.patterns import counted, pattern

CONVOLUTION = {"image": (2, 3, 5, 5), "filters": (4, 3, 2, 2), "stride": 1, "pad": 0}


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ({"stride": 2, "image": (2, 3, 6, 6)}, "It fails just where the stride is not 1."),
        ({"pad": 1}, "It fails just where the padding is not 0."),
        ({"image": (2, 3, 5, 4)}, "It fails just where the images are not square."),
        ({"filters": (4, 3, 2, 1)}, "It fails just where the filters are not square."),
    ],
)
def test_the_one_thing_that_sets_a_failing_case_apart_is_told(failing, sentence):
    assert pattern([CONVOLUTION | failing], [CONVOLUTION]) == sentence


def test_a_mode_in_which_a_layer_fails_is_told():
    assert pattern([{"mode": "test"}], [{"mode": "train"}]) == "It fails just where mode is test."


def test_a_switch_with_which_a_layer_fails_is_told():
    assert pattern([{"bias": True}], [{"bias": False}]) == "It fails just where bias is on."
    assert pattern([{"bias": False}], [{"bias": True}]) == "It fails just where bias is off."


def test_windows_that_overlap_are_told():
    pool = {"image": (1, 1, 5, 5), "window": (2, 2)}

    assert pattern([pool | {"stride": 1}, pool | {"stride": 1, "window": (3, 3)}], [pool | {"stride": 2}]) == (
        "It fails just where the stride is 1."
    )
    assert pattern(
        [pool | {"stride": 2, "window": (3, 3)}, pool | {"stride": 1}], [pool | {"stride": 2}, pool | {"stride": 3}]
    ) == ("It fails just where the windows overlap.")


def test_a_single_window_overlaps_nothing():
    pool = {"image": (1, 1, 5, 5), "window": (3, 3), "stride": 2}
    one = {"image": (1, 1, 3, 3), "window": (3, 3), "stride": 1}

    assert pattern([pool], [one, pool | {"stride": 3}]) == "It fails just where the windows overlap."


def test_batches_are_counted():
    assert counted({"batches": 3, "d": 2, "m": 4})["batches"] == 3


def test_windows_of_single_pixels_are_told():
    conv = {"image": (2, 2, 5, 6), "filters": (3, 2, 2, 2), "stride": 1, "pad": 0}

    assert pattern([conv, conv | {"stride": 2}], [conv | {"filters": (3, 2, 1, 1)}]) == (
        "It fails just where the windows are larger than one pixel."
    )


def test_a_remainder_is_told():
    pool = {"image": (1, 1, 4, 4), "window": (2, 2), "stride": 2}

    assert (
        pattern([pool | {"image": (1, 1, 5, 5)}], [pool])
        == "It fails just where the windows leave a row or column over."
    )


def test_a_batch_of_one_is_told():
    assert pattern([{"n": 1, "d": 3}], [{"n": 4, "d": 3}]) == "It fails just where the number of examples is 1."


@pytest.mark.parametrize(
    ("failing", "passing", "sentence"),
    [
        ({"reg": 0.5}, {"reg": 0.0}, "It fails just where `reg` is not 0."),
        ({"reg": 0.0}, {"reg": 0.5}, "It fails just where `reg` is 0."),
        ({"reg": 0.5}, {"reg": None}, "It fails just where `reg` is given."),
        ({"eps": None}, {"eps": 0.1}, "It fails just where `eps` is not given."),
        ({"scale": 1.0, "gap": 50.0}, {"scale": 1.0}, "It fails just where `gap` is given."),
        ({"eps": None}, {"eps": None}, ""),
    ],
)
def test_a_setting_with_which_a_function_fails_is_told(failing, passing, sentence):
    assert pattern([failing], [passing]) == sentence


@pytest.mark.parametrize(
    ("failing", "passing"), [([], [CONVOLUTION]), ([CONVOLUTION], []), ([CONVOLUTION], [CONVOLUTION])]
)
def test_where_nothing_sets_them_apart_nothing_is_said(failing, passing):
    assert pattern(failing, passing) == ""


def test_a_shape_that_is_no_image_is_not_called_square():
    assert pattern([{"sequences": (2, 3, 5)}], [{"sequences": (2, 5, 5)}]) == ""


def test_what_is_counted_in_a_question_has_a_name():
    assert counted(CONVOLUTION) == {
        "examples": 2,
        "channels": 3,
        "pixels of a channel": 25,
        "pixels of all images": 50,
        "filters": 4,
        "weights of a filter": 12,
    }
    assert counted({"n": 3, "d": 2, "eps": 0.1, "window": (2, 3)}) == {
        "examples": 3,
        "features": 2,
        "pixels of a window": 6,
    }


def test_a_window_of_one_number_is_no_window_of_two_axes():
    assert pattern([{"size": 9, "window": 3, "stride": 2}], [{"size": 9, "window": 2, "stride": 1}]) != ""
    assert counted({"size": 9, "window": 3, "image": 5}) == {}
