"""The examples in the docstrings run, and the library stands on NumPy alone."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import pytest

import cs231n_lib
from cs231n_lib import costs, fast_layers, gradient_check, im2col, initialization, layers

MODULES = [cs231n_lib.__name__] + [
    module.name for module in pkgutil.walk_packages(cs231n_lib.__path__, "cs231n_lib.")
]
CORE = [
    *(Path(module.__file__) for module in (costs, gradient_check, im2col, initialization)),
    *Path(layers.__file__).parent.glob("*.py"),
    *Path(fast_layers.__file__).parent.glob("*.py"),
]
TAUGHT = {name: getattr(package, name) for package in (layers, fast_layers) for name in package.__all__} | {
    name: function
    for module in (costs, im2col, initialization)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_show(name):
    module = importlib.import_module(name)

    failed, _ = doctest.testmod(module)

    assert failed == 0


@pytest.mark.parametrize("name", TAUGHT)
def test_every_function_that_is_taught_has_an_example(name):
    examples = doctest.DocTestFinder().find(TAUGHT[name])

    assert any(test.examples for test in examples)


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_module_imports_numpy_the_standard_library_and_its_own_package_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= {"numpy", "cs231n_lib", *sys.stdlib_module_names}
