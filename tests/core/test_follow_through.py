"""Half for the right gradient of a wrong forward pass, and nothing for less."""

import numpy as np
import pytest

from autograder.checks import BANK, of_exercises
from autograder.core.examiner import FOLLOW_THROUGH, Examiner
from autograder.core.follow_through import is_own_gradient
from autograder.core.subject import NamespaceSubject, Substituted
from autograder.core.verdict import Outcome
from autograder.reference import REFERENCE, ReferenceAnswers

SECRET = b"a course secret"
BATCH_NORM = of_exercises({"batchnorm_forward", "batchnorm_backward"})


def unscaled_forward(x, gamma, beta, bn_param):
    """Forget gamma: wrong, and differentiable."""
    bn_param["running_mean"] = x.mean(axis=0)
    bn_param["running_var"] = x.var(axis=0)
    return x * gamma**2 + beta, (x, gamma)


def its_backward(dout, cache):
    x, gamma = cache
    return dout * gamma**2, (2 * gamma * dout * x).sum(axis=0), dout.sum(axis=0)


def half_its_backward(dout, cache):
    dx, dgamma, dbeta = its_backward(dout, cache)
    return dx, dgamma / 2, dbeta


def constant_forward(x, gamma, _beta, bn_param):
    bn_param["running_mean"] = bn_param["running_var"] = np.zeros(x.shape[1])
    return np.zeros(x.shape), (x, gamma)


def zero_backward(_dout, cache):
    x, gamma = cache
    return np.zeros(x.shape), np.zeros(gamma.shape), np.zeros(gamma.shape)


def with_functions(**functions):
    own = NamespaceSubject(functions)
    return Substituted(REFERENCE, {name: getattr(own, name) for name in functions})


def examined(forward, backward):
    subject = with_functions(batchnorm_forward=forward, batchnorm_backward=backward)
    reports = Examiner(subject, ReferenceAnswers()).examine(BATCH_NORM, SECRET)
    return {report.check: report for report in reports}


def test_the_right_gradient_of_a_wrong_forward_pass_earns_half():
    report = examined(unscaled_forward, its_backward)["batchnorm_backward"]

    assert report.outcome is Outcome.BLOCKED
    assert report.credit == FOLLOW_THROUGH
    assert report.message == (
        "`batchnorm_backward` is the right gradient of your `batchnorm_forward`, which is not right yet itself: "
        "it earns half of its points until then. Get that one right first."
    )


@pytest.mark.parametrize(
    ("forward", "backward"), [(unscaled_forward, half_its_backward), (constant_forward, zero_backward)]
)
def test_anything_less_earns_nothing(forward, backward):
    report = examined(forward, backward)["batchnorm_backward"]

    assert report.outcome is Outcome.BLOCKED
    assert report.credit == 0
    assert report.message == (
        "`batchnorm_backward` needs `batchnorm_forward`, which is not right yet. Get that one right first."
    )


def test_where_the_forward_pass_is_right_there_is_no_half():
    report = examined(REFERENCE.batchnorm_forward, zero_backward)["batchnorm_backward"]

    assert report.outcome is Outcome.FAILED
    assert report.credit == 0


GRADIENTS = [check for check in BANK.values() if check.gradient_of]
BY_NAME = {"network_backward"}  # a dictionary of gradients: only arrays are differentiated, and it builds on layers


@pytest.mark.parametrize("check", GRADIENTS, ids=lambda check: check.name)
def test_every_backward_pass_of_the_reference_is_the_gradient_of_its_forward_pass(check):
    for case in [*check.public, *check.hidden(SECRET)]:
        assert is_own_gradient(check, case, REFERENCE)


def test_every_backward_pass_says_whose_gradient_it_is():
    backwards = {check.name for check in BANK.values() if "_backward" in check.exercise and not check.random}

    assert {check.name for check in GRADIENTS} == backwards - BY_NAME


def test_an_output_of_another_shape_has_no_gradient_to_compare():
    def flat(x, gamma, *_):
        return x.ravel(), (x, gamma)

    subject = with_functions(batchnorm_forward=flat, batchnorm_backward=its_backward)

    assert not is_own_gradient(BANK["batchnorm_backward"], BANK["batchnorm_backward"].public[0], subject)
