"""Subjects: anything that has the right names. This one is a namespace in the judge's own process."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from traceback import FrameSummary, extract_tb
from typing import Any, Protocol

from autograder.core.diagnosis import wrong_return
from autograder.core.values import is_changed, named, plain, plain_dict, private_copy

ALIKE = 0.92  # a slip of the finger, not another function of the course
FLOAT_AS_SIZE = "In Python 3, / gives a float even where it divides evenly: sizes want //."


class Trouble(StrEnum):
    """Why a subject gave no answer."""

    MISSING = "missing"
    UNFINISHED = "unfinished"
    ABSENT = "absent"  # an earlier notebook of the student's own, or what is imported from it
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    EXCESS = "excess"  # of anything else that is limited
    FORBIDDEN = "forbidden"
    CRASHED = "crashed"
    KILLED = "killed"  # by somebody outside, or by a system without memory: it is asked again
    REFUSED = "refused"  # it answered with what may not pass: too large, or not in the form of an answer
    MISFIT = "misfit"  # it answered, but not in the documented form

    @property
    def sentence(self) -> str:
        """What an instructor reads of it."""
        return {
            Trouble.MISSING: "is not defined",
            Trouble.UNFINISHED: "is still a stub",
            Trouble.ABSENT: "needs an earlier notebook",
            Trouble.RAISED: "raises an error",
            Trouble.TIMEOUT: "takes too long",
            Trouble.MEMORY: "needs too much memory",
            Trouble.EXCESS: "uses more than it may",
            Trouble.FORBIDDEN: "does what the sandbox forbids",
            Trouble.CRASHED: "ends the process",
            Trouble.KILLED: "is ended from outside",
            Trouble.REFUSED: "returns what may not pass",
            Trouble.MISFIT: "returns another form than documented",
        }[self]


CERTAIN = frozenset({Trouble.MISSING, Trouble.UNFINISHED, Trouble.ABSENT})  # these need no second opinion


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

    def take_remarks(self) -> tuple[str, ...]:
        """Return what was noticed since the last time that is no mistake and still worth knowing."""


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
        self._remarks: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the function of that name, to be called by position."""

        def call(*args: Any) -> Any:
            own = [private_copy(arg) for arg in args]
            answer = plain(self._run(name, own))
            for number, (arg, copy) in enumerate(zip(args, own, strict=True)):
                if isinstance(arg, dict):
                    arg.update(plain_dict(copy))
                elif is_changed(arg, copy):
                    self._remarks.append(changed(name, number))
            return answer

        return call

    def take_remarks(self) -> tuple[str, ...]:
        """Return what was noticed since the last time."""
        remarks, self._remarks = tuple(dict.fromkeys(self._remarks)), []
        return remarks

    def _run(self, name: str, args: list[Any]) -> Any:
        function = named(self._names, name)
        if not callable(function):
            raise missing(name, [known for known, value in self._names.items() if callable(value)])
        try:
            return function(*args)
        except NotImplementedError as error:
            raise unfinished(name, innermost(extract_tb(error.__traceback__)[1:])) from error
        except Exception as error:  # the one line that runs student code here: whatever it raises is a verdict
            message = raised(name, type(error).__name__, str(error), _place(function, error))
            raise SubjectError(name, Trouble.RAISED, message) from error


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


class Formed:
    """A subject whose functions return as many things as they are documented to.

    Parameters
    ----------
    subject : Subject
        Answers for everything.
    returns : mapping
        By the name of a function that returns several things, their names.
    """

    def __init__(self, subject: Subject, returns: Mapping[str, tuple[str, ...]]) -> None:
        self._subject = subject
        self._returns = returns

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the function of that name; what it returns is counted."""
        function: Callable[..., Any] = getattr(self._subject, name)
        names = self._returns.get(name)
        if names is None:
            return function

        def call(*args: Any) -> Any:
            answer = function(*args)
            if not isinstance(answer, tuple) or len(answer) != len(names):
                raise SubjectError(name, Trouble.MISFIT, wrong_return(name, names, answer))
            return answer

        return call


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


def _place(function: Callable[..., Any], error: Exception) -> str:
    """Tell the line of the student's file, or cell, in which an exception was raised."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [frame for frame in extract_tb(error.__traceback__) if frame.filename == file]
    if not lines:
        return ""
    text = f": {lines[-1].line}" if lines[-1].line else ""  # the text of what was typed may be gone
    return f" in line {lines[-1].lineno}{text}"


def missing(name: str, names: Iterable[str] = (), notes: Sequence[str] = ()) -> SubjectError:
    """Say that there is no such function, and what was wrong with the code that may have defined it."""
    remedy = "Keep the name of the function as it was given, and run its cell."
    alike = get_close_matches(name, names, n=1, cutoff=ALIKE)
    if alike:
        remedy = f"There is `{alike[0]}`: give it the name that is asked for."
    if notes:
        remedy = f"A cell could not be loaded ({notes[0]}). Fix it first."
    return SubjectError(name, Trouble.MISSING, f"`{name}` is not defined. {remedy}")


def unfinished(name: str, inner: str = "") -> SubjectError:
    """Say that a stub is still a stub: the function itself, or an inner one that it calls."""
    state = "is not finished: it raises NotImplementedError."
    if inner.isidentifier():
        return SubjectError(name, Trouble.UNFINISHED, f"`{name}` calls `{inner}`, which {state}")
    return SubjectError(name, Trouble.UNFINISHED, f"`{name}` {state}")


def innermost(frames: Sequence[FrameSummary]) -> str:
    """Return the name of the function in which an exception was raised, if it is not the one that was called."""
    return frames[-1].name if len(frames) > 1 else ""


def changed(name: str, number: int) -> str:
    """Say that a function changed one of its arguments: no mistake in the numbers, but a trap for its caller."""
    which = ("first", "second", "third")[number] if number < 3 else f"{number + 1}th"
    return f"`{name}` changes its {which} argument in place: its caller may still need it. Work on a copy."


def raised(name: str, error: str, text: str, place: str = "") -> str:
    """Say what a function raised, and where."""
    first = text.partition("\n")[0].rstrip(".")
    detail = f": {first}" if first else ""
    hint = f" {FLOAT_AS_SIZE}" if "'float' object cannot be interpreted as an integer" in text else ""
    return f"`{name}` raises {error}{detail}{place}.{hint}"
