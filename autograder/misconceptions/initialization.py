# ruff: noqa: D103, NPY002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in random initial weights."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception(
    "he_init", "That is Xavier's variance, for layers whose activation is nearly a straight line around zero."
)
def he_init_xavier(fan_in, fan_out):
    return np.random.randn(fan_in, fan_out) * np.sqrt(2 / (fan_in + fan_out))


@misconception("he_init", "The 2 is missing: it makes up for the half of the signal that relu sets to zero.")
def he_init_without_2(fan_in, fan_out):
    return np.random.randn(fan_in, fan_out) / np.sqrt(fan_in)


@misconception("he_init", "The number of outputs decides: it is the inputs that add up in each output.")
def he_init_fan_out(fan_in, fan_out):
    return np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_out)


@misconception(
    "he_init", "The variance is taken for the standard deviation: a factor on the draws is squared in their variance."
)
def he_init_variance(fan_in, fan_out):
    return np.random.randn(fan_in, fan_out) * 2 / fan_in


@misconception("he_init", "All weights are positive: numbers between 0 and 1 are not centered.")
def he_init_positive(fan_in, fan_out):
    return np.random.rand(fan_in, fan_out) * np.sqrt(2 / fan_in)


@misconception("he_init", "The weights are uniform, of the right variance: a normal distribution is asked for.")
def he_init_uniform(fan_in, fan_out):
    edge = np.sqrt(6 / fan_in)
    return np.random.uniform(-edge, edge, (fan_in, fan_out))


@misconception("he_init", "The axes are swapped: a row belongs to an input, a column to an output.")
def he_init_transposed(fan_in, fan_out):
    return np.random.randn(fan_out, fan_in) * np.sqrt(2 / fan_in)


@misconception("he_init", "All outputs have the same weights: then they learn the same.")
def he_init_alike(fan_in, fan_out):
    return np.random.randn(fan_in, 1) * np.ones(fan_out) * np.sqrt(2 / fan_in)


@misconception("he_init", "The seed is set in each call: all layers of one shape start with the same weights.")
def he_init_seeded(fan_in, fan_out):
    return np.random.default_rng(0).standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)
