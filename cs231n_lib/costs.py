"""What a convolutional layer costs: sizes, parameters, multiply-adds, memory. Nothing is computed but the bill."""

import math

from cs231n_lib.layers._checks import check_sizes, check_whole
from cs231n_lib.layers._windows import stride_and_pad


def conv_output_size(size, field, stride, pad):
    r"""Count the places that a window takes along one axis of an image.

    .. math:: H' = \left\lfloor \frac{H + 2P - F}{S} \right\rfloor + 1

    Parameters
    ----------
    size : int
        H, the pixels of the image along the axis.
    field : int
        F, the pixels of the window.
    stride : int
        S, pixels from one place to the next.
    pad : int
        P, pixels of zeros on each side.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If ``pad`` is negative, another argument less than 1, or the window larger than the padded image.

    Notes
    -----
    The floor comes before the + 1: the first place is free, each further one needs a whole stride. Where the
    stride does not divide, the last pixels are never looked at.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, relationship 6.

    Examples
    --------
    >>> conv_output_size(227, 11, stride=4, pad=0)
    55

    (640 - 3) / 2 is 318.5, so there are 318 steps, and 319 places:

    >>> conv_output_size(640, 3, stride=2, pad=0)
    319
    """
    size, field = _pixels("size", size, 1), _pixels("field", field, 1)
    stride, pad = _pixels("stride", stride, 1), _pixels("pad", pad, 0)
    padded = size + 2 * pad
    if field > padded:
        raise ValueError(
            f"`field` must fit into the padded image (got {field} for {padded} pixels). "
            "Make the window smaller or the padding larger."
        )
    return (padded - field) // stride + 1


def conv_output_shape(x_shape, w_shape, conv_param):
    r"""Return the shape of what a convolution gives.

    Parameters
    ----------
    x_shape : tuple
        (N, C, H, W), the shape of the images.
    w_shape : tuple
        (F, C, HH, WW), the shape of the filters.
    conv_param : dict
        ``stride`` and ``pad``, as in `cs231n_lib.layers.conv_forward_naive`. Other keys are ignored.

    Returns
    -------
    tuple
        (N, F, H', W').

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If a shape does not have four sizes, the channels differ, or the filter is empty or larger than the padded
        image.

    References
    ----------
    Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012, whose
    first layer is the example.

    Examples
    --------
    >>> conv_output_shape((1, 3, 227, 227), (96, 3, 11, 11), {"stride": 4, "pad": 0})
    (1, 96, 55, 55)
    """
    N, C, H, W = check_sizes("x_shape", x_shape, "N, C, H, W")
    F, channels, HH, WW = check_sizes("w_shape", w_shape, "F, C, HH, WW")
    if channels != C:
        raise ValueError(
            f"`w_shape` must name the {C} channels of the images (got {channels}). A filter looks at all of them."
        )
    stride, pad = stride_and_pad(conv_param)
    return N, F, conv_output_size(H, HH, stride, pad), conv_output_size(W, WW, stride, pad)


def conv_parameters(w_shape):
    r"""Count what a convolutional layer learns.

    .. math:: F \cdot C \cdot HH \cdot WW + F

    Parameters
    ----------
    w_shape : tuple
        (F, C, HH, WW), the shape of the filters.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If the shape does not have four sizes, or one is negative.

    Notes
    -----
    Each filter has one bias. The size of the images plays no part.

    Examples
    --------
    >>> conv_parameters((96, 3, 11, 11))
    34944
    """
    F, C, HH, WW = check_sizes("w_shape", w_shape, "F, C, HH, WW")
    return F * C * HH * WW + F


def conv_multiply_adds(x_shape, w_shape, conv_param):
    r"""Count the multiplications of a convolution, each followed by an addition.

    .. math:: N \cdot F \cdot H' \cdot W' \cdot C \cdot HH \cdot WW

    Parameters
    ----------
    x_shape : tuple
        (N, C, H, W), the shape of the images.
    w_shape : tuple
        (F, C, HH, WW), the shape of the filters.
    conv_param : dict
        ``stride`` and ``pad``, as in `conv_output_shape`.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        As `conv_output_shape` does.

    Notes
    -----
    A filter is applied once for each place in the *output*. Where the stride is 4, counting the places in the
    input instead would give about 16 times too many.

    Products with the zeros of the padding count, since the layer computes them. Adding the bias does not. Two
    floating-point operations make one multiply-add.

    Examples
    --------
    96 · 55 · 55 outputs, each an inner product of 3 · 11 · 11 = 363 numbers:

    >>> conv_multiply_adds((1, 3, 227, 227), (96, 3, 11, 11), {"stride": 4, "pad": 0})
    105415200
    """
    N, F, H_out, W_out = conv_output_shape(x_shape, w_shape, conv_param)
    _, C, HH, WW = check_sizes("w_shape", w_shape, "F, C, HH, WW")
    return N * F * H_out * W_out * C * HH * WW


def conv_memory(x_shape, w_shape, conv_param, itemsize=8):
    r"""Count the bytes that the arrays of a convolution take.

    Parameters
    ----------
    x_shape : tuple
        (N, C, H, W), the shape of the images.
    w_shape : tuple
        (F, C, HH, WW), the shape of the filters.
    conv_param : dict
        ``stride`` and ``pad``, as in `conv_output_shape`.
    itemsize : int
        Bytes for each number: 8 in float64, NumPy's own choice, 4 in float32.

    Returns
    -------
    dict
        Bytes of the ``input``, the ``output``, the ``weights`` (filters and biases), and of the ``columns`` that
        im2col makes of the images: C · HH · WW numbers for each place of each image.

    Raises
    ------
    TypeError, ValueError
        As `conv_output_shape` does, and likewise for ``itemsize``.

    Notes
    -----
    With stride 1 a pixel stands in HH · WW columns: the price of writing a convolution as one matrix product.

    References
    ----------
    Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", 2006.

    Examples
    --------
    The columns are 363 rows of 3025 numbers, seven times the image:

    >>> conv_memory((1, 3, 227, 227), (96, 3, 11, 11), {"stride": 4, "pad": 0})
    {'input': 1236696, 'output': 2323200, 'weights': 279552, 'columns': 8784600}
    """
    itemsize = check_whole("itemsize", itemsize, 1, "Pass the itemsize of a dtype.")
    N, F, H_out, W_out = conv_output_shape(x_shape, w_shape, conv_param)
    _, C, HH, WW = check_sizes("w_shape", w_shape, "F, C, HH, WW")
    return {
        "input": itemsize * math.prod(check_sizes("x_shape", x_shape, "N, C, H, W")),
        "output": itemsize * N * F * H_out * W_out,
        "weights": itemsize * conv_parameters(w_shape),
        "columns": itemsize * C * HH * WW * N * H_out * W_out,
    }


def _pixels(name, value, at_least):
    return check_whole(name, value, at_least, "Set it to a whole number of pixels.")
