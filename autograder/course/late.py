"""Late policies: so much of the score for each day begun, a grace period, slip days for the whole course.

`LatePolicy` is a plugin of nbgrader: `nbgrader_config.py` chooses it and says how much. Everything is computed from
the dates in the gradebook, each time anew, so a deadline or an extension that moves moves the penalties with it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, Integer, TraitError
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.course.course import Course, CourseError
from autograder.course.dates import has_gradebook

DAY = 86_400  # seconds
LAST = datetime.max


class LatePolicy(LateSubmissionPlugin):  # type: ignore[misc]  # nbgrader has no types
    """A share of the score for each day begun, after slip days and a grace period.

    Attributes
    ----------
    per_day : float
        The share of the score, from 0 to 1, that each day begun costs.
    most : float
        The largest share that being late can cost.
    grace_minutes : float
        How late costs nothing. Who is later than that is late from the deadline on.
    slip_days : int
        Days that each student may be late without cost, over all assignments, used in the order of the deadlines.
    """

    per_day = Float(0.1, min=0, max=1, help="The share of the score that each day begun costs.").tag(config=True)
    most = Float(1.0, min=0, max=1, help="The largest share that being late can cost.").tag(config=True)
    grace_minutes = Float(0.0, min=0, help="How late costs nothing.").tag(config=True)
    slip_days = Integer(0, min=0, help="Days without cost, over all assignments.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return what being late costs of one notebook's score; nbgrader calls it.

        Parameters
        ----------
        student_id : str
        score : float
            Of the notebook.
        total_seconds_late : float

        Returns
        -------
        float or None
            None if it costs nothing.
        """
        name, gradebook = getattr(self.parent, "assignment_id", ""), getattr(self.parent, "gradebook", None)
        delays = [Delay(name, LAST, total_seconds_late)] if gradebook is None else delays_of(gradebook, student_id)
        charge = self.charges(delays).get(name)
        return None if charge is None or not charge.share else charge.share * score

    def charges(self, delays: Iterable["Delay"]) -> dict[str, "Charge"]:
        """Return what each late assignment of a student costs, by name."""
        left = self.slip_days
        charges = {}
        for delay in sorted(delays, key=lambda delay: (delay.due, delay.assignment)):
            if delay.seconds <= 60 * self.grace_minutes:
                continue
            days = math.ceil(delay.seconds / DAY)
            slipped = min(days, left)
            left -= slipped
            share = min(self.most, (days - slipped) * self.per_day)
            charges[delay.assignment] = Charge(days, slipped, left, share)
        return charges


OURS = f"{LatePolicy.__module__}.{LatePolicy.__name__}"


@dataclass(frozen=True)
class Delay:
    """How late a student handed an assignment in.

    Parameters
    ----------
    assignment : str
    due : datetime
        Without the student's extension: slip days are used in this order.
    seconds : float
        After the deadline, extensions included; 0 if in time.
    """

    assignment: str
    due: datetime
    seconds: float


@dataclass(frozen=True)
class Charge:
    """What being late costs.

    Parameters
    ----------
    days : int
        Begun after the deadline.
    slipped : int
        Of these, covered by slip days.
    left : int
        Slip days that are left afterwards.
    share : float
        Of the score, from 0 to 1.
    """

    days: int
    slipped: int
    left: int
    share: float


def delays_of(gradebook: Gradebook, student: str) -> list[Delay]:
    """Return how late a student handed in each assignment that was late."""
    try:
        submissions = gradebook.find_student(student).submissions
    except MissingEntry:
        return []
    return [
        Delay(one.assignment.name, one.assignment.duedate, float(one.total_seconds_late))
        for one in submissions
        if one.total_seconds_late > 0
    ]


def policy_of(config: Config) -> LatePolicy | None:
    """Return the policy that a configuration chooses, None if it is another one of nbgrader's."""
    chosen = config.AssignLatePenalties.get("plugin_class")
    return LatePolicy(config=config) if chosen in (LatePolicy, OURS) else None


def require_policy(config: Config) -> None:
    """Refuse a late policy that a configuration chooses and that there is not, or that makes no sense.

    Parameters
    ----------
    config : Config
        The course's.

    Raises
    ------
    CourseError
        The message names the setting and the remedy.
    """
    settings = sorted(LatePolicy.class_own_traits(config=True))
    for name in sorted(set(config.LatePolicy) - set(settings)):
        raise CourseError(
            f"`c.LatePolicy.{name}` must be a setting (got none of that name). There are: {', '.join(settings)}."
        )
    try:
        LatePolicy(config=config)
    except TraitError as error:
        raise CourseError(f"`c.LatePolicy` in nbgrader_config.py must make sense. {error}.") from error
    chosen = config.AssignLatePenalties.get("plugin_class")
    try:
        import_item(chosen) if isinstance(chosen, str) else None
    except ImportError as error:
        raise CourseError(
            f"`c.AssignLatePenalties.plugin_class` must be a class that can be imported (got {chosen!r}). "
            f"That of this course is {OURS!r}."
        ) from error


def explanations(course: Course, assignment: str) -> Mapping[str, str]:
    """Return for each student who was late what that means, as a sentence or two: for the page of feedback.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    mapping of str to str
        By student; whoever was in time is not in it.
    """
    if not has_gradebook(course):
        return {}
    require_policy(course.config)
    policy = policy_of(course.config)
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        try:
            submissions = gradebook.find_assignment(assignment).submissions
        except MissingEntry:
            return {}
        return {
            one.student.id: _explained(gradebook, policy, one) for one in submissions if one.total_seconds_late > 0
        }


def _explained(gradebook: Gradebook, policy: LatePolicy | None, submission: Any) -> str:
    late = told(timedelta(seconds=submission.total_seconds_late))
    deadline = submission.duedate.replace(tzinfo=UTC).strftime("%Y-%m-%d %H:%M UTC")
    extended = f", extended by {told(submission.extension)}" if submission.extension else ""
    penalty = float(submission.late_submission_penalty or 0.0)
    handed_in = f"Handed in {late} after the deadline ({deadline}{extended})."
    if policy is None:
        return f"{handed_in} {_cost(penalty)}"
    charge = policy.charges(delays_of(gradebook, submission.student.id)).get(submission.assignment.name)
    if charge is None:
        return f"{handed_in} That is within the {policy.grace_minutes:g} minutes of grace and costs nothing."
    return f"{handed_in} {_counted(charge, policy)} {_cost(penalty)}"


def _counted(charge: Charge, policy: LatePolicy) -> str:
    days = f"{charge.days} {'day' if charge.days == 1 else 'days'} begun"
    left = f"({charge.left} of {policy.slip_days} left)"
    slips = f", {charge.slipped} covered by slip days {left}" if policy.slip_days else ""
    which = "each of the others" if charge.slipped else "each"
    most = f", {policy.most:.0%} at most" if charge.share == policy.most < 1 else ""
    rate = f"; {which} costs {policy.per_day:.0%} of the score{most}" if charge.share else ""
    return f"{days}{slips}{rate}."


def _cost(penalty: float) -> str:
    if not penalty:
        return "It costs no points."
    return f"It costs {penalty:.4g} {'point' if penalty == 1 else 'points'}."


def told(span: timedelta) -> str:
    """Say how long something is, as people read it.

    Examples
    --------
    >>> told(timedelta(days=1, hours=2, minutes=5)), told(timedelta(minutes=3)), told(timedelta(seconds=5))
    ('1 d 2 h', '3 min', '1 min')
    """
    minutes = math.ceil(span.total_seconds() / 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = {"d": days, "h": hours, "min": 0 if days else minutes % 60}
    return " ".join(f"{number} {unit}" for unit, number in parts.items() if number) or "0 min"
