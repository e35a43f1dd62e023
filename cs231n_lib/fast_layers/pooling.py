"""Fast pooling: windows are reduced along their width first, then along their height."""

import numpy as np

from cs231n_lib.fast_layers._lowering import BLOCK, blocks, longest
from cs231n_lib.fast_layers._taps import taps
from cs231n_lib.fast_layers._winners import winners
from cs231n_lib.layers._checks import as_floats, check_shape
from cs231n_lib.layers._windows import pool_geometry


def max_pool_forward_fast(x, pool_param):
    r"""Keep the largest number of each window: `max_pool_forward_naive`, faster.

    .. math::
        \mathrm{out}_{ncij} = \max_{h < HH} m_{n,\,c,\,iS+h,\,j}, \qquad
        m_{ncrj} = \max_{v < WW} x_{n,\,c,\,r,\,jS+v}

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``. Windows may overlap, or leave gaps or a remainder.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
    cache : tuple
        ``(x, pool_param)``, for `max_pool_backward_fast` or `max_pool_backward_naive`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    Cost: the maximum of maxima takes HH + WW comparisons, not HH · WW. Each is one operation on whole arrays, one
    tap of all the windows at a time, in blocks of images that stay in the cache of the processor.

    References
    ----------
    Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 5.0]]]])
    >>> out, cache = max_pool_forward_fast(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[4., 5.]])
    """
    (x,) = as_floats(x=x)
    return _reduce(np.maximum, x, *pool_geometry(x, pool_param)), (x, pool_param)


def max_pool_backward_fast(dout, cache):
    r"""Send the gradient of each window to the pixel that was the largest.

    .. math:: dx_{p^*} \mathrel{+}= \mathrm{dout}, \qquad p^* = \arg\max_p x_p

    for the pixels p of each window.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `max_pool_forward_fast` or `max_pool_forward_naive`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Of equal pixels the first in reading order takes it all, as in `max_pool_backward_naive`. Where a window holds
    NaN, one of its pixels gets the gradient.

    The winners are found again here instead of being kept by the forward pass, which is called without backward
    in testing. Each is an offset into its window, a small integer, so that keeping track of it costs little beside
    the comparisons. ``np.add.at`` adds at the places found.

    References
    ----------
    Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    Examples
    --------
    The 9 wins both windows, 1 + 10:

    >>> import numpy as np
    >>> x = np.array([[[[1.0, 9.0, 2.0]]]])
    >>> _, cache = max_pool_forward_fast(x, {"pool_height": 1, "pool_width": 2, "stride": 1})
    >>> max_pool_backward_fast(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[ 0., 11.,  0.]])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    window, stride, shape = pool_geometry(x, cache[1])
    check_shape("dout", dout, shape, "It has the shape of the output of `max_pool_forward_fast`.")
    dx = np.zeros(x.shape, x.dtype)
    parts = blocks(len(x), x[:1].size, x.itemsize, BLOCK // 2)  # there are several temporary arrays
    corners = _corners(longest(parts), x.shape, stride, shape)
    for part in parts:
        places = corners[: part.stop - part.start] + winners(x[part], window, stride, shape)
        np.add.at(dx[part].reshape(-1), places.reshape(-1), dout[part].reshape(-1))
    return dx


def avg_pool_forward_fast(x, pool_param):
    r"""Take the mean of each window: `avg_pool_forward`, faster.

    .. math::
        \mathrm{out}_{ncij} = \frac{1}{HH \cdot WW} \sum_{h < HH} s_{n,\,c,\,iS+h,\,j}, \qquad
        s_{ncrj} = \sum_{v < WW} x_{n,\,c,\,r,\,jS+v}

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, as for `max_pool_forward_fast`.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
    cache : tuple
        ``(x, pool_param)``, for `avg_pool_backward_fast` or `avg_pool_backward`.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If ``x`` does not have four axes, a parameter is less than 1, or the window larger than the image.

    Notes
    -----
    Cost: HH + WW additions for each output, as for `max_pool_forward_fast`.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 6.0]]]])
    >>> out, cache = avg_pool_forward_fast(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    >>> out[0, 0]
    array([[2., 3.]])
    """
    (x,) = as_floats(x=x)
    (HH, WW), stride, shape = pool_geometry(x, pool_param)
    return _reduce(np.add, x, (HH, WW), stride, shape, scale=1 / (HH * WW)), (x, pool_param)


def avg_pool_backward_fast(dout, cache):
    r"""Share the gradient of each window equally among its pixels.

    .. math::
        ds_{n,\,c,\,iS+h,\,j} \mathrel{+}= \frac{\mathrm{dout}_{ncij}}{HH \cdot WW}, \qquad
        dx_{n,\,c,\,r,\,jS+v} \mathrel{+}= ds_{ncrj}

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `avg_pool_forward_fast` or `avg_pool_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The steps of the forward pass in the opposite order.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    Examples
    --------
    Each window hands out halves. The pixel in the middle is in both, 0.5 + 5:

    >>> import numpy as np
    >>> x = np.zeros((1, 1, 1, 3))
    >>> _, cache = avg_pool_forward_fast(x, {"pool_height": 1, "pool_width": 2, "stride": 1})
    >>> avg_pool_backward_fast(np.array([[[[1.0, 10.0]]]]), cache)[0, 0]
    array([[0.5, 5.5, 5. ]])
    """
    dout, x = as_floats(dout=dout, x=cache[0])
    (HH, WW), stride, shape = pool_geometry(x, cache[1])
    check_shape("dout", dout, shape, "It has the shape of the output of `avg_pool_forward_fast`.")
    dx = np.zeros(x.shape, x.dtype)
    _, C, H, _ = x.shape
    parts = blocks(len(x), C * H * shape[3], x.itemsize)
    buffer = np.empty((longest(parts), C, H, shape[3]), x.dtype)  # (n, C, H, W')
    for part in parts:
        share, sums = dout[part] / (HH * WW), buffer[: part.stop - part.start]
        sums[...] = 0
        for tap in taps(2, HH, stride, shape):
            sums[tap] += share
        for tap in taps(3, WW, stride, shape):
            dx[part][tap] += sums
    return dx


def _reduce(operation, x, window, stride, shape, scale=1):
    """Reduce each window by a binary operation: along the width, then along the height. Scale the result."""
    out = np.empty(shape, x.dtype)
    N, C, H, W = x.shape
    width = shape[3] if W % stride else W // stride
    parts = blocks(N, C * H * width, x.itemsize)
    buffer = np.empty((longest(parts), C, H, width), x.dtype)
    for part in parts:
        columns = buffer[: part.stop - part.start]  # (n, C, H, W') or a little wider
        with np.errstate(over="ignore", invalid="ignore"):  # in windows across two rows, which nobody reads
            _fold(operation, *_along_width(x[part], window[1], stride, shape, columns))
        _fold(operation, [columns[tap][..., : shape[3]] for tap in taps(2, window[0], stride, shape)], out[part])
        if scale != 1:
            out[part] *= scale
    return out


def _along_width(x, length, stride, shape, columns):
    """Return what each tap along the width meets, and where to write what they amount to.

    If the stride divides the width, all the pixels are one long row: operations on long rows are faster.
    """
    if x.shape[3] % stride:
        return [x[tap] for tap in taps(3, length, stride, shape)], columns
    pixels = np.ascontiguousarray(x).reshape(-1)
    windows = max(0, 1 + (len(pixels) - length) // stride)
    return [pixels[tap:][: windows * stride : stride] for tap in range(length)], columns.reshape(-1)[:windows]


def _fold(operation, arrays, out):
    """Combine arrays by a binary operation, the first two at once."""
    if len(arrays) == 1:
        out[...] = arrays[0]
        return
    operation(arrays[0], arrays[1], out=out)
    for array in arrays[2:]:
        operation(out, array, out=out)


def _corners(images, x_shape, stride, shape):
    """Return the number of the first pixel of each window, all the pixels of a block counted, (n, C, H', W')."""
    _, C, H, W = x_shape
    planes = H * W * np.arange(images * C).reshape(images, C, 1, 1)
    return planes + W * stride * np.arange(shape[2])[:, None] + stride * np.arange(shape[3])
