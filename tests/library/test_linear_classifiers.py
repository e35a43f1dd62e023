# ruff: noqa: NPY002 - the classifiers follow NumPy's global generator

import re

import numpy as np
import pytest
from layer_inputs import spread_out

from cs231n_lib.checkpoint import write_state
from cs231n_lib.classifiers import LinearClassifier, LinearSVM, Softmax
from cs231n_lib.classifiers.linear_svm import svm_loss_naive, svm_loss_vectorized
from cs231n_lib.classifiers.softmax import softmax_loss_naive, softmax_loss_vectorized
from cs231n_lib.gradient_check import eval_numerical_gradient

PAIRS = {"svm": (svm_loss_naive, svm_loss_vectorized), "softmax": (softmax_loss_naive, softmax_loss_vectorized)}
every_pair = pytest.mark.parametrize(("naive", "vectorized"), PAIRS.values(), ids=PAIRS)
every_loss = pytest.mark.parametrize("loss_function", [loss for pair in PAIRS.values() for loss in pair])
every_kind = pytest.mark.parametrize("kind", [LinearSVM, Softmax])

W, X, Y = spread_out(3, 4), spread_out(5, 3, seed=1), np.array([0, 3, 1, 1, 2])


@pytest.fixture(autouse=True)
def _seeded(tmp_path, monkeypatch):
    """Start at the same place of the global generator, in an empty folder."""
    before = np.random.get_state()
    np.random.seed(231)
    monkeypatch.chdir(tmp_path)
    yield
    np.random.set_state(before)


@every_pair
@pytest.mark.parametrize("reg", [0.0, 50.0])
def test_loops_and_matrices_agree(naive, vectorized, reg):
    loss, dW = naive(W, X, Y, reg)

    expected, expected_dW = vectorized(W, X, Y, reg)

    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    np.testing.assert_allclose(dW, expected_dW, rtol=1e-10, atol=1e-12)


@every_loss
@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_the_gradient_is_the_numeric_one(loss_function, reg):
    _, dW = loss_function(W, X, Y, reg)

    numeric = eval_numerical_gradient(lambda W: loss_function(W, X, Y, reg)[0], W.copy(), verbose=False)

    np.testing.assert_allclose(dW, numeric, rtol=1e-7, atol=1e-8)


@every_loss
def test_the_penalty_has_no_half(loss_function):
    without, _ = loss_function(W, X, Y, 0.0)

    with_penalty, _ = loss_function(W, X, Y, 2.0)

    np.testing.assert_allclose(with_penalty - without, 2.0 * (W**2).sum())


def test_small_weights_cost_the_logarithm_of_the_classes_or_their_number_less_one():
    small = 1e-9 * W

    np.testing.assert_allclose(softmax_loss_naive(small, X, Y, 0.0)[0], np.log(4))
    np.testing.assert_allclose(svm_loss_naive(small, X, Y, 0.0)[0], 3)


@every_loss
def test_huge_scores_stay_finite(loss_function):
    loss, dW = loss_function(1e4 * W, X, Y, 0.0)

    assert np.isfinite(loss)
    assert np.isfinite(dW).all()


@every_loss
def test_a_loss_leaves_its_arguments_alone(loss_function):
    w, x, y = W.copy(), X.copy(), Y.copy()

    loss_function(w, x, y, 0.5)

    for array, before in ((w, W), (x, X), (y, Y)):
        np.testing.assert_array_equal(array, before)


def two_clouds():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=300)
    return np.c_[rng.normal(size=(300, 2)) + 6 * y[:, None], np.ones(300)], y


@every_kind
def test_a_classifier_learns_to_tell_two_clouds_apart(kind):
    X, y = two_clouds()
    classifier = kind()

    losses = classifier.train(X, y, learning_rate=0.1, num_iters=200)

    assert len(losses) == 200
    assert {type(loss) for loss in losses} == {float}
    assert np.mean(losses[-20:]) < 0.2 * losses[0]
    assert (classifier.predict(X) == y).mean() > 0.98


@every_kind
def test_training_follows_the_global_generator_and_the_loss(kind):
    X, y = two_clouds()
    classifier, by_hand = kind(), kind()
    losses = classifier.train(X, y, learning_rate=0.1, reg=0.3, num_iters=2, batch_size=7)

    np.random.seed(231)
    by_hand.W, expected = 0.001 * np.random.randn(3, 2), []
    for _ in range(2):
        batch = np.random.choice(300, 7)
        loss, dW = by_hand.loss(X[batch], y[batch], 0.3)
        by_hand.W = by_hand.W - 0.1 * dW
        expected.append(loss)

    np.testing.assert_array_equal(classifier.W, by_hand.W)
    assert losses == expected


def test_training_again_goes_on():
    X, y = two_clouds()
    classifier = Softmax()
    classifier.train(X, y, learning_rate=0.1, num_iters=50)

    losses = classifier.train(X, y, learning_rate=0.1, num_iters=1)

    assert losses[0] < 0.3


def test_the_loss_is_printed_every_hundred_iterations(capsys):
    X, y = two_clouds()

    losses = Softmax().train(X, y, num_iters=201, verbose=True)

    expected = [f"iteration {it} / 201: loss {losses[it]:f}" for it in (0, 100, 200)]
    assert capsys.readouterr().out.splitlines() == expected


def test_an_untrained_classifier_does_not_predict():
    with pytest.raises(ValueError, match=r"^`W` must be trained \(got None\)\. Call train or load first\.$"):
        Softmax().predict(X)


def test_the_common_part_has_no_loss():
    with pytest.raises(
        NotImplementedError, match=r"^`loss` must be defined by the kind of classifier\. Use LinearSVM"
    ):
        LinearClassifier().train(X, Y)


@every_kind
def test_weights_are_saved_and_loaded(kind, capsys, tmp_path):
    classifier, other = kind(), kind()
    classifier.train(X, Y)

    classifier.save("best.npy")
    found = other.load("best.npy")

    assert found is True
    np.testing.assert_array_equal(other.W, classifier.W)
    assert (tmp_path / "saved" / "best.npy").exists()
    assert capsys.readouterr().out == "best.npy saved.\nbest.npy loaded.\n"


def test_a_file_that_is_not_there_is_not_loaded(capsys):
    assert Softmax().load("best.npy") is False
    assert capsys.readouterr().out == "best.npy not available.\n"


def test_an_absolute_path_is_taken_as_it_is(tmp_path):
    classifier = Softmax()

    classifier.save(tmp_path / "elsewhere.npy")

    assert (tmp_path / "elsewhere.npy").exists()


def test_the_file_of_a_network_is_refused(tmp_path):
    write_state(tmp_path / "saved" / "net.npy", {"params": {"W1": X, "b1": Y}, "bn_params": []})
    message = (
        "`fname` must hold the parameters W (got 'net.npy' with W1, b1). "
        "Load it into a model made like the one that saved it."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Softmax().load("net.npy")


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "best.npy").write_bytes(b"damaged")

    with pytest.raises(
        ValueError, match=r"^`path` must be a file that this library has saved \(got 'saved.best\.npy'"
    ):
        Softmax().load("best.npy")
