"""Average pooling: the mean of each window, or of each channel as a whole."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape
from cs231n_lib.layers._windows import pool_geometry, rows_and_columns


def avg_pool_forward(x, pool_param):
    r"""Take the mean of each window.

    .. math::
        \mathrm{out}_{ncij} = \frac{1}{HH \cdot WW} \sum_{h < HH,\; v < WW} x_{n,\,c,\,iS+h,\,jS+v}, \qquad
        H' = 1 + \left\lfloor \frac{H - HH}{S} \right\rfloor

    with S the stride, HH and WW the height and width of the window; W' likewise.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height`` and ``pool_width`` of the window and ``stride``, pixels from one window to the next.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
        Of the dtype of ``x``; float64 if ``x`` holds integers.
    cache : tuple
        ``(x, pool_param)``, for `avg_pool_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    There is no padding. Where the stride does not divide H - HH, the last rows or columns are left out.

    It is a convolution of each channel with a filter of which every weight is 1 / (HH WW), and nothing to learn.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition", 1998, where it is called
    subsampling.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 6.0]]]])
    >>> out, cache = avg_pool_forward(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[2., 3.]])
    """
    (x,) = as_floats(x=x)
    window, stride, shape = pool_geometry(x, pool_param)
    out = np.empty(shape, x.dtype)  # (N, C, H', W')
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        out[n, c, i, j] = x[n, c, rows, columns].mean()
    return out, (x, pool_param)


def avg_pool_backward(dout, cache):
    r"""Share the gradient of each window equally among its pixels.

    .. math::
        dx_{n,\,c,\,iS+h,\,jS+v} \mathrel{+}= \frac{\mathrm{dout}_{ncij}}{HH \cdot WW}
        \qquad \text{for all } h < HH,\; v < WW

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `avg_pool_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    A pixel in several overlapping windows collects a share of each: shares are added, never assigned. Pixels
    that no window covers have gradient 0.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    Examples
    --------
    Each window hands out halves. The pixel in the middle is in both, 0.5 + 5:

    >>> import numpy as np
    >>> _, cache = avg_pool_forward(np.zeros((1, 1, 1, 3)), {"pool_height": 1, "pool_width": 2, "stride": 1})
    >>> avg_pool_backward(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[0.5, 5.5, 5. ]])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    (HH, WW), stride, shape = pool_geometry(x, cache[1])
    check_shape("dout", dout, shape, "It has the shape of the output of `avg_pool_forward`.")
    dx = np.zeros_like(x)  # (N, C, H, W)
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, (HH, WW), stride)
        dx[n, c, rows, columns] += dout[n, c, i, j] / (HH * WW)
    return dx


def global_avg_pool_forward(x):
    r"""Take the mean of each channel over the whole image.

    .. math:: \mathrm{out}_{nc} = \frac{1}{H W} \sum_{i,j} x_{ncij}

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)

    Returns
    -------
    out : ndarray of shape (N, C)
        Of the dtype of ``x``; float64 if ``x`` holds integers.
    cache : tuple
        The shape of ``x``, for `global_avg_pool_backward`: the gradient does not depend on the pixels.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers.
    ValueError
        If ``x`` does not have four axes, or its images have no pixels.

    Notes
    -----
    It stands where the first fully connected layer would: an affine layer from all the pixels to K classes has
    C H W K weights, one from the means C K, that is H W times fewer. And images of every size fit.

    References
    ----------
    Lin, Chen and Yan, "Network in network", 2014, section 3.2.

    Examples
    --------
    Two channels become two numbers:

    >>> import numpy as np
    >>> x = np.array([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, 4.0]]]])
    >>> out, cache = global_avg_pool_forward(x)
    >>> out
    array([[3., 1.]])
    """
    (x,) = as_floats(x=x)
    _, _, H, W = check_axes("x", x, "N, C, H, W")
    if H * W == 0:
        raise ValueError(f"`x` must hold images of at least one pixel (got shape {x.shape}). Nothing has no mean.")
    return x.mean(axis=(2, 3)), x.shape


def global_avg_pool_backward(dout, cache):
    r"""Share the gradient of each channel equally among its pixels.

    .. math:: dx_{ncij} = \frac{\mathrm{dout}_{nc}}{H W}

    Parameters
    ----------
    dout : ndarray of shape (N, C)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `global_avg_pool_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
        Of the dtype of ``dout``; float64 if ``dout`` holds integers.

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Every pixel gets the same, wherever it is: the layer asks whether something is in the image, not where.

    References
    ----------
    Lin, Chen and Yan, "Network in network", 2014, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = global_avg_pool_forward(np.zeros((1, 2, 1, 4)))
    >>> global_avg_pool_backward(np.array([[4.0, 8.0]]), cache)[0]
    array([[[1., 1., 1., 1.]],
    <BLANKLINE>
           [[2., 2., 2., 2.]]])
    """
    (dout,) = as_floats(dout=dout)
    N, C, H, W = cache
    check_shape("dout", dout, (N, C), "It has the shape of the output of `global_avg_pool_forward`.")
    return np.full(cache, dout[:, :, None, None] / (H * W))  # (N, C, H, W)
