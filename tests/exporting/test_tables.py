"""Tables of grades, read back as Canvas, Moodle and spreadsheets read them."""

import csv
import io

import pytest
from sample_course import NAME
from typer.testing import CliRunner

from autograder import cli
from autograder.collect.roster import Roster, read_roster
from autograder.errors import CourseError
from autograder.export import exporting
from autograder.export.exporting import Order
from autograder.export.format import Format
from autograder.export.scores import scores_of
from autograder.spreadsheet import NUMBER

# Canvas, Grades, Export entire gradebook.
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (100),Assignment 1 (101),Assignments Current Score,Current Score
,,,,,Manual Posting,,,
    Points Possible,,,,,10.00,13.00,(read only),(read only)
"Lovelace, Ada",1234,U1,alovelace,Section 1,9.00,,90.0,90.0
"Hopper, Grace",1235,U2,ghopper,Section 1,,,,
"Turing, Alan",1236,U3,aturing,Section 2,,,,
"Student, Test",1300,,9a8b7c,Section 1,,,,
"""
# Moodle, Assignment, Download grading worksheet.
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 7001,Ada Lovelace,ada@example.edu,Submitted for grading,,100.00,Yes,"Sunday, 1 March 2026, 10:00 AM",-,
Participant 7002,Alan Turing,alan@example.edu,No submission,,100.00,Yes,-,-,"=HYPERLINK(""http://x"")"
"""


@pytest.fixture
def exported(course, tmp_path):
    """Export grades; return the rows that a reader of CSV gets, and the notes."""

    def exported(form, roster="", **order):
        known = Roster()
        if roster:
            (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
            known = read_roster(tmp_path / "roster.csv")
        came = exporting.export(course, Order(NAME, form, tmp_path / "out.csv", known, **order))
        return list(csv.DictReader(io.StringIO(came.paths[0].read_text(), newline=""))), came.notes

    return exported


def test_canvas_gets_its_own_rows_and_column_back_with_grades(exported):
    rows, notes = exported(Format.CANVAS, CANVAS, column="Assignment 1")

    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Assignment 1 (101)"]
    assert rows[0] == dict.fromkeys(rows[0], "") | {"Student": "    Points Possible", "Assignment 1 (101)": "13.0"}
    assert {row["ID"]: float(row["Assignment 1 (101)"]) for row in rows[1:]} == {
        "1234": 13.0,
        "1235": pytest.approx(9.5),
    }
    assert rows[1]["SIS Login ID"] == "alovelace"
    assert rows[1]["Student"] == "Lovelace, Ada"
    assert "1 without a grade: aturing." in notes
    assert "1 not in the roster, so not in the table: =cmd|' 1." in notes


def test_a_table_for_canvas_is_read_as_a_roster_of_canvas_again(exported, tmp_path):
    exported(Format.CANVAS, CANVAS)

    again = read_roster(tmp_path / "out.csv")

    assert [member.student for member in again.members] == ["alovelace", "ghopper"]


def test_without_its_export_canvas_gets_a_new_column_and_the_numbers_that_are_known(exported):
    rows, _ = exported(Format.CANVAS)

    assert list(rows[0])[-1] == "assignment1"
    assert {row["SIS Login ID"]: row["ID"] for row in rows[1:]} == {
        "'=cmd|' 1": "",
        "alovelace": "1234",
        "hoppergrace_1235": "1235",
    }
    assert rows[0]["assignment1"] == "13.0"


def test_moodle_gets_its_worksheet_back_with_grades_on_its_scale(exported):
    rows, notes = exported(Format.MOODLE, MOODLE)

    original = list(csv.DictReader(io.StringIO(MOODLE)))
    assert list(rows[0]) == list(original[0])
    dashes = {name: "" for name, cell in original[0].items() if cell == "-"}
    assert rows[0] == original[0] | dashes | {"Grade": "100.00"}
    assert rows[1]["Grade"] == ""
    assert rows[1]["Feedback comments"] == '\'=HYPERLINK("http://x")'
    assert "Points of 13 were scaled to the maximum grade of the worksheet." in notes


def test_without_its_worksheet_moodle_gets_a_table_for_its_gradebook(exported):
    rows, _ = exported(Format.MOODLE, column="Layers")

    assert list(rows[0]) == ["First name", "Last name", "ID number", "Email address", "Layers"]
    assert rows[1] == {
        "First name": "Ada",
        "Last name": "Lovelace",
        "ID number": "alovelace",
        "Email address": "ada@example.edu",
        "Layers": "13.0",
    }


def test_a_plain_table_has_every_graded_cell_and_what_being_late_costs(exported):
    rows, _ = exported(Format.CSV)
    by_student = {row["student"]: row for row in rows}
    grace = by_student["hoppergrace_1235"]

    assert float(grace["points"]) - float(grace["late_penalty"]) == float(grace["score (13)"]) == 9.5
    assert grace["late_penalty"] == "1.5"
    cells = {name: value for name, value in grace.items() if name.startswith("affine_layers/check")}
    assert sum(map(float, cells.values())) == float(grace["points"])
    assert len(cells) == 5


@pytest.mark.parametrize(
    ("form", "roster"),
    [(Format.CSV, ""), (Format.CANVAS, ""), (Format.CANVAS, CANVAS), (Format.MOODLE, ""), (Format.MOODLE, MOODLE)],
)
def test_no_cell_of_any_table_is_a_formula(exported, form, roster):
    rows, _ = exported(form, roster)
    cells = [cell for row in rows for cell in (*row, *row.values())]

    assert cells
    assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@") and not NUMBER.fullmatch(cell)]


def test_written_answers_wait_for_people_and_that_is_told(course):
    scores = scores_of(course, NAME)
    ada = next(one for one in scores.students if one.student == "alovelace")

    assert scores.max_score == 13
    assert ada.name == "Lovelace, Ada"
    assert ada.is_open == (None in ada.cells.values())


def test_what_is_not_graded_is_not_exported(tmp_path):
    from sample_course import make_course

    with pytest.raises(
        CourseError, match=r"`assignment1` must be graded first \(got no grades\)\. Run `cs231n grade"
    ):
        scores_of(make_course(tmp_path / "new"), NAME)


def test_the_command_says_where_it_wrote_and_what_to_know(course, tmp_path):
    (tmp_path / "roster.csv").write_text(CANVAS)
    arguments = [
        "export",
        NAME,
        "--to",
        "canvas",
        "--roster",
        str(tmp_path / "roster.csv"),
        "--column",
        "Assignment 1",
    ]

    shown = CliRunner().invoke(cli.app, [*arguments, "--course", str(course.root)])

    assert shown.exit_code == 0, shown.output
    assert str(course.root / "export" / "assignment1-canvas.csv") in shown.output
    assert "1 without a grade: aturing." in shown.output


def test_the_command_has_a_help_with_an_example():
    shown = CliRunner().invoke(cli.app, ["export", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})

    assert "Example: cs231n export" in shown.output
