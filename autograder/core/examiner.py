"""The examiner: asks all cases of all checks of one subject, fairly.

Public cases are asked first, of every check; hidden ones after that. A check that did not pass is asked again, alone
in a fresh subject, before its verdict is given. An exercise whose earlier exercise failed is judged on the documented
cache where there is one, and is otherwise blocked, not failed. A backward pass that is the right gradient of
a forward pass that is not right earns half.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograder.core.follow_through import is_own_gradient
from autograder.core.judge import Answers, Explain, ask
from autograder.core.patterns import pattern
from autograder.core.question import Case, Check
from autograder.core.subject import CERTAIN, Recorder, Subject, SubjectError, Substituted, Trouble
from autograder.core.verdict import CheckReport, Outcome, Verdict, shared_misconception

CACHE = "Store there what its docstring says, as it came."
MOST_ASKED = 3  # times, of a check whose worker is ended from outside
FELT = 0.4  # the share of failing cases from which an earlier exercise is to blame: an odd one is rarely met
FOLLOW_THROUGH = 0.5  # the share of its points that the right gradient of a wrong forward pass earns


class Examiner:
    """Puts checks to one subject.

    Parameters
    ----------
    subject : Subject
    answers : callable
        ``answers(check, case)`` returns the expected arrays.
    fresh : callable or None
        Replaces the subject by a new one in which nothing was asked yet, and returns it. None where there is
        no such thing, as in a student's own kernel.
    explain : callable or None
        See `autograder.core.judge.ask`.
    """

    def __init__(
        self,
        subject: Subject,
        answers: Answers,
        fresh: Callable[[], Subject] | None = None,
        explain: Explain | None = None,
    ) -> None:
        self._subject = subject
        self._answers = answers
        self._fresh = fresh
        self._explain = explain
        self._known: dict[str, list[Verdict]] = {}  # of public cases, by the name of the check
        self._called: dict[str, set[str]] = {}  # functions by the name of the check that called them

    def examine(self, checks: Sequence[Check], secret: bytes | None = None) -> list[CheckReport]:
        """Ask the public cases of all checks, then the hidden ones, and report.

        Parameters
        ----------
        checks : sequence of Check
            In the order of the course: earlier exercises first.
        secret : bytes or None
            The course secret; without it no hidden case is asked.

        Returns
        -------
        list of CheckReport
        """
        verdicts = {check.name: list(self._public(check)) for check in checks}
        hidden = {check.name: () if secret is None else check.hidden(secret) for check in checks}
        for check in checks:
            if self._fresh is None or _certain(verdicts[check.name]):
                verdicts[check.name] += self._looked_at(check, hidden[check.name])
        for check in checks:
            if self._fresh is not None and not _certain(verdicts[check.name]):
                cases = [*check.public, *hidden[check.name]]
                verdicts[check.name] = self._alone(check, cases, lambda subject: subject)
        failed = {check.exercise for check in checks if not _all_passed(verdicts[check.name])}
        for check in checks:
            if not _all_passed(verdicts[check.name]):
                culprits = sorted(self.calls(check) & failed) or self._inner_culprits(check, verdicts[check.name])
                cases = [*check.public, *hidden[check.name]]
                verdicts[check.name] = self._second_look(check, cases, verdicts[check.name], culprits)
                if check.gradient_of in culprits:
                    verdicts[check.name] = self._followed_through(check, cases, verdicts[check.name])
        return [_report(check, verdicts[check.name]) for check in checks]

    def calls(self, check: Check) -> set[str]:
        """Return the functions, other than its own, that a check was seen to call."""
        return self._called.get(check.name, set()) - {check.exercise}

    def _inner_culprits(self, check: Check, verdicts: Sequence[Verdict]) -> list[str]:
        """Return the earlier exercises that a solution calls itself and that are not right.

        A wrong answer that is known to come from elsewhere is blamed on nobody else, and what leans on another wrong
        one is not named beside it.
        """
        if shared_misconception(verdicts) or any(verdict.trouble in CERTAIN for verdict in verdicts):
            return []
        used = (earlier for earlier in check.builds_on if self._uses(check, earlier))
        wrong = [earlier for earlier in used if self._is_wrong(earlier)]
        roots = [earlier for earlier in wrong if not self._leans_on_another(earlier, wrong)]
        return list(dict.fromkeys(earlier.exercise for earlier in roots or wrong))

    def _leans_on_another(self, check: Check, others: Sequence[Check]) -> bool:
        """Tell whether a check, or a solution of its exercise, calls one of some other exercises."""
        apart = [other for other in others if other.exercise != check.exercise]
        return any(other.exercise in self.calls(check) or self._uses(check, other) for other in apart)

    def _uses(self, check: Check, earlier: Check) -> bool:
        try:
            return bool(getattr(self._subject, ":uses")(check.exercise, earlier.exercise))
        except SubjectError:
            return False

    def _is_wrong(self, earlier: Check) -> bool:
        """Tell whether an earlier exercise fails in so many of its public cases that others feel it."""
        verdicts = self._ask(self._subject, earlier, earlier.public, glance=True)
        failing = [one for one in verdicts if one.outcome is Outcome.FAILED and one.trouble not in CERTAIN]
        return len(failing) >= FELT * len(earlier.public)

    def _public(self, check: Check) -> list[Verdict]:
        if check.name not in self._known:
            self._known[check.name] = self._looked_at(check, check.public)
        return self._known[check.name]

    def _looked_at(self, check: Check, cases: Sequence[Case]) -> list[Verdict]:
        """Ask some cases; where there are fresh subjects, up to the first that does not pass: all are asked again."""
        if self._fresh is None:
            return self._ask(self._subject, check, cases)
        verdicts: list[Verdict] = []
        for case in cases:
            verdicts += self._ask(self._subject, check, [case], glance=True)
            if not _certain(verdicts):
                break
        return verdicts

    def _alone(self, check: Check, cases: Sequence[Case], role: Callable[[Subject], Subject]) -> list[Verdict]:
        """Ask a check in a fresh subject, and once more in another one if something outside ended that."""
        verdicts: list[Verdict] = []
        for _ in range(MOST_ASKED):
            if self._fresh is not None:
                self._subject = self._fresh()
            verdicts = self._ask(role(self._subject), check, cases)
            if not any(verdict.trouble == Trouble.KILLED for verdict in verdicts):
                break
        return verdicts

    def _second_look(
        self, check: Check, cases: Sequence[Case], verdicts: list[Verdict], culprits: list[str]
    ) -> list[Verdict]:
        """Judge again an exercise that may have failed because of an earlier one.

        With the documented cache, where there is one, it answers for itself; else it is blocked.
        """
        forwards = self.calls(check) & set(check.documented_caches)
        if not forwards:
            return [_blocked(verdict, check, culprits) for verdict in verdicts] if culprits else verdicts
        replacements = _forwards(check.documented_caches)
        again = self._alone(check, cases, lambda subject: Substituted(subject, replacements))
        if culprits:
            return again
        return [_of_cache(verdict, check, *forwards) for verdict in verdicts] if _all_passed(again) else verdicts

    def _followed_through(self, check: Check, cases: Sequence[Case], verdicts: list[Verdict]) -> list[Verdict]:
        """Give half to each case in which a backward pass is the gradient of the student's own forward pass."""
        return [
            _half(verdict, check)
            if verdict.outcome is not Outcome.PASSED and is_own_gradient(check, case, self._subject)
            else verdict
            for case, verdict in zip(cases, verdicts, strict=True)
        ]

    def _ask(self, subject: Subject, check: Check, cases: Sequence[Case], *, glance: bool = False) -> list[Verdict]:
        recorder = Recorder(subject)
        verdicts = [self._ask_one(recorder, check, case, glance=glance) for case in cases]
        self._called.setdefault(check.name, set()).update(recorder.called)
        return verdicts

    def _ask_one(self, subject: Subject, check: Check, case: Case, *, glance: bool) -> Verdict:
        verdict = ask(check, case, subject, self._answers, self._explain, glance=glance)
        remarks = self._subject.take_remarks()
        return verdict if case.hidden or check.in_place else replace(verdict, remarks=remarks)


def _report(check: Check, verdicts: list[Verdict]) -> CheckReport:
    params = {case.label: case.params for case in check.public}
    public = [verdict for verdict in verdicts if not verdict.hidden]
    failing = [params[verdict.case] for verdict in public if verdict.outcome is Outcome.FAILED]
    passing = [params[verdict.case] for verdict in public if verdict.outcome is Outcome.PASSED]
    return CheckReport(check.name, check.title, check.exercise, tuple(verdicts), pattern(failing, passing))


def _all_passed(verdicts: Iterable[Verdict]) -> bool:
    return all(verdict.outcome is Outcome.PASSED for verdict in verdicts)


def _certain(verdicts: Iterable[Verdict]) -> bool:
    return all(verdict.outcome is Outcome.PASSED or verdict.trouble in CERTAIN for verdict in verdicts)


def _forwards(caches: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    def forward(cache: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args: (None, cache(*args))

    return {name: forward(cache) for name, cache in caches.items()}


def _of_cache(verdict: Verdict, check: Check, forward: str) -> Verdict:
    """Name the cache where the exercise is right with the documented one and not with the student's own."""
    if verdict.outcome is not Outcome.FAILED or verdict.hidden:
        return verdict
    message = f"`{check.exercise}` is right with the documented cache, but not with that of your `{forward}`. {CACHE}"
    return replace(verdict, message=message)


def _blocked(verdict: Verdict, check: Check, culprits: list[str]) -> Verdict:
    if verdict.outcome is not Outcome.FAILED or verdict.trouble == Trouble.ABSENT:
        return verdict
    *others, last = [f"`{name}`" for name in culprits]
    names = f"{', '.join(others)} and {last}" if others else last
    are, those = ("are", "those") if others else ("is", "that one")
    message = f"`{check.exercise}` needs {names}, which {are} not right yet. Get {those} right first."
    return replace(verdict, outcome=Outcome.BLOCKED, message=message)


def _half(verdict: Verdict, check: Check) -> Verdict:
    message = (
        f"`{check.exercise}` is the right gradient of your `{check.gradient_of}`, which is not right yet itself: "
        "it earns half of its points until then. Get that one right first."
    )
    return replace(verdict, outcome=Outcome.BLOCKED, message=message, share=FOLLOW_THROUGH)
