"""The layers, one module per family: each forward pass returns ``(out, cache)``, each backward pass takes it.

Integers are accepted everywhere and never decide the dtype of a result: float32 stays float32, and where no
argument is a float, the result is float64. No function changes its arguments, except that
`batchnorm_forward` stores the running averages in ``bn_param``.
"""

from cs231n_lib.layers.activations import relu_backward, relu_forward
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.convolution import conv_backward_naive, conv_forward_naive
from cs231n_lib.layers.losses import softmax_loss, svm_loss
from cs231n_lib.layers.normalization import batchnorm_backward, batchnorm_backward_alt, batchnorm_forward
from cs231n_lib.layers.pooling import max_pool_backward_naive, max_pool_forward_naive

__all__ = [
    "affine_backward",
    "affine_forward",
    "batchnorm_backward",
    "batchnorm_backward_alt",
    "batchnorm_forward",
    "conv_backward_naive",
    "conv_forward_naive",
    "max_pool_backward_naive",
    "max_pool_forward_naive",
    "relu_backward",
    "relu_forward",
    "softmax_loss",
    "svm_loss",
]
