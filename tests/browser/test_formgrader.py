"""What `cs231n grade` wrote, in nbgrader's own formgrader."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import copy_small_course
from conftest import ROOT, TOKEN, jupyterlab
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def formgrader(tmp_path: Path, page: Page) -> Iterator[tuple[Page, str]]:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    copy_small_course(tmp_path)
    shutil.copytree(tmp_path / "solutions" / "assignment1", tmp_path / "submitted" / "ada" / "assignment1")
    shutil.copytree(tmp_path / "assignments" / "assignment1", tmp_path / "submitted" / "bo" / "assignment1")
    command = "import sys; from autograder.cli import main; sys.argv = ['cs231n', 'grade', 'assignment1']; main()"
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603
    with jupyterlab(tmp_path) as address:
        page.goto(f"{address}/lab?token={TOKEN}")
        yield page, address


def test_formgrader_lists_graded_submissions_with_their_scores(
    formgrader: tuple[Page, str], screenshots: Path
) -> None:
    page, address = formgrader

    page.goto(f"{address}/formgrader/manage_submissions/assignment1?token={TOKEN}")

    row = page.locator("tr", has_text="ada")
    expect(row).to_contain_text("13 / 13", timeout=60_000)
    expect(page.locator("tr", has_text="bo")).to_contain_text("0 / 13")
    page.screenshot(path=screenshots / "formgrader.png")


def test_formgrader_shows_our_table_in_the_submission(formgrader: tuple[Page, str], screenshots: Path) -> None:
    page, address = formgrader
    page.goto(f"{address}/formgrader/gradebook/assignment1/affine_layers?token={TOKEN}")
    page.locator("td a:visible").first.click()

    expect(page.locator("table", has_text="relative error").first).to_contain_text("fill=spread", timeout=60_000)
    page.locator("table", has_text="relative error").first.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "formgrader-submission.png")
