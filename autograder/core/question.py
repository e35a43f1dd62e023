"""Checks: questions that are put to a subject, and the cases they are asked in.

A question is a plain function. It builds fixed inputs, calls functions of a subject and returns named
arrays. The decorator `check` turns it into a `Check`, which is data: anybody may ask it of anything.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

Question = Callable[..., dict[str, Any]]
Laws = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable["Law"]]
Draw = Callable[[np.random.Generator, int], dict[str, Any]]
Forward = Callable[..., Any]

HIDDEN_CASES = 3  # enough that a lucky shape is not enough


@dataclass(frozen=True)
class Case:
    """One set of parameters of a check.

    Parameters
    ----------
    label : str
        How a student reads it, for example ``fill=waves, n=2``.
    params : mapping
        The keyword arguments of the question.
    hidden : bool
        Hidden cases are drawn from the course secret and show no values.
    """

    label: str
    params: Mapping[str, Any]
    hidden: bool = False


@dataclass(frozen=True)
class Law:
    """Something that holds for every right answer of a random layer, or does not.

    Parameters
    ----------
    name : str
        What a student reads in the table, for example ``share of zeros``.
    holds : bool
    sentence : str
        What a student reads where it does not hold.
    """

    name: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class Check:
    """A question, the cases it is asked in, and how near an answer must come.

    Parameters
    ----------
    name : str
        The name of the question.
    title : str
        The sentence a student reads: the first line of the question's docstring.
    exercise : str
        The function that the student writes and that this check is about.
    question : callable
        ``question(subject, **params)`` returns named arrays.
    tolerance : float
        The largest relative error that still passes.
    public : tuple of Case
        Fixed and printed.
    draw : callable or None
        ``draw(rng, number)`` returns the parameters of a hidden case; the number is 1, 2, ...
    documented_caches : mapping
        For a backward pass: by the name of the forward function, a function of its arguments that gives
        the documented cache. It stands in when the student's own forward is not right yet.
    returns : mapping
        By the name of a function that returns several things, their names.
    random : frozenset of str
        The arrays of the answer that chance decides: only their form is compared, and the laws say the rest.
    laws : callable or None
        ``laws(answer, params)`` returns what must hold for an answer; see `Law`.
    gradient_of : str
        For a backward pass: the name of the forward pass, whose first arguments its results are gradients of.
    in_place : bool
        Whether the exercise may change its arguments, as the official course lets optimizers do.
    builds_on : tuple of Check
        Checks of the earlier exercises that a solution is expected to call itself. One that it does call and that
        is not right is to blame first.
    words : tuple of str
        The words that a prediction chooses from.
    is_prediction : bool
        The right answer is never told, not even in public cases: see `autograder.core.prediction`.
    """

    name: str
    title: str
    exercise: str
    question: Question
    tolerance: float
    public: tuple[Case, ...]
    draw: Draw | None = None
    documented_caches: Mapping[str, Forward] = field(default_factory=lambda: MappingProxyType({}))
    returns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    random: frozenset[str] = frozenset()
    laws: Laws | None = None
    gradient_of: str = ""
    in_place: bool = False
    builds_on: tuple["Check", ...] = ()
    words: tuple[str, ...] = ()
    is_prediction: bool = False

    def hidden(self, secret: bytes) -> tuple[Case, ...]:
        """Draw the hidden cases: the same secret gives the same cases.

        Parameters
        ----------
        secret : bytes
            The course secret.

        Returns
        -------
        tuple of Case
        """
        if self.draw is None:
            return ()
        drawn: dict[bytes, tuple[Case, ...]] = self.__dict__.setdefault("_drawn", {})  # once for a whole class
        if secret not in drawn:
            drawn[secret] = tuple(
                Case(label=f"hidden {number}", params=self.draw(self._rng(secret, number), number), hidden=True)
                for number in range(1, HIDDEN_CASES + 1)
            )
        return drawn[secret]

    def _rng(self, secret: bytes, number: int) -> np.random.Generator:
        seed = hmac.digest(secret, f"{self.name} {number}".encode(), "sha256")
        return np.random.default_rng(int.from_bytes(seed))


def check(
    *,
    tolerance: float,
    public: list[dict[str, Any]],
    hidden: Draw | None = None,
    exercise: str | None = None,
    documented_caches: Mapping[str, Forward] = MappingProxyType({}),
    returns: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    random: Iterable[str] = (),
    laws: Laws | None = None,
    gradient_of: str = "",
    in_place: bool = False,
    builds_on: Iterable[Check] = (),
    words: tuple[str, ...] = (),
    is_prediction: bool = False,
) -> Callable[[Question], Check]:
    """Turn a question into a `Check`; the parameters are those of `Check`.

    Raises
    ------
    ValueError
        If the question has no docstring, which students read, or no public case.
    """

    def decorate(question: Question) -> Check:
        name = question.__name__
        if not question.__doc__:
            raise ValueError(f"`{name}` must have a docstring (got none). Its first line is the title.")
        if not public:
            raise ValueError(f"`{name}` must have a public case (got none). Students check against it.")
        return Check(
            name=name,
            title=question.__doc__.strip().splitlines()[0],
            exercise=exercise or name,
            question=question,
            tolerance=tolerance,
            public=tuple(Case(_label(params), MappingProxyType(params)) for params in public),
            draw=hidden,
            documented_caches=documented_caches,
            returns=returns,
            random=frozenset(random),
            laws=laws,
            gradient_of=gradient_of,
            in_place=in_place,
            builds_on=tuple(builds_on),
            words=words,
            is_prediction=is_prediction,
        )

    return decorate


def _label(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={getattr(value, '__name__', value)}" for name, value in params.items())
