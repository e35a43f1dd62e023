# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""What goes wrong in counting the cost of a convolutional layer."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("conv_output_size", "The division leaves a fraction, or at least a float: there are no half windows.")
def conv_output_size_not_rounded(size, field, stride, pad):
    return (size - field + 2 * pad) / stride + 1


@misconception("conv_output_size", "The fraction is rounded to the nearest: a window that sticks out does not count.")
def conv_output_size_rounded(size, field, stride, pad):
    return round((size - field + 2 * pad) / stride + 1)


@misconception("conv_output_size", "The fraction is rounded up, though the last window would stick out.")
def conv_output_size_rounded_up(size, field, stride, pad):
    return int(np.ceil((size - field + 2 * pad) / stride)) + 1


@misconception("conv_output_size", "The padding is counted on one side: it is added at both ends.")
def conv_output_size_pads_one_side(size, field, stride, pad):
    return (size - field + pad) // stride + 1


@misconception("conv_output_size", "The padding is left out: the window slides over the frame, too.")
def conv_output_size_without_padding(size, field, stride, pad):
    return (size - field) // stride + 1


@misconception(
    "conv_output_size", "The window at the start is divided by the stride, too: it comes on top of the steps."
)
def conv_output_size_divides_the_first_window(size, field, stride, pad):
    return (size - field + 2 * pad + 1) // stride


@misconception("conv_output_size", "Steps are counted, not windows: the first window needs no step.")
def conv_output_size_counts_steps(size, field, stride, pad):
    return (size - field + 2 * pad) // stride


@misconception("conv_output_size", "The stride is left out: it says how many pixels a step has.")
def conv_output_size_without_stride(size, field, stride, pad):
    return size - field + 2 * pad + 1


@misconception("conv_output_size", "The size of the window is left out: the last one must end inside the image.")
def conv_output_size_without_window(size, field, stride, pad):
    return int(np.ceil((size + 2 * pad) / stride))


@misconception("conv_parameters", "The biases are not counted, and they are learned, too.")
def conv_parameters_without_biases(w_shape):
    F, C, HH, WW = w_shape
    return F * C * HH * WW


@misconception("conv_parameters", "One bias is counted for the whole layer: every filter has its own.")
def conv_parameters_with_one_bias(w_shape):
    F, C, HH, WW = w_shape
    return F * C * HH * WW + 1


@misconception(
    "conv_parameters", "There is a bias for each channel of each filter: a filter adds up its channels first."
)
def conv_parameters_with_a_bias_per_channel(w_shape):
    F, C, HH, WW = w_shape
    return F * (C * HH * WW + C)


@misconception("conv_parameters", "A filter is counted as flat: it is as deep as the image has channels.")
def conv_parameters_of_flat_filters(w_shape):
    F, _, HH, WW = w_shape
    return F * HH * WW + F


@misconception("conv_parameters", "One filter is counted, and the layer has several.")
def conv_parameters_of_one_filter(w_shape):
    _, C, HH, WW = w_shape
    return C * HH * WW + 1


@misconception("conv_parameters", "The filter is taken for square: its height and its width may differ.")
def conv_parameters_of_square_filters(w_shape):
    F, C, HH, _ = w_shape
    return F * C * HH**2 + F


def _output_size(x_shape, w_shape, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    rows = (x_shape[2] - w_shape[2] + 2 * pad) // stride + 1
    columns = (x_shape[3] - w_shape[3] + 2 * pad) // stride + 1
    return rows, columns


@misconception(
    "conv_multiply_adds", "A filter is applied at every pixel of the input: it is applied once per output."
)
def conv_multiply_adds_of_the_input(x_shape, w_shape, conv_param):
    N, C, H, W = x_shape
    F, _, HH, WW = w_shape
    return N * F * H * W * C * HH * WW


@misconception("conv_multiply_adds", "The work is counted for one image, and the batch has several.")
def conv_multiply_adds_of_one_image(x_shape, w_shape, conv_param):
    F, C, HH, WW = w_shape
    rows, columns = _output_size(x_shape, w_shape, conv_param)
    return F * rows * columns * C * HH * WW


@misconception("conv_multiply_adds", "The channels are not counted: every output adds up products from all of them.")
def conv_multiply_adds_of_one_channel(x_shape, w_shape, conv_param):
    F, _, HH, WW = w_shape
    rows, columns = _output_size(x_shape, w_shape, conv_param)
    return x_shape[0] * F * rows * columns * HH * WW


@misconception("conv_multiply_adds", "The filters are not counted: each of them looks at all the windows.")
def conv_multiply_adds_of_one_filter(x_shape, w_shape, conv_param):
    _, C, HH, WW = w_shape
    rows, columns = _output_size(x_shape, w_shape, conv_param)
    return x_shape[0] * rows * columns * C * HH * WW


@misconception(
    "conv_multiply_adds", "Additions are counted by themselves: one multiply-add is a product and its sum."
)
def conv_multiply_adds_counts_both(x_shape, w_shape, conv_param):
    F, C, HH, WW = w_shape
    rows, columns = _output_size(x_shape, w_shape, conv_param)
    return 2 * x_shape[0] * F * rows * columns * C * HH * WW


@misconception("conv_multiply_adds", "The biases are counted: they are added without a multiplication.")
def conv_multiply_adds_with_biases(x_shape, w_shape, conv_param):
    F, C, HH, WW = w_shape
    rows, columns = _output_size(x_shape, w_shape, conv_param)
    return x_shape[0] * F * rows * columns * (C * HH * WW + 1)


@misconception("conv_multiply_adds", "The output is taken for square: it has a width of its own.")
def conv_multiply_adds_of_square_outputs(x_shape, w_shape, conv_param):
    F, C, HH, WW = w_shape
    rows, _ = _output_size(x_shape, w_shape, conv_param)
    return x_shape[0] * F * rows**2 * C * HH * WW
