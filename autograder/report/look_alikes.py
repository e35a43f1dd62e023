"""Look-alikes: submissions whose code, or whose wrong numbers, agree more than chance explains.

Both are a reason to look, never a verdict. Code is compared function by function, as copydetect normalizes it: names,
comments, strings and blanks do not count. Left out is what everybody has for a reason: what was given out, the worked
solution, what many variants of a function have in common, and variants that many students wrote.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from copydetect.utils import filter_code, get_document_fingerprints

from autograder.core.verdict import CheckReport, Outcome, SubmissionReport
from autograder.report.function_texts import Texts

GRAM = 30  # characters of normalized code that are compared at a time: a line or two
LEAST = 100  # grams that a pair must share in one function: half a dozen lines that only they have
ALIKE = 0.75  # and the share of the function's own grams, of the one that has fewer
FEW_VARIANTS = 3, 0.05  # a gram is common that is in more variants of the function than this, or this share of them
FEW_STUDENTS = 5, 0.15  # a variant is common that more students wrote than this, or this share of them
Pair = tuple[str, str]
Grams = frozenset[int]


@dataclass(frozen=True)
class Group:
    """Students who look alike.

    Parameters
    ----------
    students : tuple of str
    where : tuple of str
        The functions, or checks, in which they do.
    share : float
        Of code, how much of what is their own agrees, in the function where most does; of numbers 1.
    sentence : str
        One wrong answer that they share, or nothing.
    """

    students: tuple[str, ...]
    where: tuple[str, ...]
    share: float
    sentence: str = ""


def alike_in_code(texts: Mapping[str, Texts], given: Sequence[Texts]) -> list[Group]:
    """Group the students whose functions have rare code in common.

    Parameters
    ----------
    texts : mapping
        The functions of each student.
    given : sequence of mapping
        Functions that nobody has to think of.

    Returns
    -------
    list of Group
        Those with most in common first.
    """
    shared: dict[Pair, dict[str, float]] = defaultdict(dict)
    boilerplate = frozenset[int]().union(*(grams(text) for known in given for text in known.values()))
    for name in sorted({name for own in texts.values() for name in own}):
        rare = _rare({student: grams(own[name]) for student, own in texts.items() if name in own}, boilerplate)
        for pair, share in _alike(rare):
            shared[pair][name] = share
    groups = [_of_code(students, shared) for students in _connected(shared)]
    return sorted(groups, key=lambda group: (-len(group.where), -group.share, group.students))


def alike_in_numbers(reports: Sequence[SubmissionReport]) -> list[Group]:
    """Group the students who give the very same wrong numbers, which no known mistake explains.

    Parameters
    ----------
    reports : sequence of SubmissionReport

    Returns
    -------
    list of Group
        Those who agree in most checks first.
    """
    who: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for report in reports:
        for graded in report.checks:
            if numbers := _wrong_numbers(graded.report):
                who[graded.report.check, numbers].append(report.student)
    few = _limit(FEW_STUDENTS, len(reports))
    together: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for (check, numbers), students in who.items():
        if 1 < len(students) <= few:
            together[tuple(sorted(students))].append((check, numbers[0]))
    groups = [Group(students, tuple(c for c, _ in found), 1.0, found[0][1]) for students, found in together.items()]
    return sorted(groups, key=lambda group: (-len(group.where), group.students))


def grams(text: str) -> Grams:
    """Return the fingerprint of code: the hashes of all its pieces of some length, names and comments left out."""
    code, _ = filter_code(text, "own.py", "python")
    if len(code) < GRAM:
        return frozenset()
    # All pieces, not a sample by their hash, which differs from run to run: the same class gives the same groups.
    hashes, _ = get_document_fingerprints(code, GRAM, 1)
    return frozenset(map(int, hashes))


def _rare(own: Mapping[str, Grams], boilerplate: Grams) -> dict[str, Grams]:
    """Return what of each student's function few others have."""
    own = {student: found - boilerplate for student, found in own.items()}
    writers = Counter(own.values())
    most = _limit(FEW_STUDENTS, len(own))
    variants = Counter(gram for variant in writers for gram in variant)
    few = _limit(FEW_VARIANTS, len(writers))
    common = {gram for gram, count in variants.items() if count > few}
    common |= {gram for variant, count in writers.items() if count > most for gram in variant}
    return {student: found - common for student, found in own.items()}


def _limit(rule: tuple[int, float], number: int) -> int:
    least, share = rule
    return max(least, math.floor(share * number))


def _alike(rare: Mapping[str, Grams]) -> Iterator[tuple[Pair, float]]:
    """Yield the pairs that share enough, by way of the grams: most pairs share none."""
    holders: dict[int, list[str]] = defaultdict(list)
    for student, found in sorted(rare.items()):
        for gram in found:
            holders[gram].append(student)
    shared = Counter(pair for students in holders.values() for pair in combinations(students, 2))
    for pair, number in sorted(shared.items()):
        share = number / min(len(rare[one]) for one in pair)
        if number >= LEAST and share >= ALIKE:
            yield pair, share


def _connected(pairs: Iterable[Pair]) -> list[set[str]]:
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return groups


def _of_code(students: set[str], shared: Mapping[Pair, Mapping[str, float]]) -> Group:
    inside = [functions for pair, functions in shared.items() if set(pair) <= students]
    names = sorted({name for functions in inside for name in functions})
    return Group(tuple(sorted(students)), tuple(names), max(max(functions.values()) for functions in inside))


def _wrong_numbers(report: CheckReport) -> tuple[str, ...]:
    """Return what a check said of wrong numbers; nothing if a known mistake, or zeros, explain them."""
    if report.outcome is not Outcome.FAILED or report.misconception:
        return ()
    rows = [
        row
        for verdict in report.verdicts
        if verdict.outcome is Outcome.FAILED and not verdict.hidden and not verdict.trouble
        for row in verdict.comparisons
        if not row.passed and row.error is not None and " is 0," not in row.message
    ]
    return tuple(row.message for row in rows)
