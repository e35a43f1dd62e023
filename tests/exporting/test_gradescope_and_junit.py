"""What Gradescope and viewers of tests read; and the autograder in the folders of Gradescope's container."""

import json
import os
import shutil
import subprocess
import sysconfig
import venv
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import pytest
from classroom import NOTEBOOK, SECRET, needs_bubblewrap, worked
from nbformat import writes
from sample_course import NAME

from autograder.core.verdict import CheckReport, GradedCheck, NotebookReport, Outcome, SubmissionReport, Verdict
from autograder.export import exporting, gradescope
from autograder.export.exporting import Order
from autograder.export.format import Format
from autograder.export.junit import junit
from autograder.grading.graded import read_reports
from autograder.sandbox.protection import Tier

# Of the documentation of Gradescope: the fields of results.json and of a test in it.
FIELDS = {
    *("score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"),
    *("stdout_visibility", "extra_data", "tests", "leaderboard"),
}
OF_A_TEST = {
    *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"),
    *("visibility", "extra_data"),
}
SHOWN = {"hidden", "after_due_date", "after_published", "visible"}


@pytest.fixture(scope="module")
def folder(course, tmp_path_factory):
    to = tmp_path_factory.mktemp("gradescope")
    exporting.export(course, Order(NAME, Format.GRADESCOPE, to))
    return to


def hold_to_the_form(result):
    assert set(result) <= FIELDS
    assert result["visibility"] in SHOWN
    assert result["stdout_visibility"] in SHOWN
    for test in result["tests"]:
        assert set(test) <= OF_A_TEST
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in SHOWN
        assert test["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
        assert all(isinstance(tag, str) for tag in test["tags"])


def test_results_have_gradescopes_form_and_the_scores_of_the_reports(course, folder):
    reports = {report.student: report for report in read_reports(course, NAME)}

    assert (folder / "_cmd__ 1" / "results.json").is_file()
    for student in ("alovelace", "hoppergrace_1235"):
        result = json.loads((folder / student / "results.json").read_text())
        hold_to_the_form(result)
        assert result["score"] == reports[student].score == pytest.approx(sum(t["score"] for t in result["tests"]))


def test_results_tell_no_value_of_a_hidden_case_and_no_control_character(folder):
    text = (folder / "hoppergrace_1235" / "results.json").read_text()
    outputs = "\n".join(test["output"] for test in json.loads(text)["tests"])

    assert "hidden 1" in outputs
    hidden = [line for line in outputs.splitlines() if line.startswith("hidden")]
    assert {line.split()[-1] for line in hidden} <= {"passed", "failed", "blocked"}
    assert "\x1b" not in outputs
    assert "\x00" not in outputs


def test_something_of_ours_costs_nothing_there_either(course):
    report = read_reports(course, NAME)[0]
    check = report.checks[0]
    broken = type(check)(
        check.grade_id,
        check.points,
        type(check.report)("x", "t", "e", (type(check.report.verdicts[0])("c", True, Outcome.BROKEN, "ours"),)),
    )

    test = gradescope._test("1.1", NOTEBOOK, broken)

    assert (test["score"], test["status"]) == (check.points, "passed")
    assert "ours to mend" in test["name"]


def test_the_zip_holds_scripts_that_run_and_no_course_of_others(folder):
    with ZipFile(folder / "autograder.zip") as archive:
        names = set(archive.namelist())
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}

    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["secret"] == 0o600
    assert {f"assignments/{NAME}/{NOTEBOOK}.ipynb", "settings.json", "requirements.txt"} <= names
    assert not {name for name in names if name.startswith(("solutions", "submitted", "gradebook"))}


def make_environment(place):
    """Make an environment as setup.sh does: with what we require, and without us, who come in the zip."""
    venv.create(place, clear=True, symlinks=True)
    (packages,) = place.glob("lib/python3*/site-packages")
    (packages / "required.pth").write_text(sysconfig.get_paths()["purelib"])  # our own .pth in there is not read


@pytest.fixture
def container(folder, tmp_path):
    """Lay out folders as Gradescope's container has them, with a submission, and run the autograder."""

    def container(notebook, sandbox="default"):
        root = tmp_path / "autograder"
        with ZipFile(folder / "autograder.zip") as archive:
            archive.extractall(root / "source")
        if sandbox != "default":
            settings = json.loads((root / "source" / "settings.json").read_text())
            (root / "source" / "settings.json").write_text(json.dumps({**settings, "sandbox": sandbox}))
        (root / "submission").mkdir(exist_ok=True)
        (root / "results").mkdir(exist_ok=True)
        (root / "submission" / f"{NOTEBOOK}.ipynb").write_text(notebook)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        (root / "run_autograder").chmod(0o755)
        make_environment(root / "venv")
        ended = subprocess.run(  # noqa: S603  our own script
            [root / "run_autograder"],
            env={**os.environ, "AUTOGRADER_ROOT": str(root), "PYTHONWARNINGS": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return ended, root / "results" / "results.json"

    return container


@needs_bubblewrap
def test_the_autograder_grades_in_the_folders_of_the_container(container):
    ended, file = container(writes(worked()))

    assert ended.returncode == 0, ended.stderr
    result = json.loads(file.read_text())
    hold_to_the_form(result)
    assert result["score"] == 13
    assert [test["status"] for test in result["tests"]] == ["passed"] * 5
    assert any("hidden" in test["output"] for test in result["tests"])


def test_what_is_no_notebook_gets_a_sentence_there(container):
    ended, file = container("no notebook", "rlimits")

    result = json.loads(file.read_text())
    assert ended.returncode == 0, ended.stderr
    assert result["score"] == 0
    assert f"'{NOTEBOOK}.ipynb'" in result["output"]


def test_without_a_protection_nobody_gets_a_result(container, monkeypatch, capsys, tmp_path):
    from autograder.export import container as inside
    from autograder.sandbox.protection import SandboxError

    container("{}", "rlimits")
    (tmp_path / "autograder" / "results" / "results.json").unlink()

    def none_works(_):
        raise SandboxError("none works here")

    monkeypatch.setattr(inside, "choose", none_works)

    assert inside.main(tmp_path / "autograder") == 1
    assert not list((tmp_path / "autograder" / "results").iterdir())
    assert "For the instructor: none works here" in capsys.readouterr().err


def test_setup_is_a_script_of_bash_that_parses(folder, tmp_path):
    with ZipFile(folder / "autograder.zip") as archive:
        for name in ("setup.sh", "run_autograder"):
            (tmp_path / name).write_bytes(archive.read(name))
            assert b"{" not in archive.read(name).replace(b"${", b"")
            subprocess.run(["/usr/bin/env", "bash", "-n", tmp_path / name], check=True)  # noqa: S603


def test_the_protection_may_be_chosen(course):
    import io

    with ZipFile(io.BytesIO(gradescope.autograder(course, NAME, Tier.RLIMITS))) as archive:
        assert json.loads(archive.read("settings.json"))["sandbox"] == "rlimits"
        assert len(archive.read("secret")) >= len(SECRET)


def test_junit_has_a_case_for_each_check_and_its_outcome(course, tmp_path):
    (path,) = exporting.export(course, Order(NAME, Format.JUNIT, tmp_path / "junit.xml")).paths

    root = Xml.parse(path).getroot()  # noqa: S314  ours
    suites = {suite.get("name"): suite for suite in root}
    grace = suites[f"hoppergrace_1235.{NOTEBOOK}"]
    cases = {case.get("name"): case for case in grace}

    assert root.tag == "testsuites"
    assert int(root.get("tests")) == sum(len(suite.findall("testcase")) for suite in root) == 15
    assert int(root.get("failures")) == len(root.findall(".//failure"))
    assert int(root.get("skipped")) == len(root.findall(".//skipped"))
    assert cases["relu_forward"].find("failure") is not None
    assert "of 2 points" in cases["relu_forward"].find("failure").get("message")
    assert len(cases["affine_forward"]) == 0
    assert "<b>" in "".join(grace.itertext())
    assert "\x1b" not in path.read_text()


def test_the_times_of_a_students_suites_add_up_to_that_of_the_submission():
    check = GradedCheck("c", 1.0, CheckReport("relu", "It works.", "relu", (Verdict("n=2", False, Outcome.PASSED),)))
    notebooks = tuple(NotebookReport(name, (check,)) for name in ("layers", "networks"))

    root = Xml.fromstring(junit([SubmissionReport("ada", NAME, "bubblewrap", notebooks)], {"ada": 3.0}))  # noqa: S314

    assert [suite.get("time") for suite in root] == ["1.500", "1.500"]
