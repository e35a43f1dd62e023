"""A lesson that is edited as text comes back whole."""

import subprocess
import sys

import pytest
from released_course import ROOT, WORKED, name_of

LESSON = ROOT / "tools" / "lesson.py"


def run(*arguments):
    command = [sys.executable, str(LESSON), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own tool


@pytest.mark.parametrize("path", WORKED, ids=name_of)
def test_a_lesson_survives_the_way_to_text_and_back(path, tmp_path):
    text, again = tmp_path / "lesson.py", tmp_path / "lesson.ipynb"
    text.write_text(run("text", path), encoding="utf-8")

    run("notebook", text, again)

    assert again.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
