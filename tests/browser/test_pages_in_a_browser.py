"""The pages of students and instructors, by day and by night, on a phone, and on paper."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page

from autograder.core.verdict import (
    CheckReport,
    Comparison,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)
from autograder.course.course import Course
from autograder.report import pages

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1100, 900), "phone": (390, 844)}
LEVELS = tuple(tuple((row * column) % 4 for column in range(32)) for row in range(8))
SENTENCE = "`out` is wrong: out[0, 0] is 1.7983497, expected 1.4983497 (relative error 0.091, allowed 1e-07)."


def check(name: str, outcome: Outcome) -> GradedCheck:
    wrong = outcome is Outcome.FAILED
    row = Comparison("out", (8, 32), (8, 32), 0.09, 1e-7, SENTENCE if wrong else "", LEVELS if wrong else ())
    verdicts = tuple(
        Verdict(case, hidden="hidden" in case, outcome=outcome, message=SENTENCE if wrong else "", comparisons=(row,))
        for case in ("fill=spread, n=2, shape=(4, 5, 6), m=3", "fill=waves, n=1, shape=(4,), m=5", "hidden 1")
    )
    return GradedCheck(f"check-{name}", 3.0, CheckReport(name, "The layer works for any batch.", name, verdicts))


def report(student: str, *outcomes: Outcome) -> SubmissionReport:
    names = ("affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss")
    checks = tuple(check(name, outcome) for name, outcome in zip(names, outcomes, strict=True))
    return SubmissionReport(student, "assignment1", "bubblewrap", (NotebookReport("affine_layers", checks),))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the pages of a class of three."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course(root)
    good, wrong, blocked = Outcome.PASSED, Outcome.FAILED, Outcome.BLOCKED
    for one in (
        report("ada", good, good, good, good, good),
        report("bo", wrong, blocked, good, wrong, good),
        report("a-name-that-is-as-long-as-names-of-learning-platforms-are-once-in-a-while", wrong, *[good] * 4),
    ):
        file = course.result("assignment1", one.student)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(one))
    feedback = {path.parts[-3]: path for path in pages.write_feedback(course, "assignment1")}
    return {"feedback": feedback["bo"], "report": pages.write_class_report(course, "assignment1")[0]}


@pytest.fixture(params=SIZES)
def sized(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()


@pytest.mark.parametrize("which", ["feedback", "report"])
def test_a_page_is_never_wider_than_the_screen(
    sized: Page, written: dict[str, Path], which: str, screenshots: Path
) -> None:
    sized.goto(written[which].as_uri())
    for summary in sized.locator("summary").all():
        summary.click()

    width = sized.viewport_size["width"] if sized.viewport_size else 0
    assert sized.evaluate("document.documentElement.scrollWidth") <= width
    sized.screenshot(path=screenshots / f"{which}-{width}.png", full_page=True)


@pytest.mark.parametrize("which", ["feedback", "report"])
def test_a_page_follows_the_theme_of_its_reader(page: Page, written: dict[str, Path], which: str) -> None:
    page.goto(written[which].as_uri())

    papers = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert papers == ["rgb(255, 255, 255)", "rgb(20, 24, 31)"]


def test_what_to_do_next_leads_to_the_function(page: Page, written: dict[str, Path]) -> None:
    page.goto(written["feedback"].as_uri())

    page.locator(".next a", has_text="relu_backward").click()

    box = page.locator("#check-relu_backward").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_the_cases_open_and_show_nothing_of_a_hidden_one(page: Page, written: dict[str, Path]) -> None:
    page.goto(written["feedback"].as_uri())
    card = page.locator("#check-affine_forward")
    assert not card.locator("table.cases").is_visible()

    card.locator("summary").click()

    rows = card.locator("table.cases tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["✗ failed"] * 3
    assert rows[-1].split() == ["✗", "failed", "hidden", "1"]


def test_on_paper_a_page_is_black_on_white_and_whole(page: Page, written: dict[str, Path]) -> None:
    page.emulate_media(color_scheme="dark")
    for path in written.values():
        page.goto(path.as_uri())
        page.emulate_media(media="print")

        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert len(page.pdf()) > 10_000


def test_a_narrow_screen_has_pictures_of_its_own(sized: Page, written: dict[str, Path]) -> None:
    sized.goto(written["report"].as_uri())

    narrow = sized.viewport_size is not None and sized.viewport_size["width"] < 600
    assert sized.locator("#scores + .picture .narrow").is_visible() is narrow
    assert sized.locator("#scores + .picture .wide").is_visible() is not narrow


def test_the_pictures_have_the_color_of_the_text(page: Page, written: dict[str, Path]) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(written["report"].as_uri())

    ink = page.evaluate("getComputedStyle(document.querySelector('.wide svg text')).fill")

    assert ink == page.evaluate("getComputedStyle(document.body).color")
