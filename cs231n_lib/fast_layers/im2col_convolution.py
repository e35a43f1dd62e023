"""Convolution by im2col: all the windows of the batch written out, and one large matrix product."""

import numpy as np

from cs231n_lib.fast_layers._geometry import read_geometry
from cs231n_lib.fast_layers._gradients import bias_gradient
from cs231n_lib.fast_layers._views import view_windows
from cs231n_lib.layers._checks import as_floats, check_shape


def conv_forward_im2col(x, w, b, conv_param):
    r"""Write each window as a column of a matrix, and multiply by the matrix of the filters.

    .. math:: \mathrm{out} = W\, \mathrm{cols} + b, \qquad W : F \times K, \quad \mathrm{cols} : K \times N H' W'

    with K = C · HH · WW.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (F, C / groups, HH, WW)
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride``, ``pad``, ``dilation`` (1) and ``groups`` (1), as for `conv_forward_fast`.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(x, w, b, conv_param, cols)``, for `conv_backward_im2col`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, a parameter is out of range, or the filter is larger than the padded
        image.

    Notes
    -----
    The classic, and the one to understand first. Each pixel is copied up to HH · WW times: cols has K · N · H' · W'
    numbers, all of which go to main memory and back. `conv_forward_fast` needs a small part of that memory and
    half of the time.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[0.0, 0.0, 1.0, 1.0]]]])
    >>> w = np.array([[[[-1.0, 1.0]]]])
    >>> out, cache = conv_forward_im2col(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[0., 1., 0.]])
    >>> cache[-1][0]
    array([[0., 0., 1.],
           [0., 1., 1.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    g = read_geometry(x, w, b, conv_param)
    windows = view_windows(x, g).transpose(1, 2, 3, 4, 0, 5, 6)  # (G, C, HH, WW, N, H', W')
    cols = windows.reshape(g.groups, g.window, g.images * g.plane)  # (G, K, N H' W')
    out = g.filters_by_group(w).reshape(g.groups, g.filters, g.window) @ cols  # (G, F, N H' W')
    out = out.reshape(g.groups * g.filters, g.images, *g.out_shape[2:]).swapaxes(0, 1)  # (N, F, H', W')
    return out + b[:, None, None], (x, w, b, conv_param, cols)


def conv_backward_im2col(dout, cache):
    r"""Send the gradient back through `conv_forward_im2col`.

    .. math:: dW = \mathrm{dout}\; \mathrm{cols}^\top, \qquad d\mathrm{cols} = W^\top \mathrm{dout}

    and each number of dcols is added to the pixel that it was copied from.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_forward_im2col`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C / groups, HH, WW)
    db : ndarray of shape (F,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Two windows overlap, but the windows of one tap never do: adding up takes HH · WW additions of whole arrays,
    without a loop over pixels.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.ones((1, 1, 1, 3)), np.array([[[[1.0, 10.0]]]])
    >>> _, cache = conv_forward_im2col(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> dx, dw, db = conv_backward_im2col(np.ones((1, 1, 1, 2)), cache)
    >>> dx[0, 0]
    array([[ 1., 11., 10.]])
    """
    *arrays, conv_param, cols = cache
    dout, x, w, b, cols = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2], cols=cols)
    g = read_geometry(x, w, b, conv_param)
    check_shape("dout", dout, g.out_shape, "It has the shape of the output of `conv_forward_im2col`.")
    rows = dout.swapaxes(0, 1).reshape(g.groups, g.filters, g.images * g.plane)  # (G, F, N H' W')
    dw = rows @ cols.swapaxes(1, 2)  # (G, F, K)
    dcols = g.filters_by_group(w).reshape(g.groups, g.filters, g.window).swapaxes(1, 2) @ rows  # (G, K, N H' W')
    return _col2im(dcols, g), dw.reshape(w.shape), bias_gradient(dout)


def _col2im(cols, g):
    """Add each number of the columns to its pixel."""
    taps = cols.reshape(
        g.groups, g.channels, g.rows.taps, g.columns.taps, g.images, *g.out_shape[2:]
    )  # (G, C, HH, WW, N, H', W')
    images = np.zeros(g.x_shape, cols.dtype)
    by_group = g.by_group(images).transpose(1, 2, 0, 3, 4)  # (G, C, N, H, W)
    for h, v in np.ndindex(g.rows.taps, g.columns.taps):
        (i, rows), (j, columns) = g.rows.under(h), g.columns.under(v)
        by_group[..., rows, columns] += taps[:, :, h, v, :, i, j]
    return images
