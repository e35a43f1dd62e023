"""Right answers to what only the lessons ask: steps on the way to a class, and choices.

Students do not receive them.
"""

import numpy as np

from cs231n_lib import optim
from cs231n_lib.classifiers.fc_net import FullyConnectedNet
from cs231n_lib.layer_utils import affine_relu_backward, affine_relu_forward
from cs231n_lib.layers import affine_backward, affine_forward

__all__ = [
    "network_backward",
    "network_forward",
    "overfitting_settings",
    "read_digits",
]


def network_forward(params, x):
    """Run all layers of a network: affine and ReLU, again and again, and affine at last.

    Parameters
    ----------
    params : dict of str to ndarray
        ``W1`` and ``b1`` to ``WL`` and ``bL``.
    x : ndarray of shape (N, d_1, ..., d_k)

    Returns
    -------
    scores : ndarray of shape (N, C)
    caches : list
        For `network_backward`: what each layer keeps, in order.

    Examples
    --------
    >>> params = {"W1": np.array([[1.0, -1.0]]), "b1": np.zeros(2), "W2": np.ones((2, 1)), "b2": np.ones(1)}
    >>> scores, caches = network_forward(params, np.array([[3.0], [-2.0]]))
    >>> scores
    array([[4.],
           [3.]])
    """
    L, caches = len(params) // 2, []
    for layer in range(1, L + 1):
        forward = affine_relu_forward if layer < L else affine_forward
        x, cache = forward(x, params[f"W{layer}"], params[f"b{layer}"])
        caches.append(cache)
    return x, caches


def network_backward(dscores, caches):
    """Send a gradient back through all layers.

    Parameters
    ----------
    dscores : ndarray of shape (N, C)
    caches : list
        From `network_forward`.

    Returns
    -------
    grads : dict of str to ndarray
        A gradient for each parameter, under its name.

    Examples
    --------
    >>> params = {"W1": np.array([[1.0, -1.0]]), "b1": np.zeros(2), "W2": np.ones((2, 1)), "b2": np.ones(1)}
    >>> _, caches = network_forward(params, np.array([[3.0], [-2.0]]))
    >>> network_backward(np.ones((2, 1)), caches)["W1"]
    array([[ 3., -2.]])
    """
    L, grads = len(caches), {}
    for layer in range(L, 0, -1):
        backward = affine_relu_backward if layer < L else affine_backward
        dscores, grads[f"W{layer}"], grads[f"b{layer}"] = backward(dscores, caches[layer - 1])
    return grads


def overfitting_settings(num_layers):
    """Choose settings with which a network learns 50 digits by heart in 100 steps.

    Parameters
    ----------
    num_layers : {3, 5}

    Returns
    -------
    learning_rate, weight_scale : float

    Examples
    --------
    >>> overfitting_settings(3)
    (0.5, 0.2)
    """
    return (0.5 if num_layers == 3 else 0.2), 0.2


def read_digits(X_train, y_train, X_new):
    """Train a network on digits, and read others.

    Parameters
    ----------
    X_train : ndarray of shape (N, D)
    y_train : ndarray of int of shape (N,)
    X_new : ndarray of shape (M, D)

    Returns
    -------
    labels : ndarray of int of shape (M,)

    Examples
    --------
    >>> x = np.repeat(np.eye(3), 20, axis=0)
    >>> read_digits(x, np.arange(60) // 20, np.eye(3))
    array([0, 1, 2])
    """
    rng = np.random.default_rng(0)
    net = FullyConnectedNet([50], input_dim=X_train.shape[1], weight_scale=0.1)
    configs = {name: {"learning_rate": 1e-2} for name in net.params}
    for _ in range(200):
        rows = rng.choice(len(y_train), 50)
        _, grads = net.loss(X_train[rows], y_train[rows])
        for name, w in net.params.items():
            net.params[name], _ = optim.adam(w, grads[name], configs[name])
    return net.loss(X_new).argmax(axis=1)
