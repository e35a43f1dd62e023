"""Convolution by strides: the windows are a view of the images, and the gradient is a convolution again."""

from dataclasses import replace

import numpy as np

from cs231n_lib.fast_layers._geometry import read_geometry
from cs231n_lib.fast_layers._gradients import bias_gradient
from cs231n_lib.fast_layers._views import view_windows
from cs231n_lib.layers._checks import as_floats, check_shape


def conv_forward_strides(x, w, b, conv_param):
    r"""Contract the filters with a view of all the windows.

    .. math:: \mathrm{out}_{nfij} = b_f + \sum_{c,h,v} \mathrm{windows}_{nchvij}\; w_{fchv}

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
        ``(x, w, b, conv_param)``, for `conv_backward_strides`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, a parameter is out of range, or the filter is larger than the padded
        image.

    Notes
    -----
    An array is memory and a number of bytes to step along each axis. Steps that overlap make a view with six axes,
    as large as im2col, of memory as small as x, and the convolution is one line. It is the shortest to write. It
    is no faster than im2col: to multiply matrices NumPy has to copy the view, and then holds all of the windows.

    References
    ----------
    van der Walt, Colbert and Varoquaux, "The NumPy array: a structure for efficient numerical computation", 2011.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[0.0, 0.0, 1.0, 1.0]]]])
    >>> w = np.array([[[[-1.0, 1.0]]]])
    >>> out, cache = conv_forward_strides(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[0., 1., 0.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    g = read_geometry(x, w, b, conv_param)
    return _contract(x, g.filters_by_group(w), g) + b[:, None, None], (x, w, b, conv_param)


def conv_backward_strides(dout, cache):
    r"""Send the gradient back through `conv_forward_strides`.

    .. math::
        dw_{fchv} = \sum_{n,i,j} \mathrm{dout}_{nfij}\; \mathrm{windows}_{nchvij}, \qquad
        dx = \mathrm{spread}(\mathrm{dout}) * w

    where spread puts S - 1 zeros between the numbers of dout, and the convolution has stride 1 and filters turned
    by 180 degrees.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_forward_strides`, `conv_forward_fast` or `conv_forward_naive`.

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
    Three lines for all three gradients. But with stride S most of what is multiplied is zeros, S² - 1 of S²
    numbers, which is why the fast layers scatter instead.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.ones((1, 1, 1, 3)), np.array([[[[1.0, 10.0]]]])
    >>> _, cache = conv_forward_strides(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> dx, dw, db = conv_backward_strides(np.ones((1, 1, 1, 2)), cache)
    >>> dx[0, 0]
    array([[ 1., 11., 10.]])
    """
    *arrays, conv_param = cache
    dout, x, w, b = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2])
    g = read_geometry(x, w, b, conv_param)
    check_shape("dout", dout, g.out_shape, "It has the shape of the output of `conv_forward_strides`.")
    windows = view_windows(x, g)  # (N, G, C, HH, WW, H', W')
    groups = range(g.groups)
    dw = [np.tensordot(g.by_group(dout)[:, k], windows[:, k], ((0, 2, 3), (0, 4, 5))) for k in groups]
    turned = g.filters_by_group(w)[..., ::-1, ::-1].swapaxes(1, 2)  # (G, C, F, HH, WW)
    spread, wide = _spread(dout, g)
    return _contract(spread, turned, wide.reversed), np.concatenate(dw), bias_gradient(dout)


def _contract(x, w, g):
    """Return the inner products of filters (G, F, C, HH, WW) and windows, (N, F, H', W')."""
    windows = view_windows(x, g)  # (N, G, C, HH, WW, H', W')
    out = np.empty(g.out_shape, x.dtype)
    for k in range(g.groups):
        product = np.tensordot(w[k], windows[:, k], ((1, 2, 3), (1, 2, 3)))  # (F, N, H', W')
        g.by_group(out)[:, k] = product.swapaxes(0, 1)
    return out


def _spread(dout, g):
    """Return dout with zeros for the windows that the stride has skipped, and the geometry without a stride."""
    wide = replace(g, rows=replace(g.rows, stride=1), columns=replace(g.columns, stride=1))
    spread = np.zeros(wide.out_shape, dout.dtype)
    spread[:, :, :: g.rows.stride, :: g.columns.stride][:, :, : dout.shape[2], : dout.shape[3]] = dout
    return spread, wide
