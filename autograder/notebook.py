"""The student's side: ``check("affine_forward")`` in a notebook or a script."""

import sys
from collections.abc import Mapping
from typing import Any

from autograder import render
from autograder.checks import find, of_exercises
from autograder.examiner import Examiner
from autograder.published import published_answers
from autograder.subject import NamespaceSubject
from autograder.verdict import CheckReport, Outcome

MORE = "These are the public cases. Grading asks hidden ones, too: other sizes and settings."


class CheckFailed(AssertionError):  # noqa: N818  a verdict, not an error of the program
    """A check did not pass; raised so that whoever runs the notebook sees it.

    Parameters
    ----------
    report : CheckReport
    """

    def __init__(self, report: CheckReport) -> None:
        super().__init__(f"{report.check} {report.outcome}: {report.message}")
        self.report = report

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show one line: the table above says the rest."""
        return [str(self)]


class Shown:
    """What `check` hands to the display: HTML where there is a browser, text elsewhere.

    Parameters
    ----------
    report : CheckReport
    """

    def __init__(self, report: CheckReport) -> None:
        self._report = report

    def __repr__(self) -> str:
        return f"{render.text(self._report)}\n{self._more()}".rstrip()

    def _repr_html_(self) -> str:
        return f"{render.html(self._report)}<p>{self._more()}</p>"

    def _more(self) -> str:
        return MORE if self._report.outcome is Outcome.PASSED else ""


def check(name: str) -> None:
    """Check your function on the public cases, show a table, and raise if something failed.

    Parameters
    ----------
    name : str
        The name of the check, usually the function's.

    Raises
    ------
    CheckFailed
        If a case did not pass.
    UnknownCheckError
        If there is no check of that name.
    """
    report = examine(name, sys._getframe(1).f_globals)
    _show(Shown(report))
    if report.outcome is not Outcome.PASSED:
        raise CheckFailed(report)


def examine(name: str, namespace: Mapping[str, Any]) -> CheckReport:
    """Ask one check of the functions in a namespace.

    If it fails, the checks of the other functions it called are asked, too: perhaps one of those is to blame.

    Parameters
    ----------
    name : str
    namespace : mapping

    Returns
    -------
    CheckReport
    """
    wanted = find(name)
    examiner = Examiner(NamespaceSubject(namespace), published_answers)
    (report,) = examiner.examine([wanted])
    if report.outcome is Outcome.PASSED:
        return report
    earlier = [check for check in of_exercises(examiner.calls(wanted)) if check is not wanted]
    return examiner.examine([*earlier, wanted])[-1] if earlier else report


def _show(shown: Shown) -> None:
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(shown)
            return
    print(repr(shown))
