import nbformat
import pytest
from classroom import SOLUTIONS, released, worked

from autograder import nodes

NOTEBOOKS = {"released": released(), "worked": worked()}
LINES = ("", "one", "one\n", "one\ntwo", "\n\n", "é \x0b \u2028 \r\n ü", '"quoted" \\ \t \x1f')


@pytest.mark.parametrize("node", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_is_written_byte_for_byte_as_nbformat_writes_it(node):
    assert nodes.written(node).decode() == nbformat.writes(node) + "\n"


def test_whatever_is_made_is_valid_and_written_as_nbformat_writes_it():
    cells = [
        nodes.cell(kind, source, {"own": {"number": 1}}, f"{kind}-{number}")
        for kind in ("code", "markdown", "raw")
        for number, source in enumerate(LINES)
    ]
    cells[0].outputs = [
        nodes.display({"text/html": "<b>\n</b>", "text/plain": "x"}),
        nodes.result({"text/plain": "1.5"}),
    ]
    node = nodes.notebook(cells)

    nbformat.validate(node)

    assert nodes.written(node).decode() == nbformat.writes(node) + "\n"
    assert nbformat.reads(nodes.written(node).decode(), as_version=4) == node


def test_writing_changes_nothing():
    node = nbformat.read(SOLUTIONS / "affine_layers.ipynb", as_version=4)
    before = nbformat.writes(node)

    nodes.written(node)

    assert nbformat.writes(node) == before
