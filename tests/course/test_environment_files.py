"""Three files name the packages of the course: they must agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = (ROOT / "environment.yml").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

PINS = dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==([^ ;\\]+)", LOCK, re.MULTILINE))
ENTRIES = [entry for entry in re.split(r"\n(?=[a-z0-9])", LOCK) if entry.strip()]

PIP = yaml.safe_load(CONDA)["dependencies"][-1]["pip"]
FROM_PIP = [line for line in PIP if not line.startswith("--")]  # what conda does not have


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


def range_of(requirement):
    return sorted(re.findall(r"(?:>=|<=|==|<|>|~=)[0-9.]+", requirement))


CORE = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
DEVELOPMENT = [name for extra in EXTRAS.values() for name in extra if name_of(name) != PROJECT["name"]]


def as_ranges(requirements):
    return {name_of(requirement): range_of(requirement) for requirement in requirements}


def conda_sections():
    """Return the packages of the course and those of development: conda's stand apart, those of pip together."""
    core, dev = CONDA.split("  # dev\n")
    core, dev = ([line[4:] for line in part.splitlines() if line.startswith("  - ")] for part in (core, dev))
    return core + [name for name in FROM_PIP if name in CORE], dev + [name for name in FROM_PIP if name not in CORE]


def test_conda_installs_the_packages_of_the_project():
    core, _ = conda_sections()

    packages = [package for package in core if name_of(package) not in ("python", "pip", "conda-forge")]

    assert as_ranges(packages) == as_ranges(CORE)


def test_conda_installs_the_packages_of_development():
    _, dev = conda_sections()

    packages = [package for package in dev if name_of(package) != "pip"]

    assert as_ranges(packages) == as_ranges(DEVELOPMENT)


def test_conda_and_the_project_ask_for_the_same_python():
    core, _ = conda_sections()

    (python,) = [package for package in core if name_of(package) == "python"]

    assert range_of(python) == range_of(PROJECT["requires-python"])


def test_the_environment_file_is_yaml_that_installs_the_course_itself_last():
    assert PIP[-1] == "--editable ."


def test_the_pip_section_of_conda_holds_nothing_but_packages():
    assert [line for line in PIP[:-1] if not re.match(r"[a-z0-9-]+>=[0-9.]+$", line)] == []


@pytest.mark.parametrize("requirement", [*CORE, *DEVELOPMENT], ids=name_of)
def test_every_dependency_is_pinned_within_its_range(requirement):
    pinned = numbers(PINS[name_of(requirement)])

    for bound in range_of(requirement):
        limit = numbers(bound.lstrip("<>=~"))
        assert pinned >= limit if bound.startswith(">=") else pinned < limit


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.split()[0])
def test_every_pin_has_hashes(entry):
    assert re.match(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==", entry)
    assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)


def test_what_is_locked_is_needed_by_something_that_is_locked():
    needed_by = re.findall(r"^    # via(?:\n    #  )? (\S+)", LOCK, re.MULTILINE)

    assert len(needed_by) == len(ENTRIES)


@pytest.mark.parametrize(
    "word", ["://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ ", "-e "]
)
def test_the_lock_file_names_no_place_to_download_from(word):
    assert word not in LOCK
