from copy import deepcopy

import nbformat
import pytest
from classroom import marked_cell, released, with_cell, worked
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from autograder.grading.restore import NO_ANSWER, restore
from autograder.sandbox.limits import Limits
from autograder.submission import read_notebook

RELEASED = released()
WORKED = worked()


def grade_ids(node):
    return [cell.metadata.nbgrader.grade_id for cell in node.cells if "nbgrader" in cell.metadata]


def assert_valid(node):
    nbformat.validate(node)
    MetadataValidator().validate_nb(node)
    assert sorted(grade_ids(node)) == sorted(grade_ids(RELEASED))
    ids = [cell.id for cell in node.cells]
    assert len(set(ids)) == len(ids)


def code_of(node, grade_id):
    return marked_cell(node, grade_id).source


def test_a_good_notebook_stays_as_it_is():
    restored = restore(WORKED, RELEASED)

    assert [cell.source for cell in restored.cells] == [cell.source for cell in WORKED.cells]
    assert_valid(restored)


def test_restoring_changes_none_of_its_inputs():
    before = deepcopy(WORKED), deepcopy(RELEASED)

    restore(WORKED, RELEASED)

    assert before == (WORKED, RELEASED)


def test_locked_cells_have_the_text_of_the_release():
    node = deepcopy(WORKED)
    marked_cell(node, "check-relu-forward").source = "100.0"
    marked_cell(node, "imports").source = "check = print"

    restored = restore(node, RELEASED)

    assert code_of(restored, "check-relu-forward") == 'check("relu_forward")'
    assert code_of(restored, "imports") == code_of(RELEASED, "imports")
    assert_valid(restored)


@pytest.mark.parametrize(
    "changed",
    [{"points": 1000}, {"locked": False}, {"grade": False}, {"solution": True}, {"checksum": "0"}, {"own": 1}],
)
def test_changed_marks_are_those_of_the_release(changed):
    node = deepcopy(WORKED)
    marked_cell(node, "check-relu-forward").metadata.nbgrader.update(changed)

    restored = restore(node, RELEASED)

    assert (
        marked_cell(restored, "check-relu-forward").metadata == marked_cell(RELEASED, "check-relu-forward").metadata
    )


def test_locked_cells_have_the_checksum_of_the_release():
    restored = restore(WORKED, RELEASED)

    cell = marked_cell(restored, "check-relu-forward")
    assert compute_checksum(cell) == cell.metadata.nbgrader.checksum


def test_the_last_copy_of_a_cell_counts():
    copy = deepcopy(marked_cell(WORKED, "relu-forward"))
    copy.source, copy.id = "def relu_forward(x):\n    return 'last'", "copy"
    node = deepcopy(WORKED)
    node.cells.append(copy)

    restored = restore(node, RELEASED)

    assert code_of(restored, "relu-forward") == copy.source
    assert code_of(WORKED, "relu-forward") in [cell.source for cell in restored.cells]
    assert_valid(restored)


def test_missing_cells_stand_where_the_release_has_them():
    node = deepcopy(WORKED)
    node.cells = [cell for cell in node.cells if not cell.metadata.get("nbgrader", {}).get("grade")]

    restored = restore(node, RELEASED)

    assert grade_ids(restored) == grade_ids(RELEASED)
    assert code_of(restored, "relu-forward") == code_of(WORKED, "relu-forward")
    assert_valid(restored)


def test_an_empty_notebook_gets_every_marked_cell():
    restored = restore(nbformat.v4.new_notebook(), RELEASED)

    assert grade_ids(restored) == grade_ids(RELEASED)
    assert_valid(restored)


def test_cells_without_metadata_are_found_by_their_ids():
    node = deepcopy(WORKED)
    for cell in node.cells:
        cell.metadata = {}

    restored = restore(node, RELEASED)

    assert code_of(restored, "relu-forward") == code_of(WORKED, "relu-forward")
    assert len(restored.cells) == len(WORKED.cells)
    assert_valid(restored)


def test_cells_without_metadata_and_ids_are_found_by_their_text():
    node = deepcopy(WORKED)
    for number, cell in enumerate(node.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"

    restored = restore(node, RELEASED)

    texts = [cell.source for cell in restored.cells]
    assert texts.count('check("relu_forward")') == 1
    assert texts.count(code_of(RELEASED, "imports")) == 1
    assert code_of(WORKED, "relu-forward") in texts
    assert_valid(restored)


def nameless(node, *answered):
    """Strip a notebook of metadata and ids, and leave all but some of its questions unanswered."""
    node = deepcopy(node)
    for number, cell in enumerate(node.cells):
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade") and mark.get("solution") and mark.grade_id not in answered:
            cell.source = code_of(RELEASED, mark.grade_id)
        cell.metadata, cell.id = {}, f"cell-{number}"
    return node


WRITTEN = [name for name in grade_ids(RELEASED) if name.startswith("question-")]


@pytest.mark.parametrize("answered", [WRITTEN, WRITTEN[:1], WRITTEN[1:], []], ids=["all", "first", "others", "none"])
def test_written_answers_without_metadata_and_ids_are_found_behind_their_questions(answered):
    restored = restore(nameless(WORKED, *answered), RELEASED)

    for name in WRITTEN:
        assert code_of(restored, name) == code_of(WORKED if name in answered else RELEASED, name)
    stub = code_of(RELEASED, WRITTEN[0])
    assert [cell.source for cell in restored.cells].count(stub) == len(WRITTEN) - len(answered)
    assert_valid(restored)


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_what_else_stands_behind_a_question_is_no_answer(kind):
    node = nameless(WORKED)
    places = [place for place, cell in enumerate(node.cells) if cell.source == code_of(RELEASED, WRITTEN[0])]
    for place in places:
        node.cells[place].source = node.cells[0].source
        node.cells[place].cell_type = kind

    restored = restore(node, RELEASED)

    assert [code_of(restored, name) for name in WRITTEN] == [NO_ANSWER] * len(WRITTEN)


def test_an_answer_that_is_not_there_waits_for_people():
    node = deepcopy(WORKED)
    node.cells = [cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != WRITTEN[0]]

    absent = marked_cell(restore(node, RELEASED), WRITTEN[0])
    unanswered = marked_cell(restore(RELEASED, RELEASED), WRITTEN[0])

    assert (
        absent.source == "*This cell was not handed in. If there is an answer, it stands elsewhere in the notebook.*"
    )
    assert compute_checksum(absent) != absent.metadata.nbgrader.checksum
    assert compute_checksum(unanswered) == unanswered.metadata.nbgrader.checksum


def test_marks_that_the_release_does_not_know_are_removed():
    mark = {
        "grade_id": "free-points",
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 99,
        "schema_version": 3,
    }

    restored = restore(with_cell(WORKED, "1", metadata={"nbgrader": mark}), RELEASED)

    assert restored.cells[2].metadata == {}
    assert_valid(restored)


@pytest.mark.parametrize("mark", [None, "text", [], {}, {"grade_id": None}, {"grade_id": ["a"]}, {"grade_id": 3}])
def test_marks_of_no_meaning_are_removed(mark):
    restored = restore(with_cell(WORKED, "1", metadata={"nbgrader": mark}), RELEASED)

    assert "nbgrader" not in restored.cells[2].metadata
    assert_valid(restored)


def test_outputs_and_attachments_are_dropped():
    node = deepcopy(WORKED)
    marked_cell(node, "check-relu-forward").outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "2.0"})
    ]
    node = with_cell(node, "1", execution_count=9, outputs=[nbformat.v4.new_output("stream", text="passed")])
    node.cells[0]["attachments"] = {"a.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}}

    restored = restore(node, RELEASED)

    assert all(cell.outputs == [] and cell.execution_count is None for cell in restored.cells if "outputs" in cell)
    assert not any("attachments" in cell for cell in restored.cells)


def test_a_cell_of_another_kind_becomes_what_the_release_has():
    node = deepcopy(WORKED)
    index = node.cells.index(marked_cell(node, "relu-forward"))
    node.cells[index] = nbformat.v4.new_markdown_cell("def relu_forward(x):", metadata=node.cells[index].metadata)

    restored = restore(node, RELEASED)

    assert marked_cell(restored, "relu-forward").cell_type == "code"
    assert_valid(restored)


def test_own_cells_have_the_same_ids_each_time(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("# %%\nx = 1\n# %%\ndef relu_forward(x):\n    return x\n")

    first, second = (nbformat.writes(restore(read_notebook(path, Limits()), RELEASED)) for _ in range(2))

    assert first == second


def test_ids_that_collide_are_made_different():
    node = with_cell(with_cell(WORKED, "1", id="relu-forward"), "2", id="own-1")

    assert_valid(restore(node, RELEASED))


MARKS = st.sampled_from([*grade_ids(RELEASED), "unknown", None])
TEXTS = st.sampled_from([*(cell.source for cell in RELEASED.cells[:8]), "", "x = 1"])
IDS = st.sampled_from([*(cell.id for cell in RELEASED.cells[:8]), "own-1", "a"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["code", "markdown", "raw"]), MARKS, TEXTS, IDS), max_size=8))
def test_any_cells_in_any_order_give_a_valid_notebook(cells):
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    node = nbformat.v4.new_notebook()
    node.cells = [
        make[kind](text, id=name, metadata={"nbgrader": {"grade_id": mark}} if mark else {})
        for kind, mark, text, name in cells
    ]

    assert_valid(restore(node, RELEASED))
