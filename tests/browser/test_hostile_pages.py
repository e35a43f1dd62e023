"""Everything hostile that a student can hand in, in the pages that people open: nothing in them runs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(ROOT / "tests"))

from classroom import HOME, copy_small_course, worked

pytestmark = pytest.mark.browser

# Each payload notes its own name in the page, if it runs. As names of folders they may have no slash.
RUN = "window.ran=(window.ran||[]).concat('{}')"
HTML = (
    "<script>{}</script>",
    '<img src=x onerror="{}">',
    '<svg onload="{}"></svg>',
    "<svg><script>{}</script></svg>",
    '<iframe srcdoc="<script>parent.{}</script>"></iframe>',
    '<details open ontoggle="{}">x</details>',
    '<body onload="{}">',
    '<input autofocus onfocus="{}">',
    '<!--><img src=x onerror="{}">-->',
    '<a href="javascript:{}" id=click>x</a>',
    '<base href="javascript:{}//">',
    '<?xml <img src=x onerror="{}">?>',
    '<![CDATA[<img src=x onerror="{}">]]>',
    "<form action='javascript:{}'><button id=click>x</button></form>",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    '<style>@import "javascript:{}"</style>',
    '<math><mi xlink:href="javascript:{}">x</mi></math>',
    '<object data="javascript:{}"></object>',
    '<embed src="javascript:{}">',
    '<meta http-equiv=refresh content="0;url=javascript:{}">',
)
MARKDOWN = (
    *HTML,
    "[x](javascript:{})",
    "![x](x \"onerror='{}'\")",
    '![" onerror="{}](x)',
    "[x]\n\n[x]: javascript:{}",
    "[x](&#106;avascript:{})",
    "<javascript:{}>",
    "[x](data:text/html,<script>{}</script>)",
    "|a|\n|-|\n|<img src=x onerror={}>|",
    "$\\href{{javascript:{}}}{{x}}$",
    "$$</script><script>{}</script>$$",
    "\\begin{{align}}<img src=x onerror={}>\\end{{align}}",
    "```\n</code></pre><script>{}</script>\n```",
    "`<img src=x onerror={}>`",
    "![x](attachment:a.svg)",
)
STUDENT = f"<img src=x onerror={RUN.format('student')}>"
FILE = f"<img src=x onerror={RUN.format('file')}>.ipynb"
COMMAND = "import sys; from autograder.cli import main; main()"
LOOK = """() => ({
    ran: window.ran || [],
    handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    scripts: [...document.querySelectorAll('body script')].filter(e => e.textContent.includes('window.ran')).length,
    frames: document.querySelectorAll('iframe, object, embed').length,
    addresses: [...document.querySelectorAll('[href], [src], [action], [data]')]
        .map(e => e.getAttribute('href') || e.getAttribute('src') || e.getAttribute('action') || e.getAttribute('data'))
        .filter(a => /^\\s*(javascript|vbscript|data:(text|image.svg))/i.test(a)),
    remote: [...document.querySelectorAll('img')].map(e => e.src).filter(a => /^http/.test(a)),
})"""
NOTHING: dict[str, Any] = {"ran": [], "handlers": 0, "scripts": 0, "frames": 0, "addresses": [], "remote": []}


def cell(kind: str, source: str, **fields: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, **fields}


def hostile_notebook() -> dict[str, Any]:
    """Put every payload into prose, raw cells, code, outputs, attachments, exceptions and names of classes."""
    node: dict[str, Any] = json.loads(nbformat.writes(worked()))
    shown = {"text/html": HTML[1].format(RUN.format("output")), "application/javascript": RUN.format("output-script")}
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": shown | {"image/svg+xml": HTML[2].format(RUN.format("svg"))},
        },
        {"output_type": "stream", "name": "stdout", "text": HTML[0].format(RUN.format("stdout"))},
    ]
    attached = {"a.svg": {"image/svg+xml": HTML[2].format(RUN.format("attachment"))}}
    for number, payload in enumerate(MARKDOWN):
        text = payload.format(RUN.format(f"prose-{number}"))
        node["cells"].append(cell("markdown", text, attachments=attached))
    for number, payload in enumerate(HTML):
        html = {"raw_mimetype": "text/html", "format": "text/html"}
        node["cells"].append(cell("raw", payload.format(RUN.format(f"raw-{number}")), metadata=html))
        code = f"r'''</pre>{payload.format(RUN.format(f'code-{number}'))}'''"
        node["cells"].append(cell("code", code, outputs=outputs, execution_count=1))
    name = HTML[1].format(RUN.format("exception").replace("'", "`"))
    node["cells"] += [
        cell("code", f"def softmax_loss(x, y):\n    raise type({name!r}, (Exception,), {{}})({name + chr(27)!r})"),
        cell("code", f"def relu_forward(x):\n    return type({name!r}, (), {{}})(), x"),
        cell("code", f"def <script>{RUN.format('syntax')}</script>"),
    ]
    return node


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade the hostile notebook; keep our feedback apart from nbgrader's."""
    course = tmp_path_factory.mktemp("hostile") / "course"
    submitted = course / "submitted" / STUDENT / "assignment1"
    submitted.mkdir(parents=True)
    (submitted / FILE).write_text(json.dumps(hostile_notebook()))
    (course / "nbgrader_config.py").write_text((HOME / "nbgrader_config.py").read_text())
    copy_small_course(course)
    for command in ("grade", "feedback", "report"):
        run(course, sys.executable, "-c", COMMAND, command, "assignment1")
    (course / "feedback").rename(course / "ours")
    run(course, str(Path(sys.executable).parent / "nbgrader"), "generate_feedback", "assignment1")
    return course


def run(course: Path, *command: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(  # noqa: S603  our own commands
        command, cwd=course, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


@pytest.fixture
def quiet_page(browser: Browser) -> Iterator[Page]:
    """Open pages without a network, as an instructor on a train does."""
    page = browser.new_page()
    page.route("http*://**", lambda route: route.abort())
    yield page
    page.close()


def what_happens(page: Page, path: Path) -> dict[str, Any]:
    """Open a page, wait, click on what may be clicked, and look."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    page.wait_for_timeout(1000)
    for link in page.locator("#click").all():
        link.click(force=True)
    seen: dict[str, Any] = page.evaluate(LOOK)
    assert not dialogs
    return seen


@pytest.mark.parametrize("pages", ["ours", "report", "feedback"])
def test_nothing_of_a_hostile_submission_runs_in_a_page(course: Path, quiet_page: Page, pages: str) -> None:
    (path,) = (course / pages).rglob("*.html")

    assert what_happens(quiet_page, path) == NOTHING


def test_the_payloads_run_in_a_page_that_does_not_escape_them(quiet_page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html>" + "".join(html.format(RUN.format(n)) for n, html in enumerate(HTML[:3])))

    seen = what_happens(quiet_page, path)

    assert seen["ran"]
    assert seen["handlers"] == 2


def test_the_words_are_shown_as_they_were_written(course: Path, quiet_page: Page) -> None:
    (path,) = (course / "ours").rglob("*.html")

    quiet_page.goto(path.as_uri())

    text = quiet_page.inner_text("body")
    assert STUDENT in text
    assert FILE in text
    assert "raises <img src=x onerror=" in text


def test_our_policy_stops_a_script_that_got_into_a_page_all_the_same(
    course: Path, quiet_page: Page, tmp_path: Path
) -> None:
    (path,) = (course / "ours").rglob("*.html")
    page = path.read_text(encoding="utf-8")
    forged = "".join(html.format(RUN.format(n)) for n, html in enumerate(HTML))
    (tmp_path / "page.html").write_text(page.replace("<h1>", f"{forged}<h1>", 1), encoding="utf-8")

    assert what_happens(quiet_page, tmp_path / "page.html")["ran"] == []
