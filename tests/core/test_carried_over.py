"""A class that calls a wrong layer of the student's own is not to blame: the verdict names the layer."""

import numpy as np
import pytest
import right_solutions_nets

from autograder.checks import BANK
from autograder.core.examiner import Examiner
from autograder.core.published import published_explanation
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers
from autograder.student.notebook import examine

CHECKS = [check for check in BANK.values() if check.exercise == "FullyConnectedNet"]
LOSS = BANK["fully_connected_net_loss"]
NET = """
import numpy as np

def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, cache):
    return dout * (cache > 0)

def softmax_loss(x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)

def sandwich(x, w, b):
    a, fc = affine_forward(x, w, b)
    out, relu = relu_forward(a)
    return out, (fc, relu)

class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=3072, num_classes=10, keep=1, norm=None, reg=0.0, scale=1e-2, *_):
        dims = [input_dim, *hidden_dims, num_classes]
        self.reg, self.L = reg, len(hidden_dims) + 1
        self.params = {f"W{l + 1}": scale * np.random.randn(*dims[l : l + 2]) for l in range(self.L)}
        self.params |= {f"b{l + 1}": np.zeros(dims[l + 1]) for l in range(self.L)}

    def loss(self, X, y=None):
        caches, out, grads = [], X, {}
        for l in range(1, self.L + 1):
            layer = sandwich if l < self.L else affine_forward
            out, cache = layer(out, self.params[f"W{l}"], self.params[f"b{l}"])
            caches.append(cache)
        if y is None:
            return out
        loss, d = softmax_loss(out, y)
        d, grads[f"W{self.L}"], grads[f"b{self.L}"] = affine_backward(d, caches.pop())
        for l in range(self.L - 1, 0, -1):
            fc, relu = caches.pop()
            d, grads[f"W{l}"], grads[f"b{l}"] = affine_backward(relu_backward(d, relu), fc)
        for name in [name for name in grads if name[0] == "W"]:
            loss += HALF * self.reg * np.sum(self.params[name] ** 2)
            grads[name] += self.reg * self.params[name]
        return loss, grads
"""
WRONG = {
    "affine_forward": ("@ w + b, (x", "@ w, (x"),
    "affine_backward": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    "relu_backward": ("dout * (cache > 0)", "dout"),
    "relu_forward": ("np.maximum(0, x), x", "np.abs(x), x"),
    "softmax_loss": ("p / len(y)", "p"),
}


def notebook(before="", after="", half="0.5"):
    namespace = {"__name__": "__main__"}
    exec(NET.replace(before, after, 1).replace("HALF", half), namespace)  # noqa: S102  our own
    return namespace


def report_on(namespace, check=LOSS):
    (report,) = Examiner(NamespaceSubject(namespace), ReferenceAnswers(), explain=published_explanation).examine(
        [check], b"secret"
    )
    return report


def test_the_network_of_this_test_is_right():
    assert report_on(notebook()).outcome is Outcome.PASSED


@pytest.mark.parametrize("culprit", WRONG)
def test_the_wrong_layer_is_named_and_not_the_class(culprit):
    report = report_on(notebook(*WRONG[culprit]))

    assert report.outcome is Outcome.BLOCKED
    assert report.message == (
        f"`FullyConnectedNet` needs `{culprit}`, which is not right yet. Get that one right first."
    )
    assert report.credit == 0


def test_several_wrong_layers_are_named_in_one_sentence():
    namespace = notebook(*WRONG["affine_backward"])
    for name in ("relu_backward", "softmax_loss"):
        namespace[name].__code__ = notebook(*WRONG[name])[name].__code__

    assert report_on(namespace).message == (
        "`FullyConnectedNet` needs `affine_backward`, `relu_backward` and `softmax_loss`, which are not right yet. "
        "Get those right first."
    )


def test_a_layer_that_is_asked_through_a_wrong_one_is_not_named_beside_it():
    without_forward = notebook("return x.reshape(len(x), -1) @ w + b, (x, w, b)", "raise ValueError('no')")

    assert report_on(without_forward).message == (
        "`FullyConnectedNet` needs `affine_forward`, which is not right yet. Get that one right first."
    )


@pytest.mark.parametrize("culprit", WRONG)
def test_students_read_it_in_their_notebook_too(culprit):
    report = examine("fully_connected_net_loss", notebook(*WRONG[culprit]))

    assert f"needs `{culprit}`, which is not right yet." in report.message


def test_a_mistake_of_the_class_stays_its_own():
    report = report_on(notebook(half="1"))

    assert report.outcome is Outcome.FAILED


def test_a_layer_that_fails_in_an_odd_case_only_is_not_to_blame():
    without_shift = notebook("x - x.max(axis=1, keepdims=True)", "x", half="2.5")

    with np.errstate(all="ignore"):
        assert report_on(without_shift, BANK["softmax_loss"]).outcome is Outcome.FAILED
        report = report_on(without_shift)

    assert report.outcome is Outcome.FAILED
    assert "softmax" not in report.message


def test_a_wrong_layer_that_the_class_does_not_call_is_not_to_blame():
    wrong = notebook(*WRONG["affine_backward"])

    class Wrong(right_solutions_nets.NetOfListsOfCaches):
        def loss(self, X, y=None):
            answer = super().loss(X, y)
            return answer if y is None else (3 * answer[0], answer[1])

    report = report_on(wrong | {"FullyConnectedNet": Wrong})

    assert report.outcome is Outcome.FAILED
    assert "needs" not in report.message


def test_an_unfinished_layer_is_named():
    report = report_on(notebook("return dout * (cache > 0)", "raise NotImplementedError()"))

    assert report.message == (
        "`FullyConnectedNet.loss` calls `relu_backward`, which is not finished: it raises NotImplementedError."
    )


def test_a_loss_that_comes_alone_is_told():
    class Alone(right_solutions_nets.NetOfListsOfCaches):
        def loss(self, X, y=None):
            answer = super().loss(X, y)
            return answer if y is None else answer[0]

    assert report_on({"FullyConnectedNet": Alone}).message == (
        "`FullyConnectedNet.loss` must return `loss` and `grads` (got one array of shape ()). "
        "Return all of them, in this order, separated by commas."
    )
