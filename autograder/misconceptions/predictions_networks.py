# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""Wrong predictions about networks and update rules."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("predict_first_loss", "The logarithm is the natural one, as in the softmax loss.")
def predict_first_loss_in_digits(num_classes):
    return np.log10(num_classes)


@misconception("predict_first_loss", "That is the probability of the true class: the loss is minus its logarithm.")
def predict_first_loss_as_probability(num_classes):
    return 1 / num_classes


@misconception("predict_first_loss", "The logarithm of a probability is negative, and the loss is minus that.")
def predict_first_loss_negative(num_classes):
    return -np.log(num_classes)


@misconception(
    "predict_first_loss", "The loss of one example is asked for; the mean over the batch is the same number."
)
def predict_first_loss_of_the_batch(num_classes):
    return num_classes * np.log(num_classes)


@misconception("predict_first_loss", "That is the hinge loss: one for each wrong class.")
def predict_first_loss_of_the_hinge(num_classes):
    return num_classes - 1.0


@misconception(
    "predict_step_factor", "Two of the rules divide the gradient by its own size, in which the factor stands, too."
)
def predict_step_factor_always(rule, factor):
    return factor


@misconception(
    "predict_step_factor", "RMSProp divides by the root of the mean square, in which the factor stands squared."
)
def predict_step_factor_root(rule, factor):
    return {"rmsprop": 1 / factor, "adam": 1 / factor}.get(rule, factor)


@misconception("predict_step_factor", "Plain gradient descent takes the gradient as it is.")
def predict_step_factor_never(rule, factor):
    return 1.0


@misconception(
    "predict_step_factor", "Momentum adds to what is left of the speed; in the first step there is none yet."
)
def predict_step_factor_of_speed(rule, factor):
    return {"sgd": factor, "sgd_momentum": 0.9 * factor}.get(rule, 1.0)
