"""The convolutional layer, as loops that follow the formula."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape
from cs231n_lib.layers._windows import add_frame, count_windows, cut_frame, rows_and_columns, stride_and_pad


def conv_forward_naive(x, w, b, conv_param):
    r"""Slide F filters over the images and take the inner product with each window.

    .. math::
        \mathrm{out}_{nfij} = b_f + \sum_{c,h,v} \tilde{x}_{n,\,c,\,iS+h,\,jS+v}\; w_{fchv}, \qquad
        H' = 1 + \left\lfloor \frac{H + 2P - HH}{S} \right\rfloor

    with :math:`\tilde{x}` the images framed by P rows and columns of zeros, S the stride; W' likewise.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        N images of C channels.
    w : ndarray of shape (F, C, HH, WW)
        F filters, each over all the channels.
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride``, pixels from one window to the next, and ``pad``, rows and columns of zeros on each side.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(x, w, b, conv_param)``, for `conv_backward_naive`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, the stride is less than 1, the padding negative, or the filter
        larger than the padded image.

    Notes
    -----
    Mathematicians call this cross-correlation: the filter is not flipped. Learned filters do not care.

    Where the stride does not divide H + 2P - HH, the last rows or columns are never looked at.

    References
    ----------
    LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.

    Examples
    --------
    A filter that marks the step from dark to bright:

    >>> import numpy as np
    >>> x = np.array([[[[0.0, 0.0, 1.0, 1.0]]]])
    >>> w = np.array([[[[-1.0, 1.0]]]])
    >>> out, cache = conv_forward_naive(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[0., 1., 0.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    stride, pad = stride_and_pad(conv_param)
    out = np.empty(_out_shape(x, w, b, stride, pad), x.dtype)  # (N, F, H', W')
    padded = add_frame(x, pad)  # (N, C, H + 2P, W + 2P)
    for n, f, i, j in np.ndindex(out.shape):
        rows, columns = rows_and_columns(i, j, w.shape[2:], stride)
        out[n, f, i, j] = (padded[n, :, rows, columns] * w[f]).sum() + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    r"""Send the gradient back through `conv_forward_naive`.

    Every output is an inner product, so each number of ``dout`` adds the filter, scaled, to the gradient of
    the window, and the window, scaled, to the gradient of the filter.

    .. math::
        d\tilde{x}_{n,\,c,\,iS+h,\,jS+v} \mathrel{+}= \mathrm{dout}_{nfij}\, w_{fchv}, \qquad
        dw_{fchv} \mathrel{+}= \mathrm{dout}_{nfij}\, \tilde{x}_{n,\,c,\,iS+h,\,jS+v}, \qquad
        db_f = \sum_{n,i,j} \mathrm{dout}_{nfij}

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_forward_naive`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (F, C, HH, WW)
    db : ndarray of shape (F,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Windows overlap when the stride is smaller than the filter: gradients are added, never assigned. Pixels
    that no window covers have gradient 0. The gradient of the padding is cut off: nobody asked for it.

    References
    ----------
    LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.

    Examples
    --------
    The pixel in the middle is in both windows:

    >>> import numpy as np
    >>> x, w = np.ones((1, 1, 1, 3)), np.array([[[[1.0, 10.0]]]])
    >>> _, cache = conv_forward_naive(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> dx, dw, db = conv_backward_naive(np.ones((1, 1, 1, 2)), cache)
    >>> dx[0, 0]
    array([[ 1., 11., 10.]])
    """
    *arrays, conv_param = cache
    dout, x, w, b = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2])
    stride, pad = stride_and_pad(conv_param)
    shape = _out_shape(x, w, b, stride, pad)  # (N, F, H', W')
    check_shape("dout", dout, shape, "It has the shape of the output of `conv_forward_naive`.")
    padded = add_frame(x, pad)  # (N, C, H + 2P, W + 2P)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for n, f, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, w.shape[2:], stride)
        dpadded[n, :, rows, columns] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * padded[n, :, rows, columns]
    dx = cut_frame(dpadded, pad)  # (N, C, H, W)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def _out_shape(x, w, b, stride, pad):
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    F, _, HH, WW = check_axes("w", w, "F, C, HH, WW")
    check_shape("w", w, (F, C, HH, WW), "Each filter spans all the channels of `x`.")
    check_shape("b", b, (F,), "There is one bias for each filter.")
    return N, F, *count_windows("w", (H + 2 * pad, W + 2 * pad), (HH, WW), stride)
