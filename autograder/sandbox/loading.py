"""Loading: execute what defines of a student's cells.

A cell that is no Python, or a statement that fails, leaves the others alone. Magics and shell commands are left
out. An import that fails becomes a placeholder, which speaks up when it is used; and so does what a statement
would have made of it.

This file is also bound into the sandbox: it imports the standard library and `selection`.
"""

import ast
import math
import re
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.sandbox.selection import UNPARSABLE, Statement, bound_names, defining, name_unfinished

MAGIC = re.compile(r"(\s*)(?:[\w\s,.]+=\s*)?[%!?]|(\s*)[\w.]+\s*\?")  # IPython's lines: magics, shell commands, help
LEAST_SECONDS = 0.02  # enough for a definition, however little is left
LONGEST_MAGIC = 1000  # characters before its sign: the pattern takes the square of them
MOST_MAGICS = 100  # of one cell; each costs a look at the cell


class OwnNotebookError(ImportError):
    """An own notebook cannot give what is imported from it; the message names the notebook and the remedy."""


class Unavailable:
    """Stands for a name whose import failed, and says so when it is used.

    Parameters
    ----------
    module : str
        What was to be imported.
    error : BaseException
        What its import raised.
    """

    def __init__(self, module: str, error: BaseException) -> None:
        self._error = ImportError(f"{module} is not available while grading")
        if isinstance(error, OwnNotebookError):
            self._error = OwnNotebookError(*error.args)

    def __getattr__(self, name: str) -> Any:
        raise self._error

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Say so, too, as every other use does."""
        raise self._error

    __getitem__ = __setitem__ = __iter__ = __array__ = __call__
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __call__
    __truediv__ = __rtruediv__ = __matmul__ = __rmatmul__ = __pow__ = __neg__ = __call__
    __lt__ = __le__ = __gt__ = __ge__ = __call__

    def raised(self, error: BaseException) -> bool:
        """Tell whether an exception is what this one says of itself."""
        return error is self._error


def load(
    cells: list[tuple[str, str]],
    namespace: dict[str, Any],
    asked: Collection[str],
    seconds: float,
    unfinished: str = "",
) -> list[str]:
    """Execute the defining statements of cells in a namespace.

    Parameters
    ----------
    cells : list of (label, source)
    namespace : dict
        Filled with what the cells define.
    asked : collection of str
        The functions that will be called.
    seconds : float
        For all of it. A statement may take a quarter of what is left; then it is given up, and the next goes on.
    unfinished : str
        What a stub says when it is called, with ``{}`` for its name; else what it said anyway.

    Returns
    -------
    list of str
        A sentence for each statement that could not be executed. One that only misses what could not be imported
        has none: what it would have bound says so when it is used.
    """
    notes: list[str] = []
    deadline = time.monotonic() + seconds
    statements = list(_parse(cells, notes))
    for label, statement in defining(statements, asked):
        if unfinished:
            name_unfinished(statement, unfinished)
        try:
            code = compile(ast.Module([statement], []), label, "exec")
            with _at_most((deadline - time.monotonic()) / 4):
                exec(code, namespace)  # noqa: S102  this is what a sandbox is for
        except BaseException as error:  # student code may raise anything, SystemExit too
            if isinstance(statement, ast.Import | ast.ImportFrom):
                namespace.update(_placeholders(statement, error))
            elif source := _placeholder_that_raised(error, namespace):
                for name in bound_names(statement):
                    namespace.setdefault(name, source)
            else:
                notes.append(f"{label}, line {statement.lineno}: {type(error).__name__}: {text_of(error)}")
    return notes


def time_left() -> float:
    """Return the seconds that the statement which is executed has left; without end if there is none."""
    left = signal.getitimer(signal.ITIMER_REAL)[0] if hasattr(signal, "setitimer") else 0.0
    return left or math.inf


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer. What cannot be interrupted is ended from outside; Windows has no such clock.

    A statement that imports a notebook holds others, whose clocks run within its own.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def too_long(*_: Any) -> None:
        raise TimeoutError("it takes too long to be executed while grading")

    start = time.monotonic()
    signal.signal(signal.SIGALRM, too_long)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, max(seconds, LEAST_SECONDS))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(start + outer - time.monotonic(), LEAST_SECONDS))


def _parse(cells: list[tuple[str, str]], notes: list[str]) -> Iterator[Statement]:
    for label, source in cells:
        try:
            tree = _tree(source)
        except UNPARSABLE as error:
            notes.append(_not_python(label, error))
            continue
        for statement in tree.body:
            yield label, statement


def _tree(source: str) -> ast.Module:
    """Parse a cell; a line that is not Python but IPython's passes for `pass`."""
    for _ in range(MOST_MAGICS):
        try:
            return ast.parse(source)
        except SyntaxError as error:
            source = _without_magic(source, error)
    return ast.parse(source)


def _without_magic(source: str, error: SyntaxError) -> str:
    lines = source.split("\n")
    first = (error.lineno or 1) - 1
    magic = MAGIC.match(lines[first][:LONGEST_MAGIC]) if first < len(lines) else None
    if magic is None:
        raise error
    last = first
    while lines[last].endswith("\\") and last + 1 < len(lines):
        last += 1
    indent = magic[1] or magic[2] or ""
    lines[first : last + 1] = [f"{indent}pass"] + [""] * (last - first)
    return "\n".join(lines)


def _not_python(label: str, error: Exception) -> str:
    if isinstance(error, SyntaxError):
        line = f", line {error.lineno}" if error.lineno else ""
        return f"{label}{line}: {type(error).__name__}: {error.msg}"
    return f"{label}: {type(error).__name__}: {text_of(error)}"


def _placeholders(statement: ast.Import | ast.ImportFrom, error: BaseException) -> dict[str, Any]:
    if isinstance(statement, ast.Import):
        names = {alias.asname or alias.name.partition(".")[0]: alias.name for alias in statement.names}
    else:
        module = statement.module or "."
        named = (alias for alias in statement.names if alias.name != "*")
        names = {alias.asname or alias.name: f"{alias.name} of {module}" for alias in named}
    return {name: Unavailable(what, error) for name, what in names.items()}


def _placeholder_that_raised(error: BaseException, namespace: dict[str, Any]) -> Unavailable | None:
    """Return the placeholder whose use ended a statement."""
    known = (value for value in namespace.values() if type(value) is Unavailable)
    return next((value for value in known if value.raised(error)), None)


def text_of(error: BaseException) -> str:
    """Return an exception's message as text that can be sent, whatever its class does when it is asked."""
    try:
        return str(error).encode("utf-8", "backslashreplace").decode("utf-8")
    except BaseException:  # an exception of theirs may raise when it is printed
        return "(its message cannot be read)"
