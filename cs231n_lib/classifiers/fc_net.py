"""Fully connected networks.

The names of `cs231n_lib.layers` and `cs231n_lib.layer_utils` are here, too: the official notebooks reach them
by a star import of this module.
"""

import numpy as np

from cs231n_lib.classifiers import _shared, _tape
from cs231n_lib.layer_utils import *  # noqa: F403 - see above
from cs231n_lib.layer_utils import (
    affine_bn_relu_backward,
    affine_bn_relu_forward,
    affine_ln_relu_backward,
    affine_ln_relu_forward,
    affine_relu_backward,
    affine_relu_forward,
)
from cs231n_lib.layers import *  # noqa: F403 - see above
from cs231n_lib.layers import affine_backward, affine_forward, dropout_backward, dropout_forward, softmax_loss


class TwoLayerNet:
    """Two affine layers with ReLU between them and softmax above: affine - relu - affine - softmax.

    Parameters
    ----------
    input_dim : int
        Numbers in an example, D; 3 · 32 · 32 are those of a CIFAR-10 image.
    hidden_dim : int
        Numbers after the first layer, H.
    num_classes : int
        C.
    weight_scale : float
        Standard deviation of the first weights; the first biases are 0.
    reg : float
        Strength of the L2 penalty on the weights.

    Attributes
    ----------
    params : dict of str to ndarray
        ``W1`` of shape (D, H), ``b1`` (H,), ``W2`` (H, C), ``b2`` (C,).

    Notes
    -----
    The weights are drawn from NumPy's global generator, W1 first, as in the official course.

    Examples
    --------
    Small weights tell the classes apart by nothing, so that the loss starts at log C:

    >>> net = TwoLayerNet(input_dim=4, num_classes=5, weight_scale=1e-5)
    >>> loss, grads = net.loss(np.ones((2, 4)), np.array([0, 3]))
    >>> round(float(loss), 4), round(float(np.log(5)), 4)
    (1.6094, 1.6094)
    """

    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            "W1": weight_scale * _shared.normal(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * _shared.normal(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }

    save, load = _shared.save_network, _shared.load_network

    def loss(self, X, y=None):
        r"""Return the scores, or the loss and its gradients.

        .. math:: L = \mathrm{softmax\ loss} + \frac{\mathrm{reg}}{2} \left( \sum W_1^2 + \sum W_2^2 \right)

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
        y : ndarray of int of shape (N,), optional

        Returns
        -------
        scores : ndarray of shape (N, C)
            Without ``y``.
        loss, grads : float, dict of str to ndarray
            With ``y``; a gradient for each parameter.

        Raises
        ------
        TypeError, ValueError
            As the layers do, if the shapes or labels do not fit.
        """
        hidden, hidden_cache = affine_relu_forward(X, self.params["W1"], self.params["b1"])  # (N, H)
        scores, scores_cache = affine_forward(hidden, self.params["W2"], self.params["b2"])  # (N, C)
        if y is None:
            return scores
        grads = {}
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, scores_cache)
        _, grads["W1"], grads["b1"] = affine_relu_backward(dhidden, hidden_cache)
        return _shared.add_penalty(loss, grads, self.params, self.reg)


class FullyConnectedNet:
    """Any number of affine layers: {affine - [norm] - relu - [dropout]} x (L - 1) - affine - softmax.

    Parameters
    ----------
    hidden_dims : list of int
        Numbers after each hidden layer; there are L - 1 of them.
    input_dim : int
        Numbers in an example; 3 · 32 · 32 are those of a CIFAR-10 image.
    num_classes : int
    dropout_keep_ratio : float
        Probability that dropout keeps a number; 1 for no dropout.
    normalization : {'batchnorm', 'layernorm', None}
    reg : float
        Strength of the L2 penalty on the weights.
    weight_scale : float
        Standard deviation of the first weights. The first biases and shifts are 0, the first scales 1.
    dtype : dtype
        In which everything is computed. float32 is fast; gradient checks need float64.
    seed : int, optional
        Makes dropout repeat itself in each call, for gradient checks. It resets NumPy's global generator, and
        with it the minibatches of a `Solver`: leave it out for training.

    Attributes
    ----------
    params : dict of str to ndarray
        ``W1`` to ``WL``, ``b1`` to ``bL``, and with normalization ``gamma1`` and ``beta1`` to ``gamma{L-1}`` and
        ``beta{L-1}``.
    num_layers : int
        L.
    use_dropout : bool
    dropout_param : dict
        Shared by all the dropout layers.
    bn_params : list of dict
        One for each hidden layer with normalization.

    Raises
    ------
    ValueError
        If there is no such normalization.

    Notes
    -----
    The weights are drawn from NumPy's global generator in the order W1 to WL, as in the official course.

    Examples
    --------
    >>> net = FullyConnectedNet([20, 30], input_dim=15, normalization="batchnorm")
    >>> net.params["W2"].shape, net.params["gamma2"].shape, net.params["W3"].shape
    ((20, 30), (30,), (30, 10))
    >>> net.loss(np.ones((4, 15))).shape
    (4, 10)
    """

    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
    ):
        if normalization not in _HIDDEN_LAYERS:
            raise ValueError(
                f"`normalization` must be 'batchnorm', 'layernorm' or None (got {normalization!r}). "
                "Group normalization is for images."
            )
        self.normalization = normalization
        self.use_dropout = dropout_keep_ratio != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = self._draw_params([input_dim, *hidden_dims, num_classes], weight_scale)
        self.dropout_param = {"mode": "train", "p": dropout_keep_ratio} if self.use_dropout else {}
        if seed is not None and self.use_dropout:
            self.dropout_param["seed"] = seed
        norm_param = {"mode": "train"} if normalization == "batchnorm" else {}
        self.bn_params = [dict(norm_param) for _ in hidden_dims if normalization]

    save, load = _shared.save_network, _shared.load_network

    def loss(self, X, y=None):
        r"""Return the scores, or the loss and its gradients.

        .. math:: L = \mathrm{softmax\ loss} + \frac{\mathrm{reg}}{2} \sum_l \sum W_l^2

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
            Cast to ``dtype``.
        y : ndarray of int of shape (N,), optional

        Returns
        -------
        scores : ndarray of shape (N, C)
            Without ``y``; dropout and batch normalization then are in 'test' mode.
        loss, grads : float, dict of str to ndarray
            With ``y``, in 'train' mode; a gradient for each parameter.

        Raises
        ------
        TypeError, ValueError
            As the layers do, if the shapes or labels do not fit.
        """
        _shared.set_mode([self.dropout_param, *self.bn_params], "test" if y is None else "train")
        tape, L = _tape.Tape(self.params), self.num_layers
        out = np.asarray(X).astype(self.dtype, copy=False)
        for layer in range(1, L):
            norm_param = self.bn_params[layer - 1 : layer]  # none without normalization
            out = tape.apply(_HIDDEN_LAYERS[self.normalization], out, self._names(layer), *norm_param)
            if self.use_dropout:
                out = tape.apply((dropout_forward, dropout_backward), out, [], self.dropout_param)
        scores = tape.apply((affine_forward, affine_backward), out, [f"W{L}", f"b{L}"])  # (N, C)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        return _shared.add_penalty(loss, tape.gradients(dscores), self.params, self.reg)

    def _draw_params(self, dims, weight_scale):
        params = {}
        for layer in range(1, self.num_layers + 1):
            D, M = dims[layer - 1 : layer + 1]
            params[f"W{layer}"] = weight_scale * _shared.normal(D, M)
            params[f"b{layer}"] = np.zeros(M)
            if self.normalization and layer < self.num_layers:
                params |= _shared.norm_params(layer, M)
        return {name: array.astype(self.dtype) for name, array in params.items()}

    def _names(self, layer):
        kinds = ("W", "b", "gamma", "beta") if self.normalization else ("W", "b")
        return [f"{kind}{layer}" for kind in kinds]


_HIDDEN_LAYERS = {
    None: (affine_relu_forward, affine_relu_backward),
    "batchnorm": (affine_bn_relu_forward, affine_bn_relu_backward),
    "layernorm": (affine_ln_relu_forward, affine_ln_relu_backward),
}
