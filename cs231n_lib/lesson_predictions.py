"""Right answers to what the lessons on networks and normalization ask to predict before it is run.

Students do not receive them.
"""

import numpy as np

__all__ = [
    "predict_dropout_variance",
    "predict_effect",
    "predict_first_loss",
    "predict_outlier",
    "predict_saving",
    "predict_step_factor",
    "predict_undone",
]


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


def predict_dropout_variance(p, mean, std):
    """Predict the variance of a feature behind dropout, in training.

    Parameters
    ----------
    p : float
        The probability of keeping a number.
    mean, std : float
        Of the feature before dropout, over the examples.

    Returns
    -------
    variance : float
        The mean of the squares grows by 1 / p; the mean stays.

    Examples
    --------
    >>> predict_dropout_variance(0.5, mean=10.0, std=1.0)
    102.0
    """
    return (std**2 + mean**2) / p - mean**2


def predict_outlier(n, size):
    """Predict what batch normalization makes of an outlier among zeros, epsilon left out.

    Parameters
    ----------
    n : int
        Examples in the batch, at least 2.
    size : float
        The value of one of them, not 0.

    Returns
    -------
    out : float
        For that example: the root of n - 1, whatever its size.

    Examples
    --------
    >>> float(predict_outlier(50, 1000.0)), float(predict_outlier(50, -1e9))
    (7.0, -7.0)
    """
    return np.sign(size) * np.sqrt(n - 1)


def predict_undone(scaled, factor):
    """Predict which normalizations undo it when some numbers are multiplied.

    Parameters
    ----------
    scaled : {'the batch', 'an image', 'a group', 'a channel', 'a map', 'a pixel'}
        A group and a map are those of one image, a channel is that of all images.
    factor : float
        Not 0 and not 1.

    Returns
    -------
    which : str
        A negative factor turns the signs, and nobody undoes that.

    Examples
    --------
    >>> predict_undone('a channel', 3.0), predict_undone('a channel', -3.0)
    ('batch and instance', 'no layer')
    """
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    undone |= {"a channel": "batch and instance", "a map": "instance"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


def predict_saving(filters, channels, window):  # noqa: ARG001  it drops out: that is what is asked
    """Predict the share of the multiply-adds that folding a normalization into a convolution saves.

    Parameters
    ----------
    filters : int
        Of the convolution; both layers need a multiple of it.
    channels : int
        Of its input.
    window : int
        Height and width of a filter.

    Returns
    -------
    share : float

    Examples
    --------
    >>> predict_saving(filters=16, channels=1, window=1)
    0.5
    """
    return 1 / (channels * window**2 + 1)


def predict_effect(normalization, change):
    """Predict whether the scores of a fresh network stay or change, in 'train' mode.

    Parameters
    ----------
    normalization : {'batchnorm', 'layernorm', None}
    change : {'one bias', 'all biases', 'one column', 'all weights', 'one image'}
        What becomes larger by 1, or twice as large, in front of the first normalization; of an image its own
        scores are meant.

    Returns
    -------
    effect : {'stays', 'changes'}

    Examples
    --------
    >>> predict_effect("batchnorm", "one bias"), predict_effect("layernorm", "one bias")
    ('stays', 'changes')
    """
    of_all_units = change in ("all biases", "all weights")
    unseen = {
        "batchnorm": of_all_units or change in ("one bias", "one column"),
        "layernorm": of_all_units or change == "one image",
    }
    return "stays" if unseen.get(normalization) else "changes"
