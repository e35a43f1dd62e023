"""The taps of pooling windows."""


def taps(axis, length, stride, shape):
    """Return the index of what each tap along an axis of images meets, one pixel for each window."""
    before = (slice(None),) * axis
    reach = stride * (shape[axis] - 1) + 1
    return [(*before, slice(tap, tap + reach, stride)) for tap in range(length)]
