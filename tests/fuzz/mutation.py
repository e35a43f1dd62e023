"""Mutations that know what they mutate: bytes, nested values, zips. All choices come from one source of randomness."""

import random
import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

ODD_TEXT = (
    *(
        "",
        "\0",
        "\ud800",
        "\ufeff",
        "\u202e\u200b",
        "\x1b[2J\r\n",
        "../..",
        "a\nb",
        "é",
        "\U0001d538",
        "x" * 300,
        "[" * 40,
    ),
    *("code", "markdown", "source", "cells", "worksheets", "nbgrader", "grade_id", "text", "%%bash\nls", "%%time\n"),
    *("def affine_forward(x):\n    pass", "<script>", "=1+1", "'", "|O", "<f8", "returned", "loaded", "R"),
)
ODD_NUMBERS = (0, 1, -1, 2, 3, 4, 5, 64, 65, 2**31, 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1)
ODD_VALUES = (*ODD_TEXT, *ODD_NUMBERS, 0.5, float("inf"), float("nan"), None, True, [], {}, [[]], [{}], {"": {}})
ODD_BYTES = (b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x01\x02", b"PK\x05\x06", b"[", b"{", b'"', b"\\ud800")
METHODS = (*[ZIP_DEFLATED] * 40, *[ZIP_STORED] * 8, ZIP_BZIP2, ZIP_LZMA)  # the last two are slow


def changed_bytes(choose: random.Random, data: bytes) -> bytes:
    """Change some bytes: flip a bit, cut, repeat, insert, overwrite."""
    for _ in range(choose.choice((1, 1, 1, 2, 4, 16))):
        place = choose.randrange(len(data) + 1)
        end = place + choose.choice((1, 1, 2, 4, 8, 64, 1000))
        middle = data[place:end]
        instead = (
            bytes([middle[0] ^ 1 << choose.randrange(8)]) + middle[1:] if middle else b"",
            b"",
            middle * choose.choice((2, 50)),
            choose.choice(ODD_BYTES) + middle,
            choose.randbytes(len(middle)),
            choose.choice(ODD_NUMBERS).to_bytes(9, "little", signed=True)[: len(middle)],
        )
        data = data[:place] + choose.choice(instead) + data[end:]
    return data


def changed_value(choose: random.Random, value: Any, odd: tuple[Any, ...] = ODD_VALUES) -> Any:
    """Change one place of a nested value: another value, or lost, doubled, renamed or wrapped."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not keys or choose.random() < 0.2:
        return choose.choice((choose.choice(odd), [value], {"cells": value, "source": value}))
    key = choose.choice(keys)
    if choose.random() < 0.7:
        inner = changed_value(choose, value[key], odd)
        return {**value, key: inner} if isinstance(value, dict) else [*value[:key], inner, *value[key + 1 :]]
    if isinstance(value, list):
        return value[:key] + [value[key]] * choose.choice((0, 2, 20)) + value[key + 1 :]
    name = choose.choice([one for one in odd if isinstance(one, str)])
    renamed = {name: value[key]} if choose.random() < 0.5 else {}
    return {**{other: value[other] for other in keys if other != key}, **renamed}


def zipped(choose: random.Random, members: list[tuple[str, bytes]]) -> bytes:
    """Zip files, some of them in odd ways."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that are there already
        for name, data in members:
            info = ZipInfo(name)
            info.compress_type = choose.choice(METHODS)
            info.external_attr = choose.choice((0, 0, 0, 0o120777 << 16, 0o100644 << 16))
            archive.writestr(info, data)
    return buffer.getvalue()


def several(choose: random.Random, change: Callable[[random.Random, Any], Any], value: Any) -> Any:
    """Change something more than once; sometimes not at all."""
    for _ in range(choose.choice((0, 1, 1, 1, 2, 3, 8))):
        value = change(choose, value)
    return value
