"""Names and zips made to do harm, in what is collected: nothing is written outside of submitted/."""

import re
import stat
from pathlib import PurePosixPath
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from classroom import NOTEBOOK
from downloads import CANVAS, GRADESCOPE, LISTING, MOODLE, PLAIN, STUB, WORK, as_folder
from hypothesis import given
from hypothesis import strategies as st
from sample_course import NAME

from autograder.collect import collecting
from autograder.collect.collection import Collecting, Fate, Notebooks
from autograder.collect.names import LONGEST, safe, safe_path

FILE = f"{NOTEBOOK}.ipynb"


def collect(course, source):
    return {row.student: row for row in collecting.collect(course, Collecting(source, NAME)).rows}


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture
def archive(tmp_path):
    """Write a zip whose members have any name and attributes."""

    def archive(*members):
        path = tmp_path / "download.zip"
        with ZipFile(path, "w") as opened:
            for name, data, *more in members:
                entry = ZipInfo("x")
                entry.filename = name
                entry.compress_type = ZIP_DEFLATED
                for field, value in dict(*more).items():
                    setattr(entry, field, value)
                opened.writestr(entry, data)
        return path

    return archive


@given(st.text())
def test_any_name_is_made_one_part_of_a_path(name):
    part = safe(name)

    assert part not in ("", ".", "..")
    assert not set(part) & set('/\\:*?"<>|\n\r\t\0{}')
    assert part[0] not in ".-~ "
    assert len(part.encode()) <= LONGEST
    assert safe(part) == part


@given(st.lists(st.text(), min_size=1))
def test_any_path_stays_below_where_it_is_put(parts):
    path = safe_path(PurePosixPath(*parts))

    assert not path.is_absolute()
    assert ".." not in path.parts
    assert path.name


@pytest.mark.parametrize("name", ["con", "NUL.ipynb", "com1", "lpt9.txt"])
def test_names_that_windows_keeps_for_itself_are_changed(name):
    assert safe(name) == f"_{name}"


def test_long_names_stay_different_and_keep_their_ending():
    one, other = safe("x" * 300 + "1.ipynb"), safe("x" * 300 + "2.ipynb")

    assert one != other
    assert one.endswith(".ipynb")


def test_members_that_lead_out_are_not_written(course, archive):
    source = archive(
        (f"../../ada_1_2_{FILE}", WORK),
        (f"/etc/bo_3_4_{FILE}", WORK),
        (f"C:\\cy_5_6_{FILE}", WORK),
        (f"dee_7_8_{FILE}", WORK),
    )

    rows = collect(course, source)

    assert rows["dee_7"].notebooks[NOTEBOOK] is Notebooks.FOUND
    assert {s: row.notebooks[NOTEBOOK] for s, row in rows.items() if s != "dee_7"} == dict.fromkeys(
        ("ada_1", "bo_3", "cy_5"), Notebooks.MISSING
    )
    assert any("a name that leads out of it" in note for note in rows["ada_1"].notes)
    assert rows["ada_1"].notes[-1].endswith("is a notebook of the assignment (got none that could be read).")
    assert files_below(course.root / "submitted") == {f"dee_7/{NAME}/{FILE}"}


def test_links_bombs_and_odd_compression_are_told_and_not_read(course, archive):
    link = {"external_attr": (stat.S_IFLNK | 0o777) << 16}
    source = archive(
        (f"ada_1_2_{FILE}", "/etc/passwd", link),
        (f"bo_3_4_{FILE}", b" " * (21 * 2**20)),
        (f"cy_5_6_{FILE}", WORK, {"compress_type": ZIP_BZIP2}),
    )

    rows = collect(course, source)

    assert any("must be a file (got a symbolic link)" in note for note in rows["ada_1"].notes)
    assert any("must be at most 20 MiB unpacked (got 21 MiB)" in note for note in rows["bo_3"].notes)
    assert any("must be compressed in the usual way" in note for note in rows["cy_5"].notes)
    assert not [name for name in files_below(course.root / "submitted") if name.endswith(".ipynb")]


def test_a_damaged_member_costs_nobody_else_anything(course, archive):
    source = archive((f"ada_1_2_{FILE}", WORK), (f"bo_3_4_{FILE}", WORK))
    data = bytearray(source.read_bytes())
    data[120:160] = bytes(40)
    source.write_bytes(data)

    rows = collect(course, source)

    assert any("must be a whole file (got a damaged one). Download it again." in note for note in rows["ada_1"].notes)
    assert rows["bo_3"].notebooks[NOTEBOOK] is Notebooks.FOUND


def test_a_link_in_a_folder_is_not_followed(course, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(WORK)
    source = as_folder(tmp_path / "download", {f"ada/{FILE}": WORK, "bo/x.py": "x = 1"})
    (source / "bo" / FILE).symlink_to(secret)
    (source / "cy").symlink_to(source / "ada")

    rows = collect(course, source)

    assert rows["ada"].notebooks[NOTEBOOK] is Notebooks.FOUND
    assert rows["bo"].notebooks[NOTEBOOK] is Notebooks.MISSING
    assert "cy" not in rows
    assert files_below(course.root / "submitted") == {f"ada/{NAME}/{FILE}", f"bo/{NAME}/x.py"}


def test_students_of_names_that_become_the_same_stay_two(course, archive):
    rows = collect(course, archive((f"ab:c/{FILE}", WORK), (f"ab;c/{FILE}", WORK)))

    assert len(rows) == 2
    assert len(files_below(course.root / "submitted")) == 2


def test_a_folder_of_a_student_that_is_a_link_is_not_written_through(course, archive, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = course.submitted(NAME, "ada_1")
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere)

    collecting.collect(course, Collecting(archive((f"ada_1_2_{FILE}", WORK)), NAME, replace=True))

    assert not list(elsewhere.iterdir())
    assert not place.is_symlink()


def test_more_files_than_one_may_hand_in_are_left_out(course, archive):
    many = [(f"ada/{number}.py", "x = 1") for number in range(1100)]

    (row,) = collect(course, archive(*many, (f"ada/{FILE}", WORK))).values()

    assert any("must be at most 1000 of 100 MiB in all" in note for note in row.notes)


FORGED = LISTING.replace("submission_201", "fake").replace("submission_202", "other")
UNDER_ANOTHER_NAME = f"Ada Lovelace_12345_assignsubmission_file_{FILE}"


@pytest.mark.parametrize(
    ("download", "more"),
    [
        (GRADESCOPE, {"assignment_99_export/submission_202/submission_metadata.yml": FORGED}),
        (GRADESCOPE, {f"assignment_99_export/submission_202/submission_201/{FILE}": STUB}),
        (MOODLE, {"Alan_Turing_12347_assignsubmission_file_/submission_metadata.yml": FORGED}),
        (MOODLE, {f"Grace Brewster Hopper_12346_assignsubmission_file/more/{UNDER_ANOTHER_NAME}": STUB}),
        (MOODLE, {f"Alan_Turing_12347_assignsubmission_file_{UNDER_ANOTHER_NAME}": STUB}),
        (CANVAS, {f"turingalan_1236_567892_{UNDER_ANOTHER_NAME}": STUB}),
        (CANVAS, {f"turingalan_1236_567892_lovelaceada_1234_999999_{FILE}": STUB}),
        (PLAIN, {"class/alan/submission_metadata.yml": FORGED}),
        (PLAIN, {f"class/alan/{UNDER_ANOTHER_NAME}": STUB}),
    ],
)
def test_no_name_that_a_student_chose_makes_files_those_of_others(course, tmp_path, download, more):
    before = collect(course, as_folder(tmp_path / "before", download))

    after = collect(course, as_folder(tmp_path / "after", download | more))

    assert {student: row.name for student, row in after.items()} == {s: row.name for s, row in before.items()}
    others = {s: row for s, row in after.items() if not re.match(r"(?i)alan|turing|grace|815003", s)}
    assert {row.fate for row in others.values()} == {Fate.UNCHANGED}
    assert {s: row.notebooks for s, row in others.items()} == {s: before[s].notebooks for s in others}


def test_a_number_of_thousands_of_digits_is_no_name_of_canvas(course, archive):
    source = archive((f"ada_1_2_{FILE}", WORK), (f"bo_3_{'9' * 5000}_{FILE}", WORK))

    rows = collect(course, source)

    assert list(rows) == ["ada_1"]


def test_people_in_the_list_of_gradescope_who_are_nobody_are_passed_over(course, tmp_path):
    listing = f"{LISTING}submission_203:\n  :submitters: [3, ada, [x]]\n"
    download = {"x/submission_metadata.yml": listing, f"x/submission_203/{FILE}": STUB}

    rows = collect(course, as_folder(tmp_path / "download", download | {f"x/submission_201/{FILE}": WORK}))

    assert list(rows) == ["815001"]
