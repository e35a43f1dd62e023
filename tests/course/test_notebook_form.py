"""The form of the lessons: short cells, names that last, a check and a picture for every exercise."""

import ast
import json
import re
from itertools import pairwise
from textwrap import dedent

import pytest
from released_course import RELEASED, WORKED, cells_of, check_cells_of, mark_of, name_of

from autograder.checks import BANK
from autograder.core.lessons import cell_of

LONGEST_CELL = 25  # lines without docstrings
WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")  # im2col is one
GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]+")  # nbgrader's own rule
every_notebook = pytest.mark.parametrize(
    "path", [*WORKED, *RELEASED], ids=lambda path: f"{path.parts[-3]}/{name_of(path)}"
)
every_worked = pytest.mark.parametrize("path", WORKED, ids=name_of)


def lines_of_code(source):
    """Count the lines of a cell that are not part of a docstring; of a class, those of its longest method."""
    tree = ast.parse(source)
    if [type(node) for node in tree.body] == [ast.ClassDef]:
        methods = [node for node in tree.body[0].body if isinstance(node, ast.FunctionDef)]
        lines = source.splitlines()
        return max(lines_of_code(dedent("\n".join(lines[m.lineno - 1 : m.end_lineno]))) for m in methods)
    docstrings = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            text = node.body[0]
            docstrings += text.end_lineno - text.lineno + 1
    return len(source.splitlines()) - docstrings


@every_notebook
def test_the_first_code_cell_holds_imports_only(path):
    first, *others = cells_of(path, "code")

    assert {type(node) for node in ast.parse(first["source"]).body} <= {ast.Import, ast.ImportFrom}
    for cell in others:
        assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell["source"])))


@every_notebook
def test_cell_ids_are_words_and_unique(path):
    ids = [cell["id"] for cell in cells_of(path)]

    assert [name for name in ids if not WORDS.fullmatch(name)] == []
    assert len(set(ids)) == len(ids)


@every_notebook
def test_grade_ids_are_valid_unique_and_those_of_their_cells(path):
    marked = [(mark_of(cell)["grade_id"], cell["id"]) for cell in cells_of(path) if mark_of(cell)]

    assert all(GRADE_ID.fullmatch(grade_id) for grade_id, _ in marked)
    assert all(grade_id == cell_id for grade_id, cell_id in marked)
    assert len(set(marked)) == len(marked)


@every_notebook
def test_a_check_cell_is_one_line_that_asks_a_check_of_the_bank(path):
    sources = [cell["source"] for cell in check_cells_of(path)]

    assert sources
    for source in sources:
        assert re.fullmatch(r'check\("(\w+)"\)', source)[1] in BANK


@every_notebook
def test_a_check_cell_is_named_after_its_check(path):
    for cell in check_cells_of(path):
        asked = re.search(r'"(\w+)"', cell["source"])[1]
        assert cell["id"] == "check-" + asked.replace("_", "-")


@every_notebook
def test_nothing_was_executed_before_the_commit(path):
    for cell in cells_of(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@every_notebook
def test_no_cell_of_code_is_long(path):
    too_long = {
        cell["id"]: lines_of_code(cell["source"])
        for cell in cells_of(path, "code")
        if lines_of_code(cell["source"]) > LONGEST_CELL
    }

    assert too_long == {}


@every_notebook
def test_a_picture_follows_each_check_before_the_next(path):
    code = [cell["id"] for cell in cells_of(path, "code")]
    checks = [index for index, name in enumerate(code) if name.startswith("check-")]

    for begin, end in pairwise([*checks, len(code)]):
        picture = code[begin].replace("check-", "picture-", 1)
        assert picture in code[begin + 1 : end]


@every_notebook
def test_each_exercise_has_its_why_its_math_its_check_and_its_question(path):
    ids = [cell["id"] for cell in cells_of(path)]

    for name in (name.removeprefix("check-") for name in ids if name.startswith("check-")):
        beats = [f"{beat}-{name}" for beat in ("why", "math", "check", "picture", "ask", "question")]
        assert [beat for beat in beats if beat in ids] == beats
        assert [ids.index(beat) for beat in beats] == sorted(ids.index(beat) for beat in beats)


@every_notebook
def test_exercises_can_be_edited_and_checks_cannot(path):
    for cell in cells_of(path):
        mark = mark_of(cell)
        if mark:
            assert mark["locked"] is not mark["solution"]


@every_worked
def test_an_exercise_cell_defines_one_function_that_a_check_is_about(path):
    exercises = {check.exercise for check in BANK.values()}

    for cell in cells_of(path, "code"):
        if mark_of(cell).get("solution"):
            (function,) = ast.parse(cell["source"]).body
            assert function.name in exercises
            assert cell["id"] == cell_of(function.name)
            assert ast.get_docstring(function)


@every_worked
def test_a_solution_is_about_fifteen_lines_at_most(path):
    for cell in cells_of(path, "code"):
        for body in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell["source"], re.DOTALL):
            assert len(body.strip().splitlines()) <= 16, cell["id"]


@every_notebook
def test_a_notebook_runs_anywhere(path):
    text = "\n".join(cell["source"] for cell in cells_of(path))

    for word in ("sys.path", "google.colab", "%cd", "!pip", "drive.mount"):
        assert word not in text


@every_notebook
def test_the_notebook_asks_for_the_plain_python_kernel(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))

    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
