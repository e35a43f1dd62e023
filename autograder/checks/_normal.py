"""Laws of weights that are drawn from a normal distribution around zero, each by itself.

Which weights they are is left to chance, so a right solution breaks a law now and then: with a probability of at
most `FALSE_ALARM`, if there are 2,000 weights or more. With so many, the bounds are narrow enough, too.
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from autograder.core.inputs import Array
from autograder.core.question import Law

FALSE_ALARM = 1e-8  # for each law: all those of a check together stay below 1e-6
T = math.log(4 / FALSE_ALARM)  # an exponential tail exp(-T), on up to four sides
FARTHEST_MEAN = 6.0  # standard errors: a normal tail of 2e-9, and with thousands of weights Student's is the same
BEYOND = {"one standard deviation": 1.0, "two standard deviations": 2.0}
AXES = ("rows", "columns")
NOTHING: Mapping[str, float] = {}


def normal_laws(name: str, weights: Array, std: float, known: Mapping[str, float] = NOTHING) -> Iterator[Law]:
    """Say what holds for weights with this standard deviation; after the first law that does not hold, no more.

    Parameters
    ----------
    name : str
        Of the weights, for the sentences.
    weights : ndarray of shape (fan_in, fan_out)
    std : float
        The standard deviation that is asked for.
    known : mapping
        Sentences about mistakes, with the standard deviation that each of them gives.
    """
    for law in _laws(name, weights, std, known):
        yield law
        if not law.holds:
            return


def _laws(name: str, weights: Array, std: float, known: Mapping[str, float]) -> Iterator[Law]:
    for word, along in zip(AXES, (weights, weights.T), strict=True):
        yield Law(
            f"{word} of {name} differ",
            not bool(np.any(np.all(along[1:] == along[:-1], axis=1))),
            f"Neighboring {word} of `{name}` are equal: each weight must have a draw of its own.",
        )
    mean = float(weights.mean())
    yield Law(
        f"mean of {name}",
        abs(mean) * math.sqrt(weights.size) <= FARTHEST_MEAN * float(weights.std()),
        f"The mean of `{name}` is {mean:.3g}: weights are drawn around zero, as many negative as positive.",
    )
    got = math.sqrt(float((weights**2).mean()))
    recognized = next((words for words, other in known.items() if _is_size(weights, other)), "")
    yield Law(
        f"standard deviation of {name}",
        _is_size(weights, std),
        f"The standard deviation of `{name}` is {got:.3g} where {std:.3g} is asked for. {recognized}".rstrip(),
    )
    for words, times in BEYOND.items():
        share, found = math.erfc(times / math.sqrt(2)), float((np.abs(weights) > times * std).mean())
        yield Law(
            f"share of {name} beyond {words}",
            abs(found - share) <= math.sqrt(T / (2 * weights.size)),  # Hoeffding
            f"{found:.1%} of `{name}` lie beyond {words}, where it should be {share:.1%}: the size is right, "
            "but the distribution is not normal.",
        )
    yield from _independence(name, weights / std)


def _is_size(weights: Array, std: float) -> bool:
    """Tell whether the squares have the mean that this standard deviation gives.

    Laurent and Massart 2000, lemma 1: the mean of n squares of standard normal numbers is further from 1 than
    2 √(t/n) + 2 t/n with a probability of at most 2 exp(-t).
    """
    n = weights.size
    return abs(float(((weights / std) ** 2).mean()) - 1) <= 2 * math.sqrt(T / n) + 2 * T / n


def _independence(name: str, normal: Array) -> Iterator[Law]:
    """Say that neighbors have nothing to do with each other.

    The product of two standard normal numbers a and b is (s² - d²) / 2, where s = (a + b) / √2 and
    d = (a - b) / √2 are standard normal and independent: for the mean of m products the bound above holds twice.
    """
    for word, along in zip(AXES, (normal, normal.T), strict=True):
        pairs = along[: len(along) // 2 * 2].reshape(-1, 2, along.shape[1])  # no weight is in two pairs
        m = pairs[:, 0].size
        yield Law(
            f"{word} of {name} are independent",
            abs(float((pairs[:, 0] * pairs[:, 1]).mean())) <= 2 * math.sqrt(T / m) + T / m,
            f"Neighboring {word} of `{name}` are alike: no weight may follow from another one.",
        )
