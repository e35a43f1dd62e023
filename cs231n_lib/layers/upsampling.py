"""Upsampling: from small images to large ones, as the second half of a segmentation network needs it."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape, check_sizes
from cs231n_lib.layers._windows import add_frame, cut_frame, rows_and_columns, stride_and_pad


def conv_transpose_forward(x, w, b, conv_param):
    r"""Stamp a filter, scaled by each pixel, on a larger image and add up where stamps overlap.

    .. math::
        \tilde{\mathrm{out}}_{n,\,f,\,iS+h,\,jS+v} \mathrel{+}= x_{ncij}\, w_{cfhv}, \qquad
        H' = (H - 1) S - 2P + HH

    with S the stride. The P outermost rows and columns of :math:`\tilde{\mathrm{out}}` are cut off on each side
    and the bias :math:`b_f` is added; W' likewise.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        N images of C channels.
    w : ndarray of shape (C, F, HH, WW)
        C filters, each over all the F channels of the output.
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride``, pixels from one stamp to the next, and ``pad``, rows and columns cut off on each side.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
        Of the dtype of the float arguments; float64 if all hold integers.
    cache : tuple
        ``(x, w, b, conv_param)``, for `conv_transpose_backward`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, the stride is less than 1, the padding negative, or so large that
        no pixel is left.

    Notes
    -----
    But for the bias it is the gradient of `conv_forward_naive`: for the same w, which there maps F channels to
    C, and the same ``conv_param``, :math:`\langle \mathrm{conv}(y), x \rangle = \langle y,
    \mathrm{conv}^\top(x) \rangle`. Hence the name, from the transposed matrix, hence the shape of w, and hence
    ``pad`` cuts off here what it adds there. It is not the inverse, though it is often called deconvolution.

    With stride 1 and no padding a filter of k pixels enlarges n pixels to n + k - 1: the "full" convolution.

    Where the stride does not divide the size of the filter, some pixels get more stamps than others, which shows
    as a checkerboard.

    If a convolution left out a remainder, images of several sizes shrink to the same one. The smallest of these
    sizes is the one that comes back.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Zeiler, Taylor and Fergus, "Adaptive deconvolutional networks for mid and high level feature learning", 2011.

    Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts", 2016.

    Examples
    --------
    Two stamps of three pixels, two pixels apart, share the one in the middle, 3 + 10:

    >>> import numpy as np
    >>> x, w = np.array([[[[1.0, 10.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> out, cache = conv_transpose_forward(x, w, np.zeros(1), {"stride": 2, "pad": 0})
    >>> out[0, 0]
    array([[ 1.,  2., 13., 20., 30.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    stride, pad = stride_and_pad(conv_param)
    stamped = np.zeros(_stamped_shape(x, w, b, stride, pad), x.dtype)  # (N, F, H' + 2P, W' + 2P)
    for n, c, i, j in np.ndindex(x.shape):
        rows, columns = rows_and_columns(i, j, w.shape[2:], stride)
        stamped[n, :, rows, columns] += x[n, c, i, j] * w[c]
    out = cut_frame(stamped, pad) + b[:, None, None]  # (N, F, H', W')
    return out, (x, w, b, conv_param)


def conv_transpose_backward(dout, cache):
    r"""Send the gradient back through `conv_transpose_forward`.

    Every pixel of x stamped the filter on one window. So its gradient is the inner product of the filter with
    that window of dout: a convolution.

    .. math::
        dx_{ncij} = \sum_{f,h,v} \tilde{\mathrm{dout}}_{n,\,f,\,iS+h,\,jS+v}\; w_{cfhv}, \qquad
        dw_{cfhv} = \sum_{n,i,j} x_{ncij}\; \tilde{\mathrm{dout}}_{n,\,f,\,iS+h,\,jS+v}, \qquad
        db_f = \sum_{n,i,j} \mathrm{dout}_{nfij}

    with :math:`\tilde{\mathrm{dout}}` the gradient framed by P rows and columns of zeros, S the stride.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_transpose_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dw : ndarray of shape (C, F, HH, WW)
    db : ndarray of shape (F,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    The frame is zero because what was cut off has no influence on the loss.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    The stamp of the second pixel covers the last three: 3 + 2 * 4 + 3 * 5 = 26.

    >>> import numpy as np
    >>> x, w = np.array([[[[1.0, 10.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]])
    >>> _, cache = conv_transpose_forward(x, w, np.zeros(1), {"stride": 2, "pad": 0})
    >>> dx, dw, db = conv_transpose_backward(np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0]]]]), cache)
    >>> dx[0, 0]
    array([[14., 26.]])
    """
    *arrays, conv_param = cache
    dout, x, w, b = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2])
    stride, pad = stride_and_pad(conv_param)
    N, F, H, W = _stamped_shape(x, w, b, stride, pad)
    shape = (N, F, H - 2 * pad, W - 2 * pad)  # (N, F, H', W')
    check_shape("dout", dout, shape, "It has the shape of the output of `conv_transpose_forward`.")
    dstamped = add_frame(dout, pad)  # (N, F, H' + 2P, W' + 2P)
    dx, dw = np.empty_like(x), np.zeros_like(w)
    for n, c, i, j in np.ndindex(x.shape):
        rows, columns = rows_and_columns(i, j, w.shape[2:], stride)
        window = dstamped[n, :, rows, columns]  # (F, HH, WW)
        dx[n, c, i, j] = (window * w[c]).sum()
        dw[c] += x[n, c, i, j] * window
    return dx, dw, dout.sum(axis=(0, 2, 3))


def max_unpool_forward(x, places, output_size):
    r"""Put each number back where max pooling found it, with zeros elsewhere.

    .. math:: \mathrm{out}_{n,\,c}[\mathrm{places}_{ncij}] = x_{ncij}

    where :math:`\mathrm{out}_{n,\,c}[k]` is pixel k of a channel in reading order.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    places : ndarray of int of shape (N, C, H, W)
        From `max_pool_places`: places among the H' W' pixels of one channel.
    output_size : pair of int
        H' and W', the height and width that the images had before they were pooled.

    Returns
    -------
    out : ndarray of shape (N, C, H', W')
        Of the dtype of ``x``; float64 if ``x`` holds integers.
    cache : tuple
        For `max_unpool_backward`; what is in it is its own.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or ``places`` or ``output_size`` no integers.
    ValueError
        If the shapes do not belong together, or a place is not in the image.

    Notes
    -----
    It is no inverse of max pooling: what was not the largest is lost and comes back as zero. But the edges come
    back where they were, to the pixel.

    ``output_size`` is needed because a remainder that pooling left out cannot be told from the places.

    Overlapping windows may name the same place twice. Then the last in reading order stays, not the sum. After
    `max_pool_places` both are the same number; in a network, other layers lie between.

    References
    ----------
    Zeiler, Taylor and Fergus, "Adaptive deconvolutional networks for mid and high level feature learning", 2011.

    Badrinarayanan, Kendall and Cipolla, "SegNet: a deep convolutional encoder-decoder architecture for image
    segmentation", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from cs231n_lib.layers import max_pool_places
    >>> x = np.array([[[[1.0, 5.0, 8.0, 2.0], [7.0, 6.0, 0.0, 3.0]]]])
    >>> pooled, places = max_pool_places(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
    >>> out, cache = max_unpool_forward(pooled, places, (2, 4))
    >>> out[0, 0]
    array([[0., 0., 8., 0.],
           [7., 0., 0., 0.]])
    """
    (x,) = as_floats(x=x)
    N, C, _, _ = check_axes("x", x, "N, C, H, W")
    H, W = check_sizes("output_size", output_size, "H, W")
    places = _read_places(places, x.shape, H, W)
    out = np.zeros((N, C, H * W), x.dtype)
    for n, c, i, j in np.ndindex(x.shape):
        out[n, c, places[n, c, i, j]] = x[n, c, i, j]
    return out.reshape(N, C, H, W), (places, (N, C, H, W))


def max_unpool_backward(dout, cache):
    r"""Read the gradient at the places that were written.

    .. math:: dx_{ncij} = \mathrm{dout}_{n,\,c}[\mathrm{places}_{ncij}]

    Parameters
    ----------
    dout : ndarray of shape (N, C, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `max_unpool_forward`.

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
    If several numbers were put in one place, only the last is to be seen in the output. So it alone gets the
    gradient and the others, which were overwritten, get 0. PyTorch gives it to all.

    References
    ----------
    Badrinarayanan, Kendall and Cipolla, "SegNet: a deep convolutional encoder-decoder architecture for image
    segmentation", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = max_unpool_forward(np.array([[[[7.0, 8.0]]]]), np.array([[[[3, 1]]]]), (2, 2))
    >>> max_unpool_backward(np.array([[[[10.0, 20.0], [30.0, 40.0]]]]), cache)[0, 0]
    array([[40., 20.]])
    """
    (dout,) = as_floats(dout=dout)
    places, shape = cache
    check_shape("dout", dout, shape, "It has the shape of the output of `max_unpool_forward`.")
    N, C, H, W = shape
    left = dout.reshape(N, C, H * W).copy()  # (N, C, H' W')
    dx = np.empty(places.shape, dout.dtype)  # (N, C, H, W)
    for n, c, i, j in reversed([*np.ndindex(places.shape)]):  # who wrote last takes first
        place = places[n, c, i, j]
        dx[n, c, i, j], left[n, c, place] = left[n, c, place], 0
    return dx


def _stamped_shape(x, w, b, stride, pad):
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    _, F, HH, WW = check_axes("w", w, "C, F, HH, WW")
    check_shape("w", w, (C, F, HH, WW), "There is one filter for each channel of `x`.")
    check_shape("b", b, (F,), "There is one bias for each channel of the output.")
    height, width = (H - 1) * stride + HH, (W - 1) * stride + WW
    if min(height, width) <= 2 * pad:
        raise ValueError(
            f"`conv_param['pad']` must leave a pixel of the output (got {pad} on each side of {height} by {width} "
            "pixels). Cut off less."
        )
    return N, F, height, width


def _read_places(places, shape, H, W):
    places = np.asarray(places)
    if places.dtype.kind not in "iu":
        raise TypeError(f"`places` must hold integers (got dtype {places.dtype}). Take them from `max_pool_places`.")
    check_shape("places", places, shape, "There is one place for each number of `x`.")
    outside = places[(places < 0) | (places >= H * W)]
    if outside.size:
        raise ValueError(
            f"`places` must lie in the image, from 0 to {H * W - 1} (got {outside[0]}). "
            "Give as `output_size` the size before pooling."
        )
    return places
