"""The fastest convolution: images lowered along the width, and matrix products that write to their place."""

import numpy as np

from cs231n_lib.fast_layers._correlation import correlate
from cs231n_lib.fast_layers._geometry import read_geometry
from cs231n_lib.fast_layers._gradients import bias_gradient, filter_gradient, image_gradient
from cs231n_lib.layers._checks import as_floats, check_shape


def conv_forward_fast(x, w, b, conv_param):
    r"""Slide filters over the images: `conv_forward_naive`, a few thousand times faster.

    .. math::
        \mathrm{out}_{n,f,i} = b_f + W_f\, L_n[iS : iS + HH], \qquad
        L_n[r]_{(c,v),\,j} = \tilde{x}_{n,\,c,\,r,\,jS+vD}

    with :math:`\tilde{x}` the images framed by P rows and columns of zeros, S the stride, D the dilation. L holds
    the images *lowered along the width*: for each framed row r, each tap v and each output column j the pixel that
    they meet. Filter f as a row of HH · C · WW numbers times HH neighbouring rows of L is one row of the output.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        N images of C channels.
    w : ndarray of shape (F, C / groups, HH, WW)
        F filters.
    b : ndarray of shape (F,)
    conv_param : dict
        ``stride``, pixels from one window to the next, and ``pad``, rows and columns of zeros on each side.
        ``dilation`` (1), pixels from one tap of a filter to the next. ``groups`` (1): channels and filters are
        cut into so many groups, and each group of filters sees its own group of channels.

    Returns
    -------
    out : ndarray of shape (N, F, H', W')
        H' = 1 + ⌊(H + 2P - D (HH - 1) - 1) / S⌋; W' likewise.
    cache : tuple
        ``(x, w, b, conv_param)``, for `conv_backward_fast` or, without dilation and groups, `conv_backward_naive`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a parameter is missing or no integer.
    ValueError
        If the shapes do not belong together, a parameter is out of range, or the filter is larger than the padded
        image.

    Notes
    -----
    Cost: 2 N F H' W' C HH WW operations, nearly all of them in matrix products. The rest is copying, and there are
    four ideas to have less of it:

    1. The matrices of output rows i and i + 1 share all but S of their rows, in the same memory. So pixels are
       copied WW times, once for each tap along the width, not HH · WW times as by im2col.
    2. ``np.matmul(..., out=)`` writes each product to its place in ``out``: the result is in order at once.
    3. The batch is cut into blocks of images that stay in the cache of the processor from lowering to product.
       Lowering all of it first would send every number to main memory and back.
    4. All blocks use the same buffers, with the frame of zeros in them from the beginning.

    Memory: a block, of 1 MiB at most, and less than a tenth of im2col; but always one image.

    Two other forms take over where they are faster. Rows of less than 32 outputs are too short for products of
    their own: then the lowered rows that meet tap h are copied in bands, for h = 1, 2, ..., so that a product makes
    a whole image. Filters of one pixel need no lowering at all.

    References
    ----------
    Cho and Brand, "MEC: Memory-efficient convolution for deep neural networks", 2017.

    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006,
    for im2col.

    Yu and Koltun, "Multi-scale context aggregation by dilated convolutions", 2016. Krizhevsky, Sutskever and
    Hinton, "ImageNet classification with deep convolutional neural networks", 2012, for groups.

    Examples
    --------
    A filter that marks the step from dark to bright:

    >>> import numpy as np
    >>> x = np.array([[[[0.0, 0.0, 1.0, 1.0]]]])
    >>> w = np.array([[[[-1.0, 1.0]]]])
    >>> out, cache = conv_forward_fast(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> out[0, 0]
    array([[0., 1., 0.]])

    Dilated, it compares each pixel with the next but one:

    >>> out, cache = conv_forward_fast(x, w, np.zeros(1), {"stride": 1, "pad": 0, "dilation": 2})
    >>> out[0, 0]
    array([[1., 1.]])
    """
    x, w, b = as_floats(x=x, w=w, b=b)
    return correlate(x, w, b, read_geometry(x, w, b, conv_param)), (x, w, b, conv_param)


def conv_backward_fast(dout, cache):
    r"""Send the gradient back through `conv_forward_fast`.

    .. math::
        dw_{f,(c,h,v)} = \sum_n \mathrm{dout}_{n,f} \cdot L_n[\text{rows that tap } h \text{ meets}]_{(c,v)}, \qquad
        dL_n[\text{rows that tap } h \text{ meets}] \mathrel{+}= W_h^\top\, \mathrm{dout}_n, \qquad
        db_f = \sum_{n,i,j} \mathrm{dout}_{nfij}

    with L the lowered images. Adding up what in dL belongs to the same pixel gives dx.

    Parameters
    ----------
    dout : ndarray of shape (N, F, H', W')
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `conv_forward_fast` or `conv_forward_naive`.

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
    Cost: twice that of `conv_forward_fast`. The images are lowered once more; keeping them would take WW times
    their memory.

    For dw, each tap h is one product for each image, on rows of L as they lie. For dx, the products of the taps
    would be im2col in reverse, with HH · WW additions to each pixel; added to lowered rows, HH of them are
    additions of long contiguous runs, and WW are left. With few channels one product is made for all the taps,
    since BLAS is slow on a few rows.

    With stride 1 there is a shorter way to dx: it is the convolution of dout with the filters turned by 180
    degrees, channels and filters having changed places. It needs a channel for each row of the matrix, so below
    eight channels the first way wins.

    References
    ----------
    Cho and Brand, "MEC: Memory-efficient convolution for deep neural networks", 2017.

    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4, for the gradient
    as a convolution.

    Examples
    --------
    The pixel in the middle is in both windows:

    >>> import numpy as np
    >>> x, w = np.ones((1, 1, 1, 3)), np.array([[[[1.0, 10.0]]]])
    >>> _, cache = conv_forward_fast(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> dx, dw, db = conv_backward_fast(np.ones((1, 1, 1, 2)), cache)
    >>> dx[0, 0]
    array([[ 1., 11., 10.]])
    """
    *arrays, conv_param = cache
    dout, x, w, b = as_floats(dout=dout, x=arrays[0], w=arrays[1], b=arrays[2])
    g = read_geometry(x, w, b, conv_param)
    check_shape("dout", dout, g.out_shape, "It has the shape of the output of `conv_forward_fast`.")
    dout = np.ascontiguousarray(dout)
    return image_gradient(dout, w, g), filter_gradient(dout, x, g), bias_gradient(dout)
