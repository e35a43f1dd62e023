"""Update rules: from a parameter and its gradient to the next parameter.

All have the form ``rule(w, dw, config=None) -> (next_w, config)``. Each parameter has a ``config`` of its own,
which holds the hyperparameters and whatever the rule remembers from one step to the next. Missing entries get
their defaults, and what is remembered its new value, in the dictionary that is passed. ``w`` and ``dw`` are not
changed; ``next_w`` has the dtype of ``w``, so that a float32 network stays one.
"""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape

__all__ = ["adam", "adamw", "rmsprop", "sgd", "sgd_momentum"]


def sgd(w, dw, config=None):
    r"""Step against the gradient.

    .. math:: w \leftarrow w - \eta\, dw

    Parameters
    ----------
    w : ndarray of any shape
    dw : ndarray of the shape of w
        Gradient of the loss with respect to ``w``.
    config : dict, optional
        ``learning_rate``, η (1e-2).

    Returns
    -------
    next_w : ndarray of the shape and dtype of w
    config : dict

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If ``dw`` does not have the shape of ``w``.

    References
    ----------
    Robbins and Monro, "A stochastic approximation method", 1951.

    Examples
    --------
    >>> import numpy as np
    >>> w, config = sgd(np.array([1.0]), np.array([2.0]), {"learning_rate": 0.25})
    >>> w
    array([0.5])
    """
    w, dw, config = _prepare(w, dw, config, learning_rate=1e-2)
    return w - float(config["learning_rate"]) * dw, config


def sgd_momentum(w, dw, config=None):
    r"""Let the steps pick up speed where gradients keep their direction.

    .. math:: v \leftarrow \mu v - \eta\, dw, \qquad w \leftarrow w + v

    Parameters
    ----------
    w : ndarray of any shape
    dw : ndarray of the shape of w
        Gradient of the loss with respect to ``w``.
    config : dict, optional
        ``learning_rate``, η (1e-2). ``momentum``, μ (0.9): how much of the speed survives a step, so that a
        steady gradient is taken 1 / (1 - μ) = 10 times. ``velocity``, v, an array like ``w`` (zeros at first).

    Returns
    -------
    next_w : ndarray of the shape and dtype of w
    config : dict

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If ``dw`` or the velocity does not have the shape of ``w``.

    Notes
    -----
    The learning rate is inside the velocity; in PyTorch it is outside, ``v = mu v + dw`` and ``w -= lr v``. The
    steps are the same as long as the rate is.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    Examples
    --------
    Two steps along the same gradient, the second 1.5 times as long:

    >>> import numpy as np
    >>> w, config = sgd_momentum(np.array([0.0]), np.array([1.0]), {"learning_rate": 1.0, "momentum": 0.5})
    >>> w
    array([-1.])
    >>> w, config = sgd_momentum(w, np.array([1.0]), config)
    >>> w, config["velocity"]
    (array([-2.5]), array([-1.5]))
    """
    w, dw, config = _prepare(w, dw, config, learning_rate=1e-2, momentum=0.9)
    velocity = float(config["momentum"]) * _memory(config, "velocity", w) - float(config["learning_rate"]) * dw
    config["velocity"] = velocity
    return w + velocity, config


def rmsprop(w, dw, config=None):
    r"""Divide each step by the recent size of its own gradient.

    .. math:: s \leftarrow \rho s + (1 - \rho)\, dw^2, \qquad w \leftarrow w - \eta \frac{dw}{\sqrt{s} + \epsilon}

    Parameters
    ----------
    w : ndarray of any shape
    dw : ndarray of the shape of w
        Gradient of the loss with respect to ``w``.
    config : dict, optional
        ``learning_rate``, η (1e-2). ``decay_rate``, ρ (0.99): the average reaches back about 1 / (1 - ρ) = 100
        steps. ``epsilon``, ε (1e-8), keeps us from dividing by zero. ``cache``, s, an array like ``w`` (zeros
        at first).

    Returns
    -------
    next_w : ndarray of the shape and dtype of w
    config : dict

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If ``dw`` or the cache does not have the shape of ``w``.

    Notes
    -----
    ε stands outside the root, as in PyTorch; inside, 1e-8 would act like 1e-4 outside.

    Because s starts at zero, the first step is 1 / √(1 - ρ) = 10 times as long as the later ones. `adam`
    corrects this.

    References
    ----------
    Tieleman and Hinton, "Lecture 6.5 - RMSProp", Coursera: Neural networks for machine learning, 2012.

    Examples
    --------
    A large and a small gradient make steps of the same length:

    >>> import numpy as np
    >>> config = {"learning_rate": 0.1, "decay_rate": 0.75}
    >>> w, config = rmsprop(np.zeros(2), np.array([100.0, -0.01]), config)
    >>> w.round(4)
    array([-0.2,  0.2])
    """
    w, dw, config = _prepare(w, dw, config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8)
    rho = float(config["decay_rate"])
    config["cache"] = rho * _memory(config, "cache", w) + (1 - rho) * dw**2
    step = dw / (np.sqrt(config["cache"]) + float(config["epsilon"]))
    return w - float(config["learning_rate"]) * step, config


def adam(w, dw, config=None):
    r"""Combine momentum and RMSProp, both corrected for their start at zero.

    .. math::
        m \leftarrow \beta_1 m + (1 - \beta_1)\, dw, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, dw^2, \qquad
        w \leftarrow w - \eta \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}

    where t counts the steps from 1.

    Parameters
    ----------
    w : ndarray of any shape
    dw : ndarray of the shape of w
        Gradient of the loss with respect to ``w``.
    config : dict, optional
        ``learning_rate``, η (1e-3); ``beta1`` (0.9), ``beta2`` (0.999) and ``epsilon``, ε (1e-8): the paper's.
        ``m`` and ``v``, arrays like ``w`` (zeros at first); ``t``, the number of steps so far (0).

    Returns
    -------
    next_w : ndarray of the shape and dtype of w
    config : dict

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If ``dw`` or a moving average does not have the shape of ``w``.

    Notes
    -----
    After t steps, the weights in an average that began at zero add up to 1 - β^t. Dividing by this makes it a
    mean from the first step on.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.

    Examples
    --------
    The first step has the length of the learning rate, whatever the gradient:

    >>> import numpy as np
    >>> w, config = adam(np.zeros(2), np.array([100.0, -0.01]), {"learning_rate": 0.1})
    >>> w.round(4)
    array([-0.1,  0.1])
    >>> config["t"]
    1
    """
    w, dw, config = _prepare(w, dw, config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    return w - _adam_step(w, dw, config), config


def adamw(w, dw, config=None):
    r"""Take a step of Adam, and let the parameter decay beside it.

    .. math:: w \leftarrow w - \eta \lambda w - \text{the step of Adam}

    Parameters
    ----------
    w : ndarray of any shape
    dw : ndarray of the shape of w
        Gradient of the loss, without any penalty on the weights, with respect to ``w``.
    config : dict, optional
        As for `adam`, and ``weight_decay``, λ (1e-2, PyTorch's default): the fraction of the weight that is
        lost in a step, as a multiple of the learning rate.

    Returns
    -------
    next_w : ndarray of the shape and dtype of w
    config : dict

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If ``dw`` or a moving average does not have the shape of ``w``.

    Notes
    -----
    A penalty ½ λ w² in the loss adds λw to the gradient. With plain SGD that is the same as decay. Adam divides
    it by the size of the gradients, so that weights with large gradients hardly decay; here all decay alike.

    The rule decays what it is given. The `Solver` gives it every parameter, biases too.

    References
    ----------
    Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.

    Examples
    --------
    Without a gradient only the decay is left:

    >>> import numpy as np
    >>> w, config = adamw(np.array([2.0]), np.zeros(1), {"learning_rate": 0.1, "weight_decay": 0.5})
    >>> w
    array([1.9])
    """
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 1e-2, "t": 0}
    w, dw, config = _prepare(w, dw, config, **defaults)
    decay = float(config["learning_rate"]) * float(config["weight_decay"])
    return (1 - decay) * w - _adam_step(w, dw, config), config


def _adam_step(w, dw, config):
    beta1, beta2 = float(config["beta1"]), float(config["beta2"])
    config["t"] += 1
    config["m"] = beta1 * _memory(config, "m", w) + (1 - beta1) * dw
    config["v"] = beta2 * _memory(config, "v", w) + (1 - beta2) * dw**2
    mean = config["m"] / (1 - beta1 ** config["t"])
    mean_square = config["v"] / (1 - beta2 ** config["t"])
    return float(config["learning_rate"]) * mean / (np.sqrt(mean_square) + float(config["epsilon"]))


def _prepare(w, dw, config, **defaults):
    (w,), (dw,) = as_floats(w=w), as_floats(dw=dw)
    check_shape("dw", dw, w.shape, "A gradient has the shape of its parameter.")
    config = {} if config is None else config
    for key, value in defaults.items():
        config.setdefault(key, value)
    return w, dw.astype(w.dtype, copy=False), config


def _memory(config, key, w):
    value = np.asarray(config.setdefault(key, np.zeros_like(w)), w.dtype)
    check_shape(f"config['{key}']", value, w.shape, "Keep one `config` for each parameter.")
    return value
