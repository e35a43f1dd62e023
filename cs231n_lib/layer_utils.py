"""Layers that often follow each other, as one: the caches are tuples in the order of the forward pass."""

from cs231n_lib.fast_layers import (
    conv_backward_fast,
    conv_forward_fast,
    conv_transpose_backward_fast,
    conv_transpose_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
    spatial_batchnorm_backward_fast,
    spatial_batchnorm_forward_fast,
)
from cs231n_lib.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
    max_unpool_backward,
    max_unpool_forward,
    relu_backward,
    relu_forward,
)


def affine_relu_forward(x, w, b):
    """Apply an affine layer, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, d_1, ..., d_k)
    w : ndarray of shape (D, M)
    b : ndarray of shape (M,)

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple
        ``(fc_cache, relu_cache)``, for `affine_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = affine_relu_forward(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [1.0, -1.0]]), np.zeros(2))
    >>> out
    array([[3., 0.]])
    """
    a, fc_cache = affine_forward(x, w, b)  # (N, M)
    out, relu_cache = relu_forward(a)  # (N, M)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Send the gradient back through `affine_relu_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, M)
    cache : tuple
        From `affine_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, d_1, ..., d_k)
    dw : ndarray of shape (D, M)
    db : ndarray of shape (M,)
    """
    fc_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), fc_cache)


def affine_bn_relu_forward(x, w, b, gamma, beta, bn_param):
    """Apply an affine layer, batch normalization, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, d_1, ..., d_k)
    w : ndarray of shape (D, M)
    b : ndarray of shape (M,)
        Without effect: the mean that is subtracted contains it.
    gamma, beta : ndarray of shape (M,)
    bn_param : dict
        As for `batchnorm_forward`; the running averages in it are updated in place.

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple
        ``(fc_cache, bn_cache, relu_cache)``, for `affine_bn_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[1.0], [3.0]]), np.ones((1, 1))
    >>> out, cache = affine_bn_relu_forward(x, w, np.zeros(1), np.ones(1), np.zeros(1), {"mode": "train"})
    >>> out.round(3)
    array([[0.],
           [1.]])
    """
    a, fc_cache = affine_forward(x, w, b)  # (N, M)
    normal, bn_cache = batchnorm_forward(a, gamma, beta, bn_param)  # (N, M)
    out, relu_cache = relu_forward(normal)  # (N, M)
    return out, (fc_cache, bn_cache, relu_cache)


def affine_bn_relu_backward(dout, cache):
    """Send the gradient back through `affine_bn_relu_forward` in 'train' mode.

    Parameters
    ----------
    dout : ndarray of shape (N, M)
    cache : tuple
        From `affine_bn_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, d_1, ..., d_k)
    dw : ndarray of shape (D, M)
    db, dgamma, dbeta : ndarray of shape (M,)
    """
    fc_cache, bn_cache, relu_cache = cache
    dnormal = relu_backward(dout, relu_cache)  # (N, M)
    da, dgamma, dbeta = batchnorm_backward_alt(dnormal, bn_cache)
    return *affine_backward(da, fc_cache), dgamma, dbeta


def affine_ln_relu_forward(x, w, b, gamma, beta, ln_param):
    """Apply an affine layer, layer normalization, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, d_1, ..., d_k)
    w : ndarray of shape (D, M)
    b, gamma, beta : ndarray of shape (M,)
    ln_param : dict
        As for `layernorm_forward`.

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple
        ``(fc_cache, ln_cache, relu_cache)``, for `affine_ln_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[1.0]]), np.array([[1.0, 3.0]])
    >>> out, cache = affine_ln_relu_forward(x, w, np.zeros(2), np.ones(2), np.zeros(2), {})
    >>> out.round(3)
    array([[0., 1.]])
    """
    a, fc_cache = affine_forward(x, w, b)  # (N, M)
    normal, ln_cache = layernorm_forward(a, gamma, beta, ln_param)  # (N, M)
    out, relu_cache = relu_forward(normal)  # (N, M)
    return out, (fc_cache, ln_cache, relu_cache)


def affine_ln_relu_backward(dout, cache):
    """Send the gradient back through `affine_ln_relu_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, M)
    cache : tuple
        From `affine_ln_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, d_1, ..., d_k)
    dw : ndarray of shape (D, M)
    db, dgamma, dbeta : ndarray of shape (M,)
    """
    fc_cache, ln_cache, relu_cache = cache
    dnormal = relu_backward(dout, relu_cache)  # (N, M)
    da, dgamma, dbeta = layernorm_backward(dnormal, ln_cache)
    return *affine_backward(da, fc_cache), dgamma, dbeta


def conv_relu_forward(x, w, b, conv_param):
    """Apply a convolution, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (F, C, HH, WW)
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride`` and ``pad``, as for `conv_forward_naive`.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(conv_cache, relu_cache)``, for `conv_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[[[0.0, 2.0, 1.0]]]]), np.array([[[[-1.0, 1.0]]]])
    >>> out, cache = conv_relu_forward(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[2., 0.]])
    """
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)  # (N, F, H', W')
    out, relu_cache = relu_forward(a)  # (N, F, H', W')
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache):
    """Send the gradient back through `conv_relu_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
    cache : tuple
        From `conv_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C, HH, WW)
    db : ndarray of shape (F,)
    """
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache)


def conv_bn_relu_forward(x, w, b, gamma, beta, conv_param, bn_param):
    """Apply a convolution, spatial batch normalization, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (F, C, HH, WW)
    b : ndarray of shape (F,)
        Without effect: the mean that is subtracted contains it.
    gamma, beta : ndarray of shape (F,)
    conv_param : dict
        ``stride`` and ``pad``, as for `conv_forward_naive`.
    bn_param : dict
        As for `batchnorm_forward`; the running averages in it are updated in place.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(conv_cache, bn_cache, relu_cache)``, for `conv_bn_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w, one, zero = np.array([[[[1.0, 3.0]]]]), np.ones((1, 1, 1, 1)), np.ones(1), np.zeros(1)
    >>> conv_param, bn_param = {"stride": 1, "pad": 0}, {"mode": "train"}
    >>> out, cache = conv_bn_relu_forward(x, w, zero, one, zero, conv_param, bn_param)
    >>> out[0, 0].round(3)
    array([[0., 1.]])
    """
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)  # (N, F, H', W')
    normal, bn_cache = spatial_batchnorm_forward_fast(a, gamma, beta, bn_param)  # (N, F, H', W')
    out, relu_cache = relu_forward(normal)  # (N, F, H', W')
    return out, (conv_cache, bn_cache, relu_cache)


def conv_bn_relu_backward(dout, cache):
    """Send the gradient back through `conv_bn_relu_forward` in 'train' mode.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
    cache : tuple
        From `conv_bn_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C, HH, WW)
    db, dgamma, dbeta : ndarray of shape (F,)
    """
    conv_cache, bn_cache, relu_cache = cache
    dnormal = relu_backward(dout, relu_cache)  # (N, F, H', W')
    da, dgamma, dbeta = spatial_batchnorm_backward_fast(dnormal, bn_cache)
    return *conv_backward_fast(da, conv_cache), dgamma, dbeta


def conv_transpose_bn_relu_forward(x, w, b, gamma, beta, conv_param, bn_param):
    """Apply a transposed convolution, spatial batch normalization, then ReLU.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (C, F, HH, WW)
    b : ndarray of shape (F,)
        Without effect: the mean that is subtracted contains it.
    gamma, beta : ndarray of shape (F,)
    conv_param : dict
        ``stride`` and ``pad``, as for `conv_transpose_forward`.
    bn_param : dict
        As for `batchnorm_forward`; the running averages in it are updated in place.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(conv_cache, bn_cache, relu_cache)``, for `conv_transpose_bn_relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w, one, zero = np.array([[[[1.0, 3.0]]]]), np.ones((1, 1, 2, 2)), np.ones(1), np.zeros(1)
    >>> conv_param, bn_param = {"stride": 2, "pad": 0}, {"mode": "train"}
    >>> out, cache = conv_transpose_bn_relu_forward(x, w, zero, one, zero, conv_param, bn_param)
    >>> out[0, 0].round(3)
    array([[0., 0., 1., 1.],
           [0., 0., 1., 1.]])
    """
    a, conv_cache = conv_transpose_forward_fast(x, w, b, conv_param)  # (N, F, H', W')
    normal, bn_cache = spatial_batchnorm_forward_fast(a, gamma, beta, bn_param)  # (N, F, H', W')
    out, relu_cache = relu_forward(normal)  # (N, F, H', W')
    return out, (conv_cache, bn_cache, relu_cache)


def conv_transpose_bn_relu_backward(dout, cache):
    """Send the gradient back through `conv_transpose_bn_relu_forward` in 'train' mode.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
    cache : tuple
        From `conv_transpose_bn_relu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (C, F, HH, WW)
    db, dgamma, dbeta : ndarray of shape (F,)
    """
    conv_cache, bn_cache, relu_cache = cache
    dnormal = relu_backward(dout, relu_cache)  # (N, F, H', W')
    da, dgamma, dbeta = spatial_batchnorm_backward_fast(dnormal, bn_cache)
    return *conv_transpose_backward_fast(da, conv_cache), dgamma, dbeta


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    """Apply a convolution, ReLU, then max pooling.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (F, C, HH, WW)
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride`` and ``pad``, as for `conv_forward_naive`.
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, as for `max_pool_forward_naive`.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(conv_cache, relu_cache, pool_cache)``, for `conv_relu_pool_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[[[0.0, 2.0, 1.0, 4.0, 4.0]]]]), np.array([[[[-1.0, 1.0]]]])
    >>> pool_param = {"pool_height": 1, "pool_width": 2, "stride": 2}
    >>> out, cache = conv_relu_pool_forward(x, w, np.zeros(1), {"stride": 1, "pad": 0}, pool_param)
    >>> out[0, 0]
    array([[2., 3.]])
    """
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)
    positive, relu_cache = relu_forward(a)
    out, pool_cache = max_pool_forward_fast(positive, pool_param)  # (N, F, H', W')
    return out, (conv_cache, relu_cache, pool_cache)


def conv_relu_pool_backward(dout, cache):
    """Send the gradient back through `conv_relu_pool_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
    cache : tuple
        From `conv_relu_pool_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C, HH, WW)
    db : ndarray of shape (F,)
    """
    conv_cache, relu_cache, pool_cache = cache
    dpositive = max_pool_backward_fast(dout, pool_cache)
    return conv_backward_fast(relu_backward(dpositive, relu_cache), conv_cache)


def unpool_conv_forward(x, w, b, places, output_size, conv_param):
    """Put each number back where max pooling found it, then convolve: how SegNet enlarges.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (F, C, HH, WW)
    b : ndarray of shape (F,)
    places : ndarray of int of shape (N, C, H, W)
        From `max_pool_places`.
    output_size : pair of int
        Height and width of the images before they were pooled.
    conv_param : dict
        ``stride`` and ``pad``, as for `conv_forward_naive`.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(unpool_cache, conv_cache)``, for `unpool_conv_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> x, places, w = np.array([[[[7.0, 8.0]]]]), np.array([[[[4, 2]]]]), np.array([[[[1.0, 10.0]]]])
    >>> out, cache = unpool_conv_forward(x, w, np.zeros(1), places, (2, 4), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[ 0., 80.,  8.],
           [ 7.,  0.,  0.]])
    """
    large, unpool_cache = max_unpool_forward(x, places, output_size)  # (N, C, *output_size)
    out, conv_cache = conv_forward_fast(large, w, b, conv_param)  # (N, F, H', W')
    return out, (unpool_cache, conv_cache)


def unpool_conv_backward(dout, cache):
    """Send the gradient back through `unpool_conv_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
    cache : tuple
        From `unpool_conv_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C, HH, WW)
    db : ndarray of shape (F,)
    """
    unpool_cache, conv_cache = cache
    dlarge, dw, db = conv_backward_fast(dout, conv_cache)
    return max_unpool_backward(dlarge, unpool_cache), dw, db
