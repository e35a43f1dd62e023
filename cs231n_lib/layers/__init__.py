"""The layers, one module per family: each forward pass returns ``(out, cache)``, each backward pass takes it.

Integers are accepted everywhere and never decide the dtype of a result: float32 stays float32, and where no
argument is a float, the result is float64. No function changes its arguments, except that
`batchnorm_forward` and `spatial_batchnorm_forward` store the running averages in ``bn_param``.
"""

from cs231n_lib.layers.activations import (
    elu_backward,
    elu_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from cs231n_lib.layers.affine import affine_backward, affine_forward
from cs231n_lib.layers.convolution import conv_backward_naive, conv_forward_naive
from cs231n_lib.layers.dropout import dropout_backward, dropout_forward
from cs231n_lib.layers.folding import fold_into_convolution
from cs231n_lib.layers.losses import softmax_loss, svm_loss
from cs231n_lib.layers.lowering import col2im, im2col
from cs231n_lib.layers.normalization import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    fold_batchnorm,
    population_statistics,
)
from cs231n_lib.layers.normalization_family import (
    instancenorm_backward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_groupnorm_backward,
    spatial_groupnorm_forward,
)
from cs231n_lib.layers.pooling import max_pool_backward_naive, max_pool_forward_naive, max_pool_places
from cs231n_lib.layers.pooling_average import (
    avg_pool_backward,
    avg_pool_forward,
    global_avg_pool_backward,
    global_avg_pool_forward,
)
from cs231n_lib.layers.pooling_kmax import kmax_pool_backward, kmax_pool_forward
from cs231n_lib.layers.pooling_stochastic import stochastic_pool_backward, stochastic_pool_forward
from cs231n_lib.layers.upsampling import (
    conv_transpose_backward,
    conv_transpose_forward,
    max_unpool_backward,
    max_unpool_forward,
)

__all__ = [
    "affine_backward",
    "affine_forward",
    "avg_pool_backward",
    "avg_pool_forward",
    "batchnorm_backward",
    "batchnorm_backward_alt",
    "batchnorm_forward",
    "col2im",
    "conv_backward_naive",
    "conv_forward_naive",
    "conv_transpose_backward",
    "conv_transpose_forward",
    "dropout_backward",
    "dropout_forward",
    "elu_backward",
    "elu_forward",
    "fold_batchnorm",
    "fold_into_convolution",
    "global_avg_pool_backward",
    "global_avg_pool_forward",
    "im2col",
    "instancenorm_backward",
    "instancenorm_forward",
    "kmax_pool_backward",
    "kmax_pool_forward",
    "layernorm_backward",
    "layernorm_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "max_pool_backward_naive",
    "max_pool_forward_naive",
    "max_pool_places",
    "max_unpool_backward",
    "max_unpool_forward",
    "population_statistics",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_loss",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "spatial_groupnorm_backward",
    "spatial_groupnorm_forward",
    "stochastic_pool_backward",
    "stochastic_pool_forward",
    "svm_loss",
    "tanh_backward",
    "tanh_forward",
]
