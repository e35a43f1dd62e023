"""Selection: of a student's statements, keep what defines and leave out what experiments.

Functions, classes and imports define, wherever they stand. So does every statement that binds or changes a name
which is asked for, or which is read by what is executed or may be called. Plots, prints and training loops do not,
nor does what a function reads that nothing asked for ever calls.

This file is also bound into the sandbox: it imports the standard library only.
"""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator
from functools import cached_property

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
Statement = tuple[str, ast.stmt]
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")
# Whoever reads one of these may find any function by its name at run time.
LOOKING_UP = frozenset({"globals", "locals", "vars", "eval", "exec", "__import__", "__main__", "sys"})
KNOWN = frozenset(vars(builtins)) - LOOKING_UP


def defining(statements: list[Statement], asked: Collection[str]) -> list[Statement]:
    """Return the statements to execute, in their order.

    What a function reads is followed only if the function is asked for, or is read by something that is kept.

    Parameters
    ----------
    statements : list of (label, statement)
    asked : collection of str
        The functions that will be called.

    Returns
    -------
    list of (label, statement)
    """
    statements = list(_without_main_guards(statements))
    roles = [_Role(statement) for _, statement in statements]
    imported = set[str]().union(
        *(_imported(tree) for (_, tree), role in zip(statements, roles, strict=True) if role.defines)
    )
    kept, reached, read = set[int](), set[int](), set(asked)  # by what is executed, and by what may be called
    while True:
        wanted = read - imported | set(asked)
        new = {i for i, role in enumerate(roles) if i not in kept and (role.defines or role.binds & wanted)}
        kept |= new
        called = {i for i in kept - reached if roles[i].is_reached(read)}
        reached |= called
        if not new and not called:
            return _without_stubs([pair for i, pair in enumerate(statements) if i in kept])
        read = read.union(*(roles[i].reads[0] for i in new), *(roles[i].reads[1] for i in called))


class _Role:
    """What a statement has to do with the others. What it reads is looked for only once it is kept.

    Parameters
    ----------
    statement : stmt
    """

    def __init__(self, statement: ast.stmt) -> None:
        self._statement = statement
        self.defines = _has_definition(statement)

    @cached_property
    def binds(self) -> set[str]:
        """The names that it binds, or changes inside."""
        if isinstance(self._statement, NAMED):
            return {self._statement.name}
        return set() if self.defines else _touches(self._statement)

    @cached_property
    def reads(self) -> tuple[set[str], set[str]]:
        """The global names that are read when it is executed, and when its functions are called."""
        return _reads(self._statement)

    def is_reached(self, read: set[str]) -> bool:
        """Tell whether its functions may be called by what reads these names."""
        return not _is_plain(self._statement) or not (read.isdisjoint(self.binds) and read.isdisjoint(LOOKING_UP))


def _without_main_guards(statements: list[Statement]) -> Iterator[Statement]:
    """Put what stands under ``if __name__ == "__main__"`` in its place: in a notebook that holds."""
    for label, statement in statements:
        if isinstance(statement, ast.If) and _is_main_guard(statement):
            yield from ((label, inner) for inner in statement.body)
        else:
            yield label, statement


def _has_definition(statement: ast.stmt) -> bool:
    waiting = [statement]  # not by recursion: statements may be nested more deeply than Python's stack
    while waiting:
        one = waiting.pop()
        if isinstance(one, DEFINITIONS):
            return True
        waiting += _inner(one)
    return False


def _is_main_guard(statement: ast.If) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test))


def _inner(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements of a compound statement: of a condition, a loop, a `with` or a `try`."""
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(statement, field, ())
    for handler in getattr(statement, "handlers", ()):
        yield from handler.body


def _touches(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, deletes, or changes by an index, an attribute or a method."""
    names = set()
    for node in _walk(statement):
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            names.add(_base(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            names.add(_base(node.value.func) if isinstance(node.value.func, ast.Attribute) else "")
    return names - {""}


def bound_names(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds as names, not those that it changes inside."""
    return {node.id for node in _walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a statement without entering what has a scope of its own."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [child for child in ast.iter_child_nodes(one) if not isinstance(child, SCOPES)]


def _base(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _reads(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the global names that are read when a statement is executed, and those inside its functions."""
    try:
        top = symtable.symtable(ast.unparse(statement), "cell", "exec")
    except UNPARSABLE:
        return set(), set()  # it parses and is no Python all the same: to compile it says why
    now, later = set[str](), set[str]()
    tables = [(top, now)]
    while tables:
        table, names = tables.pop()
        tables += [(inner, names if _is_run_at_once(inner) else later) for inner in table.get_children()]
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or table is top)}
    return now - KNOWN, later - KNOWN


def _is_run_at_once(table: symtable.SymbolTable) -> bool:
    """Tell whether a scope is executed with what it stands in: the body of a class, or a comprehension."""
    return not isinstance(table, symtable.Function) or table.get_name() in COMPREHENSIONS


def _is_plain(statement: ast.stmt) -> bool:
    """Tell a function or class that nobody gets to know but by its name: no decorator, no class it is built on."""
    if isinstance(statement, ast.ClassDef) and (statement.bases or statement.keywords):
        return False
    return isinstance(statement, NAMED) and not statement.decorator_list


def _imported(statement: ast.stmt) -> set[str]:
    """Return the names that are imported: to call `np.random.seed` is no reason to keep a statement."""
    imports = (node for node in ast.walk(statement) if isinstance(node, ast.Import | ast.ImportFrom))
    return {(alias.asname or alias.name).partition(".")[0] for node in imports for alias in node.names}


def _without_stubs(statements: list[Statement]) -> list[Statement]:
    """Leave out an unfinished stub where the same function is finished elsewhere."""
    functions = [s for _, s in statements if isinstance(s, ast.FunctionDef)]
    finished = {function.name for function in functions if not _is_stub(function)}
    stubs = [function for function in functions if _is_stub(function) and function.name in finished]
    return [(label, statement) for label, statement in statements if statement not in stubs]


def name_unfinished(statement: ast.stmt, words: str) -> None:
    """Let a stub, or a class with one, say something where it would raise an empty NotImplementedError.

    Parameters
    ----------
    statement : stmt
        It is changed.
    words : str
        With ``{}`` where the name of the function or class belongs.
    """
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Raise) and node.exc is not None and _is_not_implemented(node.exc):
            place = node.exc
            error = ast.copy_location(ast.Name("NotImplementedError", ast.Load()), place)
            text = ast.copy_location(ast.Constant(words.format(statement.name)), place)
            node.exc = ast.copy_location(ast.Call(error, [text], []), place)


def _is_stub(function: ast.FunctionDef) -> bool:
    """Tell a stub: after its docstring it does nothing but raise NotImplementedError."""
    *before, last = function.body
    return (
        all(isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) for statement in before)
        and isinstance(last, ast.Raise)
        and _is_not_implemented(last.exc)
    )


def _is_not_implemented(error: ast.expr | None) -> bool:
    """Tell the exception of a stub, called or not."""
    if isinstance(error, ast.Call) and not error.args and not error.keywords:
        error = error.func
    return isinstance(error, ast.Name) and error.id == "NotImplementedError"
