"""Max pooling: the largest number of each window of each channel."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_shape
from cs231n_lib.layers._windows import pool_geometry, rows_and_columns


def max_pool_forward_naive(x, pool_param):
    r"""Keep the largest number of each window.

    .. math::
        \mathrm{out}_{ncij} = \max_{h < HH,\; v < WW} x_{n,\,c,\,iS+h,\,jS+v}, \qquad
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
    cache : tuple
        ``(x, pool_param)``, for `max_pool_backward_naive`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    There is no padding. Where the stride does not divide H - HH, the last rows or columns are left out.

    References
    ----------
    Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 5.0]]]])
    >>> out, cache = max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[4., 5.]])
    """
    (x,) = as_floats(x=x)
    window, stride, shape = pool_geometry(x, pool_param)
    out = np.empty(shape, x.dtype)  # (N, C, H', W')
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        out[n, c, i, j] = x[n, c, rows, columns].max()
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    r"""Send the gradient of each window to the pixel that was the largest.

    .. math::
        dx_{n,\,c,\,iS+h^*,\,jS+v^*} \mathrel{+}= \mathrm{dout}_{ncij}, \qquad
        (h^*, v^*) = \arg\max_{h < HH,\; v < WW} x_{n,\,c,\,iS+h,\,jS+v}

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `max_pool_forward_naive`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    A pixel that wins several overlapping windows collects the gradients of all. Of equal pixels the first in
    reading order takes it all: a convention, since the maximum has no derivative there.

    References
    ----------
    Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    Examples
    --------
    The 9 wins both windows, 1 + 10:

    >>> import numpy as np
    >>> _, cache = max_pool_forward_naive(
    ...     np.array([[[[1.0, 9.0, 2.0]]]]), {"pool_height": 1, "pool_width": 2, "stride": 1}
    ... )
    >>> max_pool_backward_naive(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[ 0., 11.,  0.]])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    window, stride, shape = pool_geometry(x, cache[1])
    check_shape("dout", dout, shape, "It has the shape of the output of `max_pool_forward_naive`.")
    dx = np.zeros_like(x)  # (N, C, H, W)
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        pixels = x[n, c, rows, columns]  # (HH, WW)
        winner = np.unravel_index(pixels.argmax(), window)
        dx[n, c, rows, columns][winner] += dout[n, c, i, j]
    return dx


def max_pool_places(x, pool_param):
    r"""Keep the largest number of each window, and where it stood.

    .. math::
        \mathrm{places}_{ncij} = (iS + h^*)\, W + jS + v^*, \qquad
        (h^*, v^*) = \arg\max_{h < HH,\; v < WW} x_{n,\,c,\,iS+h,\,jS+v}

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, as for `max_pool_forward_naive`.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
        What `max_pool_forward_naive` gives, of the dtype of ``x``; float64 if ``x`` holds integers.
    places : ndarray of int of shape (N, C, H', W')
        For `max_unpool_forward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    A place counts the pixels of one channel in reading order, as PyTorch does, so that one integer is enough
    and ``x[n, c].ravel()[places[n, c]]`` is ``out[n, c]``.

    Of equal pixels the first in reading order is named, the one that `max_pool_backward_naive` rewards.

    References
    ----------
    Zeiler, Taylor and Fergus, "Adaptive deconvolutional networks for mid and high level feature learning",
    2011, where the places are called switches.

    Examples
    --------
    In the left window the 7, pixel number 3, is the largest; in the right one the 8, pixel number 2:

    >>> import numpy as np
    >>> x = np.array([[[[1, 5, 8], [7, 6, 0]]]])
    >>> out, places = max_pool_places(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[7., 8.]])
    >>> places[0, 0]
    array([[3, 2]])
    """
    (x,) = as_floats(x=x)
    window, stride, shape = pool_geometry(x, pool_param)
    out, places = np.empty(shape, x.dtype), np.empty(shape, int)  # (N, C, H', W')
    for n, c, i, j in np.ndindex(shape):
        rows, columns = rows_and_columns(i, j, window, stride)
        pixels = x[n, c, rows, columns]  # (HH, WW)
        h, v = np.unravel_index(pixels.argmax(), window)
        out[n, c, i, j] = pixels[h, v]
        places[n, c, i, j] = np.ravel_multi_index((rows.start + h, columns.start + v), x.shape[2:])
    return out, places
