# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""Wrong predictions about convolution, pooling and enlarging."""

from autograder.misconceptions.catalog import misconception


@misconception("predict_padded", "Those are the outputs that see the image only; the others were asked for.")
def predict_padded_clean(size, field):
    return max(size - field + 1, 0) ** 2


@misconception("predict_padded", "The corners belong to two sides and are counted twice.")
def predict_padded_with_corners_twice(size, field):
    return 4 * size * ((field - 1) // 2)


@misconception(
    "predict_padded", "A larger window hangs over from further inside: the frame is as wide as the padding."
)
def predict_padded_one_row(size, field):
    return 4 * (size - 1)


@misconception(
    "predict_padded", "Those are the zeros of the padding; the outputs that see one of them were asked for."
)
def predict_padded_zeros(size, field):
    return (size + field - 1) ** 2 - size**2


@misconception("predict_padded", "That is one row; an image has rows and columns.")
def predict_padded_of_a_row(size, field):
    return min(field - 1, size)


@misconception(
    "predict_padded", "The filter is larger than the image: no window lies inside, and fewer than none there are not."
)
def predict_padded_below_zero(size, field):
    return size**2 - (size - field + 1) ** 2


@misconception("predict_copies", "That many windows fit around a pixel of the middle; at the border there are fewer.")
def predict_copies_of_the_middle(row, column, size, window, stride):
    return (-(-window // stride)) ** 2


@misconception(
    "predict_copies", "Each window is copied whole, but with a stride not every place of it meets this pixel."
)
def predict_copies_everywhere(row, column, size, window, stride):
    return window**2


@misconception("predict_copies", "The windows start a stride apart, not at every pixel.")
def predict_copies_without_stride(row, column, size, window, stride):
    starts = range(size - window + 1)
    rows = sum(start <= row < start + window for start in starts)
    columns = sum(start <= column < start + window for start in starts)
    return rows * columns


@misconception("predict_copies", "Each row of windows goes with each column of windows: that is a product, no sum.")
def predict_copies_added(row, column, size, window, stride):
    starts = range(0, size - window + 1, stride)
    rows = sum(start <= row < start + window for start in starts)
    return rows + sum(start <= column < start + window for start in starts)


@misconception("predict_copies", "Those are the windows along the rows only; the column counts as well.")
def predict_copies_of_rows(row, column, size, window, stride):
    return sum(start <= row < start + window for start in range(0, size - window + 1, stride))


@misconception("predict_copies", "A window that sticks out of the image does not count.")
def predict_copies_sticking_out(row, column, size, window, stride):
    starts = range(0, size, stride)
    rows = sum(start <= row < start + window for start in starts)
    columns = sum(start <= column < start + window for start in starts)
    return rows * columns


@misconception("predict_bright", "A window with two bright pixels is bright once: shares do not add up.")
def predict_bright_added(share, window):
    return share * window**2


@misconception("predict_bright", "That is the mean of the picture, which the maximum does not keep.")
def predict_bright_unchanged(share, window):
    return share


@misconception("predict_bright", "That is the share of windows in which every pixel is dark.")
def predict_bright_dark(share, window):
    return (1 - share) ** window**2


@misconception(
    "predict_bright", "That all pixels of a window are bright is what min pooling asks; one is enough here."
)
def predict_bright_minimum(share, window):
    return share**window**2


@misconception("predict_bright", "A window has rows and columns, and so the square of that many pixels.")
def predict_bright_of_a_row(share, window):
    return 1 - (1 - share) ** window


@misconception(
    "predict_receptive_field", "A step in a deeper layer is as long, in pixels, as all strides before it together."
)
def predict_receptive_field_without_strides(window, strides):
    return 1 + len(strides) * (window - 1)


@misconception(
    "predict_receptive_field", "The windows of neighbors overlap, unless the stride is as large as they are."
)
def predict_receptive_field_side_by_side(window, strides):
    return window ** len(strides)


@misconception(
    "predict_receptive_field", "Each further layer adds its window less the one number that it starts from."
)
def predict_receptive_field_of_sums(window, strides):
    return window * len(strides)


@misconception(
    "predict_receptive_field", "A stride moves the windows of its own layer apart; it widens what later layers see."
)
def predict_receptive_field_own_stride(window, strides):
    pixels, step = 1, 1
    for stride in strides:
        step *= stride
        pixels += (window - 1) * step
    return pixels


@misconception("predict_receptive_field", "Strides multiply: after two of them a step is as long as their product.")
def predict_receptive_field_strides_added(window, strides):
    steps = [1 + sum(stride - 1 for stride in strides[:layer]) for layer in range(len(strides))]
    return 1 + (window - 1) * sum(steps)


@misconception(
    "predict_receptive_field", "That is the number of pixels in a square; along one axis it is the root of it."
)
def predict_receptive_field_of_areas(window, strides):
    pixels = 1
    for stride in reversed(strides):
        pixels = (pixels - 1) * stride + window
    return pixels**2


@misconception("predict_unevenness", "That holds for one row; in an image rows and columns multiply.")
def predict_unevenness_of_a_row(filter_size, stride):
    return -(-filter_size // stride) / (filter_size // stride)


@misconception("predict_unevenness", "Stamps that overlap do not overlap equally often everywhere.")
def predict_unevenness_none(filter_size, stride):
    return 1.0


@misconception(
    "predict_unevenness", "That is the most stamps; some pixels get more than one even where there are fewest."
)
def predict_unevenness_most(filter_size, stride):
    return -((-filter_size // stride) ** 2)


@misconception("predict_unevenness", "A pixel gets a whole number of stamps: one more or one less than its neighbor.")
def predict_unevenness_of_the_mean(filter_size, stride):
    return (filter_size / stride) ** 2


@misconception("predict_unevenness", "That is the fewest divided by the most.")
def predict_unevenness_upside_down(filter_size, stride):
    return ((filter_size // stride) / -(-filter_size // stride)) ** 2


@misconception("predict_iou", "Those are lengths; areas have their squares.")
def predict_iou_of_lengths(size, border):
    return min(size, size + 2 * border) / max(size, size + 2 * border)


@misconception("predict_iou", "The border is there on each side: left and right, above and below.")
def predict_iou_on_one_side(size, border):
    return (min(size, size + border) / max(size, size + border)) ** 2


@misconception("predict_iou", "The union is the larger of the two areas, whichever that is: no IoU is above 1.")
def predict_iou_above_one(size, border):
    return (size / (size + 2 * border)) ** 2


@misconception(
    "predict_iou",
    "If too much is painted, everything that is there was found; what is too much makes the union larger.",
)
def predict_iou_as_if_too_small(size, border):
    return ((size - 2 * abs(border)) / size) ** 2


@misconception("predict_iou", "The sum of the two areas counts what they share twice; that is Dice.")
def predict_iou_as_dice(size, border):
    small, large = sorted([size**2, (size + 2 * border) ** 2])
    return 2 * small / (small + large)


@misconception("predict_iou", "That takes away one row on each side and forgets the corners.")
def predict_iou_without_corners(size, border):
    ring = 4 * size * abs(border)
    return size**2 / (size**2 + ring) if border > 0 else (size**2 - ring) / size**2
