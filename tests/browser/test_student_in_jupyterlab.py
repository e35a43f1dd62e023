"""The whole way of a student: a stub filled wrong, the reason, a hint, filled right, everything, progress."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, TOKEN, jupyterlab
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

COMMAND = "from autograder.cli import main; main()"
WRONG = """def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w
    return out, (x, w, b)
"""
RIGHT = """def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w, b)
"""


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def notebook(tmp_path: Path, page: Page, theme: str) -> Iterator[Page]:
    (tmp_path / "assignment1").mkdir()
    shutil.copy(ROOT / "assignments" / "assignment1" / "affine_layers.ipynb", tmp_path / "assignment1")
    with jupyterlab(tmp_path, theme) as address:
        page.goto(f"{address}/lab/tree/assignment1/affine_layers.ipynb?token={TOKEN}")
        expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible(timeout=60_000)
        expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible(timeout=60_000)
        yield page


def test_the_whole_way_of_a_student(notebook: Page, theme: str, screenshots: Path, tmp_path: Path) -> None:
    def picture(name: str, of: Locator) -> None:
        of.scroll_into_view_if_needed()
        dark = "-dark" if "Dark" in theme else ""
        notebook.screenshot(path=screenshots / f"{name}{dark}.png")

    run_imports(notebook)

    fill(notebook, "def affine_forward(x, w, b):", WRONG)
    failed = run_check(notebook)
    expect(failed).to_contain_text("✗ affine_forward")
    expect(failed).to_contain_text("`out` is wrong: out[0, 0] is 1.7983497, expected 1.4983497")
    expect(failed.locator("table").first).to_contain_text("relative error")
    picture("check-failed", failed)

    hint = run_below(notebook, 'check("affine_forward")', 'hint("affine_forward")')
    expect(hint).to_contain_text("Hint 1 of 3 for affine_forward:")
    picture("hint", hint)

    asked = run_again(notebook, 'show_solution("affine_forward")')
    expect(asked).to_contain_text('Run show_solution("affine_forward") once more to see it all the same.')
    shown = run_again(notebook, 'show_solution("affine_forward")')
    expect(shown.locator("mjx-container").first).to_be_visible(timeout=30_000)  # formulas are set
    expect(shown.locator("pre", has_text="rows = x.reshape(x.shape[0], -1)")).to_be_visible()
    picture("show-solution", shown)

    fill(notebook, "def affine_forward(x, w, b):", RIGHT)
    passed = run_check(notebook)
    expect(passed).to_contain_text("✓ affine_forward")
    expect(passed).not_to_contain_text("failed")
    picture("check-passed", passed)

    summary = run_again(notebook, "check()", at="show_solution(")
    expect(summary).to_contain_text("1 of ")
    expect(summary.locator("tr", has_text="softmax_loss")).to_contain_text("failed")
    picture("check-all", summary)

    save(notebook)
    progress = run_again(notebook, "progress()", at="check()")
    expect(progress).to_contain_text(re.compile(r"1 of \d+ checks pass"), timeout=60_000)
    expect(progress).to_contain_text("Next: affine_backward, in assignment1/affine_layers.ipynb")
    picture("progress", progress)

    printed = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", COMMAND, "progress", "--json"],
        cwd=tmp_path,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        check=True,
        capture_output=True,
    )
    assert json.loads(printed.stdout)["next"]["check"] == "affine_backward"


def run_below(page: Page, text: str, code: str) -> Locator:
    """Insert a cell below the one with a text, run some code in it, and return what it shows."""
    cell(page, text).locator(".jp-InputPrompt").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    return _run_active(page, code)


def run_again(page: Page, code: str, at: str = "") -> Locator:
    """Put other code into the active cell, or into the one with a text, and run it."""
    if at:
        cell(page, at).locator(".cm-content").click()
    return _run_active(page, code)


def _run_active(page: Page, code: str) -> Locator:
    active = page.locator(".jp-CodeCell.jp-mod-active")
    number = active.locator(".jp-InputPrompt").inner_text()
    active.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    prompt = active.locator(".jp-InputPrompt")
    expect(prompt).not_to_have_text(number, timeout=30_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    return active.locator(".jp-OutputArea")


def save(page: Page) -> None:
    page.keyboard.press("Control+S")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0, timeout=30_000)


def run_imports(page: Page) -> None:
    prompt = cell(page, "from autograder import check").locator(".jp-InputPrompt")
    for _ in range(3):  # a busy machine may lose a key that comes before the editor is ready
        cell(page, "from autograder import check").locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1000)
        if prompt.inner_text() != "[ ]:":
            break
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)


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
