"""Lowering: images laid out as a matrix of windows, so that a convolution becomes one matrix product."""

import math

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape, check_sizes, check_whole
from cs231n_lib.layers._windows import add_frame, count_windows, cut_frame, rows_and_columns, stride_and_pad


def im2col(x, HH, WW, conv_param):
    r"""Write each window of the images as a column of a matrix.

    .. math::
        \mathrm{cols}_{(c,h,v),\,(n,i,j)} = \tilde{x}_{n,\,c,\,iS+h,\,jS+v}, \qquad
        H' = 1 + \left\lfloor \frac{H + 2P - HH}{S} \right\rfloor

    with :math:`\tilde{x}` the images framed by P rows and columns of zeros, S the stride; W' likewise.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    HH, WW : int
        Height and width of the window.
    conv_param : dict
        ``stride``, pixels from one window to the next, and ``pad``, rows and columns of zeros on each side.

    Returns
    -------
    cols : ndarray of shape (C HH WW, N H' W')
        Of the dtype of ``x``; float64 if ``x`` holds integers. Rows are ordered as the numbers of a filter, by
        channel, row and column; columns as the pixels of the output, by image, row and column.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a size or parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a size or the stride is less than 1, the padding negative, or the
        window larger than the padded image.

    Notes
    -----
    With the F filters as rows, ``w.reshape(F, -1) @ cols`` is the convolution of all images, without the bias.
    The first layer of AlexNet as an example, one image of 227 × 227 × 3 and 96 filters of 11 × 11 × 3, stride 4
    and no padding: cols is 363 × 3025, the filters 96 × 363, their product 96 × 3025, that is 55 × 55 × 96.

    What it buys is one call of the fastest routine there is; what it costs is memory: every pixel is written
    once for each window it is in, about HH WW / S² times. In the example 154,587 numbers become 1,098,075,
    7.1 times as many.

    Pooling can be lowered too. It treats channels separately, so let each be an image: after
    ``cols = im2col(x.reshape(N * C, 1, H, W), HH, WW, ...)``, ``cols.max(axis=0)`` holds the maxima.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing",
    2006.

    Examples
    --------
    Three windows of 1 by 2 become three columns, and a filter meets them all at once:

    >>> import numpy as np
    >>> cols = im2col(np.array([[[[1.0, 2.0, 3.0, 4.0]]]]), 1, 2, {"stride": 1, "pad": 0})
    >>> cols
    array([[1., 2., 3.],
           [2., 3., 4.]])
    >>> np.array([[-1.0, 10.0]]) @ cols
    array([[19., 28., 37.]])

    The first layer of AlexNet:

    >>> im2col(np.zeros((1, 3, 227, 227)), 11, 11, {"stride": 4, "pad": 0}).shape
    (363, 3025)
    """
    (x,) = as_floats(x=x)
    stride, pad = stride_and_pad(conv_param)
    window, shape, matrix = _geometry(check_axes("x", x, "N, C, H, W"), HH, WW, stride, pad)
    padded = add_frame(x, pad)  # (N, C, H + 2P, W + 2P)
    cols = np.empty(matrix, x.dtype)  # (C HH WW, N H' W')
    for column, (n, i, j) in enumerate(np.ndindex(shape)):
        rows, columns = rows_and_columns(i, j, window, stride)
        cols[:, column] = padded[n, :, rows, columns].ravel()
    return cols


def col2im(cols, x_shape, HH, WW, conv_param):
    r"""Add the columns of a matrix up in the windows of images that they stand for.

    .. math::
        \tilde{x}_{n,\,c,\,iS+h,\,jS+v} \mathrel{+}= \mathrm{cols}_{(c,h,v),\,(n,i,j)}

    with S the stride. The frame of P rows and columns around :math:`\tilde{x}` is cut off in the end.

    Parameters
    ----------
    cols : ndarray of shape (C HH WW, N H' W')
        Rows and columns ordered as `im2col` orders them.
    x_shape : tuple of int
        (N, C, H, W), the shape of the images.
    HH, WW : int
        Height and width of the window.
    conv_param : dict
        ``stride`` and ``pad``, as for `im2col`.

    Returns
    -------
    x : ndarray of shape (N, C, H, W)
        Of the dtype of ``cols``; float64 if ``cols`` holds integers.

    Raises
    ------
    TypeError
        If ``cols`` does not hold real numbers, or a size or parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, a size or the stride is less than 1, the padding negative, or the
        window larger than the padded image.

    Notes
    -----
    It is the gradient of `im2col`, not its inverse: :math:`\langle \mathrm{im2col}(x), y \rangle = \langle x,
    \mathrm{col2im}(y) \rangle`. A pixel that is in three windows comes back three times as large, one that is
    in none as 0.

    So for a convolution ``col2im(w.reshape(F, -1).T @ dout, ...)`` is dx, with dout laid out as F × N H' W'.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing",
    2006.

    Examples
    --------
    The 2 and the 3 are in two windows each:

    >>> import numpy as np
    >>> x, conv_param = np.array([[[[1.0, 2.0, 3.0, 4.0]]]]), {"stride": 1, "pad": 0}
    >>> col2im(im2col(x, 1, 2, conv_param), x.shape, 1, 2, conv_param)
    array([[[[1., 4., 6., 4.]]]])
    """
    (cols,) = as_floats(cols=cols)
    stride, pad = stride_and_pad(conv_param)
    N, C, H, W = check_sizes("x_shape", x_shape, "N, C, H, W")
    window, shape, matrix = _geometry((N, C, H, W), HH, WW, stride, pad)
    check_shape("cols", cols, matrix, "It has the shape of the output of `im2col`.")
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), cols.dtype)  # (N, C, H + 2P, W + 2P)
    for column, (n, i, j) in enumerate(np.ndindex(shape)):
        rows, columns = rows_and_columns(i, j, window, stride)
        padded[n, :, rows, columns] += cols[:, column].reshape(C, *window)
    return cut_frame(padded, pad)


def _geometry(x_shape, HH, WW, stride, pad):
    """Return the size of the window, (N, H', W') of all windows, and the shape of the matrix."""
    N, C, H, W = x_shape
    remedy = "Set it to a whole number of pixels."
    HH, WW = check_whole("HH", HH, 1, remedy), check_whole("WW", WW, 1, remedy)
    shape = (N, *count_windows("HH, WW", (H + 2 * pad, W + 2 * pad), (HH, WW), stride))
    return (HH, WW), shape, (C * HH * WW, math.prod(shape))
