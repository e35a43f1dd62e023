"""What `cs231n grade` wrote, in nbgrader's own formgrader, and what people give there."""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from classroom import NOTEBOOK, copy_small_course, marked_cell, with_points, worked
from conftest import ROOT, TOKEN, jupyterlab
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

QUESTION = "question-relu-forward"
ANSWER = "It learns 602 numbers: 3 times 100 weights and 100 biases, then 100 times 2 weights and 2 biases."
COMMENT = "Right so far.\n\nHow many of them are <b>needed</b>?"


def cs231n(course: Path, *arguments: str) -> str:
    command = f"import sys; from autograder.cli import main; sys.argv = {['cs231n', *arguments]}; main()"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", command], cwd=course, check=True, capture_output=True, text=True
    )
    return " ".join(ended.stdout.split())


def hand_in_worked(folder: Path) -> None:
    node = worked()
    marked_cell(node, QUESTION).source = ANSWER
    folder.mkdir(parents=True)
    nbformat.write(node, folder / f"{NOTEBOOK}.ipynb")


@pytest.fixture
def formgrader(tmp_path: Path, page: Page) -> Iterator[tuple[Page, str]]:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    copy_small_course(tmp_path)
    with_points(tmp_path, QUESTION, 2)
    cs231n(tmp_path, "release", "assignment1")
    hand_in_worked(tmp_path / "submitted" / "ada" / "assignment1")
    shutil.copytree(tmp_path / "assignments" / "assignment1", tmp_path / "submitted" / "bo" / "assignment1")
    cs231n(tmp_path, "grade", "assignment1")
    with jupyterlab(tmp_path) as address:
        page.goto(f"{address}/lab?token={TOKEN}")
        yield page, address


def test_formgrader_lists_graded_submissions_with_their_scores(
    formgrader: tuple[Page, str], screenshots: Path
) -> None:
    page, address = formgrader

    page.goto(f"{address}/formgrader/manage_submissions/assignment1?token={TOKEN}")

    row = page.locator("tr", has_text="ada")
    expect(row).to_contain_text("13 / 15", timeout=60_000)
    expect(page.locator("tr", has_text="bo")).to_contain_text("0 / 15")
    page.screenshot(path=screenshots / "formgrader.png")


def test_formgrader_shows_our_table_in_the_submission(formgrader: tuple[Page, str], screenshots: Path) -> None:
    page, address = formgrader
    page.goto(f"{address}/formgrader/gradebook/assignment1/affine_layers?token={TOKEN}")
    page.locator("td a:visible").first.click()

    expect(page.locator("table", has_text="relative error").first).to_contain_text("fill=spread", timeout=60_000)
    page.locator("table", has_text="relative error").first.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "formgrader-submission.png")


def test_points_given_in_formgrader_stay_and_reach_gradebook_export_and_feedback(
    formgrader: tuple[Page, str], screenshots: Path, tmp_path: Path
) -> None:
    page, address = formgrader
    page.goto(f"{address}/formgrader/gradebook/assignment1/{NOTEBOOK}")
    page.locator("tr", has_text="13 / 15").locator("a:visible").first.click()
    points, comment = page.locator(f"#{QUESTION}"), page.locator(f"#{QUESTION}-comment")
    expect(points).to_have_class(re.compile("needs_manual_grade"), timeout=60_000)

    for box, said in ((points, "1.5"), (comment, COMMENT)):
        with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
            box.fill(said)
            box.press("Tab")
    page.locator(".nbgrader_cell", has=points).screenshot(path=screenshots / "formgrader-by-hand.png")

    page.reload()
    expect(points).to_have_value("1.5")
    expect(comment).to_have_value(COMMENT)
    assert given(tmp_path) == (1.5, False, COMMENT)
    assert "wait for points by hand" not in cs231n(tmp_path, "grade", "assignment1")
    assert given(tmp_path) == (1.5, False, COMMENT)
    assert "by hand" not in cs231n(tmp_path, "export", "assignment1", "--to", "csv")
    (row,) = (row for row in exported(tmp_path) if row["student"] == "ada")
    assert (row["score (15)"], row[f"{NOTEBOOK}/{QUESTION} (2)"]) == ("14.5", "1.5")
    cs231n(tmp_path, "feedback", "assignment1")
    page.goto((tmp_path / "feedback" / "ada" / "assignment1" / f"{NOTEBOOK}.html").as_uri())
    expect(page.locator(f"#{QUESTION}")).to_contain_text("How many of them are <b>needed</b>?")
    expect(page.locator("body")).to_contain_text("14.5 of 15 points.")
    page.locator(f"#{QUESTION}").scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "feedback-by-hand.png")


def given(course: Path) -> tuple[float, bool, str]:
    """Return what the gradebook holds of the question."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "cs231n") as gradebook:
        grade = gradebook.find_grade(QUESTION, NOTEBOOK, "assignment1", "ada")
        comment = gradebook.find_comment(QUESTION, NOTEBOOK, "assignment1", "ada")
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def exported(course: Path) -> list[dict[str, str]]:
    with (course / "export" / "assignment1-csv.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
