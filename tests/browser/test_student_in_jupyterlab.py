"""A student opens a released notebook, fills a stub wrong, reads why, fills it right."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, TOKEN, jupyterlab
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

WRONG = """def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w
    return out, (x, w, b)
"""
RIGHT = """def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w, b)
"""


@pytest.fixture
def notebook(tmp_path: Path, page: Page) -> Iterator[Page]:
    shutil.copy(ROOT / "assignments" / "assignment1" / "affine_layers.ipynb", tmp_path)
    with jupyterlab(tmp_path) as address:
        page.goto(f"{address}/lab/tree/affine_layers.ipynb?token={TOKEN}")
        expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible(timeout=60_000)
        expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible(timeout=60_000)
        yield page


def test_the_check_shows_its_table_and_names_what_is_wrong_then_what_is_right(
    notebook: Page, screenshots: Path
) -> None:
    run_imports(notebook)

    fill(notebook, "def affine_forward(x, w, b):", WRONG)
    failed = run_check(notebook)

    expect(failed).to_contain_text("✗ affine_forward")
    expect(failed).to_contain_text("`out` is wrong: out[0, 0] is 1.7983497, expected 1.4983497")
    expect(failed.locator("table")).to_contain_text("relative error")
    failed.scroll_into_view_if_needed()
    notebook.screenshot(path=screenshots / "check-failed.png")

    fill(notebook, "def affine_forward(x, w, b):", RIGHT)
    passed = run_check(notebook)

    expect(passed).to_contain_text("✓ affine_forward")
    expect(passed).not_to_contain_text("failed")
    passed.scroll_into_view_if_needed()
    notebook.screenshot(path=screenshots / "check-passed.png")


def run_imports(page: Page) -> None:
    cell(page, "from autograder import check").locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell(page, "from autograder import check").locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=60_000)


def fill(page: Page, text: str, code: str) -> None:
    cell(page, text).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


def run_check(page: Page) -> Locator:
    check = cell(page, 'check("affine_forward")')
    number = check.locator(".jp-InputPrompt").inner_text()
    check.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    prompt = check.locator(".jp-InputPrompt")
    expect(prompt).not_to_have_text(number, timeout=30_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=30_000)
    return check.locator(".jp-OutputArea")


def cell(page: Page, text: str) -> Locator:
    found = page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=text)).first
    panel = page.locator(".jp-WindowedPanel-outer")
    for _ in range(60):  # JupyterLab draws a cell when it comes into view
        if found.count():
            found.scroll_into_view_if_needed()
            return found
        panel.evaluate("panel => panel.scrollBy(0, 400)")
        page.wait_for_timeout(100)
    raise AssertionError(f"no cell with {text!r}")
