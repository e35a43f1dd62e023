"""A lesson imports functions of earlier notebooks: the grader finds them among what that student handed in."""

import json
import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath

import nbformat
import pytest
from classroom import HOME, QUICK, SECRET, no_worker_left, tiers, with_last_cell, worked
from nbformat import writes
from rich.console import Console

from autograder.core.verdict import Outcome
from autograder.course.course import Course
from autograder.grading.batch import Job, grade_one
from autograder.grading.task import hash_of
from autograder.nbgrader_plugin import AskInSandbox, SubmissionExporter
from autograder.sandbox.limits import MIB
from autograder.sandbox.protection import Tier
from autograder.student import selfcheck
from autograder.submission import File, Submitted, files_defining
from autograder.submission.earlier import Shelf, beside, imported, own_notebooks

LATER = "assignment2"
USES = """\
from affine_layers import relu_forward


def dropout_backward(dout, cache):
    _, mask = cache
    return relu_forward(np.ones(1))[0] * (dout if mask is None else dout * mask)
"""
LAYERS = {"dropout_forward", "dropout_backward"}
CHECKS = LAYERS | {"predict_dropout_variance"}  # which needs no import
MISSING = (
    "`dropout_backward` needs your earlier notebook. `affine_layers.ipynb` was not handed in for assignment1. "
    "Hand it in there, or beside this notebook."
)


def cell(source):
    return nbformat.v4.new_code_cell(source, id=f"cell-{hash_of(source.encode())}")


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[cell(source) for source in sources])


def dropout():
    """Return a worked notebook whose backward pass uses a function of the first assignment."""
    node = nbformat.read(HOME / "solutions" / LATER / "dropout.ipynb", as_version=4)
    return with_last_cell(node, USES)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Make a course of two assignments, the second of which imports from the first."""
    root = tmp_path_factory.mktemp("earlier")
    shutil.copy(HOME / "nbgrader_config.py", root)
    for step in ("solutions", "assignments"):
        shutil.copytree(HOME / step / "assignment1", root / step / "assignment1")
        (root / step / LATER).mkdir()
        shutil.copy(HOME / step / LATER / "dropout.ipynb", root / step / LATER)
    return root


@pytest.fixture
def course(kept, tmp_path):
    root = Path(shutil.copytree(kept, tmp_path / "course"))
    (root / ".cs231n-secret").write_bytes(SECRET)
    return Course(root)


def hand_in(course, assignment, node, name):
    folder = course.submitted(assignment, "ada")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(node if isinstance(node, str) else writes(node), encoding="utf-8")


def first_assignment(course):
    """Release a notebook from which no released notebook imports, before the others."""
    for folder in (course.source("assignment0"), course.released("assignment0")):
        folder.mkdir()
    (course.released("assignment0") / "basics.ipynb").write_text(writes(notebook("def positive(x):\n    raise X")))


def job(course, tier=Tier.RLIMITS, limits=QUICK):
    return Job(course.released(LATER), course.results, tier, SECRET, limits, course.shelf(LATER))


def graded(course, tier=Tier.RLIMITS, limits=QUICK):
    return grade_one(job(course, tier, limits), Submitted("ada", course.submitted(LATER, "ada")))


def said(graded):
    """Return what is said of each check that lost points."""
    return {one.report.check: one.report.message for one in graded.report.checks if one.score < one.points}


@pytest.mark.parametrize("tier", tiers)
def test_an_earlier_notebook_is_there_to_be_imported(course, tier):
    hand_in(course, "assignment1", worked(), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    found = graded(course, tier)

    assert {one.report.check for one in found.report.checks} == CHECKS
    assert said(found) == {}
    assert [one.problems for one in found.report.notebooks] == [()]


@pytest.mark.parametrize("tier", tiers)
def test_one_that_was_not_handed_in_costs_what_needs_it_only(course, tier):
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course, tier)) == {"dropout_backward": MISSING}


@pytest.fixture
def later_only(course):
    """Make it a course that gives out the second assignment only."""
    shutil.rmtree(course.source("assignment1"))
    shutil.rmtree(course.released("assignment1"))
    return course


def test_one_of_an_assignment_that_was_not_given_out_is_told_as_such(later_only):
    hand_in(later_only, LATER, dropout(), "dropout.ipynb")

    assert said(graded(later_only)) == {
        "dropout_backward": (
            "`dropout_backward` needs your earlier notebook. `affine_layers.ipynb` belongs to assignment1, which was not "
            "given out here. Hand it in beside this notebook."
        )
    }


@pytest.mark.parametrize(
    ("assignment", "name"),
    [(LATER, "affine_layers.ipynb"), ("assignment1", "affine_layers.ipynb"), ("assignment1", "my work.ipynb")],
)
def test_one_of_an_assignment_that_was_not_given_out_is_found_all_the_same(later_only, assignment, name):
    hand_in(later_only, LATER, dropout(), "dropout.ipynb")
    hand_in(later_only, assignment, worked(), name)

    assert said(graded(later_only)) == {}


def test_one_that_cannot_be_read_is_told_by_name(course):
    hand_in(course, "assignment1", "{", "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course)) == {
        "dropout_backward": "`dropout_backward` needs your earlier notebook. `affine_layers.ipynb` cannot be read. "
        "'affine_layers.ipynb' must be a notebook (its JSON breaks off or goes wrong at line 1). "
        "Save it again in JupyterLab, and hand in that file."
    }


def test_one_that_breaks_off_behind_its_functions_is_told_once(course):
    text = writes(worked())
    hand_in(course, "assignment1", text[: text.index("def softmax_loss")], "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    (message,) = said(graded(course)).values()

    assert message.count("must be a notebook") == 1


def test_a_lesson_without_functions_is_found_by_its_name_only():
    assert files_defining([File(PurePosixPath("a.py"), b"def f(): pass")], (), ()) == []


def test_one_of_whose_cells_cannot_be_loaded_gives_the_rest(course):
    hand_in(course, "assignment1", with_last_cell(worked(), "def ("), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course)) == {}


def test_a_function_that_is_missing_there_is_told_with_the_cell_that_fails(course):
    hand_in(course, "assignment1", notebook("x = 1", "def relu_forward(x:\n    return x, x"), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    (message,) = said(graded(course)).values()

    assert message.startswith(
        "`dropout_backward` needs your earlier notebook. `affine_layers.ipynb` does not define `relu_forward`. "
        "A cell of it cannot be loaded (affine_layers, cell 2, line 1: SyntaxError"
    )
    assert message.endswith("Fix that one, and save the notebook.")


def test_a_stub_there_is_named(course):
    shutil.copytree(course.released("assignment1"), course.submitted("assignment1", "ada"))
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course)) == {
        "dropout_backward": "`dropout_backward` calls `relu_forward`, which is not finished: it raises "
        "NotImplementedError."
    }


def test_an_error_there_is_told_with_its_place(course):
    bad = "def relu_forward(x):\n    return x.no_such_thing"
    hand_in(course, "assignment1", notebook(bad), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    (message,) = said(graded(course)).values()

    assert message == (
        "`dropout_backward` raises AttributeError: 'numpy.ndarray' object has no attribute 'no_such_thing' "
        "in affine_layers, cell 1, line 2: return x.no_such_thing."
    )


@pytest.mark.parametrize("tier", tiers)
@pytest.mark.parametrize("loop", ["while True:\n    number = 1", "import time\ntime.sleep(99)\nnumber = 1"])
def test_one_that_hangs_while_it_is_loaded_is_given_up_in_time(course, tier, loop):
    hangs = notebook("import numpy as np", loop, "def relu_forward(x, n=1):\n    number\n    return x, x")
    hand_in(course, "assignment1", hangs, "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    lost = said(graded(course, tier))

    assert lost.keys() <= {"dropout_backward"}


def test_one_that_ends_the_process_is_named(course):
    hand_in(
        course, "assignment1", notebook("import os", "def relu_forward(x=os._exit(1)): pass"), "affine_layers.ipynb"
    )
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course))["dropout_forward"] == (
        "The notebook, or one that it imports (affine_layers), cannot be loaded: executing the definitions "
        "ends the whole Python process (status 1): a layer returns, it does not exit."
    )


ATTACKS = {
    "patches the worker": "import autograder.sandbox.wire as wire\nclass X:\n    wire.Returned = None",
    "clears the import system": "import sys\nclass X:\n    sys.meta_path.clear()\n    sys.path.clear()",
    "hoards memory": "class X:\n    hoard = []\n    while True:\n        hoard.append(bytearray(2**26))",
    "raises what cannot be printed": "class X(BaseException):\n    def __str__(self): raise self\nclass Y:\n    raise X",
    "answers for every name": "def __getattr__(name):\n    while True: pass",
    "imports itself": "import affine_layers",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_earlier_notebook_costs_its_author_at_most_what_imports_it(course, attack):
    good = "import numpy as np\n\ndef relu_forward(x):\n    return np.maximum(0, x), x"
    hand_in(course, "assignment1", notebook(good, attack), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    with no_worker_left():
        found = graded(course)

    assert not found.report.broken
    assert {one.report.check for one in found.report.checks} == CHECKS
    lost = {"wire": CHECKS, "sys.path": LAYERS}
    assert said(found).keys() == next((checks for word, checks in lost.items() if word in attack), set())


def test_what_the_submission_brings_comes_first(course):
    wrong = "def relu_forward(x):\n    return 0 * x, x"
    hand_in(course, "assignment1", notebook(wrong), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    assert set(said(graded(course))) == {"dropout_backward"}

    hand_in(course, LATER, "import numpy as np\n\ndef relu_forward(x):\n    return x, x\n", "affine_layers.py")
    assert said(graded(course)) == {}

    (course.submitted(LATER, "ada") / "affine_layers.py").unlink()
    hand_in(course, LATER, worked(), "affine_layers.ipynb")
    assert said(graded(course)) == {}


def test_a_function_of_the_submission_is_not_replaced(course):
    hand_in(course, "assignment1", notebook("def dropout_forward(x, p):\n    return x", USES), "affine_layers.ipynb")
    own = nbformat.read(HOME / "solutions" / LATER / "dropout.ipynb", as_version=4)
    hand_in(course, LATER, with_last_cell(own, "import affine_layers"), "dropout.ipynb")

    assert said(graded(course)) == {}


def test_one_that_was_renamed_is_found_by_its_functions(course):
    hand_in(course, "assignment1", worked(), "my first homework.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course)) == {}


def test_its_bytes_are_part_of_the_results_name(course):
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    keys = [graded(course).key]
    for node in (worked(), with_last_cell(worked(), "# another")):
        hand_in(course, "assignment1", node, "affine_layers.ipynb")
        keys.append(graded(course).key)
    known = graded(course)

    assert len(set(keys)) == 3
    assert known.known
    assert known.key == keys[-1]


def test_a_notebook_that_nothing_imports_is_no_part_of_it(course):
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    before = graded(course).key
    hand_in(course, "assignment1", notebook("x = 1"), "unasked.ipynb")

    assert graded(course).key == before


def test_notebooks_are_imported_by_those_that_are_imported(course):
    first_assignment(course)
    hand_in(course, "assignment0", notebook("def positive(x):\n    return x * (x > 0)"), "basics.ipynb")
    first = "from basics import positive\n\ndef relu_forward(x):\n    return positive(x), x"
    hand_in(course, "assignment1", notebook(first), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")

    assert said(graded(course)) == {}


def test_two_notebooks_of_one_submission_may_import_each_other(course):
    shutil.copy(HOME / "assignments" / LATER / "batch_normalization.ipynb", course.released(LATER))
    helper = "def scaled(x):\n    return x"
    hand_in(course, LATER, notebook(helper), "batch_normalization.ipynb")
    uses = USES.replace("affine_layers import relu_forward", "batch_normalization import scaled")
    own = nbformat.read(HOME / "solutions" / LATER / "dropout.ipynb", as_version=4)
    hand_in(
        course, LATER, with_last_cell(own, uses.replace("relu_forward(np.ones(1))[0]", "scaled(1)")), "dropout.ipynb"
    )

    (_, ours) = graded(course).report.notebooks

    assert [one.report.outcome for one in ours.checks] == [Outcome.PASSED] * len(CHECKS)

    (course.submitted(LATER, "ada") / "batch_normalization.ipynb").write_text("{")
    (_, ours) = graded(course).report.notebooks
    assert ours.checks[1].report.message == (
        "`dropout_backward` needs your earlier notebook. `batch_normalization.ipynb` cannot be read, or was not handed "
        "in. Hand it in with this notebook."
    )


def test_all_of_them_together_have_a_limit(course):
    long = f"# {'x' * MIB}"
    first_assignment(course)
    hand_in(course, "assignment0", notebook(long), "basics.ipynb")
    hand_in(course, "assignment1", with_last_cell(worked(), f"import basics\n{long}"), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    submitted = Submitted("ada", course.submitted(LATER, "ada"))

    found = job(course).shelf.find(submitted, [], replace(QUICK, upload_size=2 * MIB))

    assert own_notebooks(found, QUICK).absent == {
        "basics": "`basics.ipynb` and other notebooks that are imported must be at most 2 MiB in all (got more). "
        "Clear their outputs, and hand them in again."
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from affine_layers import relu_forward", {"affine_layers"}),
        ('{"source": ["x = 1\\nfrom affine_layers import *"]}', {"affine_layers"}),
        ("import numpy as np, affine_layers as own", {"numpy", "affine_layers"}),
        ("import affine_layers.x", {"affine_layers"}),
        ("The functions from affine_layers are important.", set()),
    ],
)
def test_what_is_imported_is_seen_in_the_text(text, names):
    assert imported([File(PurePosixPath("a.ipynb"), text.encode())], {"affine_layers", "numpy"}) == names


def test_a_shelf_without_notebooks_looks_at_nothing(tmp_path):
    assert Shelf().find(Submitted("ada", tmp_path / "nowhere"), [], QUICK) == []


def test_nbgraders_own_command_hands_them_over_too(course, monkeypatch):
    monkeypatch.chdir(course.root)
    hand_in(course, "assignment1", worked(), "affine_layers.ipynb")
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    marks = {"assignment": LATER, "student": "ada", "notebook": "dropout"}
    resources = {"nbgrader": marks}
    submitted = course.submitted(LATER, "ada") / "dropout.ipynb"
    text, resources = SubmissionExporter().from_filename(str(submitted), resources)
    plugin = AskInSandbox()
    plugin.sandbox = "rlimits"

    node, _ = plugin.preprocess(nbformat.reads(text, as_version=4), {"nbgrader": marks})

    scores = {
        one.metadata.nbgrader.grade_id: one.outputs[-1].data["text/plain"]
        for one in node.cells
        if one.metadata.get("nbgrader", {}).get("grade") and one.cell_type == "code"
    }
    points = {one.grade_id: repr(one.points) for one in graded(course).report.checks}
    assert scores == points


def checked(path):
    return {report.check: report.message for report in selfcheck.check_file(path) if report.outcome != Outcome.PASSED}


def test_a_students_own_check_finds_them_in_the_neighboring_folder(course):
    path = course.submitted(LATER, "ada") / "dropout.ipynb"
    hand_in(course, LATER, dropout(), "dropout.ipynb")
    assert checked(path) == {
        "dropout_backward": "`dropout_backward` needs your earlier notebook. `affine_layers.ipynb` is not there. "
        "Save it beside this notebook, or in a folder next to that of this one."
    }

    hand_in(course, "assignment1", worked(), "affine_layers.ipynb")
    assert checked(path) == {}
    assert [one.name for one in beside(path, [("cell 1", USES)], (), QUICK)] == ["affine_layers"]
    selfcheck.show({"x": selfcheck.check_file(path)}, Console(quiet=True))
    assert json.loads(path.read_text())["cells"]
