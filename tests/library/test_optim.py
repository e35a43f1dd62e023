import re

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib import optim

RULES = {name: getattr(optim, name) for name in optim.__all__}
MEMORY = {"sgd_momentum": ["velocity"], "rmsprop": ["cache"], "adam": ["m", "v"], "adamw": ["m", "v"]}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def run(rule, steps, config=None, dtype=float):
    """Return the parameter after some steps along fixed gradients, and the configuration."""
    w = spread_out(2, 3).astype(dtype)
    for step in range(steps):
        w, config = rule(w, spread_out(2, 3, seed=step + 1).astype(dtype), config)
    return w, config


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("sgd", {"learning_rate": 1e-2}),
        ("sgd_momentum", {"learning_rate": 1e-2, "momentum": 0.9}),
        ("rmsprop", {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8}),
        ("adam", {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 1}),
        (
            "adamw",
            {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 1e-2, "t": 1},
        ),
    ],
)
def test_missing_entries_of_the_configuration_get_the_official_defaults(name, defaults):
    config = {}

    _, returned = RULES[name](np.ones(2), np.ones(2), config)

    numbers = {key: value for key, value in config.items() if not isinstance(value, np.ndarray)}
    assert returned is config
    assert numbers == defaults
    assert sorted(config.keys() - numbers.keys()) == MEMORY.get(name, [])


@every_rule
def test_a_rule_needs_no_configuration(rule):
    np.testing.assert_array_equal(run(rule, 3)[0], run(rule, 3, {})[0])


@every_rule
def test_a_rule_leaves_its_arrays_alone(rule):
    w, dw = spread_out(2, 3), spread_out(2, 3, seed=1)
    _, config = rule(w, dw)
    memory = {key: value for key, value in config.items() if isinstance(value, np.ndarray)}
    before = {key: value.copy() for key, value in memory.items()}

    rule(w, dw, config)

    np.testing.assert_array_equal(w, spread_out(2, 3))
    np.testing.assert_array_equal(dw, spread_out(2, 3, seed=1))
    for key, value in memory.items():
        np.testing.assert_array_equal(value, before[key])


@every_rule
def test_a_rule_goes_down_a_valley(rule):
    w, config = np.array([3.0, -2.0]), {"learning_rate": 0.05, "weight_decay": 0.0}

    for _ in range(300):
        w, config = rule(w, 2 * w, config)

    assert np.abs(w).max() < 0.06


@every_rule
@pytest.mark.parametrize("learning_rate", [0.1, np.float64(0.1), np.array(0.1)], ids=["float", "NumPy", "array"])
def test_float32_stays_float32_whatever_the_learning_rate_and_the_gradient_are(rule, learning_rate):
    w, config = rule(np.ones(2, np.float32), np.ones(2), {"learning_rate": learning_rate})
    w, config = rule(w, np.ones(2, np.float32), config)

    assert w.dtype == np.float32
    assert all(value.dtype == np.float32 for key, value in config.items() if key in ("velocity", "cache", "m", "v"))


@every_rule
def test_integers_are_taken_for_floats(rule):
    w, _ = rule(np.array([1, 2]), np.array([1, 1]))

    np.testing.assert_array_equal(w, rule(np.array([1.0, 2.0]), np.ones(2))[0])


@every_rule
def test_float32_and_float64_agree(rule):
    np.testing.assert_allclose(run(rule, 3, dtype=np.float32)[0], run(rule, 3)[0], rtol=1e-5)


def test_momentum_makes_a_steady_gradient_count_ten_times():
    w, config = np.zeros(1), {"learning_rate": 1.0}

    for _ in range(300):
        w, config = optim.sgd_momentum(w, np.ones(1), config)

    np.testing.assert_allclose(config["velocity"], -10)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, 1e3])
def test_a_step_of_adam_has_the_length_of_the_learning_rate_under_a_steady_gradient(gradient):
    w, config = np.zeros(1), {"learning_rate": 0.5}

    for step in range(1, 6):
        w, config = optim.adam(w, np.array([gradient]), config)

        np.testing.assert_allclose(w, -0.5 * step, rtol=1e-4)


def test_epsilon_stands_outside_the_root():
    """Inside the root, a gradient of 1e-8 would make a step of 1e-4 instead of one half."""
    config = {"learning_rate": 1.0, "cache": np.zeros(1), "decay_rate": 0.0}

    w, _ = optim.rmsprop(np.zeros(1), np.array([1e-8]), config)

    np.testing.assert_allclose(w, -0.5)


def test_the_epsilon_of_adam_is_added_after_the_correction():
    w, _ = optim.adam(np.zeros(1), np.array([1e-8]), {"learning_rate": 1.0})

    np.testing.assert_allclose(w, -0.5)


def test_the_decay_of_adamw_does_not_depend_on_the_size_of_the_gradient():
    decay = []
    for gradient in (1e-3, 1e3):
        with_decay, _ = optim.adamw(np.ones(1), np.array([gradient]), {"weight_decay": 0.1})
        without, _ = optim.adamw(np.ones(1), np.array([gradient]), {"weight_decay": 0.0})
        decay.append(without - with_decay)

    np.testing.assert_allclose(decay, 1e-3 * 0.1, rtol=1e-9)


def test_without_decay_adamw_is_adam():
    np.testing.assert_array_equal(run(optim.adamw, 4, {"weight_decay": 0.0})[0], run(optim.adam, 4)[0])


@every_rule
@pytest.mark.parametrize("shape", [(1,), (2, 1), (3, 2)])
def test_a_gradient_of_another_shape_is_refused(rule, shape):
    message = f"`dw` must have shape (2, 3) (got {shape}). A gradient has the shape of its parameter."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rule(np.ones((2, 3)), np.ones(shape))


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, keys in MEMORY.items() for key in keys])
def test_the_memory_of_another_parameter_is_refused(name, key):
    message = f"`config['{key}']` must have shape (2, 3) (got (3,)). Keep one `config` for each parameter."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        RULES[name](np.ones((2, 3)), np.ones((2, 3)), {key: np.zeros(3)})


@every_rule
def test_complex_numbers_are_refused(rule):
    with pytest.raises(TypeError, match=r"^`dw` must hold real numbers \(got dtype complex128\)\. Pass floats or"):
        rule(np.ones(2), np.ones(2) * 1j)
