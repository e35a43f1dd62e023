from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown import markdown2html
from nbformat import NotebookNode as Node

from autograder import nodes
from autograder.grading.harmless import harmless
from autograder.grading.restore import restore

ACTIVE = (
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<!--><img src=x>-->",
        "<?xml ?>",
    ),
    *(
        "[x](javascript:alert(1))",
        "![x](http://elsewhere/pixel.png)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
    ),
    *(
        "$\\href{javascript:alert(1)}{x}$",
        "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
        "[x](&#106;avascript:alert(1))",
    ),
    *(
        "$$</script><script>alert(1)</script>$$",
        "`<b>`",
        "\\begin{align}<img src=x>\\end{align}",
        "&lt;script&gt;",
        "[a][b]\n\n [b]: //x",
    ),
    *("\\require{html}\\style{color:red}{x}\\class{a}{b}\\cssId{a}{b}\\mmlToken{mi}[href='x']{y}",),
)
PROSE_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "em", "strong", "del", "code", "pre", "div", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "hr", "br", "blockquote"),
}
PROSE = (
    *(
        "The gradient is $\\frac{a}{b}$ & so on; a < b, a <= b, x<3 and 1 << 2.",
        "- one\n- two\n\n1. three",
        "# Title\n\n**bold** *it*",
    ),
    *(
        "|a|b|\n|-|-|\n|1|2|",
        "```python\nx = y[0] * (a - b)\n```",
        "$$\\begin{matrix} a & b \\\\ c & d \\end{matrix}$$",
        "\\hrefs, R&D: 5 & 6",
    ),
)


@pytest.mark.parametrize("text", ACTIVE)
def test_what_is_active_is_shown_as_text(text):
    shown = markdown2html(harmless(text))

    assert Page(shown).tags <= PROSE_TAGS
    assert not [name for name in ("href", "require", "style", "class", "cssId", "mmlToken") if f"\\{name}" in shown]


@pytest.mark.parametrize("text", PROSE)
def test_prose_formulas_and_code_stay_as_they_are(text):
    assert harmless(text.replace("R&D", "R & D")) == text.replace("R&D", "R & D")


@given(st.text(alphabet="<>&#;]([:)!\\hrefscipt/ \n`$x", max_size=40))
def test_no_text_becomes_a_tag_or_a_link(text):
    page = Page(markdown2html(harmless(text)))

    assert page.tags <= PROSE_TAGS
    assert all(address.startswith(("#", "http://", "https://")) for address in page.addresses)


@given(st.text())
def test_twice_is_once(text):
    assert harmless(harmless(text)) == harmless(text)


class Page(HTMLParser):
    """Collects the tags of a page, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src")]


def released():
    mark = {"nbgrader": {"grade_id": "answer", "solution": True, "grade": True, "points": 1, "locked": False}}
    return nodes.notebook(
        [
            nodes.cell("markdown", "Read [this](http://course) <b>first</b>.", {}, "why"),
            nodes.cell("markdown", "*Answer*", mark, "answer"),
        ]
    )


def test_what_a_student_wrote_is_made_harmless_and_what_was_given_out_stays():
    node = released()
    node.cells[1].source = "<script>alert(1)</script>"
    node.cells += [nodes.cell("raw", "<svg onload=alert(1)>"), nodes.cell("code", "a<b", {}, "code")]

    restored = restore(Node(node), released())

    assert [cell.source for cell in restored.cells] == [
        "Read [this](http://course) <b>first</b>.",
        "< script>alert(1)< /script>",
        "< svg onload=alert(1)>",
        "a<b",
    ]
