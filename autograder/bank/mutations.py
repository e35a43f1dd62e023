"""Mutations: every way to change one thing in a piece of Python."""

import ast
import copy
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

Definition = ast.FunctionDef | ast.ClassDef

GUARDS = ("check_", "as_floats", "read_")  # they refuse wrong input, which no check hands in
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
SWAPPED = (  # names and attributes that are taken for each other
    ("H", "W"),
    ("HH", "WW"),
    ("N", "C"),
    ("stride", "pad"),
    ("rows", "columns"),
    ("i", "j"),
    ("maximum", "minimum"),
    ("max", "min"),
    ("mean", "sum"),
    ("var", "std"),
    ("argmax", "argmin"),
    ("gamma", "beta"),
)
OTHER = {left: right for pair in SWAPPED for left, right in (pair, pair[::-1])}
LAYER = re.compile(r"_(forward|backward)(_|$)")
DROPPED_CALLS = frozenset({"sqrt", "exp", "expm1", "log", "abs", "tanh", "flip"})


def changes(definition: Definition) -> Iterator[tuple[str, Definition]]:
    """Change one thing at a time, outside docstrings and checks of arguments.

    Parameters
    ----------
    definition : FunctionDef or ClassDef

    Yields
    ------
    str
        ``statement: before -> after``.
    FunctionDef or ClassDef
        The definition with this change.
    """
    names = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    seen = set()
    for statement, node in _changeable(definition, forward="_forward" in definition.name):
        for variant in _variants(node, names):
            before, after = ast.unparse(node), ast.unparse(variant)
            change = f"{ast.unparse(statement).partition(chr(10))[0]}: {before} -> {after}"
            if change not in seen and before != after:
                seen.add(change)
                yield change, _replaced(definition, node, variant)


def _changeable(statement: ast.stmt, *, forward: bool) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """Return each node with the statement it stands in."""
    if _guards(statement):
        return
    inner = [part for name in ("body", "orelse", "finalbody") for part in getattr(statement, name, [])]
    left_alone = [
        *inner,
        *(_caches(statement) if forward else ()),
        *(node for node in ast.walk(statement) if _is_guard(node)),
    ]
    below = {id(node) for part in left_alone for node in ast.walk(part)}
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield from ((statement, node) for node in ast.walk(statement) if id(node) not in below)
    for part in inner:
        yield from _changeable(part, forward=forward)


def _guards(statement: ast.stmt) -> bool:
    """Tell whether a statement only documents, or refuses what no check hands in."""
    if isinstance(statement, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(statement, ast.If | ast.For) and all(map(_guards, statement.body)):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return _is_guard(getattr(statement, "value", None))


def _is_guard(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "").lstrip("_").startswith(GUARDS)


def _caches(statement: ast.stmt) -> list[ast.expr]:
    """Return what a forward pass keeps for its backward pass: that is its own affair, and no check asks for it."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return value.elts[1:] if isinstance(value, ast.Tuple) and len(value.elts) == 2 else []


def _replaced(definition: Definition, node: ast.AST, variant: ast.AST) -> Definition:
    memo = {id(node): variant}  # a deep copy in which the node is taken for one that was copied already
    copied: Definition = copy.deepcopy(definition, memo)
    return copied


def _variants(node: ast.AST, names: Collection[str]) -> Iterator[ast.AST]:
    """Return what might stand in a node's place."""
    if isinstance(node, ast.Name) and OTHER.get(node.id) in names:
        yield ast.Name(OTHER[node.id], node.ctx)
    elif isinstance(node, ast.Call) and len(node.args) == 1 and getattr(node.func, "attr", "") in DROPPED_CALLS:
        yield node.args[0]
    elif isinstance(node, ast.Call) and LAYER.search(getattr(node.func, "id", "")):
        yield node.args[0]  # as if there were no such layer
    for kind, others in OTHERS.items():
        if isinstance(node, kind):
            yield from others(node)


def _other_operations(node: ast.BinOp) -> Iterator[ast.AST]:
    yield node.left
    yield node.right
    if type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)


def _other_signs(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not):
        yield node.operand


def _other_comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    if type(node.ops[0]) in COMPARISONS:
        yield ast.Compare(node.left, [COMPARISONS[type(node.ops[0])](), *node.ops[1:]], node.comparators)


def _other_sums(node: ast.AugAssign) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Add | ast.Sub):
        yield ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(other) for other in (value + 1, value - 1))
    elif isinstance(value, float):
        yield ast.Constant(2 * value + (value == 0))


def _other_attributes(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    elif node.attr in OTHER:
        yield ast.Attribute(node.value, OTHER[node.attr], node.ctx)


def _other_tuples(node: ast.Tuple) -> Iterator[ast.AST]:
    if len(node.elts) < 2 or not isinstance(node.ctx, ast.Load):
        return
    if all(isinstance(part, ast.Constant) for part in node.elts):  # axes, in no order
        yield from (ast.Tuple([*node.elts[:i], *node.elts[i + 1 :]], node.ctx) for i in range(len(node.elts)))
    else:
        yield ast.Tuple([node.elts[1], node.elts[0], *node.elts[2:]], node.ctx)


OTHERS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.BinOp: _other_operations,
    ast.UnaryOp: _other_signs,
    ast.Compare: _other_comparisons,
    ast.Constant: _other_constants,
    ast.Attribute: _other_attributes,
    ast.AugAssign: _other_sums,
    ast.Tuple: _other_tuples,
}
