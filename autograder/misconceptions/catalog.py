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
        """Its code, under the name of the exercise: what a student would have written."""
        tree = ast.parse(textwrap.dedent(inspect.getsource(self.function)))
        function = tree.body[0]
        if not isinstance(function, ast.FunctionDef):
            raise TypeError(f"`{self.name}` must be a function (got {type(function).__name__}).")
        function.name = self.exercise
        function.decorator_list = []
        return ast.unparse(tree)


def misconception(exercise: str, help: str) -> Callable[[Function], Misconception]:  # noqa: A002
    """Turn a wrong solution into a `Misconception`; its name is the function's."""
    return lambda function: Misconception(function.__name__, exercise, help, function)
