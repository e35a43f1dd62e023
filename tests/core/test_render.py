"""How a report looks: the numbers of the table, the sentence, and nothing that a browser would execute."""

from html.parser import HTMLParser

import pytest

from autograder.core import render
from autograder.core.verdict import CheckReport, Comparison, Outcome, Verdict

RIGHT = Comparison("dx", (2, 3), (2, 3), 1.2e-9, 1e-7)
WRONG = Comparison("dw", (3,), (3,), 0.5, 1e-7, "`dw` is wrong.")
MAPPED = Comparison("dx", (2, 2), (2, 2), 0.5, 1e-7, "`dx` is wrong.", ((0, 1), (3, 0)))
SHAPELESS = Comparison("db", (3,), None, None, 1e-7, "`db` must be an array.")
NASTY = "<script>alert('x')</script>&"


def report(*verdicts, check="affine_backward", title="affine_backward gives the gradients."):
    return CheckReport(check, title, "affine_backward", verdicts)


def failed(*comparisons, case="fill=waves, n=2", message="`dw` is wrong.", **more):
    return Verdict(case, False, Outcome.FAILED, message, comparisons, **more)


PASSING = report(Verdict("n=2", False, Outcome.PASSED, "", (RIGHT,)))
FAILING = report(failed(RIGHT, WRONG, SHAPELESS))


class Page(HTMLParser):
    """Collects the tags, the cells of the table, and the text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.cells, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        self.text += data
        if self.cells:
            self.cells[-1] += data


def test_the_text_has_a_title_a_table_and_a_sentence():
    assert render.text(FAILING).splitlines() == [
        "✗ affine_backward failed. What is asked: affine_backward gives the gradients.",
        "",
        "case             array  shape   relative error  tolerance  verdict",
        "fill=waves, n=2  dx     (2, 3)  1.2e-09         1e-07      ✓ passed",
        "fill=waves, n=2  dw     (3,)    0.5             1e-07      ✗ failed",
        "fill=waves, n=2  db                             1e-07      ✗ failed",
        "",
        "`dw` is wrong.",
        "",
        "It is taught in assignment1/affine_layers.ipynb, section 2. Affine layer, backward.",
    ]


def test_a_table_that_is_too_wide_for_a_terminal_has_its_cases_on_lines_of_their_own():
    assert render.text(FAILING, 60).splitlines()[2:6] == [
        "  array  shape   relative error  tolerance  verdict",
        "fill=waves, n=2",
        "  dx     (2, 3)  1.2e-09         1e-07      ✓ passed",
        "  dw     (3,)    0.5             1e-07      ✗ failed",
    ]
    assert render.text(FAILING, 80) == render.text(FAILING)


def test_columns_without_a_number_are_left_out():
    unfinished = report(failed(case="n=2", message="`affine_backward` is not finished."))

    assert render.text(unfinished).splitlines()[2:4] == ["case  verdict", "n=2   ✗ failed"]


def test_a_check_that_no_lesson_asks_links_nowhere():
    unknown = report(failed(WRONG), check="of_nobody")

    assert render.text(unknown).endswith("`dw` is wrong.")
    assert "<a " not in render.html(unknown)


def test_a_report_that_passes_needs_no_sentence():
    assert render.text(PASSING).endswith("1e-07      ✓ passed")


def test_the_html_has_the_same_table():
    page = Page(render.html(FAILING))

    assert page.cells[:6] == ["fill=waves, n=2", "dx", "(2, 3)", "1.2e-09", "1e-07", "✓ passed"]
    assert page.cells[6:12] == ["fill=waves, n=2", "dw", "(3,)", "0.5", "1e-07", "✗ failed"]
    assert page.cells[12:17] == ["fill=waves, n=2", "db", "", "", "1e-07"]
    for word in ("case", "array", "shape", "relative error", "tolerance", "verdict"):
        assert word in page.text


def test_the_html_has_title_and_sentence():
    text = Page(render.html(FAILING)).text

    assert "✗ affine_backward failed. What is asked: affine_backward gives the gradients." in text
    assert "dw is wrong." in text


@pytest.mark.parametrize("rendered", [render.text, render.html])
def test_a_recognized_misconception_stands_after_the_sentence(rendered):
    known = report(failed(WRONG, misconceptions=("The gradients are averaged.",)))

    shown = rendered(known)

    assert shown.index(" is wrong.") < shown.index("The gradients are averaged.")


def test_everything_in_the_html_is_escaped():
    comparison = Comparison(NASTY, (3,), (3,), 0.5, 1e-7, NASTY)
    verdict = failed(comparison, case=NASTY, message=NASTY, misconceptions=(NASTY,))

    page = Page(render.html(report(verdict, check=NASTY, title=NASTY)))

    assert "script" not in [tag for tag, _ in page.tags]
    assert page.text.count(NASTY) == 5  # check, title, case, array, and the one sentence that message and idea are


def test_the_html_has_no_attribute_that_could_act():
    page = Page(render.html(report(failed(WRONG, MAPPED, case='" onmouseover="alert(1)'))))

    assert {name for _, attrs in page.tags for name in attrs} == {
        "style",
        "scope",
        "href",
        "role",
        "aria-label",
        "aria-hidden",
    }
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == ["#2.-Affine-layer,-backward"]


def test_an_array_with_rows_has_a_map_of_where_it_is_wrong():
    page = Page(render.html(report(failed(MAPPED))))

    (figure,) = [attrs for tag, attrs in page.tags if tag == "figure"]
    assert figure["aria-label"] == "Where dx is wrong, row by row: 2 of 4 places are wrong."
    assert "Where dx is wrong, row by row: · within tolerance, ▫ close, ■ far off" in page.text


def test_a_map_of_another_case_than_the_sentence_names_its_case():
    both = report(failed(WRONG, case="n=4"), failed(MAPPED, case="n=3"))

    (figure,) = [attrs for tag, attrs in Page(render.html(both)).tags if tag == "figure"]
    assert figure["aria-label"] == "In the case n=3: where dx is wrong, row by row: 2 of 4 places are wrong."
    assert "\n\nIn the case n=3: where dx is wrong, row by row (" in render.text(both)


def test_the_map_is_there_in_plain_text_too():
    assert "Where dx is wrong, row by row (· within tolerance, ▫ close, ■ far off):\n  · ▫\n  ■ ·\n" in render.text(
        report(failed(MAPPED))
    )


def test_several_reports_make_a_line_each_and_a_count():
    assert render.summary_text([PASSING, FAILING]).splitlines() == [
        "✓ affine_backward",
        "✗ affine_backward  `dw` is wrong.",
        "",
        "1 of 2 checks pass.",
    ]
    page = Page(render.summary_html([PASSING, FAILING]))
    assert page.cells == ["✓ passed", "affine_backward", "", "✗ failed", "affine_backward", "dw is wrong."]
    assert page.text.startswith("1 of 2 checks pass.")


def test_the_columns_of_the_html_table_are_headed():
    heads = [attrs for tag, attrs in Page(render.html(PASSING)).tags if tag == "th"]

    assert len(heads) == 6
    assert all(attrs["scope"] == "col" for attrs in heads)


@pytest.mark.parametrize("rendered", [render.text, render.html])
@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.PASSED, "✓ passed"),
        (Outcome.FAILED, "✗ failed"),
        (Outcome.BLOCKED, "… blocked"),
        (Outcome.BROKEN, "! broken"),
    ],
)
def test_a_verdict_is_a_sign_and_a_word(rendered, outcome, words):
    assert words in rendered(report(Verdict("n=2", False, outcome, "A sentence.")))


def test_the_four_outcomes_have_four_colors():
    pages = [render.html(report(Verdict("n=2", False, outcome, "A sentence."))) for outcome in Outcome]

    assert len({page.split(";")[0] for page in pages}) == 4


def test_a_case_without_an_answer_is_one_row():
    missing = Verdict("n=2", False, Outcome.FAILED, "`affine_backward` is not defined.")

    row = render.text(report(missing)).splitlines()[3]

    assert row.split() == ["n=2", "✗", "failed"]


def test_names_in_a_sentence_look_like_code():
    page = render.html(report(failed(WRONG, message="`dw` must have shape (3,) (got (1, 3)).")))

    assert "<p><code>dw</code> must have shape (3,) (got (1, 3)).</p>" in page


def test_code_in_a_sentence_is_escaped_too():
    page = render.html(report(failed(WRONG, message=f"`{NASTY}` is wrong.")))

    assert "script" not in [tag for tag, _ in Page(page).tags]
    assert NASTY in Page(page).text


@pytest.mark.parametrize("rendered", [render.text, render.html])
def test_a_hidden_case_shows_its_number_and_its_verdict_only(rendered):
    hidden = Verdict("hidden 1", True, Outcome.FAILED, "A hidden case fails.", (RIGHT, WRONG))

    shown = rendered(report(hidden))

    assert "hidden 1" in shown
    assert "A hidden case fails." in shown
    for secret in ("(2, 3)", "(3,)", "0.5", "1.2e-09", "dw"):
        assert secret not in shown


def test_an_array_that_is_right_in_a_blocked_case_is_shown_as_passed():
    blocked = Verdict("n=2", False, Outcome.BLOCKED, "It needs another.", (RIGHT, WRONG))

    lines = render.text(report(blocked)).splitlines()

    assert lines[3].endswith("✓ passed")
    assert lines[4].endswith("… blocked")
