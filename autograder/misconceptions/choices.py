# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong in choices: settings that lead nowhere, and digits that are read badly."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("overfitting_settings", "The defaults of the official course are too small for so few steps.")
def overfitting_settings_as_given(num_layers):
    return 1e-2, 1e-2


@misconception("overfitting_settings", "The two numbers are in the other order: the learning rate comes first.")
def overfitting_settings_exchanged(num_layers):
    return 1e-3, (0.5 if num_layers == 3 else 0.2)


@misconception(
    "overfitting_settings", "The first weights are so large that the scores are huge before the first step."
)
def overfitting_settings_large_weights(num_layers):
    return 0.1, 2.0


@misconception("overfitting_settings", "The steps are so long that they jump over every valley.")
def overfitting_settings_long_steps(num_layers):
    return 10.0, 0.2


@misconception(
    "overfitting_settings", "What is right for three layers need not be for five: a signal shrinks in each."
)
def overfitting_settings_of_three_layers(num_layers):
    return 1.0, 0.05


def _nearest_mean(X_train, y_train, X_new, sign=1):
    means = np.array([X_train[y_train == label].mean(axis=0) for label in range(10)])
    return (sign * ((X_new[:, None] - means) ** 2).sum(axis=2)).argmin(axis=1)


@misconception("read_digits", "One label is given to all: nothing was learned.")
def read_digits_says_one(X_train, y_train, X_new):
    return np.full(len(X_new), np.bincount(y_train).argmax())


@misconception("read_digits", "The smallest score is taken for the answer: it is the largest.")
def read_digits_takes_the_smallest(X_train, y_train, X_new):
    return _nearest_mean(X_train, y_train, X_new, sign=-1)


@misconception("read_digits", "The digits of the training set are read, and not the new ones.")
def read_digits_of_the_training_set(X_train, y_train, X_new):
    return _nearest_mean(X_train, y_train, X_train)[: len(X_new)]
