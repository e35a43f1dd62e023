"""Right answers to what the lessons on images ask to predict before it is run.

Students do not receive them.
"""

__all__ = [
    "predict_bright",
    "predict_copies",
    "predict_iou",
    "predict_padded",
    "predict_receptive_field",
    "predict_unevenness",
]


def predict_padded(size, field):
    """Predict how many outputs of a convolution with "same" padding see zeros of the padding.

    Parameters
    ----------
    size : int
        Height and width of the image.
    field : int
        Height and width of the window, odd; the stride is 1.

    Returns
    -------
    count : int

    Examples
    --------
    >>> predict_padded(7, 3), predict_padded(224, 3)
    (24, 892)
    """
    return size**2 - max(size - field + 1, 0) ** 2


def predict_copies(row, column, size, window, stride):
    """Predict how often im2col writes a pixel of a square image, without padding.

    Parameters
    ----------
    row, column : int
    size, window : int
        Height and width of the image and of the windows.
    stride : int

    Returns
    -------
    copies : int

    Examples
    --------
    >>> predict_copies(3, 3, size=7, window=3, stride=1), predict_copies(0, 3, size=7, window=3, stride=1)
    (9, 3)
    """
    starts = range(0, size - window + 1, stride)
    rows = sum(start <= row < start + window for start in starts)
    columns = sum(start <= column < start + window for start in starts)
    return rows * columns


def predict_bright(share, window):
    """Predict the share of bright pixels behind max pooling, if a share of the pixels is bright at random.

    Parameters
    ----------
    share : float
        The probability that a pixel is 1 and not 0.
    window : int
        Height and width of the windows, and the stride.

    Returns
    -------
    pooled_share : float

    Examples
    --------
    >>> predict_bright(0.5, 2)
    0.9375
    """
    return 1 - (1 - share) ** window**2


def predict_receptive_field(window, strides):
    """Predict how many pixels, along one axis, a number of the last convolution depends on.

    Parameters
    ----------
    window : int
        Height and width of the filters, in every layer.
    strides : list of int
        The stride of each layer, the first layer first.

    Returns
    -------
    pixels : int

    Examples
    --------
    >>> predict_receptive_field(3, [1, 1]), predict_receptive_field(3, [2, 2, 2])
    (5, 15)
    """
    pixels = 1
    for stride in reversed(strides):
        pixels = (pixels - 1) * stride + window
    return pixels


def predict_unevenness(filter_size, stride):
    """Predict how uneven the stamps of a transposed convolution lie, far from the border.

    Parameters
    ----------
    filter_size : int
        Height and width of the filter, at least the stride.
    stride : int

    Returns
    -------
    ratio : float
        The most stamps that a pixel of an image gets, divided by the fewest.

    Examples
    --------
    >>> predict_unevenness(3, 2), predict_unevenness(4, 2)
    (4.0, 1.0)
    """
    fewest, rest = divmod(filter_size, stride)
    return ((fewest + (rest > 0)) / fewest) ** 2


def predict_iou(size, border):
    """Predict the IoU of a square that is painted too large or too small all around.

    Parameters
    ----------
    size : int
        Height and width of the true square.
    border : int
        How much further the prediction reaches on each side; negative if it is too small.

    Returns
    -------
    iou : float

    Examples
    --------
    >>> round(predict_iou(10, 1), 3), round(predict_iou(10, -1), 3)
    (0.694, 0.64)
    """
    small, large = sorted([size, size + 2 * border])
    return (small / large) ** 2
