import re
import shutil
from html.parser import HTMLParser

import msgspec
import pytest
from classroom import HOME

from autograder.core.verdict import (
    NOTHING_TO_GRADE,
    CheckReport,
    Comparison,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)
from autograder.course.course import Course, CourseError
from autograder.report import pages
from autograder.submission.search import not_there

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{ 7*7 }}"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STUDENT = "eve <b onmouseover=alert(1)>"


def check(outcome=Outcome.PASSED, message="", name="relu_forward", **fields):
    row = Comparison("out", (2,), (2,), None if message else 0.0, 1e-7, message)
    verdicts = (
        Verdict("fill=spread", hidden=False, outcome=outcome, message=message, comparisons=(row,), **fields),
        Verdict("hidden 1", hidden=True, outcome=outcome, message=message, comparisons=(row,)),
    )
    return GradedCheck(f"check-{name}", 2.0, CheckReport(name, f"{name} works.", name, verdicts))


def report(student, *checks, problems=()):
    return SubmissionReport(student, "assignment1", "bubblewrap", (NotebookReport("layers", checks, problems),))


@pytest.fixture
def course(tmp_path):
    shutil.copy(HOME / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


@pytest.fixture
def write(course):
    """Write down what the gradebook holds."""

    def write(*reports):
        for one in reports:
            file = course.result("assignment1", one.student)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(msgspec.json.encode(one))

    return write


@pytest.fixture
def hostile(write):
    failed = check(Outcome.FAILED, HOSTILE, misconceptions=(HOSTILE,), trouble="raised")
    broken = check(Outcome.BROKEN, HOSTILE, detail=HOSTILE, name="softmax_loss")
    write(
        report("ada", check(), check(name="softmax_loss"), problems=("'a b.ipynb' was taken for layers.ipynb.",)),
        report(STUDENT, failed, broken, problems=(HOSTILE,)),
    )


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def all_pages(course):
    return [*pages.write_feedback(course, "assignment1"), class_page(course)]


def class_page(course):
    return pages.write_class_report(course, "assignment1")[0]


@pytest.mark.usefixtures("hostile")
def test_whatever_a_student_wrote_is_only_text(course):
    for path in all_pages(course):
        page = Page(path.read_text(encoding="utf-8"))

        assert not page.tags & {"script", "iframe", "object", "embed", "img", "link", "form", "base"}
        assert not [name for name, _ in page.attributes if name.startswith("on")]


@pytest.mark.usefixtures("hostile")
def test_the_words_themselves_are_shown(course):
    *feedback, whole = all_pages(course)

    texts = [Page(path.read_text(encoding="utf-8")).text for path in (feedback[1], whole)]

    assert all("<script>alert(1)</script>" in text and "{{ 7*7 }}" in text for text in texts)
    assert STUDENT in texts[1]


@pytest.mark.usefixtures("hostile")
def test_the_pages_need_nothing_else(course):
    for path in all_pages(course):
        page = Page(path.read_text(encoding="utf-8"))

        links = [value for name, value in page.attributes if name in ("src", "href", "xlink:href", "data", "action")]
        assert all(value.startswith("#") for value in links)
        assert not re.search(r"url\((?!#)|@import", path.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("hostile")
def test_the_pages_address_nothing_but_the_names_of_svg(course):
    for path in all_pages(course):
        addresses = set(re.findall(r"https?://[^\s\"'<]+", path.read_text(encoding="utf-8")))

        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.mark.usefixtures("hostile")
def test_the_pages_forbid_a_browser_to_load_or_run_anything(course):
    for path in all_pages(course):
        attributes = Page(path.read_text(encoding="utf-8")).attributes

        assert ("http-equiv", "Content-Security-Policy") in attributes
        assert ("content", f"{POLICY}; base-uri 'none'; form-action 'none'") in attributes
        assert ("content", "no-referrer") in attributes


@pytest.mark.usefixtures("hostile")
def test_the_pages_are_the_same_twice(course):
    first = [path.read_bytes() for path in all_pages(course)]

    second = [path.read_bytes() for path in all_pages(course)]

    assert first == second


@pytest.mark.usefixtures("hostile")
def test_the_class_report_says_who_is_concerned(course):
    text = Page(class_page(course).read_text(encoding="utf-8")).text

    assert "2submissions" in text.replace("\n", "")
    assert "student code runs in a bubblewrap sandbox" in text
    assert "Broken: ours to mend." in text
    assert "'a b.ipynb' was taken for layers.ipynb." in text


def test_a_class_without_trouble_has_a_report(course, write):
    write(report("ada", check()), report("bob", check()))

    text = Page(class_page(course).read_text(encoding="utf-8")).text

    assert "No wrong answer is that of a known misconception." in text
    assert "Every function answered." in text
    assert "Broken" not in text


def test_what_is_said_of_several_notebooks_is_said_once_with_their_names(course, write):
    linked = "'more' must be a file (got a symbolic link)."
    notebooks = (NotebookReport("layers", (check(),), (linked, "cell 6, line 2: SyntaxError")),)
    notebooks += (NotebookReport("networks", (check(),), (linked,)),)
    write(SubmissionReport("linus", "assignment1", "bubblewrap", notebooks))

    text = Page(class_page(course).read_text(encoding="utf-8")).text

    assert f"linus, layers, networks: {linked}" in text
    assert "linus, layers: cell 6, line 2: SyntaxError" in text
    assert text.count(linked) == 1


def test_notebooks_that_were_not_handed_in_are_one_line_for_each_student(course, write):
    names = ("layers", "networks")
    notebooks = tuple(NotebookReport(name, (check(),), (not_there(name),)) for name in names)
    write(SubmissionReport("linus", "assignment1", "bubblewrap", notebooks))

    text = Page(class_page(course).read_text(encoding="utf-8")).text

    assert "linus, layers, networks: not handed in, and no other file defines its functions." in text
    assert "There is no file" not in text


def test_weak_protection_is_said_in_the_report(course, write):
    strong = report("ada", check())
    write(SubmissionReport(strong.student, strong.assignment, "rlimits", strong.notebooks))

    assert "WARNING: student code runs with resource limits only" in (class_page(course).read_text(encoding="utf-8"))


def test_the_feedback_stands_where_nbgrader_looks_for_it(course, write, tmp_path):
    write(report("ada", check()))

    assert pages.write_feedback(course, "assignment1") == [
        tmp_path / "feedback" / "ada" / "assignment1" / "layers.html"
    ]


def test_without_results_there_is_a_sentence(course):
    for make in (pages.write_feedback, pages.write_class_report):
        with pytest.raises(CourseError) as caught:
            make(course, "assignment1")

        assert (
            str(caught.value)
            == "`assignment1` must be graded first (got no results). Run `cs231n grade assignment1`."
        )


def feedback(course, write, *checks, problems=()):
    write(report("ada", *checks, problems=problems))
    return Page(pages.write_feedback(course, "assignment1")[0].read_text(encoding="utf-8"))


def test_the_feedback_says_what_to_do_next_and_where_to_read(course, write):
    blocked = check(Outcome.BLOCKED, "`relu_backward` needs `relu_forward`.", name="relu_backward")
    page = feedback(course, write, check(name="affine_forward"), blocked, check(Outcome.FAILED, "It is wrong."))

    told = " ".join(page.text.split())
    assert "What to do next relu_forward. Read affine layers, section 3. ReLU, forward." in told
    assert "relu_backward, once what it needs is right." in told
    assert ("href", "#check-relu_forward") in page.attributes


def test_whoever_is_done_has_nothing_to_do_next(course, write):
    assert "Nothing: every check passes." in feedback(course, write, check()).text


def test_whoever_handed_in_nothing_readable_is_told_to_hand_in_again(course, write):
    whole = Verdict("all cases", hidden=False, outcome=Outcome.FAILED, message=NOTHING_TO_GRADE)
    none = GradedCheck("check-relu_forward", 2.0, CheckReport("relu_forward", "It works.", "relu_forward", (whole,)))
    page = feedback(course, write, none, problems=("'a.ipynb' must be a notebook.",))

    told = " ".join(page.text.split())
    assert "None of your functions could be asked. Do what is said about your file, and hand it in again." in told
    assert "Read " not in told
    assert "To read" not in told
    assert "summary" not in page.tags


def test_the_feedback_shows_where_an_array_is_wrong(course, write):
    row = Comparison("out", (1, 2), (1, 2), 0.5, 1e-7, "wrong", levels=((0, 3),))
    verdict = Verdict("n=2", hidden=False, outcome=Outcome.FAILED, message="wrong", comparisons=(row,))
    failed = GradedCheck("check-relu", 2.0, CheckReport("relu_forward", "It works.", "relu_forward", (verdict,)))

    page = feedback(course, write, failed)

    assert "figure" in page.tags
    assert ("aria-label", "Where out is wrong, row by row: 1 of 2 places are wrong.") in page.attributes


def test_hidden_cases_show_their_verdict_and_nothing_else(course, write):
    row = Comparison("secret_array", (2,), (2,), 0.125, 1e-7, "secret message", levels=((3,),))
    verdict = Verdict("hidden 1", hidden=True, outcome=Outcome.FAILED, message="It fails.", comparisons=(row,))
    failed = GradedCheck("check-relu", 2.0, CheckReport("relu_forward", "It works.", "relu_forward", (verdict,)))

    text = feedback(course, write, failed).text

    assert "hidden 1" in text
    assert not [word for word in ("secret", "0.12", "(2,)") if word in text]


def test_the_feedback_links_to_the_lessons_where_they_are(course, write):
    course.config.Feedback.lessons = "https://hub.example/lab/tree/"

    page = feedback(course, write, check(Outcome.FAILED, "It is wrong."))

    address = "https://hub.example/lab/tree/assignment1/affine_layers.ipynb#3.-ReLU,-forward"
    assert ("href", address) in page.attributes


def test_an_address_of_lessons_that_is_none_is_refused(course, write):
    course.config.Feedback.lessons = "javascript:alert(1)"
    write(report("ada", check()))

    with pytest.raises(CourseError) as caught:
        pages.write_feedback(course, "assignment1")

    assert str(caught.value) == (
        "`c.Feedback.lessons` must begin with https:// or http:// (got 'javascript:alert(1)')."
    )


def test_with_several_notebooks_the_feedback_says_the_whole_score(course, write):
    whole = SubmissionReport(
        "ada",
        "assignment1",
        "bubblewrap",
        (NotebookReport("layers", (check(),)), NotebookReport("more", (check(Outcome.FAILED, "wrong"),))),
    )
    write(whole)

    text = Page(pages.write_feedback(course, "assignment1")[0].read_text(encoding="utf-8")).text

    assert "All notebooks of assignment1 together: 2 of 4." in text
