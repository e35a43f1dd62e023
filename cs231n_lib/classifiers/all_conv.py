"""A network of nothing but convolutions, for images of any size."""

import numpy as np

from cs231n_lib.classifiers import _shared, _tape
from cs231n_lib.fast_layers import conv_backward_fast, conv_forward_fast
from cs231n_lib.layer_utils import conv_bn_relu_backward, conv_bn_relu_forward
from cs231n_lib.layers import global_avg_pool_backward, global_avg_pool_forward, softmax_loss

__all__ = ["AllConvNet"]


class AllConvNet:
    """Convolutions all the way: {conv - norm - relu - conv of stride 2 - norm - relu} x K - 1x1 conv - average.

    Parameters
    ----------
    num_filters : sequence of int
        Of the two convolutions of each of the K stages. Every stage halves the height and the width.
    input_channels : int
    num_classes : int
    reg : float
        Strength of the L2 penalty on the weights.
    dtype : dtype
        In which everything is computed.

    Attributes
    ----------
    params : dict of str to ndarray
        ``W1`` to ``WL``, ``b1`` to ``bL``, and for all but the last layer ``gamma`` and ``beta``; L = 2 K + 1.
    bn_params : list of dict
        One for each layer but the last.

    Notes
    -----
    Where other networks pool, this one takes steps of two pixels, and learns what to keep. And where they put
    an affine layer, which fixes the size of the image and has most of the parameters, it scores every place by
    a filter of one pixel for each class and takes the mean: images may have any size.

    The weights are drawn as in `cs231n_lib.initialization.he_init`, from NumPy's global generator.

    References
    ----------
    Springenberg, Dosovitskiy, Brox and Riedmiller, "Striving for simplicity: the all convolutional net", 2015.

    Lin, Chen and Yan, "Network in network", 2014, for the global average.

    Examples
    --------
    >>> net = AllConvNet(num_filters=(4, 8), input_channels=1)
    >>> net.loss(np.ones((2, 1, 8, 8))).shape, net.loss(np.ones((2, 1, 13, 9))).shape
    ((2, 10), (2, 10))
    """

    def __init__(self, num_filters=(16, 32), input_channels=3, num_classes=10, reg=0.0, dtype=np.float32):
        self.reg = reg
        self.dtype = dtype
        channels = [input_channels, *(F for F in num_filters for _ in range(2))]
        self.num_layers = L = len(channels)
        params = {}
        for layer in range(1, L):
            C, F = channels[layer - 1 : layer + 1]
            params |= _shared.conv_params(layer, (F, C, 3, 3), 9 * C, F) | _shared.norm_params(layer, F)
        params |= _shared.conv_params(L, (num_classes, channels[-1], 1, 1), channels[-1], num_classes)
        self.params = {name: array.astype(dtype) for name, array in params.items()}
        self.bn_params = [{"mode": "train"} for _ in range(1, L)]

    save, load = _shared.save_network, _shared.load_network

    def loss(self, X, y=None):
        r"""Return the scores, or the loss and its gradients.

        .. math:: L = \mathrm{softmax\ loss} + \frac{\mathrm{reg}}{2} \sum_l \sum W_l^2

        Parameters
        ----------
        X : ndarray of shape (N, C, H, W)
            Cast to ``dtype``.
        y : ndarray of int of shape (N,), optional

        Returns
        -------
        scores : ndarray of shape (N, num_classes)
            Without ``y``; batch normalization then is in 'test' mode.
        loss, grads : float, dict of str to ndarray
            With ``y``, in 'train' mode; a gradient for each parameter.

        Raises
        ------
        TypeError, ValueError
            As the layers do, if the shapes or labels do not fit.
        """
        _shared.set_mode(self.bn_params, "test" if y is None else "train")
        tape, L = _tape.Tape(self.params), self.num_layers
        out = np.asarray(X).astype(self.dtype, copy=False)
        for layer in range(1, L):
            conv_param = {"stride": 2 - layer % 2, "pad": 1}  # 1, 2, 1, 2, ...
            names = [f"{kind}{layer}" for kind in ("W", "b", "gamma", "beta")]
            out = tape.apply(_CONV_BN_RELU, out, names, conv_param, self.bn_params[layer - 1])
        out = tape.apply(_CONV, out, [f"W{L}", f"b{L}"], {"stride": 1, "pad": 0})  # (N, num_classes, H', W')
        scores = tape.apply((global_avg_pool_forward, global_avg_pool_backward), out)  # (N, num_classes)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        return _shared.add_penalty(loss, tape.gradients(dscores), self.params, self.reg)


_CONV = conv_forward_fast, conv_backward_fast
_CONV_BN_RELU = conv_bn_relu_forward, conv_bn_relu_backward
