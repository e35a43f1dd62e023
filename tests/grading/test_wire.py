import os
import struct
import tracemalloc

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.core.values import Opaque
from autograder.sandbox import wire

PACK = msgspec.msgpack.encode
PLAIN = st.sampled_from(
    ["<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "|i1", "|u1", "<u2", "<u4", "<u8", "|b1", ">f8", ">i4"]
)
ARRAYS = PLAIN.flatmap(
    lambda name: npst.arrays(np.dtype(name), npst.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
OPAQUES = st.builds(
    Opaque, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), st.integers(0, 9)
)
ITEMS = st.none() | ARRAYS | OPAQUES


def body_of(message):
    frame = wire.encode(message)
    (length,) = wire.LENGTH.unpack(frame[: wire.LENGTH.size])
    assert length == len(frame) - wire.LENGTH.size
    return frame[wire.LENGTH.size :]


def returned(answer, updated=None):
    """Return the body of a reply, whatever the answer."""
    return PACK({"type": "returned", "number": 1, "answer": answer, "updated": updated or {}})


def array(dtype, shape, data):
    return msgspec.msgpack.Ext(wire.ARRAY, PACK((dtype, shape, data)))


def complaint_about(body):
    """Return what is said against a reply, or nothing; any other exception is a failure."""
    try:
        wire.decode_reply(body)
    except wire.WireError as error:
        return str(error)
    return ""


def assert_same(got, sent):
    if isinstance(sent, np.ndarray):
        assert (got.dtype, got.shape) == (sent.dtype, sent.shape)
        np.testing.assert_array_equal(got, sent)
    elif isinstance(sent, Opaque):
        assert (got.type, got.ref) == (sent.type, sent.ref)
    else:
        assert got == sent


@given(ITEMS)
def test_one_item_arrives_as_it_was_sent(item):
    reply = wire.decode_reply(body_of(wire.Returned(3, item, {})))

    assert reply.number == 3
    assert_same(reply.answer, item)


@given(st.lists(ITEMS, max_size=4))
def test_several_items_arrive_in_their_order(items):
    reply = wire.decode_reply(body_of(wire.Returned(3, tuple(items), {})))

    assert len(reply.answer) == len(items)
    for got, sent in zip(reply.answer, items, strict=True):
        assert_same(got, sent)


@given(st.dictionaries(st.text(max_size=5), ITEMS | st.text(max_size=5), max_size=3))
def test_updated_dictionaries_arrive_as_they_were_sent(values):
    reply = wire.decode_reply(body_of(wire.Returned(3, None, {1: values})))

    assert reply.updated[1].keys() == values.keys()
    for key, sent in values.items():
        assert_same(reply.updated[1][key], sent)


@given(st.lists(ITEMS | st.integers(-100, 100) | st.text(max_size=5), max_size=3))
def test_a_call_arrives_with_its_arguments(args):
    request = wire.decode_request(body_of(wire.Call(1, "affine_forward", args)))

    assert (request.number, request.name) == (1, "affine_forward")
    for got, sent in zip(request.args, args, strict=True):
        assert_same(got, sent)


def test_strided_and_fortran_arrays_arrive_with_their_values():
    x = np.arange(24.0).reshape(4, 6)

    reply = wire.decode_reply(body_of(wire.Returned(1, (x[::2, ::3], np.asfortranarray(x)), {})))

    np.testing.assert_array_equal(reply.answer[0], x[::2, ::3])
    np.testing.assert_array_equal(reply.answer[1], x)


def test_an_array_that_arrived_can_be_written_to():
    reply = wire.decode_reply(body_of(wire.Returned(1, np.zeros(3), {})))

    reply.answer[0] = 1.0

    assert reply.answer[0] == 1.0


@pytest.mark.parametrize(
    "dtype", ["|O", "<c16", "<f16", "<M8[s]", "<m8[s]", "<U3", "|S3", "|V8", "(2,)<f8", "<f8,<f8", "f8,("]
)
def test_a_dtype_that_is_no_plain_number_is_refused(dtype):
    body = returned(array(dtype, (1,), bytes(16)))

    with pytest.raises(wire.WireError) as caught:
        wire.decode_reply(body)

    assert str(caught.value) == f"An array must hold plain numbers (got {dtype})."


@pytest.mark.parametrize("dtype", ["a8", "<b8", "|f1", "float64", "=f8", "", "\0", "\x1b[31m<f8", "{'names': []}"])
def test_a_dtype_that_arrays_do_not_spell_is_refused(dtype):
    body = returned(array(dtype, (1,), bytes(8)))

    with pytest.raises(wire.WireError, match="must") as caught:
        wire.decode_reply(body)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("shape", "size"), [((3,), 16), ((3,), 32), ((), 0), ((-3,), 24), ((-1, -3), 24), ((2, 2**62), 8)]
)
def test_an_array_whose_bytes_are_not_those_of_its_shape_is_refused(shape, size):
    body = returned(array("<f8", shape, bytes(size)))

    with pytest.raises(wire.WireError, match="An array must have the bytes of its shape") as caught:
        wire.decode_reply(body)

    assert f"got {size} for {shape}" in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 2**64 - 1), (0, 2**62, 2**62), (0,) * 65, (2**63,)])
def test_a_shape_beyond_what_an_array_can_have_is_refused(shape):
    with pytest.raises(wire.WireError, match="must"):
        wire.decode_reply(returned(array("<f8", shape, b"")))


def test_a_shape_of_very_many_axes_is_refused_without_multiplying_them():
    body = returned(array("<f8", [200] * 1_000_000, b""))

    with pytest.raises(wire.WireError, match=r"`array` of length <= 64"):
        wire.decode_reply(body)


def test_an_unknown_code_is_refused():
    body = returned(msgspec.msgpack.Ext(7, b""))

    with pytest.raises(wire.WireError, match=r"A value must be an array or opaque \(got code 7\)"):
        wire.decode_reply(body)


@pytest.mark.parametrize("answer", [{"a": 1}, "text", 3, 2.5, True, [[None]], [{}], b"bytes"])
def test_an_answer_of_another_kind_is_refused(answer):
    with pytest.raises(wire.WireError, match="A reply must be a well-formed message"):
        wire.decode_reply(returned(answer))


def test_an_endless_nest_is_refused():
    body = returned([]).replace(PACK([]), b"\x91" * 10_000 + PACK(None), 1)

    with pytest.raises(wire.WireError, match="A reply must be a well-formed message"):
        wire.decode_reply(body)


def test_a_list_of_very_many_items_is_refused_before_memory_is_taken_for_them():
    body = returned([None] * 4_000_000)
    tracemalloc.start()

    with pytest.raises(wire.WireError, match=r"`array` of length <= 1000"):
        wire.decode_reply(body)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_very_many_names_are_refused():
    body = PACK({"type": "loaded", "number": 1, "names": ["a"] * 20_000, "notes": []})

    with pytest.raises(wire.WireError, match=r"`array` of length <= 10000"):
        wire.decode_reply(body)


@pytest.mark.parametrize("kind", ["call", "load", "\x1b[2J"])
def test_a_message_that_is_no_reply_is_refused_in_printable_words(kind):
    body = PACK({"type": kind, "number": 1, "name": "f", "args": []})

    with pytest.raises(wire.WireError, match="A reply must be a well-formed message") as caught:
        wire.decode_reply(body)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_half_a_message_is_refused(cut):
    body = body_of(wire.Returned(1, np.zeros(3), {}))

    with pytest.raises(wire.WireError, match="A reply must be a well-formed message"):
        wire.decode_reply(body[:-cut])


def test_text_that_is_not_utf8_is_refused():
    body = PACK({"type": "raised", "number": 1, "error": "ABCD"}).replace(b"ABCD", b"\xff\xfe\xed\xa0")

    with pytest.raises(wire.WireError, match="A reply must be a well-formed message"):
        wire.decode_reply(body)


def test_a_pickle_is_not_unpickled(tmp_path):
    canary = tmp_path / "canary"
    pickle = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()

    for body in (pickle, returned(array("|O", (1,), pickle)), returned(msgspec.msgpack.Ext(wire.OPAQUE, pickle))):
        with pytest.raises(wire.WireError, match="must"):
            wire.decode_reply(body)

    assert not canary.exists()


@settings(max_examples=400)
@given(st.binary(max_size=200))
@example(struct.pack("<I", 2**31))
@example(b"")
def test_random_bytes_raise_nothing_but_a_wire_error(body):
    complaint = complaint_about(body)

    assert complaint.isprintable()


@settings(max_examples=400)
@given(st.integers(0, 400), st.integers(1, 255))
def test_a_changed_byte_raises_nothing_but_a_wire_error(place, change):
    body = bytearray(
        body_of(wire.Returned(1, (np.arange(6.0).reshape(2, 3), Opaque("tuple", 1)), {2: {"mode": "train"}}))
    )
    body[place % len(body)] ^= change

    complaint = complaint_about(bytes(body))

    assert complaint.isprintable()


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.integers(-128, 127), NESTED)
def test_whatever_stands_in_an_extension_raises_nothing_but_a_wire_error(code, content):
    body = returned(msgspec.msgpack.Ext(code, PACK(content)))

    complaint = complaint_about(body)

    assert complaint.isprintable()


@given(st.text(max_size=8), st.lists(st.integers(-(2**63), 2**64 - 1), max_size=5), st.binary(max_size=32))
def test_whatever_is_called_an_array_raises_nothing_but_a_wire_error(dtype, shape, data):
    body = returned(array(dtype, shape, data))

    complaint = complaint_about(body)

    assert complaint.isprintable()


def test_a_message_that_is_too_large_is_not_sent():
    with pytest.raises(wire.WireError) as caught:
        wire.encode(wire.Returned(1, np.zeros(1000), {}), largest=8000)

    assert str(caught.value).startswith("An answer must be at most 8000 bytes (got 80")


def test_what_is_no_plain_data_is_not_sent():
    with pytest.raises(TypeError, match=r"A message must hold plain data \(got object\)."):
        wire.encode(wire.Call(1, "f", [object()]))


def test_text_is_made_short_printable_and_one_line():
    text = wire.clean("red \x1b[31m\r\n\u202e\x00" + "x" * 1000)

    assert text.startswith(r"red \x1b[31m\r\n\u202e\x00x")
    assert text.isprintable()
    assert len(text) < 420


def test_a_type_name_arrives_printable():
    reply = wire.decode_reply(body_of(wire.Returned(1, Opaque("\x1b[31m" + os.linesep, 0), {})))

    assert reply.answer.type == r"\x1b[31m\n"
