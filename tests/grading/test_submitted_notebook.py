import json
import warnings
from dataclasses import replace
from pathlib import PurePosixPath

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.sandbox.limits import MIB, Limits
from autograder.submission import File, SubmissionError, code_cells
from autograder.submission.notebook import parse

AGAIN = "Save it again in JupyterLab, and hand in that file."
USUAL = Limits()


def cell(source="x = 1", **fields):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **fields}


def notebook(*cells, **fields):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}


def bytes_of(content):
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def parsed(content, name="a.ipynb", limits=USUAL):
    """Read bytes, or JSON, as a file of that name."""
    return parse(File(PurePosixPath(name), bytes_of(content)), limits)


def read(content, name="a.ipynb"):
    return parsed(content, name).node


def sources(node):
    nbformat.validate(node)
    return [cell.source for cell in node.cells]


def complaint(content, name="a.ipynb", limits=USUAL):
    with pytest.raises(SubmissionError) as caught:
        parsed(content, name, limits)
    return str(caught.value)


def test_a_notebook_is_read():
    node = read(notebook(cell("x = 1"), {"cell_type": "markdown", "source": "# Hello", "metadata": {}}))

    assert [(cell.cell_type, cell.source) for cell in node.cells] == [("code", "x = 1"), ("markdown", "# Hello")]
    assert node.nbformat == 4


def test_a_notebook_of_format_3_is_read():
    sheet = {
        "metadata": {},
        "cells": [
            {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python", "outputs": [], "metadata": {}},
            {"cell_type": "heading", "level": 2, "source": "Layers", "metadata": {}},
        ],
    }

    node = read({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet, sheet]})

    assert sources(node) == ["x = 1\ny = 2", "Layers"] * 2


@pytest.mark.parametrize(
    "old",
    [
        {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1", "prompt_number": 1}]},
        {
            "nbformat": 2,
            "nbformat_minor": 0,
            "metadata": {},
            "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}]}],
        },
    ],
)
def test_still_older_formats_are_read(old):
    assert sources(read(old)) == ["x = 1"]


@pytest.mark.parametrize("fields", [{"nbformat": 5}, {"nbformat": "4"}, {"nbformat_minor": "x"}, {"metadata": [1]}])
def test_a_notebook_with_odd_fields_is_read(fields):
    assert sources(read(notebook(cell(), **fields))) == ["x = 1"]


def test_a_notebook_without_its_format_is_read():
    assert sources(read({"cells": [cell()]})) == ["x = 1"]


def test_a_python_file_is_read_by_its_percent_cells():
    text = b"# %%\nimport numpy as np\n# %% [markdown]\n# Hello\n#%% title\ndef f(x):\n    return x % 2\n"

    node = read(text, "a.py")

    assert [source.strip() for source in sources(node)] == [
        "import numpy as np",
        "# Hello",
        "def f(x):\n    return x % 2",
    ]


def test_a_python_file_without_cells_is_one_cell():
    assert sources(read(b"def f(x):\n    return x\n", "a.py")) == ["def f(x):\n    return x\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_notebook_in_another_encoding_is_read(encoding):
    text = json.dumps(notebook(cell("name = 'Łukasz'")), ensure_ascii=False)

    assert sources(read(text.encode(encoding))) == ["name = 'Łukasz'"]


def test_windows_line_ends_are_read():
    text = json.dumps(notebook(cell("x = 1\r\ny = 2")), indent=1).replace("\n", "\r\n")

    node = read(text.encode())

    assert sources(node) == ["x = 1\r\ny = 2"]


def test_a_source_may_be_a_list_of_lines():
    assert sources(read(notebook(cell(["x = 1\n", "y = 2"]), cell([])))) == ["x = 1\ny = 2", ""]


@pytest.mark.parametrize(
    ("odd", "source"),
    [
        ({"cell_type": "code"}, ""),
        ({"source": "text"}, "text"),
        (cell(5), "5"),
        (cell(["a", 1, None]), "a1None"),
        (cell(outputs=5), "x = 1"),
        (cell(attachments=[]), "x = 1"),
        (cell(metadata=[1]), "x = 1"),
        (cell(metadata={"nbgrader": "x"}), "x = 1"),
        (cell(metadata={"nbgrader": {"points": {"a": [1]}}}), "x = 1"),
        (cell(cell_type=["code"]), "x = 1"),
        (cell(cell_type="\ud800"), "x = 1"),
        (cell(id=["a"]), "x = 1"),
        (cell(id="not an id!"), "x = 1"),
    ],
)
def test_an_odd_cell_is_read_as_far_as_it_goes(odd, source):
    assert sources(read(notebook(odd))) == [source]


def test_what_is_no_cell_is_left_out():
    assert sources(read(notebook("text", 3, None, [cell()], cell("kept")))) == ["kept"]


def test_lone_surrogates_are_replaced_so_that_the_notebook_can_be_written():
    node = read(notebook(cell("x = '\ud800'", metadata={"name": "\ud800", "nbgrader": {"grade_id": "\ud800"}})))

    assert sources(node) == ["x = '?'"]


def test_cells_of_one_id_are_all_read_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        node = read(notebook(cell("a", id="same"), cell("b", id="same"), cell("c", id="same")))

    assert sources(node) == ["a", "b", "c"]
    assert [cell.id for cell in node.cells] == ["handed-in-1", "handed-in-2", "same"]


def test_outputs_and_metadata_are_dropped_and_marks_stay():
    mark = {"grade_id": "affine", "grade": True, "points": 3}
    output = {"output_type": "stream", "name": "stdout", "text": "100 points"}

    (only,) = read(notebook(cell(outputs=[output], execution_count=7, metadata={"tags": [], "nbgrader": mark}))).cells

    assert (only.outputs, only.execution_count, only.metadata) == ([], None, {"nbgrader": mark})


def test_only_code_is_kept_as_code_and_labelled_by_its_place():
    node = read(
        notebook({"cell_type": "markdown", "source": "# Hello"}, cell("x = 1"), cell("%%bash\nls"), cell("y"))
    )

    assert code_cells(node) == [("cell 2", "x = 1"), ("cell 3", ""), ("cell 4", "y")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it is empty"),
        (b" \r\n", "it is empty"),
        (b'{"cells": [\n {"cell_type": "co', "its JSON breaks off or goes wrong at line 2"),
        (b'{"cells": [],}', "its JSON breaks off or goes wrong at line 1"),
        (bytes(100), "its JSON breaks off or goes wrong at line 1"),
        (b"\n<html>Sign in</html>", "it is a web page"),
        (b"<<<<<<< HEAD\n{}", "it is an unfinished merge"),
        (b"%PDF-1.7", "it is a PDF"),
        (b"PK\x03\x04\xff", "it is a zip"),
        ([], "it is JSON of another kind"),
        ("text", "it is JSON of another kind"),
        (None, "it is JSON of another kind"),
        ({}, "it has no cells"),
        ({"nbformat": 4, "metadata": {}}, "it has no cells"),
        (notebook(), "it has no cells"),
        (notebook("text", 3, None), "it has no cells"),
        (notebook(cells={}), "it has no cells"),
        (b"[" * 100_000, "its JSON is nested too deeply"),
        (json.dumps(notebook()).replace("{}", "[" * 5000 + "]" * 5000).encode(), "its JSON is nested too deeply"),
        (json.dumps(notebook()).replace("5", "5" * 5000).encode(), "a number in it is too long"),
        (b'{"cells": [' + b"{}," * 1_100_000 + b"{}]}", "its outputs have more parts than can be read"),
    ],
    ids=range(21),
)
def test_what_is_no_notebook_is_told(content, what):
    assert complaint(content) == f"'a.ipynb' must be a notebook ({what}). {AGAIN}"


@pytest.mark.parametrize("sheets", [None, 3, [], [3], [{}], {"cells": []}])
def test_an_old_notebook_without_cells_is_told(sheets):
    message = complaint({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})

    assert message == f"'a.ipynb' must be a notebook (it has no cells). {AGAIN}"


@pytest.mark.parametrize(
    "content", [bytes(range(256)), "é".encode("latin-1"), b"\xff\xfe\x00\xd8", b"\x80PK\x03\x04", b'"\xed\xa0\x80"']
)
def test_what_is_no_text_is_told(content):
    assert complaint(content) == "'a.ipynb' must be UTF-8 text (got bytes that are not). Save it as UTF-8."


def test_a_python_file_is_read_in_the_encoding_it_declares():
    (only,) = read("# -*- coding: latin-1 -*-\nNAME = 'é'".encode("latin-1"), "a.py").cells

    assert "é" in only.source


@pytest.mark.parametrize("declared", ["punycode", "idna", "utf-7", "unicode_escape", "hex", "nonsense", "undefined"])
def test_a_declared_encoding_that_no_editor_writes_is_not_believed(declared):
    source = f"# coding: {declared}\nx = '{'a' * 2**19}-+AGE-\\x41'"  # the first would take minutes

    assert sources(read(source.encode(), "a.py")) == [source]


def test_an_empty_python_file_is_told():
    assert complaint(b"\n", "a.py") == f"'a.py' must be a notebook (it has no cells). {AGAIN}"


@pytest.mark.parametrize(
    ("fields", "got"),
    [
        ({"nbformat": 3}, "3"),
        ({"nbformat": 5}, "5"),
        ({"nbformat": "4"}, "'4'"),
        ({"nbformat": [4]}, "nothing of its kind"),
        ({"nbformat": "\x1b[31m" * 99}, r"'\x1b[31m\x1b[31m\x1b[31m\x1b[31m\x1b[31"),
    ],
)
def test_another_format_is_read_and_told(fields, got):
    node, problems = parsed(notebook(cell(), **fields)).node, parsed(notebook(cell(), **fields)).problems

    assert sources(node) == ["x = 1"]
    assert problems == (f"'a.ipynb' must have `nbformat` 4 (got {got}). It was read as far as it goes. {AGAIN}",)


@pytest.mark.parametrize(
    "metadata", [{"kernelspec": {"name": "ir", "language": "R"}}, {"language_info": {"name": "R"}}]
)
def test_a_kernel_of_another_language_is_told(metadata):
    assert parsed(notebook(cell(), metadata=metadata)).problems == (
        "'a.ipynb' must be in Python (its kernel is for 'R'). Choose the kernel Python 3.",
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "python3", "language": "python"}},
        {"kernelspec": {"name": "conda-env-mine", "display_name": "My Python"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": "R", "language_info": ["R"]},
        {"kernelspec": {"language": ["R"]}},
    ],
)
def test_a_kernel_for_python_of_any_name_is_no_problem(metadata):
    assert parsed(notebook(cell(), metadata=metadata)).problems == ()


def test_a_marked_cell_that_was_copied_is_told():
    marked = cell(metadata={"nbgrader": {"grade_id": "affine"}})

    assert parsed(notebook(marked, marked, cell())).problems == (
        "'a.ipynb' must have each of its marked cells once (got 'affine' more often). "
        "Of a function that stands there twice, the last definition counts.",
    )


def test_a_cell_that_is_too_long_is_left_out_and_told():
    read = parsed(notebook(cell("x = 1"), cell("y" * 101)), limits=replace(USUAL, cell_size=100))

    assert sources(read.node) == [
        "x = 1",
        "# This cell must have at most 100 characters (got 101), and was left out.",
    ]
    assert read.problems == (
        "Cell 2 of 'a.ipynb' must have at most 100 characters (got 101), and was left out. Keep data out of cells.",
    )


def test_too_many_cells_are_told():
    message = complaint(notebook(*[cell()] * 11), limits=replace(USUAL, notebook_cells=10))

    assert message == (
        "'a.ipynb' must have at most 10 cells (got 11). "
        "Hand in the notebook that you were given, with your code in it."
    )


def test_too_much_code_is_told():
    message = complaint(notebook(*[cell("x" * MIB)] * 3), limits=replace(USUAL, code_size=2 * MIB))

    assert message == ("'a.ipynb' must hold at most 2 MiB of code and text (got 3 MiB). Keep data out of cells.")


def test_a_source_that_is_nested_is_read_as_far_as_it_goes():
    deep = json.loads("[" * 500 + "]" * 500)

    assert sources(read(notebook(cell(["a", deep, "b"]), cell(deep), cell({"a": deep})))) == ["ab", "", ""]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(["code", "markdown", "raw", "heading", "x", ""])
FIELDS = [
    "cell_type",
    "source",
    "input",
    "metadata",
    "outputs",
    "id",
    "level",
    "code",
    "text",
    "language",
    "attachments",
]
CELLS = st.dictionaries(st.sampled_from(FIELDS), JSON | WORDS, max_size=6)
SHEETS = st.dictionaries(st.sampled_from(["cells", "metadata"]), JSON | st.lists(CELLS | JSON, max_size=3))
NOTEBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.integers(0, 6) | JSON,
        "nbformat_minor": st.integers(0, 6) | JSON,
        "metadata": JSON,
        "cells": st.lists(CELLS | JSON, max_size=4) | JSON,
        "worksheets": st.lists(SHEETS | JSON, max_size=2) | JSON,
    },
)


@settings(max_examples=300, deadline=None)
@given(NOTEBOOKS | JSON)
@example({"nbformat": 1})
@example({"nbformat": 2, "worksheets": [{"cells": 1}]})
@example({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading"}]}]})
@example({"nbformat": True, "cells": [3]})
def test_any_json_gives_a_notebook_or_a_sentence(value):
    try:
        node = read(value)
    except SubmissionError as error:
        node = None
        message = str(error)

    if node is None:
        assert message.isprintable()
    else:
        nbformat.validate(node)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["a.ipynb", "a.py"]))
def test_any_bytes_give_a_notebook_or_a_sentence(data, name):
    try:
        node = read(data, name)
    except SubmissionError as error:
        node = None
        message = str(error)

    if node is None:
        assert message.isprintable()
    else:
        nbformat.validate(node)
