import json
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from autograder.sandbox.limits import MIB, Limits
from autograder.submission import File, find_modules, find_notebook

USUAL = Limits()
ONE = "Hand in one of them."
NOTHING = "There is no file layers.ipynb, and no other file defines its functions. Hand in the notebook that you were given."


def notebook(source="def affine_forward(x):\n    pass"):
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def files(**texts):
    return [File(PurePosixPath(path), text.encode()) for path, text in texts.items()]


def find(texts, functions=("affine_forward", "relu_forward"), taken=("layers", "networks")):
    """Return the source of what was found, and what is said of it."""
    found = find_notebook(files(**texts), "layers", functions, taken, USUAL)
    return (found.node.cells[0].source if found.node else None), found.problems


def test_a_notebook_is_found_by_its_name():
    assert find({"layers.ipynb": notebook("x = 1"), "other.py": "def affine_forward(x):\n    pass"}) == ("x = 1", ())


def test_a_python_file_of_its_name_is_found():
    assert find({"layers.py": "x = 1"}) == ("x = 1", ())


def test_where_nothing_is_found_a_notebook_that_cannot_be_read_is_named():
    source, problems = find({"mine.ipynb": "", "networks.ipynb": "", "notes.py": "x = 1"})

    assert source is None
    assert problems[0] == NOTHING
    assert problems[1].startswith("'mine.ipynb' must be a notebook (")
    assert len(problems) == 2


@pytest.mark.parametrize("path", ["unpacked/layers.IPYNB", "hw.zip/layers.ipynb"])
def test_a_notebook_in_a_subfolder_is_found_by_its_name(path):
    assert find({path: notebook("x = 1")}) == ("x = 1", ())


def test_a_notebook_is_preferred_to_a_python_file_of_its_name():
    source, problems = find({"layers.py": "x = 2", "layers.ipynb": notebook("x = 1")})

    assert source == "x = 1"
    assert problems == (f"'layers.py' has the name of the assignment's notebook, too, and was not looked at. {ONE}",)


def test_of_two_notebooks_of_one_name_the_other_is_named():
    source, problems = find({"a/layers.ipynb": notebook("x = 1"), "b/layers.ipynb": notebook("x = 2")})

    assert source == "x = 1"
    assert problems == (
        f"'b/layers.ipynb' has the name of the assignment's notebook, too, and was not looked at. {ONE}",
    )


@pytest.mark.parametrize("broken", ["", "{", "[]", notebook().replace("cells", "sells")])
def test_where_the_notebook_cannot_be_read_the_next_best_file_is_taken(broken):
    source, (first, *_) = find({"layers.ipynb": broken, "layers.py": "x = 2"})

    assert source == "x = 2"
    assert first.startswith("'layers.ipynb' must be a notebook (")


def test_a_renamed_notebook_is_found_by_its_functions():
    source, problems = find({"notes.py": "affine_forward = None", "in/Copy of layers (final).ipynb": notebook()})

    assert source.startswith("def affine_forward")
    assert problems == (
        "'in/Copy of layers (final).ipynb' was taken for layers.ipynb, because it defines its functions. "
        "Keep the name that it was given.",
    )


@pytest.mark.parametrize("before", ["", "x = 1\n", "\t", "    "])
def test_functions_are_seen_wherever_a_line_begins(before):
    source, _ = find({"renamed.ipynb": notebook(f"{before}def affine_forward(x):\n    pass")})

    assert source is not None


def test_a_notebook_of_another_encoding_is_found_by_its_functions():
    renamed = File(PurePosixPath("renamed.ipynb"), notebook().encode("utf-16"))

    assert find_notebook([renamed], "layers", ["affine_forward"], ["layers"], USUAL).node is not None


def test_of_several_copies_the_one_with_most_functions_is_taken():
    draft = "def affine_forward(x):\n    pass"

    source, _ = find({"draft.py": draft, "final.py": draft + "\n\ndef relu_forward(x):\n    pass"})

    assert "relu_forward" in source


def test_another_notebook_that_defines_the_functions_is_named():
    _, problems = find({"layers.ipynb": notebook(), "layers_final.ipynb": notebook()})

    assert problems == (
        f"'layers_final.ipynb' defines functions of the assignment, too, and was not looked at. {ONE}",
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("networks.ipynb", "def affine_forward(x):"),  # another notebook of the assignment
        ("notes.py", ""),
        ("notes.py", "def affine_forward_all(x):\n    pass"),
        ("notes.py", "affine_forward(x)"),
    ],
)
def test_a_file_without_the_functions_is_not_taken(path, text):
    assert find({path: text}) == (None, (NOTHING,))


def test_without_any_file_there_is_a_sentence():
    assert find({}) == (None, (NOTHING,))


def test_the_trouble_with_a_file_is_told_even_where_nothing_else_is():
    link = File(PurePosixPath("layers.ipynb"), trouble="'layers.ipynb' must be a file (got a symbolic link).")

    found = find_notebook([link], "layers", ["affine_forward"], ["layers"], USUAL)

    assert (found.node, found.problems) == (None, (link.trouble,))


def test_of_very_many_problems_the_first_are_told():
    links = [File(PurePosixPath(f"{number}.py"), trouble=f"{number} is a link.") for number in range(50)]

    found = find_notebook(links, "layers", ["affine_forward"], ["layers"], USUAL)

    assert found.problems[0] == "0 is a link."
    assert len(found.problems) == 11
    assert found.problems[-1] == "There are 41 more problems of this kind."


def modules(texts, **limits):
    return find_modules(files(**texts), ["layers"], replace(USUAL, **limits))


def test_other_python_files_are_modules():
    sources, problems = modules(
        {
            "mine.py": "ONE = 1",
            "not-a-name.py": "",
            "layers.py": "",
            "pkg/core.py": "TWO = 2",
            "a.ipynb": "",
            "é.py": "",
        }
    )

    assert sources == {"mine.py": "ONE = 1", "pkg/core.py": "TWO = 2", "é.py": ""}
    assert problems == []


@pytest.mark.parametrize("folder", ["hw", "hw.zip", "hw.zip/home work"])
def test_modules_are_imported_from_the_folder_that_all_files_share(folder):
    sources, _ = modules({f"{folder}/layers.ipynb": "", f"{folder}/mine.py": "ONE = 1", f"{folder}/pkg/core.py": ""})

    assert sources == {"mine.py": "ONE = 1", "pkg/core.py": ""}


def test_a_module_that_is_no_text_is_left_out_and_told():
    binary = File(PurePosixPath("binary.py"), b"\xff\xfe\x00\xd8")

    assert find_modules([binary], [], USUAL) == (
        {},
        ["'binary.py' must be UTF-8 text (got bytes that are not). Save it as UTF-8."],
    )


def test_what_was_not_read_does_not_move_the_folder_that_all_files_share():
    trouble = File(PurePosixPath("way"), trouble="It is a link.")

    sources, _ = find_modules([trouble, *files(**{"hw/layers.ipynb": "", "hw/mine.py": ""})], ["layers"], USUAL)

    assert list(sources) == ["mine.py"]


def test_a_module_that_was_not_read_is_left_out():
    assert find_modules([File(PurePosixPath("linked.py"), trouble="It is a link.")], [], USUAL) == ({}, [])


def test_modules_that_are_too_large_are_left_out_and_told():
    sources, problems = modules({"a.py": "x" * (MIB + 1), "b.py": "x" * MIB, "c.py": "x"}, code_size=MIB)

    assert list(sources) == ["b.py"]
    assert problems == [
        "'a.py' must be at most 1 MiB (got 1.1 MiB). Clear outputs, keep data out of it, and save it again.",
        "'c.py' must be at most 0 MiB (got 0.1 MiB). Clear outputs, keep data out of it, and save it again.",
    ]
