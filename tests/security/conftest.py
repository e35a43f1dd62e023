"""What all attacks share: the row of the threat table that they belong to, and what must hold after each of them."""

import tempfile
import textwrap
import time
from dataclasses import dataclass
from multiprocessing.util import get_temp_dir
from pathlib import Path

import msgspec
import pytest
from classroom import graded, lost, no_worker_left, protected_tiers, with_function, with_last_cell
from hostile import CANARY, LIMITS, LONGEST, SLOTS, WORKED, crowd, function

from autograder.sandbox.private import PREFIX


def pytest_configure(config):
    config.addinivalue_line("markers", "threat(row): the row of the table in docs/security.md that is tried here")


@pytest.fixture(params=protected_tiers)
def tier(request):
    return request.param


@pytest.fixture
def canary(monkeypatch, tmp_path):
    """Put a canary into the environment and the home of the grader; return where the latter is."""
    home = tmp_path / "home"
    home.mkdir()
    for name in (".bash_history", ".cs231n-secret", "gradebook.db", "answers.json"):
        (home / name).write_text(CANARY)
    monkeypatch.setenv("CS231N_CANARY", CANARY)
    monkeypatch.setenv("JPY_API_TOKEN", CANARY)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def open_folder():
    """Make a folder that other accounts can reach, which those that pytest makes are not."""
    with tempfile.TemporaryDirectory(prefix="cs231n-test-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        yield place


@pytest.fixture
def temporary(monkeypatch, open_folder):
    """Let workers without a file system of their own have their folders in a folder of the test."""
    get_temp_dir()  # that of all processes, which outlives the test
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    return open_folder


@pytest.fixture
def hand_in_and_grade(tmp_path, tier, canary, temporary):  # noqa: ARG001  the canary is there to be found
    """Grade a notebook, and assert what holds whatever is in it."""

    def hand_in_and_grade(node, limits=LIMITS, longest=LONGEST):
        start = time.monotonic()
        with no_worker_left():
            result = graded(tmp_path, node, tier, limits)
        assert time.monotonic() - start < longest * crowd()
        assert not result.report.broken
        assert not list(temporary.glob(f"{PREFIX}*"))
        everything = msgspec.json.encode(result.report).decode() + "".join(result.notebooks.values())
        assert CANARY not in everything
        return result

    return hand_in_and_grade


@dataclass(frozen=True)
class Outcome:
    """What became of attacks in one submission: the sentence that is read of each, by its name."""

    messages: dict[str, str]

    def __getitem__(self, name):
        return self.messages[name]


@pytest.fixture
def attack(hand_in_and_grade):
    """Hand in hostile functions, one for each attack, and assert that they, and nothing else, earn nothing.

    Each attack is the body of a function, or the whole of it with what it needs. `WRONG` in it stands for a wrong
    answer of the right form. The last functions of the notebook are attacked that nothing else calls.
    """

    def attack(attacks, prelude="", **options):
        if isinstance(attacks, str):
            attacks = {"attack": attacks}
        assert len(attacks) <= len(SLOTS)
        node, names = WORKED, dict(zip(SLOTS, attacks, strict=False))
        for slot, name in names.items():
            node = with_function(node, slot, function(slot, attacks[name]))
        node = with_last_cell(node, "import numpy as np\n" + textwrap.dedent(prelude)) if prelude else node
        report = hand_in_and_grade(node, **options).report
        scores = {names.get(check.report.check, check.report.check): check.score for check in report.checks}
        assert {name: scores[name] for name in attacks} == dict.fromkeys(attacks, 0.0)
        assert lost(report) == set(names)
        return Outcome({names[c.report.check]: c.report.message for c in report.checks if c.report.check in names})

    return attack
