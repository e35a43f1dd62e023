"""What may pass between a subject and its judge."""

import numpy as np
import pytest

from autograder.core.values import Opaque, is_plain, plain, plain_dict, plain_item, private_copy


class Boastful(np.ndarray):
    """An array that claims to equal everything."""

    def __eq__(self, _other):
        return np.True_

    def __sub__(self, _other):
        return np.zeros(self.shape)


def assert_is_array(value, expected, dtype):
    assert type(value) is np.ndarray
    assert value.dtype == dtype
    np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize(
    "dtype",
    ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"],
    ids=lambda code: np.dtype(code).name,
)
def test_booleans_integers_and_floats_of_at_most_64_bits_pass(dtype):
    array = np.array([[0, 1], [1, 0]], dtype)

    assert_is_array(plain_item(array), array, dtype)


@pytest.mark.parametrize(
    ("number", "dtype"),
    [(True, bool), (3, np.int64), (0.5, np.float64), (np.float32(0.5), np.float32), (2**63, np.uint64)],
)
def test_a_number_becomes_an_array_of_shape_nothing(number, dtype):
    item = plain_item(number)

    assert_is_array(item, number, dtype)
    assert item.shape == ()


def test_none_stays_none():
    assert plain_item(None) is None


def test_a_subclass_leaves_its_methods_behind():
    boastful = np.array([1.0, 2.0]).view(Boastful)

    assert_is_array(plain_item(boastful), [1.0, 2.0], np.float64)


def test_a_masked_array_shows_what_is_behind_the_mask():
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])

    assert_is_array(plain_item(masked), [1.0, 2.0], np.float64)


def test_a_matrix_becomes_an_array_that_can_have_any_number_of_axes():
    matrix = np.ones((2, 3)).view(np.matrix)

    assert plain_item(matrix)[0].shape == (3,)


def test_big_endian_numbers_come_in_the_byte_order_of_this_machine():
    item = plain_item(np.array([1.0, 2.0], dtype=">f8"))

    assert_is_array(item, [1.0, 2.0], np.float64)
    assert item.dtype.isnative


def test_what_passes_is_contiguous_and_shares_no_memory():
    array = np.arange(12.0).reshape(3, 4)

    item = plain_item(array.T)

    assert item.flags.c_contiguous
    assert not np.shares_memory(item, array)
    np.testing.assert_array_equal(item, array.T)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.array([1, None]), "array of object"),
        (np.ones(2, complex), "array of complex128"),
        (np.array(["text"]), "array of str128"),
        (np.datetime64("2020"), "array of datetime64[Y]"),
        (np.zeros(2, dtype=[("a", float)]), "array of void64"),
        (10**30, "array of object"),
        (1j, "complex"),
        ("text", "str"),
        ({"x": 1.0}, "dict"),
        (max, "builtin_function_or_method"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_anything_else_is_opaque_and_says_what_it_is(value, name):
    item = plain_item(value)

    assert isinstance(item, Opaque)
    assert item.ref is value
    assert repr(item) == f"Opaque({name})"


def test_a_long_double_is_opaque_where_it_is_longer_than_a_double():
    number = np.longdouble(1)

    assert isinstance(plain_item(number), Opaque) == (number.dtype.itemsize > 8)


@pytest.mark.parametrize(
    ("dtype", "passes"), [("f8", True), ("c8", False), ("O", False), ("S4", False), ("M8[s]", False)]
)
def test_the_dtypes_that_pass_are_a_short_list(dtype, passes):
    assert is_plain(np.dtype(dtype)) is passes


@pytest.mark.parametrize("container", [tuple, list])
def test_a_tuple_or_a_list_is_reduced_item_by_item(container):
    out, cache, nothing = plain(container([np.ones(2), (np.ones(2), "cache"), None]))

    assert_is_array(out, [1, 1], np.float64)
    assert cache.type == "tuple"
    assert nothing is None


def test_a_single_answer_is_not_put_into_a_tuple():
    assert_is_array(plain(np.ones(2)), [1, 1], np.float64)


def test_arrays_in_containers_are_copied():
    x = np.zeros(2)
    given = ([x], (x,), {"x": x}, x)

    own = private_copy(given)
    for array in (own[0][0], own[1][0], own[2]["x"], own[3]):
        array += 1

    assert x.tolist() == [0, 0]
    assert [type(part) for part in own] == [list, tuple, dict, np.ndarray]


def test_a_dictionary_is_copied_and_its_text_and_numbers_are_kept():
    given = {"mode": "train", "eps": 0.1}

    own = private_copy(given)
    own["mode"] = "test"

    assert given == {"mode": "train", "eps": 0.1}
    assert own["eps"] == 0.1


def test_an_opaque_thing_is_handed_back_as_itself():
    cache = object()

    assert private_copy(Opaque("object", cache)) is cache


def test_a_parameter_dictionary_keeps_text_and_turns_numbers_into_arrays():
    reduced = plain_dict({"mode": "train", "running_mean": np.ones(1), "momentum": 0.9, "note": ["one"], 5: "five"})

    assert list(reduced) == ["mode", "running_mean", "momentum", "note"]
    assert reduced["mode"] == "train"
    assert_is_array(reduced["running_mean"], [1.0], np.float64)
    assert_is_array(reduced["momentum"], 0.9, np.float64)
    assert reduced["note"].type == "list"
