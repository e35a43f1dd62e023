import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import spreadsheet

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", '=HYPERLINK("http://x","y")'),
    *(
        "=cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1+1",
        "\uff20x",
        "\u200b=1+1",
        "\u00a0=1+1",
        "\0=1",
        "=",
        "-",
        "--1",
    ),
)


def read(text, delimiter=","):
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_as_a_formula(formula):
    ((cell, _),) = read(spreadsheet.write([[formula, "next"]]))

    assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    assert cell.isprintable()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_becomes_two_whatever_separates_them_here(delimiter):
    text = spreadsheet.write([["ada;=1+1,=2+2\t=3+3|=4", 'a";=1+1;" =2+2', 'b";"=1+1', "c"]])

    cells = [cell for row in read(text, delimiter) for cell in row]

    assert not [cell for cell in cells if cell.lstrip('" ').startswith(("=", "+", "-", "@"))]


def test_numbers_stay_numbers():
    text = spreadsheet.write([[13.0, -1.5, 0, None, "-1.5", "+2", "1e-07", "-"]])

    assert text == '13.0,-1.5,0,"","-1.5","+2","1e-07","\'-"\n'


def test_what_is_no_formula_stays_as_it_is():
    rows = [["Łukasz", "O'Neil, Ada", 'say "hi"', "a=b", "x@y.z", "2026-01-02 03:04:05", "'quoted'"]]

    assert read(spreadsheet.write(rows)) == rows


def test_no_text_breaks_a_line():
    assert read(spreadsheet.write([["a\nb\r\nc", "d"]])) == [[r"a\nb\r\nc", "d"]]


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), max_size=4))
def test_any_table_is_read_with_as_many_cells_as_it_has(rows):
    read_again = read(spreadsheet.write(rows))

    assert [len(row) for row in read_again] == [len(row) for row in rows]
    assert all(cell.isprintable() for row in read_again for cell in row)
