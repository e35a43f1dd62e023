"""How windows lie on images: what the questions about convolution and pooling share."""

from typing import Any

Sizes = tuple[int, ...]


def fitting(windows: int, size: int, stride: int, pad: int = 0) -> int:
    """Return the smallest image that so many windows tile, or more, if they would see little but its frame."""
    while (windows - 1) * stride + size - 2 * pad < max(size, stride):
        windows += 1
    return (windows - 1) * stride + size - 2 * pad


def output_size(image: Sizes, window: Sizes, stride: int, pad: int = 0) -> Sizes:
    """Return how many windows fit below and beside each other."""
    rows, columns = (1 + (image[axis] + 2 * pad - window[axis]) // stride for axis in (-2, -1))
    return rows, columns


def conv_param(stride: int, pad: int) -> dict[str, Any]:
    """Return the parameters of a convolution."""
    return {"stride": stride, "pad": pad}


def pool_param(window: Sizes, stride: int, **others: Any) -> dict[str, Any]:
    """Return the parameters of a pooling layer."""
    return {"pool_height": window[0], "pool_width": window[1], "stride": stride, **others}
