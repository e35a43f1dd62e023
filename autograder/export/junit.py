"""Reports as JUnit XML, which test viewers read: a suite for each notebook of each student, a case for each check."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as Xml

from autograder.core import render
from autograder.core.verdict import GradedCheck, NotebookReport, Outcome, SubmissionReport
from autograder.sandbox.wire import clean

KIND = {Outcome.FAILED: "failure", Outcome.BLOCKED: "skipped", Outcome.BROKEN: "error"}


def junit(reports: Iterable[SubmissionReport], seconds: Mapping[str, float]) -> bytes:
    """Return reports as JUnit XML.

    Parameters
    ----------
    reports : iterable of SubmissionReport
    seconds : mapping
        How long each student's submission took; its notebooks get equal shares, which add up to it.
    """
    root = Xml.Element("testsuites", name="cs231n")
    for report in reports:
        share = seconds.get(report.student, 0.0) / max(1, len(report.notebooks))
        root.extend(_suite(report.student, notebook, share) for notebook in report.notebooks)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    text: str = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _suite(student: str, notebook: NotebookReport, seconds: float) -> Xml.Element:
    outcomes = [check.report.outcome for check in notebook.checks]
    counts = {
        "tests": len(outcomes),
        "failures": outcomes.count(Outcome.FAILED),
        "errors": outcomes.count(Outcome.BROKEN),
        "skipped": outcomes.count(Outcome.BLOCKED),
    }
    name = f"{_plain(student)}.{notebook.notebook}"
    about = {"name": name, "time": f"{seconds:.3f}", **{kind: str(count) for kind, count in counts.items()}}
    suite = Xml.Element("testsuite", about)
    suite.extend(_case(student, notebook.notebook, check) for check in notebook.checks)
    if notebook.problems:
        Xml.SubElement(suite, "system-out").text = _plain("\n".join(notebook.problems))
    return suite


def _case(student: str, notebook: str, check: GradedCheck) -> Xml.Element:
    classname = f"{_plain(student)}.{notebook}"
    case = Xml.Element("testcase", classname=classname, name=check.report.check, time="0")
    if check.report.outcome in KIND:
        message = f"{check.score:g} of {check.points:g} points. {check.report.message}"
        inner = Xml.SubElement(case, KIND[check.report.outcome], message=_plain(message))
        inner.text = _plain(render.text(check.report))
    return case


def _plain(text: str) -> str:
    """Spell out what XML does not allow, and what turns text round."""
    return "\n".join(clean(line, len(line)) for line in text.split("\n"))
