"""The kit holds what a student needs and no answer: neither as a file, nor as a function in another file."""

import ast
import json
import re
import shutil
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from released_course import ROOT, WORKED, cells_of, name_of
from test_release import solution_lines
from typer.testing import CliRunner

from autograder import cli
from autograder.checks import BANK
from autograder.course import kit
from autograder.course.course import Course, CourseError
from autograder.course.given import GIVEN, PACKAGES

ASSIGNMENTS = sorted({path.parent.name for path in WORKED})
SECRET = "cafe1234" * 8
TRIVIAL = 3  # statements: `return x` and the like stand in many places
every_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course with all that must stay at home."""
    root = tmp_path_factory.mktemp("kit") / "course"
    for part in ("solutions", "assignments"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / ".cs231n-secret").write_text(SECRET)
    (root / "assignments" / ASSIGNMENTS[0] / ".ipynb_checkpoints").mkdir()
    (root / "assignments" / ASSIGNMENTS[0] / ".ipynb_checkpoints" / "old.ipynb").write_text("{}")
    return Course(root)


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def files(request, course):
    return kit.files_of(course, request.param)


def functions_of(source):
    """Return the bodies of the functions of a module that do something, without docstrings and names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            body = [part for part in node.body if not is_docstring(part)]
            if sum(isinstance(part, ast.stmt) for one in body for part in ast.walk(one)) >= TRIVIAL:
                yield "\n".join(map(ast.dump, body))


def is_docstring(part):
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def answers():
    """Return the files that hold what the exercises ask for."""
    library = [path for path in (ROOT / "cs231n_lib").rglob("*.py") if not is_given(path)]
    return [*library, *(ROOT / "autograder" / "misconceptions").rglob("*.py")]


def is_given(path):
    return path.relative_to(ROOT / "cs231n_lib").with_suffix("").parts[0] in (*GIVEN, "__init__")


def test_a_kit_holds_the_notebooks_of_its_assignment_and_of_no_other(files):
    notebooks = {name for name in files if name.endswith(".ipynb")}

    assert notebooks in [
        {f"{assignment}/{path.name}" for path in (ROOT / "assignments" / assignment).glob("*.ipynb")}
        for assignment in ASSIGNMENTS
    ]


def test_a_kit_holds_nothing_else_but_given_modules_the_student_part_and_an_environment(files):
    others = {name for name in files if not re.match(r"assignment\d+/\w+\.ipynb$", name)}
    library = {name.removesuffix(".py").split("/")[1] for name in others if name.startswith("cs231n_lib/")}
    data = {name for name in others if name.startswith("autograder/") and not name.endswith(".py")}

    assert library == {*GIVEN, "__init__"}
    assert data == {f"autograder/checks/{path.name}" for path in kit.DATA}
    assert {name for name in others if not name.startswith(("cs231n_lib/", "autograder/"))} == set(kit.WRITTEN)
    assert others <= {*kit.given_modules(), *kit.student_part(), *kit.WRITTEN}


def test_a_kit_holds_the_data_beside_the_checks():
    """All that the package reads, but what only the bank's own tests and reports read."""
    beside = {path.name for path in (ROOT / "autograder" / "checks").glob("*.*") if path.suffix in (".json", ".toml")}

    assert {path.name for path in kit.DATA} == beside - {"equivalent_mutants.toml"}


def test_a_kit_holds_no_file_that_grades(files):
    packages = ("grading", "report", "bank", "sample", "misconceptions", "collect", "export")
    grading = (
        *(f"autograder/{package}/" for package in packages),
        "autograder/course/course.py",
        "autograder/cli.py",
    )

    assert all((ROOT / path).exists() for path in grading)
    assert not {name for name in files if name.startswith(grading)}


def test_no_function_of_the_reference_or_of_a_misconception_is_in_a_kit(files):
    telling = {body: path.name for path in answers() for body in functions_of(path.read_text(encoding="utf-8"))}
    held = {body for name, data in files.items() if name.endswith(".py") for body in functions_of(data.decode())}

    assert len(telling) > 300
    assert not {telling[body] for body in held & telling.keys()}


def test_that_search_finds_an_answer_under_another_name():
    forward = ast.parse((ROOT / "cs231n_lib" / "layers" / "convolution.py").read_text(encoding="utf-8"))
    (function,) = [node for node in forward.body if getattr(node, "name", "") == "conv_forward_naive"]
    (body,) = functions_of(ast.unparse(function))
    function.name = "another_name"

    assert body in set(functions_of(ast.unparse(function)))


@pytest.mark.parametrize("path", WORKED, ids=name_of)
def test_no_function_and_no_line_of_a_worked_notebook_is_in_a_kit(path, course):
    files = kit.files_of(course, path.parent.name)
    released = json.loads(files[f"{path.parent.name}/{path.name}"])
    text = "\n".join("".join(cell["source"]) for cell in released["cells"])
    exercises = "\n".join(cell["source"] for cell in cells_of(path, "code") if "### BEGIN SOLUTION" in cell["source"])
    held = {body for name, data in files.items() if name.endswith(".py") for body in functions_of(data.decode())}

    assert not {line for line in solution_lines(path) if line in text}
    assert set(functions_of(exercises))
    assert not held & set(functions_of(exercises))


def test_no_mark_of_a_solution_and_no_marking_notes_are_in_a_kit(files):
    for name, data in files.items():
        if name.endswith(".py"):  # their functions are compared above; one of them reads such marks
            continue
        assert not re.search(rb"BEGIN SOLUTION|BEGIN MARK SCHEME|BEGIN HIDDEN|Marking notes", data), name


def test_a_kit_holds_answers_to_public_cases_only(files):
    answers = json.loads(files["autograder/checks/answers.json"])

    for name, cases in answers.items():
        assert set(cases) == {case.label for case in BANK[name].public}


def test_a_kit_knows_wrong_answers_again(files):
    known = json.loads(files["autograder/checks/wrong_answers.json"])

    assert "The bias is missing: every output has a constant of its own." in known["affine_forward"]


def test_the_secret_stays_at_home(files, course):
    assert course.secret()[0] == SECRET.encode()
    assert not [name for name, data in files.items() if SECRET.encode() in data]


def test_the_student_part_loads_nothing_that_is_not_in_the_kit(files):
    for name, data in files.items():
        for imported in re.findall(rb"^(?:from|import) ((?:autograder|cs231n_lib)[\w.]*)", data, re.MULTILINE):
            path = imported.decode().replace(".", "/")
            assert name.endswith(".py")
            assert f"{path}.py" in files or f"{path}/__init__.py" in files


def test_every_given_module_exists_and_what_given_modules_load_is_given():
    assert {name.removesuffix(".py").split("/")[1] for name in kit.given_modules()} == {*GIVEN, "__init__"}
    assert list(GIVEN) == sorted(GIVEN)


def test_kits_share_everything_but_notebooks_and_the_start_page(course):
    first, *others = (kit.files_of(course, assignment) for assignment in ASSIGNMENTS)

    for other in others:
        common = first.keys() & other.keys()
        assert {name for name in common if first[name] != other[name]} == {"START.md"}
        assert not [name for name in common if name.endswith(".ipynb")]


def test_the_environment_says_the_same_three_times(files):
    project = tomllib.loads(files["pyproject.toml"].decode())["project"]
    conda = yaml.safe_load(files["environment.yml"])["dependencies"]
    lines = [line for line in files["requirements.txt"].decode().splitlines() if not line.startswith("#")]

    assert project["dependencies"] == kit.packages()
    assert lines == [*kit.packages(), "--editable ."]
    assert conda == [f"python{project['requires-python']}", "pip", *kit.packages(), {"pip": ["--editable ."]}]
    assert [re.match(r"[\w-]+", package)[0] for package in kit.packages()] == list(PACKAGES)


def test_the_start_page_names_every_notebook_with_its_points(files):
    page = files["START.md"].decode()

    for name in files:
        if name.endswith(".ipynb"):
            assert re.search(rf"- `{Path(name).name}` \(\d+ points by checks\)", page)
    assert len(page.splitlines()) < 60
    assert "{" not in page


def test_the_start_page_lists_the_notebooks_in_the_order_of_the_course(course):
    page = kit.files_of(course, "assignment1")["START.md"].decode()

    assert re.findall(r"- `(\w+)\.ipynb`", page) == [
        "affine_layers",
        "activations",
        "fully_connected_networks",
        "optimizers",
    ]


def test_a_notebook_comes_after_those_it_imports_on_the_start_page(course):
    page = kit.files_of(course, "assignment3")["START.md"].decode()

    assert re.findall(r"- `(\w+)\.ipynb`", page) == [
        "convolution",
        "im2col",
        "pooling",
        "spatial_normalization",
        "convolutional_networks",
    ]


def test_the_start_page_installs_as_the_documents_say(files):
    lines = [
        *("python3 -m venv .venv", ".venv/bin/python -m pip install -r requirements.txt", ".venv/bin/jupyter lab"),
        *("`conda env create -f environment.yml`", "`conda activate cs231n`"),
    ]

    for page in (files["START.md"].decode(), (ROOT / "docs" / "start" / "students.md").read_text(encoding="utf-8")):
        assert [line for line in lines if line not in page] == []
        assert page.count("pip install") == 1


def test_the_start_page_says_where_a_later_kit_is_unpacked(files):
    page = " ".join(files["START.md"].decode().split())
    assert "beside the folder `cs231n`, not in it. Then install once more, or `conda env update" in page


@every_assignment
def test_the_same_kit_has_the_same_bytes(assignment, course, tmp_path):
    first, second = (kit.write_kit(course, assignment, tmp_path / name) for name in ("a.zip", "b.zip"))

    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as archive:
        assert archive.testzip() is None
        assert {name.split("/")[0] for name in archive.namelist()} == {"cs231n"}


def test_a_link_among_the_released_files_is_refused(course, tmp_path):
    copied = Course(shutil.copytree(course.root, tmp_path / "course"))
    (copied.released("assignment1") / "data").symlink_to("/etc")

    with pytest.raises(CourseError, match=r"data` must be a file \(got a link, or something else\)\. Put the file"):
        kit.files_of(copied, "assignment1")


def test_the_command_writes_the_kit_and_says_where(course):
    shown = CliRunner().invoke(cli.app, ["kit", "assignment2", "--course", str(course.root)], env={"COLUMNS": "200"})

    assert shown.exit_code == 0
    assert "files, no solution, no hidden case" in shown.output
    assert (course.root / "kits" / "assignment2.zip").is_file()


def test_the_command_has_a_help_with_an_example():
    shown = CliRunner().invoke(cli.app, ["kit", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})

    assert "Example: cs231n kit" in shown.output
