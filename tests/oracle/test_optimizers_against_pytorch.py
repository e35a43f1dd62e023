"""Every update rule against torch.optim in float64, many steps along random gradients."""

import numpy as np
import pytest

from cs231n_lib import optim

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install torch")

pytestmark = pytest.mark.oracle

STEPS = 50

# The rule and its configuration, and the optimizer of PyTorch that does the same.
PAIRS = {
    "sgd": (optim.sgd, {"learning_rate": 0.1}, torch.optim.SGD, {"lr": 0.1}),
    "sgd_momentum": (
        optim.sgd_momentum,
        {"learning_rate": 0.1, "momentum": 0.8},
        torch.optim.SGD,
        {"lr": 0.1, "momentum": 0.8},  # PyTorch's velocity has no learning rate in it: the same if that is constant
    ),
    "rmsprop": (  # both add epsilon outside the root; PyTorch calls the decay rate alpha
        optim.rmsprop,
        {"learning_rate": 0.02, "decay_rate": 0.9, "epsilon": 1e-3},
        torch.optim.RMSprop,
        {"lr": 0.02, "alpha": 0.9, "eps": 1e-3},
    ),
    "rmsprop by default": (optim.rmsprop, {}, torch.optim.RMSprop, {}),
    "adam": (
        optim.adam,
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3},
    ),
    "adam by default": (optim.adam, {}, torch.optim.Adam, {}),
    "adamw": (
        optim.adamw,
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.3},
        torch.optim.AdamW,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3},
    ),
    "adamw by default": (optim.adamw, {}, torch.optim.AdamW, {}),
}


@pytest.mark.parametrize(("rule", "config", "reference", "options"), PAIRS.values(), ids=PAIRS)
def test_a_rule_agrees(rule, config, reference, options):
    rng = np.random.default_rng(0)
    w, config = rng.normal(size=(3, 4)), dict(config)
    leaf = torch.tensor(w, requires_grad=True)
    optimizer = reference([leaf], **options)

    for _ in range(STEPS):
        dw = rng.normal(size=w.shape) * rng.lognormal(sigma=2.0)
        leaf.grad = torch.tensor(dw)
        optimizer.step()
        w, config = rule(w, dw, config)

        np.testing.assert_allclose(w, leaf.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["sgd", "sgd_momentum", "rmsprop", "adam", "adamw"])
def test_a_rule_agrees_in_single_precision(name):
    rule, config, reference, options = PAIRS[name]
    rng = np.random.default_rng(1)
    w, config = rng.normal(size=(3, 4)).astype(np.float32), dict(config)
    leaf = torch.tensor(w, requires_grad=True)
    optimizer = reference([leaf], **options)

    for _ in range(STEPS):
        dw = rng.normal(size=w.shape).astype(np.float32)
        leaf.grad = torch.tensor(dw)
        optimizer.step()
        w, config = rule(w, dw, config)

    assert w.dtype == np.float32
    np.testing.assert_allclose(w, leaf.detach().numpy(), rtol=2e-5, atol=2e-6)
