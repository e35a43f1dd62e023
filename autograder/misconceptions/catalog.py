"""What a misconception is: a plausible wrong solution that runs, with one sentence of help."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True)
class Misconception:
    """A wrong solution of one exercise.

    Parameters
    ----------
    name : str
    exercise : str
        The function it stands in for.
    help : str
        One sentence that names the idea, not the fix.
    function : callable
    """

    name: str
    exercise: str
    help: str
    function: Function

    @property
    def source(self) -> str:
        """Its code, under the name of the exercise, after the helpers it calls: what a student would have written."""
        function = _definition(self.function)
        function.name = self.exercise
        function.decorator_list = []
        return "\n\n\n".join(ast.unparse(tree) for tree in (*_helpers(self.function), function))


def _definition(function: Function) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"`{function.__name__}` must be a function (got {type(tree).__name__}).")
    return tree


def _helpers(function: Function) -> list[ast.FunctionDef]:
    """Return the functions of its module that a function uses, callees first."""
    scope = vars(inspect.getmodule(function))
    used = (node.id for node in ast.walk(_definition(function)) if isinstance(node, ast.Name))
    found: dict[str, ast.FunctionDef] = {}
    for name in dict.fromkeys(used):
        helper = scope.get(name)
        if inspect.isfunction(helper) and helper.__module__ == function.__module__:
            found |= {inner.name: inner for inner in (*_helpers(helper), _definition(helper))}
    return list(found.values())


def misconception(exercise: str, help: str) -> Callable[[Function], Misconception]:  # noqa: A002
    """Turn a wrong solution into a `Misconception`; its name is the function's."""
    return lambda function: Misconception(function.__name__, exercise, help, function)
