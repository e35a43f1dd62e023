"""Machine-made wrong solutions die, and what counts as one is what we say it is."""

import ast

import numpy as np
import pytest

from autograder.bank.mutants import Mutant, equivalents, is_accepted, mutants, survivors
from autograder.bank.mutations import changes
from autograder.checks import BANK, of_exercises
from autograder.reference import FUNCTIONS

LAYER = '''
def layer_forward(x, w, params):
    """Say 1 + 1."""
    x = as_floats(x=x)
    check_shape("w", w, (3, 1))
    if params["stride"] < 1:
        raise ValueError("too small by 1")
    out = x.sum(axis=0) - 2.0
    out += w[1:]
    return out, (x, w)
'''


def all_changes():
    (definition,) = ast.parse(LAYER).body
    return dict(changes(definition))


def test_every_change_is_told_with_its_statement():
    assert list(all_changes()) == [
        "out = x.sum(axis=0) - 2.0: x.sum(axis=0) - 2.0 -> x.sum(axis=0)",
        "out = x.sum(axis=0) - 2.0: x.sum(axis=0) - 2.0 -> 2.0",
        "out = x.sum(axis=0) - 2.0: x.sum(axis=0) - 2.0 -> x.sum(axis=0) + 2.0",
        "out = x.sum(axis=0) - 2.0: 2.0 -> 4.0",
        "out = x.sum(axis=0) - 2.0: x.sum -> x.mean",
        "out = x.sum(axis=0) - 2.0: 0 -> 1",
        "out = x.sum(axis=0) - 2.0: 0 -> -1",
        "out += w[1:]: out += w[1:] -> out -= w[1:]",
        "out += w[1:]: out += w[1:] -> out = w[1:]",
        "out += w[1:]: 1 -> 2",
        "out += w[1:]: 1 -> 0",
        "return (out, (x, w)): (out, (x, w)) -> ((x, w), out)",
    ]


def test_a_layer_is_left_out():
    changed = [mutant.change for mutant in mutants("conv_relu_backward")]

    assert changed == [
        "return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache): "
        "conv_backward_fast(relu_backward(dout, relu_cache), conv_cache) -> relu_backward(dout, relu_cache)",
        "return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache): "
        "relu_backward(dout, relu_cache) -> dout",
    ]


def test_a_fast_layer_is_not_changed_since_it_stands_for_one_with_a_check():
    assert "_fast" not in "".join(mutant.change for mutant in mutants("ThreeLayerConvNet"))


def test_a_change_changes_one_place_and_leaves_the_original_alone():
    (definition,) = ast.parse(LAYER).body
    before = ast.dump(definition)

    mutated = [ast.unparse(tree) for _, tree in changes(definition)]

    assert ast.dump(definition) == before
    assert len(set(mutated)) == len(mutated)
    assert ast.unparse(definition) not in mutated


def test_a_mutant_is_the_reference_with_that_change():
    (mutant,) = [mutant for mutant in mutants("relu_forward") if mutant.change.endswith("np.maximum -> np.minimum")]

    assert mutant.solution(np.array([-1.0, 2.0]))[0].tolist() == [-1.0, 0.0]
    assert not is_accepted(mutant, of_exercises({"relu_forward"}))


def test_private_functions_of_the_reference_are_changed_too():
    changed = {mutant.change.partition(":")[0] for mutant in mutants("max_pool_forward_naive")}

    assert any("1 + (H - HH) // stride" in line for line in changed)


def test_the_methods_of_a_class_and_what_it_uses_of_other_modules_are_changed_too():
    changed = [mutant.change for mutant in mutants("TwoLayerNet")]

    assert any(change.startswith("self.params = ") for change in changed)
    assert any("0.5 * reg -> reg" in change for change in changed)
    assert not any("FOLDER" in change for change in changed)  # saving is given


def test_a_mutant_of_a_class_is_asked_by_its_methods():
    (mutant,) = [mutant for mutant in mutants("TwoLayerNet") if mutant.change.endswith(": 0.5 * reg -> reg")]
    right = Mutant("TwoLayerNet", "nothing", FUNCTIONS["TwoLayerNet"])

    assert not is_accepted(mutant, of_exercises({"TwoLayerNet"}))
    assert is_accepted(right, of_exercises({"TwoLayerNet"}))


def test_what_is_listed_as_equivalent_is_a_change_that_there_is():
    for exercise, listed in equivalents().items():
        assert set(listed) <= {mutant.change for mutant in mutants(exercise)}


@pytest.mark.mutation
@pytest.mark.parametrize("exercise", dict.fromkeys(check.exercise for check in BANK.values()))
def test_every_mutant_is_rejected(exercise):
    number, accepted = survivors(exercise, of_exercises({exercise}))

    assert number >= 1
    assert [mutant.change for mutant in accepted] == []
