"""Functions of an earlier notebook are imported by its name."""

import importlib
import sys

import nbformat
import pytest

import autograder
from autograder.sandbox import own_notebooks

EARLIER = [
    "import numpy as np\nfrom autograder import check",
    "SCALE = 2",
    "def double(x):\n    return SCALE * np.asarray(x)",
    'raise RuntimeError("an experiment")',
    "def stub(x):\n    raise NotImplementedError",
    "%matplotlib inline\nprint(double(3))",
]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Give a function that writes a notebook of an assignment; the second assignment is where we are."""
    (tmp_path / "assignment2").mkdir()
    monkeypatch.chdir(tmp_path / "assignment2")

    def write(name, *cells, assignment="assignment1"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        path = tmp_path / assignment / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        return path

    yield write
    for name in [name for name in sys.modules if name.startswith("earlier_")]:
        del sys.modules[name]


def test_importing_the_autograder_is_enough():
    assert sum(isinstance(finder, own_notebooks.NotebookFinder) for finder in sys.meta_path) == 1
    importlib.reload(autograder)
    assert sum(isinstance(finder, own_notebooks.NotebookFinder) for finder in sys.meta_path) == 1


def test_a_function_of_an_earlier_assignment_is_imported_without_its_experiments(course, capsys):
    course("earlier_layers", *EARLIER)

    module = importlib.import_module("earlier_layers")

    assert module.double(3) == 6
    assert capsys.readouterr().out == ""


def test_a_notebook_beside_the_importing_one_comes_first(course):
    course("earlier_layers", "def which():\n    return 1")
    course("earlier_layers", "def which():\n    return 2", assignment="assignment2")

    assert importlib.import_module("earlier_layers").which() == 2


def test_a_stub_can_be_imported_and_says_so_when_it_is_called(course):
    course("earlier_layers", *EARLIER)

    with pytest.raises(NotImplementedError) as caught:
        importlib.import_module("earlier_layers").stub(1)
    assert str(caught.value) == (
        "`stub` of `earlier_layers.ipynb` is not finished. Finish it there, save that notebook, and restart this "
        "one's kernel."
    )


def test_an_unfinished_class_says_so_and_what_raises_with_words_keeps_them(course):
    course(
        "earlier_layers",
        "class Net:\n    def __init__(self):\n        raise NotImplementedError()",
        "def f(x):\n    raise NotImplementedError('of arrays only')",
    )

    module = importlib.import_module("earlier_layers")

    with pytest.raises(NotImplementedError, match=r"^`Net` of `earlier_layers\.ipynb` is not finished\. "):
        module.Net()
    with pytest.raises(NotImplementedError, match=r"^of arrays only$"):
        module.f(1)


def test_a_cell_that_cannot_be_loaded_costs_what_it_defines_only(course):
    course("earlier_layers", "def good():\n    return 1", "def bad(:")

    module = importlib.import_module("earlier_layers")

    assert module.good() == 1
    with pytest.raises(ImportError) as caught:
        module.bad()
    assert str(caught.value) == (
        "`earlier_layers.ipynb` does not define `bad`. A cell of it cannot be loaded (earlier_layers, cell 2, line 1: "
        "SyntaxError: invalid syntax). Fix that one, and save the notebook."
    )


def test_a_name_that_is_not_there_is_told_with_its_notebook(course):
    course("earlier_layers", *EARLIER)

    with pytest.raises(ImportError) as caught:
        importlib.import_module("earlier_layers").affine_forwrad()
    assert str(caught.value) == (
        "`earlier_layers.ipynb` does not define `affine_forwrad`. Look at its name there, and save the notebook."
    )
    assert not hasattr(importlib.import_module("earlier_layers"), "__path__")


def test_a_notebook_that_imports_another_is_imported_with_it(course):
    course("earlier_first", "def one():\n    return 1")
    course("earlier_second", "from earlier_first import one", "def two():\n    return one() + one()")

    assert importlib.import_module("earlier_second").two() == 2


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": [1]}', "\ud800"])
def test_a_file_that_is_no_notebook_is_told(course, content):
    course("earlier_layers").write_text(content, encoding="utf-8", errors="surrogatepass")

    with pytest.raises(ImportError, match=r"^`earlier_layers\.ipynb` must be a notebook \(got "):
        importlib.import_module("earlier_layers")


@pytest.mark.usefixtures("course")
def test_what_is_no_notebook_is_missing_as_ever():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("earlier_nothing")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from earlier import one", {"one"}),
        ("import numpy\nfrom earlier import one, two as second  # of them\nx = 1", {"one", "two"}),
        ("from earlier import (\n    one,  # (the first\n    two,\n)\nx = one(2)", {"one", "two"}),
        ("from earlier import one; from earlier_still import three", {"one"}),
        ("from earlier import one  # and nothing else\nx = 'much earlier'", {"one"}),
        ("def f():\n    from earlier import one\n    return one()", {"one"}),
    ],
)
def test_the_names_that_are_imported_are_read_from_the_code(source, names):
    assert own_notebooks.imported_names("earlier", ["x = 1", source, "from earlier import last"]) == {*names, "last"}


@pytest.mark.parametrize(
    "source",
    [
        "from earlier import *",
        "import earlier",
        "import numpy, earlier as before",
        "from earlier import one, \\\n    two",
        "importlib.import_module('earlier')",
        "x = 1; from earlier import one",
        "import numpy; import earlier",
        "x = 1",
    ],
)
def test_where_it_is_not_certain_which_names_are_imported_any_may_be(source):
    assert own_notebooks.imported_names("earlier", [source]) is None
