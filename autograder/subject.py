"""Subjects: anything that has the right names. This one is a namespace in the judge's own process."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from autograder.values import plain, plain_dict, private_copy


class Trouble(StrEnum):
    """Why a subject gave no answer."""

    MISSING = "missing"
    UNFINISHED = "unfinished"
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    REFUSED = "refused"  # it answered with what may not pass: too large, or not in the form of an answer
    MISFIT = "misfit"  # it answered, but not in the documented form

    @property
    def sentence(self) -> str:
        """What an instructor reads of it."""
        return {
            Trouble.MISSING: "is not defined",
            Trouble.UNFINISHED: "is still a stub",
            Trouble.RAISED: "raises an error",
            Trouble.TIMEOUT: "takes too long",
            Trouble.MEMORY: "needs too much memory",
            Trouble.CRASHED: "ends the process",
            Trouble.REFUSED: "returns what may not pass",
            Trouble.MISFIT: "returns another form than documented",
        }[self]


CERTAIN = frozenset({Trouble.MISSING, Trouble.UNFINISHED})  # these need no second opinion


class SubjectError(Exception):
    """A subject gave no answer: the student's doing.

    Parameters
    ----------
    function : str
        The function that was called: the culprit.
    trouble : Trouble
    message : str
        The sentence a student reads.
    """

    def __init__(self, function: str, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.function = function
        self.trouble = trouble
        self.message = message


class Subject(Protocol):
    """What a question may do with a subject: call its functions by name."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...


class NamespaceSubject:
    """A subject whose functions stand in a dictionary: a notebook's globals, or the reference library.

    Every call has its own copy of the inputs. Dictionaries among them are updated after the call, as a
    layer that keeps running averages expects.

    Parameters
    ----------
    names : mapping
        Functions by name.

    Examples
    --------
    >>> NamespaceSubject({"double": lambda x: 2 * x}).double(4)
    array(8)
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the function of that name, to be called by position."""

        def call(*args: Any) -> Any:
            own = [private_copy(arg) for arg in args]
            answer = plain(self._run(name, own))
            for arg, copy in zip(args, own, strict=True):
                if isinstance(arg, dict):
                    arg.update(plain_dict(copy))
            return answer

        return call

    def _run(self, name: str, args: list[Any]) -> Any:
        function = self._names.get(name)
        if not callable(function):
            raise missing(name)
        try:
            return function(*args)
        except NotImplementedError as error:
            raise unfinished(name) from error
        except Exception as error:  # the one line that runs student code here: whatever it raises is a verdict
            raise SubjectError(name, Trouble.RAISED, raised(name, type(error).__name__, str(error))) from error


class Substituted:
    """A subject some of whose functions are replaced.

    Parameters
    ----------
    subject : Subject
        Answers for everything else.
    replacements : mapping
        Functions by name; each is called with the question's own arguments.
    """

    def __init__(self, subject: Subject, replacements: Mapping[str, Callable[..., Any]]) -> None:
        self._subject = subject
        self._replacements = replacements

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the replacement where there is one."""
        function: Callable[..., Any] = self._replacements.get(name) or getattr(self._subject, name)
        return function


class Recorder:
    """A subject that notes which functions a question called.

    Parameters
    ----------
    subject : Subject
        Answers for everything.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Note the name and pass the call on."""
        self.called.append(name)
        function: Callable[..., Any] = getattr(self._subject, name)
        return function


def missing(name: str, notes: Sequence[str] = ()) -> SubjectError:
    """Say that there is no such function, and what was wrong with the code that may have defined it."""
    remedy = "Keep the name of the function as it was given, and run its cell."
    if notes:
        remedy = f"A cell could not be loaded ({notes[0]}). Mend it first."
    return SubjectError(name, Trouble.MISSING, f"`{name}` is not defined. {remedy}")


def unfinished(name: str) -> SubjectError:
    """Say that a stub is still a stub."""
    return SubjectError(name, Trouble.UNFINISHED, f"`{name}` is not finished: it raises NotImplementedError.")


def raised(name: str, error: str, text: str, place: str = "") -> str:
    """Say what a function raised, and where."""
    detail = f": {text}" if text else ""
    return f"`{name}` raises {error}{detail}{place}."
