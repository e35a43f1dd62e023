"""im2col by index arrays, under the official names: the windows of images as the columns of a matrix.

`cs231n_lib.layers.im2col` does the same with loops that follow the formula, and orders the columns by image first.
Nothing here is fast: an index for each number costs as much as the number. See `cs231n_lib.fast_layers`.
"""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape, check_sizes, check_whole
from cs231n_lib.layers._windows import add_frame, count_windows, cut_frame


def get_im2col_indices(x_shape, field_height, field_width, padding=1, stride=1):
    """Return where the numbers of each window are in the framed images.

    Parameters
    ----------
    x_shape : tuple of int
        (N, C, H, W).
    field_height, field_width : int
        Height HH and width WW of the window.
    padding : int
        Rows and columns of zeros on each side.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    k : ndarray of int of shape (C HH WW, 1)
        The channel of each number of a window.
    i, j : ndarray of int of shape (C HH WW, H' W')
        Row and column of each number of each window. Windows are numbered in reading order.

    Raises
    ------
    TypeError
        If a size or parameter is no integer.
    ValueError
        If a size or parameter is out of range, or the window larger than the framed image.

    Notes
    -----
    Rows or columns that are left when the stride does not divide H + 2P - HH are left out.

    Examples
    --------
    Two windows of 1 by 2 on an image of 1 by 3:

    >>> k, i, j = get_im2col_indices((1, 1, 1, 3), 1, 2, padding=0)
    >>> j
    array([[0, 1],
           [1, 2]])
    """
    (HH, WW), (rows, columns) = _geometry(x_shape, field_height, field_width, padding, stride)
    C = x_shape[1]
    k, h, v = (index.reshape(-1, 1) for index in np.indices((C, HH, WW)))  # (C HH WW, 1)
    top, left = (stride * index.reshape(1, -1) for index in np.indices((rows, columns)))  # (1, H' W')
    return k, h + top, v + left


def im2col_indices(x, field_height, field_width, padding=1, stride=1):
    """Write each window of the images as a column of a matrix.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    field_height, field_width, padding, stride : int
        As for `get_im2col_indices`.

    Returns
    -------
    cols : ndarray of shape (C HH WW, H' W' N)
        Columns are ordered by window first, then by image.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is out of range, or the window larger than the framed image.

    Examples
    --------
    Two images. The first two columns are the first window of both:

    >>> import numpy as np
    >>> im2col_indices(np.array([[[[1.0, 2.0, 3.0]]], [[[4.0, 5.0, 6.0]]]]), 1, 2, padding=0)
    array([[1., 4., 2., 5.],
           [2., 5., 3., 6.]])
    """
    (x,) = as_floats(x=x)
    check_axes("x", x, "N, C, H, W")
    k, i, j = get_im2col_indices(x.shape, field_height, field_width, padding, stride)
    cols = add_frame(x, padding)[:, k, i, j]  # (N, C HH WW, H' W')
    return cols.transpose(1, 2, 0).reshape(len(k), i.shape[1] * len(x))


def col2im_indices(cols, x_shape, field_height=3, field_width=3, padding=1, stride=1):
    """Add the columns of a matrix up in the windows of images that they stand for.

    Parameters
    ----------
    cols : ndarray of shape (C HH WW, H' W' N)
        Ordered as `im2col_indices` orders them.
    x_shape : tuple of int
        (N, C, H, W), the shape of the images.
    field_height, field_width, padding, stride : int
        As for `get_im2col_indices`.

    Returns
    -------
    x : ndarray of shape (N, C, H, W)

    Raises
    ------
    TypeError
        If ``cols`` does not hold real numbers, or a size or parameter is no integer.
    ValueError
        If the shapes do not belong together, a size or parameter is out of range, or the window larger than the
        framed image.

    Notes
    -----
    ``x[index] += numbers`` would add only once where an index comes twice; ``np.add.at`` adds each time.

    Examples
    --------
    The pixel in the middle is in both windows:

    >>> import numpy as np
    >>> col2im_indices(np.ones((2, 2)), (1, 1, 1, 3), 1, 2, padding=0)
    array([[[[1., 2., 1.]]]])
    """
    (cols,) = as_floats(cols=cols)
    k, i, j = get_im2col_indices(x_shape, field_height, field_width, padding, stride)
    N, C, H, W = x_shape
    check_shape("cols", cols, (len(k), i.shape[1] * N), "It has the shape of the output of `im2col_indices`.")
    framed = np.zeros((N, C, H + 2 * padding, W + 2 * padding), cols.dtype)
    np.add.at(framed, (slice(None), k, i, j), cols.reshape(*i.shape, N).transpose(2, 0, 1))
    return cut_frame(framed, padding)


def _geometry(x_shape, field_height, field_width, padding, stride):
    """Check the arguments; return the size of the window, and how many fit below and beside each other."""
    _, _, H, W = check_sizes("x_shape", x_shape, "N, C, H, W")
    remedy = "Set it to a whole number of pixels."
    window = check_whole("field_height", field_height, 1, remedy), check_whole("field_width", field_width, 1, remedy)
    check_whole("padding", padding, 0, remedy)
    check_whole("stride", stride, 1, remedy)
    return window, count_windows("field", (H + 2 * padding, W + 2 * padding), window, stride)
