"""Loading: of a student's cells, execute what defines and leave out what experiments.

Functions, classes and imports define. So does an assignment of a constant, a lambda or a name, and any
other assignment that a kept function reads. Plots, prints, training loops, magics, shell commands and calls
of the grader do not.

This file is also bound into the sandbox: it imports the standard library only.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from typing import Any

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
VALUES = (
    ast.Constant,
    ast.Lambda,
    ast.Name,
    ast.Attribute,
    ast.UnaryOp,
    ast.BinOp,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
)
Statement = tuple[str, ast.stmt]
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
MAGIC = re.compile(r"(\s*)(?:[\w\s,.]+=\s*)?[%!?]|(\s*)[\w.]+\s*\?")  # IPython's lines: magics, shell commands, help
MOST_MAGICS = 100  # of one cell; each costs a look at the cell


class Unavailable:
    """Stands for a name whose import failed, and says so when it is used.

    Parameters
    ----------
    module : str
        What was to be imported.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        raise ImportError(f"{self._module} is not available while grading")

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Say so, too."""
        return self.__getattr__("__call__")


def load(cells: list[tuple[str, str]], namespace: dict[str, Any]) -> list[str]:
    """Execute the defining statements of cells in a namespace.

    Parameters
    ----------
    cells : list of (label, source)
    namespace : dict
        Filled with what the cells define.

    Returns
    -------
    list of str
        A sentence for each statement that could not be executed.
    """
    notes: list[str] = []
    statements = list(_parse(cells, notes))
    for label, statement in _without_stubs(_defining(statements)):
        try:
            code = compile(ast.Module([statement], []), label, "exec")
            exec(code, namespace)  # noqa: S102  this is what a sandbox is for
        except BaseException as error:  # student code may raise anything, SystemExit too
            if isinstance(statement, ast.Import | ast.ImportFrom):
                namespace.update(_placeholders(statement))  # they speak up when they are used
            else:
                notes.append(f"{label}, line {statement.lineno}: {type(error).__name__}: {text_of(error)}")
    return notes


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
    magic = MAGIC.match(lines[first]) if first < len(lines) else None
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
        return f"{label}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    return f"{label}: {type(error).__name__}: {text_of(error)}"


def _defining(statements: list[Statement]) -> list[Statement]:
    """Keep what defines; then, as often as it adds something, the assignments that the kept code reads."""
    kept = [_defines(statement) for _, statement in statements]
    while True:
        read = set().union(
            *(_reads(statement) for (_, statement), keep in zip(statements, kept, strict=True) if keep)
        )
        wanted = [keep or bool(_targets(s) & read) for (_, s), keep in zip(statements, kept, strict=True)]
        if wanted == kept:
            return [pair for pair, keep in zip(statements, kept, strict=True) if keep]
        kept = wanted


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, DEFINITIONS):
        return True
    if isinstance(statement, ast.Try):
        parts = statement.body + statement.orelse + statement.finalbody
        handlers = [inner for handler in statement.handlers for inner in handler.body]
        return all(_defines(inner) or isinstance(inner, ast.Pass) for inner in parts + handlers)
    if isinstance(statement, ast.If):
        return all(_defines(inner) for inner in statement.body + statement.orelse)
    return bool(_targets(statement)) and _is_value(statement.value)  # type: ignore[attr-defined]


def _targets(statement: ast.stmt) -> set[str]:
    """Return the names that a plain assignment binds."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets: list[ast.expr] = [statement.target]
    elif isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        return set()
    names = [name for target in targets for name in _flat(target)]
    return {name.id for name in names if isinstance(name, ast.Name)} if _all_names(names) else set()


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _flat(element)]
    return [target]


def _all_names(targets: list[ast.expr]) -> bool:
    return all(isinstance(target, ast.Name) for target in targets)


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Lambda):
        return True
    inner = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return isinstance(node, VALUES) and all(_is_value(child) for child in inner)


def _reads(statement: ast.stmt) -> set[str]:
    """Return the global names that a statement reads, those inside its functions included."""
    try:
        top = symtable.symtable(ast.unparse(statement), "cell", "exec")
    except UNPARSABLE:
        return set()  # it parses and is no Python all the same: to compile it says why
    names: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or table is top)}
    return names - set(vars(builtins))


def _without_stubs(statements: list[Statement]) -> list[Statement]:
    """Leave out an unfinished stub where the same function is finished elsewhere."""
    finished = {s.name for _, s in statements if isinstance(s, ast.FunctionDef) and not _is_stub(s)}
    return [
        (label, s)
        for label, s in statements
        if not (isinstance(s, ast.FunctionDef) and _is_stub(s) and s.name in finished)
    ]


def _is_stub(function: ast.FunctionDef) -> bool:
    raises = (node for node in ast.walk(function) if isinstance(node, ast.Raise) and node.exc)
    return any("NotImplementedError" in ast.dump(node) for node in raises)


def _placeholders(statement: ast.Import | ast.ImportFrom) -> dict[str, Any]:
    if isinstance(statement, ast.Import):
        return {alias.asname or alias.name.partition(".")[0]: Unavailable(alias.name) for alias in statement.names}
    module = statement.module or "."
    return {
        alias.asname or alias.name: Unavailable(f"{alias.name} of {module}")
        for alias in statement.names
        if alias.name != "*"
    }


def text_of(error: BaseException) -> str:
    """Return an exception's message as text that can be sent, whatever its class does when it is asked."""
    try:
        return str(error).encode("utf-8", "backslashreplace").decode("utf-8")
    except BaseException:  # an exception of theirs may raise when it is printed
        return "(its message cannot be read)"
