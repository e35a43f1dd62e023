"""A class that hands in what is merely broken, and hostile: each file, the score it has, and what is said of it."""

import io
import json
import os
import socket
import stat
import struct
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import nbformat
from classroom import NOTEBOOK, released, worked

FULL = 13.0
NAME = f"{NOTEBOOK}.ipynb"
GOOD: dict[str, Any] = json.loads(nbformat.writes(worked()))
AGAIN = "Save it again in JupyterLab, and hand in that file."
NOTHING = (
    f"There is no file {NAME}, and no other file defines its functions. Hand in the notebook that you were given."
)
SMALLER = "Clear outputs, keep data out of it, and save it again."
TWICE = "Of a function that stands there twice, the last definition counts."
TIMESTAMP = "timestamp.txt"
MIB = 2**20


@dataclass(frozen=True)
class Broken:
    """What a student hands in.

    `said` is the first sentence about the files, or nothing if there is nothing to say.
    """

    make: Callable[[Path], object]
    score: float
    said: str = ""


def file(content: Any, name: str | bytes = NAME) -> Callable[[Path], object]:
    """Write one file: bytes, text, or JSON."""

    def make(folder: Path) -> None:
        path = folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def both(*makes: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [make(folder) for make in makes]


def changed(**fields: Any) -> dict[str, Any]:
    return {**GOOD, **fields}


def each_cell(change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return changed(cells=[change(deepcopy(cell)) for cell in GOOD["cells"]])


def with_cell(source: str, **fields: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "more"}
    return changed(cells=[*GOOD["cells"], {**cell, "source": source, **fields}])


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def old(number: int) -> dict[str, Any]:
    """Write the notebook in format 1, 2 or 3."""
    source = "code" if number == 1 else "input"
    cells = [
        {"cell_type": "code", source: text_of(cell), "language": "python", "outputs": []}
        if cell["cell_type"] == "code"
        else {"cell_type": "markdown", "source": text_of(cell)}
        for cell in GOOD["cells"]
    ]
    body = {"cells": cells} if number == 1 else {"worksheets": [{"cells": cells}], "metadata": {"name": ""}}
    return {"nbformat": number, "nbformat_minor": 0, **body}


def zipped(members: dict[str, Any], change: Callable[[bytearray], object] = lambda _data: None) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    data = bytearray(buffer.getvalue())
    change(data)
    return bytes(data)


def encrypt(data: bytearray) -> None:
    data[data.find(b"PK\x03\x04") + 6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1


def lie(data: bytearray) -> None:
    """Say that the first member is of ten bytes."""
    for begins, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = data.find(begins) + place
        data[where : where + 4] = struct.pack("<I", 10)


def large(folder: Path) -> None:
    with (folder / NAME).open("wb") as made:
        made.truncate(300 * MIB)  # takes no room on the disk


def device(folder: Path) -> None:
    os.mknod(folder / NAME, stat.S_IFCHR | 0o666, os.makedev(1, 5))


def unix_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        before = Path.cwd()
        os.chdir(folder)  # names of sockets are short
        made.bind(NAME)
        os.chdir(before)


def link(target: str, name: str = NAME) -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(target)


def in_place_of_folder(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def replace(folder: Path) -> None:
        folder.rmdir()
        make(folder)

    return replace


def no_notebook(what: str) -> str:
    return f"'{NAME}' must be a notebook ({what}). {AGAIN}"


def no_file(what: str, name: str = NAME) -> str:
    return f"'{name}' must be a file (got {what}). Hand in the file itself."


def wrong_format(got: object) -> str:
    return f"'{NAME}' must have `nbformat` 4 (got {got}). It was read as far as it goes. {AGAIN}"


def renamed(name: str) -> str:
    taken_for = f"{name!r} was taken for {NAME}, because it defines its functions"
    return f"{taken_for}. Keep the name that it was given."


CODE = [cell for cell in GOOD["cells"] if cell["cell_type"] == "code"]
PYTHON = "\n".join(f"# %%\n{text_of(cell)}" for cell in CODE)
COMPACT = json.dumps(GOOD)
R_CELL = {"cell_type": "code", "source": "f <- function(x) x", "metadata": {}, "outputs": []}
R_KERNEL = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
FOREIGN = f"'{NAME}' must be in Python (its kernel is for 'R'). Choose the kernel Python 3."
LEADS_OUT = "must be named as a file in its zip (got a name that leads out of it). Zip the folder that it is in."
NO_ZIP = "must be a zip that can be opened (got a damaged one, or something else)"
ZIP_AGAIN = "Zip your files again, or hand them in as they are."
DEEP = {"brackets": "(" * 900, "sum": "1+" * 1200, "sign": "-" * 100_000, "attribute": "a" + ".b" * 3000}
NUMBER_TOO_LONG = COMPACT.replace('"nbformat": 4', f'"nbformat": {"4" * 5000}')
NESTED = COMPACT.replace('"metadata": {}', '"metadata": ' + "[" * 5000 + "]" * 5000, 1)

CLASS: dict[str, Broken] = {
    "good": Broken(file(GOOD), FULL),
    # no notebook
    "empty": Broken(file(b""), 0, no_notebook("it is empty")),
    "truncated": Broken(file(COMPACT[:5000]), 0, no_notebook("its JSON breaks off or goes wrong at line 1")),
    "malformed": Broken(file(COMPACT[:-1] + ",}"), 0, no_notebook("its JSON breaks off or goes wrong at line 1")),
    "binary": Broken(
        file(bytes(range(256))), 0, f"'{NAME}' must be UTF-8 text (got bytes that are not). Save it as UTF-8."
    ),
    "latin-1": Broken(
        file(json.dumps(with_cell("# é"), ensure_ascii=False).encode("latin-1")),
        0,
        f"'{NAME}' must be UTF-8 text (got bytes that are not). Save it as UTF-8.",
    ),
    "nul-bytes": Broken(file(bytes(1000)), 0, no_notebook("its JSON breaks off or goes wrong at line 1")),
    "web-page": Broken(file("<!DOCTYPE html><title>Sign in</title>"), 0, no_notebook("it is a web page")),
    "merge": Broken(file(f"<<<<<<< HEAD\n{COMPACT}"), 0, no_notebook("it is an unfinished merge")),
    "list": Broken(file([]), 0, no_notebook("it is JSON of another kind")),
    "no-cells": Broken(file(changed(cells=[])), 0, no_notebook("it has no cells")),
    "cells-of-another-kind": Broken(file(changed(cells={})), 0, no_notebook("it has no cells")),
    "nested-json": Broken(file("[" * 100_000), 0, no_notebook("its JSON is nested too deeply")),
    "nested-metadata": Broken(file(NESTED), 0, no_notebook("its JSON is nested too deeply")),
    "long-number": Broken(file(NUMBER_TOO_LONG), 0, no_notebook("a number in it is too long")),
    # another format, language or encoding
    "format-1": Broken(file(old(1)), FULL, wrong_format(1)),
    "format-2": Broken(file(old(2)), FULL, wrong_format(2)),
    "format-3": Broken(file(old(3)), FULL, wrong_format(3)),
    "format-99": Broken(file(changed(nbformat=99)), FULL, wrong_format(99)),
    "format-as-text": Broken(file(changed(nbformat="4")), FULL, wrong_format("'4'")),
    "no-format": Broken(file({"cells": GOOD["cells"]}), FULL, wrong_format("nothing of its kind")),
    "in-r": Broken(file(changed(metadata=R_KERNEL, cells=[R_CELL])), 0, FOREIGN),
    "in-python-with-the-kernel-of-r": Broken(file(changed(metadata=R_KERNEL)), FULL, FOREIGN),
    "kernel-of-another-name": Broken(file(changed(metadata={"kernelspec": {"name": "mine"}})), FULL),
    "byte-order-mark": Broken(file(COMPACT.encode("utf-8-sig")), FULL),
    "utf-16": Broken(file(COMPACT.encode("utf-16")), FULL),
    "utf-16-without-mark": Broken(file(COMPACT.encode("utf-16-le")), FULL),
    "windows-line-ends": Broken(file(json.dumps(GOOD, indent=1).replace("\n", "\r\n")), FULL),
    "windows-line-ends-in-cells": Broken(
        file(each_cell(lambda cell: {**cell, "source": text_of(cell).replace("\n", "\r\n")})), FULL
    ),
    # odd cells
    "nul-in-a-cell": Broken(
        file(with_cell("x = '\0'")),
        FULL,
        f"cell {len(GOOD['cells']) + 1}: SyntaxError: source code string cannot contain null bytes",
    ),
    "surrogate-in-a-cell": Broken(file(with_cell("x = '\ud800'")), FULL),
    "sources-as-text": Broken(file(each_cell(lambda cell: {**cell, "source": text_of(cell)})), FULL),
    "sources-as-lines": Broken(
        file(each_cell(lambda cell: {**cell, "source": text_of(cell).splitlines(keepends=True)})), FULL
    ),
    "no-sources": Broken(file(each_cell(lambda cell: {**cell, "source": None})), 0),
    "repeated-ids": Broken(file(each_cell(lambda cell: {**cell, "id": "same"})), FULL),
    "repeated-grade-ids": Broken(
        file(changed(cells=GOOD["cells"] * 2)),
        FULL,
        f"'{NAME}' must have each of its marked cells once (got 'imports' more often). {TWICE}",
    ),
    "no-grade-ids": Broken(file(each_cell(lambda cell: {**cell, "metadata": {}})), FULL),
    "large-outputs": Broken(
        file(with_cell("y = 1", outputs=[{"output_type": "stream", "name": "stdout", "text": "z" * 15 * MIB}])), FULL
    ),
    "attachments": Broken(
        file(with_cell("y", cell_type="markdown", attachments={"a": {"image/svg+xml": "x"}})), FULL
    ),
    "large-cell": Broken(
        file(with_cell(f"x = '{'z' * 2 * MIB}'")),
        FULL,
        f"Cell {len(GOOD['cells']) + 1} of '{NAME}' must have at most {MIB} characters (got {2 * MIB + 6}), "
        "and was left out. Keep data out of cells.",
    ),
    "many-cells": Broken(
        file(changed(cells=GOOD["cells"] + [R_CELL] * 5000)),
        0,
        f"'{NAME}' must have at most 5000 cells (got {len(GOOD['cells']) + 5000}). "
        "Hand in the notebook that you were given, with your code in it.",
    ),
    "nested-conditions": Broken(file(with_cell("if 0:\n    pass\n" + "elif 1:\n    pass\n" * 900)), FULL),
    **{f"nested-{name}": Broken(file(with_cell(f"if 0: {code}1")), FULL, "*") for name, code in DEEP.items()},
    # no regular files
    "300-megabytes": Broken(large, 0, f"'{NAME}' must be at most 20 MiB (got 300 MiB). {SMALLER}"),
    "link": Broken(link("/etc/passwd"), 0, no_file("a symbolic link")),
    "link-to-somebody": Broken(link(f"../../good/assignment1/{NAME}"), 0, no_file("a symbolic link")),
    "link-to-itself": Broken(link(NAME), 0, no_file("a symbolic link")),
    "link-to-a-folder": Broken(link("/etc", "work"), 0, no_file("a symbolic link", "work")),
    "link-for-a-folder": Broken(
        in_place_of_folder(lambda folder: folder.symlink_to("../good/assignment1")),
        0,
        "A submission must be a folder (got a symbolic link). Put its files into a folder of that name.",
    ),
    "file-for-a-folder": Broken(
        in_place_of_folder(lambda folder: folder.write_text(COMPACT)),
        0,
        "A submission must be a folder (got a file). Put its files into a folder of that name.",
    ),
    "folder-for-a-file": Broken(lambda folder: (folder / NAME).mkdir(), 0, no_file("a folder")),
    "notebook-in-a-folder-of-its-name": Broken(file(GOOD, f"{NAME}/{NAME}"), FULL, no_file("a folder")),
    "empty-folder": Broken(lambda _folder: None, 0, NOTHING),
    "pipe": Broken(lambda folder: os.mkfifo(folder / NAME), 0, no_file("a pipe")),
    "socket": Broken(unix_socket, 0, no_file("a socket")),
    # zips
    "zip": Broken(file(zipped({NAME: GOOD}), "hw.zip"), FULL),
    "zip-of-a-folder": Broken(file(zipped({f"hw/{NAME}": GOOD, "hw/more.txt": ""}), "HW.ZIP"), FULL),
    "zip-slip": Broken(file(zipped({f"../../{NAME}": GOOD}), "hw.zip"), 0, f"'hw.zip/../../{NAME}' {LEADS_OUT}"),
    "zip-slip-of-another-file": Broken(
        file(zipped({"../../canary.py": "", NAME: GOOD}), "hw.zip"), FULL, f"'hw.zip/../../canary.py' {LEADS_OUT}"
    ),
    "zip-bomb": Broken(
        file(zipped({NAME: b" " * 200 * MIB}), "hw.zip"),
        0,
        f"'hw.zip/{NAME}' must be at most 20 MiB unpacked (got 200 MiB). {SMALLER}",
    ),
    "zip-bomb-of-members": Broken(
        file(zipped({f"{number}.txt": "" for number in range(60_000)}), "hw.zip"),
        0,
        "'hw.zip' must hold at most 1000 files (got 60000). Zip your notebooks and your own modules only.",
    ),
    "zip-that-lies": Broken(
        file(zipped({NAME: GOOD}, lie), "hw.zip"),
        0,
        f"'hw.zip/{NAME}' must be a whole file (got a damaged one). Zip it again.",
    ),
    "zip-in-a-zip": Broken(
        file(zipped({"in.zip": zipped({NAME: GOOD})}), "hw.zip"),
        0,
        "'hw.zip/in.zip' must be a notebook or a Python file (got an archive in a zip). Zip the files themselves.",
    ),
    "zip-with-a-password": Broken(
        file(zipped({NAME: GOOD}, encrypt), "hw.zip"),
        0,
        f"'hw.zip/{NAME}' must open without a password (got an encrypted file). Zip it again without one.",
    ),
    "zip-cut-off": Broken(file(zipped({NAME: GOOD})[:3000], "hw.zip"), 0, f"'hw.zip' {NO_ZIP}. {ZIP_AGAIN}"),
    "zip-called-notebook": Broken(file(zipped({NAME: GOOD})), 0, no_notebook("it is a zip")),
    "rar": Broken(file(b"Rar!", "hw.rar"), 0, "'hw.rar' must be a zip (got .rar). Zip your files, or hand in each."),
    # Python files and several files
    "python": Broken(file(PYTHON, f"{NOTEBOOK}.py"), FULL),
    "python-beside-it": Broken(
        both(file(GOOD), file("x = 1", f"{NOTEBOOK}.py")),
        FULL,
        f"'{NOTEBOOK}.py' has the name of the assignment's notebook, too, and was not looked at. Hand in one of them.",
    ),
    "python-beside-a-broken-one": Broken(
        both(file("{"), file(PYTHON, f"{NOTEBOOK}.py")),
        FULL,
        no_notebook("its JSON breaks off or goes wrong at line 1"),
    ),
    "python-in-a-slow-encoding": Broken(
        file(f"# coding: punycode\n{PYTHON}\nx = '{'a' * MIB}'", f"{NOTEBOOK}.py"), FULL, "*"
    ),
    "two-of-one-name": Broken(
        both(file(GOOD, f"a/{NAME}"), file(nbformat.writes(released()), f"b/{NAME}")),
        FULL,
        f"'b/{NAME}' has the name of the assignment's notebook, too, and was not looked at. Hand in one of them.",
    ),
    "large-modules": Broken(
        both(file(GOOD), *(file("x" * 15 * MIB, f"m{number}.py") for number in range(4))),
        FULL,
        f"'m0.py' must be at most 1 MiB (got 15 MiB). {SMALLER}",
    ),
    "many-files": Broken(
        both(file(GOOD), *(file("", f"data/{number}.txt") for number in range(1500))),
        FULL,
        "A submission must hold at most 1000 files (got more). Hand in your notebooks and your own modules only.",
    ),
    "timestamp-that-is-none": Broken(both(file(GOOD), file("9" * 150, TIMESTAMP)), FULL),
    "timestamp-without-end": Broken(both(file(GOOD), file("9" * MIB, TIMESTAMP)), FULL),
    "timestamp-that-is-a-folder": Broken(both(file(GOOD), lambda folder: (folder / TIMESTAMP).mkdir()), FULL),
    # names
    "named-by-a-browser": Broken(file(GOOD, f"{NAME}.txt"), FULL, renamed(f"{NAME}.txt")),
    "upper-case": Broken(file(GOOD, NAME.upper()), FULL, renamed(NAME.upper())),
    "two-cases": Broken(both(file("{}", f"{NOTEBOOK.upper()}.ipynb"), file(GOOD)), FULL),
    "name-of-255-bytes": Broken(file(GOOD, "a" * 249 + ".ipynb"), FULL, renamed("a" * 249 + ".ipynb")),
    "name-with-line-ends": Broken(file(GOOD, "a\nERROR: b\r.ipynb"), FULL, renamed("a\nERROR: b\r.ipynb")),
    "name-with-controls": Broken(file(GOOD, "\x1b[2J\u202e.ipynb"), FULL, renamed("\x1b[2J\u202e.ipynb")),
    "name-with-markup": Broken(file(GOOD, "[red]<script>.ipynb"), FULL, renamed("[red]<script>.ipynb")),
    "name-of-a-device": Broken(file(GOOD, "CON.ipynb"), FULL, renamed("CON.ipynb")),
    "name-in-no-encoding": Broken(file(GOOD, b"\xff.ipynb"), FULL, renamed("\udcff.ipynb")),
}
ONLY_ROOT = {"device": Broken(device, 0, no_file("a device"))}
NAMES_OF_STUDENTS = (
    *(
        "[red]x[/red]".replace("/", "_"),
        "[link=x]y",
        "a\nERROR forged",
        "\x1b[31mred",
        "\x9b31m",
        "\u202eright",
        "\u200bzero",
    ),
    *(
        "=1+1",
        "-dash",
        "@x",
        "<script>alert(1)<_script>",
        "o'; drop table student;--",
        "x" * 255,
        "é" * 120,
        "CON",
        "%s",
    ),
    *("{student_id}", "..x", " space ", "a\rb", os.fsdecode(b"\xff\xfe")),
)
