"""Max pooling in the two forms of the official course: by reshaping, and by im2col."""

import numpy as np

from cs231n_lib.im2col import col2im_indices, im2col_indices
from cs231n_lib.layers._checks import as_floats, check_shape
from cs231n_lib.layers._windows import pool_geometry


def max_pool_forward_reshape(x, pool_param):
    r"""Cut the images into square tiles by reshaping, and keep the largest number of each.

    .. math:: \mathrm{out}_{ncij} = \max_{h < S,\; v < S} x_{n,\,c,\,iS+h,\,jS+v}

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, all equal, which divides H and W.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
    cache : tuple
        ``(x, tiles, out)``, for `max_pool_backward_reshape`; tiles is x of shape (N, C, H', S, W', S).

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, or the windows are no tiles.

    Notes
    -----
    Reshaping copies nothing: a tile is every S-th row and column of the same memory.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0, 0.0], [3.0, 0.0, 5.0, 1.0]]]])
    >>> out, cache = max_pool_forward_reshape(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
    >>> out[0, 0]
    array([[4., 5.]])
    """
    (x,) = as_floats(x=x)
    (HH, WW), stride, shape = pool_geometry(x, pool_param)
    N, C, H, W = x.shape
    if not HH == WW == stride or H % stride or W % stride:
        raise ValueError(
            f"`pool_param` must cut the images into square tiles (got windows of {HH} by {WW} and stride {stride} "
            f"for {H} by {W} pixels). `max_pool_forward_fast` takes any."
        )
    tiles = x.reshape(N, C, shape[2], stride, shape[3], stride)
    out = tiles.max(axis=3).max(axis=4)  # (N, C, H', W')
    return out, (x, tiles, out)


def max_pool_backward_reshape(dout, cache):
    r"""Send the gradient of each tile to its largest pixels.

    .. math:: dx_p = \frac{[x_p = \mathrm{out}]}{\#\{q : x_q = \mathrm{out}\}}\; \mathrm{dout}

    for the pixels p, q of a tile.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `max_pool_forward_reshape`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Equal pixels share the gradient, as they do in the official course. The other max pooling layers give it to the
    first of them. Both are right: a maximum has no derivative there, and any such mean is a subgradient.

    Examples
    --------
    Two equal pixels get a half each:

    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0], [4.0, 0.0]]]])
    >>> _, cache = max_pool_forward_reshape(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
    >>> max_pool_backward_reshape(np.ones((1, 1, 1, 1)), cache)[0, 0]
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    x, tiles, out = cache
    dout, x, tiles, out = as_floats(dout=dout, x=x, tiles=tiles, out=out)
    check_shape("dout", dout, out.shape, "It has the shape of the output of `max_pool_forward_reshape`.")
    largest = tiles == out[:, :, :, None, :, None]  # (N, C, H', S, W', S)
    winners = largest.sum(axis=(3, 5), keepdims=True).astype(dout.dtype)
    share = dout[:, :, :, None, :, None] / np.maximum(winners, 1)  # where all are NaN, nobody wins
    return np.where(largest, share, 0).reshape(x.shape)


def max_pool_forward_im2col(x, pool_param):
    r"""Write each window as a column of a matrix, and keep the largest number of each column.

    .. math:: \mathrm{out} = \max_{p < HH \cdot WW} \mathrm{cols}_p

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
    cache : tuple
        ``(x, cols, winners, pool_param)``, for `max_pool_backward_im2col`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    Pooling treats channels separately, so each channel is lowered as an image of its own.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 5.0]]]])
    >>> out, cache = max_pool_forward_im2col(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[4., 5.]])
    """
    (x,) = as_floats(x=x)
    (HH, WW), stride, (N, C, rows, columns) = pool_geometry(x, pool_param)
    cols = im2col_indices(x.reshape(N * C, 1, *x.shape[2:]), HH, WW, padding=0, stride=stride)  # (HH WW, H' W' N C)
    winners = cols.argmax(axis=0)
    out = cols[winners, np.arange(len(winners))].reshape(rows, columns, N, C).transpose(2, 3, 0, 1)
    return np.ascontiguousarray(out), (x, cols, winners, pool_param)


def max_pool_backward_im2col(dout, cache):
    r"""Send the gradient of each column to its largest number, and add up the columns.

    .. math:: d\mathrm{cols}_{p^*} = \mathrm{dout}, \qquad p^* = \arg\max_p \mathrm{cols}_p

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `max_pool_forward_im2col`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Of equal pixels the first in reading order gets the gradient, as in `max_pool_backward_naive`.

    Examples
    --------
    The 9 wins both windows, 1 + 10:

    >>> import numpy as np
    >>> x = np.array([[[[1.0, 9.0, 2.0]]]])
    >>> _, cache = max_pool_forward_im2col(x, {"pool_height": 1, "pool_width": 2, "stride": 1})
    >>> max_pool_backward_im2col(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[ 0., 11.,  0.]])
    """
    x, cols, winners, pool_param = cache
    dout, x, cols = as_floats(dout=dout, x=x, cols=cols)
    (HH, WW), stride, shape = pool_geometry(x, pool_param)
    check_shape("dout", dout, shape, "It has the shape of the output of `max_pool_forward_im2col`.")
    dcols = np.zeros_like(cols)
    dcols[winners, np.arange(len(winners))] = dout.transpose(2, 3, 0, 1).ravel()
    images = x.shape[0] * x.shape[1], 1, *x.shape[2:]
    return col2im_indices(dcols, images, HH, WW, padding=0, stride=stride).reshape(x.shape)
