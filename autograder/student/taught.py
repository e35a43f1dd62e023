"""Which checks are meant by the name of an exercise: the same class may be built in one notebook and grow in another.

The one place that decides. A notebook asks an exercise by its own checks; what no lesson asks of it is not asked.
"""

from collections.abc import Collection, Mapping

from autograder.checks import BANK, of_exercises
from autograder.core import lessons
from autograder.core.question import Check

NOTHING: Mapping[str, str] = {}


def checks_of(
    exercises: Collection[str], beside: Collection[str] | None = None, written_in: Mapping[str, str] = NOTHING
) -> list[Check]:
    """Return the checks of exercises, each as one notebook asks it.

    Parameters
    ----------
    exercises : collection of str
        Other names are allowed, and nothing is asked of them.
    beside : collection of str
        What is defined together with them; they themselves, if nothing is said. The notebook is taken to be the one
        of whose exercises most are among these; of several, the one of which the larger part is, and else the first.
    written_in : mapping
        By the name of an exercise, the notebook in which it was written, where that is known.

    Returns
    -------
    list of Check
        In the order of the course. All of an exercise that no lesson asks for.
    """
    checks = of_exercises(set(exercises))
    found = set(exercises if beside is None else beside)
    homes = {name: _home(name, found, written_in.get(name, "")) for name in {check.exercise for check in checks}}
    return [check for check in checks if homes[check.exercise] in ("", _notebook(check))]


def _home(exercise: str, found: set[str], known: str) -> str:
    """Return the notebook that is meant, or nothing if no lesson asks for the exercise."""
    homes = [notebook for check in of_exercises({exercise}) if (notebook := _notebook(check))]
    return known if known in homes else max(homes, key=lambda home: _fit(home, found), default="")


def _fit(notebook: str, found: set[str]) -> tuple[int, float]:
    """Return how many of a notebook's exercises were found, and which part of them."""
    asked = {BANK[name].exercise for name, place in lessons.places().items() if place.notebook == notebook}
    number = len(asked & found)
    return number, number / len(asked)


def _notebook(check: Check) -> str:
    place = lessons.places().get(check.name)
    return place.notebook if place else ""
