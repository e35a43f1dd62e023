"""The layers that networks spend their time in, as fast as NumPy gets: a few thousand times the naive loops.

They answer as the layers of the same name in `cs231n_lib.layers` do, take the same arguments and raise the same
errors; the loops there say what is computed, the modules here how. Integers are accepted and never decide the dtype
of a result: float32 stays float32. No function changes its arguments, except that the batch normalizations store
the running averages in ``bn_param``.

``*_fast`` is always the one to use. The forms by strides, im2col and reshaping are those of the official course.
"""

from cs231n_lib.fast_layers.convolution import conv_backward_fast, conv_forward_fast
from cs231n_lib.fast_layers.im2col_convolution import conv_backward_im2col, conv_forward_im2col
from cs231n_lib.fast_layers.normalization import (
    batchnorm_backward_fast,
    batchnorm_forward_fast,
    spatial_batchnorm_backward_fast,
    spatial_batchnorm_forward_fast,
)
from cs231n_lib.fast_layers.pooling import (
    avg_pool_backward_fast,
    avg_pool_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
)
from cs231n_lib.fast_layers.pooling_variants import (
    max_pool_backward_im2col,
    max_pool_backward_reshape,
    max_pool_forward_im2col,
    max_pool_forward_reshape,
)
from cs231n_lib.fast_layers.strided_convolution import conv_backward_strides, conv_forward_strides
from cs231n_lib.fast_layers.transposed_convolution import conv_transpose_backward_fast, conv_transpose_forward_fast

__all__ = [
    "avg_pool_backward_fast",
    "avg_pool_forward_fast",
    "batchnorm_backward_fast",
    "batchnorm_forward_fast",
    "conv_backward_fast",
    "conv_backward_im2col",
    "conv_backward_strides",
    "conv_forward_fast",
    "conv_forward_im2col",
    "conv_forward_strides",
    "conv_transpose_backward_fast",
    "conv_transpose_forward_fast",
    "max_pool_backward_fast",
    "max_pool_backward_im2col",
    "max_pool_backward_reshape",
    "max_pool_forward_fast",
    "max_pool_forward_im2col",
    "max_pool_forward_reshape",
    "spatial_batchnorm_backward_fast",
    "spatial_batchnorm_forward_fast",
]
