"""The fast transposed convolution: the passes of `conv_forward_fast` in the opposite direction."""

import numpy as np

from cs231n_lib.fast_layers._correlation import correlate
from cs231n_lib.fast_layers._geometry import Axis, Geometry, check_groups, read_dilation_and_groups
from cs231n_lib.fast_layers._gradients import bias_gradient, filter_gradient, image_gradient
from cs231n_lib.layers._checks import as_floats, check_axes, check_shape
from cs231n_lib.layers._windows import stride_and_pad


def conv_transpose_forward_fast(x, w, b, conv_param):
    r"""Stamp a filter, scaled by each pixel, on a larger image: `conv_transpose_forward`, faster.

    .. math::
        \tilde{\mathrm{out}}_{n,\,f,\,iS+hD,\,jS+vD} \mathrel{+}= x_{ncij}\, w_{cfhv}, \qquad
        H' = (H - 1) S - 2P + D (HH - 1) + 1

    with S the stride, D the dilation. The P outermost rows and columns are cut off and the bias is added.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    w : ndarray of shape (C, F / groups, HH, WW)
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride``, ``pad``, ``dilation`` (1) and ``groups`` (1), as for `conv_forward_fast`.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
    cache : tuple
        ``(x, w, b, conv_param)``, for `conv_transpose_backward_fast` or, without dilation and groups,
        `conv_transpose_backward`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, a parameter is out of range, or no pixel of the output is left.

    Notes
    -----
    It is dx of the convolution that maps F channels to C with the same w, so that is what is computed: there is
    nothing new to make fast. See `conv_backward_fast`.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    Two stamps of three pixels, two pixels apart, share the one in the middle, 3 + 10:

    >>> import numpy as np
    >>> x, w = np.array([[[[1.0, 10.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> out, cache = conv_transpose_forward_fast(x, w, np.zeros(1), {"stride": 2, "pad": 0})
    >>> out[0, 0]
    array([[ 1.,  2., 13., 20., 30.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    out = image_gradient(np.ascontiguousarray(x), w, _read_geometry(x, w, b, conv_param))
    out += b[:, None, None]
    return out, (x, w, b, conv_param)


def conv_transpose_backward_fast(dout, cache):
    r"""Send the gradient back through `conv_transpose_forward_fast`.

    .. math::
        dx_{ncij} = \sum_{f,h,v} \tilde{\mathrm{dout}}_{n,\,f,\,iS+hD,\,jS+vD}\; w_{cfhv}, \qquad
        dw_{cfhv} = \sum_{n,i,j} x_{ncij}\; \tilde{\mathrm{dout}}_{n,\,f,\,iS+hD,\,jS+vD}

    with :math:`\tilde{\mathrm{dout}}` the gradient framed by P rows and columns of zeros; db sums dout.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_transpose_forward_fast` or `conv_transpose_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (C, F / groups, HH, WW)
    db : ndarray of shape (F,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The transpose of the transpose: dx is an ordinary convolution of dout, and dw is that convolution's.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    The stamp of the second pixel covers the last three: 3 + 2 * 4 + 3 * 5 = 26.

    >>> import numpy as np
    >>> x, w = np.array([[[[1.0, 10.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> _, cache = conv_transpose_forward_fast(x, w, np.zeros(1), {"stride": 2, "pad": 0})
    >>> dx, dw, db = conv_transpose_backward_fast(np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0]]]]), cache)
    >>> dx[0, 0]
    array([[14., 26.]])
    """
    *arrays, conv_param = cache
    dout, x, w, b = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2])
    g = _read_geometry(x, w, b, conv_param)
    check_shape("dout", dout, g.x_shape, "It has the shape of the output of `conv_transpose_forward_fast`.")
    dx = correlate(dout, w, np.zeros(x.shape[1], dout.dtype), g)
    return dx, filter_gradient(np.ascontiguousarray(x), dout, g), bias_gradient(dout)


def _read_geometry(x, w, b, conv_param):
    """Return the geometry of the convolution of which this is the transpose: from (N, F, H', W') to x."""
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    _, F, HH, WW = check_axes("w", w, "C, F, HH, WW")  # F of one group
    stride, pad = stride_and_pad(conv_param)
    dilation, groups = read_dilation_and_groups(conv_param)
    check_groups(groups, C, F * groups)
    check_shape("w", w, (C, F, HH, WW), "There is one filter for each channel of `x`.")
    check_shape("b", b, (F * groups,), "There is one bias for each channel of the output.")
    rows, columns = (_stamped(pixels, taps, stride, pad, dilation) for pixels, taps in ((H, HH), (W, WW)))
    if min(rows.pixels, columns.pixels) < 1:
        raise ValueError(
            f"`conv_param['pad']` must leave a pixel of the output (got {pad} on each side of "
            f"{rows.pixels + 2 * pad} by {columns.pixels + 2 * pad} pixels). Cut off less."
        )
    return Geometry(N, groups, F, C // groups, rows, columns)


def _stamped(count, taps, stride, pad, dilation):
    """Return the axis that so many stamps cover exactly."""
    return Axis((count - 1) * stride - 2 * pad + dilation * (taps - 1) + 1, taps, stride, pad, dilation)
