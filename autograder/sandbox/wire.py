"""The wire: what a judge and a worker say to each other, as length-prefixed MessagePack.

Arrays travel as dtype, shape and bytes; opaque things stay in the worker and travel as a number. Nothing is
unpickled, and a frame that is not of the declared types and sizes is refused before anything is made of it.

This file is also bound into the sandbox: it imports numpy, msgspec, the standard library and `values`.
"""

import math
import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Annotated, Any

import msgspec
import numpy as np

from autograder.core.values import ARRAY_KINDS, Opaque, is_plain

ARRAY, OPAQUE, LISTED = 1, 2, 3
LENGTH = struct.Struct("<I")
LARGEST_REQUEST = 2**32 - 1  # bytes: all that a length can say
LARGEST_TEXT = 4000  # characters of an exception that a worker sends
READABLE_TEXT = 400  # characters of it that are worth reading
MOST_NOTES = 100
MOST_NAMES = 10_000


def _dtypes() -> Iterator[tuple[str, np.dtype[Any]]]:
    """Yield the dtypes that may pass, by the names that arrays themselves give them."""
    for name in map("".join, product("<>|", ARRAY_KINDS, "1248")):
        with suppress(TypeError):  # there is no such one
            dtype = np.dtype(name)
            if is_plain(dtype):
                yield name, dtype


DTYPES = dict(_dtypes())
Few = msgspec.Meta(max_length=1000)
Item = msgspec.msgpack.Ext | None  # an array, something opaque or nothing
Answer = Annotated[list[Item], Few] | Item
Updated = Annotated[dict[int, Annotated[dict[str, str | Item], Few]], Few]
Shape = Annotated[tuple[int, ...], msgspec.Meta(max_length=64)]  # numpy has no more axes


class WireError(ValueError):
    """What arrived is not what may arrive."""


# What reading an enemy's bytes may raise. Anything else would look like a fault of the grader, which costs no point.
UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError, MemoryError)


class Listed:
    """A list among the arguments of a call. Without this it would arrive as a tuple, which not all functions take."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items


class Load(msgspec.Struct, tag="load"):
    """Define what these cells define; `asked` will be called, and all of it has so many `seconds`.

    `modules` are files that the cells may import, source by path; `notebooks` are others, cells by name, and `absent`
    says of some why they are not there. No later reply may have more than `largest` bytes.
    """

    number: int
    cells: list[tuple[str, str]]
    modules: dict[str, str]
    asked: list[str]
    seconds: float
    largest: int = LARGEST_REQUEST
    notebooks: dict[str, list[tuple[str, str]]] = {}
    absent: dict[str, str] = {}


class Call(msgspec.Struct, tag="call"):
    """Call a function by name."""

    number: int
    name: str
    args: list[Any]


class Returned(msgspec.Struct, tag="returned"):
    """A function's plain answer, its parameter dictionaries as they are after the call, and the arrays it changed."""

    number: int
    answer: Any
    updated: dict[int, dict[str, Any]]
    changed: list[int] = []


class Raised(msgspec.Struct, tag="raised"):
    """A function raised, or there is none of that name (`error` is then empty); `inner` is where it was raised."""

    number: int
    error: str
    text: str = ""
    place: str = ""
    inner: str = ""


class Loaded(msgspec.Struct, tag="loaded"):
    """The names that are defined now, and what went wrong on the way, a sentence each."""

    number: int
    names: Annotated[list[str], msgspec.Meta(max_length=MOST_NAMES)]
    notes: Annotated[list[str], msgspec.Meta(max_length=MOST_NOTES)]


class Closed(msgspec.Struct, tag="returned"):
    """`Returned` as it comes from an enemy: its values are not opened yet."""

    number: int
    answer: Answer
    updated: Updated
    changed: Annotated[list[int], Few] = []


Request = Load | Call
Reply = Returned | Raised | Loaded


def encode(message: Request | Reply, largest: int = LARGEST_REQUEST) -> bytes:
    """Turn a message into a frame with its length in front.

    Parameters
    ----------
    message : Request or Reply
    largest : int
        Bytes that it may have.

    Raises
    ------
    WireError
        If the frame is too large to be sent.
    """
    body = _encoder.encode(message)
    if len(body) > largest:
        raise WireError(f"An answer must be at most {largest} bytes (got {len(body)}).")
    return LENGTH.pack(len(body)) + body


def decode_request(body: bytes) -> Request:
    """Read a request; only the worker does."""
    return _request_decoder.decode(body)


def decode_reply(body: bytes) -> Reply:
    """Read a reply, which may come from an enemy.

    Raises
    ------
    WireError
        If it is not of the declared types, or holds an array that may not pass.
    """
    try:
        reply = _reply_decoder.decode(body)
        return _opened(reply) if isinstance(reply, Closed) else reply
    except WireError:
        raise
    except UNREADABLE as error:
        raise WireError(f"A reply must be a well-formed message (got {clean(str(error))}).") from error


def clean(text: str, most: int = READABLE_TEXT) -> str:
    r"""Make text from a student harmless to terminals and pages: short, one line, nothing invisible.

    Examples
    --------
    >>> clean("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    text = text[:most]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _opened(reply: Closed) -> Returned:
    answer = [_open(item) for item in reply.answer] if isinstance(reply.answer, list) else _open(reply.answer)
    updated = {i: {key: _open(item) for key, item in values.items()} for i, values in reply.updated.items()}
    return Returned(reply.number, answer, updated, reply.changed)


def _open(item: str | Item) -> Any:
    return _decode_value(item.code, memoryview(item.data)) if isinstance(item, msgspec.msgpack.Ext) else item


def _encode_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = np.ascontiguousarray(value)
        return msgspec.msgpack.Ext(ARRAY, msgspec.msgpack.encode((data.dtype.str, value.shape, data.tobytes())))
    if isinstance(value, np.generic):
        return _encode_value(np.asarray(value))
    if isinstance(value, Opaque):
        return msgspec.msgpack.Ext(OPAQUE, msgspec.msgpack.encode((value.ref, value.type)))
    if isinstance(value, Listed):
        return msgspec.msgpack.Ext(LISTED, msgspec.msgpack.encode(value.items))
    raise TypeError(f"A message must hold plain data (got {type(value).__name__}).")


def _decode_value(code: int, data: memoryview) -> Any:
    if code == ARRAY:
        return _array(*_array_decoder.decode(data))
    if code == OPAQUE:
        number, name = _opaque_decoder.decode(data)
        return Opaque(clean(name), number)
    raise WireError(f"A value must be an array or opaque (got code {code}).")


def _decode_argument(code: int, data: memoryview) -> Any:
    """Read a value that a judge sends."""
    return Listed(msgspec.msgpack.decode(data)) if code == LISTED else _decode_value(code, data)


def _array(name: str, shape: tuple[int, ...], data: bytes) -> np.ndarray[Any, Any]:
    dtype = DTYPES.get(name)
    if dtype is None:
        raise WireError(f"An array must hold plain numbers (got {clean(name)}).")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(data):
        raise WireError(f"An array must have the bytes of its shape (got {len(data)} for {shape}).")
    return np.frombuffer(data, dtype).reshape(shape).copy()


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_value)
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request, ext_hook=_decode_argument)
_reply_decoder: msgspec.msgpack.Decoder[Closed | Raised | Loaded] = msgspec.msgpack.Decoder(Closed | Raised | Loaded)
_array_decoder = msgspec.msgpack.Decoder(tuple[str, Shape, bytes])
_opaque_decoder = msgspec.msgpack.Decoder(tuple[int, str])
