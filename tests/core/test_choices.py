"""Choices are judged by what comes of them, in words that say what went wrong."""

import numpy as np
import pytest
import right_solutions_nets

from autograder.checks import BANK
from autograder.checks._digits import digits
from autograder.core.examiner import Examiner
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import FUNCTIONS, ReferenceAnswers
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import best
from autograder.sandbox.remote import SandboxSubject

NET = {"FullyConnectedNet": right_solutions_nets.NetOfListsOfCaches}
POSITIVE = "`overfitting_settings` must return two positive numbers, the learning rate and the weight scale."


def message(name, function, secret=None):
    subject = NamespaceSubject(NET | {name: function})
    (report,) = Examiner(subject, ReferenceAnswers()).examine([BANK[name]], secret)
    return report.message


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ((0.1, 2.0), "before the first step, far above log 10 = 2.3: the first weights are too large."),
        ((9.0, 0.2), "The loss grows instead of falling: the steps are too long for these first weights."),
        ((0.5, 1e-3), "either the steps are too short, or the first weights so small that nothing comes through"),
        ((0.02, 0.2), "it is on its way, and too slow, or jumps about."),
        ((0.0, 0.2), POSITIVE),
        ((np.nan, 0.2), POSITIVE),
        ((0.1, np.ones(2)), POSITIVE),
    ],
)
def test_settings_that_lead_nowhere_are_told_why(settings, sentence):
    assert sentence in message("overfitting_settings", lambda _: settings)


def test_one_setting_is_not_two():
    assert message("overfitting_settings", lambda _: 0.1) == (
        "`overfitting_settings` must return `learning_rate` and `weight_scale` (got one array of shape ()). "
        "Return all of them, in this order, separated by commas."
    )


def test_a_network_that_is_wrong_is_named_before_the_settings():
    class Wrong(right_solutions_nets.NetOfListsOfCaches):
        def loss(self, X, y=None):
            answer = super().loss(X, y)
            return answer if y is None else (answer[0], {name: 0 * grad for name, grad in answer[1].items()})

    functions = {"FullyConnectedNet": Wrong, "overfitting_settings": FUNCTIONS["overfitting_settings"]}
    checks = [BANK["fully_connected_net_loss"], BANK["overfitting_settings"]]
    _, report = Examiner(NamespaceSubject(functions), ReferenceAnswers()).examine(checks)

    assert report.outcome is Outcome.BLOCKED
    assert "needs `FullyConnectedNet`, which is not right yet" in report.message


def test_digits_that_are_known_by_heart_are_not_known_again():
    x, y = digits(500, seed=3)
    means = np.array([x[y == label].mean(axis=0) for label in range(10)])

    def by_heart(_X, _y, X_new):
        return ((X_new[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)

    assert "digits that it has not seen; 85% are asked for." in message("read_digits", by_heart)


def test_digits_have_their_labels_and_other_pixels_each_time():
    (x, y), (other, labels) = digits(20, seed=1), digits(20, seed=2)

    assert x.shape == (20, 64)
    assert set(y) <= set(range(10))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    assert not np.array_equal(y, labels)
    assert np.array_equal(digits(20, seed=1)[0], x)
    assert not np.array_equal(np.sort(x, axis=1), np.sort(other, axis=1))


def test_a_hidden_case_says_which_law_and_no_more():
    seen = iter([(1.0, 0.2), (0.2, 0.2)])  # the public cases

    said = message("overfitting_settings", lambda _: next(seen, (9.0, 0.2)), b"secret")

    assert said.startswith("A law of this layer does not hold in a hidden case: ")


def test_a_network_in_the_sandbox_is_trained_from_outside():
    cells = [("cell 1", NET_SOURCE), ("cell 2", "def overfitting_settings(num_layers):\n    return 0.3, 0.2\n")]

    with SandboxSubject(cells, {}, best(), Limits(), ["FullyConnectedNet", "overfitting_settings"]) as subject:
        (report,) = Examiner(subject, ReferenceAnswers()).examine([BANK["overfitting_settings"]], b"secret")

    assert report.message == ""
    assert report.credit == 1


NET_SOURCE = """
import numpy as np

class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim, num_classes):
        dims = [input_dim] + hidden_dims + [num_classes]
        self.L = len(hidden_dims) + 1
        self.params = {f"W{k}": np.zeros((dims[k - 1], dims[k])) for k in range(1, self.L + 1)}
        self.params.update({f"b{k}": np.zeros(dims[k]) for k in range(1, self.L + 1)})

    def loss(self, X, y=None):
        outs, grads = [X], {}
        for k in range(1, self.L + 1):
            z = outs[-1] @ self.params[f"W{k}"] + self.params[f"b{k}"]
            outs.append(np.maximum(z, 0) if k < self.L else z)
        if y is None:
            return outs[-1]
        p = np.exp(outs[-1] - outs[-1].max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        d = p / len(y)
        for k in range(self.L, 0, -1):
            grads[f"W{k}"], grads[f"b{k}"] = outs[k - 1].T @ d, d.sum(axis=0)
            d = (d @ self.params[f"W{k}"].T) * (outs[k - 1] > 0)
        return loss, grads
"""
