"""What a misconception is: a plausible wrong solution that runs, with one sentence of help."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Solution = Callable[..., Any]
PACKAGE = __name__.rpartition(".")[0]
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Misconception:
    """A wrong solution of one exercise.

    Parameters
    ----------
    name : str
    exercise : str
        The function or class it stands in for.
    help : str
        One sentence that names the idea, not the fix.
    solution : callable
        A function or a class.
    """

    name: str
    exercise: str
    help: str
    solution: Solution

    @property
    def source(self) -> str:
        """Its code, under the name of the exercise, after the helpers it uses: what a student would have written."""
        solution = _definition(self.solution)
        solution.name = self.exercise
        solution.decorator_list = []
        return "\n\n\n".join(ast.unparse(tree) for tree in (*_helpers(self.solution), solution))


def _definition(solution: Solution) -> Definition:
    tree = ast.parse(textwrap.dedent(inspect.getsource(solution))).body[0]
    if not isinstance(tree, Definition):
        raise TypeError(f"`{solution.__name__}` must be a function or a class (got {type(tree).__name__}).")
    return tree


def _helpers(solution: Solution) -> list[Definition]:
    """Return the functions and classes of the misconceptions that a solution uses, what is used first."""
    scope = vars(inspect.getmodule(solution))
    used = (node.id for node in ast.walk(_definition(solution)) if isinstance(node, ast.Name))
    found: dict[str, Definition] = {}
    for name in dict.fromkeys(used):
        helper = scope.get(name)
        if (
            callable(helper)
            and _is_code(helper)
            and helper.__module__.startswith(PACKAGE)
            and helper.__module__ != __name__
        ):
            found |= {inner.name: inner for inner in (*_helpers(helper), _definition(helper))}
    return list(found.values())


def _is_wrong_code(module: str) -> bool:
    """Tell whether a module is one of the misconceptions, and not this one."""
    return module.startswith(PACKAGE) and module != __name__


def _is_code(value: Any) -> bool:
    return inspect.isfunction(value) or inspect.isclass(value)


def misconception(exercise: str, help: str) -> Callable[[Solution], Misconception]:  # noqa: A002
    """Turn a wrong solution into a `Misconception`; its name is the solution's."""
    return lambda solution: Misconception(solution.__name__, exercise, help, solution)
