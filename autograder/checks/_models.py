"""Asking a class: construct a model, call its methods, read its parameters and set them.

A subject hands out no objects, so each step is a call of the subject.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.core.subject import Subject, SubjectError, Trouble

LONGEST_NAME, MOST_NAMES = 20, 4  # of what is listed in a sentence


class Model:
    """A model that a subject constructs and keeps.

    Parameters
    ----------
    subject : Subject
    name : str
        The class.
    *args : object
        For its constructor, by position.
    """

    def __init__(self, subject: Subject, name: str, *args: Any) -> None:
        self._subject = subject
        self._name = name
        self._itself = getattr(subject, name)(*args)

    def call(self, method: str, *args: Any) -> Any:
        """Call a method by its name."""
        return getattr(self._subject, f"{self._name}.{method}")(self._itself, *args)

    def attribute(self, name: str) -> Any:
        """Return an attribute.

        Raises
        ------
        SubjectError
            If there is none.
        """
        lacking = f"`{name}` of `{self._name}` must be an attribute"
        return _operate(self._subject, self._name, lacking, ":attribute", self._itself, name)

    def params(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the parameters of these names; see `entries`."""
        return self.entries("params", self.attribute("params"), names)

    def set_params(self, values: Mapping[str, Any]) -> None:
        """Set some of the parameters, which must be there."""
        self.params(values)
        getattr(self._subject, ":update")(self.attribute("params"), dict(values))

    def entries(self, what: str, mapping: Any, names: Iterable[str]) -> dict[str, Any]:
        """Return the entries of these names of a dictionary that the subject keeps.

        Parameters
        ----------
        what : str
            What the docstring of the exercise calls the dictionary.
        mapping : object
            As the subject returned it.
        names : iterable of str

        Raises
        ------
        SubjectError
            If it is no dictionary, or has no such entry.
        """
        return entries(self._subject, self._name, what, mapping, names)


def entries(subject: Subject, owner: str, what: str, mapping: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the entries of these names of a dictionary that a subject keeps.

    Parameters
    ----------
    subject : Subject
    owner : str
        The class or function that made the dictionary: it is to blame.
    what : str
        What its docstring calls the dictionary.
    mapping : object
        As the subject returned it.
    names : iterable of str

    Raises
    ------
    SubjectError
        If it is no dictionary, or has no such entry.
    """
    found: dict[str, Any] = {}
    _operate(subject, owner, f"`{what}` of `{owner}` must be a dictionary", ":items", mapping, found)
    for name in names:
        if name not in found:
            raise _lacking(owner, f"`{what}` of `{owner}` must hold `{name}`", _listed(found))
    return {name: found[name] for name in names}


def _listed(found: Collection[Any]) -> str:
    """List the first names that a subject gave, of those that are short and plain words: none else is repeated."""
    words = sorted(name for name in found if isinstance(name, str) and name.isidentifier() and name.isascii())
    shown = [f"`{word}`" for word in words if len(word) <= LONGEST_NAME][:MOST_NAMES]
    more = " and others" if shown and len(shown) < len(found) else ""
    return ", ".join(shown) + more or "none"


def _operate(subject: Subject, owner: str, lacking: str, operation: str, *args: Any) -> Any:
    try:
        return getattr(subject, operation)(*args)
    except SubjectError as error:
        if error.trouble is not Trouble.RAISED:
            raise
        raise _lacking(owner, lacking, "something else" if operation == ":items" else "none") from error


def _lacking(owner: str, rule: str, got: str = "none") -> SubjectError:
    kind = "class" if owner[:1].isupper() else "function"
    return SubjectError(owner, Trouble.MISFIT, f"{rule} (got {got}). The docstring of the {kind} says which.")


def in_double_precision(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as double ones: a class may keep them in single precision, which its docstring says."""
    return {name: _double(value) for name, value in values.items()}


def _double(value: Any) -> Any:
    is_single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float64) if is_single else value
