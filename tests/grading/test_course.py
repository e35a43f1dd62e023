import os
import shutil
import stat

import pytest
from classroom import HOME

from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, CourseError


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Make a course with one assignment, which is not released."""
    monkeypatch.delenv("CS231N_SECRET", raising=False)
    shutil.copy(HOME / "nbgrader_config.py", tmp_path)
    (tmp_path / "solutions" / "assignment1").mkdir(parents=True)
    return Course(tmp_path)


def test_a_folder_without_configuration_is_no_course(tmp_path):
    with pytest.raises(CourseError) as caught:
        Course(tmp_path)

    assert str(caught.value) == (
        f"`--course` must be a folder with nbgrader_config.py (got {tmp_path}). Go to your course, or name it."
    )


def test_the_folders_are_those_of_nbgraders_configuration(course, tmp_path):
    assert course.source("assignment1") == tmp_path / "solutions" / "assignment1"
    assert course.released("assignment1") == tmp_path / "assignments" / "assignment1"
    assert course.submitted("assignment1", "ada") == tmp_path / "submitted" / "ada" / "assignment1"
    assert course.autograded("assignment1", "ada") == tmp_path / "autograded" / "ada" / "assignment1"
    assert course.feedback("assignment1", "ada") == tmp_path / "feedback" / "ada" / "assignment1"


def test_another_order_of_folders_is_followed(course, tmp_path):
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write('\nc.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"\n')
    other = Course(course.root)
    (tmp_path / "submitted" / "assignment1" / "ada").mkdir(parents=True)

    (found,) = other.submissions("assignment1")

    assert (found.student, found.folder) == ("ada", tmp_path / "submitted" / "assignment1" / "ada")
    assert other.assignment_of(found.folder) == "assignment1"


def test_the_assignments_are_the_folders_with_a_source(course, tmp_path):
    (tmp_path / "solutions" / "assignment0").mkdir()
    (tmp_path / "solutions" / "readme.md").touch()

    assert course.assignments() == ["assignment0", "assignment1"]


def test_an_unknown_assignment_is_told_with_those_there_are(course):
    with pytest.raises(CourseError) as caught:
        course.read("asignment1")

    assert str(caught.value) == (
        "`assignment` must be one of this course (got 'asignment1'). There are: assignment1."
    )


def test_an_unknown_assignment_has_no_submissions_to_look_for(course):
    with pytest.raises(CourseError, match=r"`assignment` must be one of this course \(got '\*'\)"):
        course.submissions("*")


def test_a_course_without_assignments_says_so(course, tmp_path):
    (tmp_path / "solutions" / "assignment1").rmdir()

    with pytest.raises(CourseError, match=r"There are: none\."):
        course.read("assignment1")


def test_an_assignment_that_is_not_released_says_what_to_do(course):
    with pytest.raises(AssignmentError) as caught:
        course.read("assignment1")

    assert str(caught.value) == (
        f"`{course.released('assignment1')}` must hold released notebooks (got none). "
        "Run `cs231n release assignment1` first."
    )


def test_an_assignment_without_submissions_says_where_they_belong(course, tmp_path):
    with pytest.raises(CourseError) as caught:
        course.submissions("assignment1")

    assert str(caught.value) == (
        "`assignment1` must have submissions (got none). Put them into submitted/STUDENT/assignment1 "
        f"of {tmp_path}, or name another course with --course."
    )


def test_a_student_without_submission_is_named(course, tmp_path):
    (tmp_path / "submitted" / "ada" / "assignment1").mkdir(parents=True)

    with pytest.raises(CourseError) as caught:
        course.submissions("assignment1", "adda")

    assert str(caught.value) == "`student` must have handed in assignment1 (got 'adda'). Look at the spelling."


def test_submissions_are_found_by_student(course, tmp_path):
    for name in ("bob", "ada", "d.o'neil [x]", "émile"):
        (tmp_path / "submitted" / name / "assignment1").mkdir(parents=True)
    (tmp_path / "submitted" / "cy" / "assignment2").mkdir(parents=True)

    found = [submitted.student for submitted in course.submissions("assignment1")]

    assert found == ["ada", "bob", "d.o'neil [x]", "émile"]


def test_a_file_in_place_of_a_students_folder_is_a_submission_that_is_told(course, tmp_path):
    (tmp_path / "submitted" / "eve").mkdir(parents=True)
    (tmp_path / "submitted" / "eve" / "assignment1").touch()

    assert [submitted.student for submitted in course.submissions("assignment1")] == ["eve"]


def test_a_file_beside_the_folders_of_students_is_nobodys(course, tmp_path):
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write('\nc.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"\n')
    (tmp_path / "submitted" / "assignment1" / "ada").mkdir(parents=True)
    (tmp_path / "submitted" / "assignment1" / "grades.csv").touch()

    assert [submitted.student for submitted in Course(course.root).submissions("assignment1")] == ["ada"]


def test_a_students_name_in_no_encoding_becomes_text(course, tmp_path):
    (tmp_path / "submitted" / os.fsdecode(b"\xffeve") / "assignment1").mkdir(parents=True)

    (found,) = course.submissions("assignment1")

    assert found.student == r"\xffeve"
    assert found.folder.is_dir()


def test_the_result_of_a_student_with_a_very_long_name_has_a_file_of_its_own(course):
    files = {course.result("assignment1", name).name for name in ("x" * 255, "x" * 254 + "y", "é" * 127, "ada")}

    assert len(files) == 4
    assert "ada.json" in files
    assert max(len(os.fsencode(name)) for name in files) < 160


def test_one_students_submission_is_found(course, tmp_path):
    for name in ("bob", "ada"):
        (tmp_path / "submitted" / name / "assignment1").mkdir(parents=True)

    (found,) = course.submissions("assignment1", "ada")

    assert found.folder == tmp_path / "submitted" / "ada" / "assignment1"


def test_the_secret_is_taken_from_the_variable_first(course, monkeypatch, tmp_path):
    (tmp_path / ".cs231n-secret").write_text("from the file\n")
    monkeypatch.setenv("CS231N_SECRET", "from the variable")

    assert course.secret() == (b"from the variable", "the variable CS231N_SECRET")


def test_the_secret_is_taken_from_the_file(course, tmp_path):
    (tmp_path / ".cs231n-secret").write_text("from the file\n")

    assert course.secret() == (b"from the file", str(tmp_path / ".cs231n-secret"))


def test_a_secret_is_made_where_there_is_none(course, tmp_path):
    secret, origin = course.secret()

    file = tmp_path / ".cs231n-secret"
    assert len(secret) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert origin == f"{file}, made just now: keep it, and keep it out of version control"


def test_a_secret_that_was_made_is_kept(course):
    made, _ = course.secret()

    again, _ = course.secret()

    assert again == made


def test_no_two_courses_have_one_secret(course, tmp_path):
    first, _ = course.secret()
    (tmp_path / ".cs231n-secret").unlink()

    second, _ = course.secret()

    assert first != second


@pytest.mark.parametrize("content", ["", "\n", "  \n"])
def test_an_empty_secret_is_refused(course, tmp_path, content):
    (tmp_path / ".cs231n-secret").write_text(content)

    with pytest.raises(CourseError) as caught:
        course.secret()

    assert str(caught.value) == (
        f"`{tmp_path / '.cs231n-secret'}` must hold the course secret (got nothing). Restore it, or delete it."
    )
