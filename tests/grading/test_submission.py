import json
import os
import warnings
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder import submission
from autograder.submission import SubmissionError, code_cells, find, read_modules, read_notebook

AGAIN = "Open it in JupyterLab and save it again."


def cell(source="x = 1", **fields):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **fields}


def notebook(*cells, **fields):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}


@pytest.fixture
def read(tmp_path):
    """Write a file and read it as a notebook."""

    def read(content, name="a.ipynb"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_notebook(path)

    return read


def sources(node):
    nbformat.validate(node)
    return [cell.source for cell in node.cells]


def complaint(read, content, name="a.ipynb"):
    with pytest.raises(SubmissionError) as caught:
        read(content, name)
    return str(caught.value)


def test_a_notebook_is_read(read):
    node = read(notebook(cell("x = 1"), {"cell_type": "markdown", "source": "# Hello", "metadata": {}}))

    assert [(cell.cell_type, cell.source) for cell in node.cells] == [("code", "x = 1"), ("markdown", "# Hello")]
    assert node.nbformat == 4


def test_a_notebook_of_format_3_is_read(read):
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
def test_still_older_formats_are_read(read, old):
    assert sources(read(old)) == ["x = 1"]


@pytest.mark.parametrize("fields", [{"nbformat": 5}, {"nbformat": "4"}, {"nbformat_minor": "x"}, {"metadata": [1]}])
def test_a_notebook_with_odd_fields_is_read(read, fields):
    assert sources(read(notebook(cell(), **fields))) == ["x = 1"]


def test_a_notebook_without_its_format_is_read(read):
    assert sources(read({"cells": [cell()]})) == ["x = 1"]


def test_a_python_file_is_read_by_its_percent_cells(read):
    text = b"# %%\nimport numpy as np\n# %% [markdown]\n# Hello\n#%% title\ndef f(x):\n    return x % 2\n"

    node = read(text, "a.py")

    assert [source.strip() for source in sources(node)] == [
        "import numpy as np",
        "# Hello",
        "def f(x):\n    return x % 2",
    ]


def test_a_python_file_without_cells_is_one_cell(read):
    assert sources(read(b"def f(x):\n    return x\n", "a.py")) == ["def f(x):\n    return x\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_notebook_in_another_encoding_is_read(read, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    text = json.dumps(notebook(cell("name = 'Łukasz'")), ensure_ascii=False)

    assert sources(read(mark + text.encode(encoding))) == ["name = 'Łukasz'"]


def test_windows_line_ends_are_read(read):
    text = json.dumps(notebook(cell("x = 1\r\ny = 2")), indent=1).replace("\n", "\r\n")

    node = read(text.encode())

    assert sources(node) == ["x = 1\r\ny = 2"]


def test_a_source_may_be_a_list_of_lines(read):
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
def test_an_odd_cell_is_read_as_far_as_it_goes(read, odd, source):
    assert sources(read(notebook(odd))) == [source]


def test_what_is_no_cell_is_left_out(read):
    assert sources(read(notebook("text", 3, None, [cell()], cell("kept")))) == ["kept"]


def test_lone_surrogates_are_replaced_so_that_the_notebook_can_be_written(read):
    node = read(notebook(cell("x = '\ud800'", metadata={"name": "\ud800", "nbgrader": {"grade_id": "\ud800"}})))

    assert sources(node) == ["x = '?'"]


def test_cells_of_one_id_are_all_read_without_a_warning(read):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        node = read(notebook(cell("a", id="same"), cell("b", id="same"), cell("c", id="same")))

    assert sources(node) == ["a", "b", "c"]


def test_outputs_and_metadata_are_dropped_and_marks_stay(read):
    mark = {"grade_id": "affine", "grade": True, "points": 3}
    output = {"output_type": "stream", "name": "stdout", "text": "100 points"}

    (only,) = read(notebook(cell(outputs=[output], execution_count=7, metadata={"tags": [], "nbgrader": mark}))).cells

    assert (only.outputs, only.execution_count, only.metadata) == ([], None, {"nbgrader": mark})


def test_only_code_is_kept_as_code_and_labelled_by_its_place(read):
    node = read(
        notebook({"cell_type": "markdown", "source": "# Hello"}, cell("x = 1"), cell("%%bash\nls"), cell("y"))
    )

    assert code_cells(node) == [("cell 2", "x = 1"), ("cell 3", ""), ("cell 4", "y")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "its JSON breaks off or goes wrong at line 1"),
        (b'{"cells": [\n {"cell_type": "co', "its JSON breaks off or goes wrong at line 2"),
        (bytes(100), "its JSON breaks off or goes wrong at line 1"),
        (b"<html>Sign in</html>", "its JSON breaks off or goes wrong at line 1"),
        ([], "ValueError: it is JSON of another kind"),
        ("text", "ValueError: it is JSON of another kind"),
        (None, "ValueError: it is JSON of another kind"),
        ({}, "ValueError: it has no cells"),
        ({"nbformat": 4, "metadata": {}}, "ValueError: it has no cells"),
        (notebook(cells={}), "ValueError: it has no cells"),
    ],
)
def test_what_is_no_notebook_is_told(read, content, what):
    assert complaint(read, content) == f"'a.ipynb' must be a notebook ({what}). {AGAIN}"


@pytest.mark.parametrize("sheets", [None, 3, [], [3], [{}], {"cells": []}])
def test_an_old_notebook_without_cells_is_told(read, sheets):
    message = complaint(read, {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})

    assert message == f"'a.ipynb' must be a notebook (ValueError: it has no cells). {AGAIN}"


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, json.dumps(notebook()).replace("{}", "[" * 5000 + "]" * 5000).encode()]
)
def test_deep_nesting_is_told(read, content):
    message = complaint(read, content)

    assert message.startswith("'a.ipynb' must be a notebook (RecursionError: maximum recursion depth exceeded")


@pytest.mark.parametrize(
    "content", [bytes(range(256)), "é".encode("latin-1"), b"\xff\xfe\x00\xd8", b"\x80PK\x03\x04"]
)
def test_what_is_no_text_is_told(read, content):
    assert complaint(read, content) == ("'a.ipynb' must be UTF-8 text (got bytes that are not). Save it as UTF-8.")


def test_a_file_that_is_too_large_is_told(tmp_path):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)  # takes no room on the disk

    with pytest.raises(SubmissionError) as caught:
        read_notebook(path)

    assert str(caught.value) == (
        "'large.ipynb' must be at most 20 MiB (got 300 MiB). Clear its outputs and save it again."
    )


def test_a_directory_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "a.ipynb").mkdir()

    with pytest.raises(SubmissionError) as caught:
        read_notebook(tmp_path / "a.ipynb")

    assert (
        str(caught.value)
        == "'a.ipynb' must be a readable file (got: Is a directory). A folder or a link will not do."
    )


def test_a_directory_in_place_of_the_file_leaves_no_descriptor_open(tmp_path):
    (tmp_path / "a.ipynb").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(5):
        with pytest.raises(SubmissionError, match="Is a directory"):
            read_notebook(tmp_path / "a.ipynb")

    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("target", ["/etc/passwd", "/no/such/file", "a.ipynb"])
def test_a_symbolic_link_in_place_of_the_file_is_not_followed(tmp_path, target):
    (tmp_path / "a.ipynb").symlink_to(target)

    with pytest.raises(SubmissionError) as caught:
        read_notebook(tmp_path / "a.ipynb")

    assert str(caught.value).startswith("'a.ipynb' must be a readable file (got: Too many")
    assert str(caught.value).endswith("A folder or a link will not do.")


def test_a_pipe_in_place_of_the_file_is_told_at_once(tmp_path):
    os.mkfifo(tmp_path / "a.ipynb")

    with pytest.raises(SubmissionError) as caught:
        read_notebook(tmp_path / "a.ipynb")

    assert str(caught.value) == "'a.ipynb' must be a file (got something else). A folder or a link will not do."


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.ipynb").touch()
    monkeypatch.setattr(submission.os, "open", refuse)

    with pytest.raises(SubmissionError) as caught:
        read_notebook(tmp_path / "a.ipynb")

    assert (
        str(caught.value)
        == "'a.ipynb' must be a readable file (got: Permission denied). A folder or a link will not do."
    )


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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NOTEBOOKS | JSON)
@example({"nbformat": 1})
@example({"nbformat": 2, "worksheets": [{"cells": 1}]})
@example({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading"}]}]})
@example({"nbformat": True, "cells": [3]})
def test_any_json_gives_a_notebook_or_a_sentence(read, value):
    try:
        node = read(value)
    except SubmissionError as error:
        node = None
        message = str(error)

    if node is None:
        assert message.isprintable()
    else:
        nbformat.validate(node)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100), st.sampled_from(["a.ipynb", "a.py"]))
def test_any_bytes_give_a_notebook_or_a_sentence(read, data, name):
    try:
        node = read(data, name)
    except SubmissionError as error:
        node = None
        message = str(error)

    if node is None:
        assert message.isprintable()
    else:
        nbformat.validate(node)


def find_layers(folder, functions=("affine_forward", "relu_forward"), taken=("layers", "networks")):
    return find(folder, "layers", functions, taken)


def test_a_notebook_is_found_by_its_name(tmp_path):
    (tmp_path / "layers.ipynb").touch()
    (tmp_path / "other.py").write_text("def affine_forward(x):\n    pass")

    found = find_layers(tmp_path)

    assert (found.path, found.problems) == (tmp_path / "layers.ipynb", ())


def test_a_python_file_of_its_name_is_found(tmp_path):
    (tmp_path / "layers.py").touch()

    assert find_layers(tmp_path).path == tmp_path / "layers.py"


def test_a_notebook_is_preferred_to_a_python_file_of_its_name(tmp_path):
    (tmp_path / "layers.py").touch()
    (tmp_path / "layers.ipynb").touch()

    assert find_layers(tmp_path).path == tmp_path / "layers.ipynb"


def test_a_broken_link_of_its_name_is_found_and_told_when_it_is_read(tmp_path):
    (tmp_path / "layers.ipynb").symlink_to("nowhere")

    assert find_layers(tmp_path).path == tmp_path / "layers.ipynb"


def test_a_renamed_notebook_is_found_by_its_functions(tmp_path):
    (tmp_path / "notes.py").write_text("affine_forward = None")
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "Copy of layers (final).ipynb"
    path.write_text(json.dumps(notebook(cell("def affine_forward(x):\n    pass"))))

    found = find_layers(tmp_path)

    assert found.path == path
    assert found.problems == (
        "'Copy of layers (final).ipynb' was taken for layers.ipynb, because it defines its functions.",
    )


def test_of_several_copies_the_one_with_most_functions_is_taken(tmp_path):
    (tmp_path / "draft.py").write_text("def affine_forward(x):\n    pass")
    (tmp_path / "final.py").write_text("def affine_forward(x):\n    pass\n\ndef relu_forward(x):\n    pass")

    assert find_layers(tmp_path).path == tmp_path / "final.py"


def test_the_file_of_another_notebook_is_not_taken(tmp_path):
    (tmp_path / "networks.ipynb").write_text("def affine_forward(x):")

    assert find_layers(tmp_path).path is None


def test_a_checkpoint_is_not_taken(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "layers-checkpoint.ipynb").write_text("def affine_forward(x):")

    assert find_layers(tmp_path).path is None


@pytest.mark.parametrize("text", ["", "def affine_forward_all(x):\n    pass", "affine_forward(x)"])
def test_a_file_without_the_functions_is_not_taken(tmp_path, text):
    (tmp_path / "notes.py").write_text(text)

    found = find_layers(tmp_path)

    assert found.path is None
    assert found.problems == ("There is no file layers.ipynb, and no other file defines its functions.",)


def test_a_name_with_control_characters_is_told_printable(tmp_path):
    (tmp_path / "\x1b[31m\u202e.py").write_text("def relu_forward(x):\n    pass")

    (problem,) = find_layers(tmp_path).problems

    assert problem.isprintable()


def test_an_empty_or_missing_folder_has_no_notebook(tmp_path):
    assert find_layers(tmp_path).path is None
    assert find_layers(tmp_path / "missing").path is None


def test_other_python_files_are_modules(tmp_path):
    (tmp_path / "mine.py").write_text("ONE = 1")
    (tmp_path / "not-a-name.py").write_text("")
    (tmp_path / "layers.py").write_text("")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00\xd8")
    (tmp_path / "linked.py").symlink_to("/etc/passwd")

    assert read_modules(tmp_path, ["layers"]) == {
        "binary.py": "",
        "linked.py": "",
        "mine.py": "ONE = 1",
    }


def test_a_notebook_in_a_subfolder_or_with_another_case_is_found_by_its_name(tmp_path):
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "layers.IPYNB").write_text("{}")

    assert find_layers(tmp_path).path == tmp_path / "unpacked" / "layers.IPYNB"


def test_another_notebook_that_defines_the_functions_is_named(tmp_path):
    for name in ("layers", "layers_final"):
        (tmp_path / f"{name}.ipynb").write_text("def affine_forward(x):")

    found = find_layers(tmp_path)

    assert found.path == tmp_path / "layers.ipynb"
    assert found.problems == (
        "'layers_final.ipynb' defines functions of the assignment, too, and was not looked at.",
    )


def test_a_python_file_is_read_in_the_encoding_it_declares(tmp_path):
    (tmp_path / "a.py").write_bytes("# -*- coding: latin-1 -*-\nNAME = 'é'".encode("latin-1"))

    assert "é" in read_notebook(tmp_path / "a.py").cells[0].source


def test_a_package_beside_the_notebook_is_read_with_its_folders(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "core.py").write_text("ONE = 1")

    assert read_modules(tmp_path, []) == {"mine/core.py": "ONE = 1"}
