"""The student's side, in a notebook or a script: ``check``, ``hint``, ``show_solution`` and ``progress``."""

import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, NoReturn

from autograder.checks import BANK, UnknownCheckError, find, unknown
from autograder.core import lessons, render
from autograder.core.examiner import Examiner
from autograder.core.published import published_answers, published_explanation
from autograder.core.question import Check
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import CheckReport, Outcome
from autograder.student import worked
from autograder.student.display import Shown, ShownMarkdown, show
from autograder.student.taught import checks_of

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


def check(name: str | None = None) -> None:
    """Check your function on the public cases, show a table, and raise if something failed.

    Parameters
    ----------
    name : str or None
        The name of the check, usually the function's. Without one all checks of the notebook are asked, and
        each gets a line.

    Raises
    ------
    CheckFailed
        If a case of the named check did not pass.
    UnknownCheckError
        If there is no check of that name, or no exercise of the course in this notebook.
    """
    namespace = sys._getframe(1).f_globals
    if name is None:
        reports = Examiner(NamespaceSubject(namespace), published_answers, explain=published_explanation).examine(
            _checks_of(namespace)
        )
        show(Shown(render.summary_text(reports), render.summary_html(reports)))
        return
    report = examine(name, namespace)
    more = MORE if report.outcome is Outcome.PASSED else ""
    show(Shown(f"{render.text(report)}\n{more}".rstrip(), f"{render.html(report)}<p>{more}</p>"))
    if report.outcome is not Outcome.PASSED:
        raise CheckFailed(report)


def hint(name: str | None = None) -> None:
    """Show the next hint for an exercise: the first is a nudge, the last is nearly there.

    Parameters
    ----------
    name : str or None
        The name of the exercise, or of one of its checks.

    Raises
    ------
    UnknownCheckError
        If there is no check of that name; without a name, the message says which there are.
    """
    topic = _topic(name or _lacking("hint", sys._getframe(1).f_globals))
    hints = lessons.hints().get(topic, [])
    _opened[topic] += 1
    number = min(_opened[topic], len(hints))
    last = " This is the last one." if number == len(hints) else ""
    _show_words(f"Hint {number} of {len(hints)} for `{topic}`: {hints[number - 1]}{last}")


def show_solution(name: str | None = None, *, sure: bool = False) -> None:
    """Show the worked solution of an exercise with its derivation; the first call only asks whether you want it.

    Parameters
    ----------
    name : str or None
        The name of the exercise, or of one of its checks.
    sure : bool
        Show it at once.

    Raises
    ------
    UnknownCheckError
        If there is no check of that name; without a name, the message says which there are.
    """
    namespace = sys._getframe(1).f_globals
    name = name or _lacking("show_solution", namespace)
    topic = _topic(name)
    solution = worked.solution(_meant(name, namespace))
    if solution is None:
        _show_words(worked.MISSING.format(topic))
    elif sure or topic in _asked:
        show(ShownMarkdown(solution))
    else:
        _asked.add(topic)
        _show_words(_are_you_sure(topic))


def progress() -> None:
    """Show what is done, what is left, in which notebook, and how long that takes. Save your notebooks first.

    Raises
    ------
    CourseError
        If there is no notebook of the course here.
    """
    from autograder.student import standing, standing_view  # with them comes what asks saved files

    here = Path.cwd()
    is_assignment = here.name in {place.assignment for place in lessons.places().values()}
    parts = standing.survey(here.parent if is_assignment else here)
    show(Shown(standing_view.text(parts), standing_view.html(parts)))


_opened: Counter[str] = Counter()  # hints, by topic, in this session
_asked: set[str] = set()  # topics whose solution was asked for once, in this session


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
    examiner = Examiner(NamespaceSubject(namespace), published_answers, explain=published_explanation)
    (report,) = examiner.examine([wanted])
    if report.outcome is Outcome.PASSED:
        return report
    calls = examiner.calls(wanted)
    earlier = checks_of(calls, {wanted.exercise, *calls}, _written_in(namespace))
    return examiner.examine([*earlier, wanted])[-1] if earlier else report


def _checks_of(namespace: Mapping[str, Any]) -> list[Check]:
    """Return the checks of the notebook whose exercises are defined here, not imported from an earlier one."""
    own = [check.name for check in checks_of(_own(namespace), written_in=_written_in(namespace))]
    names = {beside for name in own for beside in lessons.beside(name)} | set(own)
    if not names:
        raise UnknownCheckError(
            "There is no exercise of the course here yet. Run the cells that define your functions."
        )
    return [check for check in BANK.values() if check.name in names]


def _own(namespace: Mapping[str, Any]) -> set[str]:
    """Return the exercises that are defined here."""
    here = namespace.get("__name__")
    return {name for name, module in _origins(namespace).items() if module == here}


def _written_in(namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return in which notebook each exercise of a namespace was written, where that is known."""
    own = dict.fromkeys(_own(namespace), _open_notebook())
    return _origins(namespace) | own


def _open_notebook() -> str:
    return PurePath(os.environ.get("JPY_SESSION_NAME", "")).stem  # its path, which Jupyter tells the kernel


def _origins(namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return the module in which each exercise of a namespace was defined."""
    exercises = {check.exercise for check in BANK.values()} & namespace.keys()
    return {name: str(getattr(namespace[name], "__module__", "")) for name in exercises}


def _meant(name: str, namespace: Mapping[str, Any]) -> list[Check]:
    """Return the checks of an exercise in the notebook of the check of that name, or else in the one that is open."""
    exercise, place = _exercise_of(name), lessons.places().get(name)
    here = {exercise: _open_notebook()} | _written_in(namespace)
    written_in = {exercise: place.notebook} if place else here
    return checks_of({exercise}, _own(namespace), written_in)


def _exercise_of(name: str) -> str:
    """Return the exercise of that name, or that of the check of that name."""
    exercises = {check.name: check.exercise for check in BANK.values()}
    exercises |= {exercise: exercise for exercise in exercises.values()}
    if not isinstance(name, str) or name not in exercises:
        raise unknown(name, exercises)
    return exercises[name]


def _lacking(asking: str, namespace: Mapping[str, Any]) -> NoReturn:
    """Say what there is to ask for."""
    names = list(dict.fromkeys(check.exercise for check in _checks_of(namespace)))
    raise UnknownCheckError(
        f'`{asking}` must be given a name, as `{asking}("{names[0]}")`. Here there are: {", ".join(names)}.'
    )


def _topic(name: str) -> str:
    """Return what there are hints for: the step of that name, or the whole exercise."""
    return name if name in lessons.hints() else _exercise_of(name)


def _are_you_sure(topic: str) -> str:
    hints = len(lessons.hints().get(topic, []))
    left = hints - min(_opened[topic], hints)
    rest = f'There are {left} hints that you have not opened: `hint("{topic}")` opens one. ' if left > 1 else ""
    rest = f'There is one hint that you have not opened: `hint("{topic}")` opens it. ' if left == 1 else rest
    again = f'Run `show_solution("{topic}")` once more to see it all the same.'
    return f"What you find yourself stays with you; a solution that you have read is hard to forget. {rest}{again}"


def _show_words(words: str) -> None:
    show(Shown(words.replace("`", ""), f"<p>{render.marked_up(words)}</p>"))
