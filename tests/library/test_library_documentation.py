"""The examples in the docstrings run, and the library stands on NumPy alone."""

import ast
import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import cs231n_lib
from cs231n_lib import layers

MODULES = [cs231n_lib.__name__] + [
    module.name for module in pkgutil.walk_packages(cs231n_lib.__path__, "cs231n_lib.")
]
CORE = [Path(cs231n_lib.__file__).with_name("gradient_check.py"), *Path(layers.__file__).parent.glob("*.py")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_show(name):
    module = importlib.import_module(name)

    failed, _ = doctest.testmod(module)

    assert failed == 0


@pytest.mark.parametrize("name", layers.__all__)
def test_every_layer_function_has_an_example(name):
    examples = doctest.DocTestFinder().find(getattr(layers, name))

    assert any(test.examples for test in examples)


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_a_module_imports_numpy_the_standard_library_and_its_own_package_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= {"numpy", "cs231n_lib", *sys.stdlib_module_names}
