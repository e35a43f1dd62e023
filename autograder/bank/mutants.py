"""Machine-made wrong solutions: the reference with one thing changed. A good check rejects them all.

Misconceptions are what people get wrong; mutants are everything else that is one slip away: a flipped sign, a
dropped term, a wrong axis, an index off by one, height and width swapped. What survives the checks and is not
equivalent to the reference is a case that is missing.
"""

import ast
import inspect
import signal
import textwrap
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.bank.mutations import GUARDS, Definition, changes
from autograder.checks import BANK
from autograder.core.examiner import Examiner
from autograder.core.question import Check
from autograder.core.verdict import Outcome
from autograder.reference import FUNCTIONS, ReferenceAnswers, with_solution

SECRET = b"mutants are asked the cases of this secret"
SECONDS = 5.0  # a mutant that loops for ever is rejected, too
GIVEN = ("save_", "load_")  # what students need not write, no check asks for
FAST = "_fast"  # a layer that stands for the one that is taught, which has checks of its own
EQUIVALENT = Path(__file__).parents[1] / "checks" / "equivalent_mutants.toml"


@dataclass(frozen=True)
class Mutant:
    """The reference solution of an exercise with one thing changed.

    Parameters
    ----------
    exercise : str
    change : str
        The line as it was, and as it is.
    solution : callable
        A function or a class.
    """

    exercise: str
    change: str
    solution: Callable[..., Any]


def mutants(exercise: str) -> Iterator[Mutant]:
    """Make every mutant of the reference solution of an exercise.

    The private functions that it uses are changed, too; another exercise that it uses is not.

    Parameters
    ----------
    exercise : str
    """
    parts = _parts(FUNCTIONS[exercise], exercise)
    for name, (tree, _) in parts.items():
        for change, mutated in changes(tree):
            trees = {other: part for other, (part, _) in parts.items()} | {name: mutated}
            yield Mutant(exercise, change, _built(exercise, trees, [scope for _, scope in parts.values()]))


def survivors(exercise: str, checks: Sequence[Check]) -> tuple[int, list[Mutant]]:
    """Return how many mutants of an exercise there are, and those that all its checks accept.

    Mutants that are listed as equivalent to the reference do not count.

    Parameters
    ----------
    exercise : str
    checks : sequence of Check
    """
    equivalent = set(equivalents().get(exercise, ()))
    made = [mutant for mutant in mutants(exercise) if mutant.change not in equivalent]
    return len(made), [mutant for mutant in made if is_accepted(mutant, checks)]


def is_accepted(mutant: Mutant, checks: Sequence[Check]) -> bool:
    """Tell whether a mutant passes every case of some checks, hidden ones included."""
    examiner = Examiner(with_solution(mutant.exercise, mutant.solution), _answers())
    with _quiet(), _at_most(SECONDS):
        return all(report.outcome is Outcome.PASSED for report in examiner.examine(checks, SECRET))


@cache
def equivalents() -> dict[str, list[str]]:
    """Return the changes, by exercise, after which a solution is still right."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


@cache
def _answers() -> ReferenceAnswers:
    return ReferenceAnswers()


def _parts(solution: Any, exercise: str) -> dict[str, tuple[Definition, dict[str, Any]]]:
    """Return a solution and what it uses of the library, by name: the definition and the module's names."""
    parts: dict[str, tuple[Definition, dict[str, Any]]] = {}
    waiting = [solution]
    while waiting:
        found = waiting.pop()
        tree = ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]
        if not isinstance(tree, ast.FunctionDef | ast.ClassDef):
            raise TypeError(f"`{exercise}` must be a function or a class (got {type(tree).__name__}).")
        flat = _Flat(vars(inspect.getmodule(found)))
        scope = flat.names
        parts[found.__name__] = flat.visit(tree), scope
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        waiting += [scope[name] for name in sorted(used - parts.keys()) if _is_part(name, scope.get(name))]
    return parts


class _Flat(ast.NodeTransformer):
    """Takes ``name`` for ``module.name`` where the module is one of the library: what stands there is a part, too."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = dict(names)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        module = self.names.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if not inspect.ismodule(module) or not module.__name__.startswith("cs231n_lib."):
            return self.generic_visit(node)
        self.names[node.attr] = getattr(module, node.attr)
        return ast.Name(node.attr, node.ctx)


def _is_part(name: str, used: Any) -> bool:
    is_code = inspect.isfunction(used) or inspect.isclass(used)
    is_ours = getattr(used, "__module__", "").startswith("cs231n_lib.")
    is_exercise = name.endswith(FAST) or any(check.exercise == name for check in BANK.values())
    return is_code and is_ours and not is_exercise and not name.lstrip("_").startswith((*GUARDS, *GIVEN))


def _built(name: str, trees: dict[str, Definition], scopes: list[dict[str, Any]]) -> Callable[..., Any]:
    names: dict[str, Any] = {key: value for scope in reversed(scopes) for key, value in scope.items()}
    module = ast.Module([*reversed(trees.values())], [])
    exec(compile(ast.fix_missing_locations(module), f"<mutant of {name}>", "exec"), names)  # noqa: S102  our own code
    solution: Callable[..., Any] = names[name]
    return solution


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def too_long(*_: Any) -> None:
        raise TimeoutError("a mutant takes too long")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
