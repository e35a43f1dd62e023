"""The table of threats in docs/security.md, against the marks of the tests in this folder."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.security

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "security.md"


def rows():
    return set(re.findall(r"^\| (\d(?:\.\d)?) \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE))


def marks():
    """Return the rows that tests of this folder are marked with."""
    found = set()
    for path in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
                found |= {call.args[0].value for call in calls if getattr(call.func, "id", "") == "threat"}
    return found


def test_every_row_of_the_table_has_a_test():
    assert rows() - marks() == set()


def test_every_mark_is_a_row_of_the_table():
    assert marks() - rows() == set()
    assert len(rows()) > 25
