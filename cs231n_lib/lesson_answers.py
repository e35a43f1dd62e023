"""Right answers to the small questions of the lessons: predictions and choices. Students do not receive them."""

__all__ = ["predict_first_loss", "predict_step_factor"]

import numpy as np


def predict_first_loss(num_classes):
    """Predict the softmax loss of a network whose scores are all zero.

    Parameters
    ----------
    num_classes : int

    Returns
    -------
    loss : float

    Examples
    --------
    >>> round(float(predict_first_loss(10)), 3)
    2.303
    """
    return np.log(num_classes)


def predict_step_factor(rule, factor):
    """Predict by which factor the first step of a rule grows if the gradient grows by a factor.

    Parameters
    ----------
    rule : {'sgd', 'sgd_momentum', 'rmsprop', 'adam'}
    factor : float

    Returns
    -------
    grows : float

    Examples
    --------
    >>> predict_step_factor("sgd", 10.0), predict_step_factor("adam", 10.0)
    (10.0, 1.0)
    """
    return 1.0 if rule in ("rmsprop", "adam") else factor
