"""How the filters of a convolution lie on the images: what all the fast formulations share."""

from dataclasses import dataclass, replace

from cs231n_lib.layers._checks import check_axes, check_shape, check_whole
from cs231n_lib.layers._windows import count_windows, stride_and_pad


@dataclass(frozen=True)
class Axis:
    """One axis of the images and the windows along it: tap t of window j is on pixel jS + tD - P.

    A convolution does the same along the height and the width, so it is written once, for one axis. A negative
    ``pad`` cuts pixels off.
    """

    pixels: int
    taps: int
    stride: int
    pad: int
    dilation: int

    @property
    def reach(self):
        """How many pixels one window spans."""
        return self.dilation * (self.taps - 1) + 1

    @property
    def windows(self):
        """How many windows fit; a remainder at the far end is left out."""
        return 1 + (self.pixels + 2 * self.pad - self.reach) // self.stride

    @property
    def steps(self):
        """How many strides, rounded up, it takes to walk over the framed pixels that the windows cover."""
        return self.windows + (self.reach - 1) // self.stride

    @property
    def phases(self):
        """Where between two strides the taps are."""
        return {tap * self.dilation % self.stride for tap in range(self.taps)}

    def under(self, tap):
        """Return the windows of which this tap is on the image, not on the frame, and the pixels it is on."""
        return self._meet(tap * self.dilation - self.pad, self.windows)

    def phase(self, p):
        """Return which of the framed pixels p, p + S, p + 2S, ... belong to the image, and these pixels."""
        return self._meet(p - self.pad, self.steps)

    def _meet(self, offset, count):
        first = max(0, -(offset // self.stride))  # the first for which offset + first * stride is not negative
        last = max(first, min(count, 1 + (self.pixels - 1 - offset) // self.stride))
        start = offset + first * self.stride
        return slice(first, last), slice(start, start + (last - first) * self.stride, self.stride)

    @property
    def reversed(self):
        """The axis of the gradient, if the stride is 1: pixels look back at the windows they are in."""
        return replace(self, pixels=self.windows, pad=self.reach - 1 - self.pad)


@dataclass(frozen=True)
class Geometry:
    """The sizes of a convolution; ``channels`` and ``filters`` count those of one group."""

    images: int
    groups: int
    channels: int
    filters: int
    rows: Axis
    columns: Axis

    @property
    def window(self):
        """How many numbers of an image go into one output."""
        return self.channels * self.rows.taps * self.columns.taps

    @property
    def plane(self):
        """How many windows an image has."""
        return self.rows.windows * self.columns.windows

    @property
    def out_shape(self):
        """(N, F, H', W')."""
        return self.images, self.groups * self.filters, self.rows.windows, self.columns.windows

    @property
    def x_shape(self):
        """(N, C, H, W)."""
        return self.images, self.groups * self.channels, self.rows.pixels, self.columns.pixels

    @property
    def pixelwise(self):
        """Whether each window is one pixel, so that an image is the matrix of its windows already."""
        return all((axis.taps, axis.stride, axis.pad) == (1, 1, 0) for axis in (self.rows, self.columns))

    @property
    def reversed(self):
        """The convolution that gives the gradient of the images, if the stride is 1."""
        rows, columns = self.rows.reversed, self.columns.reversed
        return replace(self, channels=self.filters, filters=self.channels, rows=rows, columns=columns)

    def by_group(self, images):
        """Split the channels of images into two axes: groups, and the channels of each."""
        N, C, H, W = images.shape
        return images.reshape(N, self.groups, C // self.groups, H, W)

    def filters_by_group(self, w):
        """Split the filters (F, C, HH, WW) into two axes: groups, and the filters of each."""
        return w.reshape(self.groups, self.filters, *w.shape[1:])


def read_geometry(x, w, b, conv_param):
    """Check that the arguments of a convolution belong together, and return how."""
    N, C, H, W = check_axes("x", x, "N, C, H, W")
    F, _, HH, WW = check_axes("w", w, "F, C, HH, WW")
    stride, pad = stride_and_pad(conv_param)
    dilation, groups = read_dilation_and_groups(conv_param)
    check_groups(groups, C, F)
    owner = "the channels of `x`" if groups == 1 else "the channels of its group"
    check_shape("w", w, (F, C // groups, HH, WW), f"Each filter spans all {owner}.")
    check_shape("b", b, (F,), "There is one bias for each filter.")
    rows, columns = (Axis(pixels, taps, stride, pad, dilation) for pixels, taps in ((H, HH), (W, WW)))
    count_windows("w", (H + 2 * pad, W + 2 * pad), (rows.reach, columns.reach), stride)
    return Geometry(N, groups, C // groups, F // groups, rows, columns)


def read_dilation_and_groups(conv_param):
    """Return the two optional parameters of a convolution."""
    remedy = "Leave it out for an ordinary convolution."
    return tuple(
        check_whole(f"conv_param['{key}']", conv_param.get(key, 1), 1, remedy) for key in ("dilation", "groups")
    )


def check_groups(groups, channels, filters):
    """Refuse groups of different sizes."""
    if channels % groups or filters % groups:
        raise ValueError(
            f"`conv_param['groups']` must divide the channels and the filters (got {groups} for {channels} channels "
            f"and {filters} filters). Each group of filters sees a group of channels of its own."
        )
