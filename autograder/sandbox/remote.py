"""The subject at the other end of the pipe: each call of a question is sent to a worker."""

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from autograder.core.subject import SubjectError, Trouble, changed, missing, raised, unfinished
from autograder.sandbox import wire
from autograder.sandbox.allowance import Allowance, excess
from autograder.sandbox.channel import Channel, WorkerLostError
from autograder.sandbox.limits import Limits
from autograder.sandbox.loading import OwnNotebookError
from autograder.sandbox.own_notebooks import OwnNotebooks
from autograder.sandbox.protection import Tier
from autograder.sandbox.wire import clean

SLOW = (Trouble.TIMEOUT, Trouble.EXCESS)  # whatever else ends a worker does so at once, and may be asked again
OWN = OwnNotebookError.__name__
NONE = OwnNotebooks()
LOADING = ""  # stands for a function's name while the definitions are executed


class SandboxSubject:
    """A submission's functions, in a worker that is started when it is needed.

    Parameters
    ----------
    cells : sequence of (label, source)
        The code of the submission.
    modules : mapping
        Other files of the submission, source by path, which its cells may import.
    tier : Tier
    limits : Limits
    asked : iterable of str
        The functions that will be called.
    allowance : Allowance or None
        The time that the submission has left; None for all of it.
    notebooks : OwnNotebooks
        Other notebooks of the same author, which its cells may import.

    Attributes
    ----------
    notes : list of str
        What could not be loaded, a sentence each.
    """

    def __init__(
        self,
        cells: list[tuple[str, str]],
        modules: Mapping[str, str],
        tier: Tier,
        limits: Limits,
        asked: Iterable[str] = (),
        allowance: Allowance | None = None,
        notebooks: OwnNotebooks = NONE,
    ) -> None:
        self._cells = cells
        self._modules = dict(modules)
        self._notebooks = notebooks
        self._tier = tier
        self._limits = limits
        self._allowance = allowance or Allowance(limits)
        self._asked = sorted(asked)
        self._worker: Channel | None = None
        self._deadly: dict[str, list[SubjectError]] = {}  # by function; by "" those of loading
        self._names: set[str] = set()
        self._remarks: list[str] = []
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        """Return itself; the worker is ended when the block is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the worker."""
        self._end()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the function of that name, to be called by position."""
        return lambda *args: self._call(name, args)

    def take_remarks(self) -> tuple[str, ...]:
        """Return what was noticed since the last time."""
        remarks, self._remarks = tuple(dict.fromkeys(self._remarks)), []
        return remarks

    def fresh(self) -> Self:
        """End the worker, so that the next call finds a new one in which nothing was asked yet."""
        self._end()
        return self

    def names(self) -> set[str]:
        """Return the names of all functions that the submission defines."""
        self._ready()
        return self._names

    def _call(self, name: str, args: tuple[Any, ...]) -> Any:
        self._refuse_if_deadly(name)
        worker, span = self._ready(), self._allowance.of_call(name)
        if span.seconds <= 0:
            raise SubjectError(name, Trouble.TIMEOUT, f"`{name}` {span.sentence}")
        try:
            with self._allowance.spent_by(name, worker.waiting.seconds):
                reply = worker.request(lambda number: wire.Call(number, name, [_sent(arg) for arg in args]), span)
        except WorkerLostError as lost:
            raise self._lost(name, lost, f"`{name}`") from lost
        if isinstance(reply, wire.Raised):
            raise self._trouble(name, reply)
        if not isinstance(reply, wire.Returned):
            self._end()
            raise SubjectError(name, Trouble.REFUSED, f"`{name}` answers out of turn.")
        things = _count(reply)
        if things > self._limits.answer_arrays:
            text = f"`{name}` returns {things} things, more than the {self._limits.answer_arrays} that may pass."
            raise SubjectError(name, Trouble.REFUSED, text)
        self._remarks += [changed(name, position) for position in reply.changed if 0 <= position < len(args)]
        return _received(reply, args)

    def _ready(self) -> Channel:
        if self._worker is None:
            self._refuse_if_deadly(LOADING)
            self._worker = Channel(self._tier, self._limits)
            try:
                with self._allowance.spent_by(LOADING, self._worker.waiting.seconds):
                    reply = self._worker.request(self._load, self._allowance.of_loading())
            except WorkerLostError as lost:
                raise self._lost(LOADING, lost, self._loading()) from lost
            if isinstance(reply, wire.Loaded):
                self._names = {clean(name) for name in reply.names}
                self.notes = [clean(note) for note in reply.notes]
        return self._worker

    def _load(self, number: int) -> wire.Load:
        seconds, largest = 0.8 * self._limits.load_seconds, self._limits.answer_size
        cells, absent = dict(self._notebooks.cells), dict(self._notebooks.absent)
        return wire.Load(number, self._cells, self._modules, self._asked, seconds, largest, cells, absent)

    def _loading(self) -> str:
        """Return the beginning of a sentence on what ended a worker while it executed definitions."""
        others = ", ".join(sorted(self._notebooks.cells))
        which = f"The notebook, or one that it imports ({others})," if others else "The notebook"
        return f"{which} cannot be loaded: executing {'the' if others else 'its'} definitions"

    def _refuse_if_deadly(self, name: str) -> None:
        deadly = self._deadly.get(name, [])
        if len(deadly) > 1:  # it took two workers their time, so it is not asked again
            raise deadly[-1]

    def _lost(self, name: str, lost: WorkerLostError, who: str) -> SubjectError:
        self._end()
        error = SubjectError(name, lost.trouble, f"{who} {lost.reason}")
        if lost.trouble in SLOW or (name == LOADING and lost.trouble is not Trouble.KILLED):
            self._deadly.setdefault(name, []).append(error)
        return error

    def _trouble(self, name: str, reply: wire.Raised) -> SubjectError:
        if not reply.error and name in self._names:
            return SubjectError(name, Trouble.REFUSED, f"`{name}` is defined no more: another function removed it.")
        if not reply.error:
            return missing(name, self._names, self.notes)
        if reply.error == "NotImplementedError":
            return unfinished(name, clean(reply.inner))
        if reply.error == OWN:
            return SubjectError(name, Trouble.ABSENT, f"`{name}` needs your earlier notebook. {clean(reply.text)}")
        place = clean(reply.place)
        error, text = clean(reply.error), clean(reply.text, self._limits.output)
        limit = excess(error, text, self._limits)
        if limit is not None:
            return SubjectError(name, limit.trouble, f"`{name}` {limit.clause}{place}. {limit.remedy}".strip())
        return SubjectError(name, Trouble.RAISED, raised(name, error, text, place))

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


def _sent(arg: Any) -> Any:
    """Mark a list, of plain numbers, as one: on the wire it looks like a tuple."""
    return wire.Listed(arg) if isinstance(arg, list) else arg


def _received(reply: wire.Returned, args: tuple[Any, ...]) -> Any:
    """Unpack an answer, and update the caller's dictionaries as the call did."""
    for position, values in reply.updated.items():
        if 0 <= position < len(args) and isinstance(args[position], dict):
            args[position].update(values)
    return tuple(reply.answer) if isinstance(reply.answer, list) else reply.answer


def _count(reply: wire.Returned) -> int:
    """Count the things in an answer, those in updated dictionaries included."""
    own = len(reply.answer) if isinstance(reply.answer, list) else 1
    return own + sum(len(values) for values in reply.updated.values())
