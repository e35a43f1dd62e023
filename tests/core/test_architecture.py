"""Who imports whom, read from the source. The direction of imports is what keeps answers away from students."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from autograder.sandbox.launch import OWN_FILES

ROOT = Path(__file__).parents[2]
STUDENT_FACING = ("autograder.student.notebook", "autograder.core", "autograder.checks")
ANSWERS = ("cs231n_lib.layers", "autograder.reference", "autograder.misconceptions")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(path): path for package in ("autograder", "cs231n_lib") for path in (ROOT / package).rglob("*.py")
}


def nodes(tree, inside_functions):
    for node in ast.iter_child_nodes(tree):
        yield node
        if inside_functions or not isinstance(node, FUNCTIONS):
            yield from nodes(node, inside_functions)


def imports(module, inside_functions=True):
    """Return the modules that a module imports; ``from package import module`` counts as the module."""
    found = set()
    for node in nodes(ast.parse(FILES[module].read_text(encoding="utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else node.module for name in names}
    return found


def at_import(module):
    """Return the modules of ours that are loaded with a module, and what these load, without the packages above."""
    loaded, waiting = set(), [module]
    while waiting:
        for name in imports(waiting.pop(), inside_functions=False) & FILES.keys() - loaded:
            loaded.add(name)
            waiting.append(name)
    return loaded


def under(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def package_of(module):
    """Return the package of the autograder that a module stands in."""
    first, *inner = module.split(".")
    return inner[0] if first == "autograder" and inner and (ROOT / "autograder" / inner[0]).is_dir() else ""


def foreign(names, allowed):
    """Return the names that are neither of the standard library nor allowed."""
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names and not under(name, allowed)}


every_student_facing_module = pytest.mark.parametrize(
    "module", ["autograder", *sorted(name for name in FILES if under(name, STUDENT_FACING))]
)


def test_every_module_was_read():
    assert {"autograder", "autograder.sandbox.worker", "cs231n_lib.layers.affine"} <= FILES.keys()


def test_every_folder_of_modules_is_a_package():
    folders = {path.parent for path in FILES.values()}

    assert not {folder.name for folder in folders if not (folder / "__init__.py").is_file()}


@pytest.mark.parametrize("module", sorted(name for name in FILES if under(name, ["autograder.core"])))
def test_the_core_imports_numpy_the_standard_library_and_itself(module):
    assert not foreign(imports(module), ["numpy", "autograder.core"])


@pytest.mark.parametrize("file", OWN_FILES)
def test_what_is_bound_into_the_sandbox_imports_nothing_of_the_grader(file):
    bound = [module_name(ROOT / "autograder" / own) for own in OWN_FILES]

    assert not foreign(imports(module_name(ROOT / "autograder" / file)), ["numpy", "msgspec", *bound])


@pytest.mark.parametrize("module", sorted(name for name in FILES if under(name, ["cs231n_lib"])))
def test_the_library_knows_nothing_of_the_autograder(module):
    assert not {name for name in imports(module) if under(name, ["autograder"])}


@every_student_facing_module
def test_what_students_receive_loads_no_answer(module):
    assert not {name for name in at_import(module) if under(name, ANSWERS)}


@every_student_facing_module
def test_what_students_receive_needs_no_grading_tools(module):
    needed = set().union(*(imports(name, inside_functions=False) for name in at_import(module) | {module}))

    assert not foreign(needed, ["numpy", "autograder"])


@pytest.mark.parametrize("module", sorted(name for name in FILES if under(name, ["autograder"])))
def test_only_the_reference_imports_the_layers(module):
    layers = {name for name in imports(module) if under(name, ["cs231n_lib.layers"])}

    assert not layers or under(module, ["autograder.reference", "autograder.misconceptions"])


def test_misconceptions_are_written_without_the_reference_layers():
    wrong_solutions = {name for name in FILES if under(name, ["autograder.misconceptions"])}

    assert not {name for module in wrong_solutions for name in imports(module) if under(name, ["cs231n_lib"])}


def test_only_the_plugin_imports_the_preprocessors_of_nbgrader():
    importing = {
        module for module in FILES if any(under(name, ["nbgrader.preprocessors"]) for name in imports(module))
    }

    assert importing == {"autograder.nbgrader_plugin"}


def test_modules_import_each_other_in_one_direction():
    ours = {name: imports(name, inside_functions=False) & FILES.keys() - {name} for name in FILES}

    order = list(TopologicalSorter(ours).static_order())  # raises CycleError, which shows the cycle

    assert (
        order.index("autograder.core.values") < order.index("autograder.core.judge") < order.index("autograder.cli")
    )


def test_packages_import_each_other_in_one_direction():
    packages = {package_of(name) for name in FILES} - {""}
    below = {
        package: {package_of(name) for module in FILES if package_of(module) == package for name in imports(module)}
        for package in packages
    }

    order = list(
        TopologicalSorter({package: below[package] & packages - {package} for package in packages}).static_order()
    )

    assert order.index("core") < order.index("checks") < order.index("grading") < order.index("report")
