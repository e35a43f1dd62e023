"""`cs231n collect` on downloads as Canvas, Moodle and Gradescope make them, and on plain zips and folders."""

import io
import json
from datetime import timedelta

import pytest
from classroom import NOTEBOOK
from downloads import CANVAS, GRADESCOPE, MOODLE, PLAIN, STUB, WORK, as_folder, as_zip
from rich.console import Console
from sample_course import NAME
from typer.testing import CliRunner

from autograder import cli
from autograder.collect import collecting, view
from autograder.collect.collection import Collected, Collecting, Fate, Notebooks, Row
from autograder.collect.layout import Layout
from autograder.collect.roster import read_roster
from autograder.commands import paperwork
from autograder.errors import CourseError

FILE = f"{NOTEBOOK}.ipynb"


@pytest.fixture
def collected(course, tmp_path):
    """Collect a download; return its rows by student, or the whole."""

    def collected(files, form=as_zip, whole=False, **order):
        source = form(tmp_path / ("download.zip" if form is as_zip else "download"), files)
        came = collecting.collect(course, Collecting(source, NAME, **order))
        return came if whole else {row.student: row for row in came.rows}

    return collected


def handed_in(course, student):
    folder = course.submitted(NAME, student)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def states(rows):
    return {student: row.notebooks[NOTEBOOK] for student, row in rows.items()}


@pytest.mark.parametrize("form", [as_zip, as_folder])
def test_canvas_files_go_to_their_students(collected, course, form):
    rows = collected(CANVAS, form)

    assert states(rows) == {
        "lovelaceada_1234": Notebooks.FOUND,
        "lovelaceada_1299": Notebooks.FOUND,
        "hoppergrace_1235": Notebooks.FOUND,
        "turingalan_1236": Notebooks.RENAMED,
        "noethere_1237": Notebooks.MISSING,
    }
    assert handed_in(course, "lovelaceada_1234") == {FILE: WORK}
    assert handed_in(course, "turingalan_1236") == {"my homework.ipynb": WORK}


def test_notes_do_not_repeat_what_the_table_says(collected):
    rows = collected(CANVAS)

    assert rows["noethere_1237"].notes == ("None of the files is a notebook of the assignment (got 'report.pdf').",)
    assert not any("There is no file" in note for row in rows.values() for note in row.notes)


def test_canvas_gives_a_number_to_an_upload_of_the_same_name_and_the_newest_counts(collected, course):
    row = collected(CANVAS)["hoppergrace_1235"]

    assert handed_in(course, "hoppergrace_1235") == {FILE: WORK}
    assert f"'{FILE}' was handed in more than once: the newest was taken." in row.notes


def test_canvas_says_that_something_is_late_and_not_how_much(collected):
    rows = collected(CANVAS)

    assert {student for student, row in rows.items() if row.late is not None} == {"hoppergrace_1235"}
    assert view.told(rows["hoppergrace_1235"].late) == "late"


def test_moodle_folders_and_flat_files_go_to_their_students(collected, course):
    rows = collected(MOODLE)

    assert set(rows) == {"Ada Lovelace", "Grace Brewster Hopper", "Alan_Turing"}
    assert set(states(rows).values()) == {Notebooks.FOUND}
    assert handed_in(course, "Ada Lovelace") == {FILE: WORK}
    assert handed_in(course, "Grace Brewster Hopper") == {f"work/{FILE}": WORK}


def test_two_of_the_same_name_in_moodle_stay_two(collected):
    name = "Ada Lovelace_{}_assignsubmission_file_/" + FILE

    rows = collected({name.format(1): WORK, name.format(2): STUB})

    assert set(rows) == {"Ada Lovelace_1", "Ada Lovelace_2"}


def test_gradescope_submissions_go_to_everybody_in_the_group_with_the_time(collected, course):
    rows = collected(GRADESCOPE)

    assert set(rows) == {"815001", "grace@example.edu", "815003"}
    assert rows["815001"].name == "Ada Lovelace"
    assert handed_in(course, "grace@example.edu") == {
        f"src/{FILE}": WORK,
        "timestamp.txt": "2026-03-03 09:30:00.000000 UTC",
    }
    assert handed_in(course, "815001")["timestamp.txt"] == "2026-03-01 10:00:00.123456 UTC"
    assert rows["815001"].late is None
    assert rows["815003"].late == timedelta(days=1, hours=21, minutes=30)


@pytest.mark.parametrize("form", [as_zip, as_folder])
def test_plain_folders_of_any_depth_go_to_their_students(collected, course, form):
    rows = collected(PLAIN, form)

    assert states(rows) == {
        "ada": Notebooks.FOUND,
        "grace": Notebooks.FOUND,
        "alan": Notebooks.RENAMED,
        "emmy": Notebooks.FOUND,
    }
    assert rows["grace"].late == timedelta(hours=22)
    assert handed_in(course, "alan") == {"deep/deeper/homework.ipynb": WORK}
    assert handed_in(course, "emmy") == {FILE: WORK}


def test_zips_of_students_are_kept_as_they_are_and_looked_into(collected, course, tmp_path):
    inner = as_zip(tmp_path / "ada.zip", {f"work/{FILE}": WORK})

    rows = collected({"ada.zip": inner.read_bytes(), "bo.zip": b"no zip"})

    assert states(rows) == {"ada": Notebooks.FOUND, "bo": Notebooks.MISSING}
    assert (course.submitted(NAME, "ada") / "ada.zip").read_bytes() == inner.read_bytes()
    assert any("must be a zip that can be opened" in note for note in rows["bo"].notes)


def test_other_assignments_in_a_folder_of_nbgrader_are_left_alone(collected, course):
    (course.root / "solutions" / "assignment2").mkdir()
    files = {f"{student}/{name}/{FILE}": WORK for student in ("ada", "bo") for name in (NAME, "assignment2")}

    came = collected(files, whole=True)

    assert [row.student for row in came.rows] == ["ada", "bo"]
    assert handed_in(course, "ada") == {FILE: WORK}
    assert len(came.strays) == 2


def test_one_student_alone_is_not_taken_for_the_assignment(collected):
    assert set(collected({f"submitted/ada/{NAME}/{FILE}": WORK})) == {"ada"}
    assert set(collected({f"ada/{FILE}": WORK}, replace=True)) == {"ada"}


def test_a_notebook_that_is_there_twice_is_a_duplicate(collected):
    rows = collected({f"ada/{FILE}": WORK, f"ada/copy/{FILE}": WORK, f"bo/{FILE}": WORK})

    assert states(rows) == {"ada": Notebooks.DUPLICATE, "bo": Notebooks.FOUND}


def test_collecting_again_changes_nothing(collected):
    collected(GRADESCOPE)

    assert {row.fate for row in collected(GRADESCOPE).values()} == {Fate.UNCHANGED}


def test_what_is_there_is_kept_until_somebody_says_replace(collected, course):
    collected({f"ada/{FILE}": STUB, f"bo/{FILE}": WORK})
    newer = {f"ada/{FILE}": WORK, f"bo/{FILE}": WORK}

    kept = collected(newer)
    after_keeping = handed_in(course, "ada")
    replaced = collected(newer, replace=True)

    assert {student: row.fate for student, row in kept.items()} == {"ada": Fate.KEPT, "bo": Fate.UNCHANGED}
    assert after_keeping == {FILE: STUB}
    assert replaced["ada"].fate is Fate.REPLACED
    assert handed_in(course, "ada") == {FILE: WORK}
    assert sorted(path.name for path in course.submitted(NAME, "ada").parent.iterdir()) == [NAME]


def test_a_dry_run_writes_nothing(collected, course):
    rows = collected(PLAIN, dry=True)

    assert {row.fate for row in rows.values()} == {Fate.NEW}
    assert not (course.root / "submitted").exists()


def test_an_extension_counts(collected, course):
    from nbgrader.api import Gradebook

    with Gradebook(course.directory.db_url, "cs231n") as gradebook:
        gradebook.update_or_create_student("815003")
        gradebook.update_or_create_submission(NAME, "815003").extension = timedelta(days=3)
        gradebook.db.commit()

    rows = collected(GRADESCOPE)

    assert rows["815003"].late is None
    assert rows["grace@example.edu"].late is not None


CANVAS_ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (101),Current Score
    Points Possible,,,,,10.00,(read only)
"Lovelace, Ada",1234,U1,alovelace,01,,
"Hopper, Grace",1235,U2,ghopper,01,9,
"Curie, Marie",1238,U5,mcurie,01,,
"Student, Test",1300,,abcdef,01,,
"""
MOODLE_ROSTER = """\
\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)
Participant 12345,Ada Lovelace,ada@example.edu,Submitted for grading,,13.00,Yes,-
Participant 12347,Alan_Turing,alan@example.edu,Submitted for grading,,13.00,Yes,-
"""


def roster(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    return read_roster(tmp_path / "roster.csv")


def test_a_roster_of_canvas_gives_students_their_logins_and_tells_who_is_absent(collected, tmp_path):
    rows = collected(CANVAS, roster=roster(tmp_path, CANVAS_ROSTER))

    assert {"alovelace", "ghopper", "turingalan_1236", "mcurie"} <= set(rows)
    assert rows["alovelace"].name == "Lovelace, Ada"
    assert rows["mcurie"].fate is Fate.NOTHING
    assert not [student for student in rows if "Test" in rows[student].name]


def test_a_roster_of_moodle_gives_students_their_addresses(collected, tmp_path):
    rows = collected(MOODLE, roster=roster(tmp_path, MOODLE_ROSTER))

    assert set(rows) == {"ada@example.edu", "alan@example.edu", "Grace Brewster Hopper"}


def test_a_key_that_two_share_stands_for_nobody(tmp_path):
    twins = roster(tmp_path, "id,first_name,last_name\na,Ada,Lovelace\nb,Ada,Lovelace\n")

    assert twins.find("Ada Lovelace") is None
    assert twins.find("Ada Lovelace", "b").student == "b"


@pytest.mark.parametrize("text", ["", "color,size\nred,2\n"])
def test_a_table_that_tells_nobody_is_refused(tmp_path, text):
    with pytest.raises(
        CourseError, match=r"must have a column that tells who is who: SIS Login ID, .* \(got (none|color, size)\)"
    ):
        roster(tmp_path, text)


def test_a_roster_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "roster.csv").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CourseError, match=r"`--roster` must be a CSV file in UTF-8 \(got .*roster\.csv"):
        read_roster(tmp_path / "roster.csv")


def test_a_roster_that_is_not_there_is_named_with_the_remedy(tmp_path):
    with pytest.raises(CourseError) as caught:
        read_roster(tmp_path / "roster.csv")

    assert str(caught.value) == (
        f"`--roster` must be a CSV file in UTF-8 (got {tmp_path / 'roster.csv'}: no such file or directory). "
        "Take the file as the platform exports it, or save it as CSV UTF-8."
    )


def test_a_source_that_is_no_zip_is_refused(course, tmp_path):
    (tmp_path / "a.zip").write_text("no zip")

    for source, why in (("a.zip", "it cannot be opened as a zip"), ("b.zip", "no such file or directory")):
        with pytest.raises(CourseError, match=rf"`SOURCE` must be a zip or a folder \(got .*{source}: {why}\)"):
            collecting.collect(course, Collecting(tmp_path / source, NAME))


def test_a_download_without_work_is_refused(collected):
    with pytest.raises(
        CourseError, match=r"must hold notebooks, Python files or zips of students \(got none in .*, read as plain"
    ):
        collected({"readme.txt": "hello"})


@pytest.mark.parametrize("listing", ["- a list", "{", "a: [&x *y]"])
def test_a_broken_list_of_gradescope_is_refused(collected, listing):
    with pytest.raises(
        CourseError, match=r"submission_metadata\.yml` must be Gradescope's list of submissions \(got"
    ) as caught:
        collected({"x/submission_metadata.yml": listing, f"x/submission_1/{FILE}": WORK})

    assert "\n" not in str(caught.value)


def test_a_missing_list_of_gradescope_is_named(collected):
    with pytest.raises(CourseError) as caught:
        collected(PLAIN, layout=Layout.GRADESCOPE)

    assert str(caught.value) == (
        "`SOURCE` must hold Gradescope's list submission_metadata.yml (got none). "
        "Take the zip of Export Submissions as it is, or name another --layout."
    )


def test_a_list_of_gradescope_builds_no_objects(collected, tmp_path):
    listing = (
        f"submission_1: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{tmp_path}/x]]"
    )

    with pytest.raises(CourseError, match="could not determine a constructor"):
        collected({"submission_metadata.yml": listing, f"submission_1/{FILE}": WORK})


def test_the_layout_may_be_said(collected):
    files = {f"{student}/lovelaceada_1_2_{FILE}": WORK for student in ("x", "y")}

    assert set(collected(files)) == {"lovelaceada_1"}
    assert set(collected(files, layout=Layout.PLAIN)) == {"x", "y"}


@pytest.fixture
def command(course, tmp_path, monkeypatch):
    def command(files, *options):
        monkeypatch.setattr(paperwork, "out", Console(width=160))
        source = as_zip(tmp_path / "download.zip", files)
        arguments = ["collect", str(source), NAME, "--course", str(course.root), *options]
        return CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "160"})

    return command


def test_the_command_shows_a_row_for_each_student(command):
    shown = command(GRADESCOPE)

    assert shown.exit_code == 0, shown.output
    assert "read as gradescope" in shown.output
    assert "1 d 21 h" in shown.output
    assert f"✓ {NOTEBOOK}" in shown.output
    assert "3 students: 3 new; 2 late (due 2026-03-01 12:00 UTC)." in shown.output


@pytest.mark.parametrize(("width", "named"), [(120, True), (80, False)])
def test_a_terminal_without_room_for_names_of_notebooks_shows_their_signs_in_that_order(width, named):
    notebooks = {
        "convolution": Notebooks.FOUND,
        "im2col": Notebooks.MISSING,
        "spatial_normalization": Notebooks.FOUND,
    }
    collected = Collected(Layout.GRADESCOPE, (Row("ada", "Ada Lovelace", Fate.NEW, notebooks),), (), None)
    console = Console(width=width, record=True, file=io.StringIO())

    view.show(collected, console, dry=False)

    shown = console.export_text()
    assert ("✓ convolution ✗ im2col ✓ spatial_normalization" in shown) == named
    assert ("│ ✓ ✗ ✓     │" in shown) == (not named)
    assert ("notebooks: convolution, im2col, spatial_normalization" in " ".join(shown.split())) == (not named)
    assert "…" not in shown


def test_columns_in_which_nothing_stands_are_left_out():
    row = Row("ada", "ada", Fate.NEW, {"im2col": Notebooks.FOUND})
    console = Console(width=80, record=True, file=io.StringIO())

    view.show(Collected(Layout.PLAIN, (row,), (), None), console, dry=False)

    shown = console.export_text()
    assert [name for name in view.COLUMNS if f" {name} " in shown.splitlines()[2]] == ["student", "notebooks", "now"]
    assert "1 student: 1 new; 0 late (no due date is known)." in shown


def test_the_command_ends_with_1_if_somebody_lacks_a_notebook_and_names_files_of_nobody(command):
    shown = command(PLAIN | {"class/bo/empty.py": "x = 1", "class/lost.ipynb": WORK})

    assert shown.exit_code == 1
    assert "✗ affine_layers" in shown.output
    assert "nobody's: 'class/lost.ipynb'" in shown.output


def test_the_command_says_that_others_were_kept(command):
    command({f"a/{FILE}": STUB, f"b/{FILE}": STUB})

    shown = command({f"a/{FILE}": WORK, f"b/{FILE}": STUB}, "--dry-run")

    assert shown.exit_code == 1
    assert "2 students: 1 kept: others are there, 1 unchanged" in shown.output
    assert "--replace takes the new files" in shown.output
    assert "Nothing was written" in shown.output


def test_the_result_as_json(command):
    students = json.loads(command(GRADESCOPE, "--json").output)["students"]

    assert students[0]["student"] == "815001"
    assert students[1]["seconds_late"] == timedelta(days=1, hours=21, minutes=30).total_seconds()
    assert students[0]["notebooks"] == {NOTEBOOK: "found"}


def test_what_was_collected_is_graded(command, course):
    from rich.progress import Progress

    from autograder.grading.marking import Order, mark

    command(GRADESCOPE)
    run = mark(course, Order(NAME), Progress(disable=True))

    assert {row.student: row.score for row in run.graded} == dict.fromkeys(
        ("815001", "815003", "grace@example.edu"), 13
    )
