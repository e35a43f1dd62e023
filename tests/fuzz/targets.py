"""What is fuzzed, and what must hold whatever comes in. Anything else that is raised is a find."""

import json
import random
from collections.abc import Callable
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

import msgspec
import numpy as np
from mutation import ODD_BYTES, ODD_VALUES, changed_bytes, changed_value, several, zipped
from nbformat import validate

from autograder import nodes
from autograder.core.values import Opaque, is_plain
from autograder.grading.restore import restore
from autograder.sandbox import wire
from autograder.sandbox.limits import Limits
from autograder.submission import File, code_cells, find_modules, find_notebook
from autograder.submission.archive import unpack

LIMITS = Limits(
    upload_size=2**16, notebook_size=2**16, member_size=2**14, cell_size=500, code_size=2000, zip_members=20
)
NOTEBOOK = "layers"
FUNCTIONS = ("affine_forward", "relu_forward")
NAMES = (
    *("layers.ipynb", "layers.ipynb", "layers.py", "LAYERS.IPYNB", "sub/layers.ipynb", "final (1).ipynb", "hw.zip"),
    *("helper.py", "pkg/core.py", "../evil.py", "..\\layers.ipynb", "/abs.ipynb", "C:evil.py", "a\0b.py", "CON.py"),
    *("a\nb.ipynb", "é\u202e.ipynb", "x" * 250 + ".py", "__MACOSX/._a.py", "in.zip", "hw.rar", ".x/y.py", "..", "a/"),
)
VALIDATED = 1 / 200  # of the notebooks: nbformat takes longer than all the rest


def _cell(kind: str, source: Any, **fields: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, **fields}


def _mark(grade_id: str, **fields: Any) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, "grade": False, "solution": True, **fields}}


STUB = _cell("code", "def affine_forward(x):\n    return x", id="affine", metadata=_mark("affine", locked=False))
CHECK = _cell(
    "code", 'check("affine_forward")', id="check", metadata=_mark("check", grade=True, points=2, locked=True)
)
CODE = {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}], "execution_count": 1}
CELLS = [_cell("markdown", "# Layers", id="title"), STUB | CODE, CHECK | CODE, _cell("raw", ["a\n", "b"])]
OLD = [{"cell_type": "code", "input": ["x = 1\n"], "language": "python", "outputs": []}]
PYTHON = {"kernelspec": {"language": "python", "name": "python3"}, "language_info": {"name": "python"}}
NOTEBOOKS: tuple[dict[str, Any], ...] = (
    {"nbformat": 4, "nbformat_minor": 5, "metadata": PYTHON, "cells": CELLS},
    {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": OLD}]},
    {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1", "prompt_number": 1}]},
)
SOURCES = (
    b"# %%\nimport numpy as np\n# %% [markdown]\n# Hello\n#%%\ndef relu_forward(x):\n    return x\n",
    b"# -*- coding: latin-1 -*-\nNAME = '\xe9'\n",
)
RELEASED = nodes.notebook(
    [nodes.cell(c["cell_type"], str(c["source"]), c["metadata"], f"c{i}") for i, c in enumerate(CELLS)]
)


def reader(choose: random.Random) -> None:
    """Read a submission of a few mutated files: find its notebook, its modules, and restore it."""
    files = list(chain.from_iterable(_opened(_file(choose)) for _ in range(choose.choice((1, 1, 2, 3)))))
    found = find_notebook(files, NOTEBOOK, FUNCTIONS, [NOTEBOOK, "networks"], LIMITS)
    sources, left_out = find_modules(files, [NOTEBOOK], LIMITS)

    for problem in (*found.problems, *left_out):
        assert problem.isprintable(), problem
        assert len(problem) < 1000, problem
    for name, source in sources.items():
        assert all(part.isidentifier() for part in PurePosixPath(name).with_suffix("").parts), name
        source.encode()
    if found.node is None:
        assert found.problems
        return
    assert sum(len(source.encode()) for _, source in code_cells(found.node)) <= LIMITS.code_size
    restored = restore(found.node, RELEASED)
    json.loads(nodes.written(restored))
    if choose.random() < VALIDATED:
        validate(restored)


def _file(choose: random.Random) -> File:
    path = PurePosixPath(choose.choice(NAMES).replace("\0", "").replace("..", "up").lstrip("/"))
    return File(path, _content(choose, path.suffix.lower()))


def _content(choose: random.Random, kind: str) -> bytes:
    if kind == ".zip":
        count = choose.choice((0, *[1] * 10, *[2] * 6, 3, 3, 25))
        names = [choose.choice(NAMES) for _ in range(count)]
        data = zipped(choose, [(name, _content(choose, ".ipynb" if "ipynb" in name else ".py")) for name in names])
    elif kind == ".py":
        data = choose.choice(SOURCES)
    else:
        text = json.dumps(
            several(choose, changed_value, choose.choice(NOTEBOOKS)), ensure_ascii=choose.random() < 0.9
        )
        data = text.encode(
            choose.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")), "surrogatepass"
        )
    return several(choose, changed_bytes, data) if choose.random() < 0.5 else data


def _opened(file: File) -> list[File]:
    return list(unpack(file, LIMITS)) if file.kind == ".zip" else [file]


ARRAY = {"dtype": "<f8", "shape": [2, 3], "data": bytes(48)}
MESSAGES: tuple[dict[str, Any], ...] = (
    {"type": "returned", "number": 1, "answer": {"array": ARRAY}, "updated": {}},
    {"type": "returned", "number": 1, "answer": [{"array": ARRAY}, {"opaque": [0, "tuple"]}, None], "updated": {}},
    {"type": "returned", "number": 7, "answer": None, "updated": {"1": {"mode": "train", "mean": {"array": ARRAY}}}},
    {"type": "raised", "number": 1, "error": "ValueError", "text": "no\nmore", "place": " in cell 3"},
    {"type": "loaded", "number": 1, "names": ["affine_forward", "np"], "notes": ["cell 2, line 1: NameError"]},
)
ODD_DTYPES = (
    "<f8",
    "|O",
    "<c16",
    "<f16",
    "<M8[s]",
    "|b1",
    ">i4",
    "|V8",
    "(2,)<f8",
    "<f8,<f8",
    "\x1b<f8",
    "|u1",
    "<i2",
)


def decoder(choose: random.Random) -> None:
    """Decode a mutated reply of a worker."""
    body = _packed(choose, several(choose, changed_value, choose.choice(MESSAGES)))
    if choose.random() < 0.5:
        body = several(choose, changed_bytes, body)
    try:
        reply = wire.decode_reply(body)
    except wire.WireError as refused:
        complaint, reply = str(refused), None
    else:
        complaint = ""

    assert complaint.isprintable(), complaint
    assert reply is None or isinstance(reply, wire.Returned | wire.Raised | wire.Loaded)
    if isinstance(reply, wire.Returned):
        for item in reply.answer if isinstance(reply.answer, list) else [reply.answer]:
            _require_plain(item)
        for values in reply.updated.values():
            for value in values.values():
                _require_plain(None if isinstance(value, str) else value)


def _require_plain(item: Any) -> None:
    """Assert that a value is an array of its own, something opaque, or nothing."""
    if isinstance(item, Opaque):
        assert isinstance(item.ref, int)
        assert item.type.isprintable(), item.type
    elif item is not None:
        assert type(item) is np.ndarray
        assert is_plain(item.dtype), item.dtype
        assert item.flags.writeable


def _packed(choose: random.Random, message: Any) -> bytes:
    """Encode a mutated message, whose arrays and opaque things are spelt as dictionaries."""
    try:
        return msgspec.msgpack.encode(_extended(choose, message))
    except (msgspec.MsgspecError, OverflowError, UnicodeEncodeError, TypeError):  # what MessagePack cannot say
        return choose.choice(ODD_BYTES)


def _extended(choose: random.Random, value: Any) -> Any:
    if isinstance(value, list):
        return [_extended(choose, item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value and isinstance(value["array"], dict):
        parts = [value["array"].get(key, choose.choice(ODD_VALUES)) for key in ("dtype", "shape", "data")]
        parts[0] = choose.choice(ODD_DTYPES) if choose.random() < 0.3 else parts[0]
        return _extension(choose, wire.ARRAY, parts)
    if "opaque" in value:
        return _extension(choose, wire.OPAQUE, value["opaque"])
    keys = {int(key) if isinstance(key, str) and key.isdecimal() else key: item for key, item in value.items()}
    return {key: _extended(choose, item) for key, item in keys.items()}


def _extension(choose: random.Random, code: int, content: Any) -> msgspec.msgpack.Ext:
    if choose.random() < 0.1:
        code = choose.choice((-1, 0, 1, 2, 3, 127))
    return msgspec.msgpack.Ext(code, _packed(choose, content))


TARGETS: dict[str, Callable[[random.Random], None]] = {"reader": reader, "wire": decoder}
