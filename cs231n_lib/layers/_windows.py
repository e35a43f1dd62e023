"""The windows that convolution and pooling slide over an image."""


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
