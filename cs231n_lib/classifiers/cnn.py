"""A convolutional network.

The names of `cs231n_lib.layers`, `cs231n_lib.fast_layers` and `cs231n_lib.layer_utils` are here, too: the official
notebooks reach them by a star import of this module.
"""

import numpy as np

from cs231n_lib.classifiers import _shared
from cs231n_lib.fast_layers import *  # noqa: F403 - see above
from cs231n_lib.layer_utils import *  # noqa: F403 - see above
from cs231n_lib.layer_utils import (
    affine_relu_backward,
    affine_relu_forward,
    conv_relu_pool_backward,
    conv_relu_pool_forward,
)
from cs231n_lib.layers import *  # noqa: F403 - see above
from cs231n_lib.layers import affine_backward, affine_forward, softmax_loss


class ThreeLayerConvNet:
    """One convolution and two affine layers: conv - relu - 2x2 max pool - affine - relu - affine - softmax.

    Parameters
    ----------
    input_dim : tuple of int
        Channels, height and width of an image.
    num_filters : int
        F.
    filter_size : int
        Height and width of a filter; odd, so that padding can keep the size of the image.
    hidden_dim : int
        Numbers after the first affine layer.
    num_classes : int
    weight_scale : float
        Standard deviation of the first weights; the first biases are 0.
    reg : float
        Strength of the L2 penalty on the weights.
    dtype : dtype
        Of the parameters. Images are not cast: float32 images are faster.

    Attributes
    ----------
    params : dict of str to ndarray
        ``W1`` of shape (F, C, filter_size, filter_size), ``b1`` (F,), ``W2`` (F * H/2 * W/2, hidden_dim), ``b2``,
        ``W3`` (hidden_dim, num_classes), ``b3``.

    Raises
    ------
    ValueError
        If the filter size is even.

    Notes
    -----
    The weights are drawn from NumPy's global generator in the order W1 to W3, as in the official course.

    Where the height or the width of the images is odd, pooling leaves out the last row or column.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    Examples
    --------
    >>> net = ThreeLayerConvNet(input_dim=(3, 8, 6), num_filters=4, filter_size=3, hidden_dim=5)
    >>> net.params["W2"].shape  # 4 filters, 4 by 3 pixels after pooling
    (48, 5)
    >>> net.loss(np.ones((2, 3, 8, 6))).shape
    (2, 10)
    """

    def __init__(
        self,
        input_dim=(3, 32, 32),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dtype=np.float32,
    ):
        if filter_size % 2 == 0:
            raise ValueError(
                f"`filter_size` must be odd (got {filter_size}). A filter with a middle keeps the size of the image."
            )
        C, H, W = input_dim
        features = num_filters * (H // 2) * (W // 2)  # after pooling
        params = {
            "W1": weight_scale * _shared.normal(num_filters, C, filter_size, filter_size),
            "b1": np.zeros(num_filters),
            "W2": weight_scale * _shared.normal(features, hidden_dim),
            "b2": np.zeros(hidden_dim),
            "W3": weight_scale * _shared.normal(hidden_dim, num_classes),
            "b3": np.zeros(num_classes),
        }
        self.reg = reg
        self.dtype = dtype
        self.params = {name: array.astype(dtype) for name, array in params.items()}

    save, load = _shared.save_network, _shared.load_network

    def loss(self, X, y=None):
        r"""Return the scores, or the loss and its gradients.

        .. math:: L = \mathrm{softmax\ loss} + \frac{\mathrm{reg}}{2} \sum_l \sum W_l^2

        Parameters
        ----------
        X : ndarray of shape (N, C, H, W)
        y : ndarray of int of shape (N,), optional

        Returns
        -------
        scores : ndarray of shape (N, num_classes)
            Without ``y``.
        loss, grads : float, dict of str to ndarray
            With ``y``; a gradient for each parameter.

        Raises
        ------
        TypeError, ValueError
            As the layers do, if the shapes or labels do not fit.
        """
        p = self.params
        conv_param = {"stride": 1, "pad": (p["W1"].shape[2] - 1) // 2}
        pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        images, conv_cache = conv_relu_pool_forward(X, p["W1"], p["b1"], conv_param, pool_param)  # (N, F, H/2, W/2)
        hidden, hidden_cache = affine_relu_forward(images, p["W2"], p["b2"])  # (N, hidden_dim)
        scores, scores_cache = affine_forward(hidden, p["W3"], p["b3"])  # (N, num_classes)
        if y is None:
            return scores
        grads = {}
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
        dimages, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
        _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dimages, conv_cache)
        return _shared.add_penalty(loss, grads, p, self.reg)
