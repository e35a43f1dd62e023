"""nbgrader's own zip_collect, on downloads of Canvas and Moodle, and then `cs231n grade`."""

import io
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from classroom import HOME, NOTEBOOK, copy_small_course
from gradebooks import scores
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1] / "collecting"))

from downloads import STUB, WORK, as_zip

from autograder.collect.collecting import collect
from autograder.collect.collection import Collecting, Notebooks
from autograder.course.course import Course
from autograder.grading.marking import Order, mark

pytestmark = pytest.mark.integration

NAME = "assignment1"


def zipped(**files):
    buffer = io.BytesIO()
    as_zip(buffer, files)
    return buffer.getvalue()


CANVAS = {
    f"lovelaceada_1234_567890_{NOTEBOOK}.ipynb": WORK,
    f"m\u00fcllerj\u00f6rg_LATE_1235_567891_{NOTEBOOK}-1.ipynb": STUB,
    "turingalan_1236_567892_work.zip": zipped(
        **{f"my work/{NOTEBOOK}.ipynb": WORK, f"__MACOSX/my work/._{NOTEBOOK}.ipynb": "\0"}
    ),
    "curiemarie_1237_567893_homework one.ipynb": WORK,
    "noetheremmy_1238_567894_report.pdf": "%PDF",
}
MOODLE = {
    f"Zo\u00eb \u00dcnal_12345_assignsubmission_file_/{NOTEBOOK}.ipynb": WORK,
    f"Zo\u00eb \u00dcnal_12345_assignsubmission_file_/Bo Li_12346_assignsubmission_file_{NOTEBOOK}.ipynb": WORK,
    f"Bo Li_12346_assignsubmission_file_{NOTEBOOK}.ipynb": STUB,
    "Bo Li_12346_assignsubmission_onlinetext_/onlinetext.html": "<p>see file</p>",
}


@pytest.fixture
def course(tmp_path, nbgrader):
    copy_small_course(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text((HOME / "nbgrader_config.py").read_text(encoding="utf-8"))
    nbgrader(tmp_path, "generate_assignment", NAME, "--force")
    return tmp_path


@pytest.mark.parametrize(
    ("download", "expected"),
    [
        (
            CANVAS,
            {"lovelaceada_1234": 13, "m\u00fcllerj\u00f6rg_1235": 0, "turingalan_1236": 13, "curiemarie_1237": 13},
        ),
        (MOODLE, {"Zo\u00eb \u00dcnal": 13, "Bo Li": 0}),
    ],
)
def test_what_zip_collect_puts_into_the_course_is_graded_like_what_we_collect(course, nbgrader, download, expected):
    archive = course / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    as_zip(archive / "submissions.zip", download)

    nbgrader(course, "zip_collect", NAME)

    mark(Course(course), Order(NAME), Progress(disable=True))
    assert scores(course, NAME) == expected
    ours = collect(Course(course), Collecting(archive / "submissions.zip", NAME, dry=True))
    assert {row.student for row in ours.rows if Notebooks.MISSING not in row.notebooks.values()} == set(expected)


def test_an_expression_of_ones_own_comes_first(course, nbgrader):
    config = course / "nbgrader_config.py"
    expression = r".*/(?P<student_id>\w+)-(?P<file_id>\w+)\.ipynb"
    config.write_text(config.read_text() + f"c.FileNameCollectorPlugin.named_regexp = r'{expression}'\n")
    archive = course / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    with ZipFile(archive / "all.zip", "w") as files:
        files.writestr(f"ada-{NOTEBOOK}.ipynb", WORK)

    nbgrader(course, "zip_collect", NAME)

    assert (course / "submitted" / "ada" / NAME / f"{NOTEBOOK}.ipynb").is_file()
