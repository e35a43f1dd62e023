"""The windows that convolution and pooling slide over an image."""

import numpy as np

from cs231n_lib.layers._checks import check_axes, read_whole


def pool_geometry(x, pool_param):
    """Return the size of the window, the stride and the shape of the pooled images."""
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    HH, WW, stride = (read_whole(pool_param, "pool_param", key, 1) for key in ("pool_height", "pool_width", "stride"))
    return (HH, WW), stride, (N, C, *count_windows("pool_param", (H, W), (HH, WW), stride))


def stride_and_pad(conv_param):
    """Return the two parameters of a convolution."""
    return read_whole(conv_param, "conv_param", "stride", 1), read_whole(conv_param, "conv_param", "pad", 0)


def add_frame(x, pad):
    """Return images with rows and columns of zeros around them."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def cut_frame(x, pad):
    """Return images without what `add_frame` adds."""
    H, W = x.shape[2:]
    return x[:, :, pad : H - pad, pad : W - pad]


def count_windows(name, image, window, stride):
    """Return how many windows fit below and beside each other; a remainder at the far edges is left out."""
    (H, W), (HH, WW) = image, window
    if HH > H or WW > W:
        raise ValueError(
            f"`{name}` must fit into the image (got a window of {HH} by {WW} for {H} by {W} pixels, "
            "padding included). Make the window smaller or the image larger."
        )
    return 1 + (H - HH) // stride, 1 + (W - WW) // stride


def rows_and_columns(i, j, window, stride):
    """Return the two slices of an image that window (i, j) covers."""
    HH, WW = window
    top, left = i * stride, j * stride
    return slice(top, top + HH), slice(left, left + WW)
