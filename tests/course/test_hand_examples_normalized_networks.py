"""The numbers of the lesson on networks with normalization and dropout, computed and compared."""

# ruff: noqa: NPY002  networks and solvers draw from NumPy's global generator, as the course does
import re

import numpy as np
import pytest
from printed import assert_printed, text
from released_course import WORKED, exercises_of

from autograder.checks.predictions_normalization import CHANGES, EFFECTS
from cs231n_lib import data_utils
from cs231n_lib.layers import affine_forward
from cs231n_lib.solver import Solver

LESSON = "assignment2/normalized_networks"
(PATH,) = [path for path in WORKED if path.stem == "normalized_networks"]
A = np.array([3.0, 9.0, 11.0, 17.0])


@pytest.fixture(scope="module")
def own():
    return exercises_of(PATH)


@pytest.fixture(scope="module")
def digits():
    return data_utils.get_digits_data(flatten=True)


def hidden_layer(own, sizes, normalization, **params):
    """Make a network of double precision whose first layer has these parameters."""
    net = own["FullyConnectedNet"](*sizes, normalization=normalization, dtype=np.float64)
    net.params |= {f"{name}1": np.array(values, dtype=float) for name, values in params.items()}
    return net


def test_the_hidden_layer_with_batch_normalization(own):
    x, W = np.array([[1.0, 1], [4, 0], [5, 0], [8, 1]]), np.array([[2.0], [0]])
    net = hidden_layer(own, ([1], 2, 3), "batchnorm", W=W, b=[1], gamma=[2], beta=[1])
    dout, grads = np.array([[0.0], [0], [0], [1]]), {}

    r, cache = net.hidden_forward(x, 1, "train")
    net.hidden_backward(dout, cache, 1, grads)
    da = net.normalize_backward(dout, cache[1], 1, {})

    n, _ = net.normalize(A[:, None], 1, "train")
    printed = (x, W, A[:, None], n.round(4), r.round(4), dout, da.round(6), grads["W1"].round(5) + 0.0)
    assert_printed(LESSON, "math-fully-connected-net-batchnorm", *printed)
    assert np.array_equal(x @ W + 1, A[:, None])
    assert (grads["gamma1"].round(4).item(), grads["beta1"].item()) == (1.4, 1)
    assert grads["b1"].item() == pytest.approx(0, abs=1e-12)
    assert r"d\gamma_1 = 1.4, \quad d\beta_1 = 1, \quad" in text(LESSON, "math-fully-connected-net-batchnorm")
    net.params["b1"][:] = -50
    np.testing.assert_allclose(net.hidden_forward(x, 1, "train")[0], r)


def test_the_same_numbers_read_across(own):
    net = hidden_layer(own, ([4], 1, 3), "layernorm", W=[[0] * 4], b=A, gamma=[2] * 4, beta=[1] * 4)
    said, grads = text(LESSON, "math-fully-connected-net-layernorm"), {}

    n, cache = net.normalize(A[None], 1, "train")
    da = net.normalize_backward(np.array([[0.0, 0, 0, 1]]), cache, 1, grads)

    for numbers in (A, n[0], [0, 0, 0, 1], da[0]):
        assert rf"({spaced(numbers)})" in said
    assert da.sum() == pytest.approx(0, abs=1e-12)
    assert np.all(np.abs(da) > 0.05)


def spaced(numbers):
    """Write numbers as the lesson does."""
    return r",\ ".join(f"{number:.4g}" for number in np.round(numbers, 4))


def test_the_table_of_gaps_counts_them():
    gaps = text(LESSON, "fully-connected-net").count("### BEGIN SOLUTION")

    assert gaps == 11
    assert "has eleven gaps, a few lines each. Fill in the seven of section 1" in text(
        LESSON, "math-fully-connected-net-batchnorm"
    )


def test_what_shares_a_mean_and_what_is_done_to_it():
    others = np.array([A + 1, A + np.array([20, 0, 0, 0])])

    assert (A.mean(), A.std()) == (10, 5)
    assert [(one.mean(), one.var()) for one in others] == [(11, 25), (15, 30)]
    for numbers in (A, (A - 10) / 5, others[1]):
        assert f"({spaced(numbers)})$" in text(LESSON, "math-predict-effect")


def test_every_change_is_in_the_table_and_has_the_effect_that_is_right(own, digits):
    measured_effect = defined_in("measure-effect", digits=digits, **own)["measured_effect"]
    rows = re.findall(r'^\| `"(.+)"` \|', text(LESSON, "math-predict-effect"), re.MULTILINE)

    assert tuple(rows) == CHANGES
    for normalization in ("batchnorm", "layernorm", None):
        for change in CHANGES:
            seen = measured_effect(normalization, change) > 1e-3
            assert own["predict_effect"](normalization, change) == EFFECTS[int(seen)]


def test_the_sum_with_dropout():
    r, mask, p = np.array([3.0, 0, 1, 4]), np.array([2.0, 2, 0, 0]), 0.5
    said = text(LESSON, "math-fully-connected-net-dropout")

    assert (mask @ r, r.sum(), (1 - p) / p * np.sum(r**2)) == (6, 8, 26)
    for numbers in (r, mask, mask * r):
        assert rf"({spaced(numbers)})" in said
    assert "$3 + 0 + 1 + 4 = 8$" in said
    assert "$9 + 0 + 1 + 16 = 26$" in said


def defined_in(*cells, **names):
    """Execute the definitions of some cells, which draw nothing, and return their names."""
    names |= {"np": np}
    for cell in cells:
        definitions = text(LESSON, cell).partition("\n\n\nkeeps")[0].partition("\n\n\ndead")[0]
        exec(definitions, names)  # noqa: S102  the course's own notebook
    return names


def trained(net, X, y, steps=300):
    for _ in range(steps):
        rows = np.random.choice(len(y), 50)
        _, grads = net.loss(X[rows], y[rows])
        for name in grads:
            net.params[name] = net.params[name] - np.float32(0.1) * grads[name]
    return net


def test_a_dictionary_that_is_shared_spoils_the_test_mode_only(own, digits):
    X, y = digits["X_train"] / 16, digits["y_train"]
    np.random.seed(0)
    net = own["FullyConnectedNet"]([50, 50, 50], 64, normalization="batchnorm", weight_scale=0.2)
    net.bn_params = [{"mode": "train"}] * 3

    trained(net, X, y)

    tested = np.mean(net.loss(X).argmax(axis=1) == y)
    assert np.mean(net.scores(X, "train")[0].argmax(axis=1) == y) > 0.985
    assert 0.8 < tested < 0.95
    assert "99 % with the statistics of the batch and 89 % in test mode" in text(
        LESSON, "question-fully-connected-net-batchnorm"
    )


def test_a_dictionary_that_is_shared_by_different_sizes_raises_an_error(own):
    net = own["FullyConnectedNet"]([5, 4], 6, normalization="batchnorm")
    net.bn_params = [{"mode": "train"}] * 2

    with pytest.raises(ValueError, match="broadcast"):
        net.loss(np.ones((3, 6)), np.zeros(3, dtype=int))


def test_dropout_makes_the_variance_that_is_remembered_larger_as_the_formula_says(own, digits):
    names = {"digits": digits, "affine_forward": affine_forward, **own}
    variances = defined_in("picture-fully-connected-net-dropout", **names)["variances"]

    measured, expected = variances(0.5)

    assert measured == pytest.approx(expected, rel=0.05)
    assert measured == pytest.approx(2.4, abs=0.1)


def test_a_seed_makes_all_masks_alike_and_all_minibatches(own):
    X = np.random.default_rng(0).normal(size=(3, 6))
    net = own["FullyConnectedNet"]([100, 100], 6, dropout_keep_ratio=0.5, weight_scale=1.0, seed=7)

    caches, batches = zip(*((net.scores(X, "train")[1], np.random.choice(1000, 5)) for _ in range(2)), strict=True)

    masks = [cache[3][1] for step in caches for cache in step[:2]]
    assert all(np.array_equal(mask, masks[0]) for mask in masks)
    assert np.array_equal(*batches)


def test_long_steps_kill_no_unit_behind_batch_normalization(own, digits):
    names = defined_in("learn-by-heart", "dead-units", digits=digits, **own)
    nets = {kind: names["learn_by_heart"](kind, 3.0, 0.1) for kind in ("batchnorm", "layernorm", None)}

    dead = {kind: names["dead_shares"](net) for kind, net in nets.items()}

    assert max(dead["batchnorm"]) < 0.2
    assert min(dead["layernorm"][-1], dead[None][-1]) > 0.9
    assert names["known_share"](nets["batchnorm"]) > 0.9
    assert max(names["known_share"](nets[kind]) for kind in ("layernorm", None)) < 0.3


@pytest.fixture(scope="module")
def careless(digits):
    return defined_in("few-digits", digits=digits)


def test_how_many_labels_are_wrong(careless, digits):
    wrong = np.sum(careless["few"]["y_train"] != digits["y_train"][:300])

    assert (careless["careless"].sum(), wrong, 300 - wrong) == (102, 91, 209)
    assert "102 of their labels were drawn by lot, and 91 of these are wrong" in text(LESSON, "careless-labels")
    assert "91 of 300 labels are wrong" in text(LESSON, "question-careless-labels")
    assert "209 of them, 70 %" in text(LESSON, "question-careless-labels")


def test_what_normalization_and_dropout_make_of_careless_labels(own, careless):
    settings = {"update_rule": careless["gradient_descent"], "optim_config": {"learning_rate": 0.1}}
    solvers = {}
    for name, (normalization, p) in {
        "plain": (None, 1),
        "norm": ("batchnorm", 1),
        "both": ("batchnorm", 0.3),
    }.items():
        np.random.seed(0)
        net = own["FullyConnectedNet"]([200, 200], 64, 10, p, normalization, weight_scale=0.1)
        solvers[name] = Solver(net, careless["few"], batch_size=50, num_epochs=60, verbose=False, **settings)
        solvers[name].train()

    new = {name: solver.val_acc_history for name, solver in solvers.items()}
    assert new["norm"][5] > max(0.85, new["both"][5])
    assert new["plain"][5] < 0.7
    assert new["norm"][60] < 0.8 < new["plain"][60] < 0.9 < new["both"][60]
    assert 15 < np.argmax(new["plain"]) < 45
    assert solvers["norm"].train_acc_history[60] == 1
    assert 0.69 < solvers["both"].train_acc_history[60] < 0.75
