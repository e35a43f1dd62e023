"""Small checks to try the machinery on without any layer: double, its backward pass, and a layer on top of it."""

import numpy as np

from autograder.core.question import check
from autograder.core.subject import NamespaceSubject


@check(tolerance=1e-7, public=[{"n": 3}, {"n": 2}], hidden=lambda rng, _: {"n": int(rng.integers(4, 9))})
def double(subject, n):
    """double gives twice its input.

    Only the line above is the title.
    """
    out, _ = subject.double(np.arange(1.0, n + 1))
    return {"out": out}


@check(
    tolerance=1e-7,
    public=[{"n": 3}],
    hidden=lambda rng, _: {"n": int(rng.integers(4, 9))},
    documented_caches={"double": lambda x: x},
)
def double_backward(subject, n):
    """double_backward passes twice the gradient on, in the shape of the input."""
    _, cache = subject.double(np.arange(1.0, n + 1))
    return {"dx": subject.double_backward(np.ones(n), cache)}


@check(tolerance=1e-7, public=[{"n": 3}, {"n": 2}])
def quadruple(subject, n):
    """quadruple is double of double."""
    out, _ = subject.double(np.arange(1.0, n + 1))
    return {"out": subject.quadruple(out)}


CHECKS = (double, double_backward, quadruple)
RIGHT = {
    "double": lambda x: (2 * x, x),
    "double_backward": lambda dout, cache: 2 * dout + 0 * cache,
    "quadruple": lambda doubled: 2 * doubled,
}


def expected(check, case):
    """Return the answers, written out: nobody computes them with the functions under test."""
    ascending = np.arange(1.0, case.params["n"] + 1)
    return {
        "double": {"out": 2 * ascending},
        "double_backward": {"dx": np.full(case.params["n"], 2.0)},
        "quadruple": {"out": 4 * ascending},
    }[check.name]


def subject_with(**functions):
    """Return a subject that is right except in these functions; None takes one away."""
    return NamespaceSubject(RIGHT | functions)


def stub(*_args):
    """Stand for an exercise that nobody began."""
    raise NotImplementedError
